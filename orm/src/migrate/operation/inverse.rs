//! The operation that undoes an operation.

use orm_schema::FieldDef;

use super::Operation;
use crate::migrate::error::Irreversible;

impl Operation {
    /// The operation that undoes this one.
    ///
    /// # Errors
    /// [`Irreversible`] for code, and for SQL without `reverse`.
    pub fn inverse(&self) -> Result<Self, Irreversible> {
        let swap = |model: &String| model.clone();
        Ok(match self {
            Self::CreateModel(m) => Self::DeleteModel(m.clone()),
            Self::DeleteModel(m) => Self::CreateModel(m.clone()),
            Self::RenameModel { from, to } => Self::RenameModel {
                from: to.clone(),
                to: from.clone(),
            },
            Self::AlterModelTable { model, from, to } => Self::AlterModelTable {
                model: swap(model),
                from: to.clone(),
                to: from.clone(),
            },
            Self::AlterModelTableComment { model, from, to } => Self::AlterModelTableComment {
                model: swap(model),
                from: to.clone(),
                to: from.clone(),
            },
            Self::AlterUniqueTogether { model, from, to } => Self::AlterUniqueTogether {
                model: swap(model),
                from: to.clone(),
                to: from.clone(),
            },
            Self::AlterPrimaryKey { model, from, to } => Self::AlterPrimaryKey {
                model: swap(model),
                from: to.clone(),
                to: from.clone(),
            },
            Self::AlterModelOptions { model, from, to } => Self::AlterModelOptions {
                model: swap(model),
                from: to.clone(),
                to: from.clone(),
            },
            Self::AlterStorage { model, from, to } => Self::AlterStorage {
                model: swap(model),
                from: to.clone(),
                to: from.clone(),
            },
            Self::RenameIndex { model, from, to } => Self::RenameIndex {
                model: swap(model),
                from: to.clone(),
                to: from.clone(),
            },
            Self::RenameField { model, from, to } => Self::RenameField {
                model: swap(model),
                from: to.clone(),
                to: from.clone(),
            },
            _ => return self.inverse_of_parts(),
        })
    }

    /// [`Self::inverse`] for what adds or removes a part, and for what is not about models.
    fn inverse_of_parts(&self) -> Result<Self, Irreversible> {
        Ok(match self {
            Self::AddField {
                model,
                field,
                preserve_default,
            } => Self::RemoveField {
                model: model.clone(),
                field: kept(field, *preserve_default),
            },
            Self::RemoveField { model, field } => Self::AddField {
                model: model.clone(),
                field: field.clone(),
                preserve_default: true,
            },
            Self::AlterField {
                model,
                from,
                to,
                preserve_default,
            } => Self::AlterField {
                model: model.clone(),
                from: kept(to, *preserve_default),
                to: from.clone(),
                preserve_default: true,
            },
            Self::AddIndex { model, index } => Self::RemoveIndex {
                model: model.clone(),
                index: index.clone(),
            },
            Self::RemoveIndex { model, index } => Self::AddIndex {
                model: model.clone(),
                index: index.clone(),
            },
            Self::AddConstraint { model, constraint } => Self::RemoveConstraint {
                model: model.clone(),
                constraint: constraint.clone(),
            },
            Self::RemoveConstraint { model, constraint } => Self::AddConstraint {
                model: model.clone(),
                constraint: constraint.clone(),
            },
            Self::RunSql {
                sql,
                reverse: Some(reverse),
            } => Self::RunSql {
                sql: reverse.clone(),
                reverse: Some(sql.clone()),
            },
            Self::RunSql { .. } => return Err(self.irreversible("it has no `reverse`; write one")),
            Self::SeparateDatabaseAndState { database, state } => Self::SeparateDatabaseAndState {
                database: inverse_of_list(database)?,
                state: inverse_of_list(state)?,
            },
            Self::RunCode {
                name,
                reverse: Some(reverse),
            } => Self::RunCode {
                name: reverse.clone(),
                reverse: Some(name.clone()),
            },
            _ => {
                return Err(self.irreversible(
                    "it has no `reverse`; name the code that undoes it (\"\" if there is nothing to undo), or go back with --fake",
                ));
            }
        })
    }

    fn irreversible(&self, reason: &'static str) -> Irreversible {
        Irreversible {
            operation: self.describe(),
            reason,
        }
    }
}

/// The operations that undo these, last first.
///
/// # Errors
/// [`Irreversible`] of the last one that has no inverse.
pub fn inverse_of_list(operations: &[Operation]) -> Result<Vec<Operation>, Irreversible> {
    operations.iter().rev().map(Operation::inverse).collect()
}

/// The field as it stays in the state.
pub(crate) fn kept(field: &FieldDef, preserve_default: bool) -> FieldDef {
    let mut field = field.clone();
    if !preserve_default {
        field.default = None;
    }
    field
}
