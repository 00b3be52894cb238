//! Answers of both sides in one form, to be compared.

use chrono::NaiveDate;
use orm::value::Value;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// NULL.
    Null,
    /// A number of any type.
    Number(f64),
    /// A text or a date.
    Text(String),
}

/// The rows of an answer.
pub type Table = Vec<Vec<Cell>>;

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<NaiveDate> for Cell {
    fn from(date: NaiveDate) -> Self {
        Self::Text(date.to_string())
    }
}

impl From<i64> for Cell {
    fn from(n: i64) -> Self {
        Self::Number(n as f64)
    }
}

impl From<i32> for Cell {
    fn from(n: i32) -> Self {
        Self::Number(n.into())
    }
}

impl From<f64> for Cell {
    fn from(n: f64) -> Self {
        Self::Number(n)
    }
}

impl From<Decimal> for Cell {
    fn from(n: Decimal) -> Self {
        n.to_f64().map_or(Self::Null, Self::Number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// What the database handed out for SQL text; a column of numbers may come as text.
impl From<&Value> for Cell {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(v) => Self::Number((*v).into()),
            Value::Int(v) => Self::Number(*v as f64),
            Value::UInt(v) => Self::Number(*v as f64),
            Value::Float(v) => Self::Number((*v).into()),
            Value::Double(v) => Self::Number(*v),
            Value::Decimal(v) | Value::Text(v) | Value::Json(v) => Self::Text(v.clone()),
            Value::Date(v) => Self::Text(v.to_string()),
            other => Self::Text(format!("{other:?}")),
        }
    }
}

/// Rows of tuples as a table.
pub trait IntoRow {
    /// The cells of one row.
    fn into_row(self) -> Vec<Cell>;
}

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)*) => {$(
        impl<$($name: Into<Cell>),+> IntoRow for ($($name,)+) {
            fn into_row(self) -> Vec<Cell> {
                vec![$(self.$index.into()),+]
            }
        }
    )*};
}
tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9;
}

/// A table of rows.
pub fn table<R: IntoRow>(rows: Vec<R>) -> Table {
    rows.into_iter().map(IntoRow::into_row).collect()
}

/// Where two answers differ first. Numbers are equal to eight digits: SQLite's hand-written sums are
/// floats, ours are exact.
pub fn difference(ours: &Table, theirs: &Table) -> Option<String> {
    if ours.len() != theirs.len() {
        return Some(format!("{} rows, not {}", ours.len(), theirs.len()));
    }
    for (n, (a, b)) in ours.iter().zip(theirs).enumerate() {
        let same = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b));
        if !same {
            return Some(format!("row {n}: {a:?}, not {b:?}"));
        }
    }
    None
}

fn same(a: &Cell, b: &Cell) -> bool {
    let number = |c: &Cell| match c {
        Cell::Number(n) => Some(*n),
        Cell::Text(t) => t.parse().ok(),
        Cell::Null => None,
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-8_f64.max(a.abs() * 1e-8) || (a - b).abs() < 6e-5,
        _ => a == b,
    }
}
