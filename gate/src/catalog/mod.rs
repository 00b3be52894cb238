//! What the tables are. It lives in the backend, in the comments of tables, columns and indexes, so
//! that it goes with them through every ALTER and RENAME; here are only copies of it.

mod info;
mod install;
mod meta;
mod show;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub(crate) use info::{TableInfo, backend_column, type_head};
pub(crate) use install::{SCHEMA, install, scoped};

type Name = (String, String);

/// Copies of table descriptions, shared by all sessions; dropped when DDL runs.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    tables: HashMap<Name, Option<Arc<TableInfo>>>,
    /// Raised by each DDL statement, so that what was read before it is not kept.
    generation: u64,
    /// DDL statements that run now: nothing read meanwhile is kept.
    running: u32,
    /// A client left its DDL while it ran: it may take effect any time until then.
    unsure_until: Option<Instant>,
}

/// How long a statement that nobody waits for may go on.
const UNSURE: Duration = Duration::from_secs(10);

/// While it lives, a DDL statement runs.
#[derive(Debug)]
pub(crate) struct DdlGuard {
    catalog: Arc<Catalog>,
    answered: bool,
}

impl DdlGuard {
    /// The backend has answered.
    pub(crate) fn answered(mut self) {
        self.answered = true;
    }
}

impl Catalog {
    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A kept description; the outer `None` says that it must be read.
    pub(crate) fn get(&self, database: &str, table: &str) -> Option<Option<Arc<TableInfo>>> {
        let inner = self.lock();
        inner
            .tables
            .get(&(database.to_owned(), table.to_owned()))
            .cloned()
    }

    pub(crate) fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// Keeps a description that was read since `generation`.
    pub(crate) fn put(
        &self,
        database: &str,
        table: &str,
        info: Option<Arc<TableInfo>>,
        generation: u64,
    ) {
        let mut inner = self.lock();
        let sure = inner
            .unsure_until
            .is_none_or(|until| until < Instant::now());
        if inner.generation == generation && inner.running == 0 && sure {
            inner
                .tables
                .insert((database.to_owned(), table.to_owned()), info);
        }
    }

    pub(crate) fn ddl(self: &Arc<Self>) -> DdlGuard {
        self.lock().running += 1;
        DdlGuard {
            catalog: Arc::clone(self),
            answered: false,
        }
    }

    /// Forgets every copy.
    pub(crate) fn forget(&self) {
        let mut inner = self.lock();
        inner.tables.clear();
        inner.generation += 1;
    }
}

impl Drop for DdlGuard {
    fn drop(&mut self) {
        let mut inner = self.catalog.lock();
        inner.running -= 1;
        if !self.answered {
            inner.unsure_until = Instant::now().checked_add(UNSURE);
        }
        inner.tables.clear();
        inner.generation += 1;
    }
}
