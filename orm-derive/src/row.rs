//! `#[derive(Row)]`: a struct that rows of a query are read into.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field, Fields, Path, Result};

use crate::expand::{PRIVATE, plain};

/// The code of a struct, or why it is none that rows can be read into.
pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let fields = named_fields(input)?;
    let implementation = implementation(input, &fields);
    let columns = columns(input, &fields);
    let part = model(input)?.map(|model| part(input, &fields, &model));
    Ok(quote! { #implementation #columns #part })
}

/// The model that `#[row(model = …)]` names.
fn model(input: &DeriveInput) -> Result<Option<Path>> {
    let mut model = None;
    for attr in input.attrs.iter().filter(|a| a.path().is_ident("row")) {
        attr.parse_nested_meta(|meta| {
            if !meta.path.is_ident("model") {
                return Err(meta.error(
                    "a row has one attribute, the model that it is a part of: write `#[row(model = Article)]`",
                ));
            }
            if model.is_some() {
                return Err(meta.error("a row is a part of one model: leave out the second `model`"));
            }
            model = Some(meta.value()?.parse()?);
            Ok(())
        })?;
    }
    Ok(model)
}

/// Each field is filled with the model's column of its name.
fn part(input: &DeriveInput, fields: &[&Field], model: &Path) -> TokenStream {
    let o = PRIVATE;
    let ident = &input.ident;
    let name = format_ident!("{}Columns", plain(ident), span = ident.span());
    // With the span of the field, so that the compiler shows which one the model does not have.
    let values = fields
        .iter()
        .filter_map(|f| f.ident.as_ref())
        .map(|field| quote_spanned!(field.span()=> #field: fields.#field()));
    quote! {
        #[automatically_derived]
        impl #o::Only<#model> for #ident {
            fn columns(
                fields: <#model as #o::Model>::Fields<#model, #o::Here>,
            ) -> impl #o::Selection<#model, Row = Self> {
                #name { #(#values),* }
            }
        }
    }
}

fn named_fields(input: &DeriveInput) -> Result<Vec<&Field>> {
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        _ => {
            return Err(Error::new(
                input.ident.span(),
                "a row is a struct: write `#[derive(Row)] struct Headline { title: String }`",
            ));
        }
    };
    let Fields::Named(named) = fields else {
        return Err(Error::new(
            input.ident.span(),
            "the fields of a row need names, by which columns are given to them: write `title: String`",
        ));
    };
    if named.named.is_empty() {
        return Err(Error::new(
            input.ident.span(),
            "a row needs a field: write `title: String`, of the type of what is selected",
        ));
    }
    if !input.generics.params.is_empty() {
        return Err(Error::new(
            input.generics.span(),
            "a row has no parameters of its own: write the types of its fields out",
        ));
    }
    Ok(named.named.iter().collect())
}

/// The names of the fields, and how a row is read, by place and by name.
fn implementation(input: &DeriveInput, fields: &[&Field]) -> TokenStream {
    let o = PRIVATE;
    let ident = &input.ident;
    let name = plain(ident);
    let idents: Vec<_> = fields.iter().filter_map(|f| f.ident.as_ref()).collect();
    let names = idents.iter().map(|ident| plain(ident));
    // Named with the span of the type, so that a type no column can hold is shown where it stands.
    let values = fields.iter().map(|field| {
        let ty = &field.ty;
        quote_spanned!(ty.span()=> #o::RowReader::get::<#ty>(row)?)
    });
    quote! {
        #[automatically_derived]
        impl #o::Row for #ident {
            const NAME: &'static str = #name;
            const FIELDS: &'static [&'static str] = &[#(#names),*];
            fn read(
                row: &mut #o::RowReader<'_>,
            ) -> ::core::result::Result<Self, #o::DecodeError> {
                ::core::result::Result::Ok(Self { #(#idents: #values),* })
            }
        }
        #[automatically_derived]
        impl #o::FromRows for #ident {
            fn from_rows(rows: #o::RowSet) -> ::orm::Result<::std::vec::Vec<Self>> {
                #o::rows_by_name::<Self>(rows)
            }
        }
    }
}

/// The struct with what is selected for each field: a type parameter each, which the fields' types
/// bound where the struct is selected.
fn columns(input: &DeriveInput, fields: &[&Field]) -> TokenStream {
    let o = PRIVATE;
    let (vis, ident) = (&input.vis, &input.ident);
    let name = format_ident!("{}Columns", plain(ident), span = ident.span());
    // With the span of the struct: in what stands at the derive itself the compiler shows no bounds.
    let selection = quote_spanned!(ident.span()=> ::orm::__private::Selection<R, K>);
    let doc = format!("What is selected for each field of [`{ident}`].");
    let idents: Vec<_> = fields.iter().filter_map(|f| f.ident.as_ref()).collect();
    let types: Vec<_> = (0..fields.len()).map(|i| format_ident!("T{i}")).collect();
    let firsts: Vec<_> = (0..fields.len()).map(|i| format_ident!("F{i}")).collect();
    let kinds: Vec<_> = fields.iter().map(|f| &f.ty).collect();
    let docs = idents.iter().map(|ident| format!("For `{ident}`."));
    let visible = fields.iter().map(|f| &f.vis);
    // With the span of the field, so that the compiler shows which one does not fit.
    let bounds = fields.iter().zip(&types).map(|(field, param)| {
        let ty = &field.ty;
        quote_spanned!(field.span()=> #param: ::orm::__private::Fills<R, #ty, K>)
    });
    quote! {
        #[doc = #doc]
        #[allow(dead_code, missing_debug_implementations)]
        #vis struct #name<#(#types),*> {
            #(#[doc = #docs] #visible #idents: #types,)*
        }
        impl<R, K, #(#bounds),*> #selection for #name<#(#types),*> {
            type Row = #ident;
            type Tuple = (#ident,);
            fn nodes(self, out: &mut ::std::vec::Vec<#o::Expr>) {
                #(out.push(<#types as #o::Fills<R, #kinds, K>>::node(self.#idents));)*
            }
            fn exact(out: &mut ::std::vec::Vec<bool>) {
                #(out.push(<#types as #o::Fills<R, #kinds, K>>::exact());)*
            }
            fn read(
                row: &mut #o::RowReader<'_>,
            ) -> ::core::result::Result<#ident, #o::DecodeError> {
                #o::Row::read(row)
            }
            fn read_tuple(
                row: &mut #o::RowReader<'_>,
            ) -> ::core::result::Result<(#ident,), #o::DecodeError> {
                ::core::result::Result::Ok((#o::Row::read(row)?,))
            }
        }
        #[automatically_derived]
        impl<#(#types: #o::Columns),*> #o::Columns for #name<#(#types),*> {
            type In<R: 'static, P: #o::Place> = #name<#(#types::In<R, P>),*>;
            fn at<R: 'static, P: #o::Place>(
                table: #o::Alias,
                next: &mut usize,
            ) -> Self::In<R, P> {
                #name { #(#idents: #types::at::<R, P>(table, next)),* }
            }
            fn push_types(out: &mut ::std::vec::Vec<#o::FieldType>) {
                #(#types::push_types(out);)*
            }
        }
        #[automatically_derived]
        impl<#(#types: #o::Continues<#firsts>,)* #(#firsts),*> #o::Continues<#name<#(#firsts),*>>
            for #name<#(#types),*>
        {
        }
    }
}
