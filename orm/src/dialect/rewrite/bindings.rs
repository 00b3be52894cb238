//! Subqueries that refer to the row outside by more than equalities, made independent of it.
//!
//! `EXISTS (SELECT 1 FROM b WHERE b.n > a.n)` is asked for each different `n` of `a` at once:
//! `SELECT m.n FROM b JOIN (SELECT DISTINCT n FROM a) AS m WHERE b.n > m.n GROUP BY m.n`.

use super::Aliases;
use super::visit::{alias, columns_mut};
use crate::ast::{Alias, Expr, From, Join, JoinKind, Name, Select, SelectItem};
use crate::dialect::render::any_column;

/// Columns inside, each with the one outside that it must equal, NULLs alike.
type Pairs = Vec<(Expr, Expr)>;

/// Joins the values that the subquery uses of the rows outside, which come of `sources`. `None` if it
/// uses none, or where nothing says what the sources hold.
pub(super) fn bind(inner: &mut Select, sources: &[Join], aliases: &mut Aliases) -> Option<Pairs> {
    let (source, pairs) = bound(inner, sources, &[], aliases)?;
    inner.joins.push(Join {
        kind: JoinKind::Inner,
        source,
        on: Expr::And(Vec::new()),
    });
    Some(pairs)
}

/// Lets the subquery name those values by a source of their own, which is returned: of the rows outside
/// for which conditions hold.
pub(super) fn bound(
    inner: &mut Select,
    sources: &[Join],
    kept: &[Expr],
    aliases: &mut Aliases,
) -> Option<(From, Pairs)> {
    let own: Vec<Alias> = sources.iter().map(|join| alias(&join.source)).collect();
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
    let tables: Vec<Alias> = used.iter().map(|(table, _)| *table).collect();
    let bound = aliases.next();
    let (mut values, renamed) = rows(sources, &tables, kept, aliases)?;
    let new = |table: Alias| renamed.iter().find(|(from, _)| *from == table);
    // Columns of one name may come of several tables.
    let twice = |name: &Name| used.iter().filter(|(_, n)| n == name).count() > 1;
    let outer_name = |table: &Alias, name: &Name| match twice(name) {
        true => format!("{name}_{}", table.0).into(),
        false => name.clone(),
    };
    for (table, name) in &used {
        values.columns.push(SelectItem {
            expr: Expr::column(new(*table)?.1, name.clone()),
            alias: Some(outer_name(table, name)),
        });
    }
    columns_mut(inner, &mut |column| {
        if let Expr::Column { table, name } = column
            && own.contains(table)
        {
            *name = outer_name(table, name);
            *table = bound;
        }
    });
    let source = From::Subquery {
        select: Box::new(values),
        alias: bound,
    };
    let pair = |(table, name): &(Alias, Name)| {
        let outside = Expr::column(*table, name.clone());
        (Expr::column(bound, outer_name(table, name)), outside)
    };
    Some((source, used.iter().map(pair).collect()))
}

/// A select of the different rows of the sources, without its columns yet, and the new aliases: of the
/// one table that is used, if all of its rows are there, else of all sources as they are joined.
fn rows(
    sources: &[Join],
    used: &[Alias],
    kept: &[Expr],
    aliases: &mut Aliases,
) -> Option<(Select, Vec<(Alias, Alias)>)> {
    let first = *used.first()?;
    let source = sources.iter().find(|join| alias(&join.source) == first)?;
    if let (From::Table { name, .. }, JoinKind::Inner) = (&source.source, source.kind)
        && used.iter().all(|table| *table == first)
    {
        let new = aliases.next();
        let other = |part: &Expr| any_column(part, &mut |table, _| table != first);
        let mut select = Select {
            distinct: true,
            filter: all(kept.iter().filter(|part| !other(part))),
            ..Select::from_table(name.clone(), new)
        };
        let renamed = vec![(first, new)];
        rename(&mut select, &renamed);
        return Some((select, renamed));
    }
    let new = |join: &Join| (alias(&join.source), aliases.next());
    let renamed: Vec<(Alias, Alias)> = sources.iter().map(new).collect();
    // A step may read the rows found so far once only.
    if (sources.iter()).any(|join| matches!(join.source, From::Found { .. })) {
        return None;
    }
    let mut select = Select {
        distinct: true,
        joins: sources.to_vec(),
        filter: all(kept.iter()),
        ..Select::empty()
    };
    for source in select.sources_mut() {
        let alias = source.alias_mut();
        *alias = renamed.iter().find(|(from, _)| from == alias)?.1;
    }
    rename(&mut select, &renamed);
    select.from = Some(select.joins.remove(0).source);
    Some((select, renamed))
}

fn rename(select: &mut Select, renamed: &[(Alias, Alias)]) {
    columns_mut(select, &mut |column| {
        if let Expr::Column { table, .. } = column
            && let Some((_, new)) = renamed.iter().find(|(from, _)| from == table)
        {
            *table = *new;
        }
    });
}

fn all<'e>(parts: impl Iterator<Item = &'e Expr>) -> Option<Expr> {
    let mut parts: Vec<Expr> = parts.cloned().collect();
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(Expr::And(parts)),
    }
}
