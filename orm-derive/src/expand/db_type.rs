//! Expansion of `#[derive(DbType)]`.

use orm_schema::FieldType;
use orm_schema::parse::{ParsedDbKind, ParsedDbType, ParsedVariant};
use proc_macro2::TokenStream;
use quote::quote;

use super::PRIVATE;
use super::tokens::field_type;

/// `impl DbType`, and that the type is a single value.
pub(crate) fn expand(ty: &ParsedDbType) -> TokenStream {
    let o = PRIVATE;
    let ident = &ty.ident;
    let body = match &ty.kind {
        ParsedDbKind::Newtype { inner, .. } => newtype(&quote!(<#inner as #o::DbType>)),
        ParsedDbKind::TextEnum {
            max_length,
            variants,
        } => {
            let column = field_type(&FieldType::Varchar {
                max_length: *max_length,
            });
            text_enum(ty, &column, variants)
        }
        ParsedDbKind::IntEnum {
            ty: column,
            variants,
        } => int_enum(ty, &field_type(column), variants),
    };
    quote! {
        #[automatically_derived]
        impl #o::DbType for #ident {
            #body
        }
        #[automatically_derived]
        impl #o::Scalar for #ident {}
    }
}

fn newtype(inner: &TokenStream) -> TokenStream {
    let o = PRIVATE;
    quote! {
        const TYPE: #o::FieldType = #inner::TYPE;
        fn to_value(&self) -> #o::Value {
            #inner::to_value(&self.0)
        }
        fn into_value(self) -> #o::Value {
            #inner::into_value(self.0)
        }
        fn from_value(value: #o::Value) -> ::core::result::Result<Self, #o::DecodeError> {
            ::core::result::Result::Ok(Self(#inner::from_value(value)?))
        }
        fn from_ref(value: #o::ValueRef<'_>) -> ::core::result::Result<Self, #o::DecodeError> {
            ::core::result::Result::Ok(Self(#inner::from_ref(value)?))
        }
    }
}

fn text_enum(ty: &ParsedDbType, column: &TokenStream, variants: &[ParsedVariant]) -> TokenStream {
    let o = PRIVATE;
    let name = ty.ident.to_string();
    let idents: Vec<_> = variants.iter().map(|v| &v.ident).collect();
    let texts: Vec<_> = variants.iter().map(|v| &v.text).collect();
    quote! {
        const TYPE: #o::FieldType = #column;
        fn to_value(&self) -> #o::Value {
            #o::Value::Text(::std::string::String::from(match self {
                #(Self::#idents => #texts,)*
            }))
        }
        fn from_value(value: #o::Value) -> ::core::result::Result<Self, #o::DecodeError> {
            let text = <::std::string::String as #o::DbType>::from_value(value)?;
            match text.as_str() {
                #(#texts => ::core::result::Result::Ok(Self::#idents),)*
                other => ::core::result::Result::Err(#o::DecodeError::new(
                    #name,
                    ::std::format!("`{other}` is none of its variants"),
                )),
            }
        }
    }
}

fn int_enum(ty: &ParsedDbType, column: &TokenStream, variants: &[ParsedVariant]) -> TokenStream {
    let o = PRIVATE;
    let name = ty.ident.to_string();
    let idents: Vec<_> = variants.iter().map(|v| &v.ident).collect();
    let numbers: Vec<_> = variants.iter().map(|v| v.number).collect();
    quote! {
        const TYPE: #o::FieldType = #column;
        fn to_value(&self) -> #o::Value {
            #o::Value::Int(match self {
                #(Self::#idents => #numbers,)*
            })
        }
        fn from_value(value: #o::Value) -> ::core::result::Result<Self, #o::DecodeError> {
            match <::core::primitive::i64 as #o::DbType>::from_value(value)? {
                #(#numbers => ::core::result::Result::Ok(Self::#idents),)*
                other => ::core::result::Result::Err(#o::DecodeError::new(
                    #name,
                    ::std::format!("{other} is none of its variants"),
                )),
            }
        }
    }
}
