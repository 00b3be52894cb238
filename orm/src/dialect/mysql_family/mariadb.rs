//! MariaDB, from 10.6.

use super::{Member, Writer, mysql};
use crate::dialect::Features;
use crate::value::Value;

/// MariaDB, from 10.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MariaDb;

/// Flags of MariaDB 10.6.
pub(in crate::dialect) const FEATURES: Features = Features {
    returning: true,
    mixed_windows: false,
    // MariaDB takes a derived table of the written table without merging it.
    merges_derived: false,
    text_collation: "utf8mb4_nopad_bin",
    ..mysql::FEATURES
};

impl Member for MariaDb {
    const NAME: &'static str = "mariadb";
    const FEATURES: &'static Features = &FEATURES;
    const TABLE_OPTIONS: &'static str =
        " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin";

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
