//! The cases: every node of the AST and every statement on the schema.

mod copying;
mod rows;
mod schema;

use orm::ast::{Alias, Copying, Ddl, Expr, Select, SelectItem, Statement};
use orm::value::Value;

/// A statement.
pub(crate) enum What {
    Rows(Statement),
    Schema(Ddl),
    Copying(Copying),
}

/// A statement with its name.
pub(crate) struct Case {
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    pub(crate) what: What,
}

/// All cases, in an order in which an engine can run them.
pub(crate) fn all() -> Vec<Case> {
    let mut out = schema::create();
    out.extend(rows::all());
    out.extend(copying::all());
    out.extend(schema::alter());
    out
}

pub(crate) fn col(table: u16, name: &'static str) -> Expr {
    Expr::column(Alias(table), name)
}

pub(crate) fn val(value: impl Into<Val>) -> Expr {
    Expr::Value(value.into().0)
}

/// Values from Rust literals.
pub(crate) struct Val(pub(crate) Value);

impl From<i64> for Val {
    fn from(v: i64) -> Self {
        Self(Value::Int(v))
    }
}
impl From<f64> for Val {
    fn from(v: f64) -> Self {
        Self(Value::Double(v))
    }
}
impl From<&str> for Val {
    fn from(v: &str) -> Self {
        Self(Value::Text(v.to_owned()))
    }
}
impl From<Value> for Val {
    fn from(v: Value) -> Self {
        Self(v)
    }
}

pub(crate) fn item(expr: Expr) -> SelectItem {
    SelectItem { expr, alias: None }
}

pub(crate) fn item_as(expr: Expr, alias: &'static str) -> SelectItem {
    SelectItem {
        expr,
        alias: Some(alias.into()),
    }
}

/// `SELECT columns FROM table`.
pub(crate) fn select(table: &'static str, alias: u16, columns: &[&'static str]) -> Select {
    Select {
        columns: columns.iter().map(|c| item(col(alias, c))).collect(),
        ..Select::from_table(table, Alias(alias))
    }
}
