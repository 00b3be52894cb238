//! Expressions that stand in a statement for the second time, so that a dialect may write them otherwise:
//! a term of an order or of groups that is selected too is named by its place.
//!
//! The shape says which one it is; then its values are those of the other. Where values are labelled,
//! what was the same stays the same.

use super::super::nearest::plain;
use super::super::same;
use crate::ast::{Expr, Func, Order, Select, SelectItem};

/// Which of the columns, and then of the terms before it, a term is the same as.
pub(super) fn of_term<'e>(
    columns: &'e [SelectItem],
    before: impl Iterator<Item = &'e Expr>,
    term: &Expr,
) -> Option<usize> {
    same(columns.iter().map(|c| &c.expr).chain(before), term)
}

/// Whether texts are joined in their own order.
pub(super) fn of_text(text: &Expr, order: &Expr) -> Option<usize> {
    same(std::iter::once(text), order)
}

/// What the terms of a select are the same as.
pub(super) struct Terms {
    group_by: Vec<Option<usize>>,
    order_by: Vec<Option<usize>>,
}

impl Terms {
    pub(super) fn of(select: &Select) -> Self {
        let orders = select.order_by.iter().map(|o| &o.expr);
        Self {
            group_by: known(&select.columns, select.group_by.iter()),
            order_by: known(&select.columns, orders),
        }
    }

    /// Makes them the same again.
    pub(super) fn restore(self, select: &mut Select) {
        restore(&select.columns, self.group_by, &mut select.group_by, |e| e);
        restore(&select.columns, self.order_by, &mut select.order_by, |o| {
            &mut o.expr
        });
    }
}

/// What the terms of a combined query's order are the same as.
pub(super) struct Orders(Vec<Option<usize>>);

impl Orders {
    pub(super) fn of(orders: &[Order]) -> Self {
        Self(known(&[], orders.iter().map(|o| &o.expr)))
    }

    /// Makes them the same again.
    pub(super) fn restore(self, orders: &mut [Order]) {
        restore(&[], self.0, orders, |o| &mut o.expr);
    }
}

fn known<'e>(
    columns: &'e [SelectItem],
    terms: impl Iterator<Item = &'e Expr> + Clone,
) -> Vec<Option<usize>> {
    let each = terms.clone().enumerate();
    each.map(|(at, term)| of_term(columns, terms.clone().take(at), term))
        .collect()
}

fn restore<T>(
    columns: &[SelectItem],
    known: Vec<Option<usize>>,
    terms: &mut [T],
    expr: impl Fn(&mut T) -> &mut Expr,
) {
    for (at, known) in known.into_iter().enumerate() {
        let Some(known) = known else { continue };
        let other = match columns.get(known) {
            Some(column) => column.expr.clone(),
            None => expr(&mut terms[known - columns.len()]).clone(),
        };
        become_same(expr(&mut terms[at]), &other);
    }
}

/// Which orders of joined texts are by the text itself.
pub(super) fn texts(text: &Expr, order_by: &[Order]) -> Vec<bool> {
    let same = order_by.iter().map(|o| of_text(text, &o.expr).is_some());
    same.collect()
}

/// Makes an expression the same as another, but for how the nearest vectors are found.
pub(super) fn become_same(expr: &mut Expr, other: &Expr) {
    let other = plain(other).clone();
    match expr {
        Expr::Func {
            func: Func::Nearest(_),
            args,
        } if !args.is_empty() => args[0] = other,
        expr => *expr = other,
    }
}
