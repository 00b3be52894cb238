//! SingleStore, from 8.5. Sources: the documentation of CREATE TABLE and ALTER TABLE, and what the
//! backends of Django and Entity Framework had to leave out.

use std::borrow::Cow;

use orm_schema::{FieldType, IndexKind, StorageType, TableDef};

use super::{KeyKind, Member, Result, Writer, mysql, singlestore_json, write_identifier};
use crate::ast::{DateUnit, Expr, Insert, Json, JsonKind, OnConflict, Wide};
use crate::dialect::render::unsupported;
use crate::dialect::{Features, Isolation, RowInSelect, RowLocks, RowValues, WithWrites};
use crate::value::Value;

/// SingleStore, from 8.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SingleStore;

/// Flags of SingleStore 8.5.
pub(in crate::dialect) const FEATURES: Features = Features {
    foreign_keys: false,
    savepoints: false,
    mixed_windows: true,
    isolation: &[Isolation::ReadCommitted],
    sharded: true,
    alter_column: true,
    alter_primary_key: false,
    drop_column: false,
    rename_column: false,
    rename_index: false,
    alter_table_comment: false,
    vector_index: true,
    index_options: true,
    fulltext_fields: true,
    vector_functions: true,
    optimize_table: true,
    query_options: true,
    default_expressions: false,
    contiguous_ids: false,
    explicit_ids_count: false,
    truncate: true,
    correlated_subqueries: false,
    distinct_ordered_concat: false,
    row_locks: RowLocks::Wait,
    lock_joins: false,
    with_writes: WithWrites::Inlined,
    max_recursion: 30,
    recursive_union: false,
    rollup_call: true,
    wrap_set_operations: true,
    merges_derived: false,
    // It reads a table as it was when the statement began.
    late_reads: false,
    row_values: RowValues::Or,
    row_in_select: RowInSelect::None,
    exists_of_subqueries: false,
    // Nothing is known of it, and a derived table costs nothing.
    distinct_constants: false,
    like_escape: false,
    min_year: 1000,
    text_collation: "utf8mb4_bin",
    trailing_blanks: false,
    ..mysql::FEATURES
};

impl Member for SingleStore {
    const NAME: &'static str = "singlestore";
    const FEATURES: &'static Features = &FEATURES;

    /// JSON is compared as JSON only when both sides are. A decimal is written as digits by the text
    /// protocol, so it needs no cast there.
    fn param(w: &mut Writer<'_>, value: &Value) {
        let cast = match value {
            Value::Json(_) => "JSON",
            Value::Vector(v) => &format!("VECTOR({})", v.len()),
            _ => return w.mark(value.clone()),
        };
        w.push("(");
        w.mark(value.clone());
        w.push(" :> ");
        w.push(cast);
        w.push(")");
    }

    /// `CAST(x AS DOUBLE)` does not exist.
    fn double(w: &mut Writer<'_>, expr: &Expr) -> Result {
        w.push("(");
        w.operand(expr)?;
        w.push(" :> DOUBLE)");
        Ok(())
    }

    fn pattern(pattern: &str, _ignore_case: bool) -> String {
        pattern.to_owned()
    }

    /// REGEXP follows settings of the server; REGEXP_INSTR takes case as an argument.
    fn regex(w: &mut Writer<'_>, expr: &Expr, pattern: String, ignore_case: bool) -> Result {
        w.push("REGEXP_INSTR(");
        w.expr(expr)?;
        w.push(", ");
        w.mark(Value::Text(pattern));
        w.push(if ignore_case {
            ", 1, 1, 0, 'i') > 0"
        } else {
            ", 1, 1, 0, 'c') > 0"
        });
        Ok(())
    }

    fn json(w: &mut Writer<'_>, json: &Json) -> Result {
        singlestore_json::json(w, json)
    }

    fn json_member(w: &mut Writer<'_>, kind: JsonKind, value: &Expr) -> Result {
        singlestore_json::member(w, kind, value)
    }

    /// A cast gives a column its type, whatever the first rows of the table hold.
    fn wide(w: &mut Writer<'_>, expr: &Expr, wide: Wide) -> Result {
        let ty = match wide {
            Wide::Int => "BIGINT",
            Wide::UInt => "BIGINT UNSIGNED",
            Wide::Double => "DOUBLE",
            Wide::Decimal => &format!("DECIMAL(65, {})", Wide::SCALE),
            Wide::Text => "LONGTEXT COLLATE utf8mb4_bin",
            Wide::Bytes => "LONGBLOB",
            Wide::Date => "DATE",
            Wide::Time => "TIME(6)",
            Wide::DateTime => "DATETIME(6)",
        };
        w.push("(");
        w.operand(expr)?;
        w.push(" :> ");
        w.push(ty);
        w.push(")");
        Ok(())
    }

