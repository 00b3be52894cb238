//! A migration: what one file states.

use super::error::{Irreversible, StateError};
use super::operation::{Operation, inverse_of_list};
use super::state::ProjectState;

/// One migration.
///
/// Django: `Migration`.
#[derive(Debug, Clone, PartialEq)]
pub struct Migration {
    /// The application.
    pub app: String,
    /// The name: the file's name without `.toml`.
    pub name: String,
    /// Migrations that have to run before, as application and name.
    pub depends_on: Vec<(String, String)>,
    /// Migrations that this one stands for, as application and name.
    pub replaces: Vec<(String, String)>,
    /// What it does.
    pub operations: Vec<Operation>,
}

impl Migration {
    /// Makes a migration that does nothing yet.
    pub fn new(app: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            app: app.into(),
            name: name.into(),
            depends_on: Vec::new(),
            replaces: Vec::new(),
            operations: Vec::new(),
        }
    }

    /// Application and name.
    pub fn key(&self) -> (String, String) {
        (self.app.clone(), self.name.clone())
    }

    /// Whether it depends on no migration of its own application.
    pub fn is_initial(&self) -> bool {
        self.depends_on.iter().all(|(app, _)| *app != self.app)
    }

    /// Moves the state forward by all operations, and checks that every relation leads to a model.
    ///
    /// # Errors
    /// [`StateError`] with the migration and the operation that does not fit.
    pub fn state_forward(&self, state: &mut ProjectState) -> Result<(), StateError> {
        let named = |e: StateError| e.in_migration(&self.app, &self.name);
        for operation in &self.operations {
            operation.state_forward(&self.app, state).map_err(named)?;
        }
        state.check_relations().map_err(named)
    }

    /// The operations that undo this migration, in the order to run them.
    ///
    /// # Errors
    /// [`Irreversible`] if one of them has no inverse.
    pub fn inverse(&self) -> Result<Vec<Operation>, Irreversible> {
        inverse_of_list(&self.operations)
    }

    /// The number that the name starts with, `0002_…` is 2.
    ///
    /// Django: `MigrationAutodetector.parse_number`.
    pub fn number(name: &str) -> Option<u32> {
        let squashed = name.split_once("_squashed_").map(|(_, last)| last);
        let leading = |s: &str| {
            let digits: String = s.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        };
        squashed.and_then(leading).or_else(|| leading(name))
    }
}
