//! Database values and their conversion from and to Rust types.
//!
//! A [`Value`] is what travels between the program and a driver. It knows the *kinds* of value that
//! matter to rendering and binding (a UUID is not just text), but nothing of a database. It has no
//! outside types either: chrono, uuid and the others convert at the ends, behind their features.

mod convert;
#[cfg(feature = "json")]
mod json;
mod lent;
mod row;
mod temporal;
mod vector;

pub use convert::{DbType, DecodeError};
#[cfg(feature = "json")]
pub use json::Json;
pub use lent::ValueRef;
pub use row::{RowReader, RowSet, RowSink};
pub use temporal::{CivilDate, CivilDateTime, CivilTime, now};
pub use vector::Vector;
#[cfg(feature = "sqlite")]
pub(crate) use vector::elements as vector_elements;

/// One value, on its way to or from a database.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// SQL NULL.
    #[default]
    Null,
    /// A truth value; drivers may hand it back as [`Value::Int`].
    Bool(bool),
    /// A signed integer; also durations, as microseconds.
    Int(i64),
    /// An unsigned integer.
    UInt(u64),
    /// A 32-bit floating point number.
    Float(f32),
    /// A 64-bit floating point number.
    Double(f64),
    /// An exact decimal, in plain digits: `-12.50`.
    Decimal(String),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A calendar date.
    Date(CivilDate),
    /// A time of day.
    Time(CivilTime),
    /// An instant in UTC.
    DateTime(CivilDateTime),
    /// A JSON document as text.
    Json(String),
    /// A UUID; stored as 32 hexadecimal digits.
    Uuid([u8; 16]),
    /// A vector of 32-bit floats.
    Vector(Vec<f32>),
}

impl Value {
    /// Whether the value is SQL NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// A short name of the kind of value, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::UInt(_) => "integer",
            Self::Float(_) | Self::Double(_) => "float",
            Self::Decimal(_) => "decimal",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Date(_) => "date",
            Self::Time(_) => "time",
            Self::DateTime(_) => "datetime",
            Self::Json(_) => "json",
            Self::Uuid(_) => "uuid",
            Self::Vector(_) => "vector",
        }
    }
}
