//! Whether a statement that writes may read rows of its own table after it has changed some of them.
//!
//! MySQL's family and SQLite compute a subquery when it is first asked for, and MariaDB (10.11) fills
//! derived tables by then: in `CASE WHEN id > 5 THEN (SELECT MAX(n) FROM t) ELSE n + 100 END`, or behind
//! an OR, rows may have changed before.
//!
//! On SQLite that concerns the values of an UPDATE alone: where a condition holds a subquery, it finds
//! all rows before it writes the first (3.54, which is bundled; 3.40 did not).

use super::scope::{correlated, reads, reads_table, walk};
use crate::ast::{BinaryOp, Delete, Expr, From, Join, Select, Update};

pub(super) fn update(update: &Update) -> bool {
    let filter = update.filter.as_ref();
    values(update) || filtered(filter, &update.table) || joined(&update.joins, &update.table)
}

pub(super) fn delete(delete: &Delete) -> bool {
    filtered(delete.filter.as_ref(), &delete.table) || joined(&delete.joins, &delete.table)
}

/// Whether a value reads the table anew for each row, or not for the first row yet.
pub(super) fn values(update: &Update) -> bool {
    let table = &update.table;
    let late = |value: &Expr| match value {
        Expr::Scalar(select) | Expr::Exists(select) => anew(select, table),
        other => reads_table(other, table),
    };
    update.set.iter().any(|(_, value)| late(value))
}

/// Whether a condition does so: a row is written after all parts of an AND held for it.
fn filtered(filter: Option<&Expr>, table: &str) -> bool {
    filter.is_some_and(|part| part_is_late(part, table))
}

fn part_is_late(part: &Expr, table: &str) -> bool {
    let reads_in = |e: &Expr| reads_table(e, table);
    match part {
        Expr::And(parts) => parts.iter().any(|part| part_is_late(part, table)),
        Expr::Scalar(select) | Expr::Exists(select) => anew(select, table),
        Expr::Not(e) => match &**e {
            // Not both sides of what NOT makes an OR of.
            Expr::And(_) => reads_in(e),
            e => part_is_late(e, table),
        },
        // A NULL in front of them leaves the row out.
        Expr::InSelect { expr, select } => {
            reads_in(expr) || anew(select, table) || grouped(select, table)
        }
        Expr::RowInSelect { exprs, select } => {
            exprs.iter().any(reads_in) || anew(select, table) || grouped(select, table)
        }
        Expr::Binary {
            left,
            op:
                BinaryOp::Eq
                | BinaryOp::Ne
                | BinaryOp::Lt
                | BinaryOp::Le
                | BinaryOp::Gt
                | BinaryOp::Ge
                | BinaryOp::NullSafeEq,
            right,
        } => {
            let late = |side: &Expr, other: &Expr| match side {
                Expr::Scalar(select) => anew(select, table) || reads_in(other),
                side => reads_in(side),
            };
            match (reads_in(left), reads_in(right)) {
                (false, false) => false,
                (true, _) => late(left, right),
                (false, true) => late(right, left),
            }
        }
        other => reads_in(other),
    }
}

/// Whether a select reads the table, and for each row: it, or one inside it, refers to the row outside.
fn anew(select: &Select, table: &str) -> bool {
    reads(select, table) && correlated(select)
}

/// Whether a select reads the table and makes groups: MariaDB may turn the list into a question for each
/// row, and fill the groups of its key alone.
fn grouped(select: &Select, table: &str) -> bool {
    reads(select, table) && groups(select)
}

fn groups(select: &Select) -> bool {
    let within = |source: &From| matches!(source, From::Subquery { select, .. } if groups(select));
    !select.group_by.is_empty()
        || select.from.as_ref().is_some_and(within)
        || select.joins.iter().any(|join| within(&join.source))
}

/// Whether derived tables of the table may be filled late: all but DISTINCT ones, for which the
/// server neither looks key by key (LATERAL) nor merges them into the statement.
fn joined(joins: &[Join], table: &str) -> bool {
    joins.iter().any(|join| {
        let source = match &join.source {
            From::Subquery { select, .. } => reads(select, table) && !(is_filled_first(select)),
            From::Set { operation, .. } => operation.parts.iter().any(|part| reads(part, table)),
            From::With { table: with, .. } => {
                let step = with.step.as_ref().map(|step| &step.select);
                (std::iter::once(&with.select).chain(step)).any(|part| reads(part, table))
            }
            From::Table { .. } | From::Raw { .. } | From::Found { .. } => false,
        };
        source || reads_table(&join.on, table)
    })
}

fn is_filled_first(select: &Select) -> bool {
    let mut plain = select.distinct && select.group_by.is_empty() && select.having.is_none();
    for column in &select.columns {
        let mut see = |e: &Expr| {
            plain &= !matches!(
                e,
                Expr::Window(_) | Expr::Aggregate { .. } | Expr::GroupConcat { .. }
            );
        };
        walk(&column.expr, &mut see, &mut |_| ());
    }
    plain
}
