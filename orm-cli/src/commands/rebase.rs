//! `rebase`: puts one of two branches of migrations on top of the other, by new numbers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use orm::migrate::{Graph, HEAD, MigrateOptions, Migration, MigrationKey, Migrator, head_text};
use serde_json::json;

use super::{Context, database, known_app};
use crate::args;
use crate::graph;
use crate::project::Project;
use crate::report::{Diagnostic, Failure, shown};
use crate::store::{Store, write_all};

pub(super) fn run(context: &Context<'_>, args: &args::Rebase) -> Result<u8, Failure> {
    let project = context.project()?;
    let store = Store::read(project.known_apps())?;
    if let Some(app) = &args.app {
        known_app(&store, app)?;
    }
    let graph = store.graph()?;
    let wanted = |app: &&str| args.app.as_deref().is_none_or(|a| a == *app);
    let apps: Vec<&str> = graph.apps().into_iter().filter(wanted).collect();
    let split: Vec<&str> = apps
        .into_iter()
        .filter(|a| graph.leaves(a).len() > 1)
        .collect();
    if let (Some(app), Some(name)) = (&args.app, &args.name) {
        graph.find(app, name).map_err(|e| graph::failure(&e))?;
    }
    let Some(app) = split.first() else {
        report(context, &[], &store, args.dry_run);
        return Ok(0);
    };
    let leaves = graph.leaves(app);
    let [one, other] = leaves.as_slice() else {
        let names: Vec<&str> = leaves.iter().map(|m| m.name.as_str()).collect();
        return Err(Diagnostic::new(format!(
            "the app `{app}` has {} newest migrations: {}",
            names.len(),
            names.join(", ")
        ))
        .hint("join them with `orm-cli makemigrations --merge`")
        .into());
    };
    let moved = side(context, &project, &store, &graph, args, [one, other])?;
    let kept = if moved.key() == one.key() { other } else { one };
    let plan = renumbered(&graph, moved, kept)?;
    check(&store, &plan, kept)?;
    if !args.dry_run {
        write(&store, &plan, kept)?;
    }
    report(context, &plan.renamed, &store, args.dry_run);
    Ok(0)
}

/// The newest migration of the side that moves: the one named, else the one that the database has
/// nothing of.
fn side<'g>(
    context: &Context<'_>,
    project: &Project,
    store: &Store,
    graph: &'g Graph,
    args: &args::Rebase,
    leaves: [&'g Migration; 2],
) -> Result<&'g Migration, Failure> {
    if let (Some(app), Some(name)) = (&args.app, &args.name) {
        let found = graph.find(app, name).map_err(|e| graph::failure(&e))?;
        return leaves
            .into_iter()
            .find(|l| l.key() == found.key())
            .ok_or_else(|| {
                Failure::usage(format!(
                    "{app}.{} is not one of the newest: {}, {}",
                    found.name, leaves[0].name, leaves[1].name
                ))
            });
    }
    let applied = applied(context, project, store);
    let is_applied = |leaf: &Migration, other: &Migration| {
        let own = own_side(graph, leaf, other);
        own.iter().any(|m| applied.contains(&m.key()))
    };
    match (
        is_applied(leaves[0], leaves[1]),
        is_applied(leaves[1], leaves[0]),
    ) {
        (true, false) => Ok(leaves[1]),
        (false, true) => Ok(leaves[0]),
        (both, _) => {
            let why = if both {
                "both are applied"
            } else {
                "none of them is applied in the database at hand"
            };
            Err(Diagnostic::new(format!(
                "which one moves, {} or {}? {why}",
                leaves[0].name, leaves[1].name
            ))
            .hint(if both {
                "join them with `orm-cli makemigrations --merge`".to_owned()
            } else {
                format!(
                    "name the one that others do not have: orm-cli rebase {} {}",
                    leaves[0].app, leaves[1].name
                )
            })
            .into())
        }
    }
}

/// What the database says is applied; nothing where there is none.
fn applied(context: &Context<'_>, project: &Project, store: &Store) -> Vec<MigrationKey> {
    let global = &context.cli.global;
    let Ok(url) = project.database_url(global.database.as_deref(), global.url.as_deref()) else {
        return Vec::new();
    };
    // No file of SQLite is made only to look.
    let file = url
        .strip_prefix("sqlite:")
        .and_then(|f| f.split('?').next());
    if file.is_some_and(|f| !PathBuf::from(f).is_file()) {
        return Vec::new();
    }
    let found = database::wait(async {
        let db = database::connect(context, project).await?;
        let migrator = Migrator::new(&db, &store.migrations, MigrateOptions::default())
            .map_err(|e| database::failure(&e))?;
        migrator.applied().await.map_err(|e| database::failure(&e))
    });
    found
        .map(|list| list.into_iter().map(|a| (a.app, a.name)).collect())
        .unwrap_or_default()
}

/// The migrations of the app that lead to `leaf` and not to `other`, in their order.
fn own_side<'g>(graph: &'g Graph, leaf: &Migration, other: &Migration) -> Vec<&'g Migration> {
    let plan = |m: &Migration| graph.forwards_plan(&m.app, &m.name).unwrap_or_default();
    let shared: Vec<MigrationKey> = plan(other).iter().map(|m| m.key()).collect();
    let own = |m: &&Migration| m.app == leaf.app && !shared.contains(&m.key());
    plan(leaf).into_iter().filter(own).collect()
}

