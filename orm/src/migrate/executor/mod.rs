//! Applies and undoes migrations.
//!
//! Where DDL is transactional (SQLite), a migration is one transaction with its record. Elsewhere
//! each step is one statement, noted in `orm_migration_steps` before and after, so that a run that
//! was killed at any point is continued: the catalog is asked whether the step in doubt took effect.

mod batches;
mod code;
mod error;
mod journal;
mod moving;
mod prepare;
mod targets;
mod transaction;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use code::{
    BatchFn, Code, CodeBatches, CodeError, CodeFn, CodeRegistry, DataMigration, LinkedCode, Moved,
    Progress, Silent,
};
pub use error::MigrateError;
pub use prepare::{PlannedMigration, PlannedStep};
pub use targets::Target;

use super::kept::{self, KeptTable};
use super::lock::{LockFailure, MigrationLock, connection_number};
use super::recorder::{AppliedMigration, Recorder, StepStatus};
use super::{Direction, Migration, StorageTypes};
use crate::backend::{Connection, Db, DbErrorKind, Executor as _};
use targets::{Order, label};

/// What to do with a step of which nobody knows whether it took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InDoubt {
    /// It took effect.
    Done,
    /// It did not, or doing it again does no harm.
    Again,
}

static NO_STORAGE_TYPES: StorageTypes = StorageTypes::new();

/// How migrations run.
#[derive(Clone, Copy)]
pub struct MigrateOptions<'a> {
    /// Record migrations without running them.
    pub fake: bool,
    /// Record an initial migration without running it if all its tables are there.
    pub fake_initial: bool,
    /// The code of `run_code` operations.
    pub code: &'a dyn CodeRegistry,
    /// Who is told of progress.
    pub progress: &'a dyn Progress,
    /// The answer to a step in doubt; `None` asks for one by an error.
    pub in_doubt: Option<InDoubt>,
    /// The storage types of applications' models that name none.
    pub storage: &'a StorageTypes,
    /// Rows of a part, where a table is copied part by part; `None` lets the time that parts take
    /// decide (half a second to two).
    pub part_rows: Option<u64>,
    /// How long to wait for another migrator to end. On SQLite the database's `busy_timeout` counts.
    pub lock_wait: Duration,
}

impl Default for MigrateOptions<'_> {
    fn default() -> Self {
        Self {
            fake: false,
            fake_initial: false,
            code: &LinkedCode,
            progress: &Silent,
            in_doubt: None,
            storage: &NO_STORAGE_TYPES,
            part_rows: None,
            lock_wait: Duration::from_secs(5),
        }
    }
}

impl std::fmt::Debug for MigrateOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MigrateOptions")
            .field("fake", &self.fake)
            .field("fake_initial", &self.fake_initial)
            .field("in_doubt", &self.in_doubt)
            .field("lock_wait", &self.lock_wait)
            .finish_non_exhaustive()
    }
}

/// Applies and undoes the migrations of a project on a database.
///
/// Django: `MigrationExecutor`.
#[derive(Debug)]
pub struct Migrator<'a> {
    db: &'a Db,
    order: Order<'a>,
    options: MigrateOptions<'a>,
}

/// A migration that a run applied or undid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The application.
    pub app: String,
    /// The name.
    pub name: String,
    /// Which way.
    pub direction: Direction,
    /// Whether it was only recorded.
    pub faked: bool,
}

impl<'a> Migrator<'a> {
    /// Takes all migrations of the project, in any order.
    ///
    /// # Errors
    /// [`MigrateError::Dependency`] if one depends on a migration that is missing, or on itself.
    pub fn new(
        db: &'a Db,
        migrations: &'a [Migration],
        options: MigrateOptions<'a>,
    ) -> Result<Self, MigrateError> {
        Ok(Self {
            db,
            order: Order::new(migrations)?,
            options,
        })
    }

