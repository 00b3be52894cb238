//! Small pieces of tokens.

use orm_schema::{FieldType, Literal, OnDelete};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Ident;

/// A constant path.
#[derive(Clone, Copy)]
pub(crate) struct Tokens(pub(crate) &'static str);

impl ToTokens for Tokens {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        if let Ok(path) = self.0.parse::<TokenStream>() {
            tokens.extend(path);
        }
    }
}

/// A field's name without the `r#` of a raw identifier.
pub(crate) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

/// A neutral type as a constant expression.
pub(crate) fn field_type(ty: &FieldType) -> TokenStream {
    let o = super::PRIVATE;
    let body = match ty {
        FieldType::SmallInt { unsigned } => quote!(SmallInt { unsigned: #unsigned }),
        FieldType::Int { unsigned } => quote!(Int { unsigned: #unsigned }),
        FieldType::BigInt { unsigned } => quote!(BigInt { unsigned: #unsigned }),
        FieldType::Decimal { precision, scale } => {
            quote!(Decimal { precision: #precision, scale: #scale })
        }
        FieldType::Char { max_length } => quote!(Char { max_length: #max_length }),
        FieldType::Varchar { max_length } => quote!(Varchar { max_length: #max_length }),
        FieldType::Binary { max_length } => {
            let max_length = match max_length {
                Some(n) => quote!(::core::option::Option::Some(#n)),
                None => quote!(::core::option::Option::None),
            };
            quote!(Binary { max_length: #max_length })
        }
        FieldType::Vector { dim } => quote!(Vector { dim: #dim }),
        // The text is of no use at run time, and a `String` is no constant.
        FieldType::Sql(_)
        | FieldType::ForeignKey(_)
        | FieldType::OneToOne(_)
        | FieldType::ManyToMany(_) => {
            quote!(Sql(::std::string::String::new()))
        }
        FieldType::Bool => quote!(Bool),
        FieldType::Float => quote!(Float),
        FieldType::Double => quote!(Double),
        FieldType::Text => quote!(Text),
        FieldType::Date => quote!(Date),
        FieldType::Time => quote!(Time),
        FieldType::DateTime => quote!(DateTime),
        FieldType::Duration => quote!(Duration),
        FieldType::Json => quote!(Json),
        FieldType::Uuid => quote!(Uuid),
        FieldType::Ip => quote!(Ip),
        FieldType::Geography => quote!(Geography),
    };
    quote!(#o::FieldType::#body)
}

/// A literal as a value of a column.
pub(crate) fn value(literal: &Literal, ty: Option<&FieldType>) -> TokenStream {
    let o = super::PRIVATE;
    match (literal, ty) {
        (Literal::Bool(v), _) => quote!(#o::Value::Bool(#v)),
        (Literal::Int(v), Some(FieldType::Decimal { .. })) => {
            let text = v.to_string();
            quote!(#o::Value::Decimal(#text.into()))
        }
        (Literal::Int(v), Some(FieldType::Float | FieldType::Double)) => {
            let v = *v as f64;
            quote!(#o::Value::Double(#v))
        }
        (Literal::Int(v), _) => match i64::try_from(*v) {
            Ok(v) => quote!(#o::Value::Int(#v)),
            Err(_) => {
                let v = u64::try_from(*v).unwrap_or(u64::MAX);
                quote!(#o::Value::UInt(#v))
            }
        },
        (Literal::Float(v), Some(FieldType::Decimal { .. })) => {
            let text = v.to_string();
            quote!(#o::Value::Decimal(#text.into()))
        }
        (Literal::Float(v), _) => quote!(#o::Value::Double(#v)),
        (Literal::Text(v), Some(FieldType::Decimal { .. })) => {
            quote!(#o::Value::Decimal(#v.into()))
        }
        (Literal::Text(v), Some(FieldType::Json)) => quote!(#o::Value::Json(#v.into())),
        (Literal::Text(v), _) => quote!(#o::Value::Text(#v.into())),
    }
}

/// An `on_delete` rule.
pub(crate) fn on_delete(rule: OnDelete) -> TokenStream {
    let o = super::PRIVATE;
    let name = match rule {
        OnDelete::Cascade => quote!(Cascade),
        OnDelete::Protect => quote!(Protect),
        OnDelete::Restrict => quote!(Restrict),
        OnDelete::SetNull => quote!(SetNull),
        OnDelete::SetDefault => quote!(SetDefault),
        OnDelete::DoNothing => quote!(DoNothing),
    };
    quote!(#o::OnDelete::#name)
}
