//! Walks that passes share.

use super::Result;
use crate::ast::{Alias, Expr, From, Join, Select, Statement};

/// Hands every select of the statement to a pass, those around before those inside them: what a
/// pass moves inside is seen there.
pub(super) fn selects(
    statement: &mut Statement,
    pass: &mut dyn FnMut(&mut Select) -> Result,
) -> Result {
    match statement {
        Statement::Select(select) => outside_in(select, pass),
        Statement::SetOperation(operation) => {
            let parts = &mut operation.parts;
            parts.iter_mut().try_for_each(|s| outside_in(s, pass))
        }
        Statement::Insert(_) | Statement::Raw(_) => Ok(()),
        Statement::Update(update) => {
            in_joins(&mut update.joins, pass)?;
            let values = update.set.iter_mut().map(|(_, e)| e);
            let mut exprs = values.chain(&mut update.filter);
            exprs.try_for_each(|e| in_expr(e, pass))
        }
        Statement::Delete(delete) => {
            in_joins(&mut delete.joins, pass)?;
            let mut filter = delete.filter.iter_mut();
            filter.try_for_each(|e| in_expr(e, pass))
        }
    }
}

fn in_joins(joins: &mut [Join], pass: &mut dyn FnMut(&mut Select) -> Result) -> Result {
    joins.iter_mut().try_for_each(|join| {
        for select in join.source.selects_mut() {
            outside_in(select, pass)?;
        }
        in_expr(&mut join.on, pass)
    })
}

fn outside_in(select: &mut Select, pass: &mut dyn FnMut(&mut Select) -> Result) -> Result {
    pass(select)?;
    for source in select.sources_mut() {
        for select in source.selects_mut() {
            outside_in(select, pass)?;
        }
    }
    let mut done = Ok(());
    select.exprs_mut(&mut |e| and(&mut done, || in_expr(e, pass)));
    done
}

fn in_expr(expr: &mut Expr, pass: &mut dyn FnMut(&mut Select) -> Result) -> Result {
    if let Expr::Scalar(select)
    | Expr::Exists(select)
    | Expr::InSelect { select, .. }
    | Expr::RowInSelect { select, .. } = expr
    {
        outside_in(select, pass)?;
    }
    children(expr, &mut |e| in_expr(e, pass))
}

/// Hands over the operands of an expression, up to the first that is refused; not what stands in
/// selects inside it.
pub(super) fn children(expr: &mut Expr, each: &mut dyn FnMut(&mut Expr) -> Result) -> Result {
    let mut done = Ok(());
    expr.parts_mut(&mut |e| and(&mut done, || each(e)), &mut |_| ());
    done
}

fn and(done: &mut Result, next: impl FnOnce() -> Result) {
    if done.is_ok() {
        *done = next();
    }
}

/// Hands over the columns in a select, also those in selects inside it.
pub(super) fn columns_mut(select: &mut Select, each: &mut dyn FnMut(&mut Expr)) {
    for source in select.sources_mut() {
        for select in source.selects_mut() {
            columns_mut(select, each);
        }
    }
    select.exprs_mut(&mut |e| column_mut(e, each));
}

fn column_mut(expr: &mut Expr, each: &mut dyn FnMut(&mut Expr)) {
    if matches!(expr, Expr::Column { .. }) {
        return each(expr);
    }
    // Both closures need it, one after the other.
    let each = std::cell::RefCell::new(each);
    expr.parts_mut(&mut |e| column_mut(e, &mut **each.borrow_mut()), &mut |s| {
        columns_mut(s, &mut **each.borrow_mut())
    });
}

/// Hands over the aliases of a statement's tables.
fn held(statement: &Statement, each: &mut dyn FnMut(Alias)) {
    let (target, joins) = match statement {
        Statement::Update(u) => (Some(u.alias), &u.joins[..]),
        Statement::Delete(d) => (Some(d.alias), &d.joins[..]),
        _ => (None, &[][..]),
    };
    let joined = joins.iter().map(|join| alias(&join.source));
    target.into_iter().chain(joined).for_each(&mut *each);
    // The walk is the one that changes, on a copy: rewriting is rare, and a second walk would have
    // to be kept the same.
    let mut copy = statement.clone();
    let done = selects(&mut copy, &mut |select| {
        aliases(select).for_each(&mut *each);
        Ok(())
    });
    debug_assert!(done.is_ok(), "nothing refuses");
}

/// The highest alias of a statement.
pub(super) fn last_alias(statement: &Statement) -> u16 {
    let mut last = 0;
    held(statement, &mut |alias| {
        // Deletes with joins give their table the last number.
        if alias.0 != u16::MAX {
            last = last.max(alias.0);
        }
    });
    last
}

/// The aliases of a select's own sources.
pub(super) fn aliases(select: &Select) -> impl Iterator<Item = Alias> {
    let joined = select.joins.iter().map(|j| &j.source);
    select.from.iter().chain(joined).map(alias)
}

/// The alias of a source.
pub(super) fn alias(source: &From) -> Alias {
    source.alias()
}
