//! The same expression means the same on every engine.

use orm::ast::{
    AggregateFunc, Alias, BinaryOp, DatePart, Ddl, Delete, Expr, Func, Insert, LikeKind,
    OnConflict, Order, Select, Statement, Update,
};
use orm::dialect::{SingleStore, by_name_no_backslash};
use orm::schema::{ColumnDef, FieldType, TableDef, TableStorage};
use orm::value::{CivilDateTime, CivilTime, Value};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::cases::{col, item, val};
use crate::live::{Live, STRICT, STRICT_NO_BACKSLASH};

fn table(columns: &[(&str, FieldType)]) -> Ddl {
    Ddl::CreateTable {
        table: TableDef {
            name: "sample".into(),
            primary_key: vec!["id".into()],
            columns: columns
                .iter()
                .map(|(name, ty)| ColumnDef {
                    null: *name != "id",
                    ..ColumnDef::new(*name, ty.clone())
                })
                .collect(),
            uniques: vec![],
            indexes: vec![],
            foreign_keys: vec![],
            storage: TableStorage::default(),
            comment: None,
        },
        if_not_exists: false,
    }
}

const BIGINT: FieldType = FieldType::BigInt { unsigned: false };
const COLUMNS: [&str; 7] = ["id", "name", "n", "price", "at", "clock", "x"];

fn insert(values: Vec<Value>, on_conflict: Option<OnConflict>) -> Statement {
    Statement::Insert(Insert {
        table: "sample".into(),
        columns: COLUMNS.map(Into::into).to_vec(),
        values,
        on_conflict,
        returning: vec![],
    })
}

/// Two rows: one with values, one with NULLs.
fn rows() -> Vec<Value> {
    vec![
        Value::Int(1),
        Value::Text("Ärger 50%".into()),
        Value::Int(7),
        Value::Decimal("100.2500".into()),
        Value::DateTime(CivilDateTime::parse("2026-12-31 23:59:59.999999").expect("an instant")),
        Value::Time(CivilTime::parse("23:59:59.999999").expect("a time")),
        Value::Double(0.1),
        Value::Int(2),
        Value::Null,
        Value::Null,
        Value::Decimal("9.5000".into()),
        Value::Null,
        Value::Null,
        Value::Null,
    ]
}

fn sample(live: &Live) {
    live.ddl(&table(&[
        ("id", BIGINT),
        ("name", FieldType::Varchar { max_length: 50 }),
        ("n", BIGINT),
        (
            "price",
            FieldType::Decimal {
                precision: 20,
                scale: 4,
            },
        ),
        ("at", FieldType::DateTime),
        ("clock", FieldType::Time),
        ("x", FieldType::Double),
    ]));
    live.bound(&insert(rows(), None));
}

fn f(func: Func, args: Vec<Expr>) -> Expr {
    Expr::Func { func, args }
}

fn op(left: Expr, op: BinaryOp, right: Expr) -> Expr {
    Expr::binary(left, op, right)
}

fn aggregate(func: AggregateFunc, column: &'static str) -> Expr {
    Expr::Aggregate {
        func,
        arg: Some(Box::new(col(0, column))),
        distinct: false,
        decimal: false,
    }
}

