//! `flush` that is ended before and after every statement: killed, cut off, or left by its server.
//!
//! On SQLite all tables are empty then, or none is. Elsewhere each table is emptied by itself, in
//! order, so that the first of them are empty and the others whole; the next run empties the rest.

#[path = "kill/counter.rs"]
mod counter;
mod migrations;
#[path = "kill/proxy.rs"]
mod proxy;
#[path = "kill/victim.rs"]
mod victim;

use std::process::ExitStatus;

use migrations::live::{Live, creating, exec, fill, lines};
use migrations::{APP, base};
use orm::backend::Executor as _;
use orm::fixtures::{empty, emptying};
use orm::migrate::{MigrateOptions, Migrator, ProjectState, Target};
use orm_schema::{ModelId, Unique, lookup_owner, lookup_table};
use proxy::{Fault, Mode, Side};

/// The tables of the other tests, and a lookup, which has a side table on SingleStore.
fn state() -> ProjectState {
    let mut state = base();
    let id = ModelId::new(APP, "Writer");
    let mut writer = state.model(&id).cloned().expect("it is there");
    let name = writer.field_mut("name").expect("it is there");
    name.unique = Unique::Lookup;
    state.insert(writer);
    state
}

/// The process that is killed. Without its task it has nothing to do.
#[test]
fn child() {
    victim::run(async |db| {
        let emptied = empty(db, &state()).await;
        emptied.map(drop).map_err(|e| e.to_string())
    });
}

fn spawn(url: &str, fault: Option<Fault>, log: Option<&str>) -> ExitStatus {
    victim::spawn(url, fault, log, &[])
}

/// Rows in every table, the side table of the lookup as well.
async fn filled(live: &Live) {
    fill(&live.db).await;
    if live.is_sharded() {
        let side = lookup_table("shop_writer", "name");
        let owner = lookup_owner(0, 1);
        exec(
            &live.db,
            &format!("INSERT INTO {side} (value, {owner}) VALUES ('ann', 1), ('bob', 2)"),
        )
        .await;
    }
}

/// How many rows each table has, in the order in which they are emptied.
async fn counts(live: &Live, tables: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    for table in tables {
        let count = lines(&live.db, &format!("SELECT COUNT(*) AS n FROM {table}")).await;
        out.extend(count);
    }
    out
}

/// Checks what a run left, and that the next one does the rest.
async fn left(live: &Live, tables: &[String], whole: &[String], what: &str) {
    let now = counts(live, tables).await;
    let emptied = now.iter().take_while(|n| *n == "0").count();
    assert_eq!(now[emptied..], whole[emptied..], "{what}: {now:?}");
    if live.is_sqlite() {
        assert!([0, tables.len()].contains(&emptied), "{what}: {now:?}");
    }
    let done = empty(&live.db, &state()).await;
    assert_eq!(done.expect("it ends the work"), tables.len(), "{what}");
    assert!(
        counts(live, tables).await.iter().all(|n| n == "0"),
        "{what}"
    );
    // The history stays, and keys begin anew. Where rows are spread, each partition counts by itself.
    let applied = lines(
        &live.db,
        "SELECT name FROM orm_migrations ORDER BY app, name",
    )
    .await;
    assert_eq!(applied, ["0001_initial"], "{what}");
    if !live.is_sharded() {
        exec(&live.db, "INSERT INTO shop_writer (name) VALUES ('new')").await;
        let ids = lines(&live.db, "SELECT id FROM shop_writer ORDER BY id").await;
        assert_eq!(ids, ["1"], "{what}");
        exec(&live.db, "DELETE FROM shop_writer").await;
    }
}

#[expect(clippy::print_stdout, reason = "how much was walked is worth a line")]
async fn walk(live: Live) {
    let migrations = [creating("0001_initial", &state())];
    let migrator = Migrator::new(&live.db, &migrations, MigrateOptions::default());
    let ran = migrator.expect("an order").run(&[Target::All]).await;
    ran.expect("the tables are made");
    let statements = emptying(&state(), live.db.dialect()).expect("tables");
    assert_eq!(statements.transactional, live.is_sqlite());
    let tables = statements.names;
    filled(&live).await;
    let whole = counts(&live, &tables).await;
    assert!(whole.iter().all(|n| n != "0"), "{whole:?}");

    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let status = spawn(&live.url, None, log.to_str());
    assert!(status.success(), "undisturbed: {status}");
    let sent = std::fs::read_to_string(log).unwrap_or_default();
    let sent = sent.lines().count();
    assert!(sent > tables.len(), "{sent} statements");
    left(&live, &tables, &whole, "undisturbed").await;

    let mut states = std::collections::BTreeSet::new();
    let mut points = 0;
    for at in 1..=sent {
        for side in [Side::Before, Side::After] {
            // SQLite tells of statements that are done only.
            if live.is_sqlite() && side == Side::Before {
                continue;
            }
            for mode in [Mode::Kill, Mode::Cut, Mode::Gone] {
                if live.is_sqlite() && mode != Mode::Kill {
                    continue;
                }
                filled(&live).await;
                let fault = Fault { at, side, mode };
                let status = spawn(&live.url, Some(fault), None);
                let struck = match mode {
                    Mode::Kill => status.code().is_none(),
                    _ => matches!(status.code(), Some(0 | 7)),
                };
                assert!(struck, "{fault:?}: {status}");
                states.insert(counts(&live, &tables).await);
                left(&live, &tables, &whole, &format!("{fault:?}")).await;
                points += 1;
            }
        }
    }
    // Whole, empty, and where each statement counts by itself all that lies between.
    let expected = if live.is_sqlite() {
        2
    } else {
        tables.len() + 1
    };
    assert_eq!(states.len(), expected, "{states:?}");
    println!("ended a run at {points} points");
    live.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flush_killed_anywhere_on_sqlite() {
    walk(Live::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flush_ended_anywhere_on_mariadb() {
    if let Some(live) = Live::mariadb("flush").await {
        walk(live).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flush_ended_anywhere_on_singlestore() {
    if let Some(live) = Live::singlestore("flush").await {
        walk(live).await;
    }
}
