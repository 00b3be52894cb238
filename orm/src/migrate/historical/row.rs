//! A row whose columns are found by name.

use std::sync::Arc;

use super::HistoricalError;
use super::shape::Shape;
use super::values::{IntoColumn, canonical, fitting};
use crate::value::{DbType, Value};

/// A row of a model as it was at a point of history.
#[derive(Debug, Clone)]
pub struct DynRow {
    pub(super) shape: Arc<Shape>,
    /// By column; `None` in a new row that was not given it.
    pub(super) values: Vec<Option<Value>>,
    /// By column, whether it was set since the row was read or written.
    pub(super) set: Vec<bool>,
    /// The key under which it stands in the table; `None` for a new row.
    pub(super) stands: Option<Vec<Value>>,
}

impl DynRow {
    pub(super) fn read(shape: &Arc<Shape>, values: &mut [Value]) -> Self {
        let columns = shape.columns.iter().zip(values);
        let values: Vec<Option<Value>> = columns
            .map(|(c, v)| Some(canonical(&c.ty, std::mem::take(v))))
            .collect();
        let mut row = Self {
            set: vec![false; values.len()],
            shape: Arc::clone(shape),
            values,
            stands: None,
        };
        row.stands = row.key();
        row
    }

    pub(super) fn new(shape: &Arc<Shape>) -> Self {
        let width = shape.columns.len();
        Self {
            shape: Arc::clone(shape),
            values: vec![None; width],
            set: vec![false; width],
            stands: None,
        }
    }

    /// Reads a column, by its name or that of its field; a relation is the key of the row that it
    /// leads to.
    ///
    /// # Errors
    /// [`HistoricalError::NoColumn`], [`HistoricalError::Decode`] if the value does not fit `T`.
    pub fn get<T: DbType>(&self, column: &str) -> Result<T, HistoricalError> {
        let value = self.value(column)?.clone();
        let named = |e: crate::value::DecodeError| e.in_column(column);
        T::from_value(value).map_err(|e| named(e).into())
    }

    /// The value of a column as it is.
    ///
    /// # Errors
    /// [`HistoricalError::NoColumn`], and if a new row was not given it.
    pub fn value(&self, column: &str) -> Result<&Value, HistoricalError> {
        let at = self.shape.column(column)?;
        self.values[at].as_ref().ok_or_else(|| {
            self.shape
                .misfit(at, "has no value in this row, which is not inserted yet")
        })
    }

    /// Sets a column, by its name or that of its field. Nothing is sent before
    /// [`save`](super::Models::save) or [`insert`](super::Models::insert).
    ///
    /// # Errors
    /// [`HistoricalError::NoColumn`]; [`HistoricalError::Value`] if the column cannot hold it: of
    /// another type, too long, out of range, NULL where there is none, or computed.
    pub fn set(
        &mut self,
        column: &str,
        value: impl IntoColumn,
    ) -> Result<&mut Self, HistoricalError> {
        let at = self.shape.column(column)?;
        let value = settable(&self.shape, at, value.into_column())?;
        self.values[at] = Some(value);
        self.set[at] = true;
        Ok(self)
    }

    /// The columns with their values, in the order of the fields.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Value)> {
        let columns = self.shape.columns.iter().zip(&self.values);
        columns.filter_map(|(c, v)| Some((c.name.as_str(), v.as_ref()?)))
    }

    /// The values of the primary key; `None` while one is not known.
    pub fn key(&self) -> Option<Vec<Value>> {
        let key = self.shape.key.iter();
        key.map(|&at| self.values[at].clone()).collect()
    }
}

/// The value to write into a column.
pub(super) fn settable(shape: &Shape, at: usize, value: Value) -> Result<Value, HistoricalError> {
    let column = &shape.columns[at];
    if column.computed {
        return Err(shape.misfit(at, "is computed by the database and cannot be set"));
    }
    if value.is_null() && !column.null {
        return Err(shape.misfit(at, "is NOT NULL; the value is NULL"));
    }
    fitting(shape, at, value)
}
