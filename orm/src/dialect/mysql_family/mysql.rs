//! MySQL, from 8.0.31.

use orm_schema::FieldType;

use super::json::{self, Documents, Part};
use super::{Member, Result, Writer};
use crate::ast::{Expr, Json, JsonKind};
use crate::dialect::{Features, Isolation, RowInSelect, RowLocks, RowValues, WithWrites};
use crate::value::Value;

/// MySQL, from 8.0.31.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MySql;

/// Flags of MySQL 8.0.31.
pub(in crate::dialect) const FEATURES: Features = Features {
    returning: false,
    foreign_keys: true,
    deferred_foreign_keys: false,
    savepoints: true,
    mixed_windows: true,
    isolation: Isolation::ALL,
    transactional_ddl: false,
    sharded: false,
    alter_column: true,
    alter_primary_key: true,
    drop_column: false,
    rename_column: true,
    rename_index: true,
    comments: true,
    alter_table_comment: true,
    inline_indexes: true,
    fulltext_index: true,
    vector_index: false,
    index_options: false,
    fulltext_fields: false,
    vector_functions: false,
    load_data: true,
    optimize_table: false,
    query_options: false,
    default_expressions: true,
    contiguous_ids: true,
    last_key: Some("LAST_INSERT_ID()"),
    explicit_ids_count: true,
    truncate: true,
    conflict_target: false,
    decimal_as_text: false,
    own_bit_aggregates: false,
    max_params: 65_535,
    bounded_shapes: true,
    explain: "EXPLAIN",
    row_locks: RowLocks::SkipLocked,
    lock_joins: true,
    rollup: true,
    rollup_call: false,
    intersect_except: true,
    wrap_set_operations: false,
    from_dual: true,
    limit_in_subquery: false,
    correlated_subqueries: true,
    subqueries_as_written: false,
    nested_in_having: true,
    subquery_groups: true,
    distinct_ordered_concat: true,
    self_select: false,
    merges_derived: true,
    late_reads: true,
    row_values: RowValues::List,
    negated_rows: true,
    row_in_select: RowInSelect::Plain,
    selects_in_aggregates: true,
    exists_of_subqueries: true,
    distinct_constants: true,
    pattern_share: None,
    like_escape: true,
    sequential_assignment: true,
    joined_writes: true,
    with_writes: WithWrites::Front,
    // The session lets as many iterations pass as there can be (`connect.rs`).
    max_recursion: u32::MAX - 1,
    recursive_union: true,
    limit_all: "9223372036854775807",
    min_year: 1,
    unsigned_64: true,
    text_collation: "utf8mb4_0900_bin",
    trailing_blanks: true,
};

impl Member for MySql {
    const NAME: &'static str = "mysql";
    const FEATURES: &'static Features = &FEATURES;

    fn json(w: &mut Writer<'_>, question: &Json) -> Result {
        json::json::<Self>(w, question)
    }

    fn json_member(w: &mut Writer<'_>, kind: JsonKind, value: &Expr) -> Result {
        json::member::<Self>(w, kind, value)
    }

    /// A decimal bound as text would be compared as a float, and a JSON document as a JSON string.
    fn param(w: &mut Writer<'_>, value: &Value) {
        let cast = match value {
            Value::Decimal(_) => "DECIMAL(65, 30)",
            Value::Json(_) => "JSON",
            _ => return w.mark(value.clone()),
        };
        w.push("CAST(");
        w.mark(value.clone());
        w.push(" AS ");
        w.push(cast);
        w.push(")");
    }

    /// MySQL takes the default of a text, binary or JSON column only as an expression.
    fn default_in_parentheses(ty: &FieldType) -> bool {
        matches!(
            ty,
            FieldType::Text
                | FieldType::Json
                | FieldType::Vector { .. }
                | FieldType::Geography
                | FieldType::Binary {
                    max_length: None | Some(65_534..)
                }
        )
    }
}

impl Documents for MySql {
    fn document(w: &mut Writer<'_>, text: Part<'_>) -> Result {
        w.push("CAST(");
        text(w)?;
        w.push(" AS JSON)");
        Ok(())
    }

    fn same(w: &mut Writer<'_>, one: Part<'_>, other: Part<'_>) -> Result {
        w.push("(");
        one(w)?;
        w.push(" = ");
        other(w)?;
        w.push(")");
        Ok(())
    }
}
