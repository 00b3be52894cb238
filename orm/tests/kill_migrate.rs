//! A migrator that is ended before and after every statement: killed, cut off, or left by its
//! server. The next run finishes what it began, and nothing tells that it was ever disturbed.
//!
//! On SQLite all points are walked. A server takes some minutes for that, so there only every
//! [`SAMPLE`]th point is, another one for each migration; `ORM_TEST_ALL_POINTS=1` walks them all.
//! What all migrations have in common before their first step is walked with the first one only.

#[path = "kill/child.rs"]
mod child;
#[path = "kill/counter.rs"]
mod counter;
mod migrations;
#[path = "kill/proxy.rs"]
mod proxy;
#[path = "kill/victim.rs"]
mod victim;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use child::{Task, spawn};
use migrations::live::{Live, creating, exec, fill, lines, on, same};
use migrations::{APP, Case, base, case, cases};
use orm::backend::Executor as _;
use orm::dialect::Dialect;
use orm::migrate::{Direction, Migration, Operation, SqlByDialect, Target, plan_migration};
use proxy::{Fault, Mode, Side};

const SIDE_BY_SIDE: usize = 8;
const SAMPLE: usize = 16;

/// The process that is killed. Without its task it has nothing to do.
#[test]
fn child() {
    child::run();
}

/// Every operation, and statements and code that must run once.
fn all_cases() -> Vec<Case> {
    let one = |text: &str| -> SqlByDialect { [("default".to_owned(), text.to_owned())].into() };
    let mut out = cases();
    out.push(case(
        "run_sql_once",
        vec![Operation::RunSql {
            sql: one("UPDATE shop_book SET pages = pages + 1"),
            reverse: Some(one("UPDATE shop_book SET pages = pages - 1")),
        }],
    ));
    out.push(case(
        "run_code_once",
        vec![Operation::RunCode {
            name: "once".into(),
            reverse: None,
        }],
    ));
    out.push(case(
        "run_code_in_batches",
        vec![Operation::RunCode {
            name: "more_pages".into(),
            reverse: Some("less_pages".into()),
        }],
    ));
    out
}

fn migrations_of(name: &str) -> Vec<Migration> {
    let case = all_cases().into_iter().find(|c| c.name == name);
    let second = Migration {
        operations: case.expect("a case").operations,
        ..Migration::new(APP, "0002_second")
    };
    vec![
        creating("0001_initial", &base()),
        on(second, "0001_initial"),
    ]
}

/// What a database holds: schema, rows, and what is noted.
async fn picture(live: &Live, name: &str) -> String {
    let mut out = live.picture().await;
    // Renamed tables are read under their own names elsewhere.
    let stays = |t: &&str| !["shop_book", "shop_writer", "shop_tag"].contains(t) || !renames(name);
    for table in [
        "shop_writer",
        "shop_tag",
        "shop_book",
        "shop_book_tags",
        "shop_stock",
    ] {
        if stays(&table) && (table != "shop_book_tags" || !renames(name)) {
            let rows = live.whole(table).await;
            let mut rows: Vec<String> = rows.into_iter().map(sorted).collect();
            rows.sort();
            out.push_str(&format!("\n{table}: {rows:?}"));
        }
    }
    for table in side_tables(live).await {
        let mut rows = live.whole(&table).await;
        rows.sort();
        out.push_str(&format!("\n{table}: {rows:?}"));
    }
    let applied = "SELECT app, name, checksum FROM orm_migrations ORDER BY app, name";
    out.push_str(&format!("\n{:?}", lines(&live.db, applied).await));
    let mut journals = vec!["orm_migration_steps"];
    if !live.is_sqlite() {
        journals.push("orm_migration_parts");
    }
    for journal in journals {
        let left = lines(&live.db, &format!("SELECT COUNT(*) AS n FROM {journal}")).await;
        out.push_str(&format!("\n{journal}: {left:?}"));
    }
    out
}

/// The side tables of lookups; there are some on SingleStore only.
async fn side_tables(live: &Live) -> Vec<String> {
    if live.is_sqlite() {
        return Vec::new();
    }
    let tables = "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%\\_lookup' ORDER BY 1";
    lines(&live.db, tables).await
}

/// The values of a row in an order that is not that of the columns, which a copy may change. Times
/// are those of the run.
fn sorted(row: String) -> String {
    let time = |v: &str| v.contains(':') || v.starts_with("DateTime(");
    let values = row.split(" | ").map(|v| if time(v) { "a time" } else { v });
    let mut values: Vec<&str> = values.collect();
    values.sort_unstable();
    values.join(" | ")
}

fn renames(name: &str) -> bool {
    ["rename_", "alter_model_table", "alter_field_target"]
        .iter()
        .any(|w| name.starts_with(w))
        && name != "alter_model_table_comment"
}

async fn prepared(live: &Live, case: &Case) -> Vec<Migration> {
    let migrations = migrations_of(case.name);
    run(live, &migrations, true, "0001_initial").await;
    fill(&live.db).await;
    let texts: &[&str] = match case.name {
        "alter_field_not_null" => &["UPDATE shop_book SET subtitle = '' WHERE subtitle IS NULL"],
        "add_field_bare" => &["DELETE FROM shop_book_tags", "DELETE FROM shop_book"],
        "alter_field_target" => &["DELETE FROM shop_book_tags"],
        _ => &[],
    };
    for text in texts {
        exec(&live.db, text).await;
    }
    migrations
}

