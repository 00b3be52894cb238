//! What is wrong with the migration files: what every command that loads them says, before anything
//! runs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::commands::Context;
use crate::graph;
use crate::project::Project;
use crate::report::{Diagnostic, Failure};
use crate::store::Store;

/// The faults of all files at once, as far as one does not hide the next: files that are no
/// migrations, then what they depend on, then what they do.
pub(super) fn faults(
    context: &Context<'_>,
    project: &Project,
    apps: BTreeMap<String, PathBuf>,
) -> Vec<Diagnostic> {
    match read(context, project, apps) {
        Ok(()) => Vec::new(),
        Err(failure) => failure.diagnostics,
    }
}

fn read(
    context: &Context<'_>,
    project: &Project,
    apps: BTreeMap<String, PathBuf>,
) -> Result<(), Failure> {
    let store = Store::read(apps)?;
    let graph = store.graph()?;
    let conflicts: Vec<Diagnostic> = graph::conflicts(&graph).collect();
    if !conflicts.is_empty() {
        return Err(conflicts.into());
    }
    let held = project.check_held(store.apps.keys().map(String::as_str));
    if let (None, Some(fault)) = (&context.cli.global.url, held) {
        return Err(fault);
    }
    let state = graph.state();
    state.map(drop).map_err(|e| graph::placed_state(&store, &e))
}
