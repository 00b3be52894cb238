//! What MySQL, MariaDB and SingleStore share; the members set flags and override a few nodes.

mod functions;
mod json;
mod mariadb;
mod mysql;
mod singlestore;
mod singlestore_json;

use std::borrow::Cow;

use orm_schema::{ColumnDef, FieldType, IndexKind};

use super::render::{
    self, KeyKind, Like, Needle, Result, Spelling, Writer, like_pattern, literal_text, unsupported,
};
use super::{Dialect, Features, RenderError, Sql};
use crate::ast::{
    CastTo, Copying, DateUnit, Ddl, Expr, Func, Insert, Json, JsonKind, LikeKind, OnConflict,
    Order, Statement, Wide,
};
use crate::value::Value;

pub(super) use json::no_member;
pub use mariadb::MariaDb;
pub use mysql::MySql;
pub use singlestore::SingleStore;

/// Appends a name in backticks, a backtick in it doubled.
pub(super) fn write_identifier(out: &mut String, name: &str) {
    super::quote(out, name, '`');
}

/// A session in which the backslash is an ordinary character, because `sql_mode` holds
/// NO_BACKSLASH_ESCAPES: the same SQL, other text literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoBackslashEscapes<D>(pub D);

/// A member of the family.
pub(super) trait Member: std::fmt::Debug + Send + Sync + 'static {
    const NAME: &'static str;
    const FEATURES: &'static Features;

    /// A parameter among expressions, where its type decides how it compares.
    fn param(w: &mut Writer<'_>, value: &Value);

    /// An expression as a 64-bit float.
    fn double(w: &mut Writer<'_>, expr: &Expr) -> Result {
        w.push("CAST(");
        w.expr(expr)?;
        w.push(" AS DOUBLE)");
        Ok(())
    }

    /// A value as the column of a recursive table.
    fn wide(w: &mut Writer<'_>, expr: &Expr, wide: Wide) -> Result {
        functions::wide(w, expr, wide)
    }

    /// The pattern that is sent for a regular expression.
    fn pattern(pattern: &str, ignore_case: bool) -> String {
        // Text columns have a collation by code point, so a match looks at case unless told. Both
        // ICU (MySQL 8) and PCRE (MariaDB) know the switch.
        match ignore_case {
            true => format!("(?i){pattern}"),
            false => pattern.to_owned(),
        }
    }

    /// Regular expression match with such a pattern.
    fn regex(w: &mut Writer<'_>, expr: &Expr, pattern: String, _ignore_case: bool) -> Result {
        w.operand(expr)?;
        w.push(" REGEXP ");
        w.mark(Value::Text(pattern));
        Ok(())
    }

    /// The start of a unit that a date, or an instant, is in.
    fn trunc(w: &mut Writer<'_>, unit: DateUnit, instant: bool, date: &Expr) -> Result {
        functions::trunc(w, unit, instant, date)
    }

    /// A question to a JSON document.
    fn json(w: &mut Writer<'_>, json: &Json) -> Result;

    /// A value as a member of a JSON document.
    fn json_member(w: &mut Writer<'_>, kind: JsonKind, value: &Expr) -> Result;

    /// A text in a collation.
    fn collate(w: &mut Writer<'_>, text: &Expr, name: &str) -> Result {
        w.push("(");
        w.operand(text)?;
        w.push(" COLLATE ");
        w.push(name);
        w.push(")");
        Ok(())
    }

    /// Whether `^` is known to be the exclusive or of bits, and no power.
    const XOR: bool = true;

    /// The functions that make a JSON array and a JSON object.
    const JSON_MAKERS: (&'static str, &'static str) = ("JSON_ARRAY", "JSON_OBJECT");

    /// The clock in UTC, with microseconds.
    const NOW: &'static str = "UTC_TIMESTAMP(6)";

    /// The word after INSERT for rows whose key is taken.
    fn insert_modifier(_insert: &Insert) -> &'static str {
        ""
    }

    /// The clause for rows that are left out when their key is taken.
    fn ignore(w: &mut Writer<'_>, insert: &Insert) {
        // Not INSERT IGNORE: that would also turn NULLs, overlong values and missing parents into
        // warnings. An assignment of a column to itself changes nothing.
        let column = insert.columns.first().map_or("", |c| c);
        w.push(" ON DUPLICATE KEY UPDATE ");
        w.name(column);
        w.push(" = ");
        w.name(&insert.table);
        w.push(".");
        w.name(column);
    }

    /// The type of a column, where it is not the family's.
    fn column_type(_ty: &FieldType) -> Option<Cow<'static, str>> {
        None
    }

    /// SQL text as a column's default.
    fn default_sql(sql: &str) -> String {
        format!("({sql})")
    }

    fn default_in_parentheses(_ty: &FieldType) -> bool {
        false
    }

    fn computed(ty: &str, sql: &str) -> String {
        format!("{ty} GENERATED ALWAYS AS ({sql}) STORED")
    }

    fn create_table_words(_table: &orm_schema::TableDef) -> &'static str {
        "TABLE"
    }

    fn storage_clauses(_table: &orm_schema::TableDef) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    const TABLE_OPTIONS: &'static str =
        " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin";

    fn index_kind(kind: Option<IndexKind>) -> KeyKind {
        match kind {
            // InnoDB has no hash index; its trees serve equality as well.
            None | Some(IndexKind::Hash) => KeyKind::Key("KEY", ""),
            Some(IndexKind::Btree) => KeyKind::Key("KEY", " USING BTREE"),
            Some(IndexKind::Fulltext) => KeyKind::Key("FULLTEXT KEY", ""),
            Some(IndexKind::Vector) => KeyKind::Missing(
                "only SingleStore has vector indexes here; leave out the kind or the index",
            ),
        }
    }
}

