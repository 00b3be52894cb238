//! The rule book: what databases refuse, found before a statement is sent.
//!
//! Every rule has an id that stays the same across releases, its source, and a way out. `S` rules
//! are SingleStore's, `G` rules hold for every backend. The derive, `check`, `makemigrations` and
//! `migrate` all ask here; nobody else repeats a rule.

mod columns;
mod databases;
mod defaults;
mod general;
mod indexes;
mod key_length;
mod keys;
mod lookups;
mod models;
mod one_to_one;
mod rules;
mod shared_names;
mod through;
mod words;

use crate::{FieldDef, FieldType, ModelDef, ModelId, StorageType, Unique};

pub use databases::check_databases;
pub use general::{check_model, check_models};
pub use key_length::check_mysql;
pub use one_to_one::check_one_to_one;
pub use rules::{RULES, rule};
pub use shared_names::check_sqlite;
pub use through::{ThroughFields, check_through};

/// One rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The id: `S001`, `G001`.
    pub id: &'static str,
    /// What the rule says, in one line.
    pub title: &'static str,
    /// Where it is known from: a page of the documentation, or a client that was refused.
    pub source: &'static str,
    /// The usual way out.
    pub hint: &'static str,
    /// The earliest point that catches it.
    pub first: Caught,
}

/// Who catches a broken rule first. Whoever comes later catches it as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Caught {
    /// The derive, where the struct names its storage type; else as `Check`.
    Derive,
    /// `check` and `makemigrations`, which know all models and the storage types of applications.
    Check,
}

/// A rule that a model breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub id: &'static str,
    /// What is wrong, with the model's and the field's name.
    pub message: String,
    /// The way out.
    pub hint: String,
    /// The field, where one field is at fault.
    pub field: Option<String>,
    /// The other model that has a part in it.
    pub other: Option<ModelId>,
}

impl Finding {
    fn new(rule: &Rule, message: impl Into<String>) -> Self {
        Self {
            id: rule.id,
            message: message.into(),
            hint: rule.hint.to_owned(),
            field: None,
            other: None,
        }
    }

    fn with(mut self, other: ModelId) -> Self {
        self.other = Some(other);
        self
    }

    fn of(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
}

/// Everything that SingleStore would refuse in a model.
///
/// A model without a storage type is taken for a columnstore, the server's default: whoever knows
/// the application's own default sets it before asking. `related` finds the models that relations
/// refer to; where it knows one not, rules about the type of the key referred to stay silent.
pub fn check_singlestore<'a>(
    model: &'a ModelDef,
    related: &dyn Fn(&ModelId) -> Option<&'a ModelDef>,
) -> Vec<Finding> {
    if !model.managed {
        return Vec::new();
    }
    let table = Table::new(model, related);
    let mut found = Vec::new();
    keys::check(&table, &mut found);
    indexes::check(&table, &mut found);
    columns::check(&table, &mut found);
    lookups::check(&table, &mut found);
    found
}

/// A model as a SingleStore table.
struct Table<'a, 'r> {
    model: &'a ModelDef,
    storage: StorageType,
    /// The primary key and all unique keys.
    keys: Vec<Key>,
    related: &'r dyn Fn(&ModelId) -> Option<&'a ModelDef>,
}

/// A primary or unique key.
struct Key {
    /// What it is called in messages.
    what: String,
    fields: Vec<String>,
    kind: KeyKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Primary,
    OneToOne,
    Unique,
    /// Not checked by the server, and without an index on columnstores.
    Unenforced,
}

impl<'a, 'r> Table<'a, 'r> {
    fn new(model: &'a ModelDef, related: &'r dyn Fn(&ModelId) -> Option<&'a ModelDef>) -> Self {
        Self {
            model,
            storage: model
                .storage
                .storage_type
                .unwrap_or(StorageType::Columnstore),
            keys: keys_of(model),
            related,
        }
    }

    fn is_sharded(&self) -> bool {
        !self.storage.is_reference()
    }

    fn is_columnstore(&self) -> bool {
        !self.storage.is_rowstore()
    }

    /// The fields of the shard key; a reference table has none.
    fn shard_key(&self) -> &[String] {
        if !self.is_sharded() {
            return &[];
        }
        match &self.model.storage.shard_key {
            Some(fields) => fields,
            None => &self.model.primary_key,
        }
    }

    /// Whether rows are spread at random: said by an empty shard key, or for want of any key.
    fn is_keyless(&self) -> bool {
        self.is_sharded() && self.shard_key().is_empty()
    }

    /// The type of a field's column: for a relation, of the column it refers to.
    fn column_type(&self, field: &'a FieldDef) -> Option<&'a FieldType> {
        let mut field = field;
        // Keys may refer to keys; a circle of them has no type.
        for _ in 0..8 {
            let relation = match &field.ty {
                FieldType::ForeignKey(r) | FieldType::OneToOne(r) => r,
                FieldType::ManyToMany(_) => return None,
                other => return Some(other),
            };
            let target = (self.related)(&relation.to)?;
            let key = target
                .primary_key
                .first()
                .filter(|_| target.primary_key.len() == 1);
            field = target.field(relation.to_field.as_ref().or(key)?)?;
        }
        None
    }

    /// The types of the two keys in the table of a many-to-many field that has an automatic one.
    fn link_types(&self, field: &FieldDef) -> Vec<&'a FieldType> {
        let FieldType::ManyToMany(relation) = &field.ty else {
            return Vec::new();
        };
        if relation.through.is_some() {
            return Vec::new();
        }
        let target = match relation.to.same(&self.model.id()) {
            true => None,
            false => (self.related)(&relation.to),
        };
        let key_type = |model: &'a ModelDef| match model.primary_key.as_slice() {
            [key] => self.column_type(model.field(key)?),
            _ => None,
        };
        [Some(self.model), target]
            .into_iter()
            .flatten()
            .filter_map(key_type)
            .collect()
    }
}

/// The primary key and all unique keys of a model; side tables of `unique = "lookup"` are not
/// among them, as they are tables of their own.
fn keys_of(model: &ModelDef) -> Vec<Key> {
    let mut keys = Vec::new();
    if !model.primary_key.is_empty() {
        keys.push(Key {
            what: "the primary key".to_owned(),
            fields: model.primary_key.clone(),
            kind: KeyKind::Primary,
        });
    }
    for field in &model.fields {
        let is_key = model.primary_key.len() == 1 && model.primary_key[0] == field.name;
        let kind = match (&field.ty, field.unique) {
            _ if is_key => continue,
            (_, Unique::Lookup) => continue,
            (FieldType::OneToOne(_), _) => KeyKind::OneToOne,
            (_, Unique::Yes) => KeyKind::Unique,
            (_, Unique::No) => continue,
        };
        keys.push(Key {
            what: format!("the unique field `{}`", field.name),
            fields: vec![field.name.clone()],
            kind,
        });
    }
    for group in &model.unique_together {
        keys.push(Key {
            what: format!("`unique_together({})`", group.join(", ")),
            fields: group.clone(),
            kind: KeyKind::Unique,
        });
    }
    for constraint in &model.constraints {
        keys.push(Key {
            what: format!("the unique constraint `{}`", constraint.name),
            fields: constraint.fields.clone(),
            kind: if constraint.unenforced {
                KeyKind::Unenforced
            } else {
                KeyKind::Unique
            },
        });
    }
    if model.unenforced_unique {
        let unique = keys.iter_mut().filter(|k| k.kind != KeyKind::Primary);
        unique.for_each(|k| k.kind = KeyKind::Unenforced);
    }
    keys
}

/// `a`, `b` for a message.
fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    quoted.join(", ")
}
