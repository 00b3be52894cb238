//! Subqueries of WHERE in the form that a database runs best which runs them as they are written.
//!
//! SQLite makes a list of all that `IN (SELECT …)` selects, but looks for one row of `EXISTS` by an index;
//! and it asks a subquery as soon as it knows the columns that this names, be it for rows that other
//! joined tables rule out. MariaDB does the latter with scalar ones alone: others become joins.
//!
//! SQLite also takes conditions on other tables that stand in front for ones that spare it rows of an
//! index, and walks along an index in no useful order because of them.

use std::borrow::Cow;

use super::Result;
use super::keys::flat;
use super::visit::{alias, selects};
use crate::ast::{Alias, BinaryOp, Expr, From, JoinKind, Select, Statement};
use crate::dialect::render::{any_column, correlated, no_selects};

/// Has the scalar subqueries of each WHERE wait for the joined tables that leave rows out.
pub(super) fn late<'s>(statement: Cow<'s, Statement>) -> Cow<'s, Statement> {
    let mut changed = statement.clone().into_owned();
    // Nothing refuses.
    let _ = selects(&mut changed, &mut |select| {
        if let Some(mut filter) = select.filter.take() {
            let parts = flat(vec![filter.clone()]);
            let same = filtered_keys(select, &parts);
            if !same.is_empty() {
                of_scalars(&mut filter, &same);
            }
            select.filter = Some(filter);
        }
        Ok(())
    });
    match changed == *statement {
        true => statement,
        false => Cow::Owned(changed),
    }
}

/// As [`through_keys`], but for what becomes a join by itself.
fn of_scalars(expr: &mut Expr, same: &[(Expr, Expr)]) {
    match expr {
        Expr::Scalar(_) => through_keys(expr, same),
        _ => expr.parts_mut(&mut |e| of_scalars(e, same), &mut |_| ()),
    }
}

/// Changes the subqueries of one select's WHERE.
pub(super) fn select(select: &mut Select) -> Result {
    let Some(filter) = select.filter.take() else {
        return Ok(());
    };
    let mut parts = flat(vec![filter]);
    parts.iter_mut().for_each(found_by_index);
    let same = filtered_keys(select, &parts);
    if !same.is_empty() {
        for part in &mut parts {
            through_keys(part, &same);
        }
    }
    if let Some(root) = root(select) {
        parts = own_first(parts, root);
    }
    select.filter = match parts.len() {
        1 => parts.pop(),
        _ => Some(Expr::And(parts)),
    };
    Ok(())
}

/// Whether conditions on joined tables stand in front of those on the first one.
pub(super) fn mixed(statement: &Statement) -> bool {
    let Statement::Select(select) = statement else {
        return false;
    };
    let (Some(root), Some(Expr::And(parts))) = (root(select), &select.filter) else {
        return false;
    };
    !parts.is_sorted_by_key(|part| !names(part, root))
}

/// The first of several tables.
fn root(select: &Select) -> Option<Alias> {
    match &select.from {
        Some(From::Table { alias, .. }) if !select.joins.is_empty() => Some(*alias),
        _ => None,
    }
}

fn names(part: &Expr, table: Alias) -> bool {
    any_column(part, &mut |of, _| of == table)
}

/// The conditions on the first table in front: a column that an index lacks ends SQLite's estimate.
fn own_first(parts: Vec<Expr>, root: Alias) -> Vec<Expr> {
    let (mut own, others): (Vec<_>, Vec<_>) = parts.into_iter().partition(|e| names(e, root));
    own.extend(others);
    own
}

/// Where NULL is as good as false: the objects of a relation, whose column has an index, as EXISTS.
fn found_by_index(expr: &mut Expr) {
    match expr {
        Expr::And(all) | Expr::Or(all) => all.iter_mut().for_each(found_by_index),
        Expr::IsNotTrue(e) => found_by_index(e),
        Expr::InSelect { .. } => {
            if let Some((_, exists)) = as_exists(expr) {
                *expr = exists;
            }
        }
        // What is NULL is not absent, but from an empty list.
        Expr::Not(e) => {
            if let Some((key, exists)) = as_exists(e)
                && let Expr::InSelect { select, .. } = &mut **e
            {
                select.columns.clear();
                let empty = Expr::Not(Box::new(Expr::Exists(select.clone())));
                *expr = Expr::And(vec![
                    Expr::Not(Box::new(exists)),
                    Expr::Or(vec![Expr::IsNotNull(Box::new(key)), empty]),
                ]);
            }
        }
        _ => {}
    }
}

