//! `squashmigrations`: several migrations as one that stands for them.
//!
//! Nothing is asked: it writes one new file, and the old ones stay until they are removed by hand.

use orm::migrate::{HEAD, SquashError, Squashed, head_text, squash};
use serde_json::json;

use super::{Context, known_app};
use crate::args;
use crate::graph;
use crate::report::{Failure, shown};
use crate::store::{Store, write_all};

pub(super) fn run(context: &Context<'_>, args: &args::SquashMigrations) -> Result<u8, Failure> {
    let project = context.project()?;
    let store = Store::read(project.known_apps())?;
    known_app(&store, &args.app)?;
    let graph = store.graph()?;
    graph.check_conflicts().map_err(|e| graph::failure(&e))?;
    let (start, end) = match &args.end {
        Some(end) => (Some(args.name.as_str()), end.as_str()),
        None => (None, args.name.as_str()),
    };
    let squashed = squash(
        &graph,
        &args.app,
        start,
        end,
        args.squashed_name.as_deref(),
        !args.no_optimize,
    )
    .map_err(|e| failure(&e))?;
    let migration = &squashed.migration;
    let dependents = dependents(&store, &squashed);
    let Some(file) = store.file(&migration.app, &migration.name) else {
        return Err(Failure::usage(format!(
            "the app `{}` has no folder for migrations",
            migration.app
        )));
    };
    if !args.dry_run {
        let mut files = vec![(file.clone(), migration.to_toml())];
        let newest = graph.newest().map_err(|e| graph::failure(&e))?;
        if newest.get(&migration.app) == squashed.parts.last() {
            files.push((file.with_file_name(HEAD), head_text(&migration.name)));
        }
        write_all(&files)?;
    }
    if context.output.json() {
        context.output.document(&json!({
            "app": migration.app,
            "name": migration.name,
            "replaces": squashed.parts,
            "operations_before": squashed.before,
            "operations": migration.operations.len(),
            "code": squashed.code,
            "dependents": dependents,
        }));
    } else {
        tell(context, args, &squashed, &dependents, &shown(&file));
    }
    Ok(0)
}

/// The other migrations, `app.name`, that depend on one of those that go.
fn dependents(store: &Store, squashed: &Squashed) -> Vec<String> {
    let app = &squashed.migration.app;
    let goes = |(a, name): &(String, String)| a == app && squashed.parts.contains(name);
    let others = store.migrations.iter().filter(|m| !goes(&m.key()));
    others
        .filter(|m| m.depends_on.iter().any(goes))
        .map(|m| format!("{}.{}", m.app, m.name))
        .collect()
}

fn tell(
    context: &Context<'_>,
    args: &args::SquashMigrations,
    squashed: &Squashed,
    dependents: &[String],
    file: &str,
) {
    let output = context.output;
    output.say("These migrations become one:");
    for part in &squashed.parts {
        output.say(format!(" - {part}"));
    }
    let (before, after) = (squashed.before, squashed.migration.operations.len());
    output.say(if args.no_optimize {
        format!("  {before} operations, as they are (--no-optimize)")
    } else if before == after {
        "  No optimizations possible.".to_owned()
    } else {
        format!("  Optimized from {before} operations to {after}.")
    });
    if !squashed.code.is_empty() {
        output.say(format!(
            "  It runs code, which has to stay in the program: {}",
            squashed.code.join(", ")
        ));
    }
    output.say(if args.dry_run {
        "nothing was written".to_owned()
    } else {
        format!("Wrote {file}")
    });
    output.say("Keep the old files until every database has them all; then remove them, and `replaces` with them.");
    if !dependents.is_empty() {
        output.say(format!(
            "These name one of them in `depends_on`, and then `{}.{}` in its place:",
            squashed.migration.app, squashed.migration.name
        ));
    }
    for dependent in dependents {
        output.say(format!(" - {dependent}"));
    }
}

fn failure(error: &SquashError) -> Failure {
    match error {
        SquashError::Graph(e) => graph::failure(e),
        other => graph::split(&other.to_string()).into(),
    }
}
