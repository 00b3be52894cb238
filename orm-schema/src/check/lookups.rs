//! Rules about `unique = "lookup"`, whose values are the key of a side table.

use super::rules::*;
use super::words::OwnWords;
use super::{Finding, Table};
use crate::{FieldDef, FieldType, MAX_LOOKUP_BYTES};

pub(super) fn check(table: &Table<'_, '_>, found: &mut Vec<Finding>) {
    let lookups = |f: &&FieldDef| table.model.has_lookup(&f.name);
    for field in table.model.fields.iter().filter(lookups) {
        let model = &table.model.name;
        // An update of other columns would change it behind the program's back.
        let unwritten = match (&field.computed, &field.db_default) {
            (Some(_), _) => Some("is computed by the database"),
            (None, Some(_)) => Some("may be filled in by the database"),
            (None, None) => None,
        };
        let what = match unwritten {
            Some(what) => what.to_owned(),
            None => match table.column_type(field).and_then(unfit) {
                Some(what) => what,
                None => continue,
            },
        };
        let message = format!(
            "the lookup `{}` of `{model}` {what}, which cannot be the key of a side table",
            field.name
        );
        found.push(Finding::new(&S037, message).of(&field.name));
    }
}

/// Why values of a type cannot be a key.
fn unfit(ty: &FieldType) -> Option<String> {
    use FieldType as T;
    let sized = |bytes: u32, what: String| (bytes > MAX_LOOKUP_BYTES).then_some(what);
    match ty {
        T::Char { max_length } | T::Varchar { max_length } => sized(
            max_length.saturating_mul(4),
            format!("has {max_length} characters"),
        ),
        T::Binary {
            max_length: Some(max),
        } => sized(*max, format!("has {max} bytes")),
        T::Sql(sql) => own_words(sql),
        T::Float
        | T::Double
        | T::Text
        | T::Binary { max_length: None }
        | T::Json
        | T::Vector { .. }
        | T::Geography => Some(match ty {
            T::Text => "is a text without a bound".to_owned(),
            T::Binary { .. } => "is bytes without a bound".to_owned(),
            other => format!("is {}", other.name()),
        }),
        _ => None,
    }
}

/// As [`unfit`]; of unknown types nothing is said.
fn own_words(sql: &str) -> Option<String> {
    let words = OwnWords::read(sql);
    let head = &*words.head;
    let first = words.numbers().first().copied().unwrap_or(0);
    let fits = match head {
        "char" | "varchar" => first.saturating_mul(4) <= MAX_LOOKUP_BYTES,
        "binary" | "varbinary" => first <= MAX_LOOKUP_BYTES,
        "float" | "double" | "real" | "json" | "bson" | "enum" | "set" | "vector" | "bit" => false,
        other => !(other.ends_with("text") || other.ends_with("blob") || other.starts_with("geo")),
    };
    (!fits).then(|| format!("is {sql}"))
}
