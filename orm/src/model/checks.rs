//! What one model says of another, checked in constants: a wrong word does not compile.

use orm_schema::FieldType;

use super::{ModelMeta, RelationKind};

pub(crate) const fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Checks that a many-to-many relation names its target by the name of the model itself, of which the
/// columns of the table of pairs are made.
pub const fn check_name(target: &ModelMeta, written: &str) {
    if !same_text(target.name, written) {
        panic!(
            "a many-to-many relation names its target by another name than the model's own: write the struct's name, not an alias"
        );
    }
}

/// Checks that a reverse set names a relation of the other model that leads back here.
///
/// # Panics
/// At compile time, if it does not.
pub const fn check_reverse(target: &ModelMeta, by: &str, own: &str) {
    let mut i = 0;
    while i < target.relations.len() {
        let relation = &target.relations[i];
        if same_text(relation.field, by)
            && same_text(relation.target_name, own)
            && !matches!(relation.kind, RelationKind::Reverse { .. })
        {
            return;
        }
        i += 1;
    }
    panic!(
        "`by` of a `Reverse` names no `ForeignKey`, `OneToOne` or `ManyToMany` of the other model that refers to this one"
    );
}

/// The columns by which the objects of a reverse set name their owner: four at most.
#[derive(Debug)]
pub struct ReverseOwner {
    columns: [usize; 4],
    width: usize,
}

impl ReverseOwner {
    /// Their numbers.
    pub fn columns(&self) -> &[usize] {
        &self.columns[..self.width.min(self.columns.len())]
    }
}

/// The columns of `own` by which the objects of a reverse set name their owner.
pub const fn reverse_owner(target: &ModelMeta, by: &str, own: &ModelMeta) -> ReverseOwner {
    let relation = relation_named(target, by);
    let width = match relation {
        Some(RelationKind::Columns { own, .. }) => own.len(),
        _ => 1,
    };
    let mut columns = [0; 4];
    let mut i = 0;
    while i < width && i < columns.len() {
        let named = match relation {
            Some(RelationKind::ToOne {
                to_field: Some(field),
                ..
            }) => position(own, field),
            Some(RelationKind::Columns { to_fields, .. }) if i < to_fields.len() => {
                position(own, to_fields[i])
            }
            _ => None,
        };
        columns[i] = match named {
            Some(column) => column,
            // Of too short a key, the checks of the relation itself tell.
            None if i < own.key.len() => own.key[i],
            None => 0,
        };
        i += 1;
    }
    ReverseOwner { columns, width }
}

const fn relation_named<'m>(meta: &'m ModelMeta, field: &str) -> Option<&'m RelationKind> {
    let mut i = 0;
    while i < meta.relations.len() {
        if same_text(meta.relations[i].field, field) {
            return Some(&meta.relations[i].kind);
        }
        i += 1;
    }
    None
}

/// Checks a relation by several fields: that the fields of the other model are there, tell its rows
/// apart, and are of the types of those here.
///
/// # Panics
/// At compile time, if they are not.
pub const fn check_object(own: &ModelMeta, field: &str, target: &ModelMeta) {
    let Some(RelationKind::Columns {
        own: columns,
        to_fields,
        ..
    }) = relation_named(own, field)
    else {
        return;
    };
    if to_fields.is_empty() && columns.len() != target.key.len() {
        panic!(
            "`from_fields` must name a field for each part of the other model's primary key, or `to_fields` what they refer to"
        );
    }
    let mut i = 0;
    while i < columns.len() {
        let there = match to_fields.is_empty() {
            true => target.key[i],
            false => match position(target, to_fields[i]) {
                Some(column) => column,
                None => panic!("`to_fields` names no field of the other model that has a column"),
            },
        };
        if !same_family(
            &own.columns[columns[i]].rust_type,
            &target.columns[there].rust_type,
        ) {
            panic!(
                "a field of `from_fields` is of another type than the field of the other model that it refers to"
            );
        }
        i += 1;
    }
    if to_fields.is_empty() || names_group(to_fields, target, target.key) {
        return;
    }
    let mut i = 0;
    while i < to_fields.len() {
        if let Some(column) = position(target, to_fields[i])
            && target.columns[column].unique
        {
            return;
        }
        i += 1;
    }
    let mut i = 0;
    while i < target.uniques.len() {
        if names_group(to_fields, target, target.uniques[i]) {
            return;
        }
        i += 1;
    }
    panic!(
        "`to_fields` names fields of the other model that two rows may share: name its key, or a group that is `unique_together` there"
    );
}

/// Whether the fields contain all columns of a group.
const fn names_group(fields: &[&str], meta: &ModelMeta, group: &[usize]) -> bool {
    let mut i = 0;
    while i < group.len() {
        let mut found = false;
        let mut j = 0;
        while j < fields.len() {
            found = found || same_text(fields[j], meta.columns[group[i]].field);
            j += 1;
        }
        if !found {
            return false;
        }
        i += 1;
    }
    !group.is_empty()
}

