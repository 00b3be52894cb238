//! Objects whose model only they themselves know.

use std::any::Any;
use std::fmt;

use super::{Model, ModelMeta};
use crate::value::{DbType, DecodeError, Value};

/// An object of any model: what code that is written for all of them gets.
///
/// Every model is one; a reference to an object becomes `&dyn AnyModel` by itself.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// use orm::model::AnyModel;
/// use orm::value::Value;
/// let mut tag = Tag::get(&db, 1).await?;
/// let any: &mut dyn AnyModel = &mut tag;
/// assert_eq!((any.meta().name, any.get("name")), ("Tag", Some(Value::Text("rust".into()))));
/// assert!(any.set("name", "oxide".to_owned())?);
/// assert!(!any.set("colour", 7)?); // no such field
/// assert_eq!(any.downcast_ref::<Tag>().map(|t| t.name.as_str()), Some("oxide"));
/// # Ok(()) }) }
/// ```
pub trait AnyModel: Any + Send + Sync {
    /// Its model.
    fn meta(&self) -> &'static ModelMeta;

    /// The value of the column of this number.
    fn column_value(&self, column: usize) -> Value;

    /// Changes the value of the column of this number.
    ///
    /// # Errors
    /// [`DecodeError`] if the value does not fit the field.
    fn put_column_value(&mut self, column: usize, value: Value) -> Result<(), DecodeError>;

    /// The object, to be taken for what it is.
    fn as_any(&self) -> &dyn Any;

    /// The same, to change it.
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<M: Model> AnyModel for M {
    fn meta(&self) -> &'static ModelMeta {
        M::META
    }

    fn column_value(&self, column: usize) -> Value {
        self.value(column)
    }

    fn put_column_value(&mut self, column: usize, value: Value) -> Result<(), DecodeError> {
        self.put(column, value)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

impl dyn AnyModel {
    /// The value of a field; `None` if the model has no such field, or one without a column.
    pub fn get(&self, field: &str) -> Option<Value> {
        let column = self.meta().column_of(field)?;
        Some(self.column_value(column))
    }

    /// Changes the value of a field, and tells whether the model has it.
    ///
    /// # Errors
    /// [`DecodeError`] if the value does not fit the field.
    pub fn set(&mut self, field: &str, value: impl DbType) -> Result<bool, DecodeError> {
        let Some(column) = self.meta().column_of(field) else {
            return Ok(false);
        };
        self.put_column_value(column, value.into_value())?;
        Ok(true)
    }

    /// The values of the key, in the order of its columns; NULL for a part that is not known yet.
    pub fn key_values(&self) -> Vec<Value> {
        let key = self.meta().key.iter();
        key.map(|&c| self.column_value(c)).collect()
    }

    /// The object, if it is one of `M`.
    pub fn downcast_ref<M: Model>(&self) -> Option<&M> {
        self.as_any().downcast_ref()
    }

    /// The object to be changed, if it is one of `M`.
    pub fn downcast_mut<M: Model>(&mut self) -> Option<&mut M> {
        self.as_any_mut().downcast_mut()
    }
}

impl fmt::Debug for dyn AnyModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.meta().name, self.key_values())
    }
}

/// Finds the object behind a pointer that has forgotten its type.
pub type View = for<'o> fn(&'o (dyn Any + Send + Sync)) -> Option<&'o (dyn AnyModel + 'static)>;

/// The [`View`] of a model.
pub(super) fn view<M: Model>(
    object: &(dyn Any + Send + Sync),
) -> Option<&(dyn AnyModel + 'static)> {
    object.downcast_ref::<M>().map(|m| m as &dyn AnyModel)
}
