//! Structs that a macro wrote: its fragments arrive in invisible groups.

use orm_schema::FieldType;
use orm_schema::parse::{ParsedKind, parse_model};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use crate::support::messages;

/// What a macro's `$fragment` looks like to a derive.
fn fragment(tokens: TokenStream) -> TokenTree {
    TokenTree::Group(Group::new(Delimiter::None, tokens))
}

#[test]
fn fragments_read_like_plain_tokens() {
    let length = fragment(quote!(80));
    let minus = fragment(quote!(-1));
    let path = fragment(quote!(make::it));
    let text = fragment(quote!("t"));
    let ty = fragment(quote!(String));
    let optional = fragment(quote!(Option<ForeignKey<Author>>));
    let model = fragment(quote!(Author));
    let name = fragment(quote!(id));
    let item = fragment(quote!(index));
    let descending = fragment(quote!(-a));
    let source = quote! {
        #[model(table = #text, ordering(#name, #descending))]
        struct Article {
            #[field(primary_key)] id: Auto<i64>,
            #[field(max_length = #length)] title: #ty,
            #[field(default = #minus, #item)] a: i64,
            #[field(default_fn = #path)] b: i64,
            c: #optional,
            d: ForeignKey<#model>,
        }
    };
    let input = syn::parse2(source).expect("a struct");
    let model = parse_model(&input).unwrap_or_else(|e| panic!("{:?}", messages(e)));
    let ParsedKind::Scalar { known, .. } = &model.fields[1].kind else {
        panic!("a value");
    };
    assert_eq!(known.as_ref(), Some(&FieldType::Varchar { max_length: 80 }));
    assert!(
        model.fields[2].options.index.is_some() && model.fields[3].options.default_fn.is_some()
    );
    assert!(model.fields[4].null && matches!(model.fields[4].kind, ParsedKind::ForeignKey(_)));
    assert!(model.ordering[1].1);
    assert_eq!(model.table.map(|t| t.value).as_deref(), Some("t"));
}
