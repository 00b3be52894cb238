//! Rules about columns: types, sizes, automatic keys.

use super::rules::*;
use super::words::OwnWords;
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
        if let Some(name) = &field.collation {
            collation(table, field, name, found);
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

/// Lengths and digits, whether the type is a neutral one or in the server's own words.
fn sizes(table: &Table<'_, '_>, field: &FieldDef, found: &mut Vec<Finding>) {
    let own = match &field.ty {
        FieldType::Sql(sql) => Some(OwnWords::read(sql)),
        _ => None,
    };
    let numbers = own.as_ref().map(OwnWords::numbers).unwrap_or_default();
    let (head, first, second) = match (&field.ty, &own) {
        (FieldType::Varchar { max_length }, _) => ("varchar", *max_length, 0),
        (FieldType::Char { max_length }, _) => ("char", *max_length, 0),
        (FieldType::Decimal { precision, scale }, _) => {
            ("decimal", u32::from(*precision), u32::from(*scale))
        }
        (_, Some(own)) => match (&*own.head, numbers.as_slice()) {
            ("numeric" | "dec" | "fixed", [p]) => ("decimal", *p, 0),
            ("numeric" | "dec" | "fixed", [p, s]) => ("decimal", *p, *s),
            (head, [first, rest @ ..]) => (head, *first, rest.first().copied().unwrap_or(0)),
            _ => return,
        },
        _ => return,
    };
    let (rule, size) = match head {
        "varchar" if first > 21_844 => (&S021, format!("{first} characters")),
        "char" if first > 255 => (&S022, format!("{first} characters")),
        "binary" if first > 255 => (&S022, format!("{first} bytes")),
        "varbinary" if first > 65_533 => (&S023, format!("{first} bytes")),
        "decimal" if first > 65 || second > 30 || second > first || first == 0 => {
            (&S024, format!("precision {first} and scale {second}"))
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
const ABSENT: [&str; 28] = [
    "uuid",
    "inet",
    "inet4",
    "inet6",
    "xml",
    "money",
    "array",
    "interval",
    "timestamptz",
    "timetz",
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
    "serial",
    "nchar",
    "nvarchar",
    "national",
    "bytea",
    "jsonb",
    "varchar2",
    "number",
    "clob",
    "raw",
];

/// Checks a type in the database's own words.
fn own_words(table: &Table<'_, '_>, field: &FieldDef, sql: &str, found: &mut Vec<Finding>) {
    let words = OwnWords::read(sql);
    let (head, model) = (&*words.head, &table.model.name);
    let mut say = |rule, what: String| {
        let message = format!("`{}` of `{model}` {what}", field.name);
        found.push(Finding::new(rule, message).of(&field.name));
    };
    let arguments = words.arguments.as_deref();
    if ABSENT.contains(&head) {
        say(&S027, format!("has the type {head}"));
    }
    if matches!(head, "datetime" | "timestamp" | "time")
        && arguments.is_some_and(|d| !matches!(d, "0" | "6"))
    {
        let digits = arguments.unwrap_or_default();
        say(&S025, format!("has the type {head}({digits})"));
    }
    if matches!(head, "varchar" | "varbinary") && arguments.is_none() {
        say(&S034, format!("has the type {head} without a length"));
    }
    let elsewhere = ["check", "references", "generated", "virtual", "stored"];
    if let Some(word) = words.rest.iter().find(|w| elsewhere.contains(&w.as_str())) {
        say(&S030, format!("says {} in its type", word.to_uppercase()));
    }
    if table.is_columnstore() && words.rest.iter().any(|w| w == "sparse") {
        say(&S031, "is SPARSE on a columnstore".to_owned());
    }
    if head == "geography" && table.is_columnstore() {
        geography(table, field, found);
    }
}

fn collation(table: &Table<'_, '_>, field: &FieldDef, collation: &str, found: &mut Vec<Finding>) {
    let set = collation.split('_').next().unwrap_or(collation);
    if set.eq_ignore_ascii_case("gbk") {
        let message = format!(
            "`{}` of `{}` has the collation {collation}",
            field.name, table.model.name
        );
        found.push(Finding::new(&S036, message).of(&field.name));
    }
}