/// Expression, and what it gives in the row with values and in the row with NULLs.
fn expressions() -> Vec<(Expr, Option<&'static str>, Option<&'static str>)> {
    let part = |p, c| f(Func::Extract(p), vec![col(0, c)]);
    let name = || vec![col(0, "name")];
    let same = || op(col(0, "n"), BinaryOp::Eq, val(7));
    vec![
        (f(Func::Lower, name()), Some("ärger 50%"), None),
        (f(Func::Upper, name()), Some("ÄRGER 50%"), None),
        (f(Func::Length, name()), Some("9"), None),
        (
            f(Func::Concat, vec![col(0, "name"), val("-"), col(0, "n")]),
            Some("Ärger 50%-7"),
            Some("-"),
        ),
        (
            f(Func::Coalesce, vec![col(0, "n"), val(3)]),
            Some("7"),
            Some("3"),
        ),
        (f(Func::Date, vec![col(0, "at")]), Some("2026-12-31"), None),
        (part(DatePart::Year, "at"), Some("2026"), None),
        (part(DatePart::Month, "at"), Some("12"), None),
        (part(DatePart::Day, "at"), Some("31"), None),
        (part(DatePart::Hour, "at"), Some("23"), None),
        (part(DatePart::Minute, "at"), Some("59"), None),
        (part(DatePart::Second, "at"), Some("59"), None),
        (part(DatePart::WeekDay, "at"), Some("5"), None),
        (part(DatePart::Quarter, "at"), Some("4"), None),
        (part(DatePart::Hour, "clock"), Some("23"), None),
        (part(DatePart::Second, "clock"), Some("59"), None),
        (op(col(0, "n"), BinaryOp::Div, val(2)), Some("3.5"), None),
        (
            op(val(1), BinaryOp::Div, val(8)),
            Some("0.125"),
            Some("0.125"),
        ),
        (op(col(0, "n"), BinaryOp::Rem, val(4)), Some("3"), None),
        (op(col(0, "n"), BinaryOp::Sub, val(-2)), Some("9"), None),
        (op(col(0, "x"), BinaryOp::Eq, val(0.1)), Some("1"), None),
        (
            op(col(0, "n"), BinaryOp::NullSafeEq, val(Value::Null)),
            Some("0"),
            Some("1"),
        ),
        (Expr::IsNotTrue(Box::new(same())), Some("0"), Some("1")),
        (Expr::Not(Box::new(same())), Some("0"), None),
        (
            op(
                col(0, "price"),
                BinaryOp::Gt,
                val(Value::Decimal("20".into())),
            ),
            Some("1"),
            Some("0"),
        ),
        (
            op(
                col(0, "price"),
                BinaryOp::Eq,
                val(Value::Decimal("100.25".into())),
            ),
            Some("1"),
            Some("0"),
        ),
        (
            op(
                f(
                    Func::Coalesce,
                    vec![col(0, "price"), val(Value::Decimal("0".into()))],
                ),
                BinaryOp::Eq,
                val(Value::Decimal("9.5".into())),
            ),
            Some("0"),
            Some("1"),
        ),
        (
            Expr::InRows {
                exprs: vec![col(0, "id"), col(0, "name")],
                rows: vec![
                    vec![Value::Int(1), Value::Text("Ärger 50%".into())],
                    vec![Value::Int(5), Value::Text("x".into())],
                    vec![Value::Int(6), Value::Text("y".into())],
                ],
            },
            Some("1"),
            Some("0"),
        ),
        (
            Expr::Case {
                whens: vec![(same(), val("seven"))],
                otherwise: Some(Box::new(val("other"))),
            },
            Some("seven"),
            Some("other"),
        ),
    ]
}

fn by_id(columns: Vec<Expr>) -> Statement {
    Statement::Select(Select {
        columns: columns.into_iter().map(item).collect(),
        order_by: vec![Order {
            expr: col(0, "id"),
            descending: false,
        }],
        ..Select::from_table("sample", Alias(0))
    })
}

#[test]
fn expressions_mean_the_same() {
    for live in Live::all("expressions") {
        sample(&live);
        for (expr, first, second) in expressions() {
            let wanted = [
                vec![first.map(str::to_owned)],
                vec![second.map(str::to_owned)],
            ];
            let statement = by_id(vec![expr.clone()]);
            assert_eq!(
                live.inlined(&statement),
                wanted,
                "{}: {expr:?}",
                live.dialect.name()
            );
            assert_eq!(
                live.bound(&statement),
                wanted,
                "{}: {expr:?}",
                live.dialect.name()
            );
        }
    }
}

#[test]
fn aggregates_mean_the_same() {
    for live in Live::all("aggregates") {
        sample(&live);
        let one = |expr| {
            Statement::Select(Select {
                columns: vec![item(expr)],
                ..Select::from_table("sample", Alias(0))
            })
        };
        for (func, column, wanted) in [
            (AggregateFunc::Count, "n", "1"),
            (AggregateFunc::Sum, "id", "3"),
            (AggregateFunc::Avg, "id", "1.5"),
            (AggregateFunc::Min, "price", "9.5000"),
            (AggregateFunc::Max, "price", "100.2500"),
        ] {
            let rows = live.inlined(&one(aggregate(func, column)));
            assert_eq!(rows, [[Some(wanted.to_owned())]], "{}", live.dialect.name());
        }
        let thirds = op(aggregate(AggregateFunc::Sum, "id"), BinaryOp::Div, val(9));
        let third = live
            .inlined(&one(thirds))
            .remove(0)
            .remove(0)
            .expect("a value");
        assert_eq!(third.parse::<f64>(), Ok(1.0 / 3.0));
    }
}

#[test]
fn nulls_come_first_and_decimals_sort_as_numbers() {
    for live in Live::all("order") {
        sample(&live);
        for (column, wanted) in [("n", ["2", "1"]), ("price", ["2", "1"]), ("id", ["1", "2"])] {
            for descending in [false, true] {
                let mut wanted = wanted.map(|v| vec![Some(v.to_owned())]).to_vec();
                if descending {
                    wanted.reverse();
                }
                let rows = live.inlined(&Statement::Select(Select {
                    columns: vec![item(col(0, "id"))],
                    order_by: vec![Order {
                        expr: col(0, column),
                        descending,
                    }],
                    ..Select::from_table("sample", Alias(0))
                }));
                assert_eq!(rows, wanted, "{} by {column}", live.dialect.name());
            }
        }
    }
}

