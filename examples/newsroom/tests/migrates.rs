//! The newsroom migrates: on each database, killed in the middle, backwards, and in a program.
#![cfg(unix)]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

use std::process::{Child, Command, Output};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use newsroom::{Article, MIGRATIONS};
use orm::backend::Db;
use orm::dialect::Sql;
use orm::prelude::*;

/// More than one batch of 500 each.
const ARTICLES: usize = 6_000;

fn wait<T>(future: impl Future<Output = T>) -> T {
    // One for all: a connection lives no longer than the runtime that made it.
    static RUNTIME: LazyLock<tokio::runtime::Runtime> =
        LazyLock::new(|| tokio::runtime::Runtime::new().expect("a runtime"));
    RUNTIME.block_on(future)
}

async fn execute(db: &Db, text: String) {
    let sql = Sql {
        text: text.into(),
        ..Sql::default()
    };
    db.execute(sql).await.expect("the database obeys");
}

async fn number(db: &Db, text: &str) -> i64 {
    let rows: Vec<(i64,)> = raw(text, ()).all(db).await.expect("a number");
    rows[0].0
}

fn manage(url: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_manage"));
    command
        .args(args)
        .env("DATABASE_URL", url)
        // Where there is no source, as on a machine in production.
        .current_dir(std::env::temp_dir());
    command
}

#[track_caller]
fn done(output: Output) -> String {
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{out}\n{err}");
    out
}

#[track_caller]
fn run(url: &str, args: &[&str]) -> String {
    done(manage(url, args).output().expect("it starts"))
}

/// A database of its own with the first migration and articles.
struct Place {
    url: String,
    drop: Option<(String, String)>,
    _dir: Option<tempfile::TempDir>,
}

impl Place {
    fn sqlite() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", dir.path().join("db.sqlite3").display());
        Self {
            url,
            drop: None,
            _dir: Some(dir),
        }
    }

    fn server(variables: &[&str], name: &str) -> Option<Self> {
        let Some(base) = variables.iter().find_map(|v| std::env::var(v).ok()) else {
            let required = std::env::var("ORM_TEST_REQUIRE_LIVE").is_ok_and(|v| v == "1");
            assert!(
                !required,
                "live tests are required, and none of {variables:?} is set"
            );
            eprintln!("skipped: none of {variables:?} is set");
            return None;
        };
        let (scheme, rest) = base.split_once("://").expect("a URL");
        let server = rest.split(['/', '?']).next().unwrap_or(rest);
        let base = format!("{scheme}://{server}/");
        let name = format!("newsroom_{name}_{}", std::process::id());
        wait(async {
            let db = Db::connect(&base).await.expect("the server");
            execute(&db, format!("DROP DATABASE IF EXISTS {name}")).await;
            execute(&db, format!("CREATE DATABASE {name}")).await;
        });
        Some(Self {
            url: format!("{base}{name}"),
            drop: Some((base, name)),
            _dir: None,
        })
    }

    fn fill(&self) {
        run(&self.url, &["migrate", "newsroom", "0001"]);
        wait(async {
            let db = Db::connect(&self.url).await.expect("the database");
            let rows: Vec<String> = (1..=ARTICLES)
                .map(|n| format!("({n}, 'How to boil: water, No. {n}', 0)"))
                .collect();
            for part in rows.chunks(1_000) {
                let values = part.join(", ");
                execute(
                    &db,
                    format!("INSERT INTO newsroom_article (id, title, revision) VALUES {values}"),
                )
                .await;
            }
        });
    }

    /// Every article has its address and was changed once.
    fn check(&self) {
        wait(async {
            let db = Db::connect(&self.url).await.expect("the database");
            let wrong = "SELECT COUNT(*) AS n FROM newsroom_article WHERE revision <> 1 OR slug <> CONCAT(id, '-how-to-boil-water-no-', id)";
            assert_eq!(number(&db, wrong).await, 0);
            assert_eq!(
                Article::objects().count(&db).await.expect("a count"),
                ARTICLES as u64
            );
        });
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((base, name)) = self.drop.take() {
            wait(async {
                let db = Db::connect(&base).await.expect("the server");
                execute(&db, format!("DROP DATABASE {name}")).await;
            });
        }
    }
}

