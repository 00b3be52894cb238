//! Typed expressions.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::ast::Expr;
use crate::model::{At, Here, ModelMeta};

/// An expression with a value for each row.
#[derive(Debug, Clone, Copy)]
pub struct PerRow;

/// An expression with a value for each group of rows: an aggregate.
#[derive(Debug, Clone, Copy)]
pub struct PerGroup;

/// An expression of a query on `R`, of type `T`, nullable as `N` says, for each row or group.
pub struct Expression<R, T, N = Here, K = PerRow> {
    pub(crate) node: Expr,
    #[expect(clippy::type_complexity, reason = "a marker of its four parameters")]
    marker: PhantomData<fn() -> (R, T, N, K)>,
}

impl<R, T, N, K> Expression<R, T, N, K> {
    /// Gives a node of the AST a type; the caller vouches for it.
    pub(crate) fn typed(node: Expr) -> Self {
        Self {
            node,
            marker: PhantomData,
        }
    }
}

impl<R, T, N, K> Clone for Expression<R, T, N, K> {
    fn clone(&self) -> Self {
        Self::typed(self.node.clone())
    }
}

impl<R, T, N, K> fmt::Debug for Expression<R, T, N, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

/// A column of a query on `R`: an [`Expression`] that can also be set.
pub struct Column<R, T, N = Here> {
    expression: Expression<R, T, N>,
    pub(crate) index: usize,
    /// Whether the column is one of `R`'s own table.
    pub(crate) own: bool,
    /// Whose column it is.
    pub(crate) meta: &'static ModelMeta,
}

impl<R, T, N> Column<R, T, N> {
    /// The column of this number, where `at` stands; for the derive.
    pub fn at(at: &At, index: usize) -> Self {
        Self {
            expression: Expression::typed(at.column(index)),
            index,
            own: at.is_table(),
            meta: at.meta(),
        }
    }
}

impl<R, T, N> Deref for Column<R, T, N> {
    type Target = Expression<R, T, N>;
    fn deref(&self) -> &Self::Target {
        &self.expression
    }
}

impl<R, T, N> Clone for Column<R, T, N> {
    fn clone(&self) -> Self {
        Self {
            expression: self.expression.clone(),
            index: self.index,
            own: self.own,
            meta: self.meta,
        }
    }
}

impl<R, T, N> fmt::Debug for Column<R, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.fmt(f)
    }
}
