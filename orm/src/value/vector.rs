//! Vectors of numbers to search by nearness.

use orm_schema::FieldType;

use super::{DbType, DecodeError, Value};

/// A vector of `N` 32-bit floats.
///
/// ```
/// use orm::Vector;
/// let v = Vector::from([0.5, 0.25]);
/// assert_eq!(v.as_slice(), [0.5, 0.25]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Vector<const N: usize>(Box<[f32; N]>);

impl<const N: usize> Vector<N> {
    /// The elements.
    pub fn as_slice(&self) -> &[f32] {
        self.0.as_slice()
    }
}

impl<const N: usize> From<[f32; N]> for Vector<N> {
    fn from(elements: [f32; N]) -> Self {
        Self(Box::new(elements))
    }
}

impl<const N: usize> TryFrom<Vec<f32>> for Vector<N> {
    type Error = DecodeError;
    fn try_from(elements: Vec<f32>) -> Result<Self, DecodeError> {
        let found = elements.len();
        elements
            .into_boxed_slice()
            .try_into()
            .map(Self)
            .map_err(|_| {
                DecodeError::new("vector", format!("{found} elements where {N} are expected"))
            })
    }
}

impl<const N: usize> DbType for Vector<N> {
    const TYPE: FieldType = FieldType::Vector { dim: N as u32 };
    fn to_value(&self) -> Value {
        Value::Vector(self.0.to_vec())
    }
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        let text = match value {
            Value::Vector(v) => return v.try_into(),
            other => String::from_value(other)?,
        };
        let inner = text
            .trim()
            .strip_prefix('[')
            .and_then(|t| t.strip_suffix(']'));
        let elements = inner
            .ok_or_else(|| DecodeError::new("vector", format!("`{text}` is no list of numbers")))?
            .split(',')
            .filter(|e| !e.trim().is_empty())
            .map(|e| e.trim().parse::<f32>());
        elements
            .collect::<Result<Vec<f32>, _>>()
            .map_err(|e| DecodeError::new("vector", e.to_string()))?
            .try_into()
    }
}
