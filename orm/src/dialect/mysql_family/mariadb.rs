//! MariaDB, from 10.6.

use super::json::{self, Documents, Part};
use super::{Member, Result, Writer, mysql};
use crate::ast::{Expr, Json, JsonKind};
use crate::dialect::{Features, WithWrites};
use crate::value::Value;

/// MariaDB, from 10.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MariaDb;

/// Flags of MariaDB 10.6.
pub(in crate::dialect) const FEATURES: Features = Features {
    returning: true,
    mixed_windows: false,
    nested_in_having: false,
    subquery_groups: false,
    selects_in_aggregates: false,
    exists_of_subqueries: false,
    negated_rows: false,
    distinct_constants: false,
    // MariaDB takes a derived table of the written table without merging it.
    merges_derived: false,
    with_writes: WithWrites::Within,
    text_collation: "utf8mb4_nopad_bin",
    ..mysql::FEATURES
};

impl Member for MariaDb {
    const NAME: &'static str = "mariadb";
    const FEATURES: &'static Features = &FEATURES;
    const TABLE_OPTIONS: &'static str =
        " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin";

    fn json(w: &mut Writer<'_>, question: &Json) -> Result {
        json::json::<Self>(w, question)
    }

    fn json_member(w: &mut Writer<'_>, kind: JsonKind, value: &Expr) -> Result {
        json::member::<Self>(w, kind, value)
    }

    /// A decimal bound as text would be compared as a float.
    fn param(w: &mut Writer<'_>, value: &Value) {
        if !matches!(value, Value::Decimal(_)) {
            return w.mark(value.clone());
        }
        w.push("CAST(");
        w.mark(value.clone());
        w.push(" AS DECIMAL(65, 30))");
    }
}

/// Documents are texts: what makes one of a text is a function that returns JSON.
impl Documents for MariaDb {
    fn document(w: &mut Writer<'_>, text: Part<'_>) -> Result {
        w.push("JSON_EXTRACT(");
        text(w)?;
        w.push(", '$')");
        Ok(())
    }

    /// From 10.7. Not `JSON_EQUALS`, which over rows (seen on 10.11) takes NULL as equal to what it
    /// compared before.
    fn same(w: &mut Writer<'_>, one: Part<'_>, other: Part<'_>) -> Result {
        w.push("(JSON_NORMALIZE(");
        one(w)?;
        w.push(") = JSON_NORMALIZE(");
        other(w)?;
        w.push("))");
        Ok(())
    }

    const DASHED_KEYS: bool = false;
}
