//! How many bytes keys of MySQL and MariaDB may have.

use super::rules::G014;
use super::{Finding, Table};
use crate::{FieldDef, FieldType, IndexKind, ModelDef, ModelId, Unique};

/// Bytes of a key of InnoDB with pages of 16 KB, the default.
const MAX_KEY_BYTES: u32 = 3072;

/// Keys and indexes of a model that MySQL and MariaDB may refuse for their length. A character counts
/// four bytes, as in utf8mb4; of types in the server's own words nothing is said.
pub fn check_mysql<'a>(
    model: &'a ModelDef,
    related: &dyn Fn(&ModelId) -> Option<&'a ModelDef>,
) -> Vec<Finding> {
    if !model.managed {
        return Vec::new();
    }
    let table = Table::new(model, related);
    let mut found = Vec::new();
    for (what, fields) in keys(&table) {
        let defs = fields.iter().filter_map(|f| model.field(f));
        let bytes: u32 = defs
            .map(|f| bytes_of(&table, f))
            .fold(0, u32::saturating_add);
        if bytes <= MAX_KEY_BYTES {
            continue;
        }
        let message = format!("{what} of `{}` may have {bytes} bytes", model.name);
        let finding = Finding::new(&G014, message);
        found.push(match fields.as_slice() {
            [one] => finding.of(one),
            _ => finding,
        });
    }
    found
}

/// Keys and indexes, as they are called, with their fields.
fn keys(table: &Table<'_, '_>) -> Vec<(String, Vec<String>)> {
    let model = table.model;
    let keys = table.keys.iter();
    let mut out: Vec<(String, Vec<String>)> =
        keys.map(|k| (k.what.clone(), k.fields.clone())).collect();
    let ordered =
        |kind: Option<IndexKind>| !matches!(kind, Some(IndexKind::Fulltext | IndexKind::Vector));
    let indexes = model.indexes.iter().filter(|i| ordered(i.kind));
    out.extend(indexes.map(|i| (format!("the index `{}`", i.name), i.fields.clone())));
    for field in &model.fields {
        let what = match field.unique {
            // A side table belongs to sharded servers; elsewhere it is a unique key.
            Unique::Lookup => "the unique field",
            _ if field.index || field.ty.is_to_one() => "the index of",
            _ => continue,
        };
        if !out
            .iter()
            .any(|(_, fields)| *fields == [field.name.as_str()])
        {
            out.push((format!("{what} `{}`", field.name), vec![field.name.clone()]));
        }
    }
    out
}

/// The bytes of a column in a key, at most.
fn bytes_of<'a>(table: &Table<'a, '_>, field: &'a FieldDef) -> u32 {
    use FieldType as T;
    let Some(ty) = table.column_type(field) else {
        return 0;
    };
    match ty {
        T::Char { max_length } | T::Varchar { max_length } => max_length.saturating_mul(4),
        T::Binary { max_length } => max_length.unwrap_or(0),
        T::Bool => 1,
        T::SmallInt { .. } => 2,
        T::Int { .. } | T::Float => 4,
        T::BigInt { .. } | T::Double | T::DateTime | T::Duration => 8,
        T::Date => 3,
        T::Time => 6,
        // Nine digits are four bytes.
        T::Decimal { precision, .. } => u32::from(*precision) / 2 + 1,
        _ => 0,
    }
}