/// What changes.
struct Plan {
    /// Old and new key, in order.
    renamed: Vec<(MigrationKey, MigrationKey)>,
    /// What the moved migrations depended on in their app, and now on the kept side.
    base: Vec<(MigrationKey, MigrationKey)>,
}

fn renumbered(graph: &Graph, moved: &Migration, kept: &Migration) -> Result<Plan, Failure> {
    let side = own_side(graph, moved, kept);
    let mut number = Migration::number(&kept.name).unwrap_or(0);
    let mut plan = Plan {
        renamed: Vec::new(),
        base: Vec::new(),
    };
    for migration in &side {
        number += 1;
        let bare = migration
            .name
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start_matches('_');
        let new = (migration.app.clone(), format!("{number:04}_{bare}"));
        plan.renamed.push((migration.key(), new));
        for before in migration.depends_on.iter().filter(|k| k.0 == moved.app) {
            if !side.iter().any(|m| m.key() == *before) {
                plan.base.push((before.clone(), kept.key()));
            }
        }
    }
    if plan.renamed.is_empty() {
        return Err(Failure::usage(format!(
            "{} has nothing of its own to move",
            moved.name
        )));
    }
    Ok(plan)
}

/// The migrations as they will be: they must still fit each other.
fn check(store: &Store, plan: &Plan, kept: &Migration) -> Result<(), Failure> {
    let after: Vec<Migration> = store.migrations.iter().map(|m| changed(m, plan)).collect();
    let result = Graph::new(after)
        .map_err(|e| e.to_string())
        .and_then(|g| g.state().map(|_| ()).map_err(|e| e.to_string()));
    result.map_err(|problem| {
        Diagnostic::new(format!(
            "the migrations do not fit on top of {}: {problem}",
            kept.name
        ))
        .hint(
            "delete the ones that are applied nowhere yet, and run `orm-cli makemigrations` again",
        )
        .into()
    })
}

fn changed(migration: &Migration, plan: &Plan) -> Migration {
    let names: BTreeMap<&MigrationKey, &MigrationKey> =
        plan.renamed.iter().map(|(a, b)| (a, b)).collect();
    let mut new = migration.clone();
    if let Some(key) = names.get(&migration.key()) {
        new.name = key.1.clone();
        for (from, to) in &plan.base {
            new.depends_on
                .iter_mut()
                .filter(|k| *k == from)
                .for_each(|k| *k = to.clone());
        }
    }
    for key in &mut new.depends_on {
        if let Some(to) = names.get(key) {
            *key = (*to).clone();
        }
    }
    new
}

/// Writes the files under their new names. Only the names of dependencies change in their text, so
/// that comments stay.
fn write(store: &Store, plan: &Plan, kept: &Migration) -> Result<(), Failure> {
    let mut files = Vec::new();
    let mut gone = Vec::new();
    for migration in &store.migrations {
        let new = changed(migration, plan);
        let (Some(from), Some(to)) = (
            store.file(&migration.app, &migration.name),
            store.file(&new.app, &new.name),
        ) else {
            continue;
        };
        if new == *migration {
            continue;
        }
        let mut text = std::fs::read_to_string(&from)
            .map_err(|e| Failure::usage(format!("cannot read {}: {e}", from.display())))?;
        for (old, fresh) in migration.depends_on.iter().zip(&new.depends_on) {
            let quoted = |k: &MigrationKey| format!("\"{}.{}\"", k.0, k.1);
            text = text.replace(&quoted(old), &quoted(fresh));
        }
        if from != to {
            if to.exists()
                && !plan
                    .renamed
                    .iter()
                    .any(|(old, _)| store.file(&old.0, &old.1).as_ref() == Some(&to))
            {
                return Err(Failure::usage(format!("{} is already there", to.display())));
            }
            gone.push(from);
        }
        files.push((to, text));
    }
    if let Some((_, (app, name))) = plan.renamed.last()
        && let Some(file) = store.file(app, &kept.name)
    {
        files.push((file.with_file_name(HEAD), head_text(name)));
    }
    gone.retain(|old| !files.iter().any(|(file, _)| file == old));
    write_all(&files)?;
    for file in gone {
        std::fs::remove_file(&file)
            .map_err(|e| Failure::usage(format!("cannot remove {}: {e}", file.display())))?;
    }
    Ok(())
}

fn report(
    context: &Context<'_>,
    renamed: &[(MigrationKey, MigrationKey)],
    store: &Store,
    dry: bool,
) {
    let output = context.output;
    if output.json() {
        let list: Vec<_> = renamed
            .iter()
            .map(|(a, b)| json!({ "app": a.0, "from": a.1, "to": b.1 }))
            .collect();
        output.document(&json!({ "renamed": list }));
        return;
    }
    if renamed.is_empty() {
        output.say("No branches to rebase.");
    }
    for (old, new) in renamed {
        let file = store.file(&new.0, &new.1).unwrap_or_default();
        output.say(format!("  {}.{} -> {}", old.0, old.1, shown(&file)));
    }
    if dry && !renamed.is_empty() {
        output.say("nothing was written");
    }
}
