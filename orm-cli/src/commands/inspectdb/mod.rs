//! `inspectdb`: prints models for the tables of a database.

mod rust;
mod types;

use orm::Executor as _;
use orm::introspect::{Found, InspectedModel, models_of, read_tables};
use orm::migrate::{MigrateOptions, Migrator, Operation};
use serde_json::json;

use super::Context;
use super::database::{self, catalog_failure};
use crate::args;
use crate::project::Project;
use crate::report::Failure;

/// The app of models when there is no project to name one.
const NO_APP: &str = "app";

pub(super) fn run(context: &Context<'_>, args: &args::InspectDb) -> Result<u8, Failure> {
    let project = project(context)?;
    let apps = apps(&project);
    let wanted = (!args.tables.is_empty()).then_some(args.tables.as_slice());
    let (mut found, kept, dialect) = database::wait(async {
        let db = database::connect_existing(context, &project).await?;
        let found = read_tables(&db, wanted)
            .await
            .map_err(|e| catalog_failure(&e))?;
        let migrator = Migrator::new(&db, &[], MigrateOptions::default())
            .map_err(|e| database::failure(&e))?;
        let kept = migrator.kept().await.map_err(|e| database::failure(&e))?;
        Ok((found, kept, db.dialect()))
    })?;
    // Those of the migrations themselves, unless they were asked for.
    if wanted.is_none() {
        let own =
            |name: &str| database::is_bookkeeping(name) || kept.iter().any(|k| k.table == name);
        found.tables.retain(|t| !own(&t.name));
        found.others.retain(|name| !database::is_bookkeeping(name));
    }
    let models = models_of(&found, &apps, dialect);
    if context.output.json() {
        context
            .output
            .document(&document(dialect.name(), &models, &found));
    } else {
        let app = apps.first().map_or(NO_APP, String::as_str);
        context
            .output
            .say(rust::source(&models, &found, app, dialect).trim_end());
    }
    Ok(0)
}

/// The project around, if there is one; with `--url` none is needed.
fn project(context: &Context<'_>) -> Result<Project, Failure> {
    if context.cli.global.project.is_none() && !Project::is_here() {
        return Ok(Project::bare(std::env::current_dir().unwrap_or_default()));
    }
    context.place()
}

/// The apps of the project, its own first.
fn apps(project: &Project) -> Vec<String> {
    let mut apps: Vec<String> = project.known_apps().into_keys().collect();
    let own = project.packages.first().map(|p| project.default_app_of(p));
    if let Some(own) = own {
        apps.retain(|a| *a != own);
        apps.insert(0, own);
    }
    if apps.is_empty() {
        apps.push(NO_APP.to_owned());
    }
    apps
}

fn document(dialect: &str, models: &[InspectedModel], found: &Found) -> serde_json::Value {
    let list: Vec<_> = models.iter().map(model).collect();
    let unread: Vec<_> = found
        .unread
        .iter()
        .map(|(name, error)| json!({ "table": name, "problem": error.to_string() }))
        .collect();
    json!({ "dialect": dialect, "models": list, "unread": unread, "others": found.others })
}

/// A model as `create_model` writes it, with what the database does not say.
fn model(model: &InspectedModel) -> serde_json::Value {
    let operation = Operation::CreateModel(model.def.clone());
    let mut value: serde_json::Value =
        serde_json::from_str(&operation.to_node().to_json()).unwrap_or_default();
    let reverse: Vec<_> = model
        .reverse
        .iter()
        .map(|r| json!({ "name": r.field, "model": r.model, "by": r.by }))
        .collect();
    if let Some(object) = value.as_object_mut() {
        object.remove("op");
        object.insert("app".to_owned(), json!(model.def.app));
        object.insert("unusable".to_owned(), json!(model.unusable));
        object.insert("remarks".to_owned(), json!(model.remarks));
        object.insert("field_remarks".to_owned(), json!(model.field_remarks));
        object.insert("reverse".to_owned(), json!(reverse));
    }
    value
}
