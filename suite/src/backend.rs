//! The backends a case runs on, each with an empty database of its own.

use std::sync::atomic::{AtomicU32, Ordering};

use orm::Db;
use orm::dialect::Sql;
use orm::prelude::{Executor, Result};

/// Where a case runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file in a folder of its own.
    Sqlite,
    /// A database of its own on the server of `ORM_TEST_MARIADB_URL`, parameters written into the text.
    MariadbText,
    /// The same with prepared statements.
    MariadbPrepared,
}

/// A database that is gone when this is dropped.
#[derive(Debug)]
pub struct Scratch {
    /// Its URL.
    pub url: String,
    _folder: Option<tempfile::TempDir>,
    server: Option<(String, String)>,
}

impl Backend {
    /// Makes an empty database; `None` where there is no server to make it on.
    ///
    /// # Panics
    /// When the server is missing though `ORM_TEST_REQUIRE_LIVE` is 1, or refuses.
    pub async fn scratch(self) -> Option<Scratch> {
        let protocol = match self {
            Self::Sqlite => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                return Some(Scratch {
                    url: format!("sqlite:{}", folder.path().join("suite.db").display()),
                    _folder: Some(folder),
                    server: None,
                });
            }
            Self::MariadbText => "text",
            Self::MariadbPrepared => "prepared",
        };
        let base = server_url()?;
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("suite_{}_{number}", std::process::id());
        on_server(&base, &format!("DROP DATABASE IF EXISTS {name}")).await;
        on_server(&base, &format!("CREATE DATABASE {name}")).await;
        Some(Scratch {
            url: format!("{base}{name}?protocol={protocol}&pool_max=4"),
            _folder: None,
            server: Some((base, name)),
        })
    }

    /// Runs a case on an empty database.
    ///
    /// # Panics
    /// When the case does, or returns an error.
    pub async fn run(self, case: impl AsyncFnOnce(&Db) -> Result<()>) {
        let Some(scratch) = self.scratch().await else {
            return;
        };
        let db = Db::connect(&scratch.url).await.expect("connects");
        if let Err(error) = case(&db).await {
            panic!("on {self:?}: {error}");
        }
    }
}

/// `mysql://user@host:port/` of the server to test on.
///
/// # Panics
/// When it is missing though `ORM_TEST_REQUIRE_LIVE` is 1.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub fn server_url() -> Option<String> {
    let Ok(url) = std::env::var("ORM_TEST_MARIADB_URL") else {
        assert_ne!(
            std::env::var("ORM_TEST_REQUIRE_LIVE").as_deref(),
            Ok("1"),
            "ORM_TEST_REQUIRE_LIVE=1, but ORM_TEST_MARIADB_URL is not set"
        );
        eprintln!("SKIPPED: ORM_TEST_MARIADB_URL is not set");
        return None;
    };
    let (scheme, rest) = url.split_once("//").expect("a URL of a server");
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    Some(format!("{scheme}//{authority}/"))
}

async fn on_server(base: &str, sql: &str) {
    let db = Db::connect(&format!("{base}?pool_max=1"))
        .await
        .expect("connects to the server");
    statement(&db, sql).await.expect("the server obeys");
}

/// Runs SQL text as it stands.
///
/// # Errors
/// What the database raises.
pub async fn statement(db: &impl Executor, sql: &str) -> Result<u64> {
    let sql = Sql {
        text: sql.to_owned().into(),
        ..Sql::default()
    };
    Ok(db.execute(sql).await?.rows_affected)
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let Some((base, name)) = self.server.take() else {
            return;
        };
        // A thread of its own, since a runtime is running on this one.
        let drop_it = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                // A case that failed may still hold locks, which the drop would wait for.
                let kill = format!(
                    "BEGIN NOT ATOMIC FOR c IN (SELECT id FROM information_schema.processlist \
                     WHERE db = '{name}') DO KILL c.id; END FOR; END"
                );
                on_server(&base, &kill).await;
                on_server(&base, &format!("DROP DATABASE {name}")).await;
            });
        };
        // A failure here must not hide the case's own.
        let _ = std::thread::spawn(drop_it).join();
    }
}
