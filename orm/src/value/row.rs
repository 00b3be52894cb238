//! Rows as they come from a driver.

use std::sync::Arc;

use super::{DbType, DecodeError, Value};

/// Rows of one result, or one chunk of a streamed result, in one flat buffer.
///
/// One buffer for all rows keeps the allocations per row at what the values themselves need.
#[derive(Debug, Clone, Default)]
pub struct RowSet {
    /// The names of the columns.
    pub columns: Arc<[String]>,
    /// The values, row by row; its length is a multiple of the number of columns.
    pub values: Vec<Value>,
}

impl RowSet {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self.columns.len() {
            0 => 0,
            width => self.values.len() / width,
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands out each row in turn; its values can be taken out without a copy.
    pub fn rows(&mut self) -> impl Iterator<Item = RowReader<'_>> {
        let columns = &self.columns;
        self.values
            .chunks_exact_mut(columns.len().max(1))
            .map(move |values| RowReader::new(columns, values))
    }
}

/// Reads one row from left to right, taking the values out.
#[derive(Debug)]
pub struct RowReader<'a> {
    columns: &'a [String],
    values: &'a mut [Value],
    next: usize,
}

impl<'a> RowReader<'a> {
    /// Starts at the first column.
    pub fn new(columns: &'a [String], values: &'a mut [Value]) -> Self {
        Self {
            columns,
            values,
            next: 0,
        }
    }

    /// Decodes the next column.
    ///
    /// # Errors
    /// [`DecodeError`], with the column's name, if the value does not fit `T` or no column is left.
    #[inline]
    pub fn get<T: DbType>(&mut self) -> Result<T, DecodeError> {
        self.get_with(T::from_value)
    }

    /// Decodes the next column by a function.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[inline]
    pub fn get_with<T>(
        &mut self,
        read: impl FnOnce(Value) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let at = self.next;
        self.next += 1;
        let Some(slot) = self.values.get_mut(at) else {
            return Err(DecodeError::missing(at, self.columns.len()));
        };
        read(std::mem::take(slot))
            .map_err(|e| e.in_column(self.columns.get(at).map_or("?", String::as_str)))
    }

    /// The next column, not yet taken.
    pub fn peek(&self) -> Option<&Value> {
        self.values.get(self.next)
    }

    /// Passes over `n` columns.
    pub fn skip(&mut self, n: usize) {
        self.next += n;
    }

    /// Whether the next `n` columns are all NULL.
    pub fn all_null(&self, n: usize) -> bool {
        self.values[self.next.min(self.values.len())..]
            .iter()
            .take(n)
            .all(Value::is_null)
    }

    /// Columns not yet read.
    pub fn remaining(&self) -> usize {
        self.values.len().saturating_sub(self.next)
    }
}
