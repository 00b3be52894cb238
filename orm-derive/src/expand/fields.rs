//! The typed field handles.

use orm_schema::parse::{ParsedField, ParsedKind};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::tokens::outside;
use super::{Context, PRIVATE};

/// The struct of handles, with a method for each field.
pub(crate) fn expand(context: &Context<'_>) -> TokenStream {
    let o = PRIVATE;
    let vis = &context.input.vis;
    let model = &context.model.ident;
    let name = format_ident!("{}Fields", model);
    let doc = format!("Field handles of [`{model}`] for closures in queries on `R`.");
    let columns = context
        .columns
        .iter()
        .enumerate()
        .filter_map(|(i, c)| column(c.field, i));
    let relations = context
        .relations
        .iter()
        .enumerate()
        .map(|(i, r)| relation(model, r.field, i));
    let raw = context
        .relations
        .iter()
        .filter_map(|r| r.column.map(|column| key_column(context, r.field, column)));
    quote! {
        #[doc = #doc]
        #vis struct #name<R: 'static, P: #o::Place>(
            #o::At,
            ::core::marker::PhantomData<fn() -> (R, P)>,
        );
        #[automatically_derived]
        impl<R: 'static, P: #o::Place> ::core::convert::From<#o::At> for #name<R, P> {
            fn from(at: #o::At) -> Self {
                Self(at, ::core::marker::PhantomData)
            }
        }
        #[automatically_derived]
        #[allow(dead_code)]
        impl<R: 'static, P: #o::Place> #name<R, P> {
            #(#columns)*
            #(#relations)*
            #(#raw)*
        }
        #[automatically_derived]
        impl<R: 'static, P: #o::Place> ::core::fmt::Debug for #name<R, P> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, f)
            }
        }
    }
}

/// The place of a column: nullable ones may be NULL wherever they are reached from.
fn place(field: &ParsedField) -> TokenStream {
    let o = PRIVATE;
    if field.null {
        quote!(#o::Maybe)
    } else {
        quote!(P)
    }
}

fn column(field: &ParsedField, index: usize) -> Option<TokenStream> {
    let o = PRIVATE;
    let inner = match &field.kind {
        ParsedKind::Scalar { inner, .. } | ParsedKind::Auto { inner, .. } => inner,
        _ => return None,
    };
    let (ident, place) = (&field.ident, place(field));
    let doc = format!("The column of `{ident}`.");
    Some(quote! {
        #[doc = #doc]
        pub fn #ident(&self) -> #o::Column<R, #inner, #place> {
            #o::Column::at(&self.0, #index)
        }
    })
}

fn relation(own: &Ident, field: &ParsedField, index: usize) -> TokenStream {
    let o = PRIVATE;
    let (ident, place) = (&field.ident, place(field));
    match &field.kind {
        ParsedKind::ManyToMany(target) | ParsedKind::Reverse(target) => {
            let doc = format!("The set `{ident}`.");
            let target = outside(target, own);
            quote! {
                #[doc = #doc]
                pub fn #ident(&self) -> #o::ToMany<R, #target> {
                    #o::ToMany::at(&self.0, #index)
                }
            }
        }
        ParsedKind::ForeignKey(target) | ParsedKind::OneToOne(target) => {
            let doc = format!("The relation `{ident}`.");
            let target = outside(target, own);
            let key = field.options.to_field.as_ref().map(|_| {
                let ty = outside(&field.ty, own);
                quote!(, <#ty as #o::RefersTo>::Key)
            });
            quote! {
                #[doc = #doc]
                pub fn #ident(&self) -> #o::ToOne<R, #target, #place #key> {
                    #o::ToOne::at(&self.0, #index)
                }
            }
        }
        // No server promises that there is an object, so what it leads to may always be NULL.
        ParsedKind::ForeignObject(target) => {
            let doc = format!("The relation `{ident}`.");
            let target = outside(target, own);
            quote! {
                #[doc = #doc]
                pub fn #ident(&self) -> #o::ToOne<R, #target, #o::Maybe, #o::SeveralFields> {
                    #o::ToOne::at(&self.0, #index)
                }
            }
        }
        ParsedKind::Scalar { .. } | ParsedKind::Auto { .. } | ParsedKind::Flatten(_) => {
            TokenStream::new()
        }
    }
}

/// `author_id()`: the referring column itself.
fn key_column(context: &Context<'_>, field: &ParsedField, column: usize) -> TokenStream {
    let o = PRIVATE;
    let name = format_ident!("{}_id", super::tokens::plain(&field.ident));
    if context.model.fields.iter().any(|f| f.ident == name) {
        return TokenStream::new();
    }
    let (place, ty) = (place(field), outside(&field.ty, &context.model.ident));
    let doc = format!(
        "The column of `{}` itself: the key it refers to.",
        field.ident
    );
    quote! {
        #[doc = #doc]
        pub fn #name(&self) -> #o::Column<R, <#ty as #o::RefersTo>::Key, #place> {
            #o::Column::at(&self.0, #column)
        }
    }
}
