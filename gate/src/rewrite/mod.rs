//! SingleStore's words in MariaDB's.

mod full_join;
mod functions;
mod operators;
mod rollup;
mod search;
mod variables;
mod vector_hints;

use crate::refusal::Refusal;
use crate::sql::{Edits, Mode, Sql};

pub(crate) use full_join::full_join;
pub(crate) use variables::{HIDDEN, Known, known_variable};

/// Rewrites operators, functions, variables and catalog names anywhere in a statement.
pub(crate) fn statement(sql: &Sql, known: &Known<'_>, edits: &mut Edits) -> Result<(), Refusal> {
    variables::rewrite(sql, known, edits)?;
    functions::rewrite(sql, edits)?;
    vector_hints::rewrite(sql, edits);
    rollup::rewrite(sql, edits);
    operators::rewrite(sql, edits)
}

/// An expression that stands in DDL, where MariaDB takes no function of gate's own.
pub(crate) fn expression(text: &str) -> String {
    let sql = Sql::new(text, Mode::default());
    let mut edits = Edits::default();
    let done =
        functions::rewrite(&sql, &mut edits).and_then(|()| operators::rewrite(&sql, &mut edits));
    match done {
        Ok(()) if !edits.is_empty() => edits.apply(text),
        _ => text.to_owned(),
    }
}
