//! Code that migrations run, and who is told of progress.

use std::time::Duration;

use crate::backend::{BoxFuture, Executor};
use crate::migrate::{Direction, Migration, Step};

/// An error of a migration's code.
pub type CodeError = Box<dyn std::error::Error + Send + Sync>;

/// Code that a migration runs. It gets the transaction in which it is also noted that it ran, so that
/// it runs once, whenever a run is killed: on SQLite that of the whole migration, elsewhere one of
/// its own. There it should not change the schema: DDL would commit half of it.
pub type Code = for<'a> fn(&'a dyn Executor) -> BoxFuture<'a, Result<(), CodeError>>;

/// Knows the code of `run_code` operations by name.
pub trait CodeRegistry: Send + Sync {
    /// The code of this name.
    fn get(&self, name: &str) -> Option<Code>;

    /// The names that it knows, sorted.
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
