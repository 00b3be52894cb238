//! Rows as they come from a driver.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::{DbType, DecodeError, Value, ValueRef};

/// Takes the rows of a result, on whatever thread the driver works: what becomes of them is decided
/// without a copy in between.
pub trait RowSink: Any + Send {
    /// Takes the names of the columns, once and before any row; a result without rows has them too.
    fn columns(&mut self, names: &Arc<[String]>);

    /// Makes room: the last result of the same statement had this many rows.
    fn expect(&mut self, rows: usize) {
        let _ = rows;
    }

    /// Takes one row; `false` says that no more are wanted.
    fn row(&mut self, row: &mut RowReader<'_>) -> bool;

    /// How many rows it holds.
    fn len(&self) -> usize;

    /// Whether it holds no row.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An empty one of the same kind, for the next chunk of a stream.
    fn fresh(&self) -> Box<dyn RowSink>;
}

impl fmt::Debug for dyn RowSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a sink with {} rows", self.len())
    }
}

/// Rows of one result, or one chunk of a streamed result, in one flat buffer.
///
/// One buffer for all rows keeps the allocations per row at what the values themselves need.
#[derive(Debug, Clone, Default)]
pub struct RowSet {
    /// The names of the columns.
    pub columns: Arc<[String]>,
    /// The values, row by row; its length is a multiple of the number of columns.
    pub values: Vec<Value>,
    /// Why the rows end too early.
    error: Option<DecodeError>,
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

    /// The rows that a sink of this type took.
    ///
    /// # Errors
    /// [`DecodeError`] if the database held what no value can be.
    pub fn from_sink(sink: Box<dyn RowSink>) -> Result<Self, DecodeError> {
        let sink: Box<dyn Any> = sink;
        let mut set = *sink.downcast::<Self>().unwrap_or_default();
        match set.error.take() {
            None => Ok(set),
            Some(error) => Err(error),
        }
    }
}

impl RowSink for RowSet {
    fn columns(&mut self, names: &Arc<[String]>) {
        self.columns = Arc::clone(names);
    }

    fn row(&mut self, row: &mut RowReader<'_>) -> bool {
        let kept = self.values.len();
        for _ in 0..row.remaining() {
            match row.get_with(Ok) {
                Ok(value) => self.values.push(value),
                Err(error) => {
                    self.values.truncate(kept);
                    self.error = Some(error);
                    return false;
                }
            }
        }
        true
    }

    fn len(&self) -> usize {
        Self::len(self)
    }

    fn fresh(&self) -> Box<dyn RowSink> {
        Box::new(Self {
            columns: Arc::clone(&self.columns),
            ..Self::default()
        })
    }
}

/// Reads one row from left to right.
#[derive(Debug)]
pub struct RowReader<'a> {
    columns: &'a [String],
    source: Source<'a>,
    next: usize,
}

/// Where a row's values are.
enum Source<'a> {
    /// Here: they are taken out.
    Owned(&'a mut [Value]),
    /// Still with the driver.
    Lent(&'a [ValueRef<'a>]),
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owned(values) => values.fmt(f),
            Self::Lent(values) => values.fmt(f),
        }
    }
}

impl<'a> RowReader<'a> {
    /// Starts at the first column of values, which are taken out.
    pub fn new(columns: &'a [String], values: &'a mut [Value]) -> Self {
        Self {
            columns,
            source: Source::Owned(values),
            next: 0,
        }
    }

    /// Starts at the first column of a row that the driver still owns.
    pub fn lent(columns: &'a [String], values: &'a [ValueRef<'a>]) -> Self {
        Self {
            columns,
            source: Source::Lent(values),
            next: 0,
        }
    }

    /// Decodes the next column.
    ///
    /// # Errors
    /// [`DecodeError`], with the column's name, if the value does not fit `T` or no column is left.
    #[inline]
    pub fn get<T: DbType>(&mut self) -> Result<T, DecodeError> {
        let at = self.next;
        self.next += 1;
        let read = match &mut self.source {
            // What owns nothing is read where it lies.
            Source::Owned(values) => match values.get_mut(at) {
                Some(Value::Int(v)) => T::from_ref(ValueRef::Int(*v)),
                Some(Value::Double(v)) => T::from_ref(ValueRef::Double(*v)),
                Some(slot) => T::from_value(std::mem::take(slot)),
                None => return Err(self.missing(at)),
            },
            // By its kind: copied as a whole it is read before its parts have left the store buffer.
            Source::Lent(values) => match values.get(at) {
                Some(ValueRef::Int(v)) => T::from_ref(ValueRef::Int(*v)),
                Some(ValueRef::Double(v)) => T::from_ref(ValueRef::Double(*v)),
                Some(ValueRef::Text(v)) => T::from_ref(ValueRef::Text(v)),
                Some(value) => T::from_ref(*value),
                None => return Err(self.missing(at)),
            },
        };
        read.map_err(|e| self.name(e, at))
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
        let value = match &mut self.source {
            Source::Owned(values) => match values.get_mut(at) {
                Some(slot) => Ok(std::mem::take(slot)),
                None => return Err(self.missing(at)),
            },
            Source::Lent(values) => match values.get(at) {
                Some(value) => value.to_value(),
                None => return Err(self.missing(at)),
            },
        };
        value.and_then(read).map_err(|e| self.name(e, at))
    }

    #[cold]
    fn missing(&self, at: usize) -> DecodeError {
        DecodeError::missing(at, self.columns.len())
    }

    #[cold]
    fn name(&self, error: DecodeError, at: usize) -> DecodeError {
        error.in_column(self.columns.get(at).map_or("?", String::as_str))
    }

    /// Passes over `n` columns.
    pub fn skip(&mut self, n: usize) {
        self.next += n;
    }

    /// Whether the next `n` columns are all NULL.
    pub fn all_null(&self, n: usize) -> bool {
        match &self.source {
            Source::Owned(values) => values.iter().skip(self.next).take(n).all(Value::is_null),
            Source::Lent(values) => {
                let mut next = values.iter().skip(self.next).take(n);
                next.all(|value| value.is_null())
            }
        }
    }

    /// Columns not yet read.
    pub fn remaining(&self) -> usize {
        let width = match &self.source {
            Source::Owned(values) => values.len(),
            Source::Lent(values) => values.len(),
        };
        width.saturating_sub(self.next)
    }
}
