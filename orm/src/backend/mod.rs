//! How bytes travel: pools, connections, transactions, one folder per driver.

#![cfg_attr(
    not(any(feature = "sqlite", feature = "mysql")),
    allow(dead_code, reason = "without a driver nothing connects")
)]

mod counters;
mod db;
mod error;
mod handle;
mod instrument;
mod isolation;
mod load;
mod master;
#[cfg(feature = "mysql")]
mod mysql;
mod names;
mod pool;
mod reads;
mod retry;
mod session;
#[cfg(feature = "sqlite")]
mod sqlite;
mod stream;
mod topology;
mod transaction;
mod url;
#[cfg(any(feature = "mysql", feature = "migrate"))]
mod version;

use std::future::Future;
use std::pin::Pin;

#[cfg(all(feature = "migrate", feature = "json"))]
pub(crate) use counters::sync as sync_counters;
pub use db::{Db, DbBuilder};
pub use error::{DbError, DbErrorKind, RetryCause};
pub use instrument::Recorder;
pub(crate) use load::Feed;
pub(crate) use reads::{may_lock, only_reads};
pub use retry::{MayRetry, RetryPolicy};
pub(crate) use topology::is_refused;
pub use topology::{Aggregator, ReferenceWrites};
pub use transaction::{Connection, Transaction};
pub use url::{Address, Protocol, ServerAddress, Tls};
#[cfg(feature = "migrate")]
pub(crate) use version::is_older;

use crate::dialect::{Dialect, Sql};
use crate::value::{RowSet, RowSink};

/// A boxed future, as trait objects need them.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a statement without rows did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Executed {
    /// Rows that matched (found, not only changed).
    pub rows_affected: u64,
    /// The first number that the database gave to a row of an INSERT.
    pub last_insert_id: Option<u64>,
}

/// Chunks of a streamed result, each of bounded size and taken by a sink of its own.
///
/// Dropping it ends the statement; the connection goes back healthy or not at all.
pub trait RowStream: Send {
    /// The next chunk; `None` at the end.
    fn next_chunk(&mut self) -> BoxFuture<'_, Result<Option<Box<dyn RowSink>>, DbError>>;
}

/// Runs statements: a [`Db`], a transaction or a pinned connection.
///
/// Everything the ORM sends passes these methods, so that counting, tracing and time-outs sit
/// in one place.
pub trait Executor: Send + Sync {
    /// The dialect that the other side speaks.
    fn dialect(&self) -> &'static dyn Dialect;

    /// Runs a statement that hands back rows, which `sink` takes as they come; hands `sink` back.
    fn read<'a>(
        &'a self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowSink>, DbError>>;

    /// Runs a statement that hands back rows, all of them in memory.
    fn fetch<'a>(&'a self, sql: Sql) -> BoxFuture<'a, Result<RowSet, DbError>> {
        Box::pin(async move {
            let sink = self.read(sql, Box::new(RowSet::default())).await?;
            RowSet::from_sink(sink).map_err(|e| {
                let column = Some(e.column().to_owned());
                DbError::new(DbErrorKind::Data { column }, e.to_string())
            })
        })
    }

    /// Runs a statement that hands back none.
    fn execute<'a>(&'a self, sql: Sql) -> BoxFuture<'a, Result<Executed, DbError>>;

    /// Runs a statement that hands back rows in chunks, holding memory constant; each chunk is a
    /// sink of the same kind as `sink`.
    fn stream<'a>(
        &'a self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowStream + 'a>, DbError>>;

    /// The database that it runs on, whose receivers hear of what is written; `None` if there is none.
    fn database(&self) -> Option<&Db>;

    /// Whether its statements belong to a transaction that somebody else ends.
    fn in_transaction(&self) -> bool {
        false
    }

    /// Begins a transaction, so that several statements of one operation hold together. On a
    /// transaction it is the outer one's part: see [`Transaction`].
    fn begin<'a>(&'a self) -> BoxFuture<'a, Result<Transaction, DbError>>;
}

/// A reference runs statements as well, so that `&dyn Executor` fits where `&impl Executor` is asked
/// for.
impl<E: Executor + ?Sized> Executor for &E {
    fn dialect(&self) -> &'static dyn Dialect {
        (**self).dialect()
    }

    fn read<'a>(
        &'a self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowSink>, DbError>> {
        (**self).read(sql, sink)
    }

    fn execute<'a>(&'a self, sql: Sql) -> BoxFuture<'a, Result<Executed, DbError>> {
        (**self).execute(sql)
    }

    fn stream<'a>(
        &'a self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowStream + 'a>, DbError>> {
        (**self).stream(sql, sink)
    }

    fn database(&self) -> Option<&Db> {
        (**self).database()
    }

    fn in_transaction(&self) -> bool {
        (**self).in_transaction()
    }

    fn begin<'a>(&'a self) -> BoxFuture<'a, Result<Transaction, DbError>> {
        (**self).begin()
    }
}
