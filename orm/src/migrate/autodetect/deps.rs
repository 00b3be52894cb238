//! What has to come before an operation, said by what it does and not by where it stands.

use orm_schema::{FieldDef, ModelId};

use crate::migrate::canon::same_name;
use crate::migrate::operation::Operation;

/// An operation that was found, with what has to come before it.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) app: String,
    pub(super) operation: Operation,
    pub(super) deps: Vec<Dep>,
}

/// What has to come before, if anything does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dep {
    /// The model is created, or gets this name.
    Model(ModelId),
    /// The model gets this name.
    ModelNamed(ModelId),
    /// The field is added, created with its model, or gets this name.
    Field(ModelId, String),
    /// The fields of the model get the names they have now.
    FieldsNamed(ModelId),
    /// The field is altered.
    FieldAltered(ModelId, String),
    /// The primary key is changed.
    KeyChanged(ModelId),
    /// The field is removed.
    FieldGone(ModelId, String),
    /// The field refers to its model no more.
    RelationGone(ModelId, String),
    /// No key, group, index or constraint that goes names the field any more.
    Unnamed(ModelId, String),
    /// Fields and parts of a model that are removed before the model is.
    PartsGone(ModelId),
    /// No table has this name any more, whatever its case: on SQLite, and on servers as they are set, that
    /// is one name.
    TableFree(String),
    /// No index has this name any more, whatever its case: on SQLite the names are those of a whole
    /// database.
    IndexFree(String),
    /// The operation at this place of those that were planned.
    Planned(usize),
    /// It should come before, unless that leads in a circle.
    Rather(Box<Dep>),
}

impl Dep {
    pub(super) fn rather(self) -> Self {
        Self::Rather(Box::new(self))
    }

    /// The model it is about, if it is about one.
    pub(super) fn model(&self) -> Option<&ModelId> {
        match self {
            Self::Model(id)
            | Self::ModelNamed(id)
            | Self::FieldsNamed(id)
            | Self::Field(id, _)
            | Self::FieldAltered(id, _)
            | Self::KeyChanged(id)
            | Self::FieldGone(id, _)
            | Self::RelationGone(id, _)
            | Self::Unnamed(id, _)
            | Self::PartsGone(id) => Some(id),
            Self::Rather(dep) => dep.model(),
            Self::TableFree(_) | Self::IndexFree(_) | Self::Planned(_) => None,
        }
    }

    /// Whether an operation on the model of this dependency does what it asks for.
    pub(super) fn is_met_by(&self, operation: &Operation) -> bool {
        use Operation as O;
        match self {
            Self::Model(_) => matches!(operation, O::CreateModel(_) | O::RenameModel { .. }),
            Self::ModelNamed(_) => matches!(operation, O::RenameModel { .. }),
            Self::FieldsNamed(_) => matches!(operation, O::RenameField { .. }),
            Self::Field(_, name) => match operation {
                O::CreateModel(m) => m.field(name).is_some(),
                O::AddField { field, .. } => field.name == *name,
                O::RenameField { to, .. } => to == name,
                _ => false,
            },
            Self::FieldAltered(_, name) => {
                matches!(operation, O::AlterField { to, .. } if to.name == *name)
            }
            Self::KeyChanged(_) => matches!(operation, O::AlterPrimaryKey { .. }),
            Self::FieldGone(_, name) => {
                matches!(operation, O::RemoveField { field, .. } if field.name == *name)
            }
            Self::RelationGone(_, name) => match operation {
                O::RemoveField { field, .. } => field.name == *name,
                O::AlterField { from, .. } => from.name == *name,
                O::DeleteModel(m) => m.field(name).is_some(),
                _ => false,
            },
            Self::Unnamed(_, name) => unnames(operation, name),
            Self::PartsGone(_) => matches!(
                operation,
                O::RemoveField { .. }
                    | O::RemoveIndex { .. }
                    | O::RemoveConstraint { .. }
                    | O::AlterUniqueTogether { .. }
            ),
            Self::TableFree(table) => match operation {
                O::DeleteModel(m) => same_name(&m.table, table),
                // One that changes its case keeps its name where case does not count.
                O::AlterModelTable { from, to, .. } => {
                    from == table || (same_name(from, table) && !same_name(to, table))
                }
                _ => false,
            },
            Self::IndexFree(index) => match operation {
                O::RemoveIndex { index: i, .. } => same_name(&i.name, index),
                // One that changes its case keeps its name.
                O::RenameIndex { from, to, .. } => same_name(from, index) && !same_name(to, index),
                O::DeleteModel(m) => m.indexes.iter().any(|i| same_name(&i.name, index)),
                _ => false,
            },
            Self::Planned(_) => false,
            Self::Rather(dep) => dep.is_met_by(operation),
        }
    }
}

/// Whether the operation is about the dependency's model, and does what it asks for.
pub(super) fn meets(dep: &Dep, planned: &Planned) -> bool {
    let own = model_of(&planned.app, &planned.operation);
    let about = dep
        .model()
        .is_none_or(|id| own.is_some_and(|own| own.same(id)));
    about && dep.is_met_by(&planned.operation)
}

