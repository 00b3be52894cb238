//! Operations: immutable values that move the state forward and know their inverse.

mod describe;
mod forward;
mod inverse;
#[cfg(test)]
mod tests;

pub use describe::suggest_name;
pub use inverse::inverse_of_list;

use std::collections::BTreeMap;

use orm_schema::{ConstraintDef, FieldDef, IndexDef, ModelDef, OrderField, Storage};

/// One step of a migration. `model` is a name within the migration's application.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "a migration holds few operations, and most of them carry a field or a model"
)]
pub enum Operation {
    /// Creates a model and its table.
    CreateModel(ModelDef),
    /// Deletes a model and its table; carries the whole model, so that it can be undone.
    DeleteModel(ModelDef),
    /// Renames a model.
    RenameModel {
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
    /// Changes the table's name.
    AlterModelTable {
        /// The model.
        model: String,
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
    /// Changes the table's comment.
    AlterModelTableComment {
        /// The model.
        model: String,
        /// Old comment.
        from: Option<String>,
        /// New comment.
        to: Option<String>,
    },
    /// Changes the groups of fields that are unique together.
    AlterUniqueTogether {
        /// The model.
        model: String,
        /// Old groups.
        from: Vec<Vec<String>>,
        /// New groups.
        to: Vec<Vec<String>>,
    },
    /// Changes the primary key.
    AlterPrimaryKey {
        /// The model.
        model: String,
        /// Old key.
        from: Vec<String>,
        /// New key.
        to: Vec<String>,
    },
    /// Changes options that have no effect on the table but on who cares for it.
    AlterModelOptions {
        /// The model.
        model: String,
        /// Old options.
        from: ModelOptions,
        /// New options.
        to: ModelOptions,
    },
    /// Changes storage type, shard key or sort key.
    AlterStorage {
        /// The model.
        model: String,
        /// Old storage.
        from: Storage,
        /// New storage.
        to: Storage,
    },
    /// Adds a field.
    AddField {
        /// The model.
        model: String,
        /// The field, with a one-off default where `preserve_default` is false.
        field: FieldDef,
        /// Whether the default stays in the state.
        preserve_default: bool,
    },
    /// Removes a field; carries the whole field, so that it can be undone.
    RemoveField {
        /// The model.
        model: String,
        /// The field.
        field: FieldDef,
    },
    /// Changes a field.
    AlterField {
        /// The model.
        model: String,
        /// The field as it was.
        from: FieldDef,
        /// The field as it shall be; same name.
        to: FieldDef,
        /// Whether the default of `to` stays in the state.
        preserve_default: bool,
    },
    /// Renames a field, and with it the indexes, constraints and groups that name it.
    RenameField {
        /// The model.
        model: String,
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
    /// Adds an index.
    AddIndex {
        /// The model.
        model: String,
        /// The index.
        index: IndexDef,
    },
    /// Removes an index.
    RemoveIndex {
        /// The model.
        model: String,
        /// The index.
        index: IndexDef,
    },
    /// Renames an index.
    RenameIndex {
        /// The model.
        model: String,
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
    /// Adds a unique constraint.
    AddConstraint {
        /// The model.
        model: String,
        /// The constraint.
        constraint: ConstraintDef,
    },
    /// Removes a unique constraint.
    RemoveConstraint {
        /// The model.
        model: String,
        /// The constraint.
        constraint: ConstraintDef,
    },
    /// Runs SQL.
    RunSql {
        /// The statements, by dialect or `default`.
        sql: SqlByDialect,
        /// The statements of the way back; `None` cannot be undone.
        reverse: Option<SqlByDialect>,
    },
    /// Runs code that the program registered.
    RunCode {
        /// Its name.
        name: String,
        /// The name of the code of the way back, empty if there is nothing to do; `None` cannot be
        /// undone.
        reverse: Option<String>,
    },
    /// Does one thing to the database and another to the state.
    SeparateDatabaseAndState {
        /// What happens to the database.
        database: Vec<Operation>,
        /// What happens to the state.
        state: Vec<Operation>,
    },
}

/// Options of a model that `alter_model_options` changes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ModelOptions {
    /// The order of queries that name none, if it changes.
    pub ordering: Option<Vec<OrderField>>,
    /// Whether migrations care for the table, if it changes.
    pub managed: Option<bool>,
}

/// SQL by dialect name; `default` is for those not named.
pub type SqlByDialect = BTreeMap<String, String>;
