//! The models linked into this program, seen by migrations.

use crate::backend::{DbError, DbErrorKind, Executor};
use crate::dialect::Sql;
use crate::error::Result;
use crate::migrate::{Migration, Operation, ProjectState, sql_for};
use crate::model::{ModelMeta, registered};
use crate::schema::ModelDef;

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
/// SQL: `CREATE TABLE` and `CREATE INDEX` statements, those referred to first.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db), as for tables that exist.
pub async fn create_tables(db: &impl Executor, models: &[&'static ModelMeta]) -> Result<()> {
    let wanted = with_targets(models);
    let mut before = ProjectState::default();
    for meta in wanted {
        let mut migration = Migration::new(meta.app, "0001_initial");
        migration
            .operations
            .push(Operation::CreateModel(meta.def()));
        // All models are known from the start, so that relations in a circle resolve.
        let mut state = linked_state();
        state.remove(&meta.def().id());
        before.clone_from(&state);
        let statements = sql_for(&migration, &before, db.dialect(), false)
            .map_err(|e| DbError::new(DbErrorKind::Render, e.to_string()))?;
        for (text, _) in statements {
            db.execute(Sql {
                text: text.into(),
                ..Sql::default()
            })
            .await?;
        }
    }
    Ok(())
}

/// The models and all they refer to; each after what its columns refer to, circles aside.
fn with_targets(models: &[&'static ModelMeta]) -> Vec<&'static ModelMeta> {
    fn visit(
        meta: &'static ModelMeta,
        open: &mut Vec<&'static str>,
        out: &mut Vec<&'static ModelMeta>,
    ) {
        let key = |m: &ModelMeta| (m.app, m.name);
        if out.iter().any(|m| key(m) == key(meta)) || open.contains(&meta.table) {
            return;
        }
        open.push(meta.table);
        for relation in meta.relations {
            if !matches!(relation.kind, crate::model::RelationKind::Reverse { .. }) {
                visit((relation.target)(), open, out);
            }
        }
        out.push(meta);
    }
    let mut out = Vec::new();
    let mut open = Vec::new();
    for meta in models {
        visit(meta, &mut open, &mut out);
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
    for model in linked.models() {
        match migrations.model(&model.id()) {
            None => differences.push(format!("{} has no migration", model.id())),
            Some(other) => compare(model, other, &mut differences),
        }
    }
    for model in migrations.models() {
        if linked.model(&model.id()).is_none() {
            differences.push(format!(
                "{} is in the migrations, but not linked",
                model.id()
            ));
        }
    }
    if differences.is_empty() {
        Ok(())
    } else {
        Err(LinkedError { differences })
    }
}

fn compare(linked: &ModelDef, migrated: &ModelDef, out: &mut Vec<String>) {
    let id = linked.id();
    for field in &linked.fields {
        match migrated.field(&field.name) {
            None => out.push(format!("{id}.{} has no migration", field.name)),
            Some(other) if other != field => {
                out.push(format!("{id}.{} differs from its migration", field.name));
            }
            Some(_) => {}
        }
    }
    for field in &migrated.fields {
        if linked.field(&field.name).is_none() {
            out.push(format!("{id}.{} is in the migrations only", field.name));
        }
    }
    let mut same_fields = migrated.clone();
    same_fields.fields.clone_from(&linked.fields);
    if same_fields != *linked {
        out.push(format!(
            "{id}: table, key or options differ from the migrations"
        ));
    }
}