#[test]
fn assignments_see_the_old_values() {
    for live in Live::all("assignments") {
        sample(&live);
        live.bound(&Statement::Update(Update {
            table: "sample".into(),
            alias: Alias(0),
            set: vec![
                ("n".into(), op(col(0, "n"), BinaryOp::Add, val(1))),
                ("x".into(), op(col(0, "n"), BinaryOp::Mul, val(10))),
            ],
            joins: Vec::new(),
            filter: Some(op(col(0, "id"), BinaryOp::Eq, val(1))),
        }));
        let rows = live.inlined(&by_id(vec![col(0, "n"), col(0, "x")]));
        assert_eq!(rows[0], [Some("8".to_owned()), Some("70".to_owned())]);
    }
}

#[test]
fn a_written_table_can_be_read_in_subqueries() {
    for live in Live::all("self") {
        sample(&live);
        let largest = Select {
            columns: vec![item(aggregate(AggregateFunc::Max, "id"))],
            ..Select::from_table("sample", Alias(0))
        };
        // Aliases are unique in a statement; here the written table is 5.
        let smaller = Select {
            columns: vec![item(Expr::Aggregate {
                func: AggregateFunc::Count,
                arg: None,
                distinct: false,
                decimal: false,
            })],
            filter: Some(op(col(1, "id"), BinaryOp::Lt, col(5, "id"))),
            ..Select::from_table("sample", Alias(1))
        };
        live.bound(&Statement::Update(Update {
            table: "sample".into(),
            alias: Alias(5),
            set: vec![
                ("n".into(), Expr::Scalar(Box::new(largest.clone()))),
                ("x".into(), Expr::Scalar(Box::new(smaller))),
            ],
            joins: Vec::new(),
            filter: None,
        }));
        let text = |t: &str| Some(t.to_owned());
        let rows = live.inlined(&by_id(vec![col(0, "n"), col(0, "x")]));
        assert_eq!(rows, [[text("2"), text("0")], [text("2"), text("1")]]);
        live.bound(&Statement::Delete(Delete {
            table: "sample".into(),
            alias: Alias(5),
            joins: Vec::new(),
            filter: Some(Expr::InSelect {
                expr: Box::new(col(5, "id")),
                select: Box::new(largest),
            }),
        }));
        assert_eq!(live.inlined(&by_id(vec![col(0, "id")])), [[text("1")]]);
    }
}

#[test]
fn taken_keys_are_left_or_updated() {
    for live in Live::all("upsert") {
        sample(&live);
        let again = || {
            let mut row = rows();
            row.truncate(7);
            row[1] = Value::Text("new".into());
            row[2] = Value::Int(1);
            row
        };
        live.bound(&insert(again(), Some(OnConflict::Ignore)));
        let read = by_id(vec![col(0, "name"), col(0, "n")]);
        assert_eq!(
            live.inlined(&read)[0],
            [Some("Ärger 50%".to_owned()), Some("7".to_owned())]
        );
        let set = vec![
            (
                "n".into(),
                op(col(0, "n"), BinaryOp::Add, Expr::Named("n".into())),
            ),
            ("name".into(), Expr::Named("name".into())),
        ];
        let target = vec!["id".into()];
        live.bound(&insert(again(), Some(OnConflict::Update { target, set })));
        assert_eq!(
            live.inlined(&read)[0],
            [Some("new".to_owned()), Some("8".to_owned())]
        );
    }
}

/// Whether the text occurs, as Rust sees it.
fn occurs(hay: &str, kind: LikeKind, needle: &str, ignore_case: bool) -> bool {
    let fold = |t: &str| {
        if ignore_case {
            t.to_lowercase()
        } else {
            t.to_owned()
        }
    };
    let (hay, needle) = (fold(hay), fold(needle));
    match kind {
        LikeKind::Exact => hay == needle,
        LikeKind::Contains => hay.contains(&needle),
        LikeKind::StartsWith => hay.starts_with(&needle),
        LikeKind::EndsWith => hay.ends_with(&needle),
        LikeKind::Pattern => {
            let chars = |t: &str| t.chars().collect::<Vec<_>>();
            matches(&chars(&hay), &chars(&needle))
        }
    }
}

