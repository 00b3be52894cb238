//! The page of all attributes is what the parser knows.

use orm_schema::parse::names;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/attributes.md");

/// Run with `ORM_UPDATE_DOCS=1` to write the page anew.
#[test]
fn the_page_is_up_to_date() {
    let text = names::reference();
    if std::env::var_os("ORM_UPDATE_DOCS").is_some() {
        std::fs::write(PAGE, &text).expect("the page can be written");
    }
    let page = std::fs::read_to_string(PAGE).expect("docs/attributes.md is there");
    assert_eq!(page, text, "run this test with ORM_UPDATE_DOCS=1");
}

#[test]
fn every_form_is_what_the_parser_takes() {
    for attribute in [names::model::ALL, names::field::ALL].concat() {
        let tokens: proc_macro2::TokenStream = attribute.form.parse().expect("tokens");
        let first = tokens.into_iter().next().map(|t| t.to_string());
        assert_eq!(first.as_deref(), Some(attribute.name));
    }
}
