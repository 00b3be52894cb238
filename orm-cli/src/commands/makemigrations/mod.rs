//! `makemigrations`: compares the models with the migrations and writes what is missing.

mod answers;
mod empty;
mod merge;
mod print;
mod update;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use orm::migrate::{
    AnswerTable, Arrangement, Changes, DetectError, Graph, HEAD, Hints, Migration, ProjectState,
    detect, head_text,
};
use orm_schema::nearest;

use super::{Context, check};
use crate::args::MakeMigrations;
use crate::graph;
use crate::project::Project;
use crate::report::{Diagnostic, EXIT_DIFFERENCE, EXIT_REFUSED, Failure};
use crate::source::{self, SourceModels};
use crate::store::{Store, write_all};
use answers::Asking;
pub(super) use update::refuse_applied;

pub(super) fn run(context: &Context<'_>, args: &MakeMigrations) -> Result<u8, Failure> {
    let project = context.project()?;
    if args.empty {
        return empty::run(context, args, &project);
    }
    let models = source::read(&project)?;
    refuse_faults(context, &project, &models)?;
    let store = Store::read(models.apps.clone())?;
    let apps = requested(&args.apps, &store, &models)?;
    let graph = store.graph()?;
    if args.merge {
        return merge::run(context, args, &store, &graph, &apps);
    }
    let newest = graph.newest().map_err(|e| graph::failure(&e))?;
    let from = graph.state().map_err(|e| graph::placed_state(&store, &e))?;
    let to = target(&models);
    let mut asking = Asking::new(context.output, args, &from, &to)?;
    let mut changes = match detect(&from, &to, &hints(&models), &mut asking) {
        Ok(changes) => changes,
        Err(DetectError::Refused(questions)) => {
            print::refused(context.output, &questions);
            return Err(refusal(&questions));
        }
        Err(error) => return Err(Failure::usage(error.to_string())),
    };
    if !apps.is_empty() {
        changes.trim(&apps);
    }
    let date = chrono::Utc::now().format("%Y%m%d_%H%M").to_string();
    let with = Arrangement {
        newest,
        name: args.name.as_deref(),
        date: &date,
    };
    let found = Found {
        store: &store,
        graph,
        changes,
        name: args.name.as_deref(),
    };
    let migrations = match args.update {
        true => update::updated(context, &project, &found)?,
        false => {
            let mut migrations = found.changes.arrange(&with);
            found.graph.wait_for_users(&mut migrations);
            migrations
        }
    };
    finish(context, args, &found, &migrations, &apps)
}

/// Whether the models have changes that no migration holds; `None` where the source cannot be read.
pub(super) fn unwritten(project: &Project, store: &Store) -> Option<bool> {
    let models = source::read(project).ok()?;
    let from = store.graph().ok()?.state().ok()?;
    let mut answers = AnswerTable {
        allow_drop: true,
        ..AnswerTable::default()
    };
    match detect(&from, &target(&models), &hints(&models), &mut answers) {
        Ok(changes) => Some(!changes.operations().is_empty()),
        Err(DetectError::Refused(_)) => Some(true),
        Err(_) => None,
    }
}

/// What was found.
struct Found<'a> {
    store: &'a Store,
    graph: Graph,
    changes: Changes,
    name: Option<&'a str>,
}

/// Shows and writes what was found.
fn finish(
    context: &Context<'_>,
    args: &MakeMigrations,
    found: &Found<'_>,
    migrations: &[Migration],
    apps: &BTreeSet<String>,
) -> Result<u8, Failure> {
    let output = context.output;
    let dry = args.dry_run || args.check;
    if !dry && args.update {
        update::write(found.store, &found.graph, migrations)?;
    } else if !dry {
        write(found.store, migrations)?;
    }
    if output.json() {
        output.document(&print::document(migrations, &found.changes.questions));
    } else if migrations.is_empty() {
        print::nothing(output, apps);
    } else {
        print::listing(output, found.store, migrations, dry);
    }
    Ok(if args.check && !migrations.is_empty() {
        EXIT_DIFFERENCE
    } else {
        0
    })
}

/// Faults that no migration could mend; those of one database only where it is a target.
fn refuse_faults(
    context: &Context<'_>,
    project: &Project,
    models: &SourceModels,
) -> Result<(), Failure> {
    let targets = check::Targets::of(context, project);
    let errors: Vec<Diagnostic> = check::findings(project, models, targets)?
        .iter()
        .filter(|f| f.error)
        .map(check::diagnostic)
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors.into())
    }
}

/// The apps asked for; each must have models or migrations.
fn requested(
    asked: &[String],
    store: &Store,
    models: &SourceModels,
) -> Result<BTreeSet<String>, Failure> {
    let known: BTreeSet<&str> = store
        .apps
        .keys()
        .map(String::as_str)
        .chain(models.models.iter().map(|m| m.def.app.as_str()))
        .collect();
    for app in asked {
        if !known.contains(app.as_str()) {
            return Err(unknown_app(app, known));
        }
    }
    Ok(asked.iter().cloned().collect())
}

/// The failure for an app that does not exist.
pub(super) fn unknown_app<'a>(app: &str, known: impl IntoIterator<Item = &'a str>) -> Failure {
    let known: Vec<&str> = known.into_iter().collect();
    let hint = match (nearest(app, known.iter().copied()), known.is_empty()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, false) => format!("there are: {}", known.join(", ")),
        (None, true) => "there are none: derive Model on a struct first".to_owned(),
    };
    Diagnostic::new(format!("no app `{app}`")).hint(hint).into()
}

/// The state that the models stand for.
pub(super) fn target(models: &SourceModels) -> ProjectState {
    let mut state = ProjectState::default();
    for model in &models.models {
        state.insert(model.def.clone());
    }
    state
}

fn hints(models: &SourceModels) -> Hints {
    let now = chrono::Utc::now().format("%Y-%m-%d %H:%M:%S").to_string();
    let mut hints = Hints {
        now,
        ..Hints::default()
    };
    for model in &models.models {
        let id = model.def.id();
        if let Some(old) = &model.renamed_from {
            hints.renamed_models.insert(id.clone(), old.clone());
        }
        for (field, old) in &model.renamed_fields {
            hints
                .renamed_fields
                .insert((id.clone(), field.clone()), old.clone());
        }
        hints
            .automatic
            .extend(model.auto_now.iter().map(|f| (id.clone(), f.clone())));
        hints
            .made
            .extend(model.made.iter().map(|f| (id.clone(), f.clone())));
    }
    hints
}

fn refusal(questions: &[orm::migrate::Question]) -> Failure {
    Failure {
        code: EXIT_REFUSED,
        diagnostics: questions
            .iter()
            .map(|q| graph::split(&q.refusal()))
            .collect(),
    }
}

/// Writes the migrations, and last the `HEAD` files.
pub(super) fn write(store: &Store, migrations: &[Migration]) -> Result<(), Failure> {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    let mut heads: BTreeMap<PathBuf, String> = BTreeMap::new();
    for migration in migrations {
        let Some(file) = store.file(&migration.app, &migration.name) else {
            return Err(Failure::usage(format!(
                "the app `{}` has no folder for migrations",
                migration.app
            )));
        };
        if file.exists() {
            return Err(Failure::usage(format!(
                "{} is already there",
                file.display()
            )));
        }
        heads.insert(file.with_file_name(HEAD), head_text(&migration.name));
        files.push((file, migration.to_toml()));
    }
    files.extend(heads);
    write_all(&files)
}
