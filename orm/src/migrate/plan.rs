//! What a migration does to a database, in steps; pure, and so `sqlmigrate` works offline.

use super::schema_editor::{Action, EditError, Step, steps_of};
use super::{Irreversible, Migration, Operation, ProjectState, StateError};
use crate::ast::{Ddl, KeyRange};
use crate::dialect::{Dialect, RenderError};

/// Which way a migration runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// It is applied.
    Forwards,
    /// It is undone.
    Backwards,
}

impl Direction {
    /// `forwards` or `backwards`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forwards => "forwards",
            Self::Backwards => "backwards",
        }
    }
}

/// A migration that cannot be turned into steps.
#[derive(Debug, thiserror::Error)]
#[error("{migration}: {problem}")]
pub struct PlanError {
    /// The migration, as `app.name`.
    pub migration: String,
    /// Why.
    #[source]
    pub problem: Box<PlanProblem>,
}

/// Why a migration cannot be turned into steps.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanProblem {
    /// An operation does not fit the state before it.
    #[error(transparent)]
    State(Box<StateError>),
    /// An operation cannot be undone.
    #[error(transparent)]
    Irreversible(#[from] Irreversible),
    /// The database cannot do it.
    #[error("cannot apply \"{operation}\": {error}")]
    Edit {
        /// The operation, in its one-line form.
        operation: String,
        /// Why.
        error: EditError,
    },
    /// A step cannot be written as SQL.
    #[error(transparent)]
    Render(#[from] RenderError),
}

impl From<StateError> for PlanProblem {
    fn from(error: StateError) -> Self {
        Self::State(Box::new(error))
    }
}

/// The steps of one operation.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationPlan {
    /// The operation, in its one-line form.
    pub operation: String,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// The steps of a migration, by operation, in the order they run. `before` is the state before the
/// migration is applied, for both directions.
///
/// # Errors
/// [`PlanError`] if an operation does not fit the state, cannot be undone, or the database cannot
/// do it.
pub fn plan_migration(
    migration: &Migration,
    before: &ProjectState,
    dialect: &dyn Dialect,
    direction: Direction,
) -> Result<Vec<OperationPlan>, PlanError> {
    let named = |problem: PlanProblem| PlanError {
        migration: format!("{}.{}", migration.app, migration.name),
        problem: Box::new(problem),
    };
    let mut states = vec![before.clone()];
    for operation in &migration.operations {
        let mut next = states[states.len() - 1].clone();
        operation
            .state_forward(&migration.app, &mut next)
            .map_err(|e| named(e.into()))?;
        states.push(next);
    }
    let mut out = Vec::new();
    for (at, operation) in migration.operations.iter().enumerate() {
        let (from, to) = (&states[at], &states[at + 1]);
        let plan = match direction {
            Direction::Forwards => one(operation, &migration.app, from, to, dialect),
            Direction::Backwards => match operation.inverse() {
                Ok(inverse) => one(&inverse, &migration.app, to, from, dialect),
                Err(error) => Err(error.into()),
            },
        };
        out.push(plan.map_err(named)?);
    }
    if direction == Direction::Backwards {
        out.reverse();
    }
    Ok(out)
}

fn one(
    operation: &Operation,
    app: &str,
    before: &ProjectState,
    after: &ProjectState,
    dialect: &dyn Dialect,
) -> Result<OperationPlan, PlanProblem> {
    let steps =
        steps_of(operation, app, before, after, dialect).map_err(|error| PlanProblem::Edit {
            operation: operation.describe(),
            error,
        })?;
    Ok(OperationPlan {
        operation: operation.describe(),
        steps,
    })
}

/// The SQL of a step; `None` for code, and for what is no statement of its own. What is done part by
/// part is written as the one statement that comes to the same.
pub(crate) fn step_sql(step: &Step, dialect: &dyn Dialect) -> Result<Option<String>, RenderError> {
    match &step.action {
        Action::Ddl(ddl) => dialect.render_ddl(ddl).map(Some),
        Action::Sql(text) => Ok(Some(text.clone())),
        Action::Copy(copy) => {
            let (from, to) = (copy.from.clone(), copy.to.clone());
            let columns = copy.columns.clone();
            let ddl = Ddl::CopyRows { from, to, columns };
            dialect.render_ddl(&ddl).map(Some)
        }
        Action::Fill(fill) => {
            let whole = fill.statement(KeyRange::default());
            dialect.render_copying(&whole).map(Some)
        }
        Action::Lookup(fill) => {
            let whole = fill.statement(KeyRange::default());
            dialect.render_copying(&whole).map(Some)
        }
        Action::Unkeep { table } => {
            let (name, if_exists) = (table.clone(), true);
            dialect
                .render_ddl(&Ddl::DropTable { name, if_exists })
                .map(Some)
        }
        Action::Code(_) | Action::Settle(_) | Action::Keep { .. } => Ok(None),
    }
}

/// The statements of a migration with what each is for, without a closing semicolon. A step that is
/// code has an empty statement.
///
/// # Errors
/// [`PlanError`], as [`plan_migration`], and if a step cannot be written as SQL.
pub fn sql_for(
    migration: &Migration,
    before: &ProjectState,
    dialect: &dyn Dialect,
    backwards: bool,
) -> Result<Vec<(String, String)>, PlanError> {
    let direction = if backwards {
        Direction::Backwards
    } else {
        Direction::Forwards
    };
    let mut out = Vec::new();
    for part in plan_migration(migration, before, dialect, direction)? {
        for step in &part.steps {
            let sql = step_sql(step, dialect).map_err(|error| PlanError {
                migration: format!("{}.{}", migration.app, migration.name),
                problem: Box::new(error.into()),
            })?;
            out.push((sql.unwrap_or_default(), step.comment.clone()));
        }
    }
    Ok(out)
}
