//! Column types.
//!
//! SQLite takes any word as a type and reads the affinity off it: `INT` in it keeps integers, else
//! `CHAR`, `TEXT` keep text, `BLOB` keeps anything, `DOUB` keeps floats, and all else *turns text
//! that looks like a number into one*. `DATETIME` or `DECIMAL` would fall into that last class, and
//! a decimal would lose digits; so types that are kept as text say so: `DATETIME_TEXT`.

use std::borrow::Cow;

use orm_schema::{ColumnDef, FieldType};

use super::{Result, Spelling, render};

pub(super) fn column_type(d: &dyn Spelling, ty: &FieldType) -> Result<Cow<'static, str>> {
    Ok(match ty {
        FieldType::Bool => "BOOLEAN".into(),
        FieldType::SmallInt { unsigned: false } => "SMALLINT".into(),
        FieldType::SmallInt { unsigned: true } => "SMALLINT UNSIGNED".into(),
        FieldType::Int { unsigned: false } => "INTEGER".into(),
        FieldType::Int { unsigned: true } => "INTEGER UNSIGNED".into(),
        FieldType::BigInt { unsigned: false } | FieldType::Duration => "BIGINT".into(),
        FieldType::BigInt { unsigned: true } => "BIGINT UNSIGNED".into(),
        FieldType::Float | FieldType::Double => "DOUBLE".into(),
        FieldType::Decimal { precision, scale } => {
            format!("DECIMAL_TEXT({precision}, {scale})").into()
        }
        FieldType::Char { max_length } => format!("CHAR({max_length})").into(),
        FieldType::Varchar { max_length } => format!("VARCHAR({max_length})").into(),
        FieldType::Text => "TEXT".into(),
        FieldType::Binary { max_length: None } => "BLOB".into(),
        FieldType::Binary {
            max_length: Some(n),
        } => format!("BLOB({n})").into(),
        FieldType::Date => "DATE_TEXT".into(),
        FieldType::Time => "TIME_TEXT".into(),
        FieldType::DateTime => "DATETIME_TEXT".into(),
        FieldType::Json => "JSON_TEXT".into(),
        FieldType::Uuid => "UUID_TEXT".into(),
        FieldType::Ip => "IP_TEXT".into(),
        FieldType::Vector { dim } => format!("VECTOR_TEXT({dim})").into(),
        FieldType::Geography => "GEOGRAPHY_TEXT".into(),
        FieldType::Sql(text) => text.clone().into(),
        FieldType::ForeignKey(_) | FieldType::OneToOne(_) | FieldType::ManyToMany(_) => {
            return Err(render::relation_column(d.dialect(), ty));
        }
    })
}

/// Decimals are text that is ordered as numbers. Names of MySQL's collations are read for what they
/// say about case: `…_ci` is NOCASE (ASCII only), the others compare by code point, as SQLite does
/// anyway.
pub(super) fn collation(column: &ColumnDef) -> Option<String> {
    if matches!(column.ty, FieldType::Decimal { .. }) {
        return Some("orm_decimal".to_owned());
    }
    collation_of(column.collation.as_deref()?).map(str::to_owned)
}

/// SQLite's name of a collation of MySQL's; none is by code point.
pub(super) fn collation_of(name: &str) -> Option<&str> {
    let lower = name.to_ascii_lowercase();
    if lower.ends_with("_ci") {
        Some("NOCASE")
    } else if lower.starts_with("utf8") || lower == "binary" {
        None
    } else {
        Some(name)
    }
}
