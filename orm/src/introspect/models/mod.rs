//! Models that make the tables of a database again.
//!
//! What a catalog cannot say is said as a remark, never guessed in silence: what `on_delete` was
//! meant to be, whether a `TINYINT(1)` is a truth value, what a column `…_id` refers to where the
//! database keeps no foreign keys.

mod fields;
mod keys;
mod links;
mod lookups;
mod names;

use std::collections::BTreeMap;

use orm_schema::{ModelDef, OrderField, StorageType};

use super::catalog::Found;
use super::table::Table;
use super::types::Types;
use crate::dialect::Dialect;

/// A model made from a table.
#[derive(Debug, Clone, PartialEq)]
pub struct InspectedModel {
    /// The model.
    pub def: ModelDef,
    /// Why it cannot be a model, if it cannot: a table without a key.
    pub unusable: Option<String>,
    /// What is to be known of the table.
    pub remarks: Vec<String>,
    /// What is to be known of fields, by their names.
    pub field_remarks: BTreeMap<String, Vec<String>>,
    /// The other sides of relations: field, model and the relation there.
    pub reverse: Vec<ReverseSide>,
}

/// The other side of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReverseSide {
    /// The field's name.
    pub field: String,
    /// The model that refers to this one.
    pub model: String,
    /// Its relation.
    pub by: String,
}

impl InspectedModel {
    fn remark(&mut self, text: impl Into<String>) {
        self.remarks.push(text.into());
    }

    fn field_remark(&mut self, field: &str, text: impl Into<String>) {
        let list = self.field_remarks.entry(field.to_owned()).or_default();
        list.push(text.into());
    }

    fn has_field(&self, name: &str) -> bool {
        self.def.field(name).is_some() || self.reverse.iter().any(|r| r.field == name)
    }
}

/// Makes models of tables, in the order of the tables' names; a table that is an automatic
/// many-to-many relation becomes a field, and one that keeps a field unique across shards becomes
/// `unique = "lookup"`. `apps` are the project's, the first takes what carries no
/// other's prefix.
pub fn models_of(found: &Found, apps: &[String], dialect: &dyn Dialect) -> Vec<InspectedModel> {
    let sides = match dialect.features().sharded {
        true => lookups::sides(&found.tables),
        false => lookups::Sides::new(),
    };
    let own: Vec<&Table> = (found.tables.iter())
        .filter(|t| !sides.contains_key(&t.name))
        .collect();
    let maker = Maker {
        found,
        dialect,
        types: Types::new(dialect),
        names: names_of(&own, apps),
    };
    let mut models: Vec<InspectedModel> = own.iter().map(|t| maker.model(t)).collect();
    for model in &mut models {
        lookups::mark(&sides, model);
    }
    links::fold(&maker, &mut models);
    links::reverse(&mut models);
    if !dialect.features().foreign_keys {
        links::suspects(&mut models);
    }
    models
}

/// What models are made with.
struct Maker<'a> {
    found: &'a Found,
    dialect: &'a dyn Dialect,
    types: Types<'a>,
    /// App and struct of each table.
    names: BTreeMap<String, (String, String)>,
}

