//! One connection held over several statements: what transactions and pinned connections share.

mod apart;
mod blocks;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, MutexGuard, OwnedMutexGuard};

use super::instrument::{self, Meter};
use super::load::Feed;
use super::pool::{Lease, lock};
use super::reads::only_reads;
use super::stream::{LeaseHold, LeaseStream};
use super::topology;
use super::{BoxFuture, Db, DbError, DbErrorKind, Executed, RowStream};
use crate::dialect::{Dialect, Sql, Text};
use crate::value::RowSink;

pub(crate) use blocks::Begun;

/// A connection and the state of the transaction on it.
pub(crate) struct Handle {
    pub(crate) dialect: &'static dyn Dialect,
    meter: Arc<Meter>,
    statement_timeout: Option<Duration>,
    acquire_timeout: Duration,
    /// `None` once the transaction is over and its connection is back in the pool.
    lease: Arc<AsyncMutex<Option<Lease>>>,
    state: Mutex<State>,
    /// Whether the connection stays with the handle when a transaction ends.
    pinned: bool,
    /// Whose connection it is; `None` in tests of this module.
    db: Option<Db>,
    /// Statements without rows that it was given.
    writes: AtomicU64,
}

#[derive(Default)]
struct State {
    /// Statements that undo dropped transactions, to be sent before the next statement.
    cleanup: Vec<String>,
    /// The open transaction and those nested in it, by number.
    open: Vec<u64>,
    next: u64,
    /// Why the transaction can only be rolled back.
    doomed: Option<String>,
    /// Whether the BEGIN of the open transaction waits for its first statement.
    deferred: bool,
    /// What is to run after the outermost COMMIT, and the transaction that asked for it.
    on_commit: Vec<(u64, Hook)>,
}

/// What runs after a COMMIT.
pub(crate) type Hook = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

fn state_error(message: impl Into<String>) -> DbError {
    DbError::new(DbErrorKind::TransactionState, message)
}

/// Transaction control: a statement without parameters.
fn control(text: impl Into<Text>) -> Sql {
    Sql {
        text: text.into(),
        ..Sql::default()
    }
}

impl Handle {
    pub(crate) fn new(
        lease: Lease,
        dialect: &'static dyn Dialect,
        meter: Arc<Meter>,
        pinned: bool,
        timeouts: (Option<Duration>, Duration),
        db: Option<Db>,
    ) -> Arc<Self> {
        Arc::new(Self {
            dialect,
            meter,
            statement_timeout: timeouts.0,
            acquire_timeout: timeouts.1,
            lease: Arc::new(AsyncMutex::new(Some(lease))),
            state: Mutex::default(),
            pinned,
            db,
            writes: AtomicU64::new(0),
        })
    }

    pub(crate) fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    /// Notes that something may be written now.
    fn note_write(&self) {
        self.writes.fetch_add(1, Ordering::Relaxed);
    }

    /// Whose connection it is.
    pub(crate) fn db(&self) -> Option<&Db> {
        self.db.as_ref()
    }

    /// Whether a statement of transaction `level` (`None`: of the connection itself) may run now.
    fn check(&self, level: Option<u64>) -> Result<(), DbError> {
        let state = lock(&self.state);
        if let (Some(why), true) = (&state.doomed, level.is_some()) {
            return Err(state_error(format!(
                "the transaction can only be rolled back: {why}"
            )));
        }
        match (state.open.last().copied(), level) {
            (open, level) if open == level => Ok(()),
            (Some(_), None) => Err(state_error(
                "a transaction is open on this connection: use its handle, or end it first",
            )),
            (_, Some(level)) if state.open.contains(&level) => Err(state_error(
                "a nested transaction is open: use its handle, or commit or roll it back first",
            )),
            _ => Err(state_error(
                "the transaction is over: it was committed or rolled back",
            )),
        }
    }

    /// Waits for the connection: statements of one handle run one after the other.
    async fn wait<T>(&self, waiting: impl Future<Output = T>) -> Result<T, DbError> {
        tokio::time::timeout(self.acquire_timeout, waiting).await.map_err(|_| {
            state_error(format!(
                "the connection of this transaction was busy for {:.1} s: a statement or a stream on it has not ended",
                self.acquire_timeout.as_secs_f64()
            ))
        })
    }