    /// All migrations, each after what it depends on.
    pub fn migrations(&self) -> impl Iterator<Item = &'a Migration> {
        self.order.migrations.iter().copied()
    }

    /// The migrations that the database says are applied, in the order they were; creates nothing.
    ///
    /// # Errors
    /// [`MigrateError::Db`].
    pub async fn applied(&self) -> Result<Vec<AppliedMigration>, MigrateError> {
        Ok(Recorder::new(self.db).applied().await?)
    }

    /// Applied migrations whose file has changed since, as `app.name`.
    pub fn changed(&self, applied: &[AppliedMigration]) -> Vec<String> {
        let differs = |m: &&Migration| {
            let record = applied.iter().find(|a| a.app == m.app && a.name == m.name);
            record.is_some_and(|a| !m.is_recorded_as(&a.checksum))
        };
        self.order
            .migrations
            .iter()
            .copied()
            .filter(differs)
            .map(label)
            .collect()
    }

    /// What a run would do, with the rows it would move; changes nothing. A migration that the
    /// database cannot do is part of it, with the reason.
    ///
    /// # Errors
    /// As [`run`](Self::run), before it changes anything, but for [`MigrateError::Plan`].
    pub async fn plan(
        &self,
        targets: &[Target],
    ) -> Result<Vec<PlannedMigration<'a>>, MigrateError> {
        let mut applied = keys(&self.applied().await?);
        let order = self.order.resolved(&mut applied)?;
        order.check_history(&applied)?;
        let plan = order.plan(targets, &applied)?;
        let mut prepared = prepare::prepare(
            &order,
            &plan,
            &applied,
            self.db.dialect(),
            self.options.storage,
            true,
        )?;
        prepare::count_rows(self.db, &mut prepared).await?;
        Ok(prepared)
    }

    /// Applies and undoes migrations until the targets are reached; hands back what it did.
    ///
    /// # Errors
    /// [`MigrateError::Locked`] if somebody else migrates; [`MigrateError::Rows`],
    /// [`MigrateError::NoCode`], [`MigrateError::Plan`] before anything runs; else what stopped it.
    ///
    /// Django: `migrate`.
    pub async fn run(&self, targets: &[Target]) -> Result<Vec<Ran>, MigrateError> {
        let connection = Arc::new(self.db.acquire().await?);
        let transactional = self.db.dialect().features().transactional_ddl;
        Recorder::new(connection.as_ref())
            .ensure_tables()
            .await
            .map_err(|e| transaction::busy(self.db, e))?;
        let lock = match transactional {
            true => None,
            false => Some(self.lock(&connection).await?),
        };
        let result = self.run_locked(&connection, lock.as_ref(), targets).await;
        if let Some(lock) = lock {
            lock.release(self.db).await;
        }
        result
    }

    async fn lock(&self, connection: &Connection) -> Result<MigrationLock, MigrateError> {
        let number = connection_number(connection).await;
        match MigrationLock::acquire(self.db, self.options.lock_wait, number).await {
            Ok(lock) => Ok(lock),
            Err(LockFailure::Held(owner)) => Err(MigrateError::Locked { owner }),
            Err(LockFailure::Db(error)) => Err(error.into()),
        }
    }

    /// The tables that earlier migrations copied and kept, by name.
    ///
    /// # Errors
    /// [`MigrateError::Db`].
    pub async fn kept(&self) -> Result<Vec<KeptTable>, MigrateError> {
        Ok(kept::all(self.db).await?)
    }

    /// Drops the tables that earlier migrations copied and kept; hands back which.
    ///
    /// # Errors
    /// [`MigrateError::Locked`] if somebody migrates; [`MigrateError::HalfDone`] if a migration is
    /// under way, which may need them.
    pub async fn prune(&self) -> Result<Vec<KeptTable>, MigrateError> {
        let found = self.kept().await?;
        if found.is_empty() {
            return Ok(found);
        }
        let connection = self.db.acquire().await?;
        let lock = self.lock(&connection).await?;
        let result = self.prune_locked(&connection).await;
        lock.release(self.db).await;
        result
    }

    async fn prune_locked(&self, connection: &Connection) -> Result<Vec<KeptTable>, MigrateError> {
        let recorder = Recorder::new(connection);
        let applied = keys(&recorder.applied().await?);
        let journal = journal::unfinished(&recorder, &applied).await?;
        journal::check_plan(&self.order, &[], &journal)?;
        let found = kept::all(connection).await?;
        for table in &found {
            kept::drop_kept(connection, &table.table).await?;
        }
        Ok(found)
    }

    async fn run_locked(
        &self,
        connection: &Arc<Connection>,
        lock: Option<&MigrationLock>,
        targets: &[Target],
    ) -> Result<Vec<Ran>, MigrateError> {
        let recorder = Recorder::new(connection.as_ref());
        let recorded = recorder.applied().await?;
        for name in self.changed(&recorded) {
            let text = format!("the file of {name} has changed since it was applied");
            self.options.progress.note(&text);
        }
        let mut applied = keys(&recorded);
        self.record_squashed(&recorder, &mut applied).await?;
        let order = self.order.resolved(&mut applied)?;
        order.check_history(&applied)?;
        let plan = order.plan(targets, &applied)?;
        let journal = journal::unfinished(&recorder, &applied).await?;
        journal::check_plan(&order, &plan, &journal)?;
        let prepared = prepare::prepare(
            &order,
            &plan,
            &applied,
            self.db.dialect(),
            self.options.storage,
            false,
        )?;
        if !self.options.fake {
            let features = self.db.dialect().features();
            prepare::check_version(&prepared, self.db.dialect(), self.db.version())?;
            prepare::check_code(&prepared, self.options.code, features)?;
            prepare::check_rows(connection.as_ref(), &prepared, &journal).await?;
            prepare::check_free(connection.as_ref(), &prepared, &journal).await?;
        }
        self.renew_checksums(&recorder, &recorded).await?;
        let mut ran = Vec::new();
        for planned in &prepared {
            if let Some(done) = self.run_one(connection, lock, planned, &journal).await? {
                ran.push(done);
            }
        }
        Ok(ran)
    }

    /// Runs one migration; `None` if another process did so meanwhile.
    async fn run_one(
        &self,
        connection: &Arc<Connection>,
        lock: Option<&MigrationLock>,
        planned: &PlannedMigration<'_>,
        journal: &[super::recorder::JournalStep],
    ) -> Result<Option<Ran>, MigrateError> {
        let started = Instant::now();
        let migration = planned.migration;
        // A step that the database refused has not run.
        let begun = journal.iter().any(|s| {
            (&s.app, &s.name) == (&migration.app, &migration.name) && s.status != StepStatus::Failed
        });
        let faked = !begun && self.is_faked(connection, planned).await?;
        if faked {
            self.record_only(connection, planned).await?;
        } else if let Some(lock) = lock {
            journal::run(self, connection, lock, planned, journal).await?;
        } else if !transaction::run(self, connection, planned).await? {
            let text = format!("{} was done by another process meanwhile", label(migration));
            self.options.progress.note(&text);
            return Ok(None);
        }
        let progress = self.options.progress;
        progress.migration_ends(migration, planned.direction, started.elapsed(), faked);
        Ok(Some(Ran {
            app: migration.app.clone(),
            name: migration.name.clone(),
            direction: planned.direction,
            faked,
        }))
    }

    async fn is_faked(
        &self,
        connection: &Connection,
        planned: &PlannedMigration<'_>,
    ) -> Result<bool, MigrateError> {
        if self.options.fake {
            return Ok(true);
        }
        let initial = planned.direction == Direction::Forwards && planned.migration.is_initial();
        if !(self.options.fake_initial && initial) {
            return Ok(false);
        }
        prepare::stands_already(connection, planned).await
    }

    async fn record_only(
        &self,
        connection: &Connection,
        planned: &PlannedMigration<'_>,
    ) -> Result<(), MigrateError> {
        let recorder = Recorder::new(connection);
        let migration = planned.migration;
        match planned.direction {
            Direction::Forwards => {
                recorder
                    .record(&migration.app, &migration.name, &migration.checksum(), "")
                    .await?;
            }
            Direction::Backwards => recorder.forget(migration).await?,
        }
        Ok(())
    }

    /// Writes checksums of an earlier form in today's: the earlier ones are over `depends_on` as well,
    /// and would not be known again once that is edited, as it is when a squash is over.
    async fn renew_checksums(
        &self,
        recorder: &Recorder<'_>,
        recorded: &[AppliedMigration],
    ) -> Result<(), MigrateError> {
        for migration in &self.order.migrations {
            let own = |a: &&AppliedMigration| a.app == migration.app && a.name == migration.name;
            let Some(record) = recorded.iter().find(own) else {
                continue;
            };
            let checksum = migration.checksum();
            if record.checksum == checksum || !migration.is_recorded_as(&record.checksum) {
                continue;
            }
            match recorder.renew_checksum(record, &checksum).await {
                // A run that has nothing to do needs no right to write.
                Err(error) if error.kind == DbErrorKind::ReadOnly => return Ok(()),
                done => done.map_err(|e| transaction::busy(self.db, e))?,
            }
        }
        Ok(())
    }

    /// Records a squashed migration whose parts are all applied.
    async fn record_squashed(
        &self,
        recorder: &Recorder<'_>,
        applied: &mut BTreeSet<(String, String)>,
    ) -> Result<(), MigrateError> {
        for migration in &self.order.migrations {
            let replaced = !migration.replaces.is_empty()
                && migration.replaces.iter().all(|key| applied.contains(key));
            if replaced && applied.insert(migration.key()) {
                recorder
                    .record(&migration.app, &migration.name, &migration.checksum(), "")
                    .await?;
            }
        }
        Ok(())
    }
}

fn keys(applied: &[AppliedMigration]) -> BTreeSet<(String, String)> {
    applied
        .iter()
        .map(|a| (a.app.clone(), a.name.clone()))
        .collect()
}
