//! rusqlite as an async program must use it: each connection on a thread of its own.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use tokio::sync::{Mutex, Semaphore, mpsc, oneshot};

use super::{COLUMNS, GROUP, INSERT, JOIN, parse_time};
use crate::data::{self, Row, fold};
use crate::side::Side;

/// Rows of a chunk, and chunks that wait: the best of the sizes that were tried.
const CHUNK: usize = 1024;
const AHEAD: usize = 2;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A pool of connections, each on its own thread.
#[derive(Clone)]
pub(crate) struct RawSqlite {
    idle: Arc<Mutex<Vec<mpsc::UnboundedSender<Job>>>>,
    permits: Arc<Semaphore>,
}

/// Makes and fills a database.
pub(crate) fn create(path: &Path) -> Result<()> {
    let db = Connection::open(path)?;
    db.execute_batch("PRAGMA journal_mode = WAL")?;
    for statement in data::tables(false) {
        db.execute_batch(&statement)?;
    }
    db.execute_batch("BEGIN")?;
    for statement in data::filling() {
        db.execute_batch(&statement)?;
    }
    db.execute_batch("COMMIT")?;
    Ok(())
}

impl RawSqlite {
    /// Opens `size` connections.
    pub(crate) fn open(path: &Path, size: usize) -> Result<Self> {
        let mut workers = Vec::new();
        for _ in 0..size {
            let mut db = Connection::open(path)?;
            db.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000",
            )?;
            let (send, mut jobs) = mpsc::unbounded_channel::<Job>();
            thread::spawn(move || {
                while let Some(job) = jobs.blocking_recv() {
                    job(&mut db);
                }
            });
            workers.push(send);
        }
        Ok(Self {
            idle: Arc::new(Mutex::new(workers)),
            permits: Arc::new(Semaphore::new(size)),
        })
    }

    /// Runs a closure on a connection's thread.
    async fn on<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let _permit = self.permits.acquire().await?;
        let worker = self.take().await?;
        let done = call(&worker, work).await;
        self.idle.lock().await.push(worker);
        done
    }

    async fn take(&self) -> Result<mpsc::UnboundedSender<Job>> {
        let worker = self.idle.lock().await.pop();
        worker.context("a permit means an idle worker")
    }
}

/// Runs a closure on this connection's thread.
async fn call<T: Send + 'static>(
    worker: &mpsc::UnboundedSender<Job>,
    work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T> {
    let (send, answer) = oneshot::channel();
    let sent = worker.send(Box::new(move |db| drop(send.send(work(db)))));
    sent.ok().context("the worker ended")?;
    Ok(answer.await??)
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        id: row.get(0)?,
        title: row.get(1)?,
        author: row.get(2)?,
        views: row.get(3)?,
        score: row.get(4)?,
        published: row.get(5)?,
        published_at: time(row.get_ref(6)?.as_str()?)?,
    })
}

fn time(text: &str) -> rusqlite::Result<DateTime<Utc>> {
    parse_time(text.as_bytes()).map_err(|e| {
        rusqlite::Error::FromSqlConversionFailure(6, rusqlite::types::Type::Text, e.into())
    })
}

const EVENTS: &str = "bench_event ORDER BY id";

/// Hands all events to the program in chunks, and is never more than a few ahead of it.
fn send_events(db: &Connection, out: &mpsc::Sender<Vec<Row>>) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM {EVENTS}"))?;
    let mut chunk = Vec::with_capacity(CHUNK);
    for row in statement.query_map([], read)? {
        chunk.push(row?);
        if chunk.len() == CHUNK {
            let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
            if out.blocking_send(full).is_err() {
                return Ok(());
            }
        }
    }
    let _ = out.blocking_send(chunk);
    Ok(())
}

/// Folds rows where they are read.
fn fold_all(db: &Connection, rows: &str) -> rusqlite::Result<u64> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM {rows}"))?;
    let mut sum = 0;
    for row in statement.query_map([], read)? {
        sum = fold(sum, row?.checksum());
    }
    Ok(sum)
}

fn insert(db: &mut Connection, rows: &[Row]) -> rusqlite::Result<u64> {
    let transaction = db.transaction()?;
    {
        let mut statement = transaction.prepare_cached(&format!("{INSERT}(?, ?, ?, ?, ?, ?)"))?;
        for row in rows {
            let at = row.published_at.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
            statement.execute(params![
                row.title,
                row.author,
                row.views,
                row.score,
                row.published,
                at
            ])?;
        }
    }
    transaction.commit()?;
    Ok(rows.len() as u64)
}

