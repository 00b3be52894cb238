//! Which tables an operation touches, and how they pair up before and after.

use std::collections::{BTreeMap, BTreeSet};

use orm_schema::check::check_singlestore;
use orm_schema::{FieldDef, Literal, ModelDef, ModelId, RelationDef, TableDef};

use super::diff::{Renames, TableDiff};
use super::lookups::{self, Lookups, Owners};
use super::{EditError, Step, alter, rebuild, sharded};
use crate::dialect::Dialect;
use crate::migrate::table_of::{MappedTable, mapped_tables};
use crate::migrate::{Operation, ProjectState};

/// The tables that come, change and go by one operation.
pub(super) struct Changes {
    pub(super) created: Vec<TableDef>,
    pub(super) changed: Vec<TableDiff>,
    pub(super) dropped: Vec<TableDef>,
    pub(super) lookups: Lookups,
}

impl Changes {
    pub(super) fn steps(&self, dialect: &dyn Dialect) -> Result<Vec<Step>, EditError> {
        let features = dialect.features();
        if features.sharded {
            sharded::steps(self, dialect)
        } else if features.alter_column {
            Ok(alter::steps(self, features))
        } else {
            rebuild::steps(self, dialect)
        }
    }
}

/// What the operation says beyond the two states.
#[derive(Default)]
struct Hints<'a> {
    /// Models whose tables are compared, by their old and their new id.
    models: Vec<(ModelId, ModelId)>,
    renamed_field: Option<(&'a str, &'a str)>,
    /// The field whose default fills rows that have no value.
    filled: Option<&'a FieldDef>,
}

pub(super) fn changes(
    operation: &Operation,
    app: &str,
    before: &ProjectState,
    after: &ProjectState,
    dialect: &dyn Dialect,
) -> Result<Changes, EditError> {
    let hints = hints(operation, app, before)?;
    let features = dialect.features();
    let mut pairs = Vec::new();
    let mut out = Changes {
        created: Vec::new(),
        changed: Vec::new(),
        dropped: Vec::new(),
        lookups: Lookups::default(),
    };
    for (at, (old_id, new)) in hints.models.iter().enumerate() {
        let old = match before.model(old_id) {
            Some(model) => mapped_tables(before, model, features)?,
            None => Vec::new(),
        };
        let new = match after.model(new) {
            Some(model) => {
                if features.sharded {
                    refuse_rules(model, after, before.model(old_id).map(|m| (m, before)))?;
                }
                mapped_tables(after, model, features)?
            }
            None => Vec::new(),
        };
        // The first model is the operation's own.
        let renamed = hints.renamed_field.filter(|_| at == 0);
        let (old, old_sides) = lookups::apart(old);
        let (new, new_sides) = lookups::apart(new);
        let own = Owners {
            old: old.first().cloned(),
            new: new.first().cloned(),
            renamed,
            filled: hints.filled.filter(|_| at == 0),
        };
        out.lookups.add(&own, old_sides, new_sides);
        let mut pair = pair_up(old, new, renamed, at == 0);
        pairs.append(&mut pair.matched);
        out.created.append(&mut pair.created);
        out.dropped.append(&mut pair.dropped);
    }
    let mut renames = Renames::default();
    for pair in &pairs {
        renames.note(&pair.old, &pair.new, |f| {
            renamed_to(pair.renamed, f).to_owned()
        });
    }
    for pair in &pairs {
        if pair.old.table == pair.new.table {
            continue;
        }
        let mut fills = BTreeMap::new();
        if let Some((column, value)) = fill(&hints, pair) {
            fills.insert(column, value);
        }
        out.changed.push(TableDiff::new(
            &pair.old.table,
            &pair.new.table,
            &renames,
            fills,
        ));
    }
    Ok(out)
}

/// Refuses a model that breaks a rule which it did not break before.
fn refuse_rules(
    model: &ModelDef,
    state: &ProjectState,
    before: Option<(&ModelDef, &ProjectState)>,
) -> Result<(), EditError> {
    let mut findings = check_singlestore(model, &|id| state.model(id));
    if let Some((old, state)) = before.filter(|_| !findings.is_empty()) {
        let known = check_singlestore(old, &|id| state.model(id));
        findings.retain(|f| !known.contains(f));
    }
    if findings.is_empty() {
        return Ok(());
    }
    let model = model.id().to_string();
    Err(EditError::Refused { model, findings })
}

/// The column that rows get a value in, and the value.
fn fill(hints: &Hints<'_>, pair: &Pair<'_>) -> Option<(String, Literal)> {
    let field = hints
        .filled
        .filter(|_| pair.own && pair.new.field.is_none())?;
    let value = field.default.clone()?;
    Some((field.column_name().into_owned(), value))
}

struct Pair<'a> {
    old: MappedTable,
    new: MappedTable,
    renamed: Option<(&'a str, &'a str)>,
    own: bool,
}

struct Paired<'a> {
    matched: Vec<Pair<'a>>,
    created: Vec<TableDef>,
    dropped: Vec<TableDef>,
}

