//! Statements of one shape are rendered once.
//!
//! A walk over the statement writes its *shape* into a buffer, everything but the values, and
//! collects the values as parameters; the shape finds the text. The shape tells statements apart
//! byte by byte, not by a hash of it. Where the text could depend on a value, the shape says what of
//! the value it depends on: its kind, or which others it equals.
//!
//! Passes and spellings may move values, write them twice and add some of their own. Where they could,
//! the statement is rendered once more with a different value in each place ([`labels`]), which shows
//! where each parameter comes from.
//!
//! Debug builds render anew what they find, and compare.

mod again;
mod cache;
mod expr;
mod labels;
mod statement;
mod walk;

use std::cell::RefCell;
use std::sync::Arc;

use super::Spelling;
use crate::ast::Statement;
use crate::dialect::Sql;
use cache::{Kept, LONGEST, Rendered, find, keep};
use walk::{Buffers, Walk};

thread_local! {
    static BUFFERS: RefCell<Buffers> = const { RefCell::new(Buffers::new()) };
}

/// Renders a statement, or finds the text of its shape.
pub(super) fn render(d: &dyn Spelling, statement: &Statement) -> super::Result<Sql> {
    let mut walk = Walk::new(d, BUFFERS.take());
    let sql = if walk.statement(statement) {
        find_or_render(d, statement, &mut walk)
    } else {
        render_anew(d, statement).map(|(sql, _)| sql)
    };
    BUFFERS.set(walk.into_buffers());
    sql
}

fn find_or_render(d: &dyn Spelling, statement: &Statement, walk: &mut Walk) -> super::Result<Sql> {
    let mut found = find(&walk.shape);
    let mut compared = matches!(found, Some(Kept::Compared));
    if compared {
        walk.equalities();
        found = find(&walk.shape);
    }
    if let Some(Kept::Text(found)) = found {
        let first = cfg!(debug_assertions) && found.is_one_of_the_first();
        let sql = sql_of(found, walk);
        debug_assert!(
            !first || is_as_anew(d, statement, &sql),
            "a statement was found as {sql:?}, which it is not: {statement:?}"
        );
        return Ok(sql);
    }
    let (mut sql, rewritten) = render_anew(d, statement)?;
    if sql.text.len() > LONGEST {
        return Ok(sql);
    }
    if !compared && compares(walk, rewritten) {
        keep(&walk.shape, &Kept::Compared);
        walk.equalities();
        compared = true;
    }
    let moved = rewritten
        || walk.turned
        || walk.moved
        || (walk.features.sequential_assignment && sets_several(statement));
    let origins = match moved {
        false if sql.params == walk.params => Some(None),
        _ => labels::origins(d, statement, &sql, &walk.params, compared).map(Some),
    };
    if let Some(origins) = origins {
        let text: Arc<str> = Arc::from(&*sql.text);
        let rendered = Rendered {
            text: Arc::clone(&text),
            marks: Arc::clone(&sql.marks),
            origins,
            inline: sql.inline,
            found: Arc::default(),
        };
        keep(&walk.shape, &Kept::Text(rendered));
        sql.text = text.into();
    }
    Ok(sql)
}

/// What was found, with the values of the walk.
fn sql_of(found: Rendered, walk: &mut Walk) -> Sql {
    Sql {
        text: found.text.into(),
        params: match &found.origins {
            None => std::mem::take(&mut walk.params),
            Some(origins) => labels::params(origins, &walk.params),
        },
        marks: found.marks,
        point: false,
        reference: false,
        inline: found.inline,
    }
}

/// Whether the text may be another where values are equal: passes join equal subqueries once, and what
/// they move into them; named tables of one name have to be equal.
fn compares(walk: &Walk, rewritten: bool) -> bool {
    match walk.features.subqueries_as_written {
        true => walk.tables.len() > 1,
        // Named tables are changed apart from the statement.
        false => (rewritten && walk.nested) || !walk.tables.is_empty(),
    }
}

fn sets_several(statement: &Statement) -> bool {
    matches!(statement, Statement::Update(update) if update.set.len() > 1)
}

/// Renders a statement, and counts it where a test asks how often that is done.
fn render_anew(d: &dyn Spelling, statement: &Statement) -> super::Result<(Sql, bool)> {
    #[cfg(test)]
    tests::RENDERED.with(|n| n.set(n.get() + 1));
    super::render_anew(d, statement)
}

/// Whether a statement that is rendered anew is this one. Values are compared as they are shown: there
/// are numbers that do not equal themselves.
fn is_as_anew(d: &dyn Spelling, statement: &Statement, found: &Sql) -> bool {
    super::render_anew(d, statement).is_ok_and(|(sql, _)| {
        sql.text == found.text
            && sql.marks == found.marks
            && sql.params.len() == found.params.len()
            && (sql.params.iter().zip(&found.params))
                .all(|(a, b)| a == b || format!("{a:?}") == format!("{b:?}"))
    })
}

#[cfg(test)]
mod tests;
