//! Code that migrations run, and who is told of progress.

use std::time::Duration;

use crate::backend::{BoxFuture, Executor};
use crate::migrate::{Direction, Migration, Step};

/// An error of a migration's code.
pub type CodeError = Box<dyn std::error::Error + Send + Sync>;

/// Code that a migration runs. It gets the connection of the migration; on SQLite it is inside the
/// migration's transaction, elsewhere it begins its own.
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
