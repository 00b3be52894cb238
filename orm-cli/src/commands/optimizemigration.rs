//! `optimizemigration`: the operations of one migration made fewer.

use orm::migrate::{Migration, optimize};
use serde_json::json;

use super::makemigrations::refuse_applied;
use super::{Context, known_app};
use crate::args;
use crate::graph;
use crate::report::{EXIT_DIFFERENCE, Failure, shown};
use crate::store::{Store, write_all};

pub(super) fn run(context: &Context<'_>, args: &args::OptimizeMigration) -> Result<u8, Failure> {
    let project = context.project()?;
    let store = Store::read(project.known_apps())?;
    known_app(&store, &args.app)?;
    let graph = store.graph()?;
    let found = graph
        .find(&args.app, &args.name)
        .map_err(|e| graph::failure(&e))?;
    // The graph's copy of a squashed migration has other dependencies than its file.
    let own = store.migrations.iter().find(|m| m.key() == found.key());
    let old = own.unwrap_or(found);
    let new = Migration {
        operations: optimize(&old.app, old.operations.clone()),
        ..old.clone()
    };
    let (before, after) = (old.operations.len(), new.operations.len());
    let fewer = after < before;
    if fewer {
        same_end(&graph, old, &new)?;
    }
    let file = store.file(&old.app, &old.name).unwrap_or_default();
    if fewer && !args.check {
        refuse_applied(context, &project, &store, &[old.key()], "optimized")?;
        write_all(&[(file.clone(), new.to_toml())])?;
    }
    let output = context.output;
    if output.json() {
        output.document(&json!({
            "app": old.app, "name": old.name,
            "operations_before": before, "operations": after,
        }));
    } else if !fewer {
        output.say("No optimizations possible.");
    } else if args.check {
        output.say(format!("{} operations could be {after}.", before));
    } else {
        output.say(format!("Optimized from {before} operations to {after}."));
        output.say(format!("Wrote {}", shown(&file)));
    }
    Ok(if fewer && args.check {
        EXIT_DIFFERENCE
    } else {
        0
    })
}

/// Both forms must lead to the same models.
fn same_end(graph: &orm::migrate::Graph, old: &Migration, new: &Migration) -> Result<(), Failure> {
    let before = graph
        .state_at(&old.app, &old.name, true)
        .map_err(|e| graph::failure(&e))?
        .map_err(|e| graph::state_failure(&e))?;
    let end = |migration: &Migration| {
        let mut state = before.clone();
        migration
            .state_forward(&mut state)
            .map(|()| state)
            .map_err(|e| graph::state_failure(&e))
    };
    if end(old)?.same(&end(new)?) {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{}.{} would not make the same models with fewer operations; leave it as it is, and report this",
        old.app, old.name
    )))
}
