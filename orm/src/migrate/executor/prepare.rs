//! What a run will do, worked out and checked before anything runs.

use std::collections::BTreeSet;

use orm_schema::{ModelDef, TableDef};

use super::targets::{Order, label};
use super::{Code, CodeRegistry, MigrateError};
use crate::ast::Ddl;
use crate::backend::{DbError, Executor, is_older};
use crate::dialect::{Dialect, Features, RenderError};
use crate::migrate::historical::Shape;
use crate::migrate::kept;
use crate::migrate::plan::step_sql;
use crate::migrate::recorder::JournalStep;
use crate::migrate::{
    Action, CodeStep, Direction, Migration, PlanError, PlanProblem, ProjectState, Requirement,
    Step, StorageTypes, plan_migration, probe, tables_of, with_storage_types,
};

/// A migration that a run would apply or undo.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlannedMigration<'a> {
    /// The migration.
    pub migration: &'a Migration,
    /// Which way.
    pub direction: Direction,
    /// Its steps, in order.
    pub steps: Vec<PlannedStep>,
    /// Why the database cannot do it, in a plan that is shown; a run is refused before it begins.
    pub impossible: Option<String>,
    /// The tables of an initial migration's end, and their columns, that its start does not have.
    makes: Vec<(String, Vec<String>)>,
}

/// A step with its SQL.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PlannedStep {
    /// The operation that it belongs to, in its one-line form.
    pub operation: String,
    /// The operation's number in the migration, from 0.
    pub operation_number: usize,
    /// The step.
    pub step: Step,
    /// Its SQL; empty for code, and for what is no statement of its own.
    pub sql: String,
    /// Rows that it reads and writes one by one, as they are counted now; known only in a plan that
    /// is shown, and where the table is there already.
    pub rows: Option<u64>,
}

impl PlannedMigration<'_> {
    /// `app.name`.
    pub fn label(&self) -> String {
        label(self.migration)
    }
}

/// Works out the steps of a plan. In one that is `shown`, what is impossible stands beside what is not.
pub(super) fn prepare<'a>(
    order: &Order<'a>,
    plan: &[(usize, Direction)],
    applied: &BTreeSet<(String, String)>,
    dialect: &dyn Dialect,
    storage: &StorageTypes,
    shown: bool,
) -> Result<Vec<PlannedMigration<'a>>, MigrateError> {
    let mut applied = applied.clone();
    let mut running: Option<ProjectState> = None;
    let mut out = Vec::new();
    for (at, direction) in plan {
        let migration = order.migrations[*at];
        let before = match direction {
            Direction::Forwards => {
                let mut state = match running.take() {
                    Some(state) => state,
                    None => replay(&order.migrations, &applied)?,
                };
                let before = state.clone();
                forward(migration, &mut state)?;
                running = Some(state);
                applied.insert(migration.key());
                before
            }
            Direction::Backwards => {
                running = None;
                applied.remove(&migration.key());
                undone(order, *at, &applied)?
            }
        };
        out.push(
            match planned(migration, &before, dialect, *direction, storage) {
                Err(MigrateError::Plan(error)) if shown => PlannedMigration {
                    migration,
                    direction: *direction,
                    steps: Vec::new(),
                    impossible: Some(error.to_string()),
                    makes: Vec::new(),
                },
                other => other?,
            },
        );
    }
    Ok(out)
}

fn planned<'a>(
    migration: &'a Migration,
    before: &ProjectState,
    dialect: &dyn Dialect,
    direction: Direction,
    storage: &StorageTypes,
) -> Result<PlannedMigration<'a>, MigrateError> {
    let mut steps = Vec::new();
    let operations = if storage.is_empty() {
        plan_migration(migration, before, dialect, direction)?
    } else {
        let (filled, before) = with_storage_types(migration, before, storage);
        plan_migration(&filled, &before, dialect, direction)?
    };
    for (operation_number, part) in operations.into_iter().enumerate() {
        for step in part.steps {
            let sql = step_sql(&step, dialect).map_err(|e| fault(migration, e.into()))?;
            steps.push(PlannedStep {
                operation: part.operation.clone(),
                operation_number,
                step,
                sql: sql.unwrap_or_default(),
                rows: None,
            });
        }
    }
    Ok(PlannedMigration {
        migration,
        direction,
        steps,
        impossible: None,
        makes: expected(migration, before, dialect.features()),
    })
}

