//! Rules over how rows are written as text: natural keys, and fields that are left out.

use super::errors::{Errors, show};
use super::names::{field as field_name, model as name};
use super::parsed::{ParsedField, ParsedKind, ParsedModel};
use crate::{FieldType, Unique};

impl ParsedField {
    /// Whether `dumpdata` does not write it.
    pub fn is_left_out(&self) -> bool {
        self.options.serialize.as_ref().is_some_and(|s| !s.value)
    }
}

pub(super) fn check(model: &ParsedModel, errors: &mut Errors) {
    natural_key(model, errors);
    for field in &model.fields {
        left_out(model, field, errors);
    }
}

/// Checks that a natural key tells rows apart, in words that are the same in every database.
fn natural_key(model: &ParsedModel, errors: &mut Errors) {
    let Some(first) = model.natural_key.first() else {
        return;
    };
    let before = errors.count();
    let attribute = name::NATURAL_KEY;
    let mut seen: Vec<&str> = Vec::new();
    for part in &model.natural_key {
        let word = part.value.as_str();
        seen.push(word);
        // What is no field is told of where all names are looked at.
        let Some(field) = model.field(word) else {
            return;
        };
        let problem = if field.null {
            Some("may be NULL, and rows without a value are not told apart: write its type without `Option`".to_owned())
        } else if matches!(field.kind, ParsedKind::Auto { .. }) {
            Some("is numbered by the database, so that it is another one in each: name what people know the row by".to_owned())
        } else if field.is_left_out() {
            Some(format!("is not written, by `{}`", field_name::SERIALIZE))
        } else {
            inexact(field).then(|| {
                format!(
                    "is of the type `{}`, whose values are not looked up by equality",
                    show(&field.ty)
                )
            })
        };
        if let Some(problem) = problem {
            errors.at(
                part.span,
                format!("`{attribute}` names `{word}`, which {problem}"),
            );
        }
    }
    if errors.count() == before && !tells_apart(model, &seen) {
        let list = seen.join(", ");
        let way = match seen.as_slice() {
            [one] => format!("add `#[field(unique)]` to `{one}`"),
            _ => format!("add `#[model(unique_together({list}))]`"),
        };
        errors.at(
            first.span,
            format!("two rows may have the same `{attribute}({list})`: {way}"),
        );
    }
}

fn inexact(field: &ParsedField) -> bool {
    use FieldType::{Double, Float, Geography, Json, Sql, Vector};
    let ParsedKind::Scalar { known, .. } = &field.kind else {
        return false;
    };
    field.options.sql_type.is_some()
        || matches!(
            known,
            Some(Double | Float | Geography | Json | Sql(_) | Vector { .. })
        )
}

/// Whether some of these fields are a key by themselves.
fn tells_apart(model: &ParsedModel, fields: &[&str]) -> bool {
    let within = |group: &[super::Spanned<String>]| {
        !group.is_empty() && group.iter().all(|f| fields.contains(&f.value.as_str()))
    };
    let alone = |field: &ParsedField| {
        let unique = field.options.unique.as_ref().map(|u| u.value);
        let unique = unique.is_some_and(|u| u != Unique::No);
        unique || matches!(field.kind, ParsedKind::OneToOne(_))
    };
    within(&model.primary_key)
        || model.unique_together.iter().any(|g| within(g))
        || model.uniques.iter().any(|u| within(&u.fields))
        || fields.iter().filter_map(|f| model.field(f)).any(alone)
}

/// Checks that rows can be loaded without a field that is not written.
fn left_out(model: &ParsedModel, field: &ParsedField, errors: &mut Errors) {
    let Some(serialize) = field.options.serialize.as_ref().filter(|s| !s.value) else {
        return;
    };
    let name = field.name();
    let attribute = field_name::SERIALIZE;
    if model.primary_key.iter().any(|k| k.value == name) {
        errors.at(
            serialize.span,
            format!(
                "`{attribute} = false` stands on a part of the key: rows are not known without it"
            ),
        );
        return;
    }
    let o = &field.options;
    let filled = field.null
        || o.default.is_some()
        || o.db_default.is_some()
        || o.computed.is_some()
        || matches!(field.kind, ParsedKind::ManyToMany(_));
    if !filled {
        errors.at(
            serialize.span,
            format!(
                "rows without `{name}` could not be loaded: give it a `default = …` or `db_default = \"…\"`, or the type `Option<…>`"
            ),
        );
    }
}
