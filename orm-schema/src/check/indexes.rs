//! Rules about indexes.

use super::rules::*;
use super::words::{is_enum, is_text, is_vector};
use super::{Finding, KeyKind, Table, list};
use crate::{FieldType, IndexDef, IndexKind};

/// The most columns of one index.
const MAX_COLUMNS: usize = 16;

pub(super) fn check(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    kinds(table, found);
    contents(table, found);
    names(table, found);
    widths(table, found);
    if table.is_columnstore() {
        same_columns(table, found);
        enums(table, found);
    }
}

/// Every ordinary index that the model asks for, with what it is called. The index that a foreign
/// key implies is not among them: it is made only where no other one serves.
fn ordinary(table: &Table<'_, '_>) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for key in table.keys.iter().filter(|k| k.kind != KeyKind::Unenforced) {
        all.push((key.what.clone(), key.fields.clone()));
    }
    for field in table.model.fields.iter().filter(|f| f.index) {
        all.push((
            format!("the index of `{}`", field.name),
            vec![field.name.clone()],
        ));
    }
    for index in &table.model.indexes {
        if matches!(index.kind, None | Some(IndexKind::Hash | IndexKind::Btree)) {
            all.push((format!("the index `{}`", index.name), index.fields.clone()));
        }
    }
    all
}

fn kinds(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    let model = table.model;
    let mut fulltext = model
        .indexes
        .iter()
        .filter(|i| i.kind == Some(IndexKind::Fulltext));
    if let (Some(first), Some(second)) = (fulltext.next(), fulltext.next()) {
        let message = format!(
            "`{}` has two FULLTEXT indexes, `{}` and `{}`",
            model.name, first.name, second.name
        );
        found.push(Finding::new(&S015, message));
    }
    for index in &model.indexes {
        let (name, kind) = (&index.name, index.kind.map_or("", IndexKind::as_str));
        match index.kind {
            Some(IndexKind::Fulltext | IndexKind::Vector) if !table.is_columnstore() => {
                let message = format!(
                    "the {kind} index `{name}` stands on the rowstore `{}`",
                    model.name
                );
                found.push(Finding::new(&S016, message));
            }
            Some(IndexKind::Btree) if table.is_columnstore() => {
                let message = format!(
                    "the btree index `{name}` stands on the columnstore `{}`",
                    model.name
                );
                found.push(Finding::new(&S017, message));
            }
            _ => {}
        }
    }
}

fn names(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    let model = table.model;
    let digit = |name: &str| name.starts_with(|c: char| c.is_ascii_digit());
    let indexes = model.indexes.iter().map(|i| &i.name);
    for name in indexes.chain(model.constraints.iter().map(|c| &c.name)) {
        if digit(name) {
            let message = format!("the name `{name}` in `{}` starts with a digit", model.name);
            found.push(Finding::new(&S028, message));
        }
    }
}

fn widths(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    let mut all = ordinary(table);
    let unenforced = table.keys.iter().filter(|k| k.kind == KeyKind::Unenforced);
    all.extend(unenforced.map(|k| (k.what.clone(), k.fields.clone())));
    let fulltext = |i: &&IndexDef| i.kind == Some(IndexKind::Fulltext);
    for index in table.model.indexes.iter().filter(fulltext) {
        all.push((format!("the index `{}`", index.name), index.fields.clone()));
    }
    for (what, fields) in all {
        if fields.len() > MAX_COLUMNS {
            let message = format!(
                "{what} of `{}` has {} columns",
                table.model.name,
                fields.len()
            );
            found.push(Finding::new(&S026, message));
        }
    }
}

fn same_columns(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    let all = ordinary(table);
    for (i, (what, fields)) in all.iter().enumerate() {
        if let Some((other, _)) = all.iter().take(i).find(|(_, f)| f == fields) {
            let message = format!(
                "{other} and {what} of `{}` index the same columns, {}",
                table.model.name,
                list(fields)
            );
            let finding = Finding::new(&S010, message);
            found.push(match fields.as_slice() {
                [one] => finding.of(one),
                _ => finding,
            });
        }
    }
}

fn enums(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    let mut seen: Vec<String> = Vec::new();
    let mut all = ordinary(table);
    for field in table.model.fields.iter().filter(|f| f.ty.is_to_one()) {
        let what = format!("the index of the relation `{}`", field.name);
        all.push((what, vec![field.name.clone()]));
    }
    for (what, fields) in all {
        for name in fields {
            let Some(field) = table.model.field(&name) else {
                continue;
            };
            let found_enum = table.column_type(field).is_some_and(is_enum);
            if found_enum && !seen.contains(&name) {
                let message = format!("{what} of `{}` indexes the ENUM `{name}`", table.model.name);
                found.push(Finding::new(&S014, message).of(&name));
                seen.push(name);
            }
        }
    }
}

/// What FULLTEXT and vector indexes are over.
fn contents(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    let model = table.model;
    for index in &model.indexes {
        let types: Vec<(&String, &FieldType)> = index
            .fields
            .iter()
            .filter_map(|name| Some((name, table.column_type(model.field(name)?)?)))
            .collect();
        let name = &index.name;
        match index.kind {
            Some(IndexKind::Fulltext) => {
                if let Some((field, _)) = types.iter().find(|(_, ty)| !is_text(ty)) {
                    let message = format!(
                        "the FULLTEXT index `{name}` of `{}` is over `{field}`, which is no text",
                        model.name
                    );
                    found.push(Finding::new(&S032, message).of(field));
                }
            }
            Some(IndexKind::Vector) => {
                let not_one = index.fields.len() != 1;
                if not_one || types.iter().any(|(_, ty)| !is_vector(ty)) {
                    let message = format!(
                        "the vector index `{name}` of `{}` is over {}",
                        model.name,
                        list(&index.fields)
                    );
                    found.push(Finding::new(&S033, message));
                }
            }
            _ => {}
        }
    }
}
