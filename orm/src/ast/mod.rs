//! Statements and expressions as plain, untyped data.
//!
//! The query layer builds it, a dialect renders it. It holds no SQL text but an explicit
//! [`RawSql`], and knows neither models nor databases. Every column of a select names its table by
//! an [`Alias`]; the dialect writes aliases as `t0`, `t1`, … so that equal queries have equal text.

mod copying;
mod ddl;
mod delete;
mod expr;
mod insert;
mod json;
mod place;
mod select;
mod update;
mod walk;
mod with;

use std::borrow::Cow;

pub use copying::{Comparison, Copying, KeyRange};
pub use ddl::{CopySource, Ddl};
pub use delete::Delete;
pub use expr::{
    AggregateFunc, BinaryOp, Bits, Bound, CastTo, DatePart, DateUnit, Expr, Fits, Func, LikeKind,
    Math, RawSql, VectorSearch, Wide, Window, WindowFunc,
};
pub use insert::{Insert, OnConflict};
pub use json::{Json, JsonKind, JsonOp, JsonStep};
pub use place::place;
pub(crate) use place::{aliases, place_select, same_but_aliases};
pub use select::{
    From, Join, JoinKind, Lock, Order, QueryOption, QueryOptions, Select, SelectItem, SetOp,
    SetOperation,
};
pub use update::Update;
pub use with::{Step, WithTable};

/// A table's or column's name.
pub type Name = Cow<'static, str>;

/// Names one occurrence of a table within a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Alias(pub u16);

/// Any statement on rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// SELECT.
    Select(Select),
    /// UNION, INTERSECT, EXCEPT.
    SetOperation(SetOperation),
    /// INSERT.
    Insert(Insert),
    /// UPDATE.
    Update(Update),
    /// DELETE.
    Delete(Delete),
    /// SQL text with parameters.
    Raw(RawSql),
}

macro_rules! from_part {
    ($($part:ident),*) => {$(
        impl std::convert::From<$part> for Statement {
            fn from(part: $part) -> Self {
                Self::$part(part)
            }
        }
    )*};
}
from_part!(Select, SetOperation, Insert, Update, Delete);