/// A member in one of its two modes of text literals.
pub(super) trait Mode: std::fmt::Debug + Send + Sync + 'static {
    type Member: Member;
    /// Whether the backslash escapes in literals.
    const BACKSLASH: bool;
}

impl<M: Member> Mode for M {
    type Member = M;
    const BACKSLASH: bool = true;
}

impl<M: Member> Mode for NoBackslashEscapes<M> {
    type Member = M;
    const BACKSLASH: bool = false;
}

impl<T: Mode> Dialect for T {
    fn name(&self) -> &'static str {
        <T::Member as Member>::NAME
    }

    fn features(&self) -> &Features {
        <T::Member as Member>::FEATURES
    }

    fn write_identifier(&self, out: &mut String, name: &str) {
        write_identifier(out, name);
    }

    fn write_literal(&self, out: &mut String, value: &Value) -> Result<(), RenderError> {
        literal_text(self, out, value, |out, text| {
            write_text(out, text, T::BACKSLASH)
        })
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

/// Appends a text literal. A quote is doubled, which is right in both modes; the backslash and NUL
/// need care only where the backslash escapes.
fn write_text(out: &mut String, text: &str, backslash: bool) {
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' => out.push_str("''"),
            '\\' if backslash => out.push_str("\\\\"),
            '\0' if backslash => out.push_str("\\0"),
            c => out.push(c),
        }
    }
    out.push('\'');
}

impl<T: Mode> Spelling for T {
    fn dialect(&self) -> &dyn Dialect {
        self
    }

    fn param(&self, w: &mut Writer<'_>, value: &Value) -> Result {
        <T::Member as Member>::param(w, value);
        Ok(())
    }

    fn double(&self, w: &mut Writer<'_>, expr: &Expr) -> Result {
        <T::Member as Member>::double(w, expr)
    }

