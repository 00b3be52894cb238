//! `showmigrations`: the migrations, and which of them are applied.

use std::collections::BTreeSet;

use orm::migrate::{AppliedMigration, Graph, MigrateOptions, Migration, MigrationKey, Migrator};
use serde_json::json;

use super::{Context, database, known_app};
use crate::args;
use crate::output::{Output, Style};
use crate::report::Failure;
use crate::store::Store;

pub(super) fn run(context: &Context<'_>, args: &args::ShowMigrations) -> Result<u8, Failure> {
    let project = context.place()?;
    let store = context.store(&project)?;
    for app in &args.apps {
        known_app(&store, app)?;
    }
    let (applied, changed) = database::wait(async {
        let db = database::connect(context, &project).await?;
        let migrator = Migrator::new(&db, &store.migrations, MigrateOptions::default())
            .map_err(|e| database::failure(&e))?;
        let applied = migrator
            .applied()
            .await
            .map_err(|e| database::failure(&e))?;
        let changed = migrator.changed(&applied);
        Ok((applied, changed))
    })?;
    let keys = applied.iter().map(|a| (a.app.clone(), a.name.clone()));
    let keys: BTreeSet<MigrationKey> = keys.collect();
    // A squashed migration, or the ones that it stands for, as this database has them.
    let graph = Graph::with_applied(store.migrations.clone(), &keys)
        .map_err(|e| crate::graph::failure(&e))?;
    // Those that are asked for, else those that this database holds.
    let global = &context.cli.global;
    let (name, url) = (global.database.as_deref(), global.url.as_deref());
    let wanted = |app: &&String| match args.apps.is_empty() {
        true => project.elsewhere(name, url, app).is_none(),
        false => args.apps.contains(app),
    };
    let apps: Vec<String> = store.apps.keys().filter(wanted).cloned().collect();
    if args.plan {
        plan(context.output, &graph, &keys, &apps)?;
        return Ok(0);
    }
    let rows: Vec<App<'_>> = apps
        .iter()
        .map(|app| rows(app, &graph, &store, &applied, &changed))
        .collect();
    if context.output.json() {
        context.output.document(&document(&rows));
    } else {
        print(context.output, &rows);
    }
    Ok(0)
}

/// The order in which they run, with what each one needs. Of applications asked for, also what
/// they depend on.
fn plan(
    output: &Output,
    graph: &Graph,
    applied: &BTreeSet<MigrationKey>,
    apps: &[String],
) -> Result<(), Failure> {
    let mut wanted: BTreeSet<MigrationKey> = BTreeSet::new();
    for app in graph.apps() {
        if apps.is_empty() || apps.iter().any(|a| a == app) {
            for leaf in graph.leaves(app) {
                let plan = graph.forwards_plan(app, &leaf.name);
                let plan = plan.map_err(|e| crate::graph::failure(&e))?;
                wanted.extend(plan.into_iter().map(Migration::key));
            }
        }
    }
    let rows: Vec<&Migration> = graph
        .migrations()
        .iter()
        .filter(|m| wanted.contains(&m.key()))
        .collect();
    let needs = |m: &Migration| -> Vec<String> {
        let name = |(app, name): &MigrationKey| format!("{app}.{name}");
        m.depends_on.iter().map(name).collect()
    };
    if output.json() {
        let list: Vec<_> = rows
            .iter()
            .map(|m| {
                json!({ "app": m.app, "name": m.name, "applied": is_applied(m, applied), "depends_on": needs(m) })
            })
            .collect();
        output.document(&json!({ "plan": list }));
        return Ok(());
    }
    if rows.is_empty() {
        output.say("(no migrations)");
    }
    for migration in rows {
        let mark = match is_applied(migration, applied) {
            true => output.paint(Style::Green, "[X]"),
            false => "[ ]".to_owned(),
        };
        let needs = match needs(migration).join(", ") {
            none if none.is_empty() => String::new(),
            some => output.paint(Style::Dim, &format!("  ({some})")),
        };
        output.say(format!(
            "{mark}  {}.{}{needs}",
            migration.app, migration.name
        ));
    }
    Ok(())
}

