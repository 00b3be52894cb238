//! Rules about primary keys, unique keys, shard keys and sort keys.

use super::rules::*;
use super::words::{is_enum, is_float};
use super::{Finding, Key, KeyKind, Table, list};
use crate::OnDelete;

pub(super) fn check(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    storage(table, found);
    primary(table, found);
    uniques(table, found);
    several_uniques(table, found);
    fixed_shard_key(table, found);
}

fn storage(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    let (model, storage) = (table.model, &table.model.storage);
    let kind = table.storage.as_str();
    if table.storage.is_reference() {
        if storage.shard_key.is_some() {
            found.push(Finding::new(
                &S006,
                format!("`{}` is a {kind} table and names a shard key", model.name),
            ));
        }
        if model.primary_key.is_empty() {
            found.push(Finding::new(
                &S007,
                format!("`{}` is a {kind} table without a primary key", model.name),
            ));
        }
    }
    if table.storage.is_rowstore() && !storage.sort_key.is_empty() {
        found.push(Finding::new(
            &S008,
            format!("`{}` is a {kind} table and names a sort key", model.name),
        ));
    }
    if table.is_keyless() && !model.primary_key.is_empty() {
        found.push(Finding::new(
            &S003,
            format!(
                "`{}` spreads rows at random, `shard_key()`, and has a primary key",
                model.name
            ),
        ));
    }
}

fn primary(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    let model = table.model;
    let outside: Vec<String> = table
        .shard_key()
        .iter()
        .filter(|f| !model.primary_key.contains(f))
        .cloned()
        .collect();
    if !outside.is_empty() && !model.primary_key.is_empty() {
        let finding = Finding::new(
            &S002,
            format!(
                "the primary key of `{}` does not contain {} of the shard key",
                model.name,
                list(&outside)
            ),
        );
        found.push(match outside.as_slice() {
            [one] => finding.of(one),
            _ => finding,
        });
    }
    if table.is_columnstore() {
        for field in model.key_fields() {
            if table.column_type(field).is_some_and(is_float) {
                let message = format!(
                    "`{}` of `{}` is a floating point number in the primary key of a columnstore",
                    field.name, model.name
                );
                found.push(Finding::new(&S005, message).of(&field.name));
            }
        }
    }
    link_tables(table, found);
}

/// The table of a many-to-many field has both keys in its primary key and an index on the second;
/// it is a columnstore, unless the model is a rowstore.
fn link_tables(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    if !table.is_columnstore() {
        return;
    }
    for field in &table.model.fields {
        for ty in table.link_types(field) {
            let (rule, what) = match ty {
                ty if is_float(ty) => (&S005, "a floating point number"),
                ty if is_enum(ty) => (&S014, "an ENUM"),
                _ => continue,
            };
            let message = format!(
                "the table of `{}` of `{}`, a columnstore, has {what} in its primary key",
                field.name, table.model.name
            );
            found.push(Finding::new(rule, message).of(&field.name));
        }
    }
}

fn uniques(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    if !table.is_sharded() {
        return;
    }
    let model = table.model;
    for key in &table.keys {
        if matches!(key.kind, KeyKind::Primary | KeyKind::Unenforced) {
            continue;
        }
        if table.is_keyless() {
            let message = format!(
                "{} of `{}` is not checked: rows are spread at random",
                key.what, model.name
            );
            found.push(at_field(Finding::new(&S004, message), key));
            continue;
        }
        let missing: Vec<String> = table
            .shard_key()
            .iter()
            .filter(|f| !key.fields.contains(f))
            .cloned()
            .collect();
        if missing.is_empty() {
            continue;
        }
        let finding = if key.kind == KeyKind::OneToOne {
            let message = format!(
                "the one-to-one relation `{}` of `{}` is unique but not the key of the sharded table",
                key.fields.join(", "),
                model.name
            );
            Finding::new(&S011, message)
        } else {
            let message = format!(
                "{} of `{}` does not contain {} of the shard key",
                key.what,
                model.name,
                list(&missing)
            );
            Finding::new(&S001, message)
        };
        found.push(at_field(finding, key));
    }
}

fn at_field(finding: Finding, key: &Key) -> Finding {
    match key.fields.as_slice() {
        [one] => finding.of(one),
        _ => finding,
    }
}

fn several_uniques(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    if !table.is_columnstore() || !table.is_sharded() {
        return;
    }
    let enforced: Vec<&Key> = table
        .keys
        .iter()
        .filter(|k| k.kind != KeyKind::Unenforced)
        .collect();
    if enforced.len() < 2 {
        return;
    }
    if let Some(wide) = enforced.iter().find(|k| k.fields.len() > 1) {
        let others: Vec<&str> = enforced
            .iter()
            .filter(|k| !std::ptr::eq(**k, *wide))
            .map(|k| k.what.as_str())
            .collect();
        let message = format!(
            "{} of `{}` has several columns and stands beside {}",
            wide.what,
            table.model.name,
            others.join(", ")
        );
        found.push(Finding::new(&S009, message));
    }
}

/// A delete that changes the reference would change the shard key.
fn fixed_shard_key(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    for name in table.shard_key() {
        let Some(field) = table.model.field(name) else {
            continue;
        };
        let changed = field.ty.is_to_one()
            && field
                .ty
                .relation()
                .is_some_and(|r| matches!(r.on_delete, OnDelete::SetNull | OnDelete::SetDefault));
        if changed {
            let message = format!(
                "`{name}` of `{}` is in the shard key, and a delete of the row it refers to would change it",
                table.model.name
            );
            found.push(Finding::new(&S029, message).of(name));
        }
    }
}
