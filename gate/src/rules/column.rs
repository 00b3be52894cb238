//! One column: facts §4 and §7.

use super::create::Settings;
use crate::catalog::type_head;
use crate::refusal::Refusal;
use crate::sql::{Column, Key, KeyKind, KeyPart, TableKind};

/// Types of MariaDB and of other databases that SingleStore lacks.
const ABSENT_TYPES: &[&str] = &[
    "UUID",
    "INET",
    "INET4",
    "INET6",
    "INTERVAL",
    "TIMESTAMPTZ",
    "XML",
    "MONEY",
    "GEOMETRY",
    "POINT",
    "LINESTRING",
    "POLYGON",
    "MULTIPOINT",
    "MULTILINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
    "NCHAR",
    "NVARCHAR",
    "NATIONAL",
    "ARRAY",
    "ROW",
    "BYTEA",
    "JSONB",
    "VARCHAR2",
    "NUMBER",
    "CLOB",
    "RAW",
    "TIMETZ",
];

pub(crate) fn foreign_key() -> Refusal {
    Refusal::new(
        2752,
        "Feature 'FOREIGN KEY' is not supported by SingleStore Distributed",
    )
}

/// Writes a column's short forms out: SERIAL, and keys said at the column.
pub(crate) fn settle_column(column: &Column, keys: &mut Vec<Key>) -> Column {
    let mut column = column.clone();
    if type_head(&column.ty) == "SERIAL" {
        column.ty = "BIGINT UNSIGNED".to_owned();
        column.null = Some(false);
        column.auto_increment = true;
        column.unique = true;
    }
    let own_key = |kind| {
        let mut key = Key::new(kind);
        key.parts.push(KeyPart {
            column: column.name.clone(),
            length: None,
            descending: false,
            expression: false,
        });
        key
    };
    if column.primary {
        keys.push(own_key(KeyKind::Primary));
    }
    if column.unique {
        let mut key = own_key(KeyKind::Unique);
        key.name = Some(column.name.clone());
        keys.push(key);
    }
    if column.ty == "AUTO" {
        column.ty = infer(column.computed.as_ref().map_or("", |c| &c.expr));
    }
    column
}

/// The type of a computed column that leaves it to the server: what its expression shows.
fn infer(expr: &str) -> String {
    if expr.contains("::%") {
        "DOUBLE".to_owned()
    } else if let Some((_, ty)) = expr.rsplit_once(":>") {
        ty.trim().trim_end_matches(')').to_owned()
    } else if expr.contains("::$")
        || expr.contains('\'')
        || expr.to_ascii_uppercase().contains("CONCAT")
    {
        "LONGTEXT".to_owned()
    } else {
        "BIGINT".to_owned()
    }
}

/// Rules of one column.
pub(crate) fn check_column(
    column: &Column,
    kind: TableKind,
    settings: &Settings<'_>,
) -> Result<(), Refusal> {
    let head = type_head(&column.ty);
    if ABSENT_TYPES.contains(&&*head) {
        return Err(Refusal::syntax(&column.ty));
    }
    if column.references && !settings.ignore_foreign_keys {
        return Err(foreign_key());
    }
    if column.check {
        return Err(Refusal::feature("Check constraints"));
    }
    lengths(&head, column)?;
    character_set(column)?;
    if head == "GEOGRAPHY" && !kind.is_rowstore() {
        return Err(Refusal::feature("GEOGRAPHY on a columnstore table"));
    }
    if column.sparse && !kind.is_rowstore() {
        return Err(Refusal::feature("SPARSE column on a columnstore table"));
    }
    default(column, kind)
}

/// gbk is absent.
fn character_set(column: &Column) -> Result<(), Refusal> {
    let is_gbk = |name: &str| name.to_ascii_lowercase().starts_with("gbk");
    if let Some(name) = column.charset.as_deref().filter(|n| is_gbk(n)) {
        return Err(Refusal::new(
            1115,
            format!("Unknown character set: '{name}'"),
        ));
    }
    if let Some(name) = column.collate.as_deref().filter(|n| is_gbk(n)) {
        return Err(Refusal::new(1273, format!("Unknown collation: '{name}'")));
    }
    Ok(())
}

fn lengths(head: &str, column: &Column) -> Result<(), Refusal> {
    let arguments = column.ty.split(['(', ')']).nth(1);
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let length = arguments.and_then(number);
    let too_long = |limit: u64| {
        if length.is_some_and(|n| n > limit) {
            let message = format!(
                "Column length too big for column '{}' (max = {limit}); use BLOB or TEXT instead",
                column.name
            );
            return Err(Refusal::new(1074, message));
        }
        Ok(())
    };
    match head {
        "DATETIME" | "TIME" | "TIMESTAMP" => {
            // Fractional seconds of 0 or 6 digits only.
            if arguments.is_some() && !matches!(length, Some(0 | 6)) {
                return Err(Refusal::feature(&format!(
                    "{head} with a precision other than 0 or 6"
                )));
            }
            Ok(())
        }
        "VARCHAR" | "VARBINARY" if arguments.is_none() => Err(Refusal::syntax(&column.ty)),
        "VARCHAR" => too_long(21_844),
        "VARBINARY" => too_long(65_533),
        "CHAR" | "BINARY" => too_long(255),
        "VECTOR" => vector(arguments, &column.ty),
        _ => Ok(()),
    }
}

/// `VECTOR(n[, element])`
fn vector(arguments: Option<&str>, ty: &str) -> Result<(), Refusal> {
    let mut parts = arguments.unwrap_or_default().split(',').map(str::trim);
    let dimension = parts.next().and_then(|n| n.parse::<u32>().ok());
    let element = parts.next().unwrap_or("F32").to_ascii_uppercase();
    let known = ["F16", "F32", "F64", "I8", "I16", "I32", "I64"].contains(&&*element);
    if dimension.is_some_and(|n| n > 0) && known && parts.next().is_none() {
        Ok(())
    } else {
        Err(Refusal::syntax(ty))
    }
}

fn default(column: &Column, kind: TableKind) -> Result<(), Refusal> {
    let Some(default) = &column.default else {
        return Ok(());
    };
    let word = default
        .split('(')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_uppercase();
    if word == "UUID" {
        return if kind.is_reference() {
            Ok(())
        } else {
            Err(Refusal::distributed(
                "Can't create a sharded table with UUID() built-in as a default column value",
            ))
        };
    }
    // Years below 1000 and zero dates are no values, so they are no defaults.
    let year = default
        .trim_start_matches(['\'', '"'])
        .split('-')
        .next()
        .and_then(|y| y.parse::<u32>().ok());
    let dated = matches!(&*type_head(&column.ty), "DATE" | "DATETIME");
    if dated && default.starts_with(['\'', '"']) && year.is_some_and(|y| y < 1000) {
        let message = format!("Invalid default value for '{}'", column.name);
        return Err(Refusal::new(1067, message));
    }
    let calls = default.contains('(') && !default.starts_with(['\'', '"', 'x', 'X', 'b']);
    const NULLARY: &[&str] = &[
        "CURRENT_TIMESTAMP",
        "NOW",
        "LOCALTIME",
        "LOCALTIMESTAMP",
        "UTC_TIMESTAMP",
        "CURRENT_DATE",
        "CURDATE",
        "CURRENT_TIME",
        "CURTIME",
        "UTC_DATE",
        "UTC_TIME",
    ];
    if calls && !NULLARY.contains(&&*word) {
        return Err(Refusal::syntax(default));
    }
    Ok(())
}
