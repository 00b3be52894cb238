//! What goes wrong while a catalog is read.

use super::parse::ParseError;
use crate::backend::DbError;

/// A catalog that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntrospectError {
    /// The database refused, or could not be reached.
    #[error("cannot read the catalog: {0}")]
    Db(#[from] DbError),
    /// There is no table of this name.
    #[error("there is no table `{name}` in this database, or this user may not see it{}", near.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    NoTable {
        /// The name.
        name: String,
        /// The nearest name that there is.
        near: Option<String>,
    },
    /// What the dialect writes for a table does not read back: a fault of this library.
    #[error("cannot compare the table `{table}`: {problem}")]
    Expected {
        /// The table.
        table: String,
        /// Why.
        problem: String,
    },
    /// A definition that the reader does not understand.
    #[error("cannot read the definition of `{table}`: {error}")]
    Definition {
        /// The table.
        table: String,
        /// Where and why.
        error: ParseError,
    },
}