    async fn lease(&self, level: Option<u64>) -> Result<MutexGuard<'_, Option<Lease>>, DbError> {
        self.check(level)?;
        if let Ok(guard) = self.lease.try_lock() {
            return Ok(guard);
        }
        let guard = self.wait(self.lease.lock()).await?;
        self.check(level)?;
        Ok(guard)
    }

    /// Sends what dropped transactions left to undo.
    async fn clean(&self, lease: &mut Lease) -> Result<(), DbError> {
        if lock(&self.state).cleanup.is_empty() {
            return Ok(());
        }
        self.clean_up(lease).await
    }

    async fn clean_up(&self, lease: &mut Lease) -> Result<(), DbError> {
        loop {
            let Some(text) = lock(&self.state).cleanup.first().cloned() else {
                return Ok(());
            };
            self.send(lease, control(text)).await?;
            lock(&self.state).cleanup.remove(0);
        }
    }

    /// Has the statement that follows take along a BEGIN that waits for it, or sends that.
    async fn open(&self, lease: &mut Lease, together: bool) -> Result<(), DbError> {
        if !std::mem::take(&mut lock(&self.state).deferred) {
            return Ok(());
        }
        let session = lease.start()?;
        let text = session.begin_text();
        if together && session.begin_later() {
            lease.done();
            self.meter.note(text);
            return Ok(());
        }
        lease.done();
        let watch = self.meter.start(&text.into(), self.statement_timeout);
        let result = watch.run(lease.start()?.execute(control(text))).await;
        self.settle(lease, &result);
        result.map(drop)
    }

    async fn send(&self, lease: &mut Lease, sql: Sql) -> Result<Executed, DbError> {
        self.open(lease, true).await?;
        let watch = self.meter.start(&sql.text, self.statement_timeout);
        let result = watch.run(lease.start()?.execute(sql)).await;
        self.settle(lease, &result);
        result
    }

    /// After a statement: notes whether the session is free again and the transaction still open.
    fn settle<T>(&self, lease: &mut Lease, result: &Result<T, DbError>) {
        // A statement that its time-out cut off is still running there: the lease stays busy.
        if !matches!(result, Err(e) if e.kind == DbErrorKind::Timeout) {
            lease.done();
        }
        let mut state = lock(&self.state);
        if state.open.is_empty() || state.doomed.is_some() {
            return;
        }
        let Err(error) = result else {
            if lease.session().is_some_and(|s| !s.in_transaction()) {
                state.doomed = Some(
                    "a statement in it (DDL, on this database) has committed it, with all that was done before".to_owned(),
                );
            }
            return;
        };
        let ended = lease
            .session()
            .is_none_or(|s| !s.in_transaction() || !s.is_usable());
        if ended || error.is_retryable() || error.kind == DbErrorKind::Timeout {
            state.doomed = Some(format!("a statement in it failed: {}", error.message));
        }
    }

    pub(crate) async fn execute(&self, level: Option<u64>, sql: Sql) -> Result<Executed, DbError> {
        self.note_write();
        let mut guard = self.lease(level).await?;
        let lease = guard
            .as_mut()
            .ok_or_else(|| state_error("the transaction is over"))?;
        self.clean(lease).await?;
        if let Some(db) = self.apart(level, lease, &sql).await? {
            return apart::run_apart(db, sql).await;
        }
        // Kept for another try, where there may be one.
        let first = self.is_first(&sql);
        let again = (first || self.may_part(level, lease)).then(|| sql.clone());
        let text = sql.text.clone();
        let error = match self.send(lease, sql).await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        match again {
            Some(sql) if first && error.is_connection_lost() => {
                let lease = self.renew(&mut guard, error).await?;
                self.send(lease, sql).await
            }
            again => match (self.note_refusal(level, lease, &text, &error), again) {
                (Some(db), Some(sql)) => apart::run_apart(db, sql).await,
                _ => Err(error),
            },
        }
    }

    /// Whether the statement takes a BEGIN along, and nothing of it stays if no answer comes.
    fn is_first(&self, sql: &Sql) -> bool {
        const UNDONE: [&str; 5] = ["select", "with", "insert", "update", "delete"];
        let word = instrument::first_word(&sql.text);
        lock(&self.state).deferred && UNDONE.iter().any(|w| word.eq_ignore_ascii_case(w))
    }

    /// Another connection for a transaction whose first statement met one that the server had closed:
    /// nothing was begun on it.
    async fn renew<'g>(
        &self,
        guard: &'g mut Option<Lease>,
        lost: DbError,
    ) -> Result<&'g mut Lease, DbError> {
        let Some(db) = self.db.as_ref().filter(|_| !self.pinned) else {
            return Err(lost);
        };
        tracing::debug!(target: "orm::pool", error = lost.message, "begun again after a lost connection");
        // First the old one goes: there may be no other.
        *guard = None;
        let lease = db.lease_again().await?;
        let mut state = lock(&self.state);
        state.doomed = None;
        state.deferred = true;
        Ok(guard.insert(lease))
    }

    /// Executes what needs no wait, if nothing is in the way; `None` leaves all to
    /// [`execute`](Self::execute), errors included.
    pub(crate) fn execute_now(
        &self,
        level: Option<u64>,
        sql: &Sql,
    ) -> Option<Result<Executed, DbError>> {
        if !sql.point || self.statement_timeout.is_some() || instrument::is_traced() {
            return None;
        }
        let mut guard = self.lease.try_lock().ok()?;
        {
            let state = lock(&self.state);
            let free = state.cleanup.is_empty() && state.doomed.is_none();
            if !free || state.open.last().copied() != level {
                return None;
            }
        }
        let lease = guard.as_mut()?;
        let Some(result) = lease.start().ok()?.execute_now(sql) else {
            lease.done();
            return None;
        };
        self.note_write();
        self.meter.note(&sql.text);
        self.settle(lease, &result);
        Some(result)
    }

    pub(crate) async fn load(
        &self,
        level: Option<u64>,
        sql: Sql,
        feed: Feed,
    ) -> Result<Executed, DbError> {
        self.note_write();
        let mut guard = self.lease(level).await?;
        let lease = guard
            .as_mut()
            .ok_or_else(|| state_error("the transaction is over"))?;
        self.clean(lease).await?;
        if self.apart(level, lease, &sql).await?.is_some() {
            // The rows are not to be had twice, and there is no connection to load them by.
            return Err(topology::refused(&sql.text));
        }
        self.open(lease, false).await?;
        let watch = self.meter.start(&sql.text, self.statement_timeout);
        let result = watch.run(lease.start()?.load(sql, feed)).await;
        self.settle(lease, &result);
        result
    }

    pub(crate) async fn read(
        &self,
        level: Option<u64>,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> Result<Box<dyn RowSink>, DbError> {
        if !only_reads(&sql.text) {
            self.note_write();
        }
        let mut guard = self.lease(level).await?;
        let lease = guard
            .as_mut()
            .ok_or_else(|| state_error("the transaction is over"))?;
        self.clean(lease).await?;
        let again = self.is_first(&sql).then(|| (sql.clone(), sink.fresh()));
        match (self.fill(lease, sql, sink).await, again) {
            (Err(error), Some((sql, sink))) if error.is_connection_lost() => {
                let lease = self.renew(&mut guard, error).await?;
                self.fill(lease, sql, sink).await
            }
            (result, _) => result,
        }
    }

    async fn fill(
        &self,
        lease: &mut Lease,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> Result<Box<dyn RowSink>, DbError> {
        self.open(lease, true).await?;
        let watch = self.meter.start(&sql.text, self.statement_timeout);
        let result = watch.run(lease.start()?.read(sql, sink)).await;
        self.settle(lease, &result);
        result
    }

    pub(crate) async fn stream(
        &self,
        level: Option<u64>,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> Result<Box<dyn RowStream>, DbError> {
        self.check(level)?;
        if !only_reads(&sql.text) {
            self.note_write();
        }
        let mut guard: OwnedMutexGuard<Option<Lease>> =
            self.wait(Arc::clone(&self.lease).lock_owned()).await?;
        self.check(level)?;
        let lease = guard
            .as_mut()
            .ok_or_else(|| state_error("the transaction is over"))?;
        self.clean(lease).await?;
        self.open(lease, true).await?;
        let watch = self.meter.start(&sql.text, self.statement_timeout);
        let session = lease.take()?;
        Ok(Box::new(LeaseStream::new(
            LeaseHold::Shared(guard),
            session,
            sql,
            sink,
            watch,
        )))
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = lock(&self.state);
        f.debug_struct("Handle")
            .field("dialect", &self.dialect.name())
            .field("open", &state.open)
            .field("doomed", &state.doomed)
            .finish()
    }
}

#[cfg(test)]
mod tests;
