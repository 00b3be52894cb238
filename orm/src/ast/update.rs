//! UPDATE.

use super::{Alias, Expr, Name};

/// An UPDATE of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The table.
    pub table: Name,
    /// Its alias in the expressions.
    pub alias: Alias,
    /// Column and new value.
    pub set: Vec<(Name, Expr)>,
    /// WHERE.
    pub filter: Option<Expr>,
}
