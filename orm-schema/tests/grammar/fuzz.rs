//! No token stream makes the grammar panic, and what it accepts resolves or is refused with a message.

use std::str::FromStr;

use orm_schema::parse::{names, parse_db_type, parse_model};
use proc_macro2::TokenStream;
use proptest::prelude::*;

use crate::support::Blog;

/// Scraps of attributes: valid names, values, punctuation, and what stands nowhere.
fn scrap() -> impl Strategy<Value = String> {
    let known: Vec<&'static str> = [
        names::model::ALL,
        names::field::ALL,
        names::unique::ALL,
        names::index::ALL,
        names::db::ALL,
    ]
    .concat()
    .iter()
    .flat_map(|a| [a.name, a.form])
    .collect();
    let odd = [
        "=",
        ",",
        "-",
        "::",
        "(",
        ")",
        "()",
        "[]",
        "{}",
        "<",
        ">",
        "#",
        "'a",
        "'x'",
        "b\"x\"",
        "\"\"",
        "\"text\"",
        "0",
        "-1",
        "1e999",
        "340282366920938463463374607431768211456",
        "1.5",
        "true",
        "id",
        "a",
        "r#type",
        "fields(id)",
        "fields",
        "Self",
        "crate::x",
        "c\"x\"",
        "0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff",
        "\u{202e}\"",
        "é",
    ];
    prop_oneof![
        3 => proptest::sample::select(known).prop_map(str::to_owned),
        2 => proptest::sample::select(odd.to_vec()).prop_map(str::to_owned),
        1 => "[ -~]{0,6}",
    ]
}

fn scraps() -> impl Strategy<Value = String> {
    proptest::collection::vec((scrap(), prop_oneof![2 => Just(","), 1 => Just(" ")]), 0..8)
        .prop_map(|parts| parts.into_iter().map(|(scrap, end)| scrap + end).collect())
}

fn a_type() -> impl Strategy<Value = String> {
    let leaf = proptest::sample::select(vec![
        "i64",
        "String",
        "usize",
        "Decimal",
        "Vector<3>",
        "Vector<N>",
        "Vector<{ 3 }>",
        "Vector<-1>",
        "Vector",
        "DateTime<Utc>",
        "DateTime",
        "Slug",
        "Status",
        "Maybe",
        "()",
        "!",
        "_",
        "[u8; 3]",
        "&'static str",
        "dyn Fn()",
        "Author",
        "<A as B>::C",
        "Fn(i64) -> i64",
        "x!()",
        "Vec<u8>",
        "Json<X>",
        "Self",
        "u8",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(3, 8, 1, |inner| {
        let outer = vec![
            "Option",
            "Auto",
            "ForeignKey",
            "OneToOne",
            "ManyToMany",
            "Reverse",
            "Box",
            "orm::Option",
        ];
        (proptest::sample::select(outer), inner)
            .prop_map(|(outer, inner)| format!("{outer}<{inner}>"))
    })
}

/// Reads a struct every way; a panic or an empty message fails the test.
fn read(source: &str) {
    if TokenStream::from_str(source).is_err() {
        return;
    }
    let Ok(input) = syn::parse_str::<syn::DeriveInput>(source) else {
        return;
    };
    let said = |error: syn::Error| {
        for fault in error {
            assert!(!fault.to_string().is_empty(), "{source}");
        }
    };
    match parse_model(&input) {
        Ok(model) => {
            if let Err(error) = model.resolve(&Blog) {
                said(error);
            }
        }
        Err(error) => said(error),
    }
    match parse_db_type(&input) {
        Ok(ty) => {
            if let Err(error) = ty.resolve(&Blog) {
                said(error);
            }
        }
        Err(error) => said(error),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn attributes_never_panic(model in scraps(), field in scraps(), ty in a_type()) {
        read(&format!(
            "#[model({model})] struct A {{ #[field(primary_key)] id: Auto<i64>, #[field({field})] a: {ty} }}"
        ));
    }

    #[test]
    fn bare_attributes_never_panic(model in scraps(), field in scraps(), ty in a_type()) {
        read(&format!("#[model {model}] struct A {{ #[field {field}] a: {ty}, b: {ty} }}"));
    }

    #[test]
    fn stored_types_never_panic(ty in scraps(), variant in scraps(), number in scraps()) {
        read(&format!("#[db({ty})] enum A {{ #[db({variant})] A, B = {number}, C }}"));
        read(&format!("#[db({ty})] struct A({number});"));
    }
}
