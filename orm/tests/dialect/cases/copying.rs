//! Statements that move and compare parts of tables.

use orm::ast::{Comparison, CopySource, Copying, KeyRange};
use orm::value::Value;

use super::{Case, What};

fn case(name: &'static str, copying: Copying) -> Case {
    Case {
        group: "copying",
        name,
        what: What::Copying(copying),
    }
}

/// A part of `article_tags` by its key of two columns.
fn pair(after: Option<[i64; 2]>, upto: Option<[i64; 2]>) -> KeyRange {
    let key = |k: Option<[i64; 2]>| k.map(|k| k.map(Value::Int).to_vec());
    KeyRange {
        key: vec!["article_id".into(), "tag_id".into()],
        after: key(after),
        upto: key(upto),
    }
}

fn one(after: Option<&str>) -> KeyRange {
    KeyRange {
        key: vec!["slug".into()],
        after: after.map(|a| vec![Value::Text(a.to_owned())]),
        upto: None,
    }
}

/// On tables that are as [`super::schema::create`] made them.
pub(super) fn all() -> Vec<Case> {
    let column = |c: &str| CopySource::Column(c.to_owned());
    let tag = || "tag".to_owned();
    let links = || "article_tags".to_owned();
    let fill = |differing, range| Copying::Fill {
        table: tag(),
        column: "slug".into(),
        source: CopySource::ColumnOr("slug".into(), Value::Text("it's".into())),
        range,
        differing,
    };
    vec![
        case(
            "insert a part",
            Copying::Insert {
                from: links(),
                to: links(),
                columns: vec![
                    ("article_id".into(), column("article_id")),
                    ("tag_id".into(), CopySource::Value(Value::Int(5))),
                ],
                range: pair(Some([1, 2]), Some([3, 4])),
            },
        ),
        case(
            "delete the first part",
            Copying::Delete {
                table: links(),
                range: pair(None, Some([3, 4])),
            },
        ),
        case("fill a part", fill(None, one(Some("a'b")))),
        case(
            "fill what differs as text",
            fill(Some(Comparison::Bytes), one(Some("a"))),
        ),
        case(
            "fill what differs",
            fill(Some(Comparison::Values), KeyRange::default()),
        ),
        case(
            "the end of the next part",
            Copying::Bound {
                table: links(),
                range: pair(Some([1, 2]), None),
                rows: Some(1000),
            },
        ),
        case(
            "the end of all",
            Copying::Bound {
                table: links(),
                range: pair(None, None),
                rows: None,
            },
        ),
        case(
            "sums of a part",
            Copying::Sum {
                table: links(),
                sums: vec![
                    vec![column("article_id"), column("tag_id")],
                    vec![column("tag_id")],
                ],
                range: pair(Some([1, 2]), None),
            },
        ),
        case(
            "sums of nothing comparable",
            Copying::Sum {
                table: links(),
                sums: vec![vec![]],
                range: KeyRange::default(),
            },
        ),
    ]
}
