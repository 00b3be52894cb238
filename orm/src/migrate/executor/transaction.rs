//! A migration as one transaction, where DDL takes part in transactions.

use std::sync::Arc;
use std::time::Instant;

use super::batches::Runner;
use super::prepare::{self, check_operation};
use super::targets::label;
use super::{MigrateError, Migrator, PlannedMigration};
use crate::ast::Ddl;
use crate::backend::{Connection, Db, DbError, DbErrorKind, Executor, RetryCause, Transaction};
use crate::migrate::note::{OwnerNote, holder};
use crate::migrate::recorder::{Recorder, plain, read};
use crate::migrate::{Action, Direction, probe};

/// Runs a migration; `false` if it was done already.
pub(super) async fn run(
    migrator: &Migrator<'_>,
    connection: &Arc<Connection>,
    planned: &PlannedMigration<'_>,
) -> Result<bool, MigrateError> {
    let rebuilds = |s: &super::prepare::PlannedStep| {
        matches!(s.step.action, Action::Ddl(Ddl::CopyRows { .. }))
    };
    let rebuilds = planned.steps.iter().any(rebuilds);
    if !rebuilds {
        return in_transaction(migrator, connection, planned, false).await;
    }
    let unchecked = Unchecked::new(Arc::clone(connection)).await?;
    let result = in_transaction(migrator, connection, planned, true).await;
    unchecked.end().await?;
    result
}

/// A connection whose check of foreign keys is off, until this ends, also by being dropped.
///
/// Within the transaction the switch would do nothing. Dropping the old table with the check on
/// would count every reference to it as broken.
struct Unchecked(Option<Arc<Connection>>);

impl Unchecked {
    async fn new(connection: Arc<Connection>) -> Result<Self, DbError> {
        let unchecked = Self(Some(connection));
        if let Some(connection) = &unchecked.0 {
            connection
                .execute(plain("PRAGMA foreign_keys = OFF"))
                .await?;
        }
        Ok(unchecked)
    }

