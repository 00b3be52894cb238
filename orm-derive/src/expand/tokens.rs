//! Small pieces of tokens.

use orm_schema::{FieldType, Literal, OnDelete};
use proc_macro2::{Group, TokenStream, TokenTree};
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

/// Tokens with the model's name for `Self`, to stand outside of its own `impl`.
pub(crate) fn outside(tokens: &impl ToTokens, own: &Ident) -> TokenStream {
    let named = |tree: TokenTree| match tree {
        TokenTree::Ident(ident) if ident == "Self" => {
            TokenTree::Ident(Ident::new(&own.to_string(), ident.span()))
        }
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), outside(&group.stream(), own));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    };
    tokens.to_token_stream().into_iter().map(named).collect()
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

/// A literal as a constant.
pub(crate) fn literal_meta(literal: &Literal) -> TokenStream {
    let o = super::PRIVATE;
    match literal {
        Literal::Bool(v) => quote!(#o::LiteralMeta::Bool(#v)),
        Literal::Int(v) => quote!(#o::LiteralMeta::Int(#v)),
        Literal::Float(v) => quote!(#o::LiteralMeta::Float(#v)),
        Literal::Text(v) => quote!(#o::LiteralMeta::Text(#v)),
    }
}

/// `Some(…)` or `None`, with whole paths.
pub(crate) fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
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
