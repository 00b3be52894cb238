//! Transactions that are run again when the database asks for it.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use super::transaction::run;
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
}

/// Five runs, waits from 20 milliseconds to 2 seconds.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_wait: Duration::from_millis(20),
            longest_wait: Duration::from_secs(2),
        }
    }
}

impl RetryPolicy {
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
}

impl MayRetry for DbError {
    fn may_retry(&self) -> bool {
        self.is_retryable()
    }
}

impl Db {
    /// Runs `f` in a transaction, and again in a new one when it fails with a deadlock, a lock
    /// time-out or a failover.
    ///
    /// `f` must have no effects outside the transaction. A connection that is lost is not retried,
    /// because whether the COMMIT took effect is not known then.
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
                let result = match db.begin().await {
                    Ok(tx) => run(tx, &f).await,
                    Err(error) => Err(error.into()),
                };
                match result {
                    Err(error) if error.may_retry() && number < policy.attempts => {
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