/// What `--fake-initial` looks for. It does not depend on the way that the database is
/// taken there: on SQLite a foreign key is added by making the table again, for instance.
fn expected(
    migration: &Migration,
    before: &ProjectState,
    features: &Features,
) -> Vec<(String, Vec<String>)> {
    let mut after = before.clone();
    if !migration.is_initial() || forward(migration, &mut after).is_err() {
        return Vec::new();
    }
    let tables = |state: &ProjectState| -> Vec<TableDef> {
        let of = |m: &ModelDef| tables_of(state, m, features).unwrap_or_default();
        state.models().flat_map(of).collect()
    };
    let old = tables(before);
    let new = tables(&after).into_iter().filter_map(|table| {
        let was = old.iter().find(|t| t.name == table.name);
        let had = |name: &str| was.is_some_and(|t| t.column(name).is_some());
        let columns = table.columns.into_iter().map(|c| c.name);
        let columns: Vec<String> = columns.filter(|c| !had(c)).collect();
        (!columns.is_empty()).then_some((table.name, columns))
    });
    new.collect()
}

fn fault(migration: &Migration, problem: PlanProblem) -> MigrateError {
    PlanError {
        migration: label(migration),
        problem: Box::new(problem),
    }
    .into()
}

fn forward(migration: &Migration, state: &mut ProjectState) -> Result<(), MigrateError> {
    migration
        .state_forward(state)
        .map_err(|e| fault(migration, e.into()))
}

/// The state that undoing a migration leads to.
///
/// What other applications did since then is part of it, in whatever order the graph has them: a
/// table that comes back refers to keys as they are now. Where the migration does not fit that
/// state, for what came later says too little of what it depends on, it is that of its time.
fn undone(
    order: &Order<'_>,
    at: usize,
    applied: &BTreeSet<(String, String)>,
) -> Result<ProjectState, MigrateError> {
    if let Ok(state) = replay(&order.migrations, applied)
        && forward(order.migrations[at], &mut state.clone()).is_ok()
    {
        return Ok(state);
    }
    replay(&order.migrations[..at], applied)
}

/// The state that applied migrations make.
fn replay(
    migrations: &[&Migration],
    applied: &BTreeSet<(String, String)>,
) -> Result<ProjectState, MigrateError> {
    let mut state = ProjectState::default();
    for migration in migrations.iter().filter(|m| applied.contains(&m.key())) {
        forward(migration, &mut state)?;
    }
    Ok(state)
}

