//! Code that migrations run, and who is told of progress.

use std::time::Duration;

use crate::backend::BoxFuture;
use crate::migrate::{Direction, DynRow, Migration, Models, Step};

/// An error of a migration's code.
pub type CodeError = Box<dyn std::error::Error + Send + Sync>;

/// Code that runs once.
pub type CodeFn = for<'a> fn(&'a Models<'a>) -> BoxFuture<'a, Result<(), CodeError>>;

/// Code that is called for each batch of a model's rows.
pub type BatchFn = for<'a> fn(&'a Models<'a>, Vec<DynRow>) -> BoxFuture<'a, Result<(), CodeError>>;

/// Code that a migration runs. It gets the models as they are at that point of history, and the
/// transaction in which it is also noted that it ran, so that no row is handled twice, whenever a run
/// is killed. On SQLite that is the transaction of the whole migration, elsewhere one of its own;
/// there it should not change the schema: DDL would commit half of it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Code {
    /// It runs once, in one transaction.
    Once(CodeFn),
    /// It is called batch by batch, each in a transaction where the database commits DDL: a run that
    /// was killed goes on behind the last batch that was through.
    Batches(CodeBatches),
}

/// Code that walks the rows of a model.
#[derive(Debug, Clone, Copy)]
pub struct CodeBatches {
    /// The model's application.
    pub app: &'static str,
    /// The model, by its name at that point of history.
    pub model: &'static str,
    /// Rows of a batch.
    pub rows: u64,
    /// The code.
    pub code: BatchFn,
}

/// Knows the code of `run_code` operations by name.
pub trait CodeRegistry: Send + Sync {
    /// The code of this name.
    fn get(&self, name: &str) -> Option<Code>;

    /// The names that it knows, sorted; one that is registered twice stands there twice.
    fn names(&self) -> Vec<String>;
}

/// Code for a `run_code` operation, as the linked program submits it.
#[derive(Debug, Clone, Copy)]
pub struct DataMigration {
    /// Its name in migration files.
    pub name: &'static str,
    /// The code.
    pub code: Code,
}

inventory::collect!(DataMigration);

/// The code that is linked into this program.
#[derive(Debug, Clone, Copy, Default)]
pub struct LinkedCode;

impl CodeRegistry for LinkedCode {
    fn get(&self, name: &str) -> Option<Code> {
        let mut all = inventory::iter::<DataMigration>.into_iter();
        all.find(|m| m.name == name).map(|m| m.code)
    }

    fn names(&self) -> Vec<String> {
        let all = inventory::iter::<DataMigration>.into_iter();
        let mut names: Vec<String> = all.map(|m| m.name.to_owned()).collect();
        names.sort();
        names
    }
}

/// How far a step has come that moves rows.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Moved<'a> {
    /// The table.
    pub table: &'a str,
    /// Rows moved so far, also by earlier runs.
    pub rows: u64,
    /// Rows in all, as counted when the step began.
    pub total: u64,
    /// Rows moved by this run.
    pub now: u64,
    /// Time that this run has been at it.
    pub elapsed: Duration,
}

impl Moved<'_> {
    /// Rows a second, by this run.
    pub fn rate(&self) -> f64 {
        self.now as f64 / self.elapsed.as_secs_f64().max(1e-6)
    }

    /// The time that the rest will take, if it goes on so.
    pub fn left(&self) -> Duration {
        let rest = self.total.saturating_sub(self.rows) as f64;
        let seconds = rest / self.rate().max(1e-6);
        Duration::from_secs_f64(seconds.clamp(0.0, 1e9))
    }
}

/// Is told how a run goes on. Every method may be left out.
pub trait Progress: Send + Sync {
    /// A migration begins; `steps` are all of it, `done` those that an earlier run did.
    fn migration_begins(
        &self,
        migration: &Migration,
        direction: Direction,
        steps: usize,
        done: usize,
    ) {
        let _ = (migration, direction, steps, done);
    }

    /// A step is about to be sent; `number` counts from 1.
    fn step_begins(&self, number: usize, total: usize, step: &Step, sql: &str) {
        let _ = (number, total, step, sql);
    }

    /// Another part of a step's rows is moved.
    fn rows_moved(&self, number: usize, total: usize, moved: &Moved<'_>) {
        let _ = (number, total, moved);
    }

    /// A step is done.
    fn step_ends(&self, number: usize, total: usize, step: &Step, took: Duration) {
        let _ = (number, total, step, took);
    }

    /// A migration is done and recorded; `faked` if it was only recorded.
    fn migration_ends(
        &self,
        migration: &Migration,
        direction: Direction,
        took: Duration,
        faked: bool,
    ) {
        let _ = (migration, direction, took, faked);
    }

    /// Something that the user should know.
    fn note(&self, text: &str) {
        let _ = text;
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}
