//! Short ways from source text to a model or its faults.

use orm_schema::parse::{ParsedModel, Resolve, parse_model};
use orm_schema::{FieldType, ModelDef, ModelId};

/// Reads a struct.
pub(crate) fn parse(source: &str) -> syn::Result<ParsedModel> {
    parse_model(&syn::parse_str(source).expect("the source is a struct"))
}

/// Reads a struct that is right.
pub(crate) fn model(source: &str) -> ParsedModel {
    parse(source).unwrap_or_else(|e| panic!("refused: {:?}", messages(e)))
}

/// All messages of an error, in order.
pub(crate) fn messages(error: syn::Error) -> Vec<String> {
    error.into_iter().map(|e| e.to_string()).collect()
}

/// All messages of a struct that is wrong.
pub(crate) fn faults(source: &str) -> Vec<String> {
    match parse(source) {
        Ok(_) => Vec::new(),
        Err(error) => messages(error),
    }
}

/// The one message of a struct that is wrong.
#[track_caller]
pub(crate) fn fault(source: &str) -> String {
    let all = faults(source);
    assert_eq!(all.len(), 1, "{source}: {all:#?}");
    all.into_iter().next().unwrap_or_default()
}

/// The one message of a model with a key and one more field.
#[track_caller]
pub(crate) fn field_fault(field: &str) -> String {
    fault(&with_field(field))
}

/// A model with a key and one more field.
pub(crate) fn with_field(field: &str) -> String {
    format!("struct Article {{ #[field(primary_key)] id: Auto<i64>, {field} }}")
}

/// Knows the models of one app by their last name, and a few value types.
pub(crate) struct Blog;

impl Resolve for Blog {
    fn app(&self) -> &str {
        "blog"
    }

    fn model(&self, path: &syn::Path) -> Result<ModelId, String> {
        let name = path
            .segments
            .last()
            .map(|s| s.ident.to_string())
            .unwrap_or_default();
        match name.as_str() {
            "Author" | "Tag" | "Article" | "Labelling" => Ok(ModelId::new("blog", name)),
            _ => Err(format!("no model `{name}` is known here")),
        }
    }

    fn scalar(&self, ty: &syn::Type) -> Result<(FieldType, bool), String> {
        match ty {
            syn::Type::Path(p) if p.path.is_ident("Slug") => Ok((FieldType::Text, false)),
            syn::Type::Path(p) if p.path.is_ident("Maybe") => {
                Ok((FieldType::Int { unsigned: false }, true))
            }
            syn::Type::Path(p) if p.path.is_ident("Status") => {
                Ok((FieldType::Varchar { max_length: 5 }, false))
            }
            _ => Err("the type is not known here: derive `DbType` on it".to_owned()),
        }
    }
}

/// Resolves a struct that is right.
pub(crate) fn resolved(source: &str) -> ModelDef {
    model(source)
        .resolve(&Blog)
        .unwrap_or_else(|e| panic!("refused: {:?}", messages(e)))
}

/// The messages of a struct that reads well but does not resolve.
pub(crate) fn unresolved(source: &str) -> Vec<String> {
    match model(source).resolve(&Blog) {
        Ok(_) => Vec::new(),
        Err(error) => messages(error),
    }
}
