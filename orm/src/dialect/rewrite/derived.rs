//! Named tables as derived ones, in statements that take no WITH.

use std::borrow::Cow;

use super::{Result, refuse, visit};
use crate::ast::{From, Statement, place_select};
use crate::dialect::render::{Used, refuse_varying, uses_tables, varies};
use crate::dialect::{Dialect, WithWrites};

/// The statement with a derived table for each use of a named one, where it writes and the dialect has
/// no place for these.
pub(super) fn derived<'s>(
    dialect: &dyn Dialect,
    statement: &'s Statement,
) -> Result<Cow<'s, Statement>> {
    let writes = matches!(statement, Statement::Update(_) | Statement::Delete(_));
    if !writes || dialect.features().with_writes != WithWrites::Inlined || !uses_tables(statement) {
        return Ok(Cow::Borrowed(statement));
    }
    let used = Used::of(statement);
    if (used.tables.iter()).any(|(table, uses)| *uses > 1 && varies(table)) {
        return Err(refuse_varying(dialect.name()));
    }
    let mut next = visit::last_alias(statement).saturating_add(1);
    let mut changed = statement.clone();
    let mut inline = |source: &mut From| {
        let From::With { table, alias } = source else {
            return Ok(());
        };
        if table.step.is_some() {
            return Err(refuse(
                dialect.name(),
                "Recursive CTE in UPDATE or DELETE",
                "read the keys by a query first, then write the rows of these: `.filter(|x| x.id().is_in(keys))`",
            ));
        }
        let mut select = Box::new(table.select.clone());
        place_select(&mut select, &mut next);
        *source = From::Subquery {
            select,
            alias: *alias,
        };
        Ok(())
    };
    let joins = match &mut changed {
        Statement::Update(update) => &mut update.joins[..],
        Statement::Delete(delete) => &mut delete.joins[..],
        _ => &mut [],
    };
    (joins.iter_mut()).try_for_each(|join| inline(&mut join.source))?;
    visit::selects(&mut changed, &mut |select| {
        select.sources_mut().try_for_each(&mut inline)
    })?;
    Ok(Cow::Owned(changed))
}
