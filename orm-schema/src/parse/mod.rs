//! The grammar of `#[model(...)]` and `#[field(...)]`.
//!
//! Reads a struct's tokens into a [`ParsedModel`]. Tokens do not know types: relations name their
//! target by the path as written, and a field's type is what the known names say; whoever asks
//! (the derive, or the command line that reads source) resolves the rest through [`Resolve`].

mod db_type;
mod errors;
mod field;
mod fixtures;
mod flatten;
mod items;
mod literal;
mod model;
pub mod names;
mod parsed;
mod resolve;
mod rules;
mod storage;
mod structure;
mod types;
mod values;

pub use db_type::{ParsedDbKind, ParsedDbType, ParsedVariant};
pub use parsed::{
    FieldOptions, ParsedField, ParsedIndex, ParsedKind, ParsedModel, ParsedUnique, Spanned,
};

use crate::{FieldType, ModelId};

/// Answers what tokens do not know.
pub trait Resolve {
    /// The application of the model.
    fn app(&self) -> &str;

    /// The model that a path in a relation names.
    ///
    /// # Errors
    /// The message to show at the path.
    fn model(&self, path: &syn::Path) -> Result<ModelId, String>;

    /// The neutral type of a Rust type that is not a built-in one, and whether it can be NULL.
    ///
    /// # Errors
    /// The message to show at the type.
    fn scalar(&self, ty: &syn::Type) -> Result<(FieldType, bool), String>;
}

/// Reads a `#[derive(Model)]` struct.
///
/// # Errors
/// All faults of the struct at once, combined into one [`syn::Error`]; the first line of each says
/// what is wrong and how to write it.
pub fn parse_model(input: &syn::DeriveInput) -> syn::Result<ParsedModel> {
    model::read(input)
}

/// Reads a `#[derive(DbType)]` type: a newtype, or an enum whose variants hold nothing.
///
/// # Errors
/// All faults of the type at once, combined into one [`syn::Error`].
pub fn parse_db_type(input: &syn::DeriveInput) -> syn::Result<ParsedDbType> {
    db_type::read(input)
}
