//! A gate in front of the MariaDB of `ORM_TEST_MARIADB_URL`, and a database of its own.
#![allow(dead_code, clippy::print_stderr)]

use std::sync::atomic::{AtomicU32, Ordering};

use gate::{Control, Gate, Options};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Opts, OptsBuilder};

/// A gate with one connection to an empty database.
pub(crate) struct Live {
    pub(crate) gate: Gate,
    pub(crate) conn: Conn,
    pub(crate) database: String,
}

/// `None`, said aloud, where there is no server.
pub(crate) fn backend() -> Option<String> {
    match std::env::var("ORM_TEST_MARIADB_URL") {
        Ok(url) => Some(url),
        Err(_) => {
            assert_ne!(
                std::env::var("ORM_TEST_REQUIRE_LIVE").as_deref(),
                Ok("1"),
                "ORM_TEST_REQUIRE_LIVE=1, but ORM_TEST_MARIADB_URL is not set"
            );
            eprintln!("SKIPPED: ORM_TEST_MARIADB_URL is not set");
            None
        }
    }
}

impl Live {
    pub(crate) async fn start(options: Options) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let gate = Gate::start(&backend()?, options).await.expect("starts");
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let database = format!("gate_{}_{number}", std::process::id());
        let mut conn = Conn::from_url(gate.url()).await.expect("connects");
        for sql in [
            format!("DROP DATABASE IF EXISTS {database}"),
            format!("CREATE DATABASE {database} PARTITIONS 2"),
            format!("USE {database}"),
        ] {
            conn.query_drop(sql).await.expect("obeys");
        }
        gate.control().reset();
        Some(Self {
            gate,
            conn,
            database,
        })
    }

    pub(crate) fn control(&self) -> &Control {
        self.gate.control()
    }

    /// Another connection to the same database.
    pub(crate) async fn connect(&self) -> Conn {
        Conn::new(self.opts()).await.expect("connects")
    }

    pub(crate) fn opts(&self) -> Opts {
        let opts = Opts::from_url(self.gate.url()).expect("a URL");
        OptsBuilder::from_opts(opts)
            .db_name(Some(self.database.clone()))
            .into()
    }

    pub(crate) async fn run(&mut self, sql: &str) {
        self.conn
            .query_drop(sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// The number of the error that a statement raises; 0 where it raises none.
    pub(crate) async fn code(&mut self, sql: &str) -> u16 {
        code(self.conn.query_drop(sql).await)
    }

    pub(crate) async fn ids(&mut self, sql: &str) -> Vec<i64> {
        self.conn
            .query(sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    pub(crate) async fn text(&mut self, sql: &str) -> Option<String> {
        let row: Option<Option<String>> = self
            .conn
            .query_first(sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
        row.flatten()
    }

    pub(crate) async fn end(mut self) {
        let drop = format!("DROP DATABASE {}", self.database);
        self.conn.query_drop(drop).await.expect("obeys");
    }
}

pub(crate) fn code<T>(result: Result<T, Error>) -> u16 {
    match result {
        Ok(_) => 0,
        Err(Error::Server(error)) => error.code,
        Err(error) => panic!("{error}"),
    }
}
