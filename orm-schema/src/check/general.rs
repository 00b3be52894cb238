//! Rules that hold for every backend.

use std::collections::HashMap;

use super::Finding;
use super::models::Models;
use super::rules::*;
use crate::{
    FieldDef, FieldType, MAX_IDENTIFIER, ModelDef, ModelId, OnDelete, Unique, many_to_many_table,
};

/// Everything that no backend would take in a whole set of models; each with its model.
pub fn check_models<'a>(models: impl IntoIterator<Item = &'a ModelDef>) -> Vec<(ModelId, Finding)> {
    let models = Models::new(models);
    let mut found = Vec::new();
    shared_tables(models.all(), &mut found);
    for model in models.all() {
        let own = check_model(model, &|id| models.get(id));
        found.extend(own.into_iter().map(|f| (model.id(), f)));
    }
    found
}

/// Tables of two models, those of pairs that relations make by themselves among them.
fn shared_tables(models: &[&ModelDef], found: &mut Vec<(ModelId, Finding)>) {
    // Servers may fold the case of table names, so two that differ by case only are one.
    let mut tables: HashMap<String, &ModelDef> = HashMap::new();
    for model in models {
        let owner = tables.entry(model.table.to_lowercase()).or_insert(*model);
        if owner.id() != model.id() && owner.managed && model.managed {
            let message = format!(
                "`{}` and `{}` have the same table `{}`",
                owner.id(),
                model.id(),
                model.table
            );
            found.push((model.id(), Finding::new(&G002, message).with(owner.id())));
        }
    }
    let mut pairs: HashMap<String, (String, ModelId)> = HashMap::new();
    for model in models.iter().filter(|m| m.managed) {
        for field in &model.fields {
            if !matches!(&field.ty, FieldType::ManyToMany(r) if r.through.is_none()) {
                continue;
            }
            let table = many_to_many_table(&model.table, &field.name);
            let what = format!("{}.{}", model.id(), field.name);
            let of_model = tables.get(&table.to_lowercase());
            let pair = (what.clone(), model.id());
            let other = match pairs.insert(table.to_lowercase(), pair) {
                Some(other) => Some(other),
                None => of_model.map(|owner| (owner.id().to_string(), owner.id())),
            };
            if let Some((other, id)) = other {
                let message =
                    format!("`{what}` has its pairs in `{table}`, the table of `{other}`");
                let finding = Finding::new(&G002, message).of(&field.name).with(id);
                found.push((model.id(), finding));
            }
        }
    }
}

fn objects_of(model: &ModelDef) -> impl Iterator<Item = &str> {
    let indexes = model.indexes.iter().map(|i| i.name.as_str());
    indexes.chain(model.constraints.iter().map(|c| c.name.as_str()))
}

/// Everything that no backend would take in one model.
///
/// `related` finds the models that relations refer to; a model it does not know is passed over.
pub fn check_model<'a>(
    model: &'a ModelDef,
    related: &dyn Fn(&ModelId) -> Option<&'a ModelDef>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    names(model, &mut found);
    columns(model, &mut found);
    objects(model, &mut found);
    named_fields(model, &mut found);
    for field in &model.fields {
        several_columns(model, field, related, &mut found);
        relation(model, field, related, &mut found);
    }
    natural_key(model, related, &mut found);
    found
}

/// Relations of a natural key that do not lead to values.
fn natural_key<'a>(
    model: &'a ModelDef,
    related: &dyn Fn(&ModelId) -> Option<&'a ModelDef>,
    found: &mut Vec<Finding>,
) {
    for name in &model.fixtures.natural_key {
        let mut way = vec![model.id()];
        let Some(problem) = model
            .field(name)
            .and_then(|f| endless(f, related, &mut way))
        else {
            continue;
        };
        let message = format!("`{name}` of the natural key of `{}` {problem}", model.name);
        found.push(Finding::new(&G011, message).of(name));
    }
}

