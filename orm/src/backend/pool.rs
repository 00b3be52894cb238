//! Our own pool: bounded, first come first served, checked on return, never reset without need.
//!
//! The drivers' pools are not used: `mysql_async`'s resets the session at every return, which costs
//! a point query two to three times its own time.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::session::{Connector, Recover, Session};
use super::{DbError, DbErrorKind};

/// Connections beyond `min` that were idle for this long are closed when one comes back.
const IDLE_MAX: Duration = Duration::from_secs(600);

/// Locks also after a panic of another holder: what is guarded here is valid at every step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) struct Pool {
    connector: Box<dyn Connector>,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
    holders: Mutex<HashMap<u64, Holder>>,
    next: AtomicU64,
    /// When a connection was last found broken: those that are idle since before are suspect.
    broken: Mutex<Option<Instant>>,
    max: usize,
    min: usize,
    acquire_timeout: Duration,
    connect_timeout: Duration,
    /// What it connects to, for messages.
    place: String,
}

struct Idle {
    session: Box<dyn Session>,
    since: Instant,
}

struct Holder {
    label: String,
    since: Instant,
}

/// The bounds of a pool.
pub(crate) struct Limits {
    pub(crate) max: usize,
    pub(crate) min: usize,
    pub(crate) acquire_timeout: Duration,
    pub(crate) connect_timeout: Duration,
}

impl Pool {
    pub(crate) fn new(connector: Box<dyn Connector>, limits: Limits, place: String) -> Arc<Self> {
        Arc::new(Self {
            connector,
            permits: Arc::new(Semaphore::new(limits.max)),
            idle: Mutex::default(),
            holders: Mutex::default(),
            next: AtomicU64::new(0),
            broken: Mutex::default(),
            max: limits.max,
            min: limits.min,
            acquire_timeout: limits.acquire_timeout,
            connect_timeout: limits.connect_timeout,
            place,
        })
    }

    /// Opens `min` connections.
    pub(crate) async fn warm(self: &Arc<Self>) -> Result<(), DbError> {
        let mut leases = Vec::new();
        for _ in 0..self.min.min(self.max) {
            leases.push(self.acquire("opening the pool".to_owned()).await?);
        }
        Ok(())
    }

    /// Hands out a connection; `label` names the holder when the pool runs out.
    pub(crate) async fn acquire(self: &Arc<Self>, label: String) -> Result<Lease, DbError> {
        let permit = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.wait(&label).await?,
        };
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let holder = Holder {
            label,
            since: Instant::now(),
        };
        lock(&self.holders).insert(id, holder);
        // From here on the lease gives back permit and label, also when this future is dropped.
        let mut lease = Lease {
            session: None,
            busy: false,
            pool: Arc::clone(self),
            id,
            permit: Some(permit),
        };
        lease.session = Some(self.session().await?);
        Ok(lease)
    }

    async fn wait(&self, label: &str) -> Result<OwnedSemaphorePermit, DbError> {
        let waiting = Arc::clone(&self.permits).acquire_owned();
        match tokio::time::timeout(self.acquire_timeout, waiting).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(DbError::new(DbErrorKind::Other, "the pool is closed")),
            Err(_) => Err(self.exhausted(label)),
        }
    }

    fn exhausted(&self, label: &str) -> DbError {
        let now = Instant::now();
        let mut holders: Vec<_> = lock(&self.holders)
            .values()
            .map(|h| (now.duration_since(h.since), h.label.clone()))
            .collect();
        holders.sort_by_key(|h| std::cmp::Reverse(h.0));
        let holders: Vec<String> = holders
            .into_iter()
            .map(|(age, label)| format!("{label} (for {:.1} s)", age.as_secs_f64()))
            .collect();
        let message = format!(
            "no connection to {} became free in {:.1} s for {label}: all {} are held, by {}; hold them \
             shorter, use the transaction's handle inside a transaction, or raise pool_max",
            self.place,
            self.acquire_timeout.as_secs_f64(),
            self.max,
            holders.join("; "),
        );
        DbError::new(DbErrorKind::PoolTimeout { holders }, message)
    }

    /// An idle session that still works, else a new one.
    async fn session(&self) -> Result<Box<dyn Session>, DbError> {
        loop {
            let idle = lock(&self.idle).pop();
            let Some(Idle { mut session, since }) = idle else {
                break;
            };
            let suspect = lock(&self.broken).is_some_and(|at| since <= at);
            let age = if suspect {
                Duration::MAX
            } else {
                since.elapsed()
            };
            let prepared = tokio::time::timeout(self.connect_timeout, session.prepare(age)).await;
            if matches!(prepared, Ok(Ok(()))) {
                return Ok(session);
            }
        }
        match tokio::time::timeout(self.connect_timeout, self.connector.connect()).await {
            Ok(result) => result,
            Err(_) => Err(DbError::new(
                DbErrorKind::Unreachable,
                format!(
                    "no answer from {} in {:.1} s: check host, port and firewall, or raise connect_timeout",
                    self.place,
                    self.connect_timeout.as_secs_f64()
                ),
            )),
        }
    }

    fn give_back(&self, session: Box<dyn Session>) {
        if !session.is_usable() {
            *lock(&self.broken) = Some(Instant::now());
            return;
        }
        let mut stale = Vec::new();
        {
            let mut idle = lock(&self.idle);
            idle.push(Idle {
                session,
                since: Instant::now(),
            });
            // The oldest are in front: taking and giving back works on the other end.
            while idle.len() > self.min && idle[0].since.elapsed() > IDLE_MAX {
                stale.push(idle.remove(0));
            }
        }
        drop(stale);
    }

    /// Connections open and idle, and the most there may be.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        (lock(&self.holders).len(), lock(&self.idle).len(), self.max)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (held, idle, max) = self.counts();
        f.debug_struct("Pool")
            .field("place", &self.place)
            .field("held", &held)
            .field("idle", &idle)
            .field("max", &max)
            .finish()
    }
}

