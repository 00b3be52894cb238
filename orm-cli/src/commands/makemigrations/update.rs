//! `makemigrations --update`: puts the changes into the newest migration, which nobody has yet.

use std::path::PathBuf;

use orm::migrate::{
    Draft, DraftDependency, Graph, HEAD, MigrateOptions, Migration, MigrationKey, Migrator,
    head_text, optimize,
};

use super::Found;
use crate::commands::{Context, database};
use crate::graph;
use crate::project::Project;
use crate::report::{Diagnostic, Failure};
use crate::store::{Store, write_all};

/// The newest migrations with the changes in them.
pub(super) fn updated(
    context: &Context<'_>,
    project: &Project,
    found: &Found<'_>,
) -> Result<Vec<Migration>, Failure> {
    let newest = found.graph.newest().map_err(|e| graph::failure(&e))?;
    let mut migrations = Vec::new();
    for (app, drafts) in found.changes.apps.iter().filter(|(_, d)| !d.is_empty()) {
        let old = newest.get(app).and_then(|name| found.graph.get(app, name));
        let Some(old) = old else {
            return Err(
                Diagnostic::new(format!("the app `{app}` has no migration to update"))
                    .hint("run it without --update")
                    .into(),
            );
        };
        refuse_needed(&found.graph, old)?;
        migrations.push(update(old, drafts, found.name, &newest));
    }
    let old = migrations
        .iter()
        .filter_map(|m| Some((m.app.clone(), newest.get(&m.app)?.clone())));
    let old: Vec<MigrationKey> = old.collect();
    let names: Vec<MigrationKey> = migrations.iter().map(Migration::key).collect();
    found.graph.wait_for_users(&mut migrations);
    for migration in &mut migrations {
        // What waits for one that is updated as well waits for it by the name that it gets.
        for key in &mut migration.depends_on {
            if let Some(at) = old.iter().position(|o| o == key) {
                key.clone_from(&names[at]);
            }
        }
    }
    check_fits(found, &migrations, &old)?;
    refuse_applied(context, project, found.store, &old, "updated")?;
    Ok(migrations)
}

/// With the changes at the end of the newest migrations, everything must run as it would with
/// migrations of their own.
fn check_fits(
    found: &Found<'_>,
    migrations: &[Migration],
    old: &[MigrationKey],
) -> Result<(), Failure> {
    let problem = |text: String| {
        Failure::from(
            Diagnostic::new(format!(
                "the changes cannot go into the newest migrations: {text}"
            ))
            .hint("run it without --update"),
        )
    };
    let mut wanted = found.graph.state().map_err(|e| graph::state_failure(&e))?;
    for (app, operation) in found.changes.operations() {
        operation
            .state_forward(app, &mut wanted)
            .map_err(|e| problem(e.to_string()))?;
    }
    let all = found.graph.migrations().iter();
    let kept = all
        .filter(|m| !old.contains(&m.key()))
        .map(|m| (*m).clone());
    let graph = Graph::new(kept.chain(migrations.iter().cloned()).collect())
        .map_err(|e| problem(e.to_string()))?;
    let state = graph.state().map_err(|e| problem(e.to_string()))?;
    if state.same(&wanted) {
        Ok(())
    } else {
        Err(problem(
            "they would come before what they build on".to_owned(),
        ))
    }
}

fn update(
    old: &Migration,
    drafts: &[Draft],
    name: Option<&str>,
    newest: &std::collections::BTreeMap<String, String>,
) -> Migration {
    let number = Migration::number(&old.name).unwrap_or(1);
    let mut migration = Migration {
        name: name.map_or_else(|| old.name.clone(), |n| format!("{number:04}_{n}")),
        ..old.clone()
    };
    for draft in drafts {
        migration
            .operations
            .extend(draft.operations.iter().cloned());
        for dependency in &draft.depends_on {
            // What was found in this run goes into the newest migration of its app.
            let (DraftDependency::Newest { app } | DraftDependency::Run { app, .. }) = dependency;
            let key = newest.get(app).map(|n| (app.clone(), n.clone()));
            if let Some(key) = key.filter(|k| k.0 != old.app && !migration.depends_on.contains(k)) {
                migration.depends_on.push(key);
            }
        }
    }
    migration.operations = optimize(&old.app, std::mem::take(&mut migration.operations));
    migration
}

/// A migration that others build on is no longer alone.
fn refuse_needed(graph: &Graph, old: &Migration) -> Result<(), Failure> {
    let needing = graph
        .migrations()
        .iter()
        .find(|m| m.depends_on.contains(&old.key()));
    match needing {
        Some(other) => Err(Diagnostic::new(format!(
            "{}.{} cannot be updated: {}.{} depends on it",
            old.app, old.name, other.app, other.name
        ))
        .hint("run it without --update")
        .into()),
        None => Ok(()),
    }
}

/// What a database already has must not change. Where none can be reached, it is the caller who
/// knows; no file of SQLite is made only to look.
pub(in crate::commands) fn refuse_applied(
    context: &Context<'_>,
    project: &Project,
    store: &Store,
    keys: &[MigrationKey],
    what: &str,
) -> Result<(), Failure> {
    let global = &context.cli.global;
    let url = project.database_url(global.database.as_deref(), global.url.as_deref())?;
    let file = url
        .strip_prefix("sqlite:")
        .and_then(|f| f.split('?').next());
    if keys.is_empty() || file.is_some_and(|f| !PathBuf::from(f).is_file()) {
        return Ok(());
    }
    let applied = database::wait(async {
        let db = database::connect(context, project).await?;
        let migrator = Migrator::new(&db, &store.migrations, MigrateOptions::default())
            .map_err(|e| database::failure(&e))?;
        migrator.applied().await.map_err(|e| database::failure(&e))
    });
    let Ok(applied) = applied else {
        context.output.note("note: the database cannot be reached, so nobody looked whether the migration is applied there");
        return Ok(());
    };
    for (app, name) in keys {
        if applied.iter().any(|a| a.app == *app && a.name == *name) {
            return Err(
                Diagnostic::new(format!("{app}.{name} cannot be {what}: it is applied"))
                    .hint(match what {
                        "updated" => "run it without --update, or undo the migration first",
                        _ => "undo the migration first",
                    })
                    .into(),
            );
        }
    }
    Ok(())
}

/// Writes the updated migrations over the old ones, and takes away files of another name.
pub(super) fn write(store: &Store, graph: &Graph, migrations: &[Migration]) -> Result<(), Failure> {
    let newest = graph.newest().map_err(|e| graph::failure(&e))?;
    let mut files = Vec::new();
    let mut heads = Vec::new();
    let mut old_files = Vec::new();
    for migration in migrations {
        let Some(file) = store.file(&migration.app, &migration.name) else {
            continue;
        };
        let old = newest
            .get(&migration.app)
            .and_then(|n| store.file(&migration.app, n));
        heads.push((file.with_file_name(HEAD), head_text(&migration.name)));
        old_files.extend(old.filter(|o| *o != file));
        files.push((file, migration.to_toml()));
    }
    files.extend(heads);
    write_all(&files)?;
    for file in old_files {
        std::fs::remove_file(&file)
            .map_err(|e| Failure::usage(format!("cannot remove {}: {e}", file.display())))?;
    }
    Ok(())
}
