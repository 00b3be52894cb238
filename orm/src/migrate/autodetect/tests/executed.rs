//! Random histories on a database: each run's migrations, as their files say them, run forwards
//! and backwards, and make the tables that the models stand for.
//!
//! It needs SQLite, whose changes to tables are the strictest: a column that an index names cannot
//! go, names of indexes are those of a whole database, and a key is part of its table's definition.

use std::collections::{BTreeMap, BTreeSet};

use orm_schema::check::check_models;
use orm_schema::{FieldType, Literal, ModelDef, ModelId, RelationDef};
use proptest::prelude::*;

use super::files::{self, written};
use super::history::{next, state};
use super::property::{Agreeable, states, told};
use crate::backend::{Db, Executor as _};
use crate::introspect::{compare, expected_table, read_tables};
use crate::migrate::autodetect::{Answer, Answers, Hints, Question};
use crate::migrate::canon;
use crate::migrate::table_of::tables_of;
use crate::migrate::{MigrateOptions, Migration, Migrator, ProjectState, QuestionKind, Target};

/// `PROPTEST_CASES` asks for more, or fewer.
fn config() -> ProptestConfig {
    let set = std::env::var_os("PROPTEST_CASES").is_some();
    let mut config = ProptestConfig::default();
    config.cases = if set { config.cases } else { 200 };
    config.failure_persistence = None;
    config
}

/// Agrees, with values of the right type.
#[derive(Clone, Copy)]
pub(super) struct Fitting(pub(super) Agreeable);

impl Answers for Fitting {
    fn ask(&mut self, question: &Question) -> Answer {
        let text = |t: &str| Answer::Value(Literal::Text(t.to_owned()));
        match (question.kind, &question.ty) {
            (QuestionKind::Default, Some(FieldType::DateTime)) => text("2026-01-01 00:00:00"),
            (QuestionKind::Default, Some(FieldType::Text | FieldType::Varchar { .. })) => text("1"),
            _ => self.0.ask(question),
        }
    }

    fn given_rename(&mut self, model: &ModelId, field: Option<&str>) -> Option<String> {
        self.0.given_rename(model, field)
    }
}

/// The models without what `check` refuses.
fn sound(state: &ProjectState) -> ProjectState {
    let mut models: Vec<ModelDef> = state.models().cloned().collect();
    let targets = models.iter().flat_map(|m| &m.fields);
    let referred: Vec<ModelId> = targets
        .filter_map(|f| Some(f.ty.relation()?.to.clone()))
        .collect();
    let mut names = BTreeSet::new();
    for model in &mut models {
        // What migrations begin to care for is there already.
        model.managed = true;
        // A relation, also one by a set, needs one column to refer to.
        let sets = (model.fields.iter()).any(|f| matches!(f.ty, FieldType::ManyToMany(_)));
        if sets || referred.iter().any(|r| r.same(&model.id())) {
            model.primary_key.truncate(1);
        }
        // SQLite numbers rows by the whole key.
        if model.primary_key != ["id"] {
            model.fields.iter_mut().for_each(|f| f.auto = false);
        }
        model.unique_together.retain(|g| g[0] != g[1]);
        // Names of indexes are those of a whole database there, and pass from model to model.
        model
            .indexes
            .retain(|i| names.insert(canon::index_name(&i.name)));
    }
    while let Some((id, _)) = check_models(&models).into_iter().next() {
        models.retain(|m| m.id() != id);
        let leads =
            |r: &RelationDef| r.to.same(&id) || r.through.as_ref().is_some_and(|t| t.same(&id));
        for field in models.iter_mut().flat_map(|m| &mut m.fields) {
            if field.ty.relation().is_some_and(leads) {
                field.ty = FieldType::Int { unsigned: false };
            }
        }
    }
    models.into_iter().collect()
}

/// Runs migrations to targets; an error tells all of them.
async fn run(db: &Db, files: &[Migration], targets: &[Target]) -> Result<(), String> {
    let told = |e: &dyn std::error::Error| {
        let mut text = e.to_string();
        let mut source = e.source();
        while let Some(e) = source {
            text.push_str(&format!(": {e}"));
            source = e.source();
        }
        for migration in files {
            let described = migration.operations.iter().map(|o| o.describe());
            let described = described.collect::<Vec<_>>().join("; ");
            text.push_str(&format!(
                "\n{}.{}: {described}",
                migration.app, migration.name
            ));
        }
        text
    };
    let migrator = Migrator::new(db, files, MigrateOptions::default()).map_err(|e| told(&e))?;
    migrator.run(targets).await.map(drop).map_err(|e| told(&e))
}

