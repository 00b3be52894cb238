//! DELETE.

use super::{Alias, Expr, Name};

/// A DELETE from one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Delete {
    /// The table.
    pub table: Name,
    /// Its alias in the expressions.
    pub alias: Alias,
    /// WHERE.
    pub filter: Option<Expr>,
}
