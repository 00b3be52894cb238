//! Conditions.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use super::{PerGroup, PerRow};
use crate::ast::Expr;

/// A condition on the rows (or groups) of a query on `R`; combine with `&`, `|` and `!`.
///
/// `!` is the true complement: a row either meets a condition or meets its negation, also where
/// NULL is involved.
pub struct Pred<R, K = PerRow> {
    pub(crate) node: Expr,
    /// Whether the condition can be NULL.
    nullable: bool,
    marker: PhantomData<fn() -> (R, K)>,
}

impl<R, K> Pred<R, K> {
    pub(crate) fn new(node: Expr, nullable: bool) -> Self {
        Self {
            node,
            nullable,
            marker: PhantomData,
        }
    }

    fn parts(self, and: bool) -> Vec<Expr> {
        match self.node {
            Expr::And(list) if and => list,
            Expr::Or(list) if !and => list,
            node => vec![node],
        }
    }
}

impl<R, K> Clone for Pred<R, K> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone(), self.nullable)
    }
}

impl<R, K> fmt::Debug for Pred<R, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

impl<R, K> BitAnd for Pred<R, K> {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        let nullable = self.nullable || other.nullable;
        let mut list = self.parts(true);
        list.extend(other.parts(true));
        Self::new(Expr::And(list), nullable)
    }
}

impl<R, K> BitOr for Pred<R, K> {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        let nullable = self.nullable || other.nullable;
        let mut list = self.parts(false);
        list.extend(other.parts(false));
        Self::new(Expr::Or(list), nullable)
    }
}

impl<R, K> Not for Pred<R, K> {
    type Output = Self;
    fn not(self) -> Self {
        let node = if self.nullable {
            Expr::IsNotTrue(Box::new(self.node))
        } else {
            Expr::Not(Box::new(self.node))
        };
        Self::new(node, false)
    }
}

/// What `filter` and `exclude` take: a condition on single rows of `M`.
#[diagnostic::on_unimplemented(
    message = "this is not a condition on the rows of `{M}`",
    label = "found `{Self}`",
    note = "compare a column of `{M}`: `.filter(|x| x.name().eq(\"…\"))`",
    note = "an aggregate (`Pred<_, PerGroup>`) belongs in `.group_by(…).having(…)`; a column of another model is reached through a relation"
)]
pub trait Condition<M> {
    /// The condition itself.
    fn into_pred(self) -> Pred<M>;
}

impl<M> Condition<M> for Pred<M, PerRow> {
    fn into_pred(self) -> Self {
        self
    }
}

/// What `having` takes: a condition on groups of rows of `M`.
#[diagnostic::on_unimplemented(
    message = "this is not a condition on groups of rows of `{M}`",
    label = "found `{Self}`",
    note = "compare an aggregate: `.having(|x| x.id().count().gt(3))`",
    note = "a condition on single rows belongs in `.filter(…)`, before `.group_by(…)`"
)]
pub trait GroupCondition<M> {
    /// The condition itself.
    fn into_group_pred(self) -> Pred<M, PerGroup>;
}

impl<M> GroupCondition<M> for Pred<M, PerGroup> {
    fn into_group_pred(self) -> Self {
        self
    }
}

/// A boolean column is a condition.
impl<M, N: crate::model::Place> Condition<M> for super::Column<M, bool, N> {
    fn into_pred(self) -> Pred<M> {
        self.is_true()
    }
}
