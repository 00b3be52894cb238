//! `sqlflush`: the SQL of `flush`, without a database.

use orm::fixtures::emptying;
use serde_json::json;

use super::{Context, database};
use crate::args;
use crate::graph;
use crate::report::Failure;

pub(super) fn run(context: &Context<'_>, args: &args::SqlFlush) -> Result<u8, Failure> {
    let project = context.place()?;
    let store = context.store(&project)?;
    let dialect = database::dialect_of(context, &project, args.dialect.as_deref())?;
    let state = store
        .graph()?
        .state()
        .map_err(|e| graph::state_failure(&e))?;
    let emptying = emptying(&state, dialect).map_err(|e| database::fixture_failure(&e))?;
    let all = [
        &emptying.before,
        &emptying.tables,
        &emptying.counters,
        &emptying.after,
    ];
    let all = all.into_iter().flatten();
    if context.output.json() {
        let list: Vec<_> = all
            .map(|sql| json!({ "sql": sql, "comment": "" }))
            .collect();
        let document = json!({ "dialect": dialect.name(), "statements": list });
        context.output.document(&document);
        return Ok(0);
    }
    for sql in all {
        context.output.say(format!("{sql};"));
    }
    Ok(0)
}
