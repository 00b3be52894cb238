//! Own types as JSON documents.

use std::ops::{Deref, DerefMut};

use orm_schema::FieldType;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{DbType, DecodeError, Value};

/// A value kept as a JSON document in one column.
///
/// ```
/// use orm::Json;
/// let tags = Json(vec!["a".to_owned(), "b".to_owned()]);
/// assert_eq!(tags.len(), 2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> DbType for Json<T> {
    const TYPE: FieldType = FieldType::Json;

    /// A value that serde cannot write as JSON (a map whose keys are no texts) is sent as text that
    /// every database refuses as a document.
    fn to_value(&self) -> Value {
        Value::Json(serde_json::to_string(&self.0).unwrap_or_default())
    }

    fn from_value(value: Value) -> Result<Self, DecodeError> {
        let text = String::from_value(value)?;
        serde_json::from_str(&text)
            .map(Self)
            .map_err(|e| DecodeError::new("json", e.to_string()))
    }
}
