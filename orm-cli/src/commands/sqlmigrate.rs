//! `sqlmigrate`: the SQL of a migration, without a database.

use orm::dialect::{Dialect, by_name};
use orm::migrate::{Direction, plan_migration, sql_for, with_storage_types};
use serde_json::json;

use super::{Context, known_app};
use crate::args::SqlMigrate;
use crate::graph;
use crate::output::Style;
use crate::project::Project;
use crate::report::{Diagnostic, Failure};

pub(super) fn run(context: &Context<'_>, args: &SqlMigrate) -> Result<u8, Failure> {
    let project = context.place()?;
    let store = context.store(&project)?;
    known_app(&store, &args.app)?;
    let graph = store.graph()?;
    let migration = graph
        .find(&args.app, &args.name)
        .map_err(|e| graph::failure(&e))?;
    let dialect = dialect(context, args, &project)?;
    let before = graph
        .state_at(&args.app, &migration.name, true)
        .map_err(|e| graph::failure(&e))?
        .map_err(|e| graph::state_failure(&e))?;
    let storage = context.storage(&project, &store)?;
    let (migration, before) = with_storage_types(migration, &before, &storage);
    let statements = sql_for(&migration, &before, dialect, args.backwards)
        .map_err(|e| Failure::usage(e.to_string()))?;
    let direction = match args.backwards {
        true => Direction::Backwards,
        false => Direction::Forwards,
    };
    let plan = plan_migration(&migration, &before, dialect, direction)
        .map_err(|e| Failure::usage(e.to_string()))?;
    let grades = plan.iter().flat_map(|p| &p.steps).map(|s| s.grade);
    let output = context.output;
    if output.json() {
        let list: Vec<_> = statements
            .iter()
            .map(|(sql, comment)| json!({ "sql": sql, "comment": comment }))
            .collect();
        output.document(&json!({ "dialect": dialect.name(), "statements": list }));
        return Ok(0);
    }
    // What the executor sends around them, where a migration is one transaction.
    let transaction = dialect.features().transactional_ddl && !statements.is_empty();
    if transaction {
        output.say("BEGIN;");
    }
    for ((sql, comment), grade) in statements.iter().zip(grades) {
        let comment = format!("-- [{grade}] {comment}");
        output.say(output.paint(Style::Dim, &comment));
        if !sql.is_empty() {
            output.say(format!("{sql};"));
        }
    }
    if transaction {
        output.say("COMMIT;");
    }
    if statements.is_empty() {
        output.say(output.paint(Style::Dim, "-- nothing to do in the database"));
    }
    Ok(0)
}

/// The dialect asked for, else that of the configured database by its URL.
fn dialect(
    context: &Context<'_>,
    args: &SqlMigrate,
    project: &Project,
) -> Result<&'static dyn Dialect, Failure> {
    let global = &context.cli.global;
    let name = match &args.dialect {
        Some(name) => name.clone(),
        None => {
            let url = project.database_url(global.database.as_deref(), global.url.as_deref())?;
            url.split(':').next().unwrap_or_default().to_owned()
        }
    };
    by_name(&name).ok_or_else(|| {
        Diagnostic::new(format!("no dialect `{name}`"))
            .hint("give --dialect sqlite, mysql, mariadb or singlestore")
            .into()
    })
}
