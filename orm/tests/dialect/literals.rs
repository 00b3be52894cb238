//! What goes in as a literal or a name comes out as the same, on SQLite and MariaDB, with and
//! without backslash escapes.

use orm::dialect::{Dialect, MariaDb, MySql, NoBackslashEscapes, SingleStore, Sqlite};
use orm::value::{CivilDate, CivilDateTime, CivilTime, Value};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::live::Live;

fn runner() -> TestRunner {
    TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(300)
    })
}

/// Text of all planes, rich in characters that mean something to a lexer.
fn text() -> impl Strategy<Value = String> {
    let c = prop_oneof![
        3 => prop::sample::select("'\"`\\\0\n\r\t\u{1a}%_-/*;#?:@$ aZ0é€😀".chars().collect::<Vec<_>>()),
        2 => any::<char>(),
        1 => prop::char::range('\0', '\u{ff}'),
    ];
    prop::collection::vec(c, 0..24).prop_map(|v| v.into_iter().collect())
}

#[test]
fn texts_come_back() {
    for live in Live::all("texts") {
        let result = runner().run(&text(), |text| {
            let back = live.literal(&Value::Text(text.clone()));
            prop_assert_eq!(back, text.into_bytes());
            Ok(())
        });
        result.unwrap_or_else(|e| panic!("{}: {e}", live.dialect.name()));
    }
}

#[test]
fn each_low_character_and_one_of_each_plane_comes_back() {
    let low = (0..=255u8).map(char::from);
    let planes = (0..=16u32).filter_map(|p| char::from_u32(p << 16 | 0x1234));
    let all: Vec<char> = low.chain(planes).collect();
    for live in Live::all("chars") {
        for c in &all {
            for text in [
                format!("{c}"),
                format!("a{c}b"),
                format!("{c}{c}'"),
                format!("\\{c}"),
            ] {
                let back = live.literal(&Value::Text(text.clone()));
                assert_eq!(back, text.as_bytes(), "{}: {text:?}", live.dialect.name());
            }
        }
        let whole: String = all.iter().collect();
        assert_eq!(live.literal(&Value::Text(whole.clone())), whole.as_bytes());
    }
}

#[test]
fn bytes_come_back() {
    for live in Live::all("bytes") {
        let every: Vec<u8> = (0..=255).collect();
        for bytes in [vec![], every] {
            assert_eq!(live.literal(&Value::Bytes(bytes.clone())), bytes);
        }
        let strategy = prop::collection::vec(any::<u8>(), 0..40);
        let result = runner().run(&strategy, |bytes| {
            prop_assert_eq!(live.literal(&Value::Bytes(bytes.clone())), bytes);
            Ok(())
        });
        result.unwrap_or_else(|e| panic!("{}: {e}", live.dialect.name()));
    }
}

#[test]
fn integers_come_back() {
    for live in Live::all("integers") {
        for v in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX] {
            assert_eq!(live.literal(&Value::Int(v)), v.to_string().as_bytes());
        }
        if !live.is_sqlite() {
            assert_eq!(
                live.literal(&Value::UInt(u64::MAX)),
                u64::MAX.to_string().as_bytes()
            );
        }
        assert_eq!(live.literal(&Value::Bool(true)), b"1");
        assert_eq!(live.literal(&Value::Null), b"NULL");
    }
}

#[test]
fn floats_come_back() {
    let edge = [
        0.0,
        -0.0,
        1.0,
        0.1,
        1e300,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        1e15,
        123456789.125,
    ];
    for live in Live::all("floats") {
        let check = |v: f64| {
            let back = String::from_utf8(live.literal(&Value::Double(v))).expect("text");
            assert_eq!(back.parse::<f64>(), Ok(v), "{v:e} came back as {back}");
        };
        edge.into_iter().for_each(check);
        let result = runner().run(&proptest::num::f64::NORMAL, |v| {
            check(v);
            Ok(())
        });
        result.unwrap_or_else(|e| panic!("{}: {e}", live.dialect.name()));
    }
}