/// A run that ends with the test, also where that fails.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Kills a run once this holds of the database; whether it was still at work then.
fn killed_when(place: &Place, holds: impl Fn() -> bool) -> bool {
    let mut command = manage(&place.url, &["migrate"]);
    command.stdout(std::process::Stdio::null());
    let mut child = Ended(command.spawn().expect("it starts"));
    let begun = Instant::now();
    while !holds() && begun.elapsed() < Duration::from_secs(60) {
        if child.0.try_wait().expect("a child").is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let _ = child.0.kill();
    let status = child.0.wait().expect("it ends");
    status.code().is_none()
}

fn there_and_back(place: &Place) {
    place.fill();
    let plan = run(&place.url, &["migrate", "--plan"]);
    assert!(plan.contains("Run code fill_slugs"), "{plan}");
    let dialect = place.url.split(':').next().expect("a scheme");
    let args = ["sqlmigrate", "newsroom", "0002", "--dialect", dialect];
    let sql = run(&place.url, &args);
    assert!(sql.contains("run code fill_slugs"), "{sql}");
    let back = run(&place.url, &[&args[..], &["--backwards"]].concat());
    assert!(back.contains("run code forget_slugs"), "{back}");

    let out = run(&place.url, &["--format", "json", "migrate"]);
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let moved = &json["migrations"][0]["moved"][0];
    assert_eq!(moved["of"], "newsroom.Article", "{out}");
    assert_eq!(moved["rows"], ARTICLES, "{out}");
    place.check();

    run(&place.url, &["migrate", "newsroom", "0001"]);
    let left = "SELECT COUNT(*) AS n FROM newsroom_article WHERE revision <> 0";
    wait(async {
        let db = Db::connect(&place.url).await.expect("the database");
        assert_eq!(number(&db, left).await, 0);
    });
    let out = run(&place.url, &["migrate"]);
    let told = "6,000 rows of newsroom.Article";
    assert!(out.contains(told) && out.contains("OK"), "{out}");
    place.check();
}

#[test]
fn on_sqlite() {
    let place = Place::sqlite();
    there_and_back(&place);
    // A run that is killed there leaves nothing behind.
    run(&place.url, &["migrate", "newsroom", "0001"]);
    let begun = Instant::now();
    killed_when(&place, || begun.elapsed() > Duration::from_millis(150));
    run(&place.url, &["migrate"]);
    place.check();
}

/// Killed in the middle of its batches, more than once; each article is changed once all the same.
fn killed(place: &Place) {
    place.fill();
    let batches = |db: &Db| {
        let text = "SELECT COUNT(*) AS n FROM orm_migration_parts";
        wait(number(db, text))
    };
    let db = wait(Db::connect(&place.url)).expect("the database");
    let mut most = 0;
    for turn in 1..=3 {
        assert!(
            killed_when(place, || batches(&db) > 3 * turn),
            "it was through before the kill"
        );
        let noted = batches(&db) - 1;
        assert!(noted > most, "it goes on behind the last batch");
        most = noted;
        let changed = "SELECT COUNT(*) AS n FROM newsroom_article WHERE revision = 1";
        let changed = wait(number(&db, changed));
        assert_eq!(changed, 500 * noted, "what is noted is what was done");
    }
    let out = run(&place.url, &["migrate"]);
    assert!(out.contains("goes on after 1 of"), "{out}");
    drop(db);
    place.check();
}

#[test]
fn on_mariadb() {
    let variables = ["ORM_TEST_MARIADB_URL"];
    if let Some(place) = Place::server(&variables, "m") {
        there_and_back(&place);
    }
    if let Some(place) = Place::server(&variables, "mk") {
        killed(&place);
    }
}

#[test]
fn on_singlestore() {
    let variables = ["ORM_TEST_SINGLESTORE_URL", "ORM_TEST_GATE_URL"];
    if let Some(place) = Place::server(&variables, "s") {
        there_and_back(&place);
    }
    if let Some(place) = Place::server(&variables, "sk") {
        killed(&place);
    }
}

#[test]
fn at_the_start_of_a_program() {
    wait(async {
        let db = Db::connect("sqlite::memory:").await.expect("a database");
        let ran = MIGRATIONS.migrate(&db).await.expect("it migrates");
        assert_eq!(ran.len(), 2);
    });
}

#[test]
fn models_and_migrations_agree() {
    orm::check_linked!(MIGRATIONS);
}
