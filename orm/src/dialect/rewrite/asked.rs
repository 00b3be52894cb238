//! Questions to a statement: whether it holds what a database, which takes most subqueries as they are,
//! answers wrongly or refuses.

use super::visit::selects;
use crate::ast::{Alias, Expr, From, Select, Statement};
use crate::dialect::render::{any_column, correlated, no_selects, reads_table, uses, uses_tables};

/// Whether a subquery in HAVING that refers to the group aggregates what a subquery within it finds.
pub(super) fn nested_in_having(statement: &Statement) -> bool {
    let mut found = false;
    // The walk is the one that changes; nothing refuses here.
    let _ = selects(&mut statement.clone(), &mut |select| {
        let plain = (select.sources_mut()).all(|source| matches!(source, From::Table { .. }));
        if let Some(having) = &mut select.having {
            found |= asks(having) || (!plain && refers(having));
        }
        Ok(())
    });
    found
}

/// Whether groups are made of a subquery that refers to the row outside, and aggregate in an order.
pub(super) fn groups_of_selects(statement: &Statement) -> bool {
    let mut found = false;
    // As above.
    let _ = selects(&mut statement.clone(), &mut |select| {
        let mut asked = false;
        for term in &mut select.group_by {
            asked |= refers(term);
        }
        let mut ordered = false;
        if asked {
            select.exprs_mut(&mut |e| ordered |= aggregates_in_order(e));
        }
        found |= ordered;
        Ok(())
    });
    found
}

/// Whether a subquery in the expression reads columns of tables around it.
fn refers(expr: &mut Expr) -> bool {
    let (mut here, mut deeper) = (false, false);
    expr.parts_mut(&mut |e| deeper |= refers(e), &mut |select| {
        here |= correlated(select);
    });
    here || deeper
}

fn aggregates_in_order(expr: &mut Expr) -> bool {
    if let Expr::Aggregate { distinct: true, .. } | Expr::GroupConcat { .. } = expr {
        return true;
    }
    let mut found = false;
    expr.parts_mut(&mut |e| found |= aggregates_in_order(e), &mut |_| ());
    found
}

fn asks(expr: &mut Expr) -> bool {
    let (mut inside, mut deeper) = (false, false);
    expr.parts_mut(&mut |e| deeper |= asks(e), &mut |select| {
        if correlated(select) {
            select.exprs_mut(&mut |e| inside |= aggregates_a_select(e));
        }
    });
    inside || deeper
}

/// Whether an aggregate has a subquery on a named table as its argument, or joins texts by one that
/// refers to the row outside.
pub(super) fn selects_in_aggregates(statement: &Statement) -> bool {
    let named = uses_tables(statement);
    any_expr(statement, &mut |e| match e {
        Expr::Aggregate { arg: Some(arg), .. } => named && reads_named(arg),
        Expr::GroupConcat { .. } => refers(e) || (named && reads_named(e)),
        _ => false,
    })
}

fn reads_named(expr: &mut Expr) -> bool {
    let (mut here, mut deeper) = (false, false);
    expr.parts_mut(&mut |e| deeper |= reads_named(e), &mut |select| {
        here |= uses(select);
    });
    here || deeper
}

/// Whether operands that are looked for together in a select are subqueries, or stand for one.
pub(super) fn rows_of_subqueries(statement: &Statement) -> bool {
    let hidden = hidden(statement);
    any_expr(statement, &mut |e| match e {
        Expr::RowInSelect { exprs, .. } => (exprs.iter())
            .any(|e| !no_selects(e) || any_column(e, &mut |table, _| hidden.contains(&table))),
        _ => false,
    })
}

/// Whether a subquery that refers to the row outside reads the table that is written. MariaDB (10.11)
/// fills the derived table that stands for it when it is first asked, by when rows may have changed.
pub(super) fn reads_itself(statement: &Statement) -> bool {
    let asks = |expr: &Expr, table: &str| reads_table(expr, table) && refers(&mut expr.clone());
    match statement {
        Statement::Update(update) => {
            let values = update.set.iter().map(|(_, value)| value);
            let mut all = values.chain(&update.filter);
            all.any(|e| asks(e, &update.table))
        }
        Statement::Delete(delete) => (delete.filter.iter()).any(|e| asks(e, &delete.table)),
        _ => false,
    }
}

/// Whether EXISTS refers to columns that stand for subqueries.
pub(super) fn exists_of_subqueries(statement: &Statement) -> bool {
    let hidden = hidden(statement);
    !hidden.is_empty()
        && any_expr(statement, &mut |e| {
            matches!(e, Expr::Exists(_)) && any_column(e, &mut |table, _| hidden.contains(&table))
        })
}

/// The aliases of derived and named tables with subqueries among their columns.
fn hidden(statement: &Statement) -> Vec<Alias> {
    let mut aliases = Vec::new();
    let mut note = |source: &From| {
        if hides(source) {
            aliases.push(source.alias());
        }
    };
    match statement {
        Statement::Update(update) => update.joins.iter().for_each(|join| note(&join.source)),
        Statement::Delete(delete) => delete.joins.iter().for_each(|join| note(&join.source)),
        _ => {}
    }
    // As above.
    let _ = selects(&mut statement.clone(), &mut |select| {
        select.sources_mut().for_each(|source| note(source));
        Ok(())
    });
    aliases
}

fn hides(source: &From) -> bool {
    let hold = |select: &Select| {
        let joined = select.joins.iter().map(|join| &join.source);
        select.columns.iter().any(|c| !no_selects(&c.expr))
            || select.from.iter().chain(joined).any(hides)
    };
    match source {
        From::Subquery { .. } | From::Set { .. } => source.selects().any(hold),
        From::With { table, .. } => hold(&table.select),
        From::Table { .. } | From::Raw { .. } | From::Found { .. } => false,
    }
}

/// Whether any expression of a statement passes a test, also of the selects inside it.
fn any_expr(statement: &Statement, test: &mut dyn FnMut(&mut Expr) -> bool) -> bool {
    let mut changed = statement.clone();
    let mut found = false;
    match &mut changed {
        Statement::Update(update) => {
            let values = update.set.iter_mut().map(|(_, value)| value);
            (values.chain(&mut update.filter)).for_each(|e| found |= any_within(e, test));
        }
        Statement::Delete(delete) => {
            (delete.filter.iter_mut()).for_each(|e| found |= any_within(e, test));
        }
        _ => {}
    }
    // As above.
    let _ = selects(&mut changed, &mut |select| {
        select.exprs_mut(&mut |e| found |= any_within(e, test));
        Ok(())
    });
    found
}

fn any_within(expr: &mut Expr, test: &mut dyn FnMut(&mut Expr) -> bool) -> bool {
    if test(expr) {
        return true;
    }
    let mut found = false;
    expr.parts_mut(&mut |e| found |= any_within(e, test), &mut |_| ());
    found
}

fn aggregates_a_select(expr: &mut Expr) -> bool {
    if let Expr::Aggregate { arg: Some(arg), .. } = expr {
        return !no_selects(arg);
    }
    let mut found = false;
    expr.parts_mut(&mut |e| found |= aggregates_a_select(e), &mut |_| ());
    found
}
