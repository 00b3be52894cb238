//! Expansion of a valid model.

mod db_type;
mod fields;
mod meta;
mod model;
mod tokens;

use orm_schema::ModelDef;
use orm_schema::parse::{ParsedField, ParsedKind, ParsedModel};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

pub(crate) use db_type::expand as db_type;
use tokens::Tokens;
pub(crate) use tokens::plain;

use crate::splice::{Node, Spliced};

/// A field with a column, and the column's number.
pub(crate) struct Column<'a> {
    pub(crate) field: &'a ParsedField,
    pub(crate) name: String,
    /// How it is reached from the object.
    pub(crate) access: TokenStream,
}

/// A field that is a relation, and the relation's number is its place.
pub(crate) struct Relation<'a> {
    pub(crate) field: &'a ParsedField,
    /// The column's number, for relations to one object.
    pub(crate) column: Option<usize>,
    /// How it is reached from the object.
    pub(crate) access: TokenStream,
}

/// What expansion works on.
pub(crate) struct Context<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) model: &'a ParsedModel,
    /// The struct's fields and bases.
    pub(crate) tree: &'a [Node],
    pub(crate) app: String,
    /// The `orm.toml` that named the application.
    pub(crate) config: Option<String>,
    pub(crate) table: String,
    pub(crate) columns: Vec<Column<'a>>,
    pub(crate) relations: Vec<Relation<'a>>,
}

impl Context<'_> {
    /// Number of the column of a field.
    pub(crate) fn column_of(&self, field: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.field.ident == field)
    }
}

/// The code of a model.
pub(crate) fn model(input: &DeriveInput, spliced: &Spliced) -> Result<TokenStream> {
    let context = context(input, spliced);
    let handles = fields::expand(&context);
    let implementation = model::expand(&context)?;
    Ok(quote! { #handles #implementation })
}

fn context<'a>(input: &'a DeriveInput, spliced: &'a Spliced) -> Context<'a> {
    let model = &spliced.model;
    let crate::app::App { name: app, config } = crate::app::of(model);
    let table = match &model.table {
        Some(table) => table.value.clone(),
        None => ModelDef::default_table(&app, &model.ident.to_string()),
    };
    let (mut columns, mut relations) = (Vec::new(), Vec::new());
    for field in &model.fields {
        let is_relation = !matches!(
            field.kind,
            ParsedKind::Scalar { .. } | ParsedKind::Auto { .. }
        );
        let has_column = !matches!(
            field.kind,
            ParsedKind::ForeignObject(_) | ParsedKind::ManyToMany(_) | ParsedKind::Reverse(_)
        );
        if is_relation {
            relations.push(Relation {
                field,
                column: has_column.then_some(columns.len()),
                access: spliced.access(&field.ident),
            });
        }
        if has_column {
            let ident = tokens::plain(&field.ident);
            let name = match &field.options.column {
                Some(column) => column.value.clone(),
                None if is_relation => format!("{ident}_id"),
                None => ident,
            };
            let access = spliced.access(&field.ident);
            columns.push(Column {
                field,
                name,
                access,
            });
        }
    }
    Context {
        input,
        model,
        tree: &spliced.tree,
        app,
        config: config.map(|f| f.to_string_lossy().into_owned()),
        table,
        columns,
        relations,
    }
}

/// The path of what generated code names.
pub(crate) const PRIVATE: Tokens = Tokens("::orm::__private");