/// Recorded, or all that it stands for is.
fn is_applied(migration: &Migration, applied: &BTreeSet<MigrationKey>) -> bool {
    let replaces = &migration.replaces;
    applied.contains(&migration.key())
        || (!replaces.is_empty() && replaces.iter().all(|r| applied.contains(r)))
}

/// The migrations of an app.
struct App<'a> {
    app: &'a str,
    rows: Vec<Row>,
}

/// A line.
struct Row {
    name: String,
    applied: bool,
    /// What else is to be said.
    remark: Option<String>,
}

fn rows<'a>(
    app: &'a str,
    graph: &Graph,
    store: &Store,
    applied: &[AppliedMigration],
    changed: &[String],
) -> App<'a> {
    let is_applied = |name: &str| applied.iter().any(|a| a.app == app && a.name == name);
    let keys = applied.iter().map(|a| (a.app.clone(), a.name.clone()));
    let keys: BTreeSet<MigrationKey> = keys.collect();
    let mut rows: Vec<Row> = graph
        .migrations()
        .iter()
        .filter(|m| m.app == app)
        .map(|m| {
            let unapplied = |key: &&MigrationKey| {
                let needed = graph.get(&key.0, &key.1);
                needed.is_some_and(|n| !self::is_applied(n, &keys))
            };
            let done = self::is_applied(m, &keys);
            let remark = if changed.contains(&format!("{app}.{}", m.name)) {
                Some("its file has changed since it was applied".to_owned())
            } else if done && !is_applied(&m.name) {
                Some(format!(
                    "{} squashed migrations, all applied",
                    m.replaces.len()
                ))
            } else if let Some(needed) = m.depends_on.iter().find(unapplied).filter(|_| done) {
                Some(format!(
                    "it needs {}.{}, which is not applied",
                    needed.0, needed.1
                ))
            } else if !m.replaces.is_empty() {
                Some(format!("{} squashed migrations", m.replaces.len()))
            } else {
                None
            };
            Row {
                name: m.name.clone(),
                applied: done,
                remark,
            }
        })
        .collect();
    // The database may know migrations whose files are gone.
    let there = |name: &str| {
        store
            .migrations
            .iter()
            .any(|m| m.app == app && m.name == name)
    };
    // What a squashed migration stands for may go when its time is over.
    let squashed = |name: &str| {
        let own = (app.to_owned(), name.to_owned());
        graph.migrations().iter().any(|m| m.replaces.contains(&own))
    };
    let gone = applied
        .iter()
        .filter(|a| a.app == app && !there(&a.name) && !squashed(&a.name));
    rows.extend(gone.map(|a| Row {
        name: a.name.clone(),
        applied: true,
        remark: Some("its file is not there".to_owned()),
    }));
    App { app, rows }
}

fn print(output: &Output, apps: &[App<'_>]) {
    for app in apps {
        output.say(output.paint(Style::Bold, app.app));
        if app.rows.is_empty() {
            output.say(output.paint(Style::Dim, " (no migrations)"));
        }
        for row in &app.rows {
            let mark = if row.applied {
                output.paint(Style::Green, "[X]")
            } else {
                "[ ]".to_owned()
            };
            let remark = row
                .remark
                .as_ref()
                .map(|r| output.paint(Style::Yellow, &format!("  ({r})")))
                .unwrap_or_default();
            output.say(format!(" {mark} {}{remark}", row.name));
        }
    }
}

fn document(apps: &[App<'_>]) -> serde_json::Value {
    let list: Vec<_> = apps
        .iter()
        .map(|app| {
            let rows: Vec<_> = app
                .rows
                .iter()
                .map(|r| json!({ "name": r.name, "applied": r.applied, "remark": r.remark }))
                .collect();
            json!({ "app": app.app, "migrations": rows })
        })
        .collect();
    json!({ "apps": list })
}
