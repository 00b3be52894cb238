//! Databases that tests change by hand.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use orm::dialect::Sql;
use orm::migrate::split_sql;
use orm::{Db, Executor as _};

use super::Crate;

impl Crate {
    /// Runs statements on the crate's `db.sqlite3`.
    #[track_caller]
    pub fn sqlite(&self, sql: &str) {
        run(&self.sqlite_url(), sql);
    }

    /// The text of a query's only column and first row.
    #[track_caller]
    pub fn sqlite_one(&self, sql: &str) -> String {
        one(&self.sqlite_url(), sql)
    }

    fn sqlite_url(&self) -> String {
        format!("sqlite:{}", self.path("db.sqlite3").display())
    }
}

/// A database of its own on the server of `ORM_TEST_MARIADB_URL`, gone when this is dropped.
pub struct Server {
    base: String,
    name: String,
    url: String,
}

impl Server {
    /// Makes the database; `None` where there is no server.
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    pub fn start(name: &str) -> Option<Self> {
        let Ok(base) = std::env::var("ORM_TEST_MARIADB_URL") else {
            assert_ne!(
                std::env::var("ORM_TEST_REQUIRE_LIVE").as_deref(),
                Ok("1"),
                "ORM_TEST_REQUIRE_LIVE=1, but ORM_TEST_MARIADB_URL is not set"
            );
            eprintln!("SKIPPED: ORM_TEST_MARIADB_URL is not set");
            return None;
        };
        let collation = " COLLATE utf8mb4_general_ci";
        Some(Self::on(&base, name, collation))
    }

    /// The same on SingleStore, or what stands in for it.
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    pub fn singlestore(name: &str) -> Option<Self> {
        let names = ["ORM_TEST_SINGLESTORE_URL", "ORM_TEST_GATE_URL"];
        let url = names.iter().find_map(|name| std::env::var(name).ok());
        if url.is_none() {
            assert_ne!(
                std::env::var("ORM_TEST_REQUIRE_LIVE").as_deref(),
                Ok("1"),
                "ORM_TEST_REQUIRE_LIVE=1, but none of {names:?} is set"
            );
            eprintln!("SKIPPED: none of {names:?} is set");
        }
        url.map(|base| Self::on(&base, name, ""))
    }

    fn on(base: &str, name: &str, collation: &str) -> Self {
        let (scheme, rest) = base.split_once("//").expect("a URL of a server");
        let authority = rest.split(['/', '?']).next().unwrap_or(rest);
        let base = format!("{scheme}//{authority}/");
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("cli_{name}_{}_{number}", std::process::id());
        run(&base, &format!("DROP DATABASE IF EXISTS {name}"));
        run(&base, &format!("CREATE DATABASE {name}{collation}"));
        let url = format!("{base}{name}");
        Self { base, name, url }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs statements.
    #[track_caller]
    pub fn run(&self, sql: &str) {
        run(&self.url, sql);
    }

    /// The text of a query's only column and first row.
    #[track_caller]
    pub fn one(&self, sql: &str) -> String {
        one(&self.url, sql)
    }

    /// Runs a statement on a connection that stays open, with what it holds, until this is dropped.
    pub fn hold(&self, sql: &str) -> Held {
        let (url, sql) = (self.url.clone(), sql.to_owned());
        let (ready, begun) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            wait(async {
                let db = Db::connect(&url).await.expect("connects");
                let connection = db.acquire().await.expect("a connection");
                connection.execute(plain(&sql)).await.expect("it runs");
                ready.send(()).expect("somebody waits");
                // The other end is dropped.
                let _ = ended.recv();
            });
            // The connection went with its runtime.
        });
        begun.recv().expect("it holds");
        Held {
            end: Some(end),
            thread: Some(thread),
        }
    }
}

/// A connection that holds something.
pub struct Held {
    end: Option<std::sync::mpsc::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE {}", self.name);
        let base = self.base.clone();
        // A failure here must not hide the test's own.
        let _ = std::thread::spawn(move || run(&base, &sql)).join();
    }
}

fn plain(sql: &str) -> Sql {
    Sql {
        text: sql.to_owned().into(),
        ..Sql::default()
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

#[track_caller]
fn one(url: &str, sql: &str) -> String {
    let mut rows = wait(async {
        let db = Db::connect(url).await?;
        db.fetch(plain(sql)).await
    })
    .unwrap_or_else(|e| panic!("{sql}: {e}"));
    let mut rows = rows.rows();
    let mut row = rows.next().expect("a row");
    row.get().expect("a text")
}

#[track_caller]
fn run(url: &str, sql: &str) {
    let result = wait(async {
        let db = Db::connect(url).await.map_err(|e| (String::new(), e))?;
        for statement in split_sql(sql, !url.starts_with("sqlite")).expect("statements") {
            db.execute(plain(&statement))
                .await
                .map_err(|e| (statement.clone(), e))?;
        }
        Ok::<_, (String, orm::DbError)>(())
    });
    if let Err((statement, error)) = result {
        panic!("{statement}: {error}");
    }
}

/// Compares with the text that the suite compiles.
#[track_caller]
pub fn held(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/inspected")
        .join(name);
    if std::env::var_os("ORM_BLESS").is_some() {
        std::fs::write(&path, text).expect("writes");
        return;
    }
    let held = std::fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; ORM_BLESS=1 writes it", path.display()));
    assert_eq!(text, held, "{}: review, then ORM_BLESS=1", path.display());
}
