//! Rules about columns: types, sizes, automatic keys.

use super::rules::*;
use super::{Finding, Table, defaults};
use crate::{FieldDef, FieldType};

pub(super) fn check(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    automatic(table, found);
    for field in table.model.fields.iter().filter(|f| f.ty.has_column()) {
        sizes(table, field, found);
        if let FieldType::Sql(sql) = &field.ty {
            own_words(table, field, sql, found);
        }
        if field.ty == FieldType::Geography && table.is_columnstore() {
            geography(table, field, found);
        }
        if let Some(sql) = &field.db_default {
            defaults::check(table, field, sql, found);
        }
    }
}

fn automatic(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    let mut autos = table.model.fields.iter().filter(|f| f.auto);
    let model = &table.model.name;
    let Some(first) = autos.next() else {
        return;
    };
    if !matches!(first.ty, FieldType::BigInt { .. }) {
        let message = format!(
            "the automatic key `{}` of `{model}` is {}, not bigint",
            first.name,
            first.ty.name()
        );
        found.push(Finding::new(&S012, message).of(&first.name));
    }
    for second in autos {
        let message = format!(
            "`{}` is a second automatic column of `{model}`",
            second.name
        );
        found.push(Finding::new(&S013, message).of(&second.name));
    }
}

fn sizes(table: &Table<'_, '_>, field: &FieldDef, found: &mut Vec<Finding>) {
    let (rule, size) = match field.ty {
        FieldType::Varchar { max_length } if max_length > 21_844 => {
            (&S021, format!("{max_length} characters"))
        }
        FieldType::Char { max_length } if max_length > 255 => {
            (&S022, format!("{max_length} characters"))
        }
        FieldType::Binary {
            max_length: Some(max_length),
        } if max_length > 65_533 => (&S023, format!("{max_length} bytes")),
        FieldType::Decimal { precision, scale }
            if precision > 65 || scale > 30 || scale > precision || precision == 0 =>
        {
            (&S024, format!("precision {precision} and scale {scale}"))
        }
        _ => return,
    };
    let message = format!("`{}` of `{}` has {size}", field.name, table.model.name);
    found.push(Finding::new(rule, message).of(&field.name));
}

fn geography(table: &Table<'_, '_>, field: &FieldDef, found: &mut Vec<Finding>) {
    let message = format!(
        "`{}` of the columnstore `{}` is GEOGRAPHY",
        field.name, table.model.name
    );
    found.push(Finding::new(&S018, message).of(&field.name));
}

/// Types of other databases that SingleStore does not have.
const ABSENT: [&str; 14] = [
    "uuid",
    "inet",
    "inet4",
    "inet6",
    "xml",
    "money",
    "array",
    "interval",
    "timestamptz",
    "geometry",
    "point",
    "linestring",
    "polygon",
    "serial",
];

/// Checks a type in the database's own words.
fn own_words(table: &Table<'_, '_>, field: &FieldDef, sql: &str, found: &mut Vec<Finding>) {
    let sql = sql.trim().to_ascii_lowercase();
    let word_end = sql
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(sql.len());
    let (word, rest) = sql.split_at(word_end);
    if word == "geography" && table.is_columnstore() {
        geography(table, field, found);
    }
    if ABSENT.contains(&word) {
        let message = format!(
            "`{}` of `{}` has the type {word}",
            field.name, table.model.name
        );
        found.push(Finding::new(&S027, message).of(&field.name));
    }
    let digits = rest
        .trim_start()
        .strip_prefix('(')
        .and_then(|r| r.split(')').next());
    if matches!(word, "datetime" | "timestamp" | "time")
        && digits.is_some_and(|d| !matches!(d.trim(), "0" | "6"))
    {
        let message = format!(
            "`{}` of `{}` has the type {word}({})",
            field.name,
            table.model.name,
            digits.unwrap_or_default()
        );
        found.push(Finding::new(&S025, message).of(&field.name));
    }
}