pub(super) fn renamed_to<'a>(renamed: Option<(&str, &'a str)>, field: &'a str) -> &'a str {
    match renamed {
        Some((from, to)) if from == field => to,
        _ => field,
    }
}

/// Pairs the tables of one model before and after: the own one, and those of many-to-many fields by
/// the field's name. Link tables go before the model's own table.
fn pair_up<'a>(
    old: Vec<MappedTable>,
    new: Vec<MappedTable>,
    renamed: Option<(&'a str, &'a str)>,
    own: bool,
) -> Paired<'a> {
    let mut new = new;
    let mut out = Paired {
        matched: Vec::new(),
        created: Vec::new(),
        dropped: Vec::new(),
    };
    for old in old {
        let field = old.field.as_deref().map(|f| renamed_to(renamed, f));
        match new.iter().position(|n| n.field.as_deref() == field) {
            Some(at) => {
                // In a link table the fields are `from` and `to`, whatever the model's are called.
                let renamed = renamed.filter(|_| old.field.is_none());
                out.matched.push(Pair {
                    old,
                    new: new.remove(at),
                    renamed,
                    own,
                });
            }
            None => out.dropped.insert(0, old.table),
        }
    }
    out.created.extend(new.into_iter().map(|n| n.table));
    out
}

fn hints<'a>(
    operation: &'a Operation,
    app: &str,
    before: &ProjectState,
) -> Result<Hints<'a>, EditError> {
    use Operation as O;
    let id = |name: &str| ModelId::new(app, name);
    let only = |name: &str| vec![(id(name), id(name))];
    let mut hints = Hints::default();
    match operation {
        O::CreateModel(model) | O::DeleteModel(model) => hints.models = only(&model.name),
        O::RenameModel { from, to } => {
            hints.models = referring(before, &id(from), Part::Whole);
            if let Some(first) = hints.models.first_mut() {
                first.1 = id(to);
            }
        }
        O::AddField { model, field, .. } => {
            hints.models = only(model);
            hints.filled = Some(field);
        }
        O::AlterField {
            model, from, to, ..
        } => {
            if from.ty.has_column() != to.ty.has_column() {
                let (model, field) = (id(model).to_string(), to.name.clone());
                return Err(EditError::ManyToMany { model, field });
            }
            hints.models = referring(before, &id(model), Part::Field(to.name.clone()));
            hints.filled = Some(to);
        }
        O::RenameField { model, from, to } => {
            hints.models = referring(before, &id(model), Part::Field(from.clone()));
            hints.renamed_field = Some((from, to));
        }
        O::AlterModelTable { model, .. } | O::AlterPrimaryKey { model, .. } => {
            hints.models = referring(before, &id(model), Part::Whole);
        }
        O::AlterModelTableComment { model, .. }
        | O::AlterUniqueTogether { model, .. }
        | O::AlterStorage { model, .. }
        | O::RemoveField { model, .. }
        | O::AddIndex { model, .. }
        | O::RemoveIndex { model, .. }
        | O::RenameIndex { model, .. }
        | O::AddConstraint { model, .. }
        | O::RemoveConstraint { model, .. } => hints.models = only(model),
        O::AlterModelOptions { .. }
        | O::RunSql { .. }
        | O::RunCode { .. }
        | O::SeparateDatabaseAndState { .. } => {}
    }
    Ok(hints)
}

/// What of a model changes for those that refer to it.
#[derive(Clone)]
enum Part {
    /// Its table, or which field is its key.
    Whole,
    /// One field.
    Field(String),
}

/// The model, and those whose tables change with it: their columns take the type of the field they
/// refer to, and hand it on where they are referred to themselves.
fn referring(state: &ProjectState, model: &ModelId, part: Part) -> Vec<(ModelId, ModelId)> {
    let mut found = vec![model.clone()];
    let mut queue = vec![(model.clone(), part)];
    let mut seen = BTreeSet::new();
    while let Some((target, part)) = queue.pop() {
        let key = state
            .model(&target)
            .and_then(|t| match t.primary_key.as_slice() {
                [key] => Some(key.clone()),
                _ => None,
            });
        for model in state.models() {
            let id = model.id();
            let refers = |r: &&RelationDef| {
                let field = r.to_field.as_ref().or(key.as_ref());
                let hit = match &part {
                    Part::Whole => true,
                    Part::Field(name) => field == Some(name),
                };
                hit && r.to.same(&target)
            };
            for field in &model.fields {
                if field.ty.relation().filter(refers).is_none() {
                    continue;
                }
                if !found.iter().any(|f| f.same(&id)) {
                    found.push(id.clone());
                }
                let part = (id.clone(), field.name.clone());
                if field.ty.has_column() && seen.insert(part) {
                    queue.push((id.clone(), Part::Field(field.name.clone())));
                }
            }
        }
    }
    found.into_iter().map(|id| (id.clone(), id)).collect()
}
