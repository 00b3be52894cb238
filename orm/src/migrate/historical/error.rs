//! What can go wrong with models of the past.

use crate::backend::DbError;
use crate::value::DecodeError;

/// Code of a migration that asked for what is not there at its point of history, or the database's
/// error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoricalError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A value does not fit the Rust type.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// There is no such model yet, or no more.
    #[error(
        "there is no model {app}.{model} at this point of history{}; name it in `depends_on` if an earlier migration of another application makes it",
        hint(.near)
    )]
    NoModel {
        /// The application.
        app: String,
        /// The model.
        model: String,
        /// One of like name.
        near: Option<String>,
    },
    /// There is no such column yet, or no more.
    #[error("{model} has no column `{column}` at this point of history; it has {}", .known.join(", "))]
    NoColumn {
        /// The model, as `app.Model`.
        model: String,
        /// The name asked for.
        column: String,
        /// Its columns.
        known: Vec<String>,
    },
    /// A value that the column cannot hold.
    #[error("{model}.{column} {problem}")]
    Value {
        /// The model, as `app.Model`.
        model: String,
        /// The column.
        column: String,
        /// What does not fit.
        problem: String,
    },
    /// It cannot be used in this way.
    #[error("{0}")]
    Usage(String),
}

fn hint(name: &Option<String>) -> String {
    let text = |n| format!("; did you mean {n}?");
    name.as_ref().map(text).unwrap_or_default()
}
