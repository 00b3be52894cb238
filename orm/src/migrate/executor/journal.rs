//! A migration as steps in a journal, where DDL commits.

use std::collections::BTreeSet;
use std::time::Instant;

use super::targets::{Order, label};
use super::transaction::{record, send};
use super::{InDoubt, MigrateError, Migrator, PlannedMigration, prepare};
use crate::backend::{Connection, DbError, DbErrorKind};
use crate::migrate::lock::MigrationLock;
use crate::migrate::probe::{self, Effect};
use crate::migrate::recorder::{JournalStep, Recorder, StepStatus};
use crate::migrate::{Action, Direction};

/// The steps of migrations that an earlier run left half done.
pub(super) async fn unfinished(
    recorder: &Recorder<'_>,
    applied: &BTreeSet<(String, String)>,
) -> Result<Vec<JournalStep>, DbError> {
    let steps = recorder.steps().await?;
    // The record is written before the steps are cleared: what it says is through.
    let through = |s: &JournalStep| {
        applied.contains(&(s.app.clone(), s.name.clone())) == (s.direction == Direction::Forwards)
    };
    let (stale, open): (Vec<_>, Vec<_>) = steps.into_iter().partition(through);
    for step in stale {
        recorder.clear_steps(&step.app, &step.name).await?;
    }
    Ok(open)
}

/// Refuses a plan that leaves a half-done migration as it is, or turns it round.
pub(super) fn check_plan(
    order: &Order<'_>,
    plan: &[(usize, Direction)],
    journal: &[JournalStep],
) -> Result<(), MigrateError> {
    for step in journal {
        let finishes = plan.iter().any(|(at, direction)| {
            let migration = order.migrations[*at];
            migration.app == step.app && migration.name == step.name && *direction == step.direction
        });
        if finishes {
            continue;
        }
        let own: Vec<&JournalStep> = journal
            .iter()
            .filter(|s| (&s.app, &s.name) == (&step.app, &step.name))
            .collect();
        let name = match step.direction {
            Direction::Forwards => step.name.clone(),
            Direction::Backwards => before(order, step),
        };
        return Err(MigrateError::HalfDone {
            migration: format!("{}.{}", step.app, step.name),
            app: step.app.clone(),
            name,
            direction: step.direction,
            done: own.iter().filter(|s| s.status == StepStatus::Done).count(),
            total: own.len(),
        });
    }
    Ok(())
}

/// The target that undoes a migration: the one before it in its application.
fn before(order: &Order<'_>, step: &JournalStep) -> String {
    let own = order.migrations.iter().filter(|m| m.app == step.app);
    let earlier = own.take_while(|m| m.name != step.name).last();
    earlier.map_or_else(|| "zero".to_owned(), |m| m.name.clone())
}

/// Runs a migration step by step, from where an earlier run stopped.
pub(super) async fn run(
    migrator: &Migrator<'_>,
    connection: &Connection,
    lock: &MigrationLock,
    planned: &PlannedMigration<'_>,
    journal: &[JournalStep],
) -> Result<(), MigrateError> {
    let migration = planned.migration;
    let own = |s: &&JournalStep| s.app == migration.app && s.name == migration.name;
    let journal: Vec<&JournalStep> = journal.iter().filter(own).collect();
    check_unchanged(planned, &journal)?;
    let done = journal
        .iter()
        .filter(|s| s.status == StepStatus::Done)
        .count();
    let total = planned.steps.len();
    migrator
        .options
        .progress
        .migration_begins(migration, planned.direction, total, done);
    let recorder = Recorder::new(connection);
    let run = Run {
        migrator,
        connection,
        lock,
        planned,
        recorder: &recorder,
        checksum: migration.checksum(),
    };
    let mut operation = None;
    for at in 0..total {
        let noted = journal.iter().find(|s| s.position == at as i64).copied();
        let number = planned.steps[at].operation_number;
        let begins = operation.replace(number) != Some(number);
        if begins && noted.is_none() {
            prepare::check_operation(connection, planned, number).await?;
        }
        run.step(at, noted).await?;
    }
    finish(connection, planned).await?;
    Ok(())
}

