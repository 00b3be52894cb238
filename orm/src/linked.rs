//! The models linked into this program, seen by migrations.

use crate::backend::{DbError, DbErrorKind, Executor};
use crate::dialect::Sql;
use crate::error::{Error, Result};
use crate::migrate::{
    AnswerTable, Arrangement, DetectError, EmbeddedMigrations, Graph, Hints, Models, ProjectState,
    detect, mapped_tables, sql_for,
};
use crate::model::{Model, ModelMeta, RelationKind, registered};
use crate::query::QuerySet;

/// The state that the linked models describe.
pub fn linked_state() -> ProjectState {
    let mut state = ProjectState::default();
    for meta in registered() {
        state.insert(meta.def());
    }
    state
}

impl Models<'_> {
    /// The rows of today's struct, if its table has all its columns at this point of history, as the
    /// struct has them; ask it on [`db`](Models::db). Relations that a query follows lead to other
    /// models, which are not looked at, and columns that the struct no longer has get no value: the
    /// longer a migration stays, the better rows by name suit it.
    ///
    /// # Errors
    /// [`Error::Usage`] with each column that is not there or is another one.
    pub fn typed<M: Model>(&self) -> Result<QuerySet<M>> {
        let problems = self.unlike(M::META)?;
        if problems.is_empty() {
            return Ok(QuerySet::new());
        }
        let meta = M::META;
        Err(Error::Usage(format!(
            "the struct {}.{} ({}) does not fit its table at this point of history: {}; use models.get(\"{}\", \"{}\") and its rows by name",
            meta.app,
            meta.name,
            meta.source,
            problems.join("; "),
            meta.app,
            meta.name,
        )))
    }

    /// What of a struct is not as the state has it.
    fn unlike(&self, meta: &ModelMeta) -> Result<Vec<String>> {
        let today = meta.def();
        let features = self.db().dialect().features();
        let usage = |e: crate::migrate::TableError| Error::Usage(e.to_string());
        let then = self.state().models().find(|m| m.table == today.table);
        let Some(then) = then else {
            return Ok(vec![format!("there is no table {}", today.table)]);
        };
        let mut then = then.clone();
        then.managed = true;
        let tables = mapped_tables(self.state(), &then, features).map_err(usage)?;
        let Some(own) = tables.into_iter().find(|t| t.field.is_none()) else {
            return Ok(vec![format!("there is no table {}", today.table)]);
        };
        let mut problems = Vec::new();
        for column in meta.columns {
            let name = column.column;
            match own.table.column(name) {
                None => problems.push(format!("`{name}` is not there")),
                Some(was) if was.null && !column.null => {
                    problems.push(format!("`{name}` may be NULL there"));
                }
                Some(was) => {
                    let now = today.fields.iter().find(|f| f.column_name() == name);
                    // A relation has the type of the key that it leads to, then as now.
                    let same = now
                        .is_none_or(|f| f.ty.relation().is_some() || f.ty.name() == was.ty.name());
                    if !same {
                        let ty = now.map_or("?".into(), |f| f.ty.name());
                        problems.push(format!("`{name}` is {} there, {ty} here", was.ty.name()));
                    }
                }
            }
        }
        Ok(problems)
    }
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
pub(crate) fn with_targets(models: &[&'static ModelMeta]) -> Vec<&'static ModelMeta> {
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
