//! Many-to-many tables, and the other sides of relations.

use orm_schema::{
    FieldDef, FieldType, ModelId, RelationDef, many_to_many_columns, many_to_many_table, snake_case,
};

use super::names::free;
use super::{InspectedModel, Maker, ReverseSide};
use crate::introspect::table::{Table, same_name};

/// Turns tables that are automatic many-to-many relations into fields.
pub(super) fn fold(maker: &Maker<'_>, models: &mut Vec<InspectedModel>) {
    let mut at = 0;
    while at < models.len() {
        match link(maker, models, at) {
            Some((owner, field)) => {
                models[owner].def.fields.push(field);
                models.remove(at);
            }
            None => at += 1,
        }
    }
}

/// The model that owns the relation, and its field, if the table has exactly the automatic shape.
fn link(maker: &Maker<'_>, models: &[InspectedModel], at: usize) -> Option<(usize, FieldDef)> {
    let def = &models.get(at)?.def;
    let table = maker.table(&def.table)?;
    let [from, to] = ends(table)?;
    let owner_id = relation_target(def, from)?;
    let target = relation_target(def, to)?;
    let owner = models.iter().position(|m| m.def.id() == owner_id)?;
    let owner_def = &models[owner].def;
    if owner == at || models[owner].unusable.is_some() || owner_def.app != def.app {
        return None;
    }
    let name = def.table.strip_prefix(&format!("{}_", owner_def.table))?;
    let same_shape = many_to_many_table(&owner_def.table, name) == def.table
        && many_to_many_columns(&owner_def.name, &target.name) == (from.to_owned(), to.to_owned());
    let field_like = name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && name.starts_with(|c: char| c.is_alphabetic());
    if !same_shape || !field_like || models[owner].has_field(name) {
        return None;
    }
    let relation = RelationDef::new(target);
    Some((owner, FieldDef::new(name, FieldType::ManyToMany(relation))))
}

/// The two columns of a table that is nothing but pairs.
fn ends(table: &Table) -> Option<[&str; 2]> {
    let [from, to] = table.columns.as_slice() else {
        return None;
    };
    let pairs = table.primary_key == [from.name.as_str(), to.name.as_str()]
        && table.foreign_keys.len() == 2
        && table.foreign_keys.iter().all(|k| k.columns.len() == 1)
        && table.keys.iter().all(|k| {
            !k.unique
                && k.columns()
                    .is_some_and(|c| matches!(c.as_slice(), [c] if same_name(c, &to.name)))
        })
        && table.checks.is_empty()
        && table.comment.is_none()
        && [from, to]
            .iter()
            .all(|c| c.comment.is_none() && c.default.is_none());
    pairs.then_some([&from.name, &to.name])
}

fn relation_target(model: &orm_schema::ModelDef, column: &str) -> Option<ModelId> {
    let field = model.fields.iter().find(|f| f.column_name() == column)?;
    match &field.ty {
        FieldType::ForeignKey(relation) if relation.to_field.is_none() => Some(relation.to.clone()),
        _ => None,
    }
}

/// Adds to each model the other sides of the relations that lead to it.
pub(super) fn reverse(models: &mut [InspectedModel]) {
    let mut sides: Vec<(ModelId, String, String)> = Vec::new();
    for model in models.iter().filter(|m| m.unusable.is_none()) {
        for field in model.def.fields.iter().filter(|f| f.ty.is_to_one()) {
            if let Some(relation) = field.ty.relation() {
                sides.push((
                    relation.to.clone(),
                    model.def.name.clone(),
                    field.name.clone(),
                ));
            }
        }
    }
    for (to, from, by) in &sides {
        let several = sides
            .iter()
            .filter(|(t, f, _)| t == to && f == from)
            .count()
            > 1;
        let Some(model) = models.iter_mut().find(|m| m.def.id() == *to) else {
            continue;
        };
        let name = match several {
            true => format!("{}_{by}_set", snake_case(from)),
            false => format!("{}_set", snake_case(from)),
        };
        let name = free(name, "_", |n| model.has_field(n));
        model.reverse.push(ReverseSide {
            field: name,
            model: from.clone(),
            by: by.clone(),
        });
    }
}

/// Says which columns may be relations, where the database keeps no foreign keys.
pub(super) fn suspects(models: &mut [InspectedModel]) {
    let keys: Vec<(String, FieldType, String)> = models
        .iter()
        .filter(|m| m.unusable.is_none())
        .filter_map(|m| {
            let mut key = m.def.key_fields();
            let (only, None) = (key.next()?, key.next()) else {
                return None;
            };
            Some((snake_case(&m.def.name), only.ty.clone(), m.def.name.clone()))
        })
        .collect();
    for model in models {
        let mut found = Vec::new();
        for field in model.def.fields.iter().filter(|f| !f.auto) {
            let Some(short) = field.name.strip_suffix("_id") else {
                continue;
            };
            let target = keys
                .iter()
                .find(|(name, ty, _)| name == short && *ty == field.ty);
            if let Some((_, _, target)) = target {
                let ty = if field.null {
                    format!("Option<ForeignKey<{target}>>")
                } else {
                    format!("ForeignKey<{target}>")
                };
                let text = format!("may be a relation: pub {short}: {ty}");
                found.push((field.name.clone(), text));
            }
        }
        for (field, text) in found {
            model.field_remark(&field, text);
        }
    }
}
