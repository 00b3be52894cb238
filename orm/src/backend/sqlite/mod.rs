//! Embedded SQLite: one OS thread per connection, closures in, answers out.
//!
//! SQLite's calls block. Called in async code they stopped a two-worker runtime for 0.8 s where a
//! thread per connection delayed it by 14 ms (measured); the price is about 6 µs per call, which a
//! statement that finds one row by its key does not pay: it runs where it is asked for.
//! A file has one connection that writes, behind a first-come-first-served queue, because several
//! writers of one process otherwise fight over SQLite's lock until one times out.

mod bits;
mod dates;
mod decimal;
mod decimals;
mod digits;
mod error;
mod fit;
mod functions;
#[cfg(feature = "json")]
mod json;
mod small;
mod spread;
mod statement;
mod texts;
mod values;
mod vectors;
mod worker;

use std::future::ready;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionState};
use tokio::sync::mpsc;

use self::worker::{Core, Worker};

use super::session::{Connector, Recover, Session, StreamEnd};
use super::{BoxFuture, DbError, DbErrorKind, Executed};
use crate::dialect::{Dialect, Sql, Sqlite};
use crate::value::RowSink;

#[derive(Debug, Clone)]
enum Role {
    Memory,
    Writer(PathBuf),
    Reader(PathBuf),
}

/// Opens connections to one database.
#[derive(Debug)]
pub(crate) struct SqliteConnector {
    role: Role,
    busy_timeout: Duration,
}

impl SqliteConnector {
    pub(crate) fn memory(busy_timeout: Duration) -> Self {
        Self {
            role: Role::Memory,
            busy_timeout,
        }
    }

    pub(crate) fn writer(path: PathBuf, busy_timeout: Duration) -> Self {
        Self {
            role: Role::Writer(path),
            busy_timeout,
        }
    }

    pub(crate) fn reader(path: PathBuf, busy_timeout: Duration) -> Self {
        Self {
            role: Role::Reader(path),
            busy_timeout,
        }
    }
}

impl Connector for SqliteConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>, DbError>> {
        Box::pin(async move {
            let (role, busy) = (self.role.clone(), self.busy_timeout);
            let worker = Worker::start(move || open(&role, busy)).await?;
            Ok(Box::new(SqliteSession {
                worker: Arc::new(worker),
                busy_timeout: busy,
                in_memory: matches!(self.role, Role::Memory),
                here: 0,
            }) as Box<dyn Session>)
        })
    }
}

/// Opens and sets up a connection. Runs on the connection's own thread.
///
/// `synchronous` is FULL in a WAL database: a commit that returned survives a power cut, as it does on
/// a server. It costs one `fsync` per transaction.
fn open(role: &Role, busy_timeout: Duration) -> Result<Connection, DbError> {
    let path = match role {
        Role::Memory => None,
        Role::Writer(path) | Role::Reader(path) => Some(path.as_path()),
    };
    let fail = |e: rusqlite::Error| match path {
        None => error::classify(e, None),
        Some(path) => error::unreachable(e, path),
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = match role {
        Role::Memory => Connection::open_in_memory(),
        Role::Reader(path) => Connection::open_with_flags(path, flags),
        Role::Writer(path) => {
            check_folder(path)?;
            Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_CREATE)
        }
    }
    .map_err(fail)?;
    conn.busy_timeout(busy_timeout).map_err(fail)?;
    let set = |name: &str, value: &str| conn.pragma_update(None, name, value).map_err(fail);
    if matches!(role, Role::Writer(_)) && !conn.is_readonly("main").map_err(fail)? {
        write_ahead(&conn, busy_timeout).map_err(fail)?;
    }
    set("synchronous", "FULL")?;
    set("foreign_keys", "ON")?;
    // Temporary B-trees of large sorts stay in memory only up to the cache size; files beyond.
    if matches!(role, Role::Reader(_)) {
        set("query_only", "ON")?;
    }
    conn.set_prepared_statement_cache_capacity(256);
    functions::register(&conn).map_err(fail)?;
    // The first access reads the header: a file that is no database is found here.
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        .map_err(fail)?;
    Ok(conn)
}

/// SQLite's "unable to open database file" does not say that the folder is what is missing.
fn check_folder(path: &Path) -> Result<(), DbError> {
    let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) else {
        return Ok(());
    };
    if folder.is_dir() {
        return Ok(());
    }
    Err(DbError::new(
        DbErrorKind::Unreachable,
        format!(
            "cannot open the SQLite database {}: the folder {} does not exist; create it first",
            path.display(),
            folder.display()
        ),
    ))
}

