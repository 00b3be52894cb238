//! Transactions: handles that are cheap to clone, undone when dropped without a commit.

use std::future::Future;
use std::sync::Arc;

use super::handle::{Begun, Handle};
use super::{BoxFuture, DbError, Executed, Executor, RowStream};
use crate::dialect::{Dialect, Sql};
use crate::value::RowSink;

/// An open transaction, or one nested in another.
///
/// Clones stand for the same transaction; their statements run one after the other. When the last
/// clone is dropped without [`commit`](Self::commit), the transaction is rolled back.
///
/// Nested: `SAVEPOINT` where the database has it. SingleStore has none, there a nested transaction
/// joins the outer one; rolled back or dropped, it dooms the outer one, whose later statements fail
/// with [`DbErrorKind::TransactionState`](super::DbErrorKind::TransactionState).
///
/// A statement that fails with a deadlock or lock time-out, is cancelled, or loses the connection
/// dooms the transaction on every database, because some have undone it by then.
#[derive(Debug, Clone)]
pub struct Transaction(Arc<Level>);

#[derive(Debug)]
struct Level {
    handle: Arc<Handle>,
    begun: Begun,
    /// Keeps the outer transaction open as long as this one lives.
    _outer: Option<Transaction>,
}

impl Drop for Level {
    fn drop(&mut self) {
        self.handle.abandon(&self.begun);
        self.handle.release(&self.begun);
    }
}

impl Transaction {
    pub(crate) async fn on(handle: Arc<Handle>, outer: Option<Self>) -> Result<Self, DbError> {
        let begun = handle
            .begin(outer.as_ref().map(|o| o.0.begun.number))
            .await?;
        Ok(Self(Arc::new(Level {
            handle,
            begun,
            _outer: outer,
        })))
    }

    /// Whether it is part of an outer transaction without a savepoint, which its rollback would doom.
    pub(crate) fn is_joined(&self) -> bool {
        self.0.begun.is_joined()
    }

    fn level(&self) -> Option<u64> {
        Some(self.0.begun.number)
    }

    /// Makes the work permanent (nested: part of the outer transaction). SQL: one `COMMIT` or `RELEASE`.
    ///
    /// # Errors
    /// [`DbErrorKind::TransactionState`](super::DbErrorKind::TransactionState) if the transaction is
    /// over, doomed, or a nested one is still open: it is rolled back then. Whatever the database
    /// raises at commit, such as a deferred foreign key: rolled back as well. `ConnectionLost`: the
    /// outcome is not known.
    ///
    /// Django: leaving `atomic()`.
    pub async fn commit(self) -> Result<(), DbError> {
        self.0.handle.commit(&self.0.begun).await
    }

    /// Undoes the work. SQL: one `ROLLBACK`, or two statements on a savepoint.
    ///
    /// # Errors
    /// [`DbErrorKind::TransactionState`](super::DbErrorKind::TransactionState) if it is over already.
    pub async fn rollback(self) -> Result<(), DbError> {
        self.0.handle.rollback(&self.0.begun).await
    }

    /// Begins a transaction inside this one, which waits until the nested one has ended.
    ///
    /// # Errors
    /// As any statement on this transaction.
    pub async fn begin(&self) -> Result<Self, DbError> {
        Self::on(Arc::clone(&self.0.handle), Some(self.clone())).await
    }

    /// Runs `f` in a nested transaction: committed when it returns `Ok`, else rolled back.
    ///
    /// # Errors
    /// What `f` returns, or what beginning or committing raises.
    pub async fn atomic<F, Fut, T, E>(&self, f: F) -> Result<T, E>
    where
        F: Fn(Transaction) -> Fut + Send,
        Fut: Future<Output = Result<T, E>> + Send,
        E: From<DbError>,
    {
        run(self.begin().await?, f).await
    }
}

/// Runs `f` with a transaction and ends it by the result.
pub(crate) async fn run<F, Fut, T, E>(tx: Transaction, f: F) -> Result<T, E>
where
    F: FnOnce(Transaction) -> Fut + Send,
    Fut: Future<Output = Result<T, E>> + Send,
    E: From<DbError>,
{
    let work = f(tx.clone());
    match work.await {
        Ok(value) => {
            tx.commit().await?;
            Ok(value)
        }
        Err(error) => {
            if let Err(failed) = tx.rollback().await {
                // The connection is closed or recovered; the caller's error is the one that matters.
                tracing::debug!(target: "orm::sql", error = failed.message, "rollback failed");
            }
            Err(error)
        }
    }
}

impl Executor for Transaction {
    fn dialect(&self) -> &'static dyn Dialect {
        self.0.handle.dialect
    }

    fn read<'a>(
        &'a self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowSink>, DbError>> {
        Box::pin(self.0.handle.read(self.level(), sql, sink))
    }

    fn execute<'a>(&'a self, sql: Sql) -> BoxFuture<'a, Result<Executed, DbError>> {
        Box::pin(self.0.handle.execute(self.level(), sql))
    }

    fn stream<'a>(
        &'a self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowStream + 'a>, DbError>> {
        Box::pin(async move {
            let stream: Box<dyn RowStream> = self.0.handle.stream(self.level(), sql, sink).await?;
            Ok(stream)
        })
    }

    fn begin<'a>(&'a self) -> BoxFuture<'a, Result<Transaction, DbError>> {
        Box::pin(Transaction::begin(self))
    }
}

/// A connection that stays the same over several statements: for session variables, temporary tables,
/// locks. See [`Db::acquire`](super::Db::acquire). Dropped, it goes back to the pool and is reset
/// there when it was touched.
#[derive(Debug)]
pub struct Connection(Arc<Handle>);

impl Connection {
    pub(crate) fn new(handle: Arc<Handle>) -> Self {
        Self(handle)
    }

    /// Begins a transaction on this connection, which waits until that has ended.
    ///
    /// # Errors
    /// [`DbErrorKind::TransactionState`](super::DbErrorKind::TransactionState) if one is open.
    pub async fn begin(&self) -> Result<Transaction, DbError> {
        Transaction::on(Arc::clone(&self.0), None).await
    }

    /// Runs `f` in a transaction on this connection: committed when it returns `Ok`, else rolled back.
    ///
    /// # Errors
    /// What `f` returns, or what beginning or committing raises.
    pub async fn atomic<F, Fut, T, E>(&self, f: F) -> Result<T, E>
    where
        F: Fn(Transaction) -> Fut + Send,
        Fut: Future<Output = Result<T, E>> + Send,
        E: From<DbError>,
    {
        run(self.begin().await?, f).await
    }
}

impl Executor for Connection {
    fn dialect(&self) -> &'static dyn Dialect {
        self.0.dialect
    }

    fn read<'a>(
        &'a self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowSink>, DbError>> {
        Box::pin(self.0.read(None, sql, sink))
    }

    fn execute<'a>(&'a self, sql: Sql) -> BoxFuture<'a, Result<Executed, DbError>> {
        Box::pin(self.0.execute(None, sql))
    }

    fn stream<'a>(
        &'a self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowStream + 'a>, DbError>> {
        Box::pin(async move {
            let stream: Box<dyn RowStream> = self.0.stream(None, sql, sink).await?;
            Ok(stream)
        })
    }

    fn begin<'a>(&'a self) -> BoxFuture<'a, Result<Transaction, DbError>> {
        Box::pin(Connection::begin(self))
    }
}
