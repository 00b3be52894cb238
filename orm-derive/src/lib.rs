//! The derive macros of orm.
//!
//! Parse, check, expand: the grammar and its messages live in `orm_schema::parse`, shared with the
//! command line that reads source; expansion assumes a valid model and emits little, calling generic
//! code under `orm::__private`.

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

mod app;
mod data_migration;
mod embed;
mod expand;
mod row;
mod splice;

/// Makes a struct a model: a table, typed field handles, queries.
///
/// See the guide of the `orm` crate for the attributes `#[model(...)]` and `#[field(...)]`.
#[proc_macro_derive(Model, attributes(model, field))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    orm_schema::parse::parse_model(&input)
        .and_then(|model| match model.is_abstract {
            // A base has no table; the models that flatten it take its fields.
            true => Ok(splice::base(&input, &model)),
            false => splice::expand_or_ask(&input, Vec::new()),
        })
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}

/// The rest of `derive(Model)` on a struct with abstract bases, whose tokens their macros handed on.
#[doc(hidden)]
#[proc_macro]
pub fn __spliced_model(input: TokenStream) -> TokenStream {
    splice::spliced(input.into())
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}

/// Makes an enum without payload, or a struct around one value, the type of a column.
///
/// Enums are stored as text (the variant in snake case, or `#[db(rename = "…")]`), with
/// `#[db(repr = "int")]` as their discriminants; newtypes as what they hold.
#[proc_macro_derive(DbType, attributes(db))]
pub fn derive_db_type(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    orm_schema::parse::parse_db_type(&input)
        .map(|ty| expand::db_type(&ty))
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}

/// Makes a struct with named fields what rows of a query are read into, and beside it a struct
/// `…Columns` that is filled with what is selected for each field.
///
/// `#[row(model = Article)]` makes it a part of a model: see `orm::query::Row` and `orm::query::Only`.
#[proc_macro_derive(Row, attributes(row))]
pub fn derive_row(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    row::expand(&input)
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}

/// Takes the migrations of a folder into the program: `embed_migrations!("migrations")`, relative to
/// the package. The value is a list of path below the folder and text.
#[proc_macro]
pub fn embed_migrations(input: TokenStream) -> TokenStream {
    text(
        input,
        "`embed_migrations!` takes a folder in quotes: write `embed_migrations!(\"migrations\")`",
    )
    .and_then(|folder| embed::expand(&folder))
    .unwrap_or_else(|error| error.into_compile_error())
    .into()
}

/// Registers code that migrations run, for `op = "run_code", name = "fill_slugs"`.
///
/// - `#[orm::data_migration("fill_slugs")]` on an `async fn(models: &Models<'_>) -> Result<(), E>`: it
///   runs once, in one transaction with the note that it ran.
/// - `#[orm::data_migration("fill_slugs", each = "blog.Article", batch = 500)]` on an
///   `async fn(models: &Models<'_>, rows: Vec<DynRow>) -> Result<(), E>`: it is called for each batch
///   of a model's rows (1,000, if `batch` does not say), and a run that was killed goes on behind the
///   last one that was through.
///
/// In place of `&Models<'_>`, either may take the transaction alone, `&dyn Executor`.
#[proc_macro_attribute]
pub fn data_migration(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = parse_macro_input!(attribute as data_migration::Arguments);
    data_migration::expand(&arguments, item.into())
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}

/// The one text that a macro takes.
fn text(tokens: TokenStream, otherwise: &str) -> syn::Result<syn::LitStr> {
    syn::parse(tokens).map_err(|error| syn::Error::new(error.span(), otherwise))
}
