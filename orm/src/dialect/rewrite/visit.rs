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
    for source in sources(select) {
        if let From::Subquery { select, .. } = source {
            inside_out(select, pass)?;
        }
    }
    for expr in exprs(select) {
        in_expr(expr, pass)?;
    }
    pass(select)
}

fn in_expr(expr: &mut Expr, pass: &mut dyn FnMut(&mut Select) -> Result) -> Result {
    if let Expr::Scalar(select) | Expr::Exists(select) | Expr::InSelect { select, .. } = expr {
        inside_out(select, pass)?;
    }
    children(expr, &mut |e| in_expr(e, pass))
}

/// The sources of a select.
fn sources(select: &mut Select) -> impl Iterator<Item = &mut From> {
    let joined = select.joins.iter_mut().map(|j| &mut j.source);
    select.from.iter_mut().chain(joined)
}

/// The expressions of a select.
fn exprs(select: &mut Select) -> impl Iterator<Item = &mut Expr> {
    (select.columns.iter_mut().map(|c| &mut c.expr))
        .chain(select.joins.iter_mut().map(|j| &mut j.on))
        .chain(&mut select.filter)
        .chain(&mut select.group_by)
        .chain(&mut select.having)
        .chain(select.order_by.iter_mut().map(|o| &mut o.expr))
}

/// Hands over the operands of an expression; not what stands in selects inside it.
pub(super) fn children(expr: &mut Expr, each: &mut dyn FnMut(&mut Expr) -> Result) -> Result {
    match expr {
        Expr::Column { .. }
        | Expr::Named(_)
        | Expr::Value(_)
        | Expr::Exists(_)
        | Expr::Scalar(_) => Ok(()),
        Expr::Binary { left, right, .. } => {
            each(left)?;
            each(right)
        }
        Expr::And(all) | Expr::Or(all) | Expr::Func { args: all, .. } => {
            all.iter_mut().try_for_each(each)
        }
        Expr::InRows { exprs, .. } => exprs.iter_mut().try_for_each(each),
        Expr::Raw(raw) => raw.params.iter_mut().try_for_each(each),
        Expr::Not(e)
        | Expr::IsNotTrue(e)
        | Expr::IsNull(e)
        | Expr::IsNotNull(e)
        | Expr::Apart(e)
        | Expr::Outer(e)
        | Expr::Cast { expr: e, .. }
        | Expr::In { expr: e, .. }
        | Expr::InSelect { expr: e, .. }
        | Expr::Like { expr: e, .. }
        | Expr::Regex { expr: e, .. } => each(e),
        Expr::Between { expr, low, high } => {
            each(expr)?;
            each(low)?;
            each(high)
        }
        Expr::Aggregate { arg, .. } => arg.iter_mut().try_for_each(|e| each(e)),
        Expr::GroupConcat { expr, order_by, .. } => {
            each(expr)?;
            order_by.iter_mut().try_for_each(|o| each(&mut o.expr))
        }
        Expr::RowNumber { partition, order } => {
            partition.iter_mut().try_for_each(&mut *each)?;
            order.iter_mut().try_for_each(|o| each(&mut o.expr))
        }
        Expr::Window(window) => {
            window.args.iter_mut().try_for_each(&mut *each)?;
            window.partition_by.iter_mut().try_for_each(&mut *each)?;
            let mut order = window.order_by.iter_mut();
            order.try_for_each(|o| each(&mut o.expr))
        }
        Expr::Case { whens, otherwise } => {
            for (when, then) in whens {
                each(when)?;
                each(then)?;
            }
            otherwise.iter_mut().try_for_each(|e| each(e))
        }
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