/// A connection on loan. Dropped, it goes back clean or not at all.
pub(crate) struct Lease {
    session: Option<Box<dyn Session>>,
    busy: bool,
    pool: Arc<Pool>,
    id: u64,
    permit: Option<OwnedSemaphorePermit>,
}

impl Lease {
    /// The session, marked busy until [`done`](Self::done): a future dropped in between is noticed.
    pub(crate) fn start(&mut self) -> Result<&mut Box<dyn Session>, DbError> {
        if self.busy {
            return Err(DbError::new(
                DbErrorKind::TransactionState,
                "an earlier statement on this connection was cancelled while it ran: what it held is undone, begin anew on another one",
            ));
        }
        self.busy = true;
        self.session.as_mut().ok_or_else(lost)
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.busy
    }

    pub(crate) fn done(&mut self) {
        self.busy = false;
    }

    pub(crate) fn session(&self) -> Option<&dyn Session> {
        self.session.as_deref()
    }

    pub(crate) fn session_mut(&mut self) -> Option<&mut dyn Session> {
        match &mut self.session {
            Some(session) => Some(session.as_mut()),
            None => None,
        }
    }

    /// Takes the session out for a stream; the lease stays busy until it is put back.
    pub(crate) fn take(&mut self) -> Result<Box<dyn Session>, DbError> {
        self.start()?;
        self.session.take().ok_or_else(lost)
    }

    /// Puts back a session that still has something to end.
    pub(crate) fn put_busy(&mut self, session: Box<dyn Session>) {
        self.session = Some(session);
    }

    pub(crate) fn put(&mut self, session: Option<Box<dyn Session>>) {
        self.session = session;
        self.busy = false;
    }
}

fn lost() -> DbError {
    DbError::new(
        DbErrorKind::TransactionState,
        "the connection of this handle is gone: a stream on it was dropped or broke; begin anew",
    )
}

impl Drop for Lease {
    fn drop(&mut self) {
        lock(&self.pool.holders).remove(&self.id);
        let Some(session) = self.session.take() else {
            return;
        };
        if !self.busy && !session.in_transaction() {
            return self.pool.give_back(session);
        }
        match session.recover(self.busy) {
            Recover::Ready(session) => self.pool.give_back(session),
            Recover::Later(work) => {
                let pool = Arc::clone(&self.pool);
                let permit = self.permit.take();
                // Without a runtime the work is dropped and with it the connection: the server
                // rolls back when it sees that.
                if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                    runtime.spawn(async move {
                        if let Some(session) = work.await {
                            pool.give_back(session);
                        }
                        drop(permit);
                    });
                }
            }
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("id", &self.id)
            .field("busy", &self.busy)
            .finish()
    }
}
