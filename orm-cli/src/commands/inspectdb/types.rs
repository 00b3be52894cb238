//! Rust types for columns.

use orm_schema::{FieldDef, FieldType};

/// The type of a field in Rust, without `Option`.
pub(super) fn rust_type(field: &FieldDef, embedded: bool) -> String {
    let name = match &field.ty {
        FieldType::Bool => "bool",
        FieldType::SmallInt { unsigned: false } => "i16",
        FieldType::SmallInt { unsigned: true } => "u16",
        FieldType::Int { unsigned: false } => "i32",
        FieldType::Int { unsigned: true } => "u32",
        FieldType::BigInt { unsigned: false } => "i64",
        FieldType::BigInt { unsigned: true } => "u64",
        FieldType::Float => "f32",
        FieldType::Double => "f64",
        FieldType::Decimal { .. } => "rust_decimal::Decimal",
        FieldType::Char { .. } | FieldType::Varchar { .. } | FieldType::Text => "String",
        FieldType::Binary { .. } => "Vec<u8>",
        FieldType::Date => "chrono::NaiveDate",
        FieldType::Time => "chrono::NaiveTime",
        FieldType::DateTime => "DateTime<Utc>",
        FieldType::Duration => "std::time::Duration",
        FieldType::Json => "serde_json::Value",
        FieldType::Uuid => "uuid::Uuid",
        FieldType::Ip => "std::net::IpAddr",
        FieldType::Vector { dim } => return format!("Vector<{dim}>"),
        FieldType::Geography => "String",
        FieldType::Sql(text) if embedded => by_affinity(text),
        FieldType::Sql(text) => by_words(text),
        FieldType::ForeignKey(r) => return format!("ForeignKey<{}>", r.to.name),
        FieldType::OneToOne(r) => return format!("OneToOne<{}>", r.to.name),
        FieldType::ManyToMany(r) => return format!("ManyToMany<{}>", r.to.name),
    };
    if field.auto {
        format!("Auto<{name}>")
    } else {
        name.to_owned()
    }
}

/// Types of MySQL's family that have no neutral name.
fn by_words(ty: &str) -> &'static str {
    let base = ty.split(['(', ' ']).next().unwrap_or_default();
    let unsigned = ty.contains(" unsigned");
    match (base, unsigned) {
        ("tinyint", false) => "i8",
        ("tinyint", true) => "u8",
        ("smallint", false) => "i16",
        ("smallint", true) => "u16",
        ("mediumint" | "int", false) => "i32",
        ("mediumint" | "int", true) => "u32",
        ("bigint", false) => "i64",
        ("bigint", true) => "u64",
        ("year", _) => "i16",
        ("float", _) => "f32",
        ("double", _) => "f64",
        ("decimal", _) => "rust_decimal::Decimal",
        ("datetime" | "timestamp", _) => "DateTime<Utc>",
        ("date", _) => "chrono::NaiveDate",
        ("time", _) => "chrono::NaiveTime",
        ("json", _) => "serde_json::Value",
        ("bit" | "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob", _) => {
            "Vec<u8>"
        }
        (
            "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring"
            | "multipolygon" | "geometrycollection" | "bson",
            _,
        ) => "Vec<u8>",
        _ => "String",
    }
}

/// SQLite reads a column's kind off words in its type.
fn by_affinity(ty: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|w| ty.contains(w));
    if has(&["bool"]) {
        "bool"
    } else if has(&["int"]) && !has(&["point"]) {
        "i64"
    } else if has(&["char", "clob", "text"]) {
        "String"
    } else if has(&["blob"]) {
        "Vec<u8>"
    } else if has(&["datetime", "timestamp"]) {
        "DateTime<Utc>"
    } else if has(&["date"]) {
        "chrono::NaiveDate"
    } else if has(&["time"]) {
        "chrono::NaiveTime"
    } else if has(&["real", "floa", "doub", "num", "dec"]) {
        "f64"
    } else {
        "String"
    }
}
