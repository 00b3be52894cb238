//! Answers of any type, to be held against each other.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;

use crate::model::{Sale, Shop};

/// A value of an answer; floats may differ in their last digits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Number(f64),
    /// Anything that is the same or not.
    Exact(String),
}

impl Cell {
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => {
                (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
            }
            _ => self == other,
        }
    }

    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Number(n) => n.to_string(),
            Self::Exact(text) => text.clone(),
        }
    }
}

pub(crate) type Answer = Vec<Vec<Cell>>;

pub(crate) fn same_rows(a: &[Cell], b: &[Cell]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(b))
}

pub(crate) fn same(a: &Answer, b: &Answer) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_rows(a, b))
}

pub(crate) fn shown(answer: &Answer) -> String {
    let row = |row: &Vec<Cell>| row.iter().map(Cell::shown).collect::<Vec<_>>().join(" ");
    answer.iter().map(row).collect::<Vec<_>>().join(" | ")
}

/// A row of an answer.
pub(crate) trait Cells {
    fn cells(self, out: &mut Vec<Cell>);
}

pub(crate) fn answer<T: Cells>(rows: Vec<T>) -> Answer {
    let row = |row: T| {
        let mut out = Vec::new();
        row.cells(&mut out);
        out
    };
    rows.into_iter().map(row).collect()
}

macro_rules! cells {
    ($($ty:ty: $value:ident => $cell:expr;)*) => {$(
        impl Cells for $ty {
            fn cells(self, out: &mut Vec<Cell>) {
                let $value = self;
                out.push($cell);
            }
        }
    )*};
}
cells! {
    i64: v => Cell::Exact(v.to_string());
    bool: v => Cell::Exact(v.to_string());
    f64: v => Cell::Number(v);
    Decimal: v => Cell::Exact(v.normalize().to_string());
    String: v => Cell::Exact(format!("'{v}'"));
    NaiveDate: v => Cell::Exact(v.to_string());
    NaiveTime: v => Cell::Exact(v.to_string());
    DateTime<Utc>: v => Cell::Exact(v.to_string());
    serde_json::Value: v => Cell::Exact(v.to_string());
}

impl<T: Cells> Cells for Option<T> {
    fn cells(self, out: &mut Vec<Cell>) {
        match self {
            None => out.push(Cell::Null),
            Some(value) => value.cells(out),
        }
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)*) => {$(
        impl<$($name: Cells),+> Cells for ($($name,)+) {
            fn cells(self, out: &mut Vec<Cell>) {
                $(self.$index.cells(out);)+
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
}

impl Cells for Sale {
    fn cells(self, out: &mut Vec<Cell>) {
        self.id.cells(out);
        self.shop.map(|shop| *shop.id()).cells(out);
        (self.n, self.m, self.x, self.price, self.cost).cells(out);
        (self.s, self.t, self.day, self.at, self.flag, self.doc).cells(out);
    }
}

impl Cells for Shop {
    fn cells(self, out: &mut Vec<Cell>) {
        (self.id, self.name, self.size).cells(out);
    }
}
