//! Values that a driver still owns.

use super::Value;

/// A value as a driver lends it for the time of a call: text and bytes are copied only by the types
/// that keep them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueRef<'a> {
    /// SQL NULL.
    Null,
    /// An integer.
    Int(i64),
    /// A 64-bit floating point number.
    Double(f64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl ValueRef<'_> {
    /// Whether the value is SQL NULL.
    pub fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Int(v) => Self::Int(v),
            ValueRef::Double(v) => Self::Double(v),
            ValueRef::Text(v) => Self::Text(v.to_owned()),
            ValueRef::Bytes(v) => Self::Bytes(v.to_vec()),
        }
    }
}
