//! Subqueries that refer to the row outside by more than equalities, made independent of it.
//!
//! `EXISTS (SELECT 1 FROM b WHERE b.n > a.n)` is asked for each different `n` of `a` at once:
//! `SELECT m.n FROM b JOIN (SELECT DISTINCT n FROM a) AS m WHERE b.n > m.n GROUP BY m.n`.

use super::Aliases;
use super::visit::columns_mut;
use crate::ast::{Alias, Expr, From, Join, JoinKind, Name, Select, SelectItem};

/// Joins the values that the subquery uses of the one table outside that it refers to; returns the
/// columns inside, each with the one outside that it must equal, NULLs alike. `None` if it refers to
/// several tables, or to none by its name.
pub(super) fn bind(
    inner: &mut Select,
    own: &[Alias],
    tables: &[(Alias, Name)],
    aliases: &mut Aliases,
) -> Option<Vec<(Expr, Expr)>> {
    let mut used: Vec<(Alias, Name)> = Vec::new();
    columns_mut(inner, &mut |column| {
        if let Expr::Column { table, name } = column
            && own.contains(table)
            && !used.iter().any(|(t, n)| t == table && n == name)
        {
            used.push((*table, name.clone()));
        }
    });
    used.sort();
    let outer = used.first()?.0;
    if used.iter().any(|(table, _)| *table != outer) {
        return None;
    }
    let name = &tables.iter().find(|(alias, _)| *alias == outer)?.1;
    let (bound, source) = (aliases.next(), aliases.next());
    let item = |(_, column): &(Alias, Name)| SelectItem {
        expr: Expr::column(source, column.clone()),
        alias: Some(column.clone()),
    };
    let values = Select {
        distinct: true,
        columns: used.iter().map(item).collect(),
        ..Select::from_table(name.clone(), source)
    };
    columns_mut(inner, &mut |column| {
        if let Expr::Column { table, .. } = column
            && *table == outer
        {
            *table = bound;
        }
    });
    inner.joins.push(Join {
        kind: JoinKind::Inner,
        source: From::Subquery {
            select: Box::new(values),
            alias: bound,
        },
        on: Expr::And(Vec::new()),
    });
    let pair = |(table, column): (Alias, Name)| {
        let outside = Expr::column(table, column.clone());
        (Expr::column(bound, column), outside)
    };
    Some(used.into_iter().map(pair).collect())
}
