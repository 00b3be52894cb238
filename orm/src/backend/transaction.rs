//! Transactions: handles that are cheap to clone, undone when dropped without a commit.

use std::future::Future;
use std::sync::Arc;

use super::handle::{Begun, Handle};
use super::load::Feed;
use super::session::Unfinished;
use super::{BoxFuture, Db, DbError, DbErrorKind, Executed, Executor, RowStream};
use crate::dialect::{Dialect, Isolation, RowLocks, Sql};
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
    pub(crate) async fn on(
        handle: Arc<Handle>,
        outer: Option<Self>,
        isolation: Option<Isolation>,
    ) -> Result<Self, DbError> {
        Self::opened(handle, outer, isolation, false).await
    }

    /// An outermost one whose BEGIN may travel with its first statement.
    pub(super) async fn later(handle: Arc<Handle>) -> Result<Self, DbError> {
        Self::opened(handle, None, None, true).await
    }

    async fn opened(
        handle: Arc<Handle>,
        outer: Option<Self>,
        isolation: Option<Isolation>,
        later: bool,
    ) -> Result<Self, DbError> {
        let level = outer.as_ref().map(|o| o.0.begun.number);
        let begun = handle.begin(level, isolation, later).await?;
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

    /// Whether it is the outermost.
    pub(crate) fn is_outermost(&self) -> bool {
        self.0.begun.is_outer()
    }

    /// Runs statements and commits, in one trip where the server takes them together. Whatever fails,
    /// the transaction is rolled back; an error comes with what was done before, which is all of them
    /// where COMMIT has failed.
    pub(crate) async fn commit_with(self, unit: Vec<Sql>) -> Result<Vec<Executed>, Unfinished> {
        self.0.handle.finish_with(&self.0.begun, unit).await
    }

    /// Runs statements in one trip, where [`knows_last_key`](Self::knows_last_key) is true. An error
    /// comes with what was done before, and that stays in the transaction.
    pub(crate) async fn run_together(&self, unit: Vec<Sql>) -> Result<Vec<Executed>, Unfinished> {
        self.0.handle.run_together(&self.0.begun, unit).await
    }

    /// Whether a statement knows the key that the INSERT before it was given. `None` until it was seen
    /// on this connection, and noted, that it does or does not.
    pub(crate) fn knows_last_key(&self) -> Option<bool> {
        self.0.handle.knows_last_key()
    }

    pub(crate) fn note_last_key(&self, known: bool) {
        self.0.handle.note_last_key(known);
    }

    /// Whether a write to this table travels by another connection, or may have to, so that it waits for
    /// rows that are locked here. `reference`: whether it may be a reference table.
    ///
    /// # Errors
    /// As any statement.
    pub(crate) async fn may_write_apart(
        &self,
        table: &str,
        reference: bool,
    ) -> Result<bool, DbError> {
        let handle = &self.0.handle;
        handle.may_write_apart(self.level(), table, reference).await
    }

    /// Whether nothing was sent yet, not even a BEGIN.
    pub(crate) fn is_deferred(&self) -> bool {
        self.0.handle.is_deferred()
    }

    /// How many statements that may write its connection was given so far: equal numbers say that
    /// nothing was written in between.
    pub(crate) fn writes(&self) -> u64 {
        self.0.handle.writes()
    }

    /// Whether nothing was written in it so far.
    pub(crate) fn is_unwritten(&self) -> bool {
        self.writes() == self.0.begun.writes
    }

    /// Drops what was left to it for after the commit: its work is undone in another way than by a
    /// rollback.
    pub(crate) fn forget_hooks(&self) {
        self.0.handle.forget_hooks(&self.0.begun);
    }

    fn level(&self) -> Option<u64> {
        Some(self.0.begun.number)
    }

    /// Runs a statement that asks for a file.
    pub(crate) async fn load(&self, sql: Sql, feed: Feed) -> Result<Executed, DbError> {
        self.0.handle.load(self.level(), sql, feed).await
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
        Self::on(Arc::clone(&self.0.handle), Some(self.clone()), None).await
    }

    /// Runs something after the outermost transaction is committed: a mail, a message, a cache to
    /// forget. Nothing is run when that, or the nested transaction that asked for it, is rolled back.
    ///
    /// They run one after the other in the task that commits, which waits for them; their statements
    /// belong to a `Db`, the transaction is over by then. A panic of one goes on after the others.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// let db = Db::connect("sqlite::memory:").await?;
    /// let sent = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    /// let mail = std::sync::Arc::clone(&sent);
    /// let tx = db.begin().await?;
    /// tx.on_commit(move || async move { mail.store(true, std::sync::atomic::Ordering::SeqCst) })?;
    /// assert!(!sent.load(std::sync::atomic::Ordering::SeqCst));
    /// tx.commit().await?;
    /// assert!(sent.load(std::sync::atomic::Ordering::SeqCst));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`DbErrorKind::TransactionState`](super::DbErrorKind::TransactionState) if the transaction is
    /// over or doomed.
    ///
    /// Django: `transaction.on_commit`.
    pub fn on_commit<F, Fut>(&self, run: F) -> Result<(), DbError>
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let hook = Box::new(move || Box::pin(run()) as BoxFuture<'static, ()>);
        self.0.handle.on_commit(&self.0.begun, hook)
    }

    /// The database itself, for work that must stay whatever becomes of this transaction: an audit
    /// trail, a number that is never given twice. Its statements and transactions use connections of
    /// their own, and see nothing of this transaction.
    ///
    /// # Errors
    /// [`DbErrorKind::Unsupported`](super::DbErrorKind::Unsupported) on SQLite, where a transaction
    /// that writes has the whole database to itself: the other one would wait for this one for ever.
    pub fn independent(&self) -> Result<Db, DbError> {
        let handle = &self.0.handle;
        if handle.dialect.features().row_locks == RowLocks::Database {
            return Err(DbError::new(
                DbErrorKind::Unsupported,
                format!(
                    "{} has one transaction that writes at a time: do the independent work before this \
                     one is begun, or after it by `on_commit`",
                    handle.dialect.name()
                ),
            ));
        }
        handle.db().cloned().ok_or_else(|| {
            DbError::new(
                DbErrorKind::TransactionState,
                "the transaction has no database",
            )
        })
    }

    /// Refused: this transaction is not the outermost, and what must be durable when it returns is
    /// not so before the outermost is committed. See [`Db::durable`].
    ///
    /// # Errors
    /// Always [`DbErrorKind::TransactionState`](super::DbErrorKind::TransactionState).
    ///
    /// Django: `atomic(durable=True)`.
    pub async fn durable<F, Fut, T, E>(&self, _: F) -> Result<T, E>
    where
        F: Fn(Transaction) -> Fut + Send,
        Fut: Future<Output = Result<T, E>> + Send,
        E: From<DbError>,
    {
        Err(DbError::new(
            DbErrorKind::TransactionState,
            "a durable transaction must be the outermost, and one is open here: begin it on the `Db`, or use `atomic`",
        )
        .into())
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
        Box::pin(async move {
            if let Some(result) = self.0.handle.execute_now(self.level(), &sql) {
                return result;
            }
            self.0.handle.execute(self.level(), sql).await
        })
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

    fn database(&self) -> Option<&Db> {
        self.0.handle.db()
    }

    fn in_transaction(&self) -> bool {
        true
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
        Transaction::on(Arc::clone(&self.0), None, None).await
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
        Box::pin(async move {
            if let Some(result) = self.0.execute_now(None, &sql) {
                return result;
            }
            self.0.execute(None, sql).await
        })
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

    fn database(&self) -> Option<&Db> {
        self.0.db()
    }

    fn begin<'a>(&'a self) -> BoxFuture<'a, Result<Transaction, DbError>> {
        Box::pin(Connection::begin(self))
    }
}
