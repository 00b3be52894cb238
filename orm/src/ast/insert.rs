//! INSERT.

use super::{Expr, Name};
use crate::value::Value;

/// An INSERT of one or more rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Insert {
    /// The table.
    pub table: Name,
    /// The columns that are given.
    pub columns: Vec<Name>,
    /// The values, row by row; its length is a multiple of the number of columns.
    ///
    /// With no columns it is one row of defaults.
    pub values: Vec<Value>,
    /// What happens when a key is taken.
    pub on_conflict: Option<OnConflict>,
    /// Columns handed back, where [`Features::returning`](crate::dialect::Features) says so.
    pub returning: Vec<Name>,
}

/// What an INSERT does with a row whose key is taken.
#[derive(Debug, Clone, PartialEq)]
pub enum OnConflict {
    /// The row is left out.
    Ignore,
    /// The row in place gets new values; [`Expr::Named`] is the value that was to be inserted.
    Update {
        /// Columns of the key that may be taken; MySQL's family looks at every key.
        target: Vec<Name>,
        /// Column and new value.
        set: Vec<(Name, Expr)>,
    },
}
