//! The thread of one connection.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc as sync_mpsc};

use rusqlite::{Connection, InterruptHandle};
use tokio::sync::{mpsc, oneshot};

use super::error::classify;
use super::values::{bind, read};
use crate::backend::names::Names;
use crate::backend::pool::lock;
use crate::backend::stream::{CHUNK_BYTES, CHUNK_ROWS};
use crate::backend::{DbError, DbErrorKind, Executed};
use crate::dialect::Sql;
use crate::value::{RowSet, Value};

type Job = Box<dyn FnOnce(&mut Connection, &mut Names) + Send>;

/// A connection's thread, seen from async code. Dropped, the thread ends and closes the connection.
pub(super) struct Worker {
    jobs: sync_mpsc::Sender<Job>,
    shared: Arc<SharedState>,
    interrupt: InterruptHandle,
}

#[derive(Debug, Default)]
struct SharedState {
    in_transaction: AtomicBool,
    /// Set when the thread has ended.
    dead: AtomicBool,
    /// The job that runs, so that only its own caller interrupts it.
    running: Mutex<u64>,
    next: std::sync::atomic::AtomicU64,
}

/// Notes the end of the thread, also by a panic.
struct Ending(Arc<SharedState>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.dead.store(true, Ordering::Release);
    }
}

/// Interrupts a job whose caller went away.
struct Guard<'a> {
    worker: &'a Worker,
    job: u64,
    cancelled: Arc<AtomicBool>,
    armed: bool,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if !self.armed {
            return;
        }
        self.cancelled.store(true, Ordering::Release);
        // Under the lock no other job can start: the interrupt hits this one or none.
        let running = lock(&self.worker.shared.running);
        if *running == self.job {
            self.worker.interrupt.interrupt();
        }
    }
}

impl Worker {
    /// Starts a thread that opens a connection and then does jobs in turn.
    pub(super) async fn start(
        open: impl FnOnce() -> Result<Connection, DbError> + Send + 'static,
    ) -> Result<Self, DbError> {
        let (jobs, inbox) = sync_mpsc::channel::<Job>();
        let (ready, opened) = oneshot::channel();
        let shared = Arc::<SharedState>::default();
        let ending = Ending(Arc::clone(&shared));
        let spawned = std::thread::Builder::new()
            .name("orm-sqlite".into())
            .spawn(move || {
                let _ending = ending;
                let mut conn = match open() {
                    Ok(conn) => conn,
                    Err(error) => {
                        let _ = ready.send(Err(error));
                        return;
                    }
                };
                if ready.send(Ok(conn.get_interrupt_handle())).is_err() {
                    return;
                }
                let mut names = Names::default();
                while let Ok(job) = inbox.recv() {
                    job(&mut conn, &mut names);
                }
            });
        if let Err(error) = spawned {
            let message = format!("cannot start a thread for the SQLite connection: {error}");
            return Err(DbError::new(DbErrorKind::Resource, message).with_source(error));
        }
        let interrupt = opened.await.unwrap_or_else(|_| Err(gone()))?;
        Ok(Self {
            jobs,
            shared,
            interrupt,
        })
    }

    pub(super) fn in_transaction(&self) -> bool {
        self.shared.in_transaction.load(Ordering::Acquire)
    }

    /// Whether the thread still takes jobs; a panic in it ends it.
    pub(super) fn is_alive(&self) -> bool {
        !self.shared.dead.load(Ordering::Acquire)
    }

    /// Runs a job without waiting for it.
    pub(super) fn post(
        &self,
        job: impl FnOnce(&mut Connection, &mut Names) + Send + 'static,
    ) -> bool {
        let shared = Arc::clone(&self.shared);
        let job: Job = Box::new(move |conn, names| {
            job(conn, names);
            shared
                .in_transaction
                .store(!conn.is_autocommit(), Ordering::Release);
        });
        self.jobs.send(job).is_ok()
    }

    /// Runs a job and waits for its result. Dropping the future interrupts the job.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection, &mut Names) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        let number = self.shared.next.fetch_add(1, Ordering::Relaxed) + 1;
        let cancelled = Arc::new(AtomicBool::new(false));
        let (reply, answer) = oneshot::channel();
        let (shared, skip) = (Arc::clone(&self.shared), Arc::clone(&cancelled));
        let run: Job = Box::new(move |conn, names| {
            *lock(&shared.running) = number;
            let result = match skip.load(Ordering::Acquire) {
                true => Err(gone()),
                false => job(conn, names),
            };
            *lock(&shared.running) = 0;
            shared
                .in_transaction
                .store(!conn.is_autocommit(), Ordering::Release);
            let _ = reply.send(result);
        });
        if self.jobs.send(run).is_err() {
            return Err(gone());
        }
        let mut guard = Guard {
            worker: self,
            job: number,
            cancelled,
            armed: true,
        };
        let result = answer.await.unwrap_or_else(|_| Err(gone()));
        guard.armed = false;
        result
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("shared", &self.shared)
            .finish_non_exhaustive()
    }
}

