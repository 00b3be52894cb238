//! The golden statements on real engines, so that they are known to parse there.

use mysql_async::prelude::Queryable;
use orm::dialect::{Bound, Dialect, MariaDb, MySql, Sql, Sqlite, bound, by_name_no_backslash};

use crate::cases::{self, What};

/// SQLite in memory, with what the backend registers.
pub(crate) fn sqlite() -> rusqlite::Connection {
    use rusqlite::functions::{Aggregate, Context, FunctionFlags};

    struct Sum;
    impl Aggregate<f64, String> for Sum {
        fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<f64> {
            Ok(0.0)
        }
        fn step(&self, ctx: &mut Context<'_>, sum: &mut f64) -> rusqlite::Result<()> {
            *sum += ctx.get::<String>(0)?.parse::<f64>().expect("a number");
            Ok(())
        }
        fn finalize(&self, _: &mut Context<'_>, sum: Option<f64>) -> rusqlite::Result<String> {
            Ok(sum.unwrap_or_default().to_string())
        }
    }

    let db = rusqlite::Connection::open_in_memory().expect("SQLite opens");
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_collation("orm_decimal", |a, b| {
        let number = |t: &str| t.parse::<f64>().unwrap_or_default();
        number(a).total_cmp(&number(b))
    })
    .expect("collation");
    for name in ["orm_decimal_sum", "orm_decimal_avg"] {
        db.create_aggregate_function(name, -1, flags, Sum)
            .expect("aggregate");
    }
    for (name, upper) in [("lower", false), ("upper", true)] {
        db.create_scalar_function(name, 1, flags, move |ctx| {
            let text: Option<String> = ctx.get(0)?;
            Ok(text.map(|t| {
                if upper {
                    t.to_uppercase()
                } else {
                    t.to_lowercase()
                }
            }))
        })
        .expect("function");
    }
    db.create_scalar_function("orm_decimal", -1, flags, |ctx| ctx.get::<Option<String>>(0))
        .expect("function");
    for (name, args) in [
        ("int", 4),
        ("double", 2),
        ("text", 3),
        ("bytes", 3),
        ("decimal", 4),
    ] {
        db.create_scalar_function(format!("orm_fit_{name}").as_str(), args, flags, |ctx| {
            ctx.get::<rusqlite::types::Value>(0)
        })
        .expect("function");
    }
    for name in ["regexp", "regexp_i"] {
        // Enough of a matcher for `^a+`.
        db.create_scalar_function(name, 2, flags, move |ctx| {
            let text: Option<String> = ctx.get(1)?;
            let first = |t: &str| t.starts_with('a') || name == "regexp_i" && t.starts_with('A');
            Ok(text.map(|t| first(&t)))
        })
        .expect("function");
    }
    db
}

/// A parameter as SQLite takes it.
pub(crate) fn sqlite_value(value: &Bound<'_>) -> rusqlite::types::Value {
    use rusqlite::types::Value;
    match value {
        Bound::Null => Value::Null,
        Bound::Int(v) => Value::Integer(*v),
        Bound::UInt(v) => panic!("{v} does not fit"),
        Bound::Double(v) => Value::Real(*v),
        Bound::Decimal(v) | Bound::Text(v) => Value::Text(v.to_string()),
        Bound::Short(v) => Value::Text(v.as_str().to_owned()),
        Bound::Bytes(v) => Value::Blob(v.to_vec()),
    }
}

/// A parameter as the MySQL protocol takes it.
pub(crate) fn mysql_value(value: &Bound<'_>) -> mysql_async::Value {
    use mysql_async::Value;
    match value {
        Bound::Null => Value::NULL,
        Bound::Int(v) => Value::Int(*v),
        Bound::UInt(v) => Value::UInt(*v),
        Bound::Double(v) => Value::Double(*v),
        Bound::Decimal(v) | Bound::Text(v) => Value::Bytes(v.as_bytes().to_vec()),
        Bound::Short(v) => Value::Bytes(v.as_str().as_bytes().to_vec()),
        Bound::Bytes(v) => Value::Bytes(v.to_vec()),
    }
}

/// Runs to the end, with the parameters bound.
pub(crate) fn run_sqlite(db: &rusqlite::Connection, sql: &Sql) -> rusqlite::Result<()> {
    let params = sql
        .params
        .iter()
        .map(|v| sqlite_value(&bound(&Sqlite, v).expect("a value")));
    let mut statement = db.prepare(&sql.text)?;
    let mut rows = statement.query(rusqlite::params_from_iter(params))?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// A connection to a fresh database on the MariaDB of `ORM_TEST_MARIADB_URL`, dropped by [`drop_database`].
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) async fn mariadb(name: &str) -> Option<mysql_async::Conn> {
    let Ok(url) = std::env::var("ORM_TEST_MARIADB_URL") else {
        assert!(
            std::env::var_os("ORM_TEST_REQUIRE_LIVE").is_none_or(|v| v != "1"),
            "ORM_TEST_MARIADB_URL is missing"
        );
        eprintln!("skipped: set ORM_TEST_MARIADB_URL to run this on MariaDB");
        return None;
    };
    let mut db = mysql_async::Conn::from_url(url)
        .await
        .expect("MariaDB answers");
    let database = database(name);
    db.query_drop(format!("DROP DATABASE IF EXISTS {database}"))
        .await
        .expect("drops");
    db.query_drop(format!("CREATE DATABASE {database}"))
        .await
        .expect("creates");
    db.query_drop(format!("USE {database}"))
        .await
        .expect("uses");
    db.query_drop("SET NAMES utf8mb4")
        .await
        .expect("sets the character set");
    Some(db)
}