/// What the database has otherwise than the models say.
async fn differences(db: &Db, models: &ProjectState) -> Vec<String> {
    let dialect = db.dialect();
    let mut out = Vec::new();
    let found = read_tables(db, None).await.expect("tables that are read");
    out.extend(found.unread.iter().map(|(name, e)| format!("{name}: {e}")));
    let mut left: BTreeMap<&str, _> = found.tables.iter().map(|t| (t.name.as_str(), t)).collect();
    left.retain(|name, _| !name.starts_with("orm_"));
    for model in models.models() {
        for table in tables_of(models, model, dialect.features()).expect("a table") {
            let expected = expected_table(&table, dialect, false).expect("a table");
            match left.remove(table.name.as_str()) {
                None => out.push(format!("{} is missing", table.name)),
                Some(found) => {
                    let different = compare(&expected, found, dialect.features());
                    out.extend(different.iter().map(|d| format!("{}: {d:?}", table.name)));
                }
            }
        }
    }
    out.extend(left.keys().map(|name| format!("{name} is left")));
    out
}

/// What leads from the files' newest migrations back to what was there of each application.
fn back_to(before: &[Migration], new: &[Migration]) -> Vec<Target> {
    let apps: BTreeSet<&str> = new.iter().map(|m| m.app.as_str()).collect();
    let target = |app: &str| {
        let newest = before
            .iter()
            .filter(|m| m.app == app)
            .map(|m| &m.name)
            .max();
        match newest {
            Some(name) => Target::Migration(app.to_owned(), name.clone()),
            None => Target::Zero(app.to_owned()),
        }
    };
    apps.into_iter().map(target).collect()
}

/// Writes each run's migrations, runs them, then undoes all of them, run by run.
pub(super) async fn there_and_back(
    history: &[ProjectState],
    answers: impl Answers + Clone,
) -> Result<(), String> {
    let db = Db::connect("sqlite::memory:").await.expect("a database");
    let mut files: Vec<Migration> = Vec::new();
    let mut lengths = vec![0];
    for to in history {
        let from = state(&files)?;
        files.extend(next(&files, to, answers.clone())?);
        lengths.push(files.len());
        let ran = run(&db, &files, &[Target::All]).await;
        ran.map_err(|e| format!("{e}\n{}", written(&from, to)))?;
        let different = differences(&db, to).await;
        if !different.is_empty() {
            return Err(format!("other tables: {different:#?}"));
        }
    }
    for steps in lengths.windows(2).rev() {
        let before = &files[..steps[0]];
        run(&db, &files, &back_to(before, &files[steps[0]..])).await?;
        let different = differences(&db, &state(before)?).await;
        if !different.is_empty() {
            return Err(format!("other tables on the way back: {different:#?}"));
        }
        files.truncate(steps[0]);
    }
    Ok(())
}

pub(super) fn on_a_runtime<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

/// Whether `check` finds nothing, and the names of indexes are those of a whole database.
fn is_sound(state: &ProjectState) -> bool {
    let models: Vec<ModelDef> = state.models().cloned().collect();
    let mut names = BTreeSet::new();
    let mut indexes = models.iter().flat_map(|m| &m.indexes);
    check_models(&models).is_empty()
        && indexes.all(|i| names.insert(canon::index_name(&i.name)))
        && models.iter().all(|m| m.managed && is_numbered(m))
}

/// Whether an automatic field is the whole key, as SQLite wants it.
fn is_numbered(model: &ModelDef) -> bool {
    let mut auto = model.fields.iter().filter(|f| f.auto);
    auto.all(|f| model.primary_key == [f.name.as_str()])
}

#[test]
fn cases_run_there_and_back() {
    let mut ran = 0;
    let mut wrong = Vec::new();
    for (text, case) in files::all() {
        let (from, to) = case.states();
        let told = case.hints != Hints::default();
        let refused = text.contains("= refused") || text.contains("? later");
        if told || refused || !is_sound(&from) || !is_sound(&to) {
            continue;
        }
        ran += 1;
        let done = on_a_runtime(there_and_back(&[from, to], case.answers));
        wrong.extend(done.err().map(|e| format!("{text}\n{e}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(ran >= 100, "only {ran} cases");
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn files_run_there_and_back(
        history in prop::collection::vec(states(), 2..4),
        renames in any::<bool>(),
        told in told(),
    ) {
        let history: Vec<ProjectState> = history.iter().map(sound).collect();
        on_a_runtime(there_and_back(&history, Fitting(Agreeable { renames, told })))
            .map_err(TestCaseError::fail)?;
    }
}
