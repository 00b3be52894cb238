//! The thread of one connection.
//!
//! SQLite's calls block, so each connection has a thread that does them in turn. A statement that
//! finds one row at most by its key is shorter than the way to that thread and back: it may run
//! where it is asked for, as long as the thread has nothing to do ([`Worker::at_once`]).

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, TryLockError, mpsc as sync_mpsc};

use rusqlite::{Connection, InterruptHandle};
use tokio::sync::oneshot;

use crate::backend::names::Names;
use crate::backend::pool::lock;
use crate::backend::{DbError, DbErrorKind};
use crate::value::ValueRef;

/// A connection, and what is kept beside it.
pub(super) struct Core {
    pub(super) conn: Connection,
    pub(super) names: Names,
    /// Room for the values of a row, kept from one statement to the next.
    pub(super) room: Vec<ValueRef<'static>>,
}

type Job = Box<dyn FnOnce(&Shared) + Send>;

/// What a job gave, or what it panicked with: the panic goes on where the job was asked for.
type Outcome<T> = Result<Result<T, DbError>, Box<dyn Any + Send>>;

/// A connection's thread, seen from async code. Dropped, the thread ends and closes the connection.
pub(super) struct Worker {
    jobs: sync_mpsc::Sender<Job>,
    shared: Arc<Shared>,
    interrupt: InterruptHandle,
}

#[derive(Default)]
struct Shared {
    /// There until the thread ends, which closes the connection.
    core: Mutex<Option<Core>>,
    /// Jobs that were sent and have not ended.
    pending: AtomicUsize,
    in_transaction: AtomicBool,
    /// Set when the thread has ended.
    dead: AtomicBool,
    /// The job that runs, so that only its own caller interrupts it.
    running: Mutex<u64>,
    next: AtomicU64,
    /// Jobs up to this one are not begun any more: their callers went away.
    cancelled: AtomicU64,
}

impl Shared {
    /// Does something on the connection and notes whether a transaction is open afterwards.
    fn on_core<T>(&self, job: impl FnOnce(&mut Core) -> T) -> Option<T> {
        let mut core = lock(&self.core);
        let core = core.as_mut()?;
        let out = job(core);
        self.note(core);
        Some(out)
    }

    fn note(&self, core: &Core) {
        self.in_transaction
            .store(!core.conn.is_autocommit(), Ordering::Release);
    }
}

/// Closes the connection on its thread and notes the end of that.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.dead.store(true, Ordering::Release);
        *lock(&self.0.core) = None;
    }
}

/// Interrupts a job whose caller went away.
struct Guard<'a> {
    worker: &'a Worker,
    job: u64,
    armed: bool,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if !self.armed {
            return;
        }
        let shared = &self.worker.shared;
        shared.cancelled.fetch_max(self.job, Ordering::AcqRel);
        // Under the lock no other job can start: the interrupt hits this one or none.
        let running = lock(&shared.running);
        if *running == self.job {
            self.worker.interrupt.interrupt();
        }
    }
}

impl Worker {
    /// Starts a thread that opens a connection and then does jobs in turn.
    pub(super) async fn start(
        open: impl FnOnce() -> Result<Connection, DbError> + Send + 'static,
    ) -> Result<Self, DbError> {
        let (jobs, inbox) = sync_mpsc::channel::<Job>();
        let (ready, opened) = oneshot::channel();
        let shared = Arc::<Shared>::default();
        let ending = Ending(Arc::clone(&shared));
        let spawned = std::thread::Builder::new()
            .name("orm-sqlite".into())
            .spawn(move || {
                let shared = &ending.0;
                let conn = match open() {
                    Ok(conn) => conn,
                    Err(error) => {
                        let _ = ready.send(Err(error));
                        return;
                    }
                };
                let interrupt = conn.get_interrupt_handle();
                let names = Names::default();
                *lock(&shared.core) = Some(Core {
                    conn,
                    names,
                    room: Vec::new(),
                });
                if ready.send(Ok(interrupt)).is_err() {
                    return;
                }
                while let Ok(job) = inbox.recv() {
                    job(shared);
                }
            });
        if let Err(error) = spawned {
            let message = format!("cannot start a thread for the SQLite connection: {error}");
            return Err(DbError::new(DbErrorKind::Resource, message).with_source(error));
        }
        let interrupt = opened.await.unwrap_or_else(|_| Err(gone()))?;
        Ok(Self {
            jobs,
            shared,
            interrupt,
        })
    }

    pub(super) fn in_transaction(&self) -> bool {
        self.shared.in_transaction.load(Ordering::Acquire)
    }

    /// Whether the thread still takes jobs.
    pub(super) fn is_alive(&self) -> bool {
        !self.shared.dead.load(Ordering::Acquire)
    }

    fn send(&self, job: Job) -> bool {
        self.shared.pending.fetch_add(1, Ordering::AcqRel);
        self.jobs.send(job).is_ok()
    }

    /// Runs a job without waiting for it.
    pub(super) fn post(&self, job: impl FnOnce(&mut Core) + Send + 'static) -> bool {
        self.send(Box::new(move |shared| {
            let _ = catch_unwind(AssertUnwindSafe(|| shared.on_core(job)));
            shared.pending.fetch_sub(1, Ordering::AcqRel);
        }))
    }

    /// Runs a job here and now; `None`, and nothing done, if the connection has something else to do.
    ///
    /// Only for what is short for certain: the caller's thread belongs to an async runtime.
    pub(super) fn at_once<T>(&self, job: impl FnOnce(&mut Core) -> T) -> Option<T> {
        let mut core = match self.shared.core.try_lock() {
            Ok(core) => core,
            Err(TryLockError::Poisoned(core)) => core.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        // What was sent before goes first: a ROLLBACK that a dropped transaction left.
        if self.shared.pending.load(Ordering::Acquire) != 0 {
            return None;
        }
        let core = core.as_mut()?;
        let out = job(core);
        self.shared.note(core);
        Some(out)
    }

    /// Runs a job and waits for its result. Dropping the future interrupts the job.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Core) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        let number = self.shared.next.fetch_add(1, Ordering::Relaxed) + 1;
        let (reply, answer) = oneshot::channel::<Outcome<T>>();
        let run = move |shared: &Shared| {
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                let done = shared.on_core(|core| {
                    *lock(&shared.running) = number;
                    let result = match shared.cancelled.load(Ordering::Acquire) >= number {
                        true => Err(gone()),
                        false => job(core),
                    };
                    *lock(&shared.running) = 0;
                    result
                });
                done.unwrap_or_else(|| Err(gone()))
            }));
            if outcome.is_err() {
                *lock(&shared.running) = 0;
            }
            shared.pending.fetch_sub(1, Ordering::AcqRel);
            let _ = reply.send(outcome);
        };
        if !self.send(Box::new(run)) {
            return Err(gone());
        }
        let mut guard = Guard {
            worker: self,
            job: number,
            armed: true,
        };
        let outcome = answer.await;
        guard.armed = false;
        match outcome {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(gone()),
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("in_transaction", &self.in_transaction())
            .field("alive", &self.is_alive())
            .finish_non_exhaustive()
    }
}

fn gone() -> DbError {
    DbError::new(
        DbErrorKind::ConnectionLost,
        "the thread of the SQLite connection has ended",
    )
}