const fn position(meta: &ModelMeta, field: &str) -> Option<usize> {
    let mut i = 0;
    while i < meta.columns.len() {
        if same_text(meta.columns[i].field, field) {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// Checks that `to_field` names a field of the other model that no two rows share.
///
/// # Panics
/// At compile time, if it does not.
pub const fn check_to_field(target: &ModelMeta, field: &str) {
    let Some(column) = position(target, field) else {
        panic!("`to_field` names no field of the other model that has a column");
    };
    let mut unique = target.columns[column].unique || is_group(target.key, column);
    let mut i = 0;
    while i < target.uniques.len() {
        unique = unique || is_group(target.uniques[i], column);
        i += 1;
    }
    if !unique {
        panic!(
            "`to_field` names a field of the other model that two rows may share: make it `unique` there, or leave `to_field` out to refer to the primary key"
        );
    }
}

/// Whether a group is this column alone.
const fn is_group(group: &[usize], column: usize) -> bool {
    group.len() == 1 && group[0] == column
}

/// The column of a `through` model that refers to one side of a many-to-many relation.
///
/// # Panics
/// At compile time, if there is no such relation.
pub const fn through_column(
    through: &'static ModelMeta,
    field: &str,
    side: &str,
    to_itself: bool,
    last: bool,
) -> &'static str {
    if !field.is_empty() {
        check_through_field(through, field, side);
    }
    let mut found = "";
    let mut keys = 0;
    let mut i = 0;
    while i < through.relations.len() {
        let relation = &through.relations[i];
        let meant = if field.is_empty() {
            same_text(relation.target_name, side)
        } else {
            same_text(relation.field, field)
        };
        if let RelationKind::ToOne {
            column, to_field, ..
        } = relation.kind
            && meant
        {
            keys += 1;
            if !(found.is_empty() || last) {
                i += 1;
                continue;
            }
            if to_field.is_some() {
                panic!(
                    "the `through` model refers to one of the two sides by `to_field`: pairs are of primary keys, leave `to_field` out there"
                );
            }
            found = through.columns[column].column;
        }
        i += 1;
    }
    // A model that is tied to itself has two keys in the table of pairs.
    let wanted = if to_itself && field.is_empty() { 2 } else { 1 };
    if keys < wanted {
        panic!(
            "the `through` model has no `ForeignKey` to one of the two sides: add it, or name both with `through_fields(a, b)`"
        );
    }
    if keys > wanted {
        panic!(
            "the `through` model has several `ForeignKey`s to one of the two sides: name the two that are meant with `through_fields(a, b)`"
        );
    }
    found
}

/// Refuses a name of `through_fields` that is no relation to its side.
const fn check_through_field(through: &'static ModelMeta, field: &str, side: &str) {
    let mut i = 0;
    while i < through.relations.len() {
        let relation = &through.relations[i];
        if same_text(relation.field, field)
            && let RelationKind::ToOne { .. } = relation.kind
        {
            if !same_text(relation.target_name, side) {
                panic!(
                    "`through_fields` names a relation that leads to another model: first comes the one to this model, then the one to the other side"
                );
            }
            return;
        }
        i += 1;
    }
    let mut i = 0;
    while i < through.columns.len() {
        if same_text(through.columns[i].field, field) {
            panic!(
                "`through_fields` names a field of the `through` model that is no `ForeignKey`: name the two relations"
            );
        }
        i += 1;
    }
    panic!("`through_fields` names a field that the `through` model does not have");
}

/// Whether one type can be refined to the other by attributes.
pub(super) const fn same_family(a: &FieldType, b: &FieldType) -> bool {
    use FieldType as T;
    match (a, b) {
        (T::Sql(_), _) | (_, T::Sql(_)) => true,
        (T::Bool, T::Bool)
        | (T::Float, T::Float)
        | (T::Double, T::Double)
        | (T::Decimal { .. }, T::Decimal { .. })
        | (
            T::Char { .. } | T::Varchar { .. } | T::Text,
            T::Char { .. } | T::Varchar { .. } | T::Text,
        )
        | (T::Binary { .. }, T::Binary { .. })
        | (T::Date, T::Date)
        | (T::Time, T::Time)
        | (T::DateTime, T::DateTime)
        | (T::Duration, T::Duration)
        | (T::Json, T::Json)
        | (T::Uuid, T::Uuid)
        | (T::Ip, T::Ip)
        | (T::Vector { .. }, T::Vector { .. })
        | (T::Geography, T::Geography) => true,
        (T::SmallInt { unsigned: a }, T::SmallInt { unsigned: b })
        | (T::Int { unsigned: a }, T::Int { unsigned: b })
        | (T::BigInt { unsigned: a }, T::BigInt { unsigned: b }) => *a == *b,
        _ => false,
    }
}
