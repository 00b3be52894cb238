//! The executor that routes.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Inner, Named, Written};
use crate::backend::{
    BoxFuture, Db, DbError, Executed, Executor, RowStream, Transaction, may_lock, only_reads,
};
use crate::dialect::{Dialect, Sql};
use crate::value::RowSink;

/// Runs a model's statements on the databases of that model. See
/// [`Databases::of`](super::Databases::of); clones know of each other's writes.
#[derive(Clone)]
pub struct Routed {
    inner: Arc<Inner>,
    /// Where it writes.
    to: Db,
    /// The number of that database.
    number: usize,
    /// The name of the database that it reads from.
    from: Arc<str>,
    written: Arc<Written>,
}

impl Routed {
    pub(super) fn new(
        inner: Arc<Inner>,
        (to, from): (&Named, &Named),
        written: Arc<Written>,
    ) -> Self {
        let name = |number: usize| inner.databases.keys().nth(number);
        Self {
            to: to.db.clone(),
            number: to.number,
            from: name(from.number)
                .map(|n| n.as_str().into())
                .unwrap_or_default(),
            written,
            inner,
        }
    }

    /// The database that is written to, for what only a [`Db`] has: `atomic`, `retrying`, `acquire`.
    /// It counts as a write: what is read through this executor later comes from there.
    pub fn primary(&self) -> &Db {
        self.written.0[self.number].store(true, Ordering::Relaxed);
        &self.to
    }

    /// The database of a statement that reads.
    fn reader(&self, sql: &Sql) -> &Db {
        if self.written.0[self.number].load(Ordering::Relaxed) {
            return &self.to;
        }
        if !only_reads(&sql.text) || may_lock(&sql.text) {
            return self.primary();
        }
        let Some(named) = self.inner.databases.get(&*self.from) else {
            return &self.to;
        };
        match named.replicas.len() {
            0 => &named.db,
            n => &named.replicas[named.next.fetch_add(1, Ordering::Relaxed) % n],
        }
    }
}

impl Executor for Routed {
    fn dialect(&self) -> &'static dyn Dialect {
        self.to.dialect()
    }

    fn read<'a>(
        &'a self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowSink>, DbError>> {
        self.reader(&sql).read(sql, sink)
    }

    fn execute<'a>(&'a self, sql: Sql) -> BoxFuture<'a, Result<Executed, DbError>> {
        self.primary().execute(sql)
    }

    fn stream<'a>(
        &'a self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowStream + 'a>, DbError>> {
        self.reader(&sql).stream(sql, sink)
    }

    /// Where it writes.
    fn database(&self) -> Option<&Db> {
        Some(&self.to)
    }

    fn begin<'a>(&'a self) -> BoxFuture<'a, Result<Transaction, DbError>> {
        Executor::begin(self.primary())
    }
}

impl fmt::Debug for Routed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routed")
            .field("to", &self.to.url())
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}
