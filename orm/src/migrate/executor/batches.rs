//! Code of migrations: run once, or for one batch of a model's rows after the other.
//!
//! A batch is noted in `orm_migration_parts` within the transaction in which its code ran, so that it
//! is either done and noted or neither. Beside the batches stands the end of the walk, the last key
//! that there was when it began: rows that the code adds behind it are none of its work.

use std::time::Instant;

use super::code::{Code, CodeBatches, CodeError, Moved, Progress};
use super::{MigrateError, PlannedMigration};
use crate::backend::{Connection, Executor};
use crate::migrate::lock::MigrationLock;
use crate::migrate::parts::{Part, Parts};
use crate::migrate::{CodeStep, DynRow, HistoricalError, ModelRows, Models};
use crate::value::Value;

/// The number of the part that says where the walk ends.
const END: i64 = -1;

/// Runs the code of one step.
pub(super) struct Runner<'a> {
    pub(super) planned: &'a PlannedMigration<'a>,
    /// The step's number, from 0.
    pub(super) at: usize,
    pub(super) code: &'a CodeStep,
    pub(super) progress: &'a dyn Progress,
    /// Rows of a batch, where it is not for the code to say.
    pub(super) part_rows: Option<u64>,
}

impl Runner<'_> {
    /// Runs all of it in the transaction that is open.
    pub(super) async fn at_once(
        &self,
        code: &Code,
        db: &dyn Executor,
        undone: bool,
    ) -> Result<(), MigrateError> {
        let models = Models::new(db, &self.code.state);
        let ran = match code {
            Code::Once(code) => code(&models).await,
            Code::Batches(batches) => self.all(batches, &models).await,
        };
        ran.map_err(|source| self.failed(source, undone, 0))
    }

    async fn all(&self, batches: &CodeBatches, models: &Models<'_>) -> Result<(), CodeError> {
        let rows = models.get(batches.app, batches.model)?;
        let mut tally = Tally::begin(self, batches, &rows, 0).await?;
        let mut walk = rows.batches(self.size(batches))?;
        while let Some(batch) = walk.next().await? {
            let number = batch.len() as u64;
            (batches.code)(models, batch).await?;
            tally.add(number);
        }
        Ok(())
    }

    /// Runs what is left of it, each batch in a transaction with its note.
    pub(super) async fn journaled(
        &self,
        batches: &CodeBatches,
        connection: &Connection,
        lock: &MigrationLock,
        parts: &Parts<'_>,
    ) -> Result<(), MigrateError> {
        let noted = parts.read().await?;
        let mut walk = Walk {
            number: 0,
            after: None,
            rows: noted.iter().map(|p| p.rows).sum(),
        };
        if let Some(last) = noted.iter().rfind(|p| p.number != END) {
            walk.follow(last);
        }
        let models = Models::new(connection, &self.code.state);
        let begun = self.begin(batches, &models, &noted, parts, walk.rows).await;
        let begun = begun.map_err(|e| self.failed(e.into(), false, walk.rows))?;
        let Some((end, mut tally)) = begun else {
            return Ok(());
        };
        loop {
            lock.check().await.map_err(MigrateError::LockLost)?;
            let transaction = connection.begin().await?;
            let parts = Parts {
                db: &transaction,
                ..*parts
            };
            match self.batch(batches, &transaction, &parts, &walk, &end).await {
                Ok(Some(part)) => {
                    transaction.commit().await?;
                    walk.rows += part.rows;
                    walk.follow(&part);
                    tally.add(part.rows);
                }
                Ok(None) => return Ok(transaction.rollback().await?),
                Err(source) => {
                    // The error that stopped the code is the one to tell.
                    if let Err(failed) = transaction.rollback().await {
                        tracing::debug!(target: "orm::migrate", error = failed.message, "rollback failed");
                    }
                    return Err(self.failed(source, false, walk.rows));
                }
            }
        }
    }

    /// Where the walk ends, noted before its first batch; `None` without rows.
    async fn begin<'t>(
        &'t self,
        batches: &CodeBatches,
        models: &Models<'_>,
        noted: &[Part],
        parts: &Parts<'_>,
        done: u64,
    ) -> Result<Option<(Vec<Value>, Tally<'t>)>, HistoricalError> {
        let rows = models.get(batches.app, batches.model)?;
        let end = match noted.iter().find(|p| p.number == END) {
            Some(part) => part.upto.clone(),
            None => {
                let upto = rows.last_key().await?;
                if upto.is_some() {
                    let part = Part {
                        number: END,
                        after: None,
                        upto: upto.clone(),
                        rows: 0,
                        sum: String::new(),
                        done: false,
                    };
                    parts.started(&part, false).await?;
                }
                upto
            }
        };
        let Some(end) = end else { return Ok(None) };
        let tally = Tally::begin(self, batches, &rows, done).await?;
        Ok(Some((end, tally)))
    }

    /// One batch with its note; `None` if no row is left.
    async fn batch(
        &self,
        batches: &CodeBatches,
        db: &dyn Executor,
        parts: &Parts<'_>,
        walk: &Walk,
        end: &[Value],
    ) -> Result<Option<Part>, CodeError> {
        let models = Models::new(db, &self.code.state);
        let rows = models.get(batches.app, batches.model)?;
        let after = walk.after.as_deref();
        let batch = rows.between(after, Some(end), self.size(batches)).await?;
        let Some(upto) = batch.last().and_then(DynRow::key) else {
            return Ok(None);
        };
        let part = Part {
            number: walk.number,
            after: walk.after.clone(),
            upto: Some(upto),
            rows: batch.len() as u64,
            sum: String::new(),
            done: true,
        };
        (batches.code)(&models, batch).await?;
        parts.started(&part, false).await?;
        Ok(Some(part))
    }

    fn size(&self, batches: &CodeBatches) -> u64 {
        self.part_rows.unwrap_or(batches.rows).max(1)
    }

    fn failed(&self, source: CodeError, undone: bool, stays: u64) -> MigrateError {
        MigrateError::Code {
            migration: self.planned.label(),
            code: self.code.name.clone(),
            source,
            undone,
            stays,
        }
    }
}

/// How far the batches have come.
struct Walk {
    number: i64,
    after: Option<Vec<Value>>,
    rows: u64,
}

impl Walk {
    fn follow(&mut self, part: &Part) {
        self.number = part.number + 1;
        self.after.clone_from(&part.upto);
    }
}

/// Counts rows for whoever watches.
struct Tally<'a> {
    runner: &'a Runner<'a>,
    table: String,
    before: u64,
    now: u64,
    total: u64,
    begun: Instant,
}

impl<'a> Tally<'a> {
    async fn begin(
        runner: &'a Runner<'a>,
        batches: &CodeBatches,
        rows: &ModelRows<'_>,
        before: u64,
    ) -> Result<Self, HistoricalError> {
        Ok(Self {
            runner,
            table: format!("{}.{}", batches.app, batches.model),
            before,
            now: 0,
            total: rows.count().await?,
            begun: Instant::now(),
        })
    }

    fn add(&mut self, rows: u64) {
        self.now += rows;
        let moved = Moved {
            table: &self.table,
            rows: self.before + self.now,
            total: self.total.max(self.before + self.now),
            now: self.now,
            elapsed: self.begun.elapsed(),
        };
        let steps = self.runner.planned.steps.len();
        self.runner
            .progress
            .rows_moved(self.runner.at + 1, steps, &moved);
    }
}
