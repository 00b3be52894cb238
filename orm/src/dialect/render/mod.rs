//! Rendering of the AST: one code for all dialects, steered by [`Features`](super::Features) and by
//! the few nodes that a dialect spells itself ([`Spelling`]).
//!
//! The text is a function of the statement alone: equal statements have equal text, and statements
//! that differ only in values have equal text too, so that servers and caches know them again.

mod aggregate;
mod copying;
mod ddl;
mod delete;
mod expr;
mod insert;
mod late;
mod nearest;
mod scope;
mod select;
mod shape;
mod table;
mod update;
mod window;
mod with;

pub(super) use copying::render as render_copying;
pub(super) use ddl::render as render_ddl;
pub(super) use expr::{like_pattern, literal_text};
pub(super) use scope::{any_column, correlated, names_decimals};
pub(crate) use scope::{no_selects, reads_table, single_table};
pub(super) use table::KeyKind;
pub(crate) use with::is_recursive;
pub(super) use with::{Used, refuse_varying, uses, uses_tables, varies};

use std::borrow::Cow;
use std::fmt::Write as _;

use orm_schema::{ColumnDef, FieldType};

use super::{Dialect, Features, RenderError, Sql};
use crate::ast::{Alias, CastTo, Expr, Func, Json, LikeKind, Order, RawSql, Statement};
use crate::value::Value;

pub(super) type Result<T = (), E = RenderError> = std::result::Result<T, E>;

/// The nodes that each dialect spells itself.
pub(super) trait Spelling: Dialect {
    /// The dialect as the public trait.
    fn dialect(&self) -> &dyn Dialect;

    /// Tells dialects apart, also those that have one name.
    fn id(&self) -> std::any::TypeId {
        std::any::TypeId::of::<Self>()
    }