    fn null_safe_eq(&self) -> &'static str {
        " <=> "
    }

    fn needle(&self, like: &Like<'_>) -> Result<Needle> {
        let escape_clause = self.features().like_escape;
        // Without the clause nobody knows whether a backslash escapes under NO_BACKSLASH_ESCAPES: it
        // does on MariaDB, against the documentation.
        if !escape_clause && !T::BACKSLASH {
            match like.kind {
                LikeKind::Pattern if like.text.contains('\\') => {
                    return Err(unsupported(
                        self,
                        "a pattern with a backslash under NO_BACKSLASH_ESCAPES",
                        "use `contains`, `starts_with` or `ends_with`, or leave the mode out",
                    ));
                }
                LikeKind::Pattern => {}
                _ if like.text.contains(['%', '_', '\\']) => {
                    return Ok(Needle {
                        text: like.text.to_owned(),
                        plain: true,
                    });
                }
                _ => {}
            }
        }
        let escape = if escape_clause { '|' } else { '\\' };
        let text = like_pattern(like.kind, like.text, '%', |out, c| {
            let special = c == escape || c == '%' || c == '_';
            if special && (escape_clause || T::BACKSLASH) {
                out.push(escape);
            }
            out.push(c);
        });
        Ok(Needle { text, plain: false })
    }

    fn like(&self, w: &mut Writer<'_>, like: &Like<'_>, needle: Needle) -> Result {
        if needle.plain {
            return find(w, like, &needle.text);
        }
        let pattern = needle.text;
        if like.ignore_case {
            w.lower(like.expr)?;
            w.push(" LIKE LOWER(");
            w.mark(Value::Text(pattern));
            w.push(")");
        } else {
            w.operand(like.expr)?;
            w.push(" LIKE ");
            w.mark(Value::Text(pattern));
        }
        if self.features().like_escape {
            // Named, because without it NO_BACKSLASH_ESCAPES decides whether there is one.
            w.push(" ESCAPE '|'");
        }
        Ok(())
    }

    fn pattern(&self, pattern: &str, ignore_case: bool) -> String {
        <T::Member as Member>::pattern(pattern, ignore_case)
    }

    fn regex(&self, w: &mut Writer<'_>, expr: &Expr, pattern: String, ignore_case: bool) -> Result {
        <T::Member as Member>::regex(w, expr, pattern, ignore_case)
    }

    fn func(&self, w: &mut Writer<'_>, func: Func, args: &[Expr]) -> Result {
        functions::func::<T::Member>(w, func, args)
    }

    fn cast(&self, w: &mut Writer<'_>, expr: &Expr, to: CastTo) -> Result {
        functions::cast::<T::Member>(w, expr, to)
    }

    fn json(&self, w: &mut Writer<'_>, json: &Json) -> Result {
        <T::Member as Member>::json(w, json)
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

    fn default_row(&self) -> &'static str {
        " () VALUES ()"
    }

    fn on_conflict(&self, w: &mut Writer<'_>, insert: &Insert) -> Result {
        match &insert.on_conflict {
            None => {}
            // The rows handed back would include those in place.
            Some(OnConflict::Ignore) if !insert.returning.is_empty() => {
                return Err(w.refuse(
                    "RETURNING from an INSERT that leaves taken keys",
                    "read the rows back by their keys",
                ));
            }
            Some(OnConflict::Ignore) => <T::Member as Member>::ignore(w, insert),
            Some(OnConflict::Update { set, .. }) => {
                w.push(" ON DUPLICATE KEY UPDATE ");
                w.assignments(set)?;
            }
        }
        Ok(())
    }

    fn insert_modifier(&self, insert: &Insert) -> &'static str {
        <T::Member as Member>::insert_modifier(insert)
    }

    fn proposed(&self, w: &mut Writer<'_>, column: &str) {
        // Deprecated on MySQL since 8.0.20 in favour of a row alias, which the others lack.
        w.push("VALUES(");
        w.name(column);
        w.push(")");
    }

    fn column_type(&self, ty: &FieldType) -> Result<Cow<'static, str>> {
        match <T::Member as Member>::column_type(ty) {
            Some(name) => Ok(name),
            None => column_type(self, ty),
        }
    }

    fn collation(&self, column: &ColumnDef) -> Option<String> {
        let own = column.collation.clone();
        let text = column.ty.is_text() || matches!(column.ty, FieldType::Uuid | FieldType::Ip);
        own.or_else(|| text.then(|| self.features().text_collation.to_owned()))
    }

    fn default_sql(&self, column: &ColumnDef, sql: &str) -> String {
        if is_now(sql) && column.ty == FieldType::DateTime {
            "CURRENT_TIMESTAMP(6)".to_owned()
        } else {
            <T::Member as Member>::default_sql(sql)
        }
    }

    fn default_in_parentheses(&self, ty: &FieldType) -> bool {
        <T::Member as Member>::default_in_parentheses(ty)
    }

    fn computed(&self, _column: &ColumnDef, ty: &str, sql: &str, _altering: bool) -> String {
        <T::Member as Member>::computed(ty, sql)
    }

    fn create_table_words(&self, table: &orm_schema::TableDef) -> Result<&'static str> {
        Ok(<T::Member as Member>::create_table_words(table))
    }

    fn storage_clauses(&self, table: &orm_schema::TableDef) -> Result<Vec<String>> {
        <T::Member as Member>::storage_clauses(table)
    }

    fn table_options(&self) -> &'static str {
        <T::Member as Member>::TABLE_OPTIONS
    }

    fn index_kind(&self, kind: Option<IndexKind>) -> KeyKind {
        <T::Member as Member>::index_kind(kind)
    }
}

