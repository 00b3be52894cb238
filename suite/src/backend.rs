//! The backends a case runs on, each with an empty database of its own.

use std::sync::atomic::{AtomicU32, Ordering};

use gate::{Gate, LastKey, Note, Options, Savepoints};
use orm::Db;
use orm::dialect::{Features, Sql};
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
    /// A database of its own on the SingleStore of `ORM_TEST_SINGLESTORE_URL`; without one, on a
    /// stand-in in front of that MariaDB. Parameters are written into the text, as by default.
    SingleStoreText,
    /// The same with prepared statements; the stand-in gives the other answer to each open question.
    SingleStorePrepared,
}

/// A database that is gone when this is dropped.
#[derive(Debug)]
pub struct Scratch {
    /// Its URL.
    pub url: String,
    /// The stand-in for SingleStore that it is on.
    pub gate: Option<Gate>,
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
                    gate: None,
                    _folder: Some(folder),
                    server: None,
                });
            }
            Self::MariadbText | Self::SingleStoreText => "text",
            Self::MariadbPrepared | Self::SingleStorePrepared => "prepared",
        };
        let (base, gate) = match self {
            Self::SingleStoreText => singlestore(Options::default()).await?,
            Self::SingleStorePrepared => singlestore(other_answers()).await?,
            _ => (server_url()?, None),
        };
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("suite_{}_{number}", std::process::id());
        on_server(&base, &format!("DROP DATABASE IF EXISTS {name}")).await;
        on_server(&base, &format!("CREATE DATABASE {name}")).await;
        // A gate ends before the database does, so its MariaDB drops the database.
        let server = match gate {
            Some(_) => server_url()?,
            None => base.clone(),
        };
        Some(Scratch {
            url: format!("{base}{name}?protocol={protocol}&pool_max=4"),
            gate,
            _folder: None,
            server: Some((server, name)),
        })
    }

    /// Runs a case on an empty database.
    ///
    /// # Panics
    /// When the case does, or returns an error.
    pub async fn run(self, case: impl AsyncFnOnce(&Db) -> Result<()>) {
        self.run_if("", |_| true, case).await;
    }

    /// Runs a case where the database has the feature that it is about; elsewhere says that it is
    /// skipped.
    ///
    /// # Panics
    /// As [`run`](Self::run).
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    pub async fn run_if(
        self,
        feature: &str,
        has: impl Fn(&Features) -> bool,
        case: impl AsyncFnOnce(&Db) -> Result<()>,
    ) {
        let Some(scratch) = self.scratch().await else {
            return;
        };
        let db = Db::connect(&scratch.url).await.expect("connects");
        if !has(db.dialect().features()) {
            eprintln!("SKIPPED on {self:?}: the database has no {feature}");
            return;
        }
        if let Err(error) = case(&db).await {
            panic!("on {self:?}: {error}");
        }
        scratch.assert_careful();
    }
}

/// Lets automatic ids go on behind those that a case wrote by hand.
///
/// # Errors
/// What the database raises.
pub async fn sync_ids(db: &Db) -> Result<()> {
    if !db.dialect().features().explicit_ids_count {
        statement(db, "AGGREGATOR SYNC AUTO_INCREMENT").await?;
    }
    Ok(())
}

/// Runs SQL text while the database does not check foreign keys, where it has them.
///
/// # Errors
/// What the database raises.
pub async fn unchecked(db: &Db, sql: &str) -> Result<()> {
    let features = db.dialect().features();
    let (off, on) = match (features.foreign_keys, features.deferred_foreign_keys) {
        (false, _) => ("", ""),
        (_, true) => ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
        (_, false) => ("SET foreign_key_checks = 0", "SET foreign_key_checks = 1"),
    };
    // All on the connection whose setting it is.
    let connection = db.acquire().await?;
    for text in [off, sql, on] {
        if !text.is_empty() {
            statement(&connection, text).await?;
        }
    }
    Ok(())
}

impl Scratch {
    /// Asserts that the stand-in was sent nothing that a careful client does not send.
    ///
    /// # Panics
    /// With the statements that leave the order of their rows open, use savepoints or foreign keys,
    /// or compute a column without an alias.
    pub fn assert_careful(&self) {
        let Some(gate) = &self.gate else {
            return;
        };
        for note in [
            Note::Unordered,
            Note::Savepoint,
            Note::ForeignKey,
            Note::Unaliased,
        ] {
            let sent = gate.control().examples(note);
            assert!(sent.is_empty(), "{}: {sent:#?}", note.word());
        }
    }
}

/// `singlestore://user@host:port/` of a server, or of a stand-in that is started for it.
async fn singlestore(options: Options) -> Option<(String, Option<Gate>)> {
    if let Ok(url) = std::env::var("ORM_TEST_SINGLESTORE_URL") {
        return Some((with_scheme("singlestore", &url), None));
    }
    let backend = server_url()?;
    let gate = Gate::start(&backend, options).await.expect("a gate starts");
    let base = with_scheme("singlestore", gate.url());
    gate.control().reset();
    Some((base, Some(gate)))
}

/// Nobody has reported what a server does there, so the cases hold in both ways.
fn other_answers() -> Options {
    let mut options = Options::default();
    options.savepoints = Savepoints::Refuse;
    options.int_auto_increment = !options.int_auto_increment;
    options.leaf_errors = !options.leaf_errors;
    options.contiguous_ids = !options.contiguous_ids;
    options.last_key = LastKey::Zero;
    options.lock_timeout_rolls_back = !options.lock_timeout_rolls_back;
    options.upsert_counts_rows = !options.upsert_counts_rows;
    options.btree_on_columnstore = !options.btree_on_columnstore;
    options.drop_rowstore_primary_key = !options.drop_rowstore_primary_key;
    options.add_not_null_without_default = !options.add_not_null_without_default;
    options.collation = "utf8mb4_bin".to_owned();
    options
}

/// Scheme, user and place of a URL, without database and options.
fn with_scheme(scheme: &str, url: &str) -> String {
    let (_, rest) = url.split_once("//").expect("a URL of a server");
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    format!("{scheme}://{authority}/")
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
    let scheme = url.split(':').next().unwrap_or("mysql").to_owned();
    Some(with_scheme(&scheme, &url))
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
                if !base.starts_with("singlestore") {
                    on_server(&base, &kill).await;
                }
                on_server(&base, &format!("DROP DATABASE {name}")).await;
            });
        };
        // A failure here must not hide the case's own.
        let _ = std::thread::spawn(drop_it).join();
    }
}
