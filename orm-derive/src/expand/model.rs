//! The implementation of `Model`.

use orm_schema::parse::{ParsedKind, Resolve};
use orm_schema::{FieldType, ModelId};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Error, Result};

use super::tokens::outside;
use super::{Column, Context, PRIVATE, Relation, meta};
use crate::splice::Node;

/// `impl Model`, and what goes with it.
pub(crate) fn expand(context: &Context<'_>) -> Result<TokenStream> {
    let o = PRIVATE;
    let ident = &context.model.ident;
    let fields = format_ident!("{}Fields", ident);
    let meta = meta::expand(context, &context.model.resolve(&Unresolved(&context.app))?);
    let (key_type, key) = key(context)?;
    let from_row = from_row(context);
    let columns: Vec<_> = context.columns.iter().map(|c| &c.access).collect();
    let numbers: Vec<usize> = (0..columns.len()).collect();
    let slots = context.relations.iter().enumerate().map(|(i, r)| {
        let field = &r.access;
        quote!(#i => ::core::option::Option::Some(&mut self.#field),)
    });
    // Makes cargo build anew when the file changes.
    let config = context
        .config
        .iter()
        .map(|file| quote!(let _ = ::core::include_bytes!(#file);));
    let config = quote!(#(#config)*);
    let names = context
        .relations
        .iter()
        .filter_map(|r| match &r.field.kind {
            ParsedKind::ManyToMany(target) if !target.is_ident("Self") => {
                let name = target.segments.last()?.ident.to_string();
                Some(quote!(#o::check_name(<#target as #o::Model>::META, #name);))
            }
            ParsedKind::Reverse(target) => {
                let by = r.field.options.by.as_ref()?;
                let (span, by) = (by.span, by.value.as_str());
                let own = super::tokens::plain(ident);
                let target = match target.is_ident("Self") {
                    true => quote!(#ident),
                    false => quote!(#target),
                };
                let check = quote_spanned!(span=> #o::check_reverse);
                Some(quote!(#check(<#target as #o::Model>::META, #by, #own);))
            }
            _ => None,
        });
    let to_fields = context.relations.iter().map(|r| to_field(context, r));
    let objects = context.relations.iter().map(|r| object(context, r));
    Ok(quote! {
        #[automatically_derived]
        impl #o::Model for #ident {
            type Key = #key_type;
            type Fields<R: 'static, P: #o::Place> = #fields<R, P>;
            const META: &'static #o::ModelMeta = &#meta;
            #from_row
            #[allow(clippy::needless_question_mark)]
            fn key(&self) -> ::core::option::Option<Self::Key> {
                ::core::option::Option::Some(#key)
            }
            fn value(&self, column: usize) -> #o::Value {
                match column {
                    #(#numbers => #o::DbType::to_value(&self.#columns),)*
                    _ => #o::Value::Null,
                }
            }
            fn into_values(self, out: &mut ::std::vec::Vec<#o::Value>) {
                #(out.push(#o::DbType::into_value(self.#columns));)*
            }
            fn put(
                &mut self,
                column: usize,
                value: #o::Value,
            ) -> ::core::result::Result<(), #o::DecodeError> {
                match column {
                    #(#numbers => self.#columns = #o::DbType::from_value(value)?,)*
                    _ => {}
                }
                ::core::result::Result::Ok(())
            }
            fn slot(
                &mut self,
                relation: usize,
            ) -> ::core::option::Option<&mut dyn #o::RelationSlot> {
                match relation {
                    #(#slots)*
                    _ => ::core::option::Option::None,
                }
            }
        }
        #[automatically_derived]
        impl<N, K> #o::RelationValue<#ident, N, K> for &#ident {
            fn relation_value(
                self,
                referred: usize,
            ) -> ::core::result::Result<#o::Value, ::std::string::String> {
                #o::object_key(self, referred)
            }
            fn key_values(
                self,
            ) -> ::core::result::Result<::std::vec::Vec<#o::Value>, ::std::string::String> {
                #o::object_keys(self)
            }
        }
        const _: () = {
            #config
            <#ident as #o::Model>::META.check();
            #(#names)*
            #(#to_fields)*
            #(#objects)*
            #o::inventory::submit!(#o::Registered(<#ident as #o::Model>::META));
        };
    })
}

/// Checks what a relation by several fields refers to.
fn object(context: &Context<'_>, relation: &Relation<'_>) -> TokenStream {
    let field = relation.field;
    let (Some(from), ParsedKind::ForeignObject(target)) = (&field.options.from_fields, &field.kind)
    else {
        return TokenStream::new();
    };
    let own = &context.model.ident;
    let (name, target) = (super::tokens::plain(&field.ident), outside(target, own));
    let to = field.options.to_fields.iter().flatten().next();
    let span = to.or(from.first()).map_or(field.ident.span(), |f| f.span);
    quote_spanned! {span=>
        ::orm::__private::check_object(
            <#own as ::orm::__private::Model>::META,
            #name,
            <#target as ::orm::__private::Model>::META,
        );
    }
}

/// Checks what `to_field` names, as only rustc knows the other model.
fn to_field(context: &Context<'_>, relation: &Relation<'_>) -> TokenStream {
    let o = PRIVATE;
    let field = relation.field;
    let (Some(to_field), ParsedKind::ForeignKey(target) | ParsedKind::OneToOne(target)) =
        (&field.options.to_field, &field.kind)
    else {
        return TokenStream::new();
    };
    let (span, name) = (to_field.span, to_field.value.as_str());
    let own = &context.model.ident;
    let (target, ty) = (outside(target, own), outside(&field.ty, own));
    let assert = format_ident!("_to_field_of_{}", super::tokens::plain(&field.ident));
    let parsed = syn::parse_str(name).or_else(|_| syn::parse_str(&format!("r#{name}")));
    let Ok(mut handle): Result<Ident> = parsed else {
        let message = format!("`to_field` names a field of the other model: {name:?} is no name");
        return Error::new(span, message).into_compile_error();
    };
    handle.set_span(span);
    // Whole paths, so that each token of a call has the place of what it checks.
    let check = quote_spanned! {span=>
        ::orm::__private::check_to_field(<#target as ::orm::__private::Model>::META, #name);
    };
    let held = quote_spanned! {field.ty.span()=>
        ::orm::__private::referred::<<#ty as ::orm::__private::RefersTo>::Key>(&handle)
    };
    quote! {
        #check
        fn #assert(fields: &<#target as #o::Model>::Fields<#target, #o::Here>) {
            let handle = fields.#handle();
            #held
        }
    }
}

/// The type of the primary key, and the expression that reads it.
fn key(context: &Context<'_>) -> Result<(TokenStream, TokenStream)> {
    let mut types = Vec::new();
    let mut parts = Vec::new();
    for name in &context.model.primary_key {
        let column = context
            .column_of(&name.value)
            .map(|i| &context.columns[i])
            .ok_or_else(|| Error::new(name.span, "the key names a field without a column"))?;
        let (ty, part) = key_part(column);
        types.push(ty);
        parts.push(part);
    }
    if let ([ty], [part]) = (types.as_slice(), parts.as_slice()) {
        return Ok((ty.clone(), part.clone()));
    }
    Ok((quote!((#(#types),*)), quote!((#(#parts),*))))
}

fn key_part(column: &Column<'_>) -> (TokenStream, TokenStream) {
    let o = PRIVATE;
    let (field, ident) = (column.field, &column.access);
    match &field.kind {
        ParsedKind::Auto { inner, .. } => (quote!(#inner), quote!(self.#ident.get()?)),
        ParsedKind::ForeignKey(_) | ParsedKind::OneToOne(_) => {
            let ty = &field.ty;
            (
                quote!(<#ty as #o::RefersTo>::Key),
                quote!(::core::clone::Clone::clone(self.#ident.id())),
            )
        }
        _ => {
            let ty = &field.ty;
            (
                quote!(#ty),
                quote!(::core::clone::Clone::clone(&self.#ident)),
            )
        }
    }
}

fn from_row(context: &Context<'_>) -> TokenStream {
    let o = PRIVATE;
    let fields = nodes(context, context.tree);
    let to_many = context.relations.iter().any(|r| r.column.is_none());
    let finish = if to_many {
        quote! {
            let mut object = object;
            #o::bind(&mut object);
        }
    } else {
        TokenStream::new()
    };
    quote! {
        // The reader of many rows writes each field where it stays.
        #[inline(always)]
        fn from_row(
            row: &mut #o::RowReader<'_>,
        ) -> ::core::result::Result<Self, #o::DecodeError> {
            let object = Self { #fields };
            #finish
            ::core::result::Result::Ok(object)
        }
    }
}

/// The fields of a struct literal, read in the order in which they stand.
fn nodes(context: &Context<'_>, tree: &[Node]) -> TokenStream {
    let parts = tree.iter().map(|node| match node {
        Node::Base {
            ident,
            path,
            fields,
        } => {
            let fields = nodes(context, fields);
            quote!(#ident: #path { #fields })
        }
        Node::Field(ident) => {
            let field = context.model.fields.iter().find(|f| f.ident == *ident);
            read(context, ident, field.map(|f| &f.kind))
        }
    });
    quote!(#(#parts),*)
}

fn read(context: &Context<'_>, ident: &Ident, kind: Option<&ParsedKind>) -> TokenStream {
    let o = PRIVATE;
    match kind {
        Some(ParsedKind::ForeignObject(_) | ParsedKind::ManyToMany(_) | ParsedKind::Reverse(_)) => {
            quote!(#ident: ::core::default::Default::default())
        }
        Some(ParsedKind::ForeignKey(_) | ParsedKind::OneToOne(_)) => {
            let relations = context.relations.iter();
            let number = relations.take_while(|r| r.field.ident != *ident).count();
            quote!(#ident: #o::RefersTo::read(
                row,
                &<Self as #o::Model>::META.relations[#number],
            )?)
        }
        _ => quote!(#ident: row.get()?),
    }
}

/// Resolves nothing: types and targets become constants that rustc resolves.
struct Unresolved<'a>(&'a str);

impl Resolve for Unresolved<'_> {
    fn app(&self) -> &str {
        self.0
    }

    fn model(&self, path: &syn::Path) -> std::result::Result<ModelId, String> {
        let name = path.segments.last().map(|s| s.ident.to_string());
        Ok(ModelId::new(self.0, name.unwrap_or_default()))
    }

    fn scalar(&self, _: &syn::Type) -> std::result::Result<(FieldType, bool), String> {
        Ok((FieldType::Text, false))
    }
}
