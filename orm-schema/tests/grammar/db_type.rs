//! `#[derive(DbType)]`.

use orm_schema::FieldType;
use orm_schema::parse::{ParsedDbKind, ParsedDbType, parse_db_type};

use crate::support::{Blog, messages};

fn read(source: &str) -> ParsedDbType {
    let input = syn::parse_str(source).expect("the source is a type");
    parse_db_type(&input).unwrap_or_else(|e| panic!("refused: {:?}", messages(e)))
}

fn stored(source: &str) -> FieldType {
    read(source).resolve(&Blog).expect("all names are known")
}

#[track_caller]
fn fault(source: &str, start: &str) {
    let input = syn::parse_str(source).expect("the source is a type");
    let all = parse_db_type(&input).map_or_else(messages, |_| Vec::new());
    assert!(all.len() == 1 && all[0].starts_with(start), "{all:#?}");
}

#[test]
fn newtypes_are_stored_as_what_they_hold() {
    assert_eq!(
        stored("struct Id(i64);"),
        FieldType::BigInt { unsigned: false }
    );
    assert_eq!(stored("struct Name(pub String);"), FieldType::Text);
    assert_eq!(
        stored("#[db(max_length = 9)] struct Name(String);"),
        FieldType::Varchar { max_length: 9 }
    );
    assert_eq!(
        stored("#[db(max_length = 9)] struct Name(Slug);"),
        FieldType::Varchar { max_length: 9 }
    );
    assert_eq!(
        stored("#[db(precision = 10, scale = 2)] struct Price(Decimal);"),
        FieldType::Decimal {
            precision: 10,
            scale: 2
        }
    );
}

#[test]
fn enums_are_stored_by_name() {
    let source = "enum Status { Draft, InReview, #[db(rename = \"on hold, for long\")] OnHold }";
    let ParsedDbKind::TextEnum {
        max_length,
        variants,
    } = read(source).kind
    else {
        panic!("text is the default");
    };
    let texts: Vec<&str> = variants.iter().map(|v| v.text.as_str()).collect();
    assert_eq!(texts, ["draft", "in_review", "on hold, for long"]);
    assert_eq!(max_length, 17);
    assert_eq!(
        stored("#[db(max_length = 20)] enum S { A }"),
        FieldType::Varchar { max_length: 20 }
    );
    assert_eq!(
        stored("enum S { A = OFFSET, B }"),
        FieldType::Varchar { max_length: 1 }
    );
}

#[test]
fn enums_are_stored_by_number() {
    let source = "#[db(repr = \"int\")] enum Level { Low = -1, Middle, High = 10, Top }";
    let ParsedDbKind::IntEnum { ty, variants } = read(source).kind else {
        panic!("numbers were asked for");
    };
    let numbers: Vec<i64> = variants.iter().map(|v| v.number).collect();
    assert_eq!(
        (ty, numbers),
        (FieldType::Int { unsigned: false }, vec![-1, 0, 10, 11])
    );
    let large = "#[db(repr = \"int\")] enum L { A = 3_000_000_000 }";
    assert_eq!(stored(large), FieldType::BigInt { unsigned: false });
}

#[test]
fn what_cannot_be_stored_is_refused() {
    fault("struct P { x: i64 }", "`P` cannot be stored in one column");
    fault("struct P(i64, i64);", "`P` cannot be stored in one column");
    fault("struct P;", "`P` cannot be stored in one column");
    fault("struct P<T>(T);", "`P` has generic parameters");
    fault(
        "struct P(Option<i64>);",
        "a stored type cannot hold NULL itself",
    );
    fault(
        "struct P(ForeignKey<Author>);",
        "`ForeignKey<Author>` cannot stand inside a stored type",
    );
    fault("struct P(usize);", "`usize` cannot be stored");
    fault("struct P(Decimal);", "`Decimal` needs `precision`");
    fault(
        "#[db(max_length = 3)] struct P(i64);",
        "`max_length` does not fit the type",
    );
    fault(
        "#[db(repr = \"int\")] struct P(i64);",
        "`repr` says how an enum is stored",
    );
    fault("union U { a: i64 }", "a union cannot be stored");
    fault("enum E {}", "`E` has no variants");
    fault("enum E { A(i64) }", "variant `A` holds values");
    fault(
        "enum E { A, #[db(rename = \"a\")] B }",
        "variants `A` and `B` are both stored as \"a\"",
    );
    fault(
        "#[db(max_length = 2)] enum E { Long }",
        "`max_length` is shorter than the longest name",
    );
    fault(
        "#[db(max_length = 0)] struct P(String);",
        "`max_length` must be at least 1",
    );
    fault(
        "#[db(repr = \"int\")] enum E { A = X, B }",
        "the number of variant `A` cannot be read",
    );
    fault(
        "#[db(repr = \"int\", max_length = 3)] enum E { A }",
        "`max_length` does not fit `repr = \"int\"`",
    );
    fault(
        "#[db(repr = \"int\")] enum E { #[db(rename = \"x\")] A }",
        "`rename` does not fit `repr = \"int\"`",
    );
    fault(
        "#[db(repr = \"integer\")] enum E { A }",
        "`repr` cannot be \"integer\"",
    );
    fault(
        "#[db(rename = \"x\")] enum E { A }",
        "unknown attribute `rename` in `#[db(...)]`",
    );
    fault(
        "enum E { #[db(repr = \"int\")] A }",
        "unknown attribute `repr` in `#[db(...)] on a variant`",
    );
    fault(
        "#[db(scale = 1)] enum E { A }",
        "`scale` does not fit an enum",
    );
    fault("enum E { #[db(rename = \"\")] A }", "`rename` is empty");
}
