//! Keys that the database numbers.

use std::fmt;

use orm_schema::FieldType;

use crate::value::{DbType, DecodeError, Value, ValueRef};

/// A key that the database hands out: unset before the insert, set after it.
///
/// ```
/// use orm::Auto;
/// let mut id = Auto::<i64>::unset();
/// assert_eq!(id.get(), None);
/// id = Auto::from(7);
/// assert_eq!(id.get(), Some(7));
/// assert_eq!(id, 7);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Auto<T>(Option<T>);

impl<T> Auto<T> {
    /// A key that the database will hand out.
    pub const fn unset() -> Self {
        Self(None)
    }

    /// Whether the key is known.
    pub fn is_set(&self) -> bool {
        self.0.is_some()
    }
}

impl<T: Clone> Auto<T> {
    /// The key, if it is known.
    pub fn get(&self) -> Option<T> {
        self.0.clone()
    }
}

impl<T> Default for Auto<T> {
    fn default() -> Self {
        Self::unset()
    }
}

impl<T> From<T> for Auto<T> {
    fn from(key: T) -> Self {
        Self(Some(key))
    }
}

impl<T: PartialEq> PartialEq<T> for Auto<T> {
    fn eq(&self, other: &T) -> bool {
        self.0.as_ref() == Some(other)
    }
}

impl<T: fmt::Debug> fmt::Debug for Auto<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(key) => key.fmt(f),
            None => f.write_str("unset"),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Auto<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(key) => key.fmt(f),
            None => f.write_str("unset"),
        }
    }
}

impl<T: DbType> DbType for Auto<T> {
    const TYPE: FieldType = T::TYPE;
    fn to_value(&self) -> Value {
        self.0.to_value()
    }
    #[inline]
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        Option::<T>::from_value(value).map(Self)
    }
    #[inline]
    fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
        Option::<T>::from_ref(value).map(Self)
    }
}
