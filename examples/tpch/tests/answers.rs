//! The answers of the typed builder are those of the specification's SQL, on each database; on a
//! stand-in for SingleStore they are the same as on MariaDB, and everything sent is legal there.

use gate::{Gate, Note, Options};
use orm::dialect::Sql;
use orm::prelude::*;
use tpch::{data, queries, sql, table};

const SCALE: f64 = 0.01;

/// Queries that have no answer at this scale: the rows they look for are too rare.
const EMPTY: &[usize] = &[2];

async fn assert_answers(db: &Db) {
    for number in 1..=22 {
        let ours = queries::answer(db, number).await;
        let ours = ours.unwrap_or_else(|e| panic!("query {number} with the builder: {e}"));
        let theirs = sql::answer(db, number).await;
        let theirs = theirs.unwrap_or_else(|e| panic!("query {number} by hand: {e}"));
        if let Some(difference) = table::difference(&ours, &theirs) {
            panic!("query {number}: {difference}");
        }
        let empty = ours.is_empty();
        assert!(
            !empty || EMPTY.contains(&number),
            "query {number} has no answer"
        );
    }
}

/// The server of `ORM_TEST_MARIADB_URL`, without a database; without one, says so.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn server() -> Option<String> {
    let url = std::env::var("ORM_TEST_MARIADB_URL").ok();
    if url.is_none() {
        let required = std::env::var("ORM_TEST_REQUIRE_LIVE").is_ok_and(|v| v == "1");
        assert!(!required, "ORM_TEST_MARIADB_URL names no server");
        eprintln!("SKIPPED: ORM_TEST_MARIADB_URL names no server");
    }
    Some(format!("{}/", url?.trim_end_matches('/')))
}

async fn run(url: &str, text: &str) {
    let db = Db::connect(url).await.expect("connects");
    let sql = Sql {
        text: text.to_owned().into(),
        ..Sql::default()
    };
    db.execute(sql).await.expect("runs");
}

#[tokio::test]
async fn on_sqlite() {
    let db = Db::connect("sqlite::memory:").await.expect("connects");
    let rows = data::load(&db, SCALE).await.expect("loads");
    assert_eq!(rows, 86_805);
    assert_answers(&db).await;
}

#[tokio::test]
async fn on_mariadb_and_on_a_stand_in_for_singlestore() {
    let Some(server) = server() else {
        return;
    };
    let name = format!("tpch_{}", std::process::id());
    run(&server, &format!("CREATE DATABASE {name}")).await;
    let db = Db::connect(&format!("{server}{name}"))
        .await
        .expect("connects");
    data::load(&db, SCALE).await.expect("loads");
    assert_answers(&db).await;

    let gate = Gate::start(&server, Options::default())
        .await
        .expect("gate starts");
    let stand_in = format!("{name}_gate");
    let base = gate.url().replacen("mysql:", "singlestore:", 1);
    run(&server, &format!("CREATE DATABASE {stand_in}")).await;
    let other = Db::connect(&format!("{base}{stand_in}"))
        .await
        .expect("connects");
    data::load(&other, SCALE).await.expect("loads");
    for number in 1..=22 {
        let there = queries::answer(&other, number).await;
        let there = there.unwrap_or_else(|e| panic!("query {number} on the stand-in: {e}"));
        let here = queries::answer(&db, number)
            .await
            .expect("it was answered before");
        if let Some(difference) = table::difference(&there, &here) {
            panic!("query {number}: {difference}");
        }
    }
    for note in [Note::Unordered, Note::Unaliased] {
        let sent = gate.control().examples(note);
        assert!(sent.is_empty(), "{}: {sent:#?}", note.word());
    }
    for database in [name, stand_in] {
        run(&server, &format!("DROP DATABASE {database}")).await;
    }
}
