//! SQLite, from 3.39.
//!
//! The backend registers what SQLite lacks: `lower` and `upper` for all of Unicode, `regexp` and
//! `regexp_i`, the collation `orm_decimal` and the aggregates `orm_decimal_sum` and
//! `orm_decimal_avg`, those of spread (`variance`, `stddev_pop`, …), `orm_texts` and the functions that
//! begin with `orm_`.

mod functions;
mod json;
mod types;

use std::borrow::Cow;

use orm_schema::{ColumnDef, FieldType, IndexKind};

use super::mysql_family::is_now;
use super::render::{
    self, KeyKind, Like, Needle, Result, Spelling, Writer, like_pattern, literal_text,
};
use super::value::hex;
use super::{
    Dialect, Features, Isolation, RenderError, RowInSelect, RowLocks, RowValues, Sql, WithWrites,
};
use crate::ast::{CastTo, Copying, Ddl, Expr, Func, Insert, Json, OnConflict, Order, Statement};
use crate::value::Value;

/// SQLite, from 3.39.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sqlite;

/// Flags of SQLite 3.39.
const FEATURES: Features = Features {
    returning: true,
    foreign_keys: true,
    deferred_foreign_keys: true,
    savepoints: true,
    mixed_windows: true,
    isolation: &[Isolation::Serializable],
    transactional_ddl: true,
    sharded: false,
    alter_column: false,
    alter_primary_key: false,
    drop_column: false,
    rename_column: true,
    rename_index: false,
    comments: false,
    alter_table_comment: false,
    inline_indexes: false,
    fulltext_index: false,
    vector_index: false,
    index_options: false,
    fulltext_fields: false,
    vector_functions: true,
    load_data: false,
    optimize_table: false,
    query_options: false,
    default_expressions: true,
    contiguous_ids: true,
    last_key: None,
    explicit_ids_count: true,
    truncate: false,
    conflict_target: true,
    decimal_as_text: true,
    own_bit_aggregates: true,
    max_params: 32_766,
    bounded_shapes: true,
    explain: "EXPLAIN QUERY PLAN",
    row_locks: RowLocks::Database,
    lock_joins: true,
    rollup: false,
    rollup_call: false,
    intersect_except: true,
    wrap_set_operations: false,
    from_dual: false,
    limit_in_subquery: true,
    correlated_subqueries: true,
    subqueries_as_written: true,
    nested_in_having: true,
    subquery_groups: true,
    distinct_ordered_concat: true,
    self_select: true,
    merges_derived: false,
    late_reads: false,
    row_values: RowValues::Values,
    negated_rows: true,
    row_in_select: RowInSelect::Any,
    selects_in_aggregates: true,
    exists_of_subqueries: true,
    distinct_constants: true,
    // What SQLite takes for a literal of five letters.
    pattern_share: Some("0.5"),
    like_escape: true,
    sequential_assignment: false,
    joined_writes: false,
    with_writes: WithWrites::Front,
    max_recursion: u32::MAX,
    recursive_union: true,
    limit_all: "-1",
    min_year: 1,
    unsigned_64: false,
    text_collation: "",
    trailing_blanks: true,
};

/// The clock in UTC, in the form that datetimes are kept in. SQLite's clock has milliseconds.
const NOW: &str = "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')";

impl Dialect for Sqlite {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn features(&self) -> &Features {
        &FEATURES
    }

    fn write_identifier(&self, out: &mut String, name: &str) {
        super::quote(out, name, '"');
    }

    fn write_literal(&self, out: &mut String, value: &Value) -> Result<(), RenderError> {
        literal_text(self, out, value, write_text)
    }

    fn render(&self, statement: &Statement) -> Result<Sql, RenderError> {
        render::render(self, statement)
    }

    fn render_ddl(&self, ddl: &Ddl) -> Result<String, RenderError> {
        render::render_ddl(self, ddl)
    }

    fn render_copying(&self, copying: &Copying) -> Result<String, RenderError> {
        render::render_copying(self, copying)
    }
}

/// Appends a text literal; a statement ends at a NUL, so a text with one is written by its bytes.
fn write_text(out: &mut String, text: &str) {
    if text.contains('\0') {
        out.push_str("CAST(X'");
        out.push_str(&hex(text.as_bytes(), true));
        out.push_str("' AS TEXT)");
        return;
    }
    out.push('\'');
    for c in text.chars() {
        if c == '\'' {
            out.push('\'');
        }
        out.push(c);
    }
    out.push('\'');
}

impl Spelling for Sqlite {
    fn dialect(&self) -> &dyn Dialect {
        self
    }

    /// A decimal is text: it compares as a number also with what has no collation of its own.
    fn param(&self, w: &mut Writer<'_>, value: &Value) -> Result {
        w.mark(value.clone());
        if matches!(value, Value::Decimal(_)) {
            w.push(" COLLATE orm_decimal");
        }
        Ok(())
    }

    fn double(&self, w: &mut Writer<'_>, expr: &Expr) -> Result {
        w.push("CAST(");
        w.expr(expr)?;
        w.push(" AS REAL)");
        Ok(())
    }

    /// They are floating point numbers here whatever they are taken of.
    fn averaged(&self, w: &mut Writer<'_>, expr: &Expr) -> Result {
        w.expr(expr)
    }

