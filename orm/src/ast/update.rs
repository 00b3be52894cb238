//! UPDATE.

use super::{Alias, Expr, Join, Name};

/// An UPDATE of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The table.
    pub table: Name,
    /// Its alias in the expressions.
    pub alias: Alias,
    /// Further tables that the values and the condition read. A row with several partners takes
    /// the values of one of them.
    pub joins: Vec<Join>,
    /// Column and new value.
    pub set: Vec<(Name, Expr)>,
    /// WHERE.
    pub filter: Option<Expr>,
}