/// Whether the operation's old side names the field and its new side does not.
fn unnames(operation: &Operation, name: &str) -> bool {
    use Operation as O;
    let has = |list: &[String]| list.iter().any(|f| f == name);
    let grouped = |groups: &[Vec<String>]| groups.iter().any(|g| has(g));
    match operation {
        O::RemoveIndex { index, .. } => has(&index.fields),
        O::RemoveConstraint { constraint, .. } => has(&constraint.fields),
        O::AlterUniqueTogether { from, to, .. } => grouped(from) && !grouped(to),
        O::AlterPrimaryKey { from, to, .. } => has(from) && !has(to),
        O::AlterStorage { from, to, .. } => {
            let names = |s: &orm_schema::Storage| {
                s.shard_key.as_deref().is_some_and(has)
                    || s.sort_key.iter().any(|o| o.field == name)
            };
            names(from) && !names(to)
        }
        O::AlterModelOptions { from, to, .. } => {
            let names = |o: &Option<Vec<orm_schema::OrderField>>| {
                o.iter().flatten().any(|o| o.field == name)
            };
            names(&from.ordering) && !names(&to.ordering)
        }
        _ => false,
    }
}

/// The model an operation is about, as it is called when the operation is done.
pub(super) fn model_of(app: &str, operation: &Operation) -> Option<ModelId> {
    use Operation as O;
    let name = match operation {
        O::CreateModel(m) | O::DeleteModel(m) => &m.name,
        O::RenameModel { to, .. } => to,
        O::AlterModelTable { model, .. }
        | O::AlterModelTableComment { model, .. }
        | O::AlterUniqueTogether { model, .. }
        | O::AlterPrimaryKey { model, .. }
        | O::AlterModelOptions { model, .. }
        | O::AlterStorage { model, .. }
        | O::AddField { model, .. }
        | O::RemoveField { model, .. }
        | O::AlterField { model, .. }
        | O::RenameField { model, .. }
        | O::AddIndex { model, .. }
        | O::RemoveIndex { model, .. }
        | O::RenameIndex { model, .. }
        | O::AddConstraint { model, .. }
        | O::RemoveConstraint { model, .. } => model,
        O::RunSql { .. } | O::RunCode { .. } | O::SeparateDatabaseAndState { .. } => return None,
    };
    Some(ModelId::new(app, name))
}

/// What a field's relation needs.
pub(super) fn of_relation(field: &FieldDef) -> Vec<Dep> {
    let Some(relation) = field.ty.relation() else {
        return Vec::new();
    };
    let mut deps = vec![Dep::Model(relation.to.clone())];
    deps.extend(relation.through.clone().map(Dep::Model));
    deps.extend(
        relation
            .to_field
            .clone()
            .map(|f| Dep::Field(relation.to.clone(), f)),
    );
    deps
}

/// What a field's relation needs to be called what it is called; no dependency on what is there.
pub(super) fn of_old_relation(field: &FieldDef) -> Vec<Dep> {
    let Some(relation) = field.ty.relation() else {
        return Vec::new();
    };
    let to = &relation.to;
    let mut deps = vec![Dep::ModelNamed(to.clone()), Dep::FieldsNamed(to.clone())];
    deps.extend(relation.through.clone().map(Dep::ModelNamed));
    deps
}

/// What an operation that adds a part of a model needs: the fields that it names.
pub(super) fn of_parts(app: &str, operation: &Operation) -> Vec<Dep> {
    let names: Vec<String> = match operation {
        Operation::AddIndex { index, .. } => index.fields.clone(),
        Operation::AddConstraint { constraint, .. } => constraint.fields.clone(),
        Operation::AlterUniqueTogether { to, .. } => to.concat(),
        Operation::AlterPrimaryKey { to, .. } => to.clone(),
        Operation::AlterStorage { to, .. } => {
            let sorted = to.sort_key.iter().map(|o| o.field.clone());
            to.shard_key
                .iter()
                .flatten()
                .cloned()
                .chain(sorted)
                .collect()
        }
        Operation::AlterModelOptions { to, .. } => to
            .ordering
            .iter()
            .flatten()
            .map(|o| o.field.clone())
            .collect(),
        _ => return Vec::new(),
    };
    let Some(id) = model_of(app, operation) else {
        return Vec::new();
    };
    names
        .into_iter()
        .flat_map(|f| {
            [
                Dep::Field(id.clone(), f.clone()),
                Dep::FieldAltered(id.clone(), f),
            ]
        })
        .collect()
}

/// Whether the field's relation needs the model.
pub(super) fn leads_to(field: &FieldDef, id: &ModelId) -> bool {
    field
        .ty
        .relation()
        .is_some_and(|r| r.to.same(id) || r.through.as_ref().is_some_and(|t| t.same(id)))
}