    /// COLLATE is no operator of expressions.
    fn collate(w: &mut Writer<'_>, text: &Expr, name: &str) -> Result {
        w.push("(");
        w.operand(text)?;
        w.push(" :> LONGTEXT COLLATE ");
        w.push(name);
        w.push(")");
        Ok(())
    }

    const XOR: bool = false;

    const JSON_MAKERS: (&'static str, &'static str) = ("JSON_BUILD_ARRAY", "JSON_BUILD_OBJECT");

    fn trunc(w: &mut Writer<'_>, unit: DateUnit, instant: bool, date: &Expr) -> Result {
        w.push("(DATE_TRUNC('");
        w.push(match unit {
            DateUnit::Year => "year",
            DateUnit::Quarter => "quarter",
            DateUnit::Month => "month",
            DateUnit::Week => "week",
            DateUnit::Day => "day",
            DateUnit::Hour => "hour",
            DateUnit::Minute => "minute",
            DateUnit::Second => "second",
        });
        w.push("', ");
        w.expr(date)?;
        w.push(if instant {
            ") :> DATETIME(6))"
        } else {
            ") :> DATE)"
        });
        Ok(())
    }

    /// The session's zone is checked to be UTC at connect.
    const NOW: &'static str = "NOW(6)";

    /// Here INSERT IGNORE is documented to skip duplicates only, and the assignment that the others
    /// use could name a column of the shard key, which cannot be updated.
    fn insert_modifier(insert: &Insert) -> &'static str {
        match insert.on_conflict {
            Some(OnConflict::Ignore) => "IGNORE ",
            _ => "",
        }
    }

    fn ignore(_w: &mut Writer<'_>, _insert: &Insert) {}

    fn column_type(ty: &FieldType) -> Option<Cow<'static, str>> {
        match ty {
            FieldType::Vector { dim } => Some(format!("VECTOR({dim})").into()),
            FieldType::Geography => Some("GEOGRAPHY".into()),
            _ => None,
        }
    }

    /// Parentheses around a default are a syntax error.
    fn default_sql(sql: &str) -> String {
        sql.to_owned()
    }

    fn computed(ty: &str, sql: &str) -> String {
        format!("AS ({sql}) PERSISTED {ty}")
    }

    fn create_table_words(table: &TableDef) -> &'static str {
        match table.storage.storage_type {
            None | Some(StorageType::Columnstore) => "TABLE",
            Some(StorageType::Rowstore) => "ROWSTORE TABLE",
            Some(StorageType::Reference) => "REFERENCE TABLE",
            Some(StorageType::RowstoreReference) => "ROWSTORE REFERENCE TABLE",
        }
    }

    /// The shard key is always said, also where the server would take the primary key by itself.
    fn storage_clauses(table: &TableDef) -> Result<Vec<String>> {
        let storage = &table.storage;
        let mut out = Vec::new();
        let refuse = |what: &str, hint: &str| {
            unsupported(&Self, format!("{what} on the table `{}`", table.name), hint)
        };
        if storage.storage_type.is_some_and(StorageType::is_reference) {
            if storage.shard_key.is_some() {
                return Err(refuse(
                    "a shard key with reference storage",
                    "leave it out: a reference table is copied to every node",
                ));
            }
        } else {
            let columns = storage.shard_key.as_ref().unwrap_or(&table.primary_key);
            let columns: Vec<String> = columns.iter().map(|c| quoted(c)).collect();
            out.push(format!("SHARD KEY ({})", columns.join(", ")));
        }
        if !storage.sort_key.is_empty() {
            if storage.storage_type.is_some_and(StorageType::is_rowstore) {
                return Err(refuse(
                    "a sort key with rowstore storage",
                    "use an index, or columnstore storage",
                ));
            }
            let columns: Vec<String> = storage
                .sort_key
                .iter()
                .map(|(c, descending)| {
                    format!("{}{}", quoted(c), if *descending { " DESC" } else { "" })
                })
                .collect();
            out.push(format!("SORT KEY ({})", columns.join(", ")));
        } else if storage.storage_type.is_some_and(|t| !t.is_rowstore()) {
            // There is no word for columnstore: without a sort key, `default_table_type` decides.
            out.push("SORT KEY ()".to_owned());
        }
        Ok(out)
    }

    const TABLE_OPTIONS: &'static str = "";

    fn index_kind(kind: Option<IndexKind>) -> KeyKind {
        match kind {
            None => KeyKind::Key("KEY", ""),
            Some(IndexKind::Hash) => KeyKind::Key("KEY", " USING HASH"),
            Some(IndexKind::Btree) => KeyKind::Key("KEY", " USING BTREE"),
            Some(IndexKind::Fulltext) => KeyKind::Key("FULLTEXT KEY", ""),
            Some(IndexKind::Vector) => KeyKind::Key("VECTOR INDEX", ""),
        }
    }
}

fn quoted(name: &str) -> String {
    let mut out = String::new();
    write_identifier(&mut out, name);
    out
}