fn prefetch(db: &Connection) -> rusqlite::Result<u64> {
    let mut statement =
        db.prepare_cached("SELECT id, name, country FROM bench_author ORDER BY id")?;
    let authors: Vec<(i64, String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let marks = vec!["?"; authors.len()].join(", ");
    let sql =
        format!("SELECT {COLUMNS} FROM bench_article WHERE author_id IN ({marks}) ORDER BY id");
    let mut statement = db.prepare_cached(&sql)?;
    let mut by_author: HashMap<i64, Vec<Row>> = HashMap::new();
    for row in statement.query_map(
        rusqlite::params_from_iter(authors.iter().map(|a| a.0)),
        read,
    )? {
        let row = row?;
        by_author.entry(row.author).or_default().push(row);
    }
    Ok(authors.iter().fold(0, |sum, (id, _, _)| {
        by_author[id]
            .iter()
            .fold(sum, |sum, row| fold(sum, row.checksum()))
    }))
}

impl Side for RawSqlite {
    fn name(&self) -> &'static str {
        "rusqlite"
    }

    async fn clear(&self) -> Result<()> {
        self.on(|db| db.execute_batch(&data::clearing(false).join("; ")))
            .await
    }

    async fn bulk_insert(&self, rows: &[Row]) -> Result<u64> {
        let rows = rows.to_vec();
        self.on(move |db| insert(db, &rows)).await
    }

    async fn select(&self) -> Result<u64> {
        let rows: Vec<Row> = self
            .on(|db| {
                let sql = format!("SELECT {COLUMNS} FROM bench_article ORDER BY id");
                db.prepare_cached(&sql)?.query_map([], read)?.collect()
            })
            .await?;
        Ok(rows.iter().fold(0, |sum, row| fold(sum, row.checksum())))
    }

    async fn stream(&self) -> Result<u64> {
        let (out, mut chunks) = mpsc::channel::<Vec<Row>>(AHEAD);
        let folded = async {
            let mut sum = 0;
            while let Some(chunk) = chunks.recv().await {
                for row in chunk {
                    sum = fold(sum, row.checksum());
                }
            }
            sum
        };
        let (sent, sum) = tokio::join!(self.on(move |db| send_events(db, &out)), folded);
        sent.map(|()| sum)
    }

    async fn select_there(&self) -> Result<u64> {
        self.on(|db| fold_all(db, "bench_article ORDER BY id"))
            .await
    }

    async fn stream_there(&self) -> Result<u64> {
        self.on(|db| fold_all(db, EVENTS)).await
    }

    async fn get(&self, id: i64) -> Result<u64> {
        self.on(move |db| {
            let mut statement =
                db.prepare_cached(&format!("SELECT {COLUMNS} FROM bench_article WHERE id = ?"))?;
            Ok(statement.query_row([id], read)?.checksum())
        })
        .await
    }

    async fn join(&self, country: &str, views: i64) -> Result<u64> {
        let country = country.to_owned();
        self.on(move |db| {
            let mut statement = db.prepare_cached(JOIN)?;
            let rows: Vec<(Row, String)> = statement
                .query_map(params![country, views], |row| Ok((read(row)?, row.get(7)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(rows.iter().fold(0, |sum, (row, name)| {
                fold(sum, row.checksum() + name.len() as u64)
            }))
        })
        .await
    }

    async fn prefetch(&self) -> Result<u64> {
        self.on(|db| prefetch(db)).await
    }

    async fn updates(&self, ids: &[i64]) -> Result<u64> {
        const UPDATE: &str = "UPDATE bench_article SET views = views + 1 WHERE id = ?";
        let _permit = self.permits.acquire().await?;
        let worker = self.take().await?;
        call(&worker, |db| db.execute_batch("BEGIN IMMEDIATE")).await?;
        let mut changed = 0;
        for &id in ids {
            let update = move |db: &mut Connection| db.prepare_cached(UPDATE)?.execute([id]);
            changed += call(&worker, update).await? as u64;
        }
        call(&worker, |db| db.execute_batch("COMMIT")).await?;
        self.idle.lock().await.push(worker);
        Ok(changed)
    }

    async fn updates_together(&self, ids: &[i64]) -> Result<u64> {
        let ids = ids.to_vec();
        self.on(move |db| {
            let transaction = db.transaction()?;
            let mut changed = 0;
            {
                let mut statement = transaction
                    .prepare_cached("UPDATE bench_article SET views = views + 1 WHERE id = ?")?;
                for id in ids {
                    changed += statement.execute([id])? as u64;
                }
            }
            transaction.commit()?;
            Ok(changed)
        })
        .await
    }

    async fn group(&self) -> Result<u64> {
        self.on(|db| {
            let mut statement = db.prepare_cached(GROUP)?;
            let rows: Vec<(String, i64, Option<f64>)> = statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(rows.iter().fold(0, |sum, (name, n, _)| {
                fold(sum, name.len() as u64 + *n as u64)
            }))
        })
        .await
    }
}