/// Whether a text matches a pattern of `%` and `_`.
fn matches(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|n| matches(&text[n..], rest)),
        ['_', rest @ ..] => text.split_first().is_some_and(|(_, t)| matches(t, rest)),
        [c, rest @ ..] => text
            .split_first()
            .is_some_and(|(first, t)| first == c && matches(t, rest)),
    }
}

#[test]
fn text_matches_are_literal_and_look_at_case_as_told() {
    let mut lives = Live::all("like");
    // SingleStore's spelling has no ESCAPE clause; MariaDB reads it too.
    let no_backslash = by_name_no_backslash("singlestore").expect("a dialect");
    lives.extend(Live::mariadb("like_s2", &SingleStore, STRICT));
    lives.extend(Live::mariadb(
        "like_s2_nb",
        no_backslash,
        STRICT_NO_BACKSLASH,
    ));
    let piece = |n| {
        let chars = "aAbéÉ%_\\|*?[]^'".chars().collect::<Vec<_>>();
        prop::collection::vec(prop::sample::select(chars), n)
            .prop_map(|v| v.into_iter().collect::<String>())
    };
    let kind = prop::sample::select(vec![
        LikeKind::Exact,
        LikeKind::Contains,
        LikeKind::StartsWith,
        LikeKind::EndsWith,
        LikeKind::Pattern,
    ]);
    let strategy = (
        piece(0..3),
        piece(1..4),
        piece(0..3),
        piece(0..4),
        kind,
        any::<bool>(),
    );
    for live in lives {
        let mut runner = TestRunner::new(Config {
            failure_persistence: None,
            ..Config::with_cases(250)
        });
        let create = match live.is_sqlite() {
            true => "CREATE TABLE hay (text TEXT)",
            false => "CREATE TABLE hay (text VARCHAR(50) COLLATE utf8mb4_bin)",
        };
        live.text(create);
        // Neither an ESCAPE clause nor a mode says what a backslash in a pattern means.
        let mut literal = String::new();
        let written = live
            .dialect
            .write_literal(&mut literal, &Value::Text("\\".into()));
        written.expect("a literal");
        let unsaid = !live.dialect.features().like_escape && literal == "'\\'";
        let result = runner.run(
            &strategy,
            |(before, needle, after, other, kind, ignore_case)| {
                let whole = format!("{before}{needle}{after}");
                for hay in [whole, other] {
                    live.text("DELETE FROM hay");
                    live.inlined(&Statement::Insert(Insert {
                        table: "hay".into(),
                        columns: vec!["text".into()],
                        values: vec![Value::Text(hay.clone())],
                        on_conflict: None,
                        returning: vec![],
                    }));
                    let query = Statement::Select(Select {
                        columns: vec![item(col(0, "text"))],
                        filter: Some(Expr::Like {
                            expr: Box::new(col(0, "text")),
                            kind,
                            text: needle.clone(),
                            ignore_case,
                        }),
                        ..Select::from_table("hay", Alias(0))
                    });
                    if unsaid && kind == LikeKind::Pattern && needle.contains('\\') {
                        prop_assert!(live.dialect.render(&query).is_err());
                        continue;
                    }
                    let wanted = occurs(&hay, kind, &needle, ignore_case);
                    let case = format!("{hay:?} {kind:?} {needle:?} {ignore_case}");
                    prop_assert_eq!(live.inlined(&query).len() == 1, wanted, "written: {}", case);
                    prop_assert_eq!(live.bound(&query).len() == 1, wanted, "bound: {}", case);
                }
                Ok(())
            },
        );
        result.unwrap_or_else(|e| panic!("{}: {e}", live.dialect.name()));
    }
}

#[test]
fn the_clock_is_utc_with_six_digits() {
    for live in Live::all("clock") {
        let now = Statement::Select(Select {
            columns: vec![item(f(Func::Now, vec![]))],
            ..Select::empty()
        });
        let text = live.inlined(&now).remove(0).remove(0).expect("a value");
        assert_eq!(text.len(), "2026-12-31 23:59:59.999999".len(), "{text}");
        let server = CivilDateTime::parse(&text).expect("an instant");
        let here = chrono::Utc::now()
            .format("%Y-%m-%d %H:%M:%S%.6f")
            .to_string();
        let here = CivilDateTime::parse(&here).expect("an instant");
        // The same hour, or the next one at the turn.
        assert!(server.date == here.date || server.time.hour == 0 || here.time.hour == 0);
        assert!(
            (i16::from(server.time.hour) - i16::from(here.time.hour)).rem_euclid(24) <= 1
                || (i16::from(here.time.hour) - i16::from(server.time.hour)).rem_euclid(24) <= 1
        );
    }
}
