//! `showmigrations`: the migrations, and which of them are applied.

use orm::migrate::{AppliedMigration, Graph, MigrateOptions, Migrator};
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
    let graph = store.graph()?;
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
    let apps: Vec<&str> = store
        .apps
        .keys()
        .map(String::as_str)
        .filter(|a| args.apps.is_empty() || args.apps.iter().any(|wanted| wanted == a))
        .collect();
    let rows: Vec<App<'_>> = apps
        .into_iter()
        .map(|app| rows(app, &graph, &store, &applied, &changed))
        .collect();
    if context.output.json() {
        context.output.document(&document(&rows));
    } else {
        print(context.output, &rows);
    }
    Ok(0)
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
    remark: Option<&'static str>,
}

fn rows<'a>(
    app: &'a str,
    graph: &Graph,
    store: &Store,
    applied: &[AppliedMigration],
    changed: &[String],
) -> App<'a> {
    let is_applied = |name: &str| applied.iter().any(|a| a.app == app && a.name == name);
    let mut rows: Vec<Row> = graph
        .migrations()
        .iter()
        .filter(|m| m.app == app)
        .map(|m| Row {
            name: m.name.clone(),
            applied: is_applied(&m.name),
            remark: changed
                .contains(&format!("{app}.{}", m.name))
                .then_some("its file has changed since it was applied"),
        })
        .collect();
    // The database may know migrations whose files are gone.
    let there = |name: &str| {
        store
            .migrations
            .iter()
            .any(|m| m.app == app && m.name == name)
    };
    let gone = applied.iter().filter(|a| a.app == app && !there(&a.name));
    rows.extend(gone.map(|a| Row {
        name: a.name.clone(),
        applied: true,
        remark: Some("its file is not there"),
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
