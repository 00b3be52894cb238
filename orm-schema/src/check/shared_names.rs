//! Names of indexes, of which SQLite keeps one list for a database; servers keep one for each table.
//!
//! A unique key has its name within its table on SQLite too: it is part of CREATE TABLE, and its index
//! is called by SQLite itself.

use std::collections::HashMap;

use super::Finding;
use super::models::Models;
use super::rules::G012;
use crate::{
    FieldType, IndexKind, ModelDef, ModelId, hashed_name, many_to_many_columns, many_to_many_table,
};

/// Named indexes whose name SQLite has elsewhere in the same database: on an index of
/// another model, or on a table. Each with its model; the other one is in the finding.
///
/// What other servers refuse, two of one name in one model, is a rule of [`check_model`](super::check_model).
pub fn check_sqlite<'a>(models: impl IntoIterator<Item = &'a ModelDef>) -> Vec<(ModelId, Finding)> {
    let models = Models::new(models);
    let managed = || models.all().iter().copied().filter(|m| m.managed);
    let mut names = Names::default();
    for model in managed() {
        for (table, what) in tables(model) {
            names.add(&table, model, what);
        }
    }
    for model in managed() {
        automatic(model, &mut names);
    }
    let mut found = Vec::new();
    for model in managed() {
        for name in given(model) {
            if let Some(other) = names.taken(name, model) {
                let message = format!(
                    "the index `{name}` of `{}` has the name of {} of `{}`",
                    model.id(),
                    other.what,
                    other.model.id()
                );
                let finding = Finding::new(&G012, message).with(other.model.id());
                found.push((model.id(), finding));
            }
            names.add(name, model, "the index".to_owned());
        }
    }
    found
}

/// What has a name.
struct Owner<'a> {
    model: &'a ModelDef,
    what: String,
    is_table: bool,
}

/// The first owner of each name, in lower case: SQLite compares without case.
#[derive(Default)]
struct Names<'a>(HashMap<String, Owner<'a>>);

impl<'a> Names<'a> {
    fn add(&mut self, name: &str, model: &'a ModelDef, what: String) {
        let is_table = what.starts_with("the table");
        self.0.entry(name.to_lowercase()).or_insert(Owner {
            model,
            what,
            is_table,
        });
    }

    /// Who has this name elsewhere than among the indexes of the model.
    fn taken(&self, name: &str, model: &ModelDef) -> Option<&Owner<'a>> {
        let owner = self.0.get(&name.to_lowercase())?;
        (owner.is_table || owner.model.id() != model.id()).then_some(owner)
    }
}

/// The tables of a model that SQLite has; side tables of lookups belong to sharded servers.
fn tables(model: &ModelDef) -> Vec<(String, String)> {
    let mut out = vec![(model.table.clone(), "the table".to_owned())];
    for field in pairs(model) {
        let table = many_to_many_table(&model.table, field);
        out.push((table, format!("the table for `{field}`")));
    }
    out
}

/// Many-to-many fields that have a table of their own.
fn pairs(model: &ModelDef) -> impl Iterator<Item = &str> {
    let fields = model.fields.iter();
    fields.filter_map(|f| match &f.ty {
        FieldType::ManyToMany(r) if r.through.is_none() => Some(f.name.as_str()),
        _ => None,
    })
}

/// Indexes with names of their own. Those of words and vectors SQLite does without.
fn given(model: &ModelDef) -> impl Iterator<Item = &str> {
    let kept =
        |kind: Option<IndexKind>| !matches!(kind, Some(IndexKind::Fulltext | IndexKind::Vector));
    let indexes = model.indexes.iter();
    indexes
        .filter(move |i| kept(i.kind))
        .map(|i| i.name.as_str())
}

/// The names that indexes of single fields and of tables of pairs have by themselves. They are made of table
/// and columns, so that among each other they never clash.
fn automatic<'a>(model: &'a ModelDef, names: &mut Names<'a>) {
    for field in model.fields.iter().filter(|f| f.ty.has_column()) {
        let column = [field.column_name()];
        if field.index || field.ty.is_to_one() {
            let name = hashed_name(&model.table, &column, "idx");
            names.add(&name, model, format!("the index of `{}`", field.name));
        }
    }
    for field in &model.fields {
        let FieldType::ManyToMany(relation) = &field.ty else {
            continue;
        };
        if relation.through.is_none() {
            let table = many_to_many_table(&model.table, &field.name);
            let (from, to) = many_to_many_columns(&model.name, &relation.to.name);
            for column in [from, to] {
                let name = hashed_name(&table, &[column], "idx");
                names.add(&name, model, format!("an index for `{}`", field.name));
            }
        }
    }
}