/// Why a field of a natural key does not lead to values that are the same in every database.
fn endless<'a>(
    field: &'a FieldDef,
    related: &dyn Fn(&ModelId) -> Option<&'a ModelDef>,
    way: &mut Vec<ModelId>,
) -> Option<String> {
    let relation = field.ty.relation().filter(|_| field.ty.is_to_one())?;
    let target = related(&relation.to)?;
    let key = match target.primary_key.as_slice() {
        [key] => key,
        _ => return None,
    };
    if relation.to_field.as_ref().is_some_and(|to| to != key) {
        return None;
    }
    if way.iter().any(|id| id.same(&target.id())) {
        return Some(format!("leads back to `{}`", target.name));
    }
    way.push(target.id());
    let parts = match target.fixtures.natural_key.as_slice() {
        [] => std::slice::from_ref(key),
        parts => parts,
    };
    let mut parts = parts.iter().filter_map(|name| target.field(name));
    let wrong = parts.find_map(|part| match part.auto {
        true => Some(format!(
            "leads to `{}`, whose rows are known by a number of the database alone",
            target.name
        )),
        false => endless(part, related, way),
    });
    way.pop();
    wrong
}

fn names(model: &ModelDef, found: &mut Vec<Finding>) {
    let too_long = |name: &str| name.chars().count() > MAX_IDENTIFIER;
    let mut say = |what: &str, name: &str, field: Option<&str>| {
        if too_long(name) {
            let message = format!(
                "the {what} `{name}` of `{}` has {} characters",
                model.name,
                name.chars().count()
            );
            let finding = Finding::new(&G001, message);
            found.push(match field {
                Some(field) => finding.of(field),
                None => finding,
            });
        }
    };
    say("table", &model.table, None);
    for field in model.fields.iter().filter(|f| f.ty.has_column()) {
        say("column", &field.column_name(), Some(&field.name));
    }
    for index in &model.indexes {
        say("index", &index.name, None);
    }
    for constraint in &model.constraints {
        say("constraint", &constraint.name, None);
    }
}

fn columns(model: &ModelDef, found: &mut Vec<Finding>) {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for field in model.fields.iter().filter(|f| f.ty.has_column()) {
        let column = field.column_name();
        if let Some(other) = seen.insert(column.to_lowercase(), &field.name) {
            let message = format!(
                "`{other}` and `{}` of `{}` have the same column `{column}`",
                field.name, model.name
            );
            found.push(Finding::new(&G007, message).of(&field.name));
        }
    }
}

fn objects(model: &ModelDef, found: &mut Vec<Finding>) {
    let mut seen: Vec<String> = Vec::new();
    for name in objects_of(model) {
        if seen.contains(&name.to_lowercase()) {
            let message = format!(
                "`{}` has two indexes or constraints named `{name}`",
                model.name
            );
            found.push(Finding::new(&G004, message));
        }
        seen.push(name.to_lowercase());
    }
}

fn named_fields(model: &ModelDef, found: &mut Vec<Finding>) {
    let order =
        |o: &[crate::OrderField]| -> Vec<String> { o.iter().map(|f| f.field.clone()).collect() };
    let mut places: Vec<(&str, Vec<String>)> = vec![
        ("primary_key", model.primary_key.clone()),
        (
            "shard_key",
            model.storage.shard_key.clone().unwrap_or_default(),
        ),
        ("sort_key", order(&model.storage.sort_key)),
        ("ordering", order(&model.ordering)),
    ];
    places.extend(
        model
            .unique_together
            .iter()
            .map(|g| ("unique_together", g.clone())),
    );
    places.extend(model.indexes.iter().map(|i| ("index", i.fields.clone())));
    places.extend(
        model
            .constraints
            .iter()
            .map(|c| ("unique", c.fields.clone())),
    );
    for (place, fields) in places {
        for name in fields {
            if !model.field(&name).is_some_and(|f| f.ty.has_column()) {
                let message = format!(
                    "`{place}` of `{}` names `{name}`, which is not a field with a column",
                    model.name
                );
                found.push(Finding::new(&G006, message));
            }
        }
    }
}