#[test]
fn other_kinds_come_back() {
    let date = CivilDate {
        year: 2026,
        month: 2,
        day: 3,
    };
    let time = CivilTime {
        hour: 4,
        minute: 5,
        second: 6,
        micros: 7,
    };
    let kinds = [
        (
            Value::Decimal("-12345678901234567890.1234567890".into()),
            "-12345678901234567890.1234567890",
        ),
        (Value::Date(date), "2026-02-03"),
        (Value::Time(time), "04:05:06.000007"),
        (
            Value::DateTime(CivilDateTime { date, time }),
            "2026-02-03 04:05:06.000007",
        ),
        (Value::Uuid([0x0F; 16]), "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"),
        (
            Value::Json("{\"a\": \"\\\"'\"}".into()),
            "{\"a\": \"\\\"'\"}",
        ),
        (Value::Vector(vec![0.1, -2.0, 1e-7]), "[0.1,-2,0.0000001]"),
        (Value::Float(0.1), "0.10000000149011612"),
    ];
    for live in Live::all("kinds") {
        for (value, text) in &kinds {
            let back = String::from_utf8(live.literal(value)).expect("text");
            match value {
                Value::Float(_) => assert_eq!(back.parse::<f64>().ok(), text.parse().ok()),
                _ => assert_eq!(&back, text, "{}", live.dialect.name()),
            }
        }
    }
}

#[test]
fn names_come_back() {
    for live in Live::all("names") {
        for name in [
            "a", "select", "a\"b`c'd", "``", "\"\"", "\\", "a.b", "a b", "é", "x;--", "?",
        ] {
            assert_eq!(live.column_name(name), name);
        }
        let sqlite = live.is_sqlite();
        // A NUL is in no name anywhere. MariaDB holds names in the basic plane, and cuts blanks and
        // control characters off the ends of a column's name in a result.
        let good = move |name: &String| !name.contains(|c| c == '\0' || !sqlite && c > '\u{ffff}');
        let strategy = text().prop_filter("a possible name", good);
        let result = runner().run(&strategy, |name| {
            let name = if sqlite { name } else { format!("x{name}x") };
            prop_assert_eq!(live.column_name(&name), name);
            Ok(())
        });
        result.unwrap_or_else(|e| panic!("{}: {e}", live.dialect.name()));
    }
}

fn literal(dialect: &dyn Dialect, value: Value) -> Result<String, String> {
    let mut out = String::new();
    dialect
        .write_literal(&mut out, &value)
        .map(|()| out)
        .map_err(|e| e.to_string())
}

#[test]
fn what_has_no_form_is_refused() {
    for dialect in orm::dialect::ALL {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = literal(dialect, Value::Double(value)).expect_err("refused");
            assert!(error.contains("has no form in SQL"), "{error}");
        }
        for text in [
            "", "-", ".", "1.", ".5", "1e5", "1;2", "1 OR 1", "--1", "0x1", "１", "NaN",
        ] {
            let error = literal(dialect, Value::Decimal(text.into())).expect_err("refused");
            assert!(error.contains("no decimal"), "{error}");
        }
        literal(dialect, Value::Vector(vec![f32::NAN])).expect_err("refused");
        let date = |year| {
            Value::Date(CivilDate {
                year,
                month: 1,
                day: 1,
            })
        };
        literal(dialect, date(-1)).expect_err("refused");
        literal(dialect, date(10_000)).expect_err("refused");
        let early = literal(dialect, date(999));
        assert_eq!(early.is_err(), dialect.name() == "singlestore", "{early:?}");
    }
    let error = literal(&Sqlite, Value::UInt(u64::MAX)).expect_err("refused");
    assert!(error.contains("above the largest integer"), "{error}");
}

#[test]
fn the_backslash_is_doubled_where_it_escapes() {
    let text = || Value::Text("a\\'b\0".into());
    for dialect in [&MySql as &dyn Dialect, &MariaDb, &SingleStore] {
        assert_eq!(literal(dialect, text()).as_deref(), Ok("'a\\\\''b\\0'"));
    }
    assert_eq!(
        literal(&NoBackslashEscapes(MySql), text()).as_deref(),
        Ok("'a\\''b\0'")
    );
    assert_eq!(
        literal(&Sqlite, Value::Text("a\\'b".into())).as_deref(),
        Ok("'a\\''b'")
    );
    assert_eq!(
        literal(&Sqlite, text()).as_deref(),
        Ok("CAST(X'615C276200' AS TEXT)")
    );
}

#[test]
fn parameters_are_written_where_they_belong() {
    use orm::ast::{RawSql, Statement};
    let raw = RawSql {
        parts: vec!["SELECT '?', ".into(), ", \"?\", ".into(), "".into()],
        params: [1, 2]
            .map(|v| orm::ast::Expr::Value(Value::Int(v)))
            .to_vec(),
    };
    let sql = Sqlite.render(&Statement::Raw(raw)).expect("renders");
    assert_eq!(sql.text, "SELECT '?', ?, \"?\", ?");
    assert_eq!(
        Sqlite.inline(&sql).as_deref(),
        Ok("SELECT '?', 1, \"?\", 2")
    );
}
