//! Transactions that are run again when the database asks for it.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use super::{Db, DbError, Transaction};

/// How often and after which waits a transaction is run again.
///
/// The wait doubles each time up to the longest one, and a random part of it, at least the half, is
/// kept: two transactions that stood in each other's way do not meet again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often the transaction is run at most, the first time included.
    pub attempts: u32,
    /// The wait before the second run.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// Whether running it once more does no harm when it was committed already. Then it is also run
    /// again when the connection is lost at COMMIT, whose outcome nobody knows.
    pub idempotent: bool,
}

/// Five runs, waits from 20 milliseconds to 2 seconds.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_wait: Duration::from_millis(20),
            longest_wait: Duration::from_secs(2),
            idempotent: false,
        }
    }
}

impl RetryPolicy {
    /// The default, for work that may be done twice: see [`idempotent`](Self::idempotent).
    pub fn for_idempotent() -> Self {
        Self {
            idempotent: true,
            ..Self::default()
        }
    }

    /// The wait after the run with this number, counted from 1.
    fn wait(&self, run: u32) -> Duration {
        let doubled = 1u32.checked_shl(run.saturating_sub(1)).unwrap_or(u32::MAX);
        let wait = self
            .first_wait
            .saturating_mul(doubled)
            .min(self.longest_wait);
        // std's hasher keys are random: enough to keep transactions apart.
        let part = RandomState::new().hash_one(run) % 512;
        wait.mul_f64((512 + part) as f64 / 1024.0)
    }
}

/// An error that knows whether running the whole transaction again may help.
pub trait MayRetry {
    /// Whether it does: a deadlock, a lock time-out, a failover.
    fn may_retry(&self) -> bool;

    /// Whether the connection was lost: before COMMIT was sent, nothing of the transaction stays.
    fn lost_connection(&self) -> bool {
        false
    }
}

impl MayRetry for DbError {
    fn may_retry(&self) -> bool {
        self.is_retryable()
    }

    fn lost_connection(&self) -> bool {
        self.is_connection_lost()
    }
}

impl Db {
    /// Runs `f` in a transaction, and again in a new one when it fails with a deadlock, a lock
    /// time-out or a failover.
    ///
    /// `f` must have no effects outside the transaction; what it registers by
    /// [`on_commit`](Transaction::on_commit) is run once. A connection that is lost before COMMIT is
    /// sent is retried too. Lost at COMMIT it is not, because whether that took effect is not known
    /// then, unless the policy says that the work is [`idempotent`](RetryPolicy::idempotent).
    ///
    /// # Errors
    /// What the last run of `f` returned, or what beginning or committing raised.
    pub fn retrying<'f, F, Fut, T, E>(
        &self,
        policy: RetryPolicy,
        f: F,
    ) -> impl Future<Output = Result<T, E>> + Send + 'f
    where
        F: Fn(Transaction) -> Fut + Send + Sync + 'f,
        Fut: Future<Output = Result<T, E>> + Send + 'f,
        T: Send + 'f,
        E: From<DbError> + MayRetry + Send + 'f,
    {
        let db = self.clone();
        async move {
            let mut number = 1;
            loop {
                let (result, again) = match db.begin().await {
                    Ok(tx) => once(tx, &f, policy).await,
                    Err(error) => {
                        let error = E::from(error);
                        let again = error.may_retry();
                        (Err(error), again)
                    }
                };
                match result {
                    Err(_) if again && number < policy.attempts => {
                        let wait = policy.wait(number);
                        tracing::debug!(target: "orm::sql", number, ?wait, "transaction is run again");
                        tokio::time::sleep(wait).await;
                        number += 1;
                    }
                    result => return result,
                }
            }
        }
    }
}

/// Runs it once; tells whether it may be run again.
async fn once<F, Fut, T, E>(tx: Transaction, f: &F, policy: RetryPolicy) -> (Result<T, E>, bool)
where
    F: Fn(Transaction) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    E: From<DbError> + MayRetry,
{
    match f(tx.clone()).await {
        Ok(value) => match tx.commit().await {
            Ok(()) => (Ok(value), false),
            Err(error) => {
                let unknown = error.is_connection_lost() || error.is_timeout();
                let again = error.is_retryable() || (unknown && policy.idempotent);
                (Err(error.into()), again)
            }
        },
        Err(error) => {
            let again = error.may_retry() || error.lost_connection();
            if let Err(failed) = tx.rollback().await {
                // The connection is closed or recovered; the caller's error is the one that matters.
                tracing::debug!(target: "orm::sql", error = failed.message, "rollback failed");
            }
            (Err(error), again)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit() {
        let policy = RetryPolicy::default();
        for (run, whole) in [(1, 20), (2, 40), (3, 80), (20, 2000), (200, 2000)] {
            let wait = policy.wait(run);
            let whole = Duration::from_millis(whole);
            assert!(wait <= whole && wait >= whole / 2, "{run}: {wait:?}");
        }
    }
}
