//! UPDATE.

use super::{Alias, Expr, Join, Name};

/// An UPDATE of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The table.
    pub table: Name,
    /// Its alias in the expressions.
    pub alias: Alias,
    /// Column and new value.
    pub set: Vec<(Name, Expr)>,
    /// Tables that the new values read, each along a to-one relation: a row has one partner at most.
    pub joins: Vec<Join>,
    /// WHERE.
    pub filter: Option<Expr>,
}
