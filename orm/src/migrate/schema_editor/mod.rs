//! The schema editor: what an operation does to one database.
//!
//! Pure, and works offline. It does not look at the operation's kind but at the tables that the
//! states before and after stand for, and takes from the operation only what tables cannot say:
//! renames and the values of new columns. So a changed key reaches every column that refers to it,
//! and an operation and its way back need no code of their own.

mod alter;
mod build;
mod diff;
mod lookups;
mod rebuild;
mod sharded;
mod step;
mod tables;

use orm_schema::check::Finding;

use crate::dialect::{Dialect, RenderError};
use crate::migrate::{Operation, ProjectState, SqlByDialect, StateError, TableError, split_sql};
use crate::value::Value;

pub use step::{Action, CodeStep, ColumnFill, Grade, LookupFill, Requirement, Step, TableCopy};

/// An operation that cannot be carried out on a database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The state has no such table.
    #[error(transparent)]
    Table(Box<TableError>),
    /// The operation does not fit the state.
    #[error(transparent)]
    State(Box<StateError>),
    /// The dialect has no form of it.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A field becomes a many-to-many set, or was one.
    #[error(
        "{model}.{field} cannot be altered from or to a many-to-many field, because one is a column and the other a table: remove the field and add a new one"
    )]
    ManyToMany {
        /// The model, as `app.Model`.
        model: String,
        /// The field.
        field: String,
    },
    /// The SQL of a `run_sql` is not written for the dialect.
    #[error("run_sql has no statements for {dialect} and no `default`: add `{dialect} = \"…\"`")]
    NoSql {
        /// The dialect.
        dialect: &'static str,
    },
    /// The SQL of a `run_sql` does not end.
    #[error("run_sql: {0}")]
    BadSql(String),
    /// The database refuses the model as it would be.
    #[error("{model} {}", listed(.findings))]
    Refused {
        /// The model, as `app.Model`.
        model: String,
        /// The rules it breaks.
        findings: Vec<Finding>,
    },
}

impl From<TableError> for EditError {
    fn from(error: TableError) -> Self {
        Self::Table(Box::new(error))
    }
}

impl From<StateError> for EditError {
    fn from(error: StateError) -> Self {
        Self::State(Box::new(error))
    }
}

fn listed(findings: &[Finding]) -> String {
    let one = |f: &Finding| format!("breaks {}: {}; {}", f.id, f.message, f.hint);
    findings.iter().map(one).collect::<Vec<_>>().join(" — and ")
}

/// The steps of an operation on a database.
///
/// `before` and `after` are the states around it; for the way back, give the inverse operation with
/// the states the other way round.
///
/// # Errors
/// [`EditError`] if the states do not fit the operation, or the database cannot do it.
pub fn steps_of(
    operation: &Operation,
    app: &str,
    before: &ProjectState,
    after: &ProjectState,
    dialect: &dyn Dialect,
) -> Result<Vec<Step>, EditError> {
    match operation {
        Operation::AlterModelOptions { .. } => Ok(Vec::new()),
        Operation::RunSql { sql, .. } => raw_steps(sql, dialect),
        // The way back of code that has nothing to undo.
        Operation::RunCode { name, .. } if name.is_empty() => Ok(Vec::new()),
        Operation::RunCode { name, .. } => Ok(vec![Step {
            action: Action::Code(CodeStep {
                name: name.clone(),
                state: before.clone(),
            }),
            comment: format!("run code {name}"),
            grade: Grade::Rewrite,
            requires: None,
        }]),
        Operation::SeparateDatabaseAndState { database, .. } => {
            let mut state = before.clone();
            let mut steps = Vec::new();
            for operation in database {
                let mut next = state.clone();
                operation.state_forward(app, &mut next)?;
                steps.extend(steps_of(operation, app, &state, &next, dialect)?);
                state = next;
            }
            Ok(steps)
        }
        _ => tables::changes(operation, app, before, after, dialect)?.steps(dialect),
    }
}

/// The statements of a `run_sql`, one step each.
fn raw_steps(sql: &SqlByDialect, dialect: &dyn Dialect) -> Result<Vec<Step>, EditError> {
    let name = dialect.name();
    let Some(text) = sql.get(name).or_else(|| sql.get("default")) else {
        return Err(EditError::NoSql { dialect: name });
    };
    // Whether a backslash escapes shows in how the dialect writes one.
    let mut backslash = String::new();
    dialect.write_literal(&mut backslash, &Value::Text("\\".into()))?;
    let statements = split_sql(text, backslash.contains("\\\\")).map_err(EditError::BadSql)?;
    let step = |statement: String| Step {
        action: Action::Sql(statement),
        comment: "run_sql".into(),
        grade: Grade::Rewrite,
        requires: None,
    };
    Ok(statements.into_iter().map(step).collect())
}
