//! Transactions on a held connection: how they begin, nest and end.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;

use super::{Handle, Hook, control, state_error};
use crate::backend::pool::{Lease, lock};
use crate::backend::session::{Session, Unfinished};
use crate::backend::{DbError, DbErrorKind, Executed, isolation};
use crate::dialect::{Isolation, Sql, Text};

impl Handle {
    /// Begins a transaction on the connection (`level` is `None`) or in another one. `later`: its BEGIN
    /// may wait for the first statement, where the two travel together.
    pub(crate) async fn begin(
        &self,
        level: Option<u64>,
        isolation: Option<Isolation>,
        later: bool,
    ) -> Result<Begun, DbError> {
        let chosen = isolation.map(|i| isolation::statement(self.dialect, i));
        let chosen = chosen.transpose()?.flatten();
        let mut guard = self.lease(level).await?;
        let lease = guard
            .as_mut()
            .ok_or_else(|| state_error("the transaction is over"))?;
        self.clean(lease).await?;
        // Noted before the statement is sent: if this future is dropped meanwhile, `Begun` undoes it.
        let (number, depth) = {
            let mut state = lock(&self.state);
            state.next += 1;
            (state.next, state.open.len())
        };
        let kind = match level {
            None => Kind::Outer,
            Some(_) if self.dialect.features().savepoints => {
                Kind::Savepoint(format!("orm_{depth}"))
            }
            Some(_) => Kind::Joined,
        };
        let text = match &kind {
            Kind::Outer => lease.session().map(|s| s.begin_text().into()),
            Kind::Savepoint(name) => Some(format!("SAVEPOINT {name}").into()),
            Kind::Joined => None,
        };
        if let Some(text) = chosen {
            self.send(lease, control(text)).await?;
        }
        let together = lease.session().is_some_and(|s| s.travels_together());
        let deferred = later && together && kind == Kind::Outer;
        if let Some(text) = text.filter(|_| !deferred) {
            let text: Text = text;
            self.send(lease, control(text)).await?;
        }
        let mut state = lock(&self.state);
        if kind == Kind::Outer {
            state.doomed = None;
            state.deferred = deferred;
        }
        state.open.push(number);
        let writes = self.writes();
        Ok(Begun {
            number,
            kind,
            writes,
        })
    }

    /// Makes the transaction's work permanent, or part of the outer one.
    pub(crate) async fn commit(&self, begun: &Begun) -> Result<(), DbError> {
        let outcome = self.lease(Some(begun.number)).await;
        let mut guard = match outcome {
            Ok(guard) => guard,
            Err(error) => {
                self.abandon(begun);
                return Err(error);
            }
        };
        let lease = guard
            .as_mut()
            .ok_or_else(|| state_error("the transaction is over"))?;
        let result = match self.clean(lease).await {
            Ok(()) => match &begun.kind {
                // Nothing was sent in it.
                Kind::Outer if std::mem::take(&mut lock(&self.state).deferred) => Ok(()),
                Kind::Outer => self.send(lease, control("COMMIT")).await.map(drop),
                Kind::Savepoint(name) => self
                    .send(lease, control(format!("RELEASE SAVEPOINT {name}")))
                    .await
                    .map(drop),
                Kind::Joined => Ok(()),
            },
            Err(error) => Err(error),
        };
        match result {
            Ok(()) => {
                let hooks = self.close(begun, &mut guard);
                drop(guard);
                run_hooks(hooks).await;
                Ok(())
            }
            Err(error) => {
                drop(guard);
                // A COMMIT that fails can leave the transaction open (a deferred foreign key).
                let _ = self.rollback(begun).await;
                Err(explain_commit(error))
            }
        }
    }

    /// Runs statements and commits: in one trip where the connection can, and the transaction is the
    /// outermost. Whatever fails, it is rolled back; an error comes with what was done before, which is
    /// all of them where COMMIT has failed.
    pub(crate) async fn finish_with(
        &self,
        begun: &Begun,
        unit: Vec<Sql>,
    ) -> Result<Vec<Executed>, Unfinished> {
        let together =
            begun.kind == Kind::Outer && self.of_session(|s| s.travels_together()) == Some(true);
        let parts = match self.splits(begun, &unit).await {
            Ok(parts) => parts,
            Err(error) => {
                let _ = self.rollback(begun).await;
                return Err((Vec::new(), error));
            }
        };
        if together && !parts {
            let mut hooks = Vec::new();
            let sent = self.send_together(begun, unit, Some(&mut hooks)).await;
            return match sent {
                Ok(done) => {
                    run_hooks(hooks).await;
                    Ok(done)
                }
                Err((done, error)) => {
                    let _ = self.rollback(begun).await;
                    // The COMMIT was on its way with the statements.
                    Err((done, explain_commit(error)))
                }
            };
        }
        let mut done = Vec::with_capacity(unit.len());
        for sql in unit {
            match self.execute(Some(begun.number), sql).await {
                Ok(executed) => done.push(executed),
                Err(error) => {
                    let _ = self.rollback(begun).await;
                    return Err((done, error));
                }
            }
        }
        match self.commit(begun).await {
            Ok(()) => Ok(done),
            Err(error) => Err((done, error)),
        }
    }

