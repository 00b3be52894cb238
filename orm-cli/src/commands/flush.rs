//! `flush`: empties all tables that the migrations made.

use orm::fixtures::{Emptying, empty, emptying};
use orm::{Db, Executor as _};
use serde_json::json;

use super::{Context, counted, database};
use crate::report::{Diagnostic, EXIT_REFUSED, Failure};

pub(super) fn run(context: &Context<'_>) -> Result<u8, Failure> {
    let project = context.place()?;
    let tables = database::wait(async {
        let db = database::connect_existing(context, &project).await?;
        let state = database::applied_state(context, &project, &db).await?;
        let statements =
            emptying(&state, db.dialect()).map_err(|e| database::fixture_failure(&e))?;
        confirm(context, &db, &statements)?;
        let emptied = empty(&db, &state).await;
        emptied.map_err(|e| failure(&statements, database::fixture_failure(&e)))?;
        Ok(statements.names)
    })?;
    if context.output.json() {
        context.output.document(&json!({ "tables": tables }));
    } else {
        let count = counted(tables.len() as u64, "table");
        context.output.say(format!("{count} emptied"));
    }
    Ok(0)
}

/// A person says yes, or `--no-input` does.
fn confirm(context: &Context<'_>, db: &Db, statements: &Emptying) -> Result<(), Failure> {
    if context.cli.global.no_input {
        return Ok(());
    }
    let count = counted(statements.names.len() as u64, "table");
    let question = format!("Delete all rows of {count} of {}?", db.url());
    if context.output.interactive() && context.output.confirm(&question) {
        return Ok(());
    }
    let fault = Diagnostic::new(format!(
        "nothing was deleted: nobody confirmed that all rows of {count} of {} go",
        db.url()
    ))
    .hint("say yes on a terminal, or give --no-input, which means yes here");
    Err(Failure::with_code(EXIT_REFUSED, fault))
}

fn failure(statements: &Emptying, mut failure: Failure) -> Failure {
    if !statements.transactional
        && let Some(fault) = failure.diagnostics.first_mut()
    {
        fault.hint =
            Some("some tables may be empty by now, and others not: run it again".to_owned());
    }
    failure
}