impl Maker<'_> {
    /// App and struct of a table; names of tables compare without case where the database does so.
    fn name_of(&self, table: &str) -> Option<&(String, String)> {
        self.table(table).and_then(|t| self.names.get(&t.name))
    }

    fn table(&self, name: &str) -> Option<&Table> {
        let embedded = self.dialect.features().transactional_ddl;
        self.found.table(name).or_else(|| {
            let same = |t: &&Table| embedded && super::table::same_name(&t.name, name);
            self.found.tables.iter().find(same)
        })
    }

    fn model(&self, table: &Table) -> InspectedModel {
        let (app, name) = self.names.get(&table.name).cloned().unwrap_or_default();
        let mut def = ModelDef::new(app, name);
        def.table.clone_from(&table.name);
        def.comment.clone_from(&table.comment);
        let mut model = InspectedModel {
            def,
            unusable: None,
            remarks: Vec::new(),
            field_remarks: BTreeMap::new(),
            reverse: Vec::new(),
        };
        let fields = fields::fields(self, table, &mut model);
        let name_of = |column: &str| {
            let at = table
                .columns
                .iter()
                .position(|c| super::table::same_name(&c.name, column));
            at.and_then(|at| fields.get(at).cloned())
        };
        let names = |columns: &[String]| -> Option<Vec<String>> {
            columns.iter().map(|c| name_of(c)).collect()
        };
        match names(&table.primary_key) {
            Some(key) if !key.is_empty() => model.def.primary_key = key,
            _ => model.unusable = Some(keyless(table)),
        }
        keys::keys(table, &mut model, &names);
        self.storage(table, &mut model, &names);
        for check in &table.checks {
            model.remark(format!(
                "CHECK ({check}): models have no checks; keep it by run_sql"
            ));
        }
        for other in &table.other {
            model.remark(format!("not in the model: {other}"));
        }
        model
    }

    fn storage(
        &self,
        table: &Table,
        model: &mut InspectedModel,
        names: &dyn Fn(&[String]) -> Option<Vec<String>>,
    ) {
        if !self.dialect.features().sharded {
            return;
        }
        let storage = &table.storage;
        model.def.storage.storage_type = match (storage.rowstore, storage.reference) {
            (false, false) => self
                .found
                .rowstore_by_default
                .then_some(StorageType::Columnstore),
            (true, false) => Some(StorageType::Rowstore),
            (false, true) => Some(StorageType::Reference),
            (true, true) => Some(StorageType::RowstoreReference),
        };
        let shard = storage
            .shard_key
            .as_ref()
            .filter(|k| **k != table.primary_key);
        model.def.storage.shard_key = shard.and_then(|k| names(k));
        for (column, descending) in &storage.sort_key {
            if let Some([field]) = names(std::slice::from_ref(column)).as_deref() {
                model.def.storage.sort_key.push(OrderField {
                    field: field.clone(),
                    descending: *descending,
                });
            }
        }
    }
}

fn keyless(table: &Table) -> String {
    let nullable = |c: &String| table.column(c).is_none_or(|c| c.null);
    let unique = table.keys.iter().find_map(|k| {
        let columns = k.columns().filter(|_| k.unique && !k.unenforced)?;
        (!columns.iter().any(nullable)).then_some(columns)
    });
    match unique {
        Some(columns) => format!(
            "the table has no primary key, and a model needs one; ({}) is unique and never NULL: \
             name it by primary_key(…), with managed = false as long as the table has another key",
            columns.join(", ")
        ),
        None => "the table has no primary key and nothing that says which row is which, so it cannot be a model; \
                 read it by orm::raw, or add a key"
            .to_owned(),
    }
}

/// Structs for all tables, no two of one app alike.
fn names_of(tables: &[&Table], apps: &[String]) -> BTreeMap<String, (String, String)> {
    let mut out: BTreeMap<String, (String, String)> = BTreeMap::new();
    for table in tables {
        let prefixed = |app: &&String| {
            let rest = table.name.strip_prefix(app.as_str());
            rest.is_some_and(|r| r.len() > 1 && r.starts_with('_'))
        };
        let app = apps.iter().filter(prefixed).max_by_key(|a| a.len());
        let rest = app.map_or(table.name.as_str(), |a| &table.name[a.len() + 1..]);
        let app = app.or(apps.first()).cloned().unwrap_or_default();
        // Structs stand side by side in one module, whatever their app.
        let name = names::free(names::struct_name(rest), "", |n| {
            out.values().any(|(_, taken)| taken.eq_ignore_ascii_case(n))
        });
        out.insert(table.name.clone(), (app, name));
    }
    out
}
