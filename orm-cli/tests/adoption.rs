//! Databases that were there before: models of Chinook and Sakila, written after their public
//! descriptions.
//!
//! What `inspectdb` prints is kept in `tests/inspected`, where the suite compiles it; `ORM_BLESS=1`
//! writes it anew. The models make their tables on an empty database, `diffdb` finds nothing there;
//! and on the database that was there it finds nothing but what is listed here with a reason.

mod support;

use std::path::Path;

use serde_json::Value;
use support::{Crate, Server, held};

/// Why the database that was there may differ from the tables that its models make.
const REASONS: [(&str, &str); 7] = [
    (
        "foreign_key",
        "constraints have the ORM's names and no actions: on_delete runs in the program, the same way on every database",
    ),
    (
        "on_update",
        "times of change are set by the program (auto_now), which alone knows of them on every database",
    ),
    (
        "type",
        "a key that the database numbers is INT, BIGINT or BIGINT UNSIGNED, and what refers to it follows",
    ),
    (
        "index missing",
        "a foreign key has an index of its own unless one is over just its column",
    ),
    (
        "index extra",
        "indexes over shapes are not among those of models",
    ),
    (
        "auto_increment",
        "a key of whole numbers is a row number on SQLite",
    ),
    ("check", "models have no checks"),
];

fn reason(difference: &Value) -> Option<&'static str> {
    let part = difference["part"].as_str()?;
    let change = format!("{part} {}", difference["change"].as_str()?);
    let found = REASONS
        .iter()
        .find(|(key, _)| *key == part || *key == change);
    found.map(|(_, reason)| *reason)
}

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The way that somebody goes who takes over a database.
fn take_over(krate: &Crate, name: &str, old: &str, new: &str) -> Vec<Value> {
    let models = krate.expect(0, &["inspectdb", "--url", old]).out;
    held(name, &models);
    krate.write("src/lib.rs", &models);
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["migrate", "--url", new]);
    let done = krate.expect(0, &["diffdb", "--url", new]);
    assert_eq!(done.out, "");
    krate.expect(0, &["migrate", "--fake", "--url", old]);
    let document = krate.json(1, &["diffdb", "--url", old]);
    let differences = document["differences"].as_array().expect("a list").clone();
    for difference in &differences {
        assert!(reason(difference).is_some(), "no reason for {difference:#}");
    }
    // The models of the new database are those of the old one: nothing is left to migrate.
    krate.expect(0, &["makemigrations", "--check"]);
    differences
}

fn said(differences: &[Value]) -> String {
    let text = |d: &Value| {
        let part = |key: &str| d[key].as_str().unwrap_or_default().to_owned();
        format!("{}: {}", part("table"), part("message"))
    };
    let lines: Vec<String> = differences.iter().map(text).collect();
    lines.join("\n")
}

#[test]
fn chinook_on_sqlite() {
    let krate = Crate::new("");
    krate.write("db.sqlite3", "");
    krate.sqlite(&fixture("chinook.sqlite.sql"));
    let differences = take_over(
        &krate,
        "chinook_sqlite.rs",
        "sqlite:db.sqlite3",
        "sqlite:new.sqlite3",
    );
    insta::assert_snapshot!(said(&differences));
}

#[test]
fn chinook_on_mariadb() {
    let (Some(old), Some(new)) = (Server::start("chinook"), Server::start("chinook")) else {
        return;
    };
    old.run(&fixture("chinook.mysql.sql"));
    let krate = Crate::new("");
    let differences = take_over(&krate, "chinook_mariadb.rs", old.url(), new.url());
    insta::assert_snapshot!(said(&differences));
}

#[test]
fn sakila_on_mariadb() {
    let (Some(old), Some(new)) = (Server::start("sakila"), Server::start("sakila")) else {
        return;
    };
    old.run(&fixture("sakila.mysql.sql"));
    let krate = Crate::new("");
    let differences = take_over(&krate, "sakila_mariadb.rs", old.url(), new.url());
    insta::assert_snapshot!(said(&differences));
}

/// What mends the differences does so: after it, nothing is left but what no operation can do.
#[test]
fn what_differs_can_be_mended() {
    let (Some(old), Some(new)) = (Server::start("mended"), Server::start("mended")) else {
        return;
    };
    old.run(&fixture("chinook.mysql.sql"));
    let krate = Crate::new("");
    for difference in take_over(&krate, "chinook_mariadb.rs", old.url(), new.url()) {
        for sql in difference["sql"].as_array().expect("a list") {
            old.run(sql.as_str().expect("a text"));
        }
    }
    krate.expect(0, &["diffdb", "--url", old.url()]);
}