    /// Runs statements in one trip, with the transaction open behind them. For connections of which
    /// [`knows_last_key`](Self::knows_last_key) is true.
    pub(crate) async fn run_together(
        &self,
        begun: &Begun,
        unit: Vec<Sql>,
    ) -> Result<Vec<Executed>, Unfinished> {
        if !self
            .splits(begun, &unit)
            .await
            .map_err(|e| (Vec::new(), e))?
        {
            return self.send_together(begun, unit, None).await;
        }
        let mut done = Vec::with_capacity(unit.len());
        for sql in unit {
            match self.execute(Some(begun.number), sql).await {
                Ok(executed) => done.push(executed),
                Err(error) => return Err((done, error)),
            }
        }
        Ok(done)
    }

    /// Whether statements must travel one by one, since one of them may have to leave the transaction.
    async fn splits(&self, begun: &Begun, unit: &[Sql]) -> Result<bool, DbError> {
        let level = Some(begun.number);
        let mut guard = self.lease(level).await?;
        match guard.as_mut() {
            Some(lease) => self.parts_ways(level, lease, unit).await,
            None => Ok(false),
        }
    }

    /// Sends statements in one trip, and COMMIT behind them if there is room for what is to run then.
    async fn send_together(
        &self,
        begun: &Begun,
        unit: Vec<Sql>,
        hooks: Option<&mut Vec<Hook>>,
    ) -> Result<Vec<Executed>, Unfinished> {
        self.note_write();
        let mut done = Vec::new();
        let sent = async {
            let mut guard = self.lease(Some(begun.number)).await?;
            let lease = guard
                .as_mut()
                .ok_or_else(|| state_error("the transaction is over"))?;
            self.clean(lease).await?;
            self.open(lease, true).await?;
            let commit = hooks.is_some();
            let texts: Vec<Text> = unit.iter().map(|sql| sql.text.clone()).collect();
            let watch = self.meter.start_all(&unit, commit, self.statement_timeout);
            let session = lease.start()?;
            let sent = async {
                let result = session.run_together(unit, commit).await;
                result.map_err(|(before, error)| {
                    done = before;
                    error
                })
            };
            let result = watch.run(sent).await;
            self.settle(lease, &result);
            if let Err(error) = &result {
                let text = texts.get(done.len()).map_or("", |text| text);
                self.note_refusal(Some(begun.number), lease, text, error);
            }
            let all = result?;
            if let Some(hooks) = hooks {
                *hooks = self.close(begun, &mut guard);
            }
            Ok(all)
        }
        .await;
        sent.map_err(|error| (done, error))
    }

    /// Asks the session, unless it is at work.
    fn of_session<T>(&self, ask: impl FnOnce(&dyn Session) -> T) -> Option<T> {
        let guard = self.lease.try_lock();
        let lease = guard.as_ref().ok().and_then(|g| g.as_ref());
        lease.and_then(Lease::session).map(ask)
    }

    /// As the session's, see [`Session::knows_last_key`].
    pub(crate) fn knows_last_key(&self) -> Option<bool> {
        self.of_session(|s| s.knows_last_key())
            .unwrap_or(Some(false))
    }

    /// Tells the session what was seen.
    pub(crate) fn note_last_key(&self, known: bool) {
        if let Ok(mut guard) = self.lease.try_lock()
            && let Some(session) = guard.as_mut().and_then(Lease::session_mut)
        {
            session.note_last_key(known);
        }
    }

    /// Whether the BEGIN still waits for the first statement.
    pub(crate) fn is_deferred(&self) -> bool {
        lock(&self.state).deferred
    }

    /// Undoes the transaction's work; a joined one dooms the outer one.
    pub(crate) async fn rollback(&self, begun: &Begun) -> Result<(), DbError> {
        if !lock(&self.state).open.contains(&begun.number) {
            return Err(state_error(
                "the transaction is over: it was committed or rolled back",
            ));
        }
        // Also undoes nested ones that are still open, and works on a doomed transaction.
        self.abandon(begun);
        let mut guard = self.wait(self.lease.lock()).await?;
        let Some(lease) = guard.as_mut() else {
            return Ok(());
        };
        if begun.kind == Kind::Outer && lease.session().is_some_and(|s| !s.in_transaction()) {
            // The server has rolled it back already.
            lock(&self.state).cleanup.clear();
        }
        // A lost connection has no transaction left; a busy one is ended by the pool; a doomed outer
        // transaction is rolled back as a whole.
        let dead = lease.is_busy() || lease.session().is_none_or(|s| !s.is_usable());
        let result = match dead || lock(&self.state).doomed.is_some() {
            true => Ok(()),
            false => self.clean(lease).await,
        };
        if begun.kind == Kind::Outer && !self.pinned {
            *guard = None;
        }
        result
    }