/// Turns on the write-ahead log. Of programs that open a new file at once, SQLite turns all but one
/// away without the wait of `busy_timeout`, so the waiting is done here.
fn write_ahead(conn: &Connection, busy_timeout: Duration) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        let error = match conn.pragma_update(None, "journal_mode", "WAL") {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let busy = error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy);
        if !busy || start.elapsed() >= busy_timeout {
            return Err(error);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// A connection that lives on its thread.
#[derive(Debug)]
struct SqliteSession {
    worker: Arc<Worker>,
    busy_timeout: Duration,
    in_memory: bool,
    /// Statements that ran where they were asked for, since one went to the thread.
    here: u8,
}

/// As many statements run in a row without a wait; then other tasks get their turn. Tokio's own
/// budget of a task is as large.
const IN_A_ROW: u8 = 128;

impl SqliteSession {
    /// Whether the task has had its share.
    fn should_yield(&mut self) -> bool {
        self.here = (self.here + 1) % IN_A_ROW;
        self.here == 0
    }

    /// Outside a transaction a write ends in a commit, which waits for the disk.
    fn writes_at_once(&self, sql: &Sql) -> bool {
        sql.point && (self.in_memory || self.worker.in_transaction())
    }

    /// Runs what is short for certain here and now; `None` if the connection is not free, or if
    /// another process is in the way, which the thread then waits for.
    fn at_once<T>(
        &self,
        job: impl FnOnce(&mut Core) -> Result<T, DbError>,
    ) -> Option<Result<T, DbError>> {
        let wait = (!self.in_memory).then_some(self.busy_timeout);
        let result = self.worker.at_once(|core| {
            let Some(wait) = wait else { return job(core) };
            // Whoever has written in a transaction holds the only lock there is to wait for.
            if matches!(
                core.conn.transaction_state(None::<&str>),
                Ok(TransactionState::Write)
            ) {
                return job(core);
            }
            // Never fails on an open connection.
            let _ = core.conn.busy_timeout(Duration::ZERO);
            let result = job(core);
            let _ = core.conn.busy_timeout(wait);
            result
        })?;
        match result {
            Err(error) if matches!(error.kind, DbErrorKind::Retryable(_)) => None,
            result => Some(result),
        }
    }
}

impl Session for SqliteSession {
    fn dialect(&self) -> &'static dyn Dialect {
        &Sqlite
    }

    fn version(&self) -> String {
        rusqlite::version().to_owned()
    }

    fn read(
        &mut self,
        sql: Sql,
        mut sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<Box<dyn RowSink>, DbError>> {
        if sql.point {
            if self.should_yield() {
                return Box::pin(async move {
                    tokio::task::yield_now().await;
                    self.read(sql, sink).await
                });
            }
            let read = self.at_once(|core| statement::fetch(core, &sql, &mut *sink));
            if let Some(result) = read {
                return Box::pin(ready(result.map(|()| sink)));
            }
        }
        Box::pin(self.worker.call(move |core| {
            statement::fetch(core, &sql, &mut *sink)?;
            Ok(sink)
        }))
    }

    fn execute_now(&mut self, sql: &Sql) -> Option<Result<Executed, DbError>> {
        // The next in a row is the one that lets others go first.
        if !self.writes_at_once(sql) || self.here + 1 == IN_A_ROW {
            return None;
        }
        let result = self.at_once(|core| statement::execute(&core.conn, sql));
        self.here += u8::from(result.is_some());
        result
    }

    fn execute(&mut self, sql: Sql) -> BoxFuture<'_, Result<Executed, DbError>> {
        if let Some(result) = self.execute_now(&sql) {
            return Box::pin(ready(result));
        }
        if self.writes_at_once(&sql) && self.should_yield() {
            return Box::pin(async move {
                tokio::task::yield_now().await;
                self.execute(sql).await
            });
        }
        Box::pin(
            self.worker
                .call(move |core| statement::execute(&core.conn, &sql)),
        )
    }

    fn stream(
        self: Box<Self>,
        sql: Sql,
        sink: Box<dyn RowSink>,
        out: mpsc::Sender<Box<dyn RowSink>>,
    ) -> BoxFuture<'static, StreamEnd> {
        Box::pin(async move {
            let work = move |core: &mut Core| statement::stream(core, &sql, sink, &out);
            let result = self.worker.call(work).await;
            (Some(self as Box<dyn Session>), result)
        })
    }

    fn spare(&self) -> Option<Box<dyn Session>> {
        Some(Box::new(Self {
            worker: Arc::clone(&self.worker),
            busy_timeout: self.busy_timeout,
            in_memory: self.in_memory,
            here: 0,
        }))
    }

    fn begin_text(&self) -> &'static str {
        // The write lock at once: a transaction that reads first and writes later would otherwise
        // fail with SQLITE_BUSY without waiting when another process wrote in between.
        "BEGIN IMMEDIATE"
    }

    fn in_transaction(&self) -> bool {
        self.worker.in_transaction()
    }

    fn is_usable(&self) -> bool {
        self.worker.is_alive()
    }

    fn prepare(&mut self, _idle: Duration) -> BoxFuture<'_, Result<(), DbError>> {
        Box::pin(async { Ok(()) })
    }

    fn recover(self: Box<Self>, _busy: bool) -> Recover {
        // The thread does one job after the other: the interrupted statement has ended by then.
        self.worker.post(|core| {
            if !core.conn.is_autocommit() {
                let _ = core.conn.execute_batch("ROLLBACK");
            }
        });
        Recover::Ready(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{RowSet, Value};

    /// Another process is in the way: the statement waits on the thread, the runtime goes on.
    #[tokio::test]
    async fn a_point_statement_waits_for_a_lock_without_blocking() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.db");
        // Without a write-ahead log a writer keeps readers out.
        let other = Connection::open(&path).expect("other process");
        other
            .execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (7)")
            .expect("table");
        let reader = SqliteConnector::reader(path, Duration::from_secs(60));
        let mut session = reader.connect().await.expect("reader");
        other
            .execute_batch("BEGIN EXCLUSIVE; UPDATE t SET id = 8")
            .expect("locked");
        let read = tokio::spawn(async move {
            let sql = Sql {
                text: "SELECT id FROM t WHERE id = 8".into(),
                point: true,
                ..Sql::default()
            };
            session.read(sql, Box::new(RowSet::default())).await
        });
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(!read.is_finished(), "the lock is held");
        other.execute_batch("COMMIT").expect("unlocked");
        let sink = read.await.expect("task").expect("read");
        let rows = RowSet::from_sink(sink).expect("rows");
        assert_eq!(rows.values, [Value::Int(8)]);
    }
}