    /// A parameter among expressions, where its type decides how it compares.
    fn param(&self, w: &mut Writer<'_>, value: &Value) -> Result;

    /// An expression as a 64-bit float.
    fn double(&self, w: &mut Writer<'_>, expr: &Expr) -> Result;

    /// What a mean or a spread is taken of, where it is to be a floating point number.
    fn averaged(&self, w: &mut Writer<'_>, expr: &Expr) -> Result {
        self.double(w, expr)
    }

    /// The operator of equality in which two NULLs are equal.
    fn null_safe_eq(&self) -> &'static str;

    /// What a text match other than the whole text looks for.
    fn needle(&self, like: &Like<'_>) -> Result<Needle>;

    /// Text match other than the whole text.
    fn like(&self, w: &mut Writer<'_>, like: &Like<'_>, needle: Needle) -> Result;

    /// The pattern that is sent for a regular expression.
    fn pattern(&self, pattern: &str, _ignore_case: bool) -> String {
        pattern.to_owned()
    }

    /// Regular expression match with such a pattern.
    fn regex(&self, w: &mut Writer<'_>, expr: &Expr, pattern: String, ignore_case: bool) -> Result;

    /// A function.
    fn func(&self, w: &mut Writer<'_>, func: Func, args: &[Expr]) -> Result;

    /// A value as another type.
    fn cast(&self, w: &mut Writer<'_>, expr: &Expr, to: CastTo) -> Result;

    /// The texts of a group one after the other.
    fn group_concat(
        &self,
        w: &mut Writer<'_>,
        expr: &Expr,
        distinct: bool,
        separator: &str,
        order_by: &[Order],
    ) -> Result;

    /// A question to a JSON document.
    fn json(&self, w: &mut Writer<'_>, json: &Json) -> Result;

    /// The name of the sum and mean of exact decimals.
    fn decimal_aggregate(&self, name: &'static str) -> &'static str {
        name
    }

    /// What an aggregate that is called so is given.
    fn decimal_argument(&self, w: &mut Writer<'_>, arg: &Expr) -> Result {
        w.expr(arg)
    }

    /// `INSERT …` of one row of defaults, after the table's name.
    fn default_row(&self) -> &'static str;

    /// The clause for rows whose key is taken.
    fn on_conflict(&self, w: &mut Writer<'_>, insert: &crate::ast::Insert) -> Result;

    /// The word after INSERT for rows whose key is taken.
    fn insert_modifier(&self, _insert: &crate::ast::Insert) -> &'static str {
        ""
    }

    /// The value that was to be inserted, in the clause for rows whose key is taken.
    fn proposed(&self, w: &mut Writer<'_>, column: &str);

    /// The type of a column, without collation.
    fn column_type(&self, ty: &FieldType) -> Result<Cow<'static, str>>;

    /// The collation to write after a column's type.
    fn collation(&self, column: &ColumnDef) -> Option<String>;

    /// SQL text as a column's default.
    fn default_sql(&self, column: &ColumnDef, sql: &str) -> String;

    /// Whether a literal default of this type must stand in parentheses.
    fn default_in_parentheses(&self, _ty: &FieldType) -> bool {
        false
    }

    /// A computed column, all of it after the name; `altering` in ADD COLUMN.
    fn computed(&self, column: &ColumnDef, ty: &str, sql: &str, altering: bool) -> String;

    /// Whether the automatic key is declared at its column (SQLite).
    fn inline_auto_key(&self) -> bool {
        false
    }

    /// What follows a foreign key.
    fn foreign_key_suffix(&self) -> &'static str {
        ""
    }

    /// The words between CREATE and the table's name.
    fn create_table_words(&self, _table: &orm_schema::TableDef) -> Result<&'static str> {
        Ok("TABLE")
    }

    /// Clauses of a table beside its columns and keys: shard key and sort key.
    fn storage_clauses(&self, _table: &orm_schema::TableDef) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// What follows the closing parenthesis of CREATE TABLE, but for the comment.
    fn table_options(&self) -> &'static str {
        ""
    }

    /// How a kind of index is written.
    fn index_kind(&self, kind: Option<orm_schema::IndexKind>) -> KeyKind;
}

/// A text match, taken apart.
pub(super) struct Like<'a> {
    pub(super) expr: &'a Expr,
    pub(super) kind: LikeKind,
    pub(super) text: &'a str,
    pub(super) ignore_case: bool,
}

/// What a text match looks for, as the parameter that it is sent in.
pub(super) struct Needle {
    pub(super) text: String,
    /// Whether it is the text as it is, because no escape character is known to work; else a pattern.
    pub(super) plain: bool,
}

impl Like<'_> {
    /// What it looks for in this dialect.
    fn needle(&self, d: &dyn Spelling) -> Result<Needle> {
        match self.kind {
            LikeKind::Exact => Ok(Needle {
                text: self.text.to_owned(),
                plain: true,
            }),
            _ => d.needle(self),
        }
    }
}

/// The table of an UPDATE, DELETE or INSERT: its columns are qualified by its own name, because not
/// every database takes an alias there.
#[derive(Clone, Copy)]
struct Target<'s> {
    /// The alias in the AST; `None` takes any.
    alias: Option<Alias>,
    table: &'s str,
}

/// Collects text and parameters.
pub(super) struct Writer<'s> {
    pub(super) d: &'s dyn Spelling,
    out: String,
    params: Vec<Value>,
    marks: Vec<u32>,
    target: Option<Target<'s>>,
    /// Whether assigned columns are named with their table, because others are joined.
    qualified: bool,
    /// Derived tables that the renderer added, for their names.
    wraps: u16,
    /// Whether values are written as literals, because they are too many for parameters.
    written: bool,
    /// Whether what is written stands in a NOT.
    negated: bool,
    /// Whether each select that uses named tables holds them itself.
    with_within: bool,
    /// Whether no value may travel beside the text.
    inline: bool,
}

impl<'s> Writer<'s> {
    fn new(d: &'s dyn Spelling) -> Self {
        Self {
            d,
            out: String::with_capacity(256),
            params: Vec::with_capacity(4),
            marks: Vec::with_capacity(4),
            target: None,
            qualified: false,
            wraps: 0,
            written: false,
            negated: false,
            with_within: false,
            inline: false,
        }
    }

    /// Appends text as it is.
    pub(super) fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Appends the alias of a table, `t0`.
    pub(in crate::dialect) fn alias(&mut self, alias: Alias) {
        self.push("t");
        match alias.0 {
            // Nearly all of them, without the machinery of formatting.
            digit @ 0..10 => self.out.push(char::from(b'0' + digit as u8)),
            number => self.number(number),
        }
    }

    /// Appends a number.
    pub(super) fn number(&mut self, n: impl std::fmt::Display) {
        // Writing to a String never fails.
        let _ = write!(self.out, "{n}");
    }

    /// Appends a quoted name.
    pub(super) fn name(&mut self, name: &str) {
        self.d.write_identifier(&mut self.out, name);
    }

    /// Appends quoted names with commas between.
    pub(super) fn names<S: AsRef<str>>(&mut self, names: &[S]) {
        self.list(names, |w, n| {
            w.name(n.as_ref());
            Ok(())
        })
        .expect("writing names does not fail");
    }

    /// Refuses a collation's name that is no plain word.
    pub(super) fn collation_name(&self, name: &str) -> Result {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        match !name.is_empty() && name.bytes().all(plain) {
            true => Ok(()),
            false => Err(self.refuse(
                format!("the collation `{name}`"),
                "name one of letters, digits and `_`, as in `utf8mb4_general_ci`",
            )),
        }
    }

    /// Appends a parameter.
    pub(super) fn mark(&mut self, value: Value) {
        // What has no literal is no parameter either: the backend refuses it.
        if self.written && self.d.write_literal(&mut self.out, &value).is_ok() {
            return;
        }
        self.marks.push(self.out.len() as u32);
        self.params.push(value);
        self.push("?");
    }

    /// Has no value of the statement travel beside the text.
    pub(in crate::dialect) fn inline(&mut self) {
        self.inline = true;
    }

    /// Appends items with commas between.
    pub(super) fn list<T>(
        &mut self,
        items: &[T],
        mut each: impl FnMut(&mut Self, &T) -> Result,
    ) -> Result {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            each(self, item)?;
        }
        Ok(())
    }

    /// The alias of a derived table that the renderer adds: `w0`, `w1`, … never clash with `t0`, ….
    pub(super) fn wrap_alias(&mut self) -> String {
        self.wraps += 1;
        format!("w{}", self.wraps - 1)
    }

    /// SQL text with parameters.
    fn raw(&mut self, raw: &RawSql) -> Result {
        for (i, part) in raw.parts.iter().enumerate() {
            self.inline |= searches_by_fields(part);
            self.push(part);
            if let Some(param) = raw.params.get(i) {
                match param {
                    Expr::Value(v) => self.mark(v.clone()),
                    other => self.operand(other)?,
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Sql {
        Sql {
            text: self.out.into(),
            params: self.params,
            marks: self.marks.into(),
            point: false,
            reference: false,
            inline: self.inline,
        }
    }
}

/// Whether a text of the program's own may be a search of SingleStore's full text of version 2. Being
/// wrong costs a parameter, no more.
fn searches_by_fields(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let calls = ["BM25", "AGAINST"];
    words
        .into_iter()
        .any(|w| calls.iter().any(|call| w.eq_ignore_ascii_case(call)))
}

/// An error for what a dialect has no form of.
pub(super) fn unsupported(
    d: &dyn Dialect,
    feature: impl Into<String>,
    hint: impl Into<String>,
) -> RenderError {
    RenderError::Unsupported {
        dialect: d.name(),
        feature: feature.into(),
        hint: hint.into(),
    }
}

/// Renders a statement on rows; the text of a shape that was rendered before is found again.
pub(super) fn render(d: &dyn Spelling, statement: &Statement) -> Result<Sql> {
    shape::render(d, statement)
}

/// Renders a statement on rows, and tells whether it was rewritten.
fn render_anew(d: &dyn Spelling, statement: &Statement) -> Result<(Sql, bool)> {
    let statement = super::rewrite::rewrite(d.dialect(), statement)?;
    let rewritten = matches!(statement, Cow::Owned(_));
    let mut w = Writer::new(d);
    w.with(&statement)?;
    match &*statement {
        Statement::Select(select) => w.statement(select)?,
        Statement::SetOperation(operation) => w.set_operation(operation)?,
        Statement::Insert(insert) => w.insert(insert)?,
        Statement::Update(update) => w.update(update)?,
        Statement::Delete(delete) => w.delete(delete)?,
        Statement::Raw(raw) => w.raw(raw)?,
    }
    Ok((w.finish(), rewritten))
}

/// Which of some expressions is the same as another; how the nearest vectors are found makes no other.
fn same<'e>(mut among: impl Iterator<Item = &'e Expr>, expr: &Expr) -> Option<usize> {
    let expr = nearest::plain(expr);
    among.position(|e| nearest::plain(e) == expr)
}

/// How many items of `width` values each a list of `n` is padded to; a list that would then take most
/// of a statement's parameters stays as it is.
fn padded(features: &Features, n: usize, width: usize) -> usize {
    let padded = n.next_power_of_two();
    if features.bounded_shapes && padded * width <= features.max_params / 2 {
        padded
    } else {
        n
    }
}

/// An error for a column whose type is a relation, which is a fault of the caller.
pub(super) fn relation_column(d: &dyn Dialect, ty: &FieldType) -> RenderError {
    unsupported(
        d,
        format!("a column of the type {}", ty.name()),
        "give the column the type of the key it refers to",
    )
}
