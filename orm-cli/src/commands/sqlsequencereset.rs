//! `sqlsequencereset`: the SQL that lets automatic keys go on behind those written by hand.

use orm_schema::ModelDef;
use serde_json::json;

use super::{Context, database, known_app};
use crate::args;
use crate::graph;
use crate::output::Style;
use crate::report::Failure;

pub(super) fn run(context: &Context<'_>, args: &args::SqlSequenceReset) -> Result<u8, Failure> {
    let project = context.place()?;
    let store = context.store(&project)?;
    for app in &args.apps {
        known_app(&store, app)?;
    }
    let dialect = database::dialect_of(context, &project, args.dialect.as_deref())?;
    let state = store
        .graph()?
        .state()
        .map_err(|e| graph::state_failure(&e))?;
    let wanted = |m: &&ModelDef| args.apps.is_empty() || args.apps.contains(&m.app);
    let numbered = |m: &&ModelDef| m.managed && m.fields.iter().any(|f| f.auto);
    let tables: Vec<&str> = state
        .models()
        .filter(wanted)
        .filter(numbered)
        .map(|m| m.table.as_str())
        .collect();
    // One statement for all tables of the database: nothing but its full name would narrow it.
    let needed = !dialect.features().explicit_ids_count && !tables.is_empty();
    let statements: Vec<&str> = needed
        .then_some("AGGREGATOR SYNC AUTO_INCREMENT")
        .into_iter()
        .collect();
    let comment = match needed {
        true => format!(
            "new keys of {} start above those that are there",
            tables.join(", ")
        ),
        false => format!(
            "nothing to do: on {} a key that is written by hand moves the counter on",
            dialect.name()
        ),
    };
    if context.output.json() {
        let list: Vec<_> = statements
            .iter()
            .map(|sql| json!({ "sql": sql, "comment": comment }))
            .collect();
        let document = json!({ "dialect": dialect.name(), "statements": list });
        context.output.document(&document);
        return Ok(0);
    }
    context
        .output
        .say(context.output.paint(Style::Dim, &format!("-- {comment}")));
    for sql in statements {
        context.output.say(format!("{sql};"));
    }
    Ok(0)
}
