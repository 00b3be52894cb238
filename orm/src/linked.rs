//! The models linked into this program, seen by migrations.

use crate::backend::{DbError, DbErrorKind, Executor};
use crate::dialect::Sql;
use crate::error::Result;
use crate::migrate::{
    AnswerTable, Arrangement, DetectError, EmbeddedMigrations, Graph, Hints, ProjectState, detect,
    sql_for,
};
use crate::model::{ModelMeta, RelationKind, registered};

/// The state that the linked models describe.
pub fn linked_state() -> ProjectState {
    let mut state = ProjectState::default();
    for meta in registered() {
        state.insert(meta.def());
    }
    state
}

/// Creates the tables of these models and of what they refer to, for tests and examples; programs
/// with data use migrations.
///
/// SQL: what the first migrations of these models would run.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db), as for tables that exist.
pub async fn create_tables(db: &impl Executor, models: &[&'static ModelMeta]) -> Result<()> {
    let render = |e: &dyn std::fmt::Display| DbError::new(DbErrorKind::Render, e.to_string());
    let mut wanted = ProjectState::default();
    for meta in with_targets(models) {
        wanted.insert(meta.def());
    }
    let mut state = ProjectState::default();
    let changes = detect(
        &state,
        &wanted,
        &Hints::default(),
        &mut AnswerTable::default(),
    )
    .map_err(|e| render(&e))?;
    for migration in changes.arrange(&Arrangement::default()) {
        for (text, _) in sql_for(&migration, &state, db.dialect(), false).map_err(|e| render(&e))? {
            let text = text.into();
            db.execute(Sql {
                text,
                ..Sql::default()
            })
            .await?;
        }
        migration
            .state_forward(&mut state)
            .map_err(|e| render(&e))?;
    }
    Ok(())
}

/// The models and all that their columns and tables of pairs refer to.
fn with_targets(models: &[&'static ModelMeta]) -> Vec<&'static ModelMeta> {
    let mut out: Vec<&'static ModelMeta> = Vec::new();
    let mut open = models.to_vec();
    while let Some(meta) = open.pop() {
        if out.iter().any(|m| m.app == meta.app && m.name == meta.name) {
            continue;
        }
        out.push(meta);
        for relation in meta.relations {
            match relation.kind {
                RelationKind::Reverse { .. } => continue,
                RelationKind::ManyToMany {
                    through: Some(through),
                    ..
                } => open.push(through()),
                _ => {}
            }
            open.push((relation.target)());
        }
    }
    out
}

/// Linked models and migration files that disagree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the linked models and the migrations disagree:\n{}\nrun `orm-cli makemigrations`, or link the crate that holds the models", .differences.join("\n"))]
pub struct LinkedError {
    /// One line each.
    pub differences: Vec<String>,
}

/// Compares the models linked into this program with the state that the migrations make.
///
/// # Errors
/// [`LinkedError`] with each difference; also when no model is linked at all.
pub fn check_linked(migrations: &ProjectState) -> std::result::Result<(), LinkedError> {
    let linked = linked_state();
    let mut differences = Vec::new();
    if linked.models().next().is_none() {
        differences.push(
            "no model is linked: name the crate in the program (`use models as _;`)".to_owned(),
        );
    }
    let mut answers = AnswerTable {
        allow_drop: true,
        ..AnswerTable::default()
    };
    match detect(migrations, &linked, &Hints::default(), &mut answers) {
        Ok(changes) => {
            let operations = changes.operations();
            let line = |(app, operation): &(&str, &crate::migrate::Operation)| {
                format!(
                    "{app}: {} is missing in the migrations",
                    operation.describe()
                )
            };
            differences.extend(operations.iter().map(line));
        }
        Err(DetectError::Refused(questions)) => {
            let line = |subject| format!("{subject} is not in the migrations");
            differences.extend(questions.iter().map(|q| line(q.subject())));
        }
        Err(other) => differences.push(other.to_string()),
    }
    if differences.is_empty() {
        Ok(())
    } else {
        Err(LinkedError { differences })
    }
}

/// [`check_linked`] for embedded files; for the macro.
///
/// # Panics
/// With the differences, or with what is wrong with the files.
pub fn assert_linked(migrations: EmbeddedMigrations<'_>) {
    let state = Graph::embedded(migrations)
        .map_err(|e| e.to_string())
        .and_then(|graph| graph.state().map_err(|e| e.to_string()));
    let result = state.and_then(|s| check_linked(&s).map_err(|e| e.to_string()));
    if let Err(text) = result {
        panic!("{text}");
    }
}
