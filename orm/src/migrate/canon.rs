//! When two definitions are the same for migrations, though not written the same.
//!
//! Model names compare without case, a column that is spelled out as its default is no other
//! column, and the order of fields, indexes, constraints and groups says nothing.

use orm_schema::{FieldDef, ModelDef, ModelId};

/// A field in the one form that all its spellings share.
pub(crate) fn field(field: &FieldDef) -> FieldDef {
    let mut out = field.clone();
    out.column = if out.ty.has_column() {
        Some(out.column_name().into_owned())
    } else {
        None
    };
    if let Some(relation) = out.ty.relation_mut() {
        relation.to = id(&relation.to);
        relation.through = relation.through.as_ref().map(id);
    }
    out
}

/// A model in the one form that all its spellings share.
pub(crate) fn model(model: &ModelDef) -> ModelDef {
    let mut out = model.clone();
    out.name = out.name.to_lowercase();
    out.fields = out.fields.iter().map(field).collect();
    out.fields.sort_by(|a, b| a.name.cmp(&b.name));
    out.unique_together = groups(&out.unique_together);
    out.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    out.constraints.sort_by(|a, b| a.name.cmp(&b.name));
    // They change no table and stand in no file.
    out.objects.clear();
    out.fixtures = Default::default();
    out
}

/// Groups as a sorted set.
pub(crate) fn groups(groups: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut out = groups.to_vec();
    out.sort();
    out.dedup();
    out
}

/// A model's id in lower case.
pub(crate) fn id(id: &ModelId) -> ModelId {
    ModelId::new(&id.app, id.name.to_lowercase())
}

/// The name of an index in the one form that all its spellings share: databases compare such names
/// without case. Those of tables too, on SQLite and on servers that are set so.
pub(crate) fn index_name(name: &str) -> String {
    name.to_lowercase()
}

/// Whether two names of indexes, or of tables, are one.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    index_name(a) == index_name(b)
}

/// Whether two fields are the same.
pub(crate) fn same_field(a: &FieldDef, b: &FieldDef) -> bool {
    field(a) == field(b)
}

/// Whether two models are the same.
pub(crate) fn same_model(a: &ModelDef, b: &ModelDef) -> bool {
    model(a) == model(b)
}