/// Counts the rows that the steps of a plan move.
pub(super) async fn count_rows(
    db: &dyn Executor,
    plan: &mut [PlannedMigration<'_>],
) -> Result<(), DbError> {
    for step in plan.iter_mut().flat_map(|p| &mut p.steps) {
        if let Some(table) = step.step.moves()
            && probe::table_exists(db, table).await?
        {
            step.rows = Some(probe::rows(db, table).await?);
        }
    }
    Ok(())
}

/// Whether the program holds all code that the plan runs, and the models that it walks are there.
pub(super) fn check_code(
    plan: &[PlannedMigration<'_>],
    code: &dyn CodeRegistry,
    features: &Features,
) -> Result<(), MigrateError> {
    for planned in plan {
        for step in &planned.steps {
            let Action::Code(wanted) = &step.step.action else {
                continue;
            };
            if let Code::Batches(batches) = code_of(planned, wanted, code)? {
                let shape = Shape::of(&wanted.state, features, batches.app, batches.model);
                let key = shape.and_then(|s| s.key().map(drop));
                key.map_err(|e| MigrateError::Code {
                    migration: planned.label(),
                    code: wanted.name.clone(),
                    source: e.into(),
                    undone: false,
                    stays: 0,
                })?;
            }
        }
    }
    Ok(())
}

/// Refuses what the server is too old for, which its dialect spells for later ones.
pub(super) fn check_version(
    plan: &[PlannedMigration<'_>],
    dialect: &dyn Dialect,
    version: &str,
) -> Result<(), MigrateError> {
    for planned in plan {
        for step in &planned.steps {
            let Action::Ddl(ddl) = &step.step.action else {
                continue;
            };
            if let Some(error) = too_old(ddl, dialect, version) {
                return Err(fault(planned.migration, PlanProblem::Render(error)));
            }
        }
    }
    Ok(())
}

/// Full text of version 2 is of SingleStore 8.7, the dialect of 8.5.
fn too_old(ddl: &Ddl, dialect: &dyn Dialect, version: &str) -> Option<RenderError> {
    let indexes = match ddl {
        Ddl::CreateTable { table, .. } => table.indexes.as_slice(),
        Ddl::CreateIndex { index, .. } => std::slice::from_ref(index),
        _ => return None,
    };
    let second = indexes.iter().find(|i| i.options.version == Some(2))?;
    is_older(version, [8, 7, 0]).then(|| RenderError::Unsupported {
        dialect: dialect.name(),
        feature: format!(
            "version 2 of full text before 8.7, as the index `{}` wants it (this server is {version})",
            second.name
        ),
        hint: "upgrade the server, or leave `version` out and search by `match_against`".to_owned(),
    })
}

/// The code of a step.
pub(super) fn code_of(
    planned: &PlannedMigration<'_>,
    wanted: &CodeStep,
    code: &dyn CodeRegistry,
) -> Result<Code, MigrateError> {
    let known = code.names();
    let (migration, name) = (planned.label(), wanted.name.clone());
    if known.iter().filter(|n| **n == name).count() > 1 {
        return Err(MigrateError::TwoCodes {
            migration,
            code: name,
        });
    }
    code.get(&name).ok_or(MigrateError::NoCode {
        migration,
        code: name,
        known,
    })
}

/// Looks at the requirements of all planned migrations as far as they can be told now: up to the
/// first statement of the user's own, and not on what the plan itself makes or fills.
pub(super) async fn check_rows(
    db: &dyn Executor,
    plan: &[PlannedMigration<'_>],
    journal: &[JournalStep],
) -> Result<(), MigrateError> {
    let mut made: BTreeSet<(String, Option<String>)> = BTreeSet::new();
    for planned in plan {
        if begun(journal, planned) {
            return Ok(());
        }
        for step in &planned.steps {
            if let Some(requirement) = &step.step.requires {
                let (table, column) = place(requirement);
                let own = made.contains(&(table.to_owned(), None))
                    || made.contains(&(table.to_owned(), Some(column.to_owned())));
                if !own {
                    check_requirement(db, planned, step, requirement).await?;
                }
            }
            match &step.step.action {
                Action::Ddl(ddl) => made.extend(makes(ddl)),
                Action::Fill(fill) => {
                    made.insert((fill.table.clone(), Some(fill.column.clone())));
                }
                Action::Copy(_)
                | Action::Settle(_)
                | Action::Lookup(_)
                | Action::Keep { .. }
                | Action::Unkeep { .. } => {}
                Action::Sql(_) | Action::Code(_) => return Ok(()),
            }
        }
    }
    Ok(())
}

fn place(requirement: &Requirement) -> (&str, &str) {
    match requirement {
        Requirement::NoNulls { table, column }
        | Requirement::NoRows { table, column }
        | Requirement::NoDuplicates { table, column }
        | Requirement::OneRow { table, column } => (table, column),
    }
}

/// The table or column that a statement makes, renames or fills.
fn makes(ddl: &Ddl) -> Option<(String, Option<String>)> {
    Some(match ddl {
        Ddl::CreateTable { table, .. } => (table.name.clone(), None),
        Ddl::RenameTable { to, .. } => (to.clone(), None),
        Ddl::AddColumn { table, column }
        | Ddl::AddAutoColumn { table, column, .. }
        | Ddl::FillNulls { table, column, .. } => (table.clone(), Some(column.name.clone())),
        Ddl::RenameColumn { table, to, .. } => (table.clone(), Some(to.clone())),
        _ => return None,
    })
}

/// Refuses if a table that is no migration's stands where one is to be kept or copied to.
pub(super) async fn check_free(
    db: &dyn Executor,
    plan: &[PlannedMigration<'_>],
    journal: &[JournalStep],
) -> Result<(), MigrateError> {
    let kept = kept::all(db).await?;
    for planned in plan {
        if begun(journal, planned) {
            continue;
        }
        for step in &planned.steps {
            let (table, ours) = match &step.step.action {
                Action::Unkeep { table } => (table, kept.iter().any(|k| k.table == *table)),
                Action::Copy(copy) => (&copy.to, false),
                _ => continue,
            };
            if !ours && probe::table_exists(db, table).await? {
                return Err(MigrateError::InTheWay {
                    migration: planned.label(),
                    operation: step.operation.clone(),
                    table: table.clone(),
                });
            }
        }
    }
    Ok(())
}

fn begun(journal: &[JournalStep], planned: &PlannedMigration<'_>) -> bool {
    let (app, name) = (&planned.migration.app, &planned.migration.name);
    journal.iter().any(|s| (&s.app, &s.name) == (app, name))
}

/// Looks at the requirements of an operation that has not begun.
pub(super) async fn check_operation(
    db: &dyn Executor,
    planned: &PlannedMigration<'_>,
    number: usize,
) -> Result<(), MigrateError> {
    let own = planned
        .steps
        .iter()
        .filter(|s| s.operation_number == number);
    for step in own {
        if let Some(requirement) = &step.step.requires {
            check_requirement(db, planned, step, requirement).await?;
        }
    }
    Ok(())
}

/// Values that are told of those that several rows have.
pub(super) const SHOWN: usize = 10;

/// Refuses if rows are in the way.
async fn check_requirement(
    db: &dyn Executor,
    planned: &PlannedMigration<'_>,
    step: &PlannedStep,
    requirement: &Requirement,
) -> Result<(), MigrateError> {
    let (table, column) = place(requirement);
    let nulls = matches!(requirement, Requirement::NoNulls { .. });
    let rows = match requirement {
        Requirement::NoNulls { .. } => probe::nulls(db, table, column).await?,
        Requirement::NoRows { .. } => probe::rows(db, table).await?,
        Requirement::OneRow { .. } => probe::rows(db, table).await?.saturating_sub(1),
        Requirement::NoDuplicates { .. } => {
            let values = probe::duplicates(db, table, column, SHOWN + 1).await?;
            return match values.is_empty() {
                true => Ok(()),
                false => Err(MigrateError::Duplicates {
                    migration: planned.label(),
                    operation: step.operation.clone(),
                    table: table.to_owned(),
                    column: column.to_owned(),
                    values,
                }),
            };
        }
    };
    if rows == 0 {
        return Ok(());
    }
    if matches!(requirement, Requirement::OneRow { .. }) {
        return Err(MigrateError::SameForAll {
            migration: planned.label(),
            operation: step.operation.clone(),
            table: table.to_owned(),
            column: column.to_owned(),
            rows: rows + 1,
        });
    }
    Err(MigrateError::Rows {
        migration: planned.label(),
        operation: step.operation.clone(),
        table: table.to_owned(),
        column: column.to_owned(),
        rows,
        nulls,
    })
}

/// Whether all that the migration would make is there: tables and columns, at least one, and nothing
/// of the users' own, of which the catalog says nothing. Indexes and keys belong to them.
pub(super) async fn stands_already(
    db: &dyn Executor,
    planned: &PlannedMigration<'_>,
) -> Result<bool, MigrateError> {
    let own = |s: &PlannedStep| matches!(s.step.action, Action::Sql(_) | Action::Code(_));
    if planned.steps.iter().any(own) {
        return Ok(false);
    }
    for (table, columns) in &planned.makes {
        if !probe::table_exists(db, table).await? {
            return Ok(false);
        }
        for column in columns {
            if !probe::column_exists(db, table, column).await? {
                return Ok(false);
            }
        }
    }
    Ok(!planned.makes.is_empty())
}

#[cfg(test)]
mod tests {
    use orm_schema::{IndexKind, IndexOptions, TableIndexDef};

    use super::*;
    use crate::dialect::SingleStore;

    #[test]
    fn the_second_version_of_full_text_needs_a_server_that_has_it() {
        let add = |version| Ddl::CreateIndex {
            table: "note".into(),
            index: TableIndexDef {
                name: "words".into(),
                columns: vec!["body".into()],
                kind: Some(IndexKind::Fulltext),
                options: IndexOptions {
                    version,
                    ..IndexOptions::NONE
                },
            },
        };
        let error = too_old(&add(Some(2)), &SingleStore, "8.5.30").expect("too old");
        assert_eq!(
            error.to_string(),
            "singlestore does not support version 2 of full text before 8.7, as the index `words` wants it \
             (this server is 8.5.30): upgrade the server, or leave `version` out and search by `match_against`"
        );
        assert!(too_old(&add(Some(2)), &SingleStore, "8.7.4").is_none());
        assert!(too_old(&add(None), &SingleStore, "8.5.30").is_none());
    }
}