    fn null_safe_eq(&self) -> &'static str {
        " IS "
    }

    fn needle(&self, like: &Like<'_>) -> Result<Needle> {
        if like.text.contains('\0') {
            return Err(RenderError::Value {
                dialect: self.name(),
                reason: "a text to look for cannot hold NUL, where patterns end".to_owned(),
            });
        }
        let text = match like.ignore_case {
            true => like_pattern(like.kind, like.text, '%', |out, c| {
                if matches!(c, '|' | '%' | '_') {
                    out.push('|');
                }
                out.push(c);
            }),
            false => like_pattern(like.kind, like.text, '*', |out, c| {
                if matches!(c, '*' | '?' | '[') {
                    out.extend(['[', c, ']']);
                } else {
                    out.push(c);
                }
            }),
        };
        Ok(Needle { text, plain: false })
    }

    /// GLOB looks at case, LIKE does not for ASCII and is therefore given lower case.
    fn like(&self, w: &mut Writer<'_>, like: &Like<'_>, needle: Needle) -> Result {
        if like.ignore_case {
            w.lower(like.expr)?;
            w.push(" LIKE LOWER(");
            w.mark(Value::Text(needle.text));
            w.push(") ESCAPE '|'");
        } else {
            w.operand(like.expr)?;
            w.push(" GLOB ");
            w.mark(Value::Text(needle.text));
        }
        Ok(())
    }

    fn regex(&self, w: &mut Writer<'_>, expr: &Expr, pattern: String, ignore_case: bool) -> Result {
        if ignore_case {
            w.push("regexp_i(");
            w.mark(Value::Text(pattern));
            w.push(", ");
            w.expr(expr)?;
            w.push(")");
        } else {
            w.operand(expr)?;
            w.push(" REGEXP ");
            w.mark(Value::Text(pattern));
        }
        Ok(())
    }

    fn func(&self, w: &mut Writer<'_>, func: Func, args: &[Expr]) -> Result {
        functions::func(w, func, args)
    }

    fn cast(&self, w: &mut Writer<'_>, expr: &Expr, to: CastTo) -> Result {
        functions::cast(w, expr, to)
    }

    fn json(&self, w: &mut Writer<'_>, json: &Json) -> Result {
        json::json(w, json)
    }

    fn group_concat(
        &self,
        w: &mut Writer<'_>,
        expr: &Expr,
        distinct: bool,
        separator: &str,
        order_by: &[Order],
    ) -> Result {
        functions::group_concat(w, expr, distinct, separator, order_by)
    }

    fn decimal_aggregate(&self, name: &'static str) -> &'static str {
        match name {
            "SUM" => "orm_decimal_sum",
            "AVG" => "orm_decimal_avg",
            // The column's collation orders the others.
            other => other,
        }
    }

    fn decimal_argument(&self, w: &mut Writer<'_>, arg: &Expr) -> Result {
        functions::summed(w, arg)
    }

    fn default_row(&self) -> &'static str {
        " DEFAULT VALUES"
    }

    fn on_conflict(&self, w: &mut Writer<'_>, insert: &Insert) -> Result {
        match &insert.on_conflict {
            None => {}
            Some(OnConflict::Ignore) => w.push(" ON CONFLICT DO NOTHING"),
            Some(OnConflict::Update { target, set }) => {
                w.push(" ON CONFLICT ");
                if !target.is_empty() {
                    w.push("(");
                    w.names(target);
                    w.push(") ");
                }
                w.push("DO UPDATE SET ");
                w.assignments(set)?;
            }
        }
        Ok(())
    }

    fn proposed(&self, w: &mut Writer<'_>, column: &str) {
        w.push("excluded.");
        w.name(column);
    }

    fn column_type(&self, ty: &FieldType) -> Result<Cow<'static, str>> {
        types::column_type(self, ty)
    }

    fn collation(&self, column: &ColumnDef) -> Option<String> {
        types::collation(column)
    }

    fn default_sql(&self, column: &ColumnDef, sql: &str) -> String {
        if is_now(sql) && column.ty == FieldType::DateTime {
            NOW.to_owned()
        } else {
            format!("({sql})")
        }
    }

    /// ALTER TABLE adds only virtual columns.
    fn computed(&self, _column: &ColumnDef, ty: &str, sql: &str, altering: bool) -> String {
        let kind = if altering { "VIRTUAL" } else { "STORED" };
        format!("{ty} GENERATED ALWAYS AS ({sql}) {kind}")
    }

    fn inline_auto_key(&self) -> bool {
        true
    }

    /// Checked at the end of the transaction, so that rows that refer to each other can be written
    /// in any order.
    fn foreign_key_suffix(&self) -> &'static str {
        " DEFERRABLE INITIALLY DEFERRED"
    }

    fn index_kind(&self, kind: Option<IndexKind>) -> KeyKind {
        match kind {
            None | Some(IndexKind::Hash | IndexKind::Btree) => KeyKind::Key("INDEX", ""),
            Some(IndexKind::Fulltext | IndexKind::Vector) => KeyKind::Missing(
                "SQLite has none on ordinary tables; leave out the kind, or search by `contains`",
            ),
        }
    }
}
