//! Statements that a database refuses, said in another way with the same rows.
//!
//! Passes run on the AST before it is rendered, each on its own flag of
//! [`Features`](super::Features). What no pass can change raises
//! [`RenderError::UnsupportedQueryShape`], so nothing is sent that would be refused.

mod asked;
mod bindings;
mod constant;
mod derived;
mod joined;
mod keys;
mod lift;
mod visit;
mod written;

use std::borrow::Cow;

use super::{Dialect, RenderError, RowInSelect};
use crate::ast::{Alias, Select, Statement};

type Result<T = (), E = RenderError> = std::result::Result<T, E>;

/// The statement as the dialect takes it: itself, where nothing is in the way.
pub(super) fn rewrite<'s>(
    dialect: &dyn Dialect,
    statement: &'s Statement,
) -> Result<Cow<'s, Statement>> {
    let statement = derived::derived(dialect, statement)?;
    let features = dialect.features();
    let statement = constant::apart(features, statement)?;
    let ordered = features.subqueries_as_written && written::mixed(&statement);
    if !ordered && !lift::needed(&statement) {
        return Ok(statement);
    }
    if features.subqueries_as_written {
        let mut changed = statement.into_owned();
        visit::selects(&mut changed, &mut written::select)?;
        return Ok(Cow::Owned(changed));
    }
    let rows_stay = match features.row_in_select {
        RowInSelect::Any => true,
        RowInSelect::Plain => !asked::rows_of_subqueries(&statement),
        RowInSelect::None => false,
    };
    // What is read of the table that is written is read whole, before the first row is.
    let itself = !features.self_select && asked::reads_itself(&statement);
    // Operands that are looked for together become EXISTS.
    let hidden = !features.exists_of_subqueries
        && (asked::rows_of_subqueries(&statement) || asked::exists_of_subqueries(&statement));
    let takes = features.correlated_subqueries
        && rows_stay
        && !hidden
        && (features.nested_in_having || !asked::nested_in_having(&statement))
        && (features.subquery_groups || !asked::groups_of_selects(&statement))
        && (features.selects_in_aggregates || !asked::selects_in_aggregates(&statement));
    if takes && !itself {
        return Ok(written::late(statement));
    }
    let last = visit::last_alias(&statement);
    let mut changed = statement.into_owned();
    let target = match &changed {
        Statement::Update(update) => Some(update.table.clone()),
        Statement::Delete(delete) => Some(delete.table.clone()),
        _ => None,
    };
    let mut lift = lift::Lift {
        dialect: dialect.name(),
        rows_stay,
        join_exists: hidden || itself,
        sources: Vec::new(),
        aliases: Aliases(last),
        asks: target.filter(|_| takes),
        kept: Vec::new(),
        unique: false,
    };
    match &mut changed {
        Statement::Update(update) => lift.update(update)?,
        Statement::Delete(delete) => lift.delete(delete)?,
        _ => {}
    }
    if !takes {
        visit::selects(&mut changed, &mut |select| lift.select(select))?;
    }
    Ok(Cow::Owned(changed))
}

/// Hands out aliases that the statement does not use.
struct Aliases(u16);

impl Aliases {
    fn next(&mut self) -> Alias {
        self.0 = self.0.saturating_add(1);
        Alias(self.0)
    }
}

/// An error that names the class of the shape, as the server would.
fn refuse(dialect: &'static str, class: &'static str, hint: &str) -> RenderError {
    RenderError::UnsupportedQueryShape {
        dialect,
        class,
        hint: hint.to_owned(),
    }
}

/// Whether the select reads columns of tables that it does not hold itself.
fn correlated(select: &Select) -> bool {
    super::render::correlated(select)
}
