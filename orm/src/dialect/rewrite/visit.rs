//! Walks that passes share.

use super::Result;
use crate::ast::{Alias, Expr, From, Select, Statement};

/// Hands every select of the statement to a pass, those inside before those around them.
pub(super) fn selects(
    statement: &mut Statement,
    pass: &mut dyn FnMut(&mut Select) -> Result,
) -> Result {
    match statement {
        Statement::Select(select) => inside_out(select, pass),
        Statement::SetOperation(operation) => {
            let parts = &mut operation.parts;
            parts.iter_mut().try_for_each(|s| inside_out(s, pass))
        }
        Statement::Insert(_) | Statement::Raw(_) => Ok(()),
        Statement::Update(update) => {
            let values = update.set.iter_mut().map(|(_, e)| e);
            let mut exprs = values.chain(&mut update.filter);
            exprs.try_for_each(|e| in_expr(e, pass))
        }
        Statement::Delete(delete) => {
            let mut filter = delete.filter.iter_mut();
            filter.try_for_each(|e| in_expr(e, pass))
        }
    }
}

fn inside_out(select: &mut Select, pass: &mut dyn FnMut(&mut Select) -> Result) -> Result {
    for source in select.sources_mut() {
        if let From::Subquery { select, .. } = source {
            inside_out(select, pass)?;
        }
    }
    let mut done = Ok(());
    select.exprs_mut(&mut |e| and(&mut done, || in_expr(e, pass)));
    done?;
    pass(select)
}

fn in_expr(expr: &mut Expr, pass: &mut dyn FnMut(&mut Select) -> Result) -> Result {
    if let Expr::Scalar(select) | Expr::Exists(select) | Expr::InSelect { select, .. } = expr {
        inside_out(select, pass)?;
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

/// Hands over the aliases of a statement's tables.
pub(super) fn held(statement: &Statement, each: &mut dyn FnMut(Alias)) {
    match statement {
        Statement::Update(update) => each(update.alias),
        Statement::Delete(delete) => each(delete.alias),
        _ => {}
    }
    // The walk is the one that changes, on a copy: rewriting is rare, and a second walk would have
    // to be kept the same.
    let mut copy = statement.clone();
    let done = selects(&mut copy, &mut |select| {
        aliases(select).for_each(&mut *each);
        Ok(())
    });
    debug_assert!(done.is_ok(), "nothing refuses");
}

/// The aliases of a select's own sources.
pub(super) fn aliases(select: &Select) -> impl Iterator<Item = Alias> {
    let joined = select.joins.iter().map(|j| &j.source);
    select.from.iter().chain(joined).map(|source| match source {
        From::Table { alias, .. } | From::Subquery { alias, .. } | From::Raw { alias, .. } => {
            *alias
        }
    })
}