/// Whether the migration is still what it was when it began. Only what comes from a step on that the
/// database refused may be mended: nothing of that has run.
fn check_unchanged(
    planned: &PlannedMigration<'_>,
    journal: &[&JournalStep],
) -> Result<(), MigrateError> {
    let Some(last) = journal.last() else {
        return Ok(());
    };
    let refused = last.status == StepStatus::Failed;
    let changed = |step: &&JournalStep| {
        let now = usize::try_from(step.position)
            .ok()
            .and_then(|at| planned.steps.get(at));
        let fixed = !(refused && step.position == last.position);
        fixed && now.is_none_or(|n| statement(n) != step.statement)
    };
    let what = if !refused && last.checksum != planned.migration.checksum() {
        "its file"
    } else if journal.iter().copied().any(|s| changed(&s)) {
        "the SQL of its steps"
    } else {
        return Ok(());
    };
    Err(MigrateError::ChangedHalfWay {
        migration: planned.label(),
        done: journal
            .iter()
            .filter(|s| s.status == StepStatus::Done)
            .count(),
        what: what.to_owned(),
    })
}

/// A step as the journal notes it.
fn statement(step: &prepare::PlannedStep) -> String {
    match &step.step.action {
        Action::Code(name) => format!("-- code {name}"),
        _ => step.sql.clone(),
    }
}

/// Writes the record and clears the journal in one transaction.
async fn finish(connection: &Connection, planned: &PlannedMigration<'_>) -> Result<(), DbError> {
    let transaction = connection.begin().await?;
    let recorder = Recorder::new(&transaction);
    record(&recorder, planned).await?;
    recorder
        .clear_steps(&planned.migration.app, &planned.migration.name)
        .await?;
    transaction.commit().await
}

struct Run<'a> {
    migrator: &'a Migrator<'a>,
    connection: &'a Connection,
    lock: &'a MigrationLock,
    planned: &'a PlannedMigration<'a>,
    recorder: &'a Recorder<'a>,
    checksum: String,
}

impl Run<'_> {
    async fn step(&self, at: usize, noted: Option<&JournalStep>) -> Result<(), MigrateError> {
        match noted.map(|n| n.status) {
            Some(StepStatus::Done) => return Ok(()),
            Some(StepStatus::Started) if self.took_effect(at).await? => {
                let step = self.journal_step(at);
                return Ok(self.recorder.step_ended(&step, StepStatus::Done).await?);
            }
            _ => {}
        }
        self.lock.check().await.map_err(MigrateError::LockLost)?;
        let step = self.journal_step(at);
        self.recorder.step_started(&step, noted.is_some()).await?;
        let (total, progress) = (self.planned.steps.len(), self.migrator.options.progress);
        let planned = &self.planned.steps[at];
        let started = Instant::now();
        progress.step_begins(at + 1, total, &planned.step, &planned.sql);
        if let Err(error) = send(self.migrator, self.connection, self.planned, at, false).await {
            if refused(&error) {
                // If this is lost too, the step is in doubt, which is safe.
                let noted = self.recorder.step_ended(&step, StepStatus::Failed).await;
                if let Err(failed) = noted {
                    tracing::debug!(target: "orm::migrate", error = failed.message, "noting a failed step");
                }
            }
            return Err(error);
        }
        self.recorder.step_ended(&step, StepStatus::Done).await?;
        progress.step_ends(at + 1, total, &planned.step, started.elapsed());
        Ok(())
    }

    fn journal_step(&self, at: usize) -> JournalStep {
        JournalStep {
            app: self.planned.migration.app.clone(),
            name: self.planned.migration.name.clone(),
            position: at as i64,
            direction: self.planned.direction,
            status: StepStatus::Started,
            checksum: self.checksum.clone(),
            statement: statement(&self.planned.steps[at]),
        }
    }

    /// Whether the step in doubt took effect: by the catalog, else by what the user says.
    async fn took_effect(&self, at: usize) -> Result<bool, MigrateError> {
        let step = &self.planned.steps[at];
        let effect = match &step.step.action {
            Action::Ddl(ddl) => probe::effect(self.connection, ddl).await?,
            Action::Sql(_) | Action::Code(_) => Effect::Unknown,
        };
        match (effect, self.migrator.options.in_doubt) {
            (Effect::Taken, _) | (Effect::Unknown, Some(InDoubt::Done)) => Ok(true),
            (Effect::NotTaken, _) | (Effect::Unknown, Some(InDoubt::Again)) => Ok(false),
            (Effect::Unknown, None) => Err(MigrateError::InDoubt {
                migration: label(self.planned.migration),
                step: at + 1,
                total: self.planned.steps.len(),
                statement: statement(step),
            }),
        }
    }
}

/// Whether the database refused the statement, so that it took no effect.
fn refused(error: &MigrateError) -> bool {
    let MigrateError::Statement { source, .. } = error else {
        return false;
    };
    use DbErrorKind as K;
    !matches!(
        source.kind,
        K::ConnectionLost | K::Timeout | K::Cancelled | K::Retryable(_) | K::Other
    )
}
