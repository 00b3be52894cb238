//! Explicit order.

use super::{Column, Expression};
use crate::ast::{Expr, Order};
use crate::model::Place;
use crate::value::DbType;

/// One term of an order, of a query on `R`.
#[derive(Debug, Clone)]
pub struct OrderBy<R> {
    term: Order,
    /// Whether NULLs stand where they do not stand by themselves.
    nulls_moved: bool,
    marker: std::marker::PhantomData<fn() -> R>,
}

impl<R> OrderBy<R> {
    pub(super) fn new(expr: Expr, descending: bool) -> Self {
        Self {
            term: Order { expr, descending },
            nulls_moved: false,
            marker: std::marker::PhantomData,
        }
    }

    /// NULLs before all values, also where large ones come first. Django: `nulls_first`.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.nulls_moved = self.term.descending;
        self
    }

    /// NULLs behind all values, also where small ones come first. Django: `nulls_last`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let editors = Article::objects()
    ///     .order_by(|a| (a.editor().name().asc().nulls_last(), a.id()))
    ///     .select(|a| (a.editor().name(), a.title()))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(editors[0], (Some("Bo".into()), "Hello".into()));
    /// assert_eq!(editors[2], (None, "Kettles".into()));
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.nulls_moved = !self.term.descending;
        self
    }
}

/// Whether a term only says where NULLs stand, and of which expression.
pub(super) fn nulls_of(term: &Order) -> Option<&Expr> {
    match &term.expr {
        Expr::IsNull(of) => Some(of),
        _ => None,
    }
}

impl<R, T: DbType, N: Place, K> Expression<R, T, N, K> {
    fn order(&self, descending: bool) -> OrderBy<R> {
        OrderBy::new(self.node.clone(), descending)
    }

    /// Small values first, NULL before all; [`nulls_last`](OrderBy::nulls_last) puts it behind.
    pub fn asc(&self) -> OrderBy<R> {
        self.order(false)
    }

    /// Large values first, NULL after all; [`nulls_first`](OrderBy::nulls_first) puts it before.
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
        // No database of these but SQLite has words for it; all know that false is before true.
        if self.nulls_moved {
            out.push(Order {
                expr: Expr::IsNull(Box::new(self.term.expr.clone())),
                descending: self.term.descending,
            });
        }
        out.push(self.term);
    }
}

impl<R> Ordering<R> for Vec<OrderBy<R>> {
    fn terms(self, out: &mut Vec<Order>) {
        self.into_iter().for_each(|term| term.terms(out));
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

#[diagnostic::do_not_recommend]
impl<R, T: DbType, N: Place> Ordering<R> for &Column<R, T, N> {
    fn terms(self, out: &mut Vec<Order>) {
        self.asc().terms(out);
    }
}

#[diagnostic::do_not_recommend]
impl<R, T: DbType, N: Place, K> Ordering<R> for &Expression<R, T, N, K> {
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