fn gone() -> DbError {
    DbError::new(
        DbErrorKind::ConnectionLost,
        "the thread of the SQLite connection has ended",
    )
}

fn names_of(names: &mut Names, sql: &str, stmt: &rusqlite::Statement<'_>) -> Arc<[String]> {
    // A column's name is UTF-8 in every database that opens as one.
    let column = |i| stmt.column_name(i).unwrap_or("?");
    names.of(sql, (0..stmt.column_count()).map(column))
}

/// Prepares a statement, binds, and hands each row's values to `each` until it says stop.
fn rows(
    conn: &Connection,
    names: &mut Names,
    sql: &Sql,
    mut start: impl FnMut(Arc<[String]>),
    mut each: impl FnMut(&rusqlite::Row<'_>, usize) -> Result<bool, DbError>,
) -> Result<(), DbError> {
    let fail = |e| classify(e, Some(&sql.text));
    let mut stmt = conn.prepare_cached(&sql.text).map_err(fail)?;
    bind(&mut stmt, sql)?;
    // The first step prepares the statement anew when the schema changed: columns are read after it.
    let mut rows = stmt.raw_query();
    let mut columns = None;
    loop {
        let Some(row) = rows.next().map_err(fail)? else {
            break;
        };
        let width = match columns {
            Some(width) => width,
            None => {
                let known = names_of(names, &sql.text, row.as_ref());
                let width = known.len();
                start(known);
                *columns.insert(width)
            }
        };
        if !each(row, width)? {
            return Ok(());
        }
    }
    drop(rows);
    if columns.is_none() {
        start(names_of(names, &sql.text, &stmt));
    }
    Ok(())
}

pub(super) fn fetch(conn: &Connection, names: &mut Names, sql: &Sql) -> Result<RowSet, DbError> {
    let mut set = RowSet::default();
    let mut values = Vec::new();
    rows(
        conn,
        names,
        sql,
        |columns| set.columns = columns,
        |row, width| {
            for i in 0..width {
                values.push(read(row, i)?);
            }
            Ok(true)
        },
    )?;
    set.values = values;
    Ok(set)
}

pub(super) fn stream(
    conn: &Connection,
    names: &mut Names,
    sql: &Sql,
    out: &mpsc::Sender<RowSet>,
) -> Result<(), DbError> {
    let columns = std::cell::RefCell::new(Arc::default());
    let mut values: Vec<Value> = Vec::new();
    let (mut count, mut bytes, mut sent) = (0, 0, false);
    rows(
        conn,
        names,
        sql,
        |names| *columns.borrow_mut() = names,
        |row, width| {
            for i in 0..width {
                let value = read(row, i)?;
                bytes += size(&value);
                values.push(value);
            }
            count += 1;
            if count < CHUNK_ROWS && bytes < CHUNK_BYTES {
                return Ok(true);
            }
            (count, bytes, sent) = (0, 0, true);
            let chunk = RowSet {
                columns: columns.borrow().clone(),
                values: std::mem::take(&mut values),
            };
            Ok(out.blocking_send(chunk).is_ok())
        },
    )?;
    // A result without rows still tells its columns.
    if !values.is_empty() || !sent {
        let _ = out.blocking_send(RowSet {
            columns: columns.take(),
            values,
        });
    }
    Ok(())
}

fn size(value: &Value) -> usize {
    match value {
        Value::Text(v) => v.len(),
        Value::Bytes(v) => v.len(),
        _ => 8,
    }
}

pub(super) fn execute(conn: &Connection, sql: &Sql) -> Result<Executed, DbError> {
    let fail = |e| classify(e, Some(&sql.text));
    let mut stmt = conn.prepare_cached(&sql.text).map_err(fail)?;
    bind(&mut stmt, sql)?;
    let before = conn.last_insert_rowid();
    let total = conn.total_changes();
    let mut rows = stmt.raw_query();
    // A statement that does hand back rows (a PRAGMA, RETURNING) is run to its end.
    while rows.next().map_err(fail)?.is_some() {}
    drop(rows);
    let changed = conn.total_changes() != total;
    let inserted = conn.last_insert_rowid();
    let insert = crate::backend::instrument::first_word(&sql.text);
    let insert = ["insert", "replace", "with"]
        .iter()
        .any(|w| insert.eq_ignore_ascii_case(w));
    let rows_affected = if changed { conn.changes() } else { 0 };
    let last_insert_id = (insert && changed && (inserted != before || inserted != 0))
        .then(|| first_id(inserted, rows_affected));
    Ok(Executed {
        rows_affected,
        last_insert_id,
    })
}

/// SQLite tells the last id of an INSERT; one statement's own ids follow one another.
fn first_id(last: i64, rows: u64) -> u64 {
    (last as u64).saturating_sub(rows.saturating_sub(1))
}