/// Whether a default in SQL words is the present time, which each database spells its own way.
pub(super) fn is_now(sql: &str) -> bool {
    let word = sql.trim().to_ascii_uppercase();
    let word = word.split('(').next().unwrap_or_default().trim_end();
    let plain = sql.matches('(').count() <= 1 && !sql.contains(['+', '-', ',']);
    plain && matches!(word, "CURRENT_TIMESTAMP" | "NOW" | "UTC_TIMESTAMP")
}

/// A text match without patterns, for where no escape character is known to work.
fn find(w: &mut Writer<'_>, like: &Like<'_>, text: &str) -> Result {
    let side = |w: &mut Writer<'_>| {
        if like.ignore_case {
            w.lower(like.expr)
        } else {
            w.expr(like.expr)
        }
    };
    let needle = |w: &mut Writer<'_>| {
        w.push(if like.ignore_case { "LOWER(" } else { "" });
        w.mark(Value::Text(text.to_owned()));
        w.push(if like.ignore_case { ")" } else { "" });
    };
    if like.kind == LikeKind::Contains {
        w.push("LOCATE(");
        needle(w);
        w.push(", ");
        side(w)?;
        w.push(") > 0");
        return Ok(());
    }
    w.push(if like.kind == LikeKind::EndsWith {
        "RIGHT("
    } else {
        "LEFT("
    });
    side(w)?;
    w.push(", CHAR_LENGTH(");
    needle(w);
    w.push(")) = ");
    needle(w);
    Ok(())
}

/// The family's table of types. `float` is DOUBLE: a FLOAT column loses digits on its way through
/// the text protocol, and never equals the number it was given.
fn column_type(d: &dyn Spelling, ty: &FieldType) -> Result<Cow<'static, str>> {
    Ok(match ty {
        FieldType::Bool => "BOOL".into(),
        FieldType::SmallInt { unsigned } => integer("SMALLINT", *unsigned),
        FieldType::Int { unsigned } => integer("INT", *unsigned),
        FieldType::BigInt { unsigned } => integer("BIGINT", *unsigned),
        FieldType::Float | FieldType::Double => "DOUBLE".into(),
        FieldType::Decimal { precision, scale } => format!("DECIMAL({precision}, {scale})").into(),
        FieldType::Char { max_length } => format!("CHAR({max_length})").into(),
        FieldType::Varchar { max_length } => format!("VARCHAR({max_length})").into(),
        FieldType::Text | FieldType::Vector { .. } | FieldType::Geography => "LONGTEXT".into(),
        FieldType::Binary { max_length } => match max_length {
            Some(n @ 0..=65_533) => format!("VARBINARY({n})").into(),
            _ => "LONGBLOB".into(),
        },
        FieldType::Date => "DATE".into(),
        FieldType::Time => "TIME(6)".into(),
        FieldType::DateTime => "DATETIME(6)".into(),
        FieldType::Duration => "BIGINT".into(),
        FieldType::Json => "JSON".into(),
        FieldType::Uuid => "CHAR(32)".into(),
        FieldType::Ip => "VARCHAR(39)".into(),
        FieldType::Sql(text) => text.clone().into(),
        FieldType::ForeignKey(_) | FieldType::OneToOne(_) | FieldType::ManyToMany(_) => {
            return Err(render::relation_column(d.dialect(), ty));
        }
    })
}

fn integer(name: &'static str, unsigned: bool) -> Cow<'static, str> {
    if unsigned {
        format!("{name} UNSIGNED").into()
    } else {
        name.into()
    }
}
