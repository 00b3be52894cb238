//! A migration as steps in a journal, where DDL commits.

use std::collections::BTreeSet;
use std::time::Instant;

use super::batches::Runner;
use super::code::Code;
use super::moving::{Mover, Stop};
use super::targets::{Order, label};
use super::transaction::{record, send};
use super::{InDoubt, MigrateError, Migrator, PlannedMigration, prepare};
use crate::backend::{Connection, DbError, DbErrorKind};
use crate::migrate::kept;
use crate::migrate::lock::MigrationLock;
use crate::migrate::parts::Parts;
use crate::migrate::probe::{self, Effect};
use crate::migrate::recorder::{JournalStep, Recorder, StepStatus};
use crate::migrate::{Action, CodeStep, Direction, TableCopy};

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
    let what = if !refused && !planned.migration.is_recorded_as(&last.checksum) {
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
        Action::Code(code) => format!("-- code {}", code.name),
        _ if step.sql.is_empty() => format!("-- {}", step.step.comment),
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
            Some(status @ (StepStatus::Started | StepStatus::Alone))
                if self.took_effect(at, status).await? =>
            {
                let step = self.journal_step(at);
                return Ok(self.recorder.step_ended(&step, StepStatus::Done).await?);
            }
            _ => {}
        }
        self.lock.check().await.map_err(MigrateError::LockLost)?;
        let step = self.journal_step(at);
        if noted.is_some_and(|n| n.statement != step.statement) {
            // What a plan that the database refused has moved is not what this one moves.
            self.parts(at).clear().await?;
        }
        self.recorder.step_started(&step, noted.is_some()).await?;
        let (total, progress) = (self.planned.steps.len(), self.migrator.options.progress);
        let planned = &self.planned.steps[at];
        let started = Instant::now();
        progress.step_begins(at + 1, total, &planned.step, &planned.sql);
        // What the database refused has not run, and does not run now.
        let in_doubt = noted.is_some_and(|n| n.status != StepStatus::Failed);
        if let Err(error) = self.carry_out(at, &step, in_doubt).await {
            if refused(&error) {
                // If this is lost too, the step is in doubt, which is safe.
                let noted = self.recorder.step_ended(&step, StepStatus::Failed).await;
                if let Err(failed) = noted {
                    tracing::debug!(target: "orm::migrate", error = failed.message, "noting a failed step");
                }
            }
            return Err(error);
        }
        progress.step_ends(at + 1, total, &planned.step, started.elapsed());
        Ok(())
    }

    /// Does what the step says, and notes that it is done.
    async fn carry_out(
        &self,
        at: usize,
        step: &JournalStep,
        in_doubt: bool,
    ) -> Result<(), MigrateError> {
        let action = &self.planned.steps[at].step.action;
        match action {
            Action::Sql(text) if in_transaction(text) => return self.with_note(at, step).await,
            Action::Code(code) => return self.code(at, step, code).await,
            Action::Copy(copy) => self.moved(at, self.mover(at, at).copy(copy).await)?,
            Action::Settle(copy) => {
                let began = self.copy_of(at, copy);
                self.moved(at, self.mover(at, began).settle(copy).await)?;
            }
            Action::Fill(fill) => self.moved(at, self.mover(at, at).fill(fill).await)?,
            Action::Lookup(fill) => self.moved(at, self.mover(at, at).lookup(fill).await)?,
            Action::Keep { table, of } => kept::keep(self.connection, table, of).await?,
            Action::Unkeep { table } => kept::drop_kept(self.connection, table).await?,
            Action::Ddl(_) | Action::Sql(_) => self.sent(at, in_doubt).await?,
        }
        Ok(self.recorder.step_ended(step, StepStatus::Done).await?)
    }

    async fn sent(&self, at: usize, in_doubt: bool) -> Result<(), MigrateError> {
        let sent = send(self.migrator, self.connection, self.planned, at, false).await;
        let Err(error) = sent else { return Ok(()) };
        // The server may have gone on with the statement of a run that was killed, after the catalog
        // was asked about it.
        if in_doubt
            && refused(&error)
            && let Action::Ddl(ddl) = &self.planned.steps[at].step.action
            && probe::effect(self.connection, ddl).await? == Effect::Taken
        {
            return Ok(());
        }
        Err(error)
    }

    /// Runs rows' statements and code in one transaction with the note that they ran.
    async fn with_note(&self, at: usize, step: &JournalStep) -> Result<(), MigrateError> {
        let transaction = self.connection.begin().await?;
        match send(self.migrator, &transaction, self.planned, at, false).await {
            Ok(()) => {
                let recorder = Recorder::new(&transaction);
                recorder.step_ended(step, StepStatus::Done).await?;
                Ok(transaction.commit().await?)
            }
            Err(error) => {
                // The error that stopped the step is the one to tell.
                if let Err(failed) = transaction.rollback().await {
                    tracing::debug!(target: "orm::migrate", error = failed.message, "rollback failed");
                }
                if !is_alone(&error) || !matches!(self.action(at), Action::Sql(_)) {
                    return Err(error);
                }
                self.recorder.step_ended(step, StepStatus::Alone).await?;
                send(self.migrator, self.connection, self.planned, at, false).await?;
                Ok(self.recorder.step_ended(step, StepStatus::Done).await?)
            }
        }
    }

    fn action(&self, at: usize) -> &Action {
        &self.planned.steps[at].step.action
    }

    /// Runs code with the note that it ran: whole, or batch by batch.
    async fn code(
        &self,
        at: usize,
        step: &JournalStep,
        code: &CodeStep,
    ) -> Result<(), MigrateError> {
        let Some(Code::Batches(batches)) = self.migrator.options.code.get(&code.name) else {
            return self.with_note(at, step).await;
        };
        let runner = Runner {
            planned: self.planned,
            at,
            code,
            progress: self.migrator.options.progress,
            part_rows: self.migrator.options.part_rows,
        };
        runner
            .journaled(&batches, self.connection, self.lock, &self.parts(at))
            .await?;
        Ok(self.recorder.step_ended(step, StepStatus::Done).await?)
    }

    /// What moves the rows of a step; `began` is the step under which its parts are noted.
    fn mover(&self, at: usize, began: usize) -> Mover<'_> {
        Mover {
            db: self.connection,
            lock: self.lock,
            parts: self.parts(began),
            progress: self.migrator.options.progress,
            part_rows: self.migrator.options.part_rows,
            step: (at + 1, self.planned.steps.len()),
        }
    }

    fn parts(&self, at: usize) -> Parts<'_> {
        Parts {
            db: self.connection,
            app: &self.planned.migration.app,
            name: &self.planned.migration.name,
            position: at as i64,
        }
    }

    /// The step that copied what another one settles.
    fn copy_of(&self, at: usize, settled: &TableCopy) -> usize {
        let copies = |s: &prepare::PlannedStep| matches!(&s.step.action, Action::Copy(c) if c.to == settled.to);
        let before = &self.planned.steps[..at];
        before.iter().rposition(copies).unwrap_or(at)
    }

    fn moved(&self, at: usize, result: Result<(), Stop>) -> Result<(), MigrateError> {
        let (migration, step) = (self.planned.label(), at + 1);
        let total = self.planned.steps.len();
        let comment = self.planned.steps[at].step.comment.clone();
        match result {
            Ok(()) => Ok(()),
            Err(Stop::LockLost(error)) => Err(MigrateError::LockLost(error)),
            Err(Stop::Db(source)) => Err(MigrateError::Statement {
                migration,
                step,
                total,
                comment,
                undone: false,
                source: Box::new(source),
            }),
            Err(Stop::Duplicates {
                table,
                column,
                values,
            }) => Err(MigrateError::Duplicates {
                migration,
                operation: self.planned.steps[at].operation.clone(),
                table,
                column,
                values,
            }),
            Err(Stop::Unequal(problem)) => Err(MigrateError::Unequal {
                migration,
                step,
                total,
                comment,
                problem,
            }),
        }
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
    async fn took_effect(&self, at: usize, status: StepStatus) -> Result<bool, MigrateError> {
        let step = &self.planned.steps[at];
        let effect = match &step.step.action {
            Action::Ddl(ddl) => probe::effect(self.connection, ddl).await?,
            // They are noted in their own transaction.
            Action::Code(_) => Effect::NotTaken,
            Action::Sql(text) if in_transaction(text) && status != StepStatus::Alone => {
                Effect::NotTaken
            }
            Action::Sql(_) => Effect::Unknown,
            // They find by themselves what is left to do.
            Action::Copy(_)
            | Action::Settle(_)
            | Action::Fill(_)
            | Action::Lookup(_)
            | Action::Keep { .. }
            | Action::Unkeep { .. } => Effect::NotTaken,
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

/// Whether the server takes the statement in no transaction: one that writes to a reference table of
/// SingleStore, on Helios or through a child aggregator (django-singlestore's notes).
fn is_alone(error: &MigrateError) -> bool {
    let MigrateError::Statement { source, .. } = error else {
        return false;
    };
    let text = &source.message;
    text.contains("reference table") && text.contains("multi-statement transaction")
}

/// Whether a statement of the user's own takes part in a transaction: those on rows, by their first
/// word.
fn in_transaction(text: &str) -> bool {
    const WORDS: [&str; 7] = [
        "insert", "update", "delete", "replace", "with", "select", "do",
    ];
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    loop {
        let comment = if rest.starts_with("--") || rest.starts_with('#') {
            rest.split_once('\n')
        } else if rest.starts_with("/*") && !rest.starts_with("/*!") {
            rest.split_once("*/")
        } else {
            break;
        };
        let Some((_, behind)) = comment else {
            return false;
        };
        rest = behind.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    }
    let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next();
    word.is_some_and(|w| WORDS.iter().any(|k| k.eq_ignore_ascii_case(w)))
}

/// Whether the database refused the statement, so that it took no effect.
fn refused(error: &MigrateError) -> bool {
    let source = match error {
        MigrateError::Statement { source, .. } => source,
        // Its transaction was undone, and nothing of it stays.
        MigrateError::Code { stays, .. } => return *stays == 0,
        _ => return false,
    };
    use DbErrorKind as K;
    !matches!(
        source.kind,
        K::ConnectionLost | K::Timeout | K::Cancelled | K::Retryable(_) | K::Other
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_transaction_takes_is_known_by_its_error() {
        let refused = |text: &str| MigrateError::Statement {
            migration: "shop.0002".into(),
            step: 1,
            total: 1,
            comment: String::new(),
            undone: false,
            source: Box::new(DbError::new(DbErrorKind::Other, text)),
        };
        assert!(is_alone(&refused(
            "Writing to a reference table in multi-statement transaction is not permitted on child aggregators"
        )));
        assert!(!is_alone(&refused("Unknown table")));
        let db = DbError::new(
            DbErrorKind::Other,
            "a reference table in multi-statement transaction",
        );
        assert!(!is_alone(&MigrateError::Db(db)));
    }

    #[test]
    fn statements_on_rows_are_known_by_their_first_word() {
        for text in [
            "INSERT INTO a VALUES (1)",
            " -- why\n# how\n/* so */ update a SET b = 1",
            "(SELECT 1)",
            "WITH x AS (SELECT 1) DELETE FROM a",
        ] {
            assert!(in_transaction(text), "{text}");
        }
        for text in [
            "CREATE VIEW a AS SELECT 1",
            "/*!50000 INSERT */",
            "-- INSERT",
            "TRUNCATE a",
            "CALL p()",
            "",
        ] {
            assert!(!in_transaction(text), "{text}");
        }
    }
}