fn relation<'a>(
    model: &ModelDef,
    field: &FieldDef,
    related: &dyn Fn(&ModelId) -> Option<&'a ModelDef>,
    found: &mut Vec<Finding>,
) {
    let Some(relation) = field.ty.relation().filter(|_| field.ty.is_to_one()) else {
        return;
    };
    if relation.on_delete == OnDelete::SetNull && !field.null {
        let message = format!(
            "`{}` of `{}` becomes NULL on delete but may not be NULL",
            field.name, model.name
        );
        found.push(Finding::new(&G005, message).of(&field.name));
    }
    if let Some(circle) = circle_of(model, field, related) {
        let message = format!(
            "`{}` of `{}` refers to a key that takes its type from this field: {circle}",
            field.name, model.name
        );
        found.push(Finding::new(&G008, message).of(&field.name));
    }
    let (Some(to_field), Some(target)) = (&relation.to_field, related(&relation.to)) else {
        return;
    };
    if !is_unique(target, to_field) {
        let message = format!(
            "`{}` of `{}` refers to `{to_field}` of `{}`, which is not a unique field there",
            field.name, model.name, target.name
        );
        found.push(Finding::new(&G003, message).of(&field.name));
    }
}

/// Relations that would need several columns.
fn several_columns<'a>(
    model: &'a ModelDef,
    field: &FieldDef,
    related: &dyn Fn(&ModelId) -> Option<&'a ModelDef>,
    found: &mut Vec<Finding>,
) {
    let Some(relation) = field.ty.relation() else {
        return;
    };
    let pairs = matches!(field.ty, FieldType::ManyToMany(_));
    if relation.to_field.is_some() || relation.through.is_some() {
        return;
    }
    let own = pairs.then_some(model);
    let wide = own
        .into_iter()
        .chain(related(&relation.to))
        .find(|m| m.primary_key.len() > 1);
    if let Some(wide) = wide {
        let message = format!(
            "`{}` of `{}` refers to rows of `{}`, whose primary key has {} fields",
            field.name,
            model.name,
            wide.name,
            wide.primary_key.len()
        );
        found.push(Finding::new(&G010, message).of(&field.name));
    }
}

/// The way from a relation through the keys that it refers to, if it leads back to the relation.
/// A circle further on is the finding of the relations that are in it.
fn circle_of<'a>(
    model: &ModelDef,
    field: &FieldDef,
    related: &dyn Fn(&ModelId) -> Option<&'a ModelDef>,
) -> Option<String> {
    let start = (model.id(), field.name.as_str());
    let mut seen: Vec<(ModelId, String)> = Vec::new();
    let mut open = vec![(model.id(), field.clone(), String::new())];
    while let Some((id, field, way)) = open.pop() {
        let way = format!("{way}{}.{}", id.name, field.name);
        let Some(to) = field.ty.relation().filter(|_| field.ty.is_to_one()) else {
            continue;
        };
        // The model itself may be one that `related` does not know yet.
        let found = related(&to.to).filter(|_| !to.to.same(&start.0));
        let Some(target) = found.or(to.to.same(&start.0).then_some(model)) else {
            continue;
        };
        let parts = match &to.to_field {
            Some(name) => std::slice::from_ref(name),
            None => target.primary_key.as_slice(),
        };
        for next in parts.iter().filter_map(|name| target.field(name)) {
            if to.to.same(&start.0) && next.name == start.1 {
                return Some(format!("{way} → {}.{}", target.name, next.name));
            }
            let place = (target.id(), next.name.clone());
            if !seen.contains(&place) {
                seen.push(place);
                open.push((target.id(), next.clone(), format!("{way} → ")));
            }
        }
    }
    None
}

fn is_unique(model: &ModelDef, name: &str) -> bool {
    let alone = |fields: &[String]| matches!(fields, [one] if one == name);
    let field = model.field(name);
    field.is_some_and(|f| f.unique != Unique::No || matches!(f.ty, FieldType::OneToOne(_)))
        || alone(&model.primary_key)
        || model.unique_together.iter().any(|g| alone(g))
        || model
            .constraints
            .iter()
            .any(|c| !c.unenforced && alone(&c.fields))
}
