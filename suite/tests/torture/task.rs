//! One of the tasks: steps of its units, one after the other, however they end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use orm::backend::{DbErrorKind, RetryPolicy};
use orm::prelude::*;
use tokio::time::timeout;

use super::chance::Chance;
use super::ledger::{Ending, Known, Ledger};
use super::work::{Plan, count};
use super::{Lane, statement};

/// Units of one task at a time.
const UNITS: u64 = 3;
/// Hot labels, which single calls count.
const HOT: u64 = 4;

pub(crate) async fn run(db: Db, number: u64, lane: Lane, until: Instant, seed: u64) -> Ledger {
    let mut chance = Chance(seed.wrapping_add(number.wrapping_mul(7919)));
    let mut ledger = Ledger::default();
    let mut slots: Vec<String> = (0..UNITS).map(|n| format!("t{number}u{n}")).collect();
    let mut next = UNITS;
    while Instant::now() < until {
        if chance.below(8) == 0 {
            hot(&db, &mut chance, &mut ledger).await;
            continue;
        }
        let slot = chance.below(UNITS) as usize;
        let name = slots[slot].clone();
        let before = match ledger.units.get(&name) {
            Some(Known::Is(unit)) => unit.clone(),
            _ => None,
        };
        let plan = Plan::new(&name, before, &mut chance);
        match step(&db, &plan, lane, &mut chance, &mut ledger).await {
            Ending::Acknowledged => {
                for name in plan.counts {
                    *ledger.counts.entry(name).or_default() += 1;
                }
                ledger.units.insert(name, Known::Is(Some(plan.after)));
            }
            Ending::Refused | Ending::Undone => {
                ledger.units.insert(name, Known::Is(plan.before));
            }
            // Nobody touches the unit any more, so what became of it can be seen at the end.
            Ending::Unknown => {
                let known = Known::Either {
                    before: plan.before,
                    after: plan.after,
                    counts: plan.counts,
                };
                ledger.units.insert(name, known);
                slots[slot] = format!("t{number}u{next}");
                next += 1;
            }
        }
    }
    ledger
}

/// Runs a plan in one of the ways there are, sometimes only for so long.
async fn step(
    db: &Db,
    plan: &Plan,
    lane: Lane,
    chance: &mut Chance,
    ledger: &mut Ledger,
) -> Ending {
    // Set where COMMIT is about to be sent, or may be.
    let committing = AtomicBool::new(false);
    let runs = Arc::new(AtomicU64::new(0));
    let way = chance.below(10);
    let patience = match chance.below(8) {
        0 => Duration::from_micros(chance.below(lane.patience_micros)),
        _ => Duration::from_secs(60),
    };
    let wait = chance.below(2);
    let work = async {
        match way {
            0..=4 => {
                let tx = db.begin().await?;
                lane.short_waits(&tx, wait).await?;
                plan.perform(&tx).await?;
                match way {
                    0 => tx.rollback().await?,
                    _ => {
                        committing.store(true, Ordering::Relaxed);
                        tx.commit().await?;
                    }
                }
            }
            5..=7 => {
                committing.store(true, Ordering::Relaxed);
                let (plan, runs) = (plan.clone(), Arc::clone(&runs));
                let policy = RetryPolicy {
                    first_wait: Duration::from_millis(5),
                    longest_wait: Duration::from_millis(100),
                    ..RetryPolicy::default()
                };
                db.retrying(policy, move |tx| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    let plan = plan.clone();
                    async move {
                        lane.short_waits(&tx, wait).await?;
                        plan.perform(&tx).await
                    }
                })
                .await?;
            }
            _ => {
                committing.store(true, Ordering::Relaxed);
                let plan = plan.clone();
                db.atomic(|tx| {
                    let plan = plan.clone();
                    async move { plan.perform(&tx).await }
                })
                .await?;
            }
        }
        Ok::<(), Error>(())
    };
    let done = timeout(patience, work).await;
    let committing = committing.into_inner();
    let ending = match done {
        Ok(Ok(())) if way == 0 => Ending::Undone,
        Ok(Ok(())) => Ending::Acknowledged,
        Ok(Err(error)) => ended(&error, plan, committing, ledger),
        Err(_) if committing => Ending::Unknown,
        Err(_) => Ending::Undone,
    };
    let retried = runs.load(Ordering::Relaxed).saturating_sub(1);
    ledger.note(plan.kind.word(), ending, retried);
    ending
}

/// What an error says of the transaction.
fn ended(error: &Error, plan: &Plan, committing: bool, ledger: &mut Ledger) -> Ending {
    let kind = error.as_db().map(|e| &e.kind);
    let reason = match kind {
        Some(DbErrorKind::UniqueViolation { .. }) if plan.claims() => "nick taken".to_owned(),
        Some(DbErrorKind::Retryable(cause)) => format!("{cause:?}"),
        Some(DbErrorKind::ConnectionLost | DbErrorKind::Timeout) if committing => {
            return Ending::Unknown;
        }
        Some(DbErrorKind::PoolTimeout { .. }) => "PoolTimeout".to_owned(),
        Some(
            kind @ (DbErrorKind::ConnectionLost | DbErrorKind::Timeout | DbErrorKind::Unreachable),
        ) => format!("{kind:?}"),
        _ => {
            ledger.surprises.push(format!(
                "{} of {}: {error} ({error:?})",
                plan.kind.word(),
                plan.name
            ));
            return Ending::Refused;
        }
    };
    *ledger.reasons.entry(reason).or_default() += 1;
    Ending::Refused
}

/// A single call that counts, without a transaction of the caller's.
async fn hot(db: &Db, chance: &mut Chance, ledger: &mut Ledger) {
    let name = format!("hot{}", chance.below(HOT));
    let done = count(db, &name).await;
    let sums = ledger.hot.entry(name).or_default();
    let ending = match done {
        Ok(()) => {
            sums[0] += 1;
            Ending::Acknowledged
        }
        Err(error) => match error.as_db().map(|e| &e.kind) {
            // Perhaps at its COMMIT.
            Some(DbErrorKind::ConnectionLost | DbErrorKind::Timeout) => {
                sums[1] += 1;
                Ending::Unknown
            }
            Some(
                kind @ (DbErrorKind::Retryable(_)
                | DbErrorKind::Unreachable
                | DbErrorKind::PoolTimeout { .. }),
            ) => {
                let reason = match kind {
                    DbErrorKind::PoolTimeout { .. } => "PoolTimeout".to_owned(),
                    kind => format!("{kind:?}"),
                };
                *ledger.reasons.entry(reason).or_default() += 1;
                Ending::Refused
            }
            _ => {
                ledger
                    .surprises
                    .push(format!("a single call: {error} ({error:?})"));
                Ending::Refused
            }
        },
    };
    ledger.note("single", ending, 0);
}

impl Lane {
    /// Waits for locks at most so long, on the connection of this transaction.
    async fn short_waits(self, tx: &Transaction, seconds: u64) -> Result<()> {
        if self.session_waits {
            let sql = format!("SET SESSION innodb_lock_wait_timeout = {seconds}");
            statement(tx, &sql).await?;
        }
        Ok(())
    }
}
