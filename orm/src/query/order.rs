//! Explicit order.

use super::{Column, Expression};
use crate::ast::{Expr, Order};
use crate::model::Place;
use crate::value::DbType;

/// One term of an order, of a query on `R`.
#[derive(Debug)]
pub struct OrderBy<R> {
    term: Order,
    marker: std::marker::PhantomData<fn() -> R>,
}

impl<R> OrderBy<R> {
    pub(super) fn new(expr: Expr, descending: bool) -> Self {
        Self {
            term: Order { expr, descending },
            marker: std::marker::PhantomData,
        }
    }
}

impl<R, T: DbType, N: Place, K> Expression<R, T, N, K> {
    fn order(&self, descending: bool) -> OrderBy<R> {
        OrderBy::new(self.node.clone(), descending)
    }

    /// Small values first, NULL before all.
    pub fn asc(&self) -> OrderBy<R> {
        self.order(false)
    }

    /// Large values first, NULL after all.
    pub fn desc(&self) -> OrderBy<R> {
        self.order(true)
    }
}

/// An order: a term, a column (ascending), or a tuple or list of them.
#[diagnostic::on_unimplemented(
    message = "a query on `{R}` cannot be ordered by this",
    label = "found `{Self}`",
    note = "order by columns of the query: `.order_by(|x| (x.name().asc(), x.id().desc()))`"
)]
pub trait Ordering<R> {
    /// Appends the terms.
    fn terms(self, out: &mut Vec<Order>);
}

impl<R> Ordering<R> for OrderBy<R> {
    fn terms(self, out: &mut Vec<Order>) {
        out.push(self.term);
    }
}

impl<R> Ordering<R> for Vec<OrderBy<R>> {
    fn terms(self, out: &mut Vec<Order>) {
        out.extend(self.into_iter().map(|t| t.term));
    }
}

impl<R, T: DbType, N: Place> Ordering<R> for Column<R, T, N> {
    fn terms(self, out: &mut Vec<Order>) {
        self.asc().terms(out);
    }
}

impl<R, T: DbType, N: Place, K> Ordering<R> for Expression<R, T, N, K> {
    fn terms(self, out: &mut Vec<Order>) {
        self.asc().terms(out);
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)*) => {$(
        impl<R, $($name: Ordering<R>),+> Ordering<R> for ($($name,)+) {
            fn terms(self, out: &mut Vec<Order>) {
                $(self.$index.terms(out);)+
            }
        }
    )*};
}
tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
}

/// Drops terms that an earlier one makes idle, so that equal orders have equal text.
pub(crate) fn without_repeats(terms: Vec<Order>) -> Vec<Order> {
    let mut out: Vec<Order> = Vec::with_capacity(terms.len());
    for term in terms {
        if !out.iter().any(|t| t.expr == term.expr) && !matches!(term.expr, Expr::Value(_)) {
            out.push(term);
        }
    }
    out
}