    /// Ends a transaction without talking: what undoes it is sent before the next statement.
    pub(crate) fn abandon(&self, begun: &Begun) {
        let mut state = lock(&self.state);
        let Some(at) = state.open.iter().position(|n| *n == begun.number) else {
            return;
        };
        let undone = state.open.split_off(at);
        state.on_commit.retain(|(level, _)| !undone.contains(level));
        match &begun.kind {
            Kind::Outer => {
                // Nothing was sent in one whose BEGIN still waits.
                let sent = !std::mem::take(&mut state.deferred);
                state.cleanup = sent.then(|| "ROLLBACK".to_owned()).into_iter().collect();
                state.doomed = None;
            }
            Kind::Savepoint(name) => {
                state.cleanup.push(format!("ROLLBACK TO SAVEPOINT {name}"));
                state.cleanup.push(format!("RELEASE SAVEPOINT {name}"));
            }
            Kind::Joined => {
                state.doomed.get_or_insert_with(|| {
                    format!(
                        "a transaction nested in it was rolled back or dropped, and {} has no savepoints to undo only that part",
                        self.dialect.name()
                    )
                });
            }
        }
    }

    /// After the outer transaction was dropped: its connection goes back to the pool now.
    pub(crate) fn release(&self, begun: &Begun) {
        if begun.kind == Kind::Outer
            && !self.pinned
            && let Ok(mut guard) = self.lease.try_lock()
        {
            *guard = None;
        }
    }

    /// Keeps what is to run after the COMMIT of the outermost transaction.
    pub(crate) fn on_commit(&self, begun: &Begun, hook: Hook) -> Result<(), DbError> {
        self.check(Some(begun.number))?;
        lock(&self.state).on_commit.push((begun.number, hook));
        Ok(())
    }

    /// Drops what the transaction keeps for after the COMMIT.
    pub(crate) fn forget_hooks(&self, begun: &Begun) {
        let hooks = &mut lock(&self.state).on_commit;
        hooks.retain(|(level, _)| *level != begun.number);
    }

    /// Notes the end of a committed transaction; returns what is to run now.
    fn close(&self, begun: &Begun, guard: &mut Option<Lease>) -> Vec<Hook> {
        let mut state = lock(&self.state);
        state.open.retain(|n| *n != begun.number);
        if begun.kind == Kind::Outer {
            // The COMMIT itself has ended it.
            state.doomed = None;
            if !self.pinned {
                *guard = None;
            }
            let hooks = std::mem::take(&mut state.on_commit);
            return hooks.into_iter().map(|(_, hook)| hook).collect();
        }
        // The outer one's now: its rollback forgets them.
        if let Some(outer) = state.open.last().copied() {
            for (level, _) in &mut state.on_commit {
                if *level == begun.number {
                    *level = outer;
                }
            }
        }
        Vec::new()
    }
}

/// Runs them one after the other. One that panics does not keep the others from running: the work is
/// committed, so each is owed. The first panic goes on after them.
async fn run_hooks(hooks: Vec<Hook>) {
    let mut panicked = None;
    for hook in hooks {
        let run = AssertUnwindSafe(async move { hook().await });
        if let Err(panic) = run.catch_unwind().await {
            panicked.get_or_insert(panic);
        }
    }
    if let Some(panic) = panicked {
        resume_unwind(panic);
    }
}

fn explain_commit(mut error: DbError) -> DbError {
    if error.is_connection_lost() || error.kind == DbErrorKind::Timeout {
        error.message = format!(
            "whether the transaction was committed is not known, the answer to COMMIT never came: {}",
            error.message
        );
    }
    error
}

/// A transaction that was begun on a handle.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    pub(crate) number: u64,
    kind: Kind,
    /// [`Handle::writes`] at that time.
    pub(crate) writes: u64,
}

impl Begun {
    pub(crate) fn is_joined(&self) -> bool {
        self.kind == Kind::Joined
    }

    pub(crate) fn is_outer(&self) -> bool {
        self.kind == Kind::Outer
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// BEGIN … COMMIT
    Outer,
    /// SAVEPOINT … RELEASE
    Savepoint(String),
    /// No savepoints here: part of the outer one.
    Joined,
}