    async fn end(mut self) -> Result<(), DbError> {
        if let Some(connection) = &self.0 {
            connection.execute(plain(CHECK_ON)).await?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Unchecked {
    /// The run was cancelled: the connection goes back to the pool only with the check on.
    fn drop(&mut self) {
        let runtime = tokio::runtime::Handle::try_current();
        if let (Some(connection), Ok(runtime)) = (self.0.take(), runtime) {
            runtime.spawn(async move {
                for statement in [CHECK_ON, LEGACY_OFF] {
                    if let Err(error) = connection.execute(plain(statement)).await {
                        let error = error.message.as_str();
                        tracing::warn!(target: "orm::migrate", error, statement, "cleaning up a connection");
                    }
                }
            });
        }
    }
}

async fn in_transaction(
    migrator: &Migrator<'_>,
    connection: &Connection,
    planned: &PlannedMigration<'_>,
    rebuilds: bool,
) -> Result<bool, MigrateError> {
    let begun = connection.begin().await;
    let transaction = begun.map_err(|e| busy(migrator.db, e))?;
    let _note = OwnerNote::leave(migrator.db);
    match steps(migrator, &transaction, planned, rebuilds).await {
        Ok(true) => {
            transaction.commit().await?;
            Ok(true)
        }
        Ok(false) => {
            transaction.rollback().await?;
            Ok(false)
        }
        Err(error) => {
            // The error that stopped the migration is the one to tell.
            if let Err(failed) = transaction.rollback().await {
                tracing::debug!(target: "orm::migrate", error = failed.message, "rollback failed");
            }
            Err(error)
        }
    }
}

async fn steps(
    migrator: &Migrator<'_>,
    transaction: &Transaction,
    planned: &PlannedMigration<'_>,
    rebuilds: bool,
) -> Result<bool, MigrateError> {
    let recorder = Recorder::new(transaction);
    let migration = planned.migration;
    let is =
        |a: &crate::migrate::AppliedMigration| a.app == migration.app && a.name == migration.name;
    let applied = recorder.applied().await?.iter().any(is);
    if applied == (planned.direction == Direction::Forwards) {
        return Ok(false);
    }
    let progress = migrator.options.progress;
    let total = planned.steps.len();
    progress.migration_begins(migration, planned.direction, total, 0);
    let orphans_before = if rebuilds {
        orphans(transaction).await?.len()
    } else {
        0
    };
    let mut open: Vec<Rebuild> = Vec::new();
    for (at, step) in planned.steps.iter().enumerate() {
        let number = |at: usize| planned.steps.get(at).map(|s| s.operation_number);
        if at == 0 || number(at - 1) != number(at) {
            check_operation(transaction, planned, step.operation_number).await?;
        }
        let started = Instant::now();
        progress.step_begins(at + 1, total, &step.step, &step.sql);
        send_or_rebuild(migrator, transaction, planned, at, &mut open).await?;
        if number(at + 1) != number(at) {
            for rebuild in open.drain(..) {
                rebuild.restore(transaction, planned).await?;
            }
        }
        progress.step_ends(at + 1, total, &step.step, started.elapsed());
    }
    if rebuilds {
        let orphans = orphans(transaction).await?;
        if orphans.len() > orphans_before {
            let migration = planned.label();
            return Err(MigrateError::Orphans { migration, orphans });
        }
    }
    record(&recorder, planned).await?;
    Ok(true)
}

/// Sends one step, with what a rebuild of a table needs around it.
async fn send_or_rebuild(
    migrator: &Migrator<'_>,
    transaction: &Transaction,
    planned: &PlannedMigration<'_>,
    at: usize,
    open: &mut Vec<Rebuild>,
) -> Result<(), MigrateError> {
    let legacy = match &planned.steps[at].step.action {
        Action::Ddl(Ddl::CopyRows { from, to, .. }) => {
            open.push(Rebuild::of(transaction, from, to).await?);
            false
        }
        Action::Ddl(Ddl::RenameTable { from, .. }) => open.iter().any(|r| r.to == *from),
        _ => false,
    };
    if !legacy {
        return send(migrator, transaction, planned, at, true).await;
    }
    // The views on the table name it while it is away, and nothing names the new one: SQLite shall
    // rename it without a look at them.
    transaction
        .execute(plain("PRAGMA legacy_alter_table = ON"))
        .await?;
    let sent = send(migrator, transaction, planned, at, true).await;
    transaction.execute(plain(LEGACY_OFF)).await?;
    sent
}

const LEGACY_OFF: &str = "PRAGMA legacy_alter_table = OFF";
const CHECK_ON: &str = "PRAGMA foreign_keys = ON";

/// A table that is being made anew, and what the user's own statements put on the old one: it goes
/// with that, and is made again.
struct Rebuild {
    to: String,
    /// Name and statement of triggers and indexes.
    own: Vec<(String, String)>,
}

impl Rebuild {
    async fn of(db: &dyn Executor, from: &str, to: &str) -> Result<Self, DbError> {
        Ok(Self {
            to: to.to_owned(),
            own: probe::triggers_and_indexes(db, from).await?,
        })
    }

    /// Makes again what the plan does not.
    async fn restore(
        self,
        db: &dyn Executor,
        planned: &PlannedMigration<'_>,
    ) -> Result<(), MigrateError> {
        for (name, statement) in self.own {
            if probe::schema_object_exists(db, &name).await? {
                continue;
            }
            let made = db.execute(plain(statement)).await;
            made.map_err(|source| MigrateError::NotRestored {
                migration: planned.label(),
                name,
                source: Box::new(source),
            })?;
        }
        Ok(())
    }
}

/// Writes a migration into the history, or takes it out.
pub(super) async fn record(
    recorder: &Recorder<'_>,
    planned: &PlannedMigration<'_>,
) -> Result<(), DbError> {
    let migration = planned.migration;
    match planned.direction {
        Direction::Forwards => {
            let statements = planned.steps.iter().map(|s| match &s.step.action {
                Action::Code(code) => format!("-- code {}", code.name),
                _ if s.sql.is_empty() => format!("-- {}", s.step.comment),
                _ => format!("{};", s.sql),
            });
            let sql = statements.collect::<Vec<_>>().join("\n");
            recorder
                .record(&migration.app, &migration.name, &migration.checksum(), &sql)
                .await
        }
        Direction::Backwards => recorder.forget(migration).await,
    }
}

/// Sends one step.
pub(super) async fn send(
    migrator: &Migrator<'_>,
    db: &dyn Executor,
    planned: &PlannedMigration<'_>,
    at: usize,
    undone: bool,
) -> Result<(), MigrateError> {
    let step = &planned.steps[at];
    if let Action::Code(code) = &step.step.action {
        let runner = Runner {
            planned,
            at,
            code,
            progress: migrator.options.progress,
            part_rows: migrator.options.part_rows,
        };
        let found = prepare::code_of(planned, code, migrator.options.code)?;
        return runner.at_once(&found, db, undone).await;
    }
    let mut sent = db.execute(plain(step.sql.clone())).await;
    if let Err(error) = &sent
        && let Some(rebuild) = past_left_over_statistics(db, &step.step.action, error)
    {
        migrator.options.progress.note(&format!(
            "the server has left-over statistics under the new name of an index, so the table is built anew: {rebuild}"
        ));
        sent = db.execute(plain(rebuild)).await;
    }
    sent.map(drop).map_err(|source| MigrateError::Statement {
        migration: label(planned.migration),
        step: at + 1,
        total: planned.steps.len(),
        comment: step.step.comment.clone(),
        undone,
        source: Box::new(source),
    })
}

/// The statement in place of a renaming that the server's statistics stand in the way of.
///
/// InnoDB keeps statistics by the index's name, and saves them in the background: a save that began
/// before a renaming writes the old name again after it. When an index takes that name later, also
/// by the way back of the same migration, the server refuses with 1022 on its own table, undoes the
/// statement, and goes on to refuse it; ANALYZE TABLE does not help (MariaDB 10.11). Building the
/// table anew in the same statement does.
fn past_left_over_statistics(
    db: &dyn Executor,
    action: &Action,
    error: &DbError,
) -> Option<String> {
    let left_over = error.code == Some(1022) && error.message.contains("innodb_index_stats");
    let Action::Ddl(Ddl::RenameIndex {
        table, from, to, ..
    }) = action
    else {
        return None;
    };
    let again = Ddl::RenameIndex {
        table: table.clone(),
        from: from.clone(),
        to: to.clone(),
        rebuild: true,
    };
    left_over
        .then(|| db.dialect().render_ddl(&again).ok())
        .flatten()
}

/// Rows that refer to rows that are not there, in words.
async fn orphans(db: &dyn Executor) -> Result<Vec<String>, DbError> {
    let mut rows = db.fetch(plain("PRAGMA foreign_key_check")).await?;
    read(&mut rows, |row| {
        let (table, rowid, parent): (String, Option<i64>, String) =
            (row.get()?, row.get()?, row.get()?);
        let rowid = rowid.map(|r| format!(" {r}")).unwrap_or_default();
        Ok(format!(
            "row{rowid} of {table} refers to a missing row of {parent}"
        ))
    })
}

/// Another process that writes, in the words of a lock.
pub(super) fn busy(db: &Db, error: DbError) -> MigrateError {
    if error.kind == DbErrorKind::Retryable(RetryCause::LockTimeout) {
        let owner = holder(db, &error);
        return MigrateError::Locked { owner };
    }
    error.into()
}
