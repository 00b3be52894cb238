//! `makemigrations --merge`: joins several newest migrations of an app, where their order does not
//! matter.

use std::collections::BTreeSet;

use orm::migrate::{Graph, Migration, ProjectState};

use super::print;
use crate::args::MakeMigrations;
use crate::commands::Context;
use crate::graph;
use crate::report::{Diagnostic, EXIT_DIFFERENCE, Failure};
use crate::store::Store;

/// The longest part of a name that is made of the names joined.
const MAX_NAME: usize = 60;

pub(super) fn run(
    context: &Context<'_>,
    args: &MakeMigrations,
    store: &Store,
    graph: &Graph,
    apps: &BTreeSet<String>,
) -> Result<u8, Failure> {
    let mut migrations = Vec::new();
    for app in graph.apps() {
        let leaves = graph.leaves(app);
        if leaves.len() > 1 && (apps.is_empty() || apps.contains(app)) {
            migrations.push(merge(args, graph, app, &leaves)?);
        }
    }
    let dry = args.dry_run || args.check;
    if !dry {
        super::write(store, &migrations)?;
    }
    if context.output.json() {
        context.output.document(&print::document(&migrations, &[]));
    } else if migrations.is_empty() {
        context.output.say("No conflicts detected to merge.");
    } else {
        print::listing(context.output, store, &migrations, dry);
    }
    Ok(if args.check && !migrations.is_empty() {
        EXIT_DIFFERENCE
    } else {
        0
    })
}

fn merge(
    args: &MakeMigrations,
    graph: &Graph,
    app: &str,
    leaves: &[&Migration],
) -> Result<Migration, Failure> {
    commute(graph, leaves)?;
    let number = leaves
        .iter()
        .filter_map(|m| Migration::number(&m.name))
        .max()
        .unwrap_or(0)
        + 1;
    let bare = |m: &Migration| {
        let name = m
            .name
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start_matches('_');
        name.to_owned()
    };
    let joined: Vec<String> = leaves.iter().map(|m| bare(m)).collect();
    let joined = format!("merge_{}", joined.join("_"));
    let name = match &args.name {
        Some(name) => name.clone(),
        None if joined.chars().count() <= MAX_NAME => joined,
        None => "merge".to_owned(),
    };
    let mut migration = Migration::new(app, format!("{number:04}_{name}"));
    migration.depends_on = leaves.iter().map(|m| m.key()).collect();
    Ok(migration)
}

/// Whether the branches lead to the same state in either order; else a merge would make the result
/// hang on which branch a database saw first.
fn commute(graph: &Graph, leaves: &[&Migration]) -> Result<(), Failure> {
    let mut sides: Vec<Vec<&Migration>> = Vec::new();
    for leaf in leaves {
        sides.push(
            graph
                .forwards_plan(&leaf.app, &leaf.name)
                .map_err(|e| graph::failure(&e))?,
        );
    }
    let contains = |side: &[&Migration], m: &Migration| side.iter().any(|s| s.key() == m.key());
    let is_common = |m: &&&Migration| sides.iter().all(|s| contains(s, m));
    let base = replay(&ProjectState::default(), sides[0].iter().filter(is_common))
        .map_err(Failure::usage)?;
    let branches: Vec<Vec<&Migration>> = sides
        .iter()
        .map(|side| side.iter().copied().filter(|m| !is_common(&m)).collect())
        .collect();
    for (at, first) in branches.iter().enumerate() {
        for second in &branches[at + 1..] {
            let one = replay(&base, first.iter().chain(second));
            let other = replay(&base, second.iter().chain(first));
            let same = matches!((&one, &other), (Ok(a), Ok(b)) if a.same(b));
            if !same {
                let why = one.err().or(other.err());
                return Err(refusal(leaves, why));
            }
        }
    }
    Ok(())
}

fn replay<'m>(
    base: &ProjectState,
    migrations: impl Iterator<Item = &'m &'m Migration>,
) -> Result<ProjectState, String> {
    let mut state = base.clone();
    for migration in migrations {
        migration
            .state_forward(&mut state)
            .map_err(|e| e.to_string())?;
    }
    Ok(state)
}

fn refusal(leaves: &[&Migration], why: Option<String>) -> Failure {
    let names: Vec<String> = leaves
        .iter()
        .map(|m| format!("{}.{}", m.app, m.name))
        .collect();
    let names = names.join(" and ");
    let because = why.map_or_else(
        || "their order matters".to_owned(),
        |w| format!("in one order this fails: {w}"),
    );
    Diagnostic::new(format!("{names} cannot be merged: {because}"))
        .hint("put the one that is not applied anywhere yet on top of the other: `orm-cli rebase APP NAME`; where that is refused too, delete it, set HEAD to the other, and run `orm-cli makemigrations` again")
        .into()
}