fn database(name: &str) -> String {
    format!("dialect_{name}_{}", std::process::id())
}

pub(crate) async fn drop_database(mut db: mysql_async::Conn, name: &str) {
    db.query_drop(format!("DROP DATABASE {}", database(name)))
        .await
        .expect("drops");
    db.disconnect().await.expect("disconnects");
}

#[test]
fn sqlite_accepts_every_case() {
    let db = sqlite();
    for case in cases::all() {
        match &case.what {
            What::Rows(statement) => {
                let Ok(sql) = Sqlite.render(statement) else {
                    continue;
                };
                let result = run_sqlite(&db, &sql);
                assert!(result.is_ok(), "{}: {result:?}\n{}", case.name, sql.text);
                let text = Sqlite.inline(&sql).expect("inlines");
                let result = db.prepare(&text).map(|_| ());
                assert!(result.is_ok(), "{}: {result:?}\n{text}", case.name);
            }
            What::Schema(ddl) => {
                let Ok(sql) = Sqlite.render_ddl(ddl) else {
                    continue;
                };
                let result = db.execute_batch(&sql);
                assert!(result.is_ok(), "{}: {result:?}\n{sql}", case.name);
            }
            What::Copying(copying) => {
                let Ok(sql) = Sqlite.render_copying(copying) else {
                    continue;
                };
                let result = db.prepare(&sql).map(|_| ());
                assert!(result.is_ok(), "{}: {result:?}\n{sql}", case.name);
            }
        }
    }
}

/// MariaDB stands in for MySQL where it knows the words.
fn mariadb_lacks(sql: &str) -> bool {
    sql.contains(" AS JSON)")
}

async fn accepts_every_case(name: &str, dialect: &dyn Dialect, mode: &str) {
    let Some(mut db) = mariadb(name).await else {
        return;
    };
    db.query_drop(format!("SET sql_mode = '{mode}'"))
        .await
        .expect("sets the mode");
    for case in cases::all() {
        let texts = match &case.what {
            What::Rows(statement) => {
                let Ok(sql) = dialect.render(statement) else {
                    continue;
                };
                if mariadb_lacks(&sql.text) {
                    continue;
                }
                let params: Vec<mysql_async::Value> = (sql.params.iter())
                    .map(|v| mysql_value(&bound(dialect, v).expect("a value")))
                    .collect();
                // Only prepared: what writes would write twice.
                let prepared = db.prep(sql.text.as_ref()).await;
                assert!(
                    prepared.is_ok(),
                    "{}: {prepared:?}\n{}",
                    case.name,
                    sql.text
                );
                if sql.text.starts_with("SELECT") {
                    let result = db.exec_drop(prepared.expect("checked"), params).await;
                    assert!(result.is_ok(), "{}: {result:?}\n{}", case.name, sql.text);
                }
                dialect.inline(&sql).expect("inlines")
            }
            What::Schema(ddl) => match dialect.render_ddl(ddl) {
                Ok(sql) => sql,
                Err(_) => continue,
            },
            What::Copying(copying) => dialect.render_copying(copying).expect("renders"),
        };
        // MariaDB calls MySQL's collation by another name.
        let texts = texts.replace("utf8mb4_0900_bin", "utf8mb4_nopad_bin");
        let result = db.query_drop(&texts).await;
        assert!(result.is_ok(), "{}: {result:?}\n{texts}", case.name);
    }
    drop_database(db, name).await;
}

const STRICT: &str = "STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,ERROR_FOR_DIVISION_BY_ZERO";

#[tokio::test]
async fn mariadb_accepts_every_case() {
    accepts_every_case("cases", &MariaDb, STRICT).await;
}

#[tokio::test]
async fn mariadb_accepts_every_case_without_backslash_escapes() {
    let dialect = by_name_no_backslash("mariadb").expect("a dialect");
    accepts_every_case(
        "cases_nb",
        dialect,
        &format!("{STRICT},NO_BACKSLASH_ESCAPES"),
    )
    .await;
}

#[tokio::test]
async fn mariadb_accepts_the_mysql_cases() {
    accepts_every_case("cases_mysql", &MySql, STRICT).await;
}