async fn run(live: &Live, migrations: &[Migration], forwards: bool, name: &str) {
    let target = match forwards && name != "0001_initial" {
        true => Target::All,
        false => Target::Migration(APP.to_owned(), "0001_initial".to_owned()),
    };
    let done = child::migrate(&live.db, migrations, target).await;
    done.unwrap_or_else(|e| panic!("{name}: {e}"));
}

/// Takes back what has no way back.
async fn reset(live: &Live) {
    for text in [
        "UPDATE shop_book SET pages = pages - 1",
        "UPDATE shop_stock SET place = REPLACE(place, '!', '') WHERE id = 1",
        "DELETE FROM orm_migrations WHERE name = '0002_second'",
    ] {
        exec(&live.db, text).await;
    }
}

fn is_refused(case: &Case, dialect: &dyn Dialect) -> bool {
    let migrations = migrations_of(case.name);
    plan_migration(&migrations[1], &base(), dialect, Direction::Forwards).is_err()
}

/// A way through a case, with the points at which to end it.
struct Way {
    forwards: bool,
    points: Vec<(usize, Side)>,
    expected: String,
}

/// Runs undisturbed and says which points there are.
async fn way(live: &Live, case: &Case, forwards: bool, every: bool) -> Way {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let status = spawn(Task {
        url: &live.url,
        case: case.name,
        forwards,
        fault: None,
        log: log.to_str(),
    });
    assert!(status.success(), "{} undisturbed: {status}", case.name);
    let log = std::fs::read_to_string(log).unwrap_or_default();
    let texts: Vec<&str> = log.lines().collect();
    // The first note of a step ends what all migrations have in common.
    let noted = |t: &&str| t.starts_with("INSERT INTO `orm_migration_steps`");
    let first = texts.iter().position(noted).filter(|_| !every).unwrap_or(0);
    let mut points = Vec::new();
    for (at, text) in texts.iter().enumerate().skip(first) {
        // SQLite tells of statements that are done only.
        if !live.is_sqlite() {
            points.push((at + 1, Side::Before));
        }
        // Behind what only reads it is as before the next.
        if live.is_sqlite() || !text.starts_with("SELECT") {
            points.push((at + 1, Side::After));
        }
    }
    Way {
        forwards,
        points,
        expected: picture(live, case.name).await,
    }
}

/// Walks all points of a case both ways; hands back how many.
async fn walk(live: &Live, case: &Case, number: usize) -> usize {
    let every = number == 0;
    let migrations = prepared(live, case).await;
    let back = case.name != "run_code_once";
    // Once there and back, so that what the way back cannot restore is the same from then on.
    run(live, &migrations, true, case.name).await;
    match back {
        true => run(live, &migrations, false, case.name).await,
        false => reset(live).await,
    }
    let mut ways = vec![way(live, case, true, every).await];
    match back {
        true => ways.push(way(live, case, false, every).await),
        false => reset(live).await,
    }
    let all = live.is_sqlite() || std::env::var_os("ORM_TEST_ALL_POINTS").is_some();
    if !all {
        for way in &mut ways {
            let mut at = number;
            way.points.retain(|_| {
                at += 1;
                at.is_multiple_of(SAMPLE)
            });
        }
    }
    let most = ways.iter().map(|w| w.points.len()).max().unwrap_or(0);
    for at in 0..most {
        for way in &ways {
            let point = way.points.get(at).copied();
            disturb(live, case, way, point, number + at, &migrations).await;
        }
        if !back {
            reset(live).await;
        }
    }
    ways.iter().map(|w| w.points.len()).sum()
}

async fn disturb(
    live: &Live,
    case: &Case,
    way: &Way,
    point: Option<(usize, Side)>,
    turn: usize,
    migrations: &[Migration],
) {
    if let Some((at, side)) = point {
        let mode = match turn % 3 {
            _ if live.is_sqlite() => Mode::Kill,
            0 => Mode::Kill,
            1 => Mode::Cut,
            _ => Mode::Gone,
        };
        let fault = Fault { at, side, mode };
        let status = spawn(Task {
            url: &live.url,
            case: case.name,
            forwards: way.forwards,
            fault: Some(fault),
            log: None,
        });
        // At its very end a run may be through although its lock was not let go.
        let struck = match mode {
            Mode::Kill => status.code().is_none(),
            _ => matches!(status.code(), Some(0 | 7)),
        };
        assert!(struck, "{} {fault:?}: {status}", case.name);
    }
    let what = format!("{} {} {point:?}", case.name, way.forwards);
    run(live, migrations, way.forwards, &what).await;
    same(&picture(live, case.name).await, &way.expected, &what);
}

#[expect(clippy::print_stdout, reason = "how much was walked is worth a line")]
async fn walk_all<F>(open: fn(String) -> F)
where
    F: Future<Output = Option<Live>> + Send + 'static,
{
    // Some cases take much longer than others.
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for lane in 0..SIDE_BY_SIDE {
        let next = Arc::clone(&next);
        tasks.spawn(async move {
            let mut points = 0;
            let cases = all_cases();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(number) else { break };
                let Some(live) = open(format!("kill{lane}")).await else {
                    return 0;
                };
                if !is_refused(case, live.db.dialect()) {
                    points += walk(&live, case, number).await;
                }
                live.drop().await;
            }
            points
        });
    }
    let mut points = 0;
    while let Some(done) = tasks.join_next().await {
        points += done.expect("every run was finished by the next");
    }
    println!("ended a run at {points} points");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_on_sqlite() {
    walk_all(|_| async { Some(Live::sqlite().await) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_anywhere_on_mariadb() {
    walk_all(|name| async move { Live::mariadb(&name).await }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_anywhere_on_singlestore() {
    walk_all(|name| async move { Live::singlestore(&name).await }).await;
}
