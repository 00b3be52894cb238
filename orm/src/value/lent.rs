//! Values that a driver still owns.

use super::{DecodeError, Value};

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
    /// Text as it was stored. SQLite holds what is not UTF-8 too: see [`to_value`](Self::to_value).
    Text(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl ValueRef<'_> {
    /// Whether the value is SQL NULL.
    pub fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    /// A copy that can be kept.
    ///
    /// # Errors
    /// [`DecodeError`] for text that is not UTF-8.
    pub fn to_value(self) -> Result<Value, DecodeError> {
        Ok(match self {
            Self::Null => Value::Null,
            Self::Int(v) => Value::Int(v),
            Self::Double(v) => Value::Double(v),
            Self::Text(v) => Value::Text(text(v)?.to_owned()),
            Self::Bytes(v) => Value::Bytes(v.to_vec()),
        })
    }

    /// About how many bytes it takes.
    #[cfg(feature = "sqlite")]
    pub(crate) fn size(self) -> usize {
        match self {
            Self::Text(v) | Self::Bytes(v) => v.len(),
            _ => 8,
        }
    }
}

/// The text that these bytes are.
#[inline]
pub(super) fn text(bytes: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes).map_err(not_utf8)
}

#[cold]
fn not_utf8(error: std::str::Utf8Error) -> DecodeError {
    DecodeError::new(
        "text",
        format!("text in the database is not UTF-8: {error}"),
    )
}
