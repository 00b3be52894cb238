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
            // Where the session's `vector_type_project_format` is binary; a text may come as bytes, too.
            Value::Bytes(bytes) => match String::from_utf8(bytes) {
                Ok(text) if elements(&text).is_ok_and(|e| e.len() == N) => text,
                Ok(text) => return binary(text.as_bytes()),
                Err(error) => return binary(error.as_bytes()),
            },
            other => String::from_value(other)?,
        };
        elements(&text)
            .map_err(|why| DecodeError::new("vector", why))?
            .try_into()
    }
}

/// The elements in their binary form: 32-bit floats, the lowest byte first.
fn binary<const N: usize>(bytes: &[u8]) -> Result<Vector<N>, DecodeError> {
    let (floats, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        let found = format!("{} bytes are no 32-bit floats", bytes.len());
        return Err(DecodeError::new("vector", found));
    }
    let floats: Vec<f32> = floats.iter().map(|f| f32::from_le_bytes(*f)).collect();
    floats.try_into()
}

/// The elements of a list in text: `[0.5,0.25]`.
pub(crate) fn elements(text: &str) -> Result<Vec<f32>, String> {
    let inner = text.trim().strip_prefix('[');
    let inner = inner.and_then(|t| t.strip_suffix(']'));
    let inner = inner.ok_or_else(|| format!("`{text}` is no list of numbers"))?;
    if inner.trim().is_empty() {
        return Ok(Vec::new());
    }
    let number = |e: &str| {
        e.trim()
            .parse::<f32>()
            .map_err(|why| format!("`{e}`: {why}"))
    };
    inner.split(',').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_a_server_sends_is_read_in_either_form(values in proptest::array::uniform3(proptest::num::f32::NORMAL)) {
            let vector = Vector::from(values);
            let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            prop_assert_eq!(Vector::<3>::from_value(Value::Bytes(bytes)).expect("reads"), vector.clone());
            let text = format!("[{:e}, {} ,{:?}]", values[0], values[1], values[2]);
            prop_assert_eq!(Vector::<3>::from_value(Value::Bytes(text.clone().into_bytes())).expect("reads"), vector.clone());
            prop_assert_eq!(Vector::<3>::from_value(Value::Text(text)).expect("reads"), vector);
        }
    }

    #[test]
    fn what_is_no_vector_of_the_length_is_refused() {
        for text in ["", "[", "[1,2]", "[1,2,3,4]", "[1,,3]", "[1,2,x]", "1,2,3"] {
            assert!(
                Vector::<3>::from_value(Value::Text(text.into())).is_err(),
                "{text}"
            );
            assert!(
                Vector::<3>::from_value(Value::Bytes(text.into())).is_err(),
                "{text}"
            );
        }
        assert!(Vector::<3>::from_value(Value::Null).is_err());
        assert!(Vector::<3>::from_value(Value::Bytes(vec![0; 13])).is_err());
    }
}