/// The key that is looked for among those of a relation, and EXISTS in the place of the list.
fn as_exists(expr: &Expr) -> Option<(Expr, Expr)> {
    let Expr::InSelect { expr: key, select } = expr else {
        return None;
    };
    let filter = related(select)?;
    let mut select = (**select).clone();
    let column = select.columns.remove(0).expr;
    let equal = Expr::binary(column, BinaryOp::Eq, (**key).clone());
    select.filter = Some(Expr::And(std::iter::once(equal).chain(filter).collect()));
    Some(((**key).clone(), Expr::Exists(Box::new(select))))
}

/// The conditions on the objects of a relation, where none of them is one that an index may find rows
/// by: with such a one, a list of few is quicker.
///
/// A select of a relation is told by its condition that the owner is not NULL, which others lack.
fn related(select: &Select) -> Option<Vec<Expr>> {
    let whole = select.limit.is_none()
        && select.offset.is_none()
        && select.group_by.is_empty()
        && select.having.is_none()
        && select.joins.is_empty();
    let ([item], Some(filter)) = (&select.columns[..], &select.filter) else {
        return None;
    };
    let mut parts = flat(vec![filter.clone()]);
    let owned = |e: &Expr| matches!(e, Expr::IsNotNull(column) if **column == item.expr);
    let owner = parts.iter().position(owned)?;
    parts.remove(owner);
    let scanned = parts.iter().all(|part| match part {
        Expr::Binary { left, right, .. } => {
            let value = |e: &Expr| matches!(e, Expr::Value(_));
            !value(left) && !value(right)
        }
        Expr::Not(_) | Expr::IsNotNull(_) => true,
        _ => false,
    });
    (whole && scanned && matches!(item.expr, Expr::Column { .. })).then_some(parts)
}

/// Columns of the select's rows, each with the key of a joined table that equals it and that the
/// conditions say more of. Relations alone are joined by a bare equality: what equals by the collation
/// of one column, or as a float, need not by another's.
fn filtered_keys(select: &Select, parts: &[Expr]) -> Vec<(Expr, Expr)> {
    let mut same = Vec::new();
    for join in &select.joins {
        let table = alias(&join.source);
        let is_table = matches!(join.source, From::Table { .. });
        let mut plain = parts.iter().filter(|part| no_selects(part));
        let filtered = plain.any(|part| any_column(part, &mut |of, _| of == table));
        if join.kind != JoinKind::Inner || !is_table || !filtered {
            continue;
        }
        if let Expr::Binary {
            left,
            op: BinaryOp::Eq,
            right,
        } = &join.on
        {
            match (&**left, &**right) {
                (Expr::Column { table: a, .. }, Expr::Column { .. }) if *a == table => {
                    same.push((right.as_ref().clone(), left.as_ref().clone()));
                }
                (Expr::Column { .. }, Expr::Column { table: b, .. }) if *b == table => {
                    same.push((left.as_ref().clone(), right.as_ref().clone()));
                }
                _ => {}
            }
        }
    }
    same
}

/// Lets the equalities of correlated subqueries name those keys. Elsewhere in a subquery the column stays:
/// what is equal by a collation need not look the same.
fn through_keys(expr: &mut Expr, same: &[(Expr, Expr)]) {
    expr.parts_mut(&mut |e| through_keys(e, same), &mut |select| {
        if correlated(select)
            && let Some(filter) = &mut select.filter
        {
            equalities(filter, same);
        }
    });
}

fn equalities(filter: &mut Expr, same: &[(Expr, Expr)]) {
    match filter {
        Expr::And(parts) => parts.iter_mut().for_each(|part| equalities(part, same)),
        Expr::Binary {
            left,
            op: BinaryOp::Eq,
            right,
        } => {
            for side in [left, right] {
                if let Some((_, key)) = same.iter().find(|(column, _)| *column == **side) {
                    **side = key.clone();
                }
            }
        }
        _ => {}
    }
}
