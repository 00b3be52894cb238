//! DELETE.

use super::{Alias, Expr, Join, Name};

/// A DELETE from one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Delete {
    /// The table.
    pub table: Name,
    /// Its alias in the expressions.
    pub alias: Alias,
    /// Further tables that the the condition reads.
    pub joins: Vec<Join>,
    /// WHERE.
    pub filter: Option<Expr>,
}
