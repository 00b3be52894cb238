//! Streams.

use std::fmt;

use futures_util::Stream;

use crate::backend::{BoxFuture, DbError, RowStream};
use crate::error::Result;
use crate::value::{RowReader, RowSet};

/// The stream of a query that matches nothing.
struct Nothing;

impl RowStream for Nothing {
    fn next_chunk(&mut self) -> BoxFuture<'_, Result<Option<RowSet>, DbError>> {
        Box::pin(async { Ok(None) })
    }
}

type Read<T> = Box<dyn Fn(&mut RowReader<'_>) -> Result<T> + Send>;

/// The rows of a query, one by one; holds one chunk at a time.
///
/// Dropping it ends the statement.
pub struct Rows<'a, T> {
    stream: Box<dyn RowStream + 'a>,
    chunk: RowSet,
    next: usize,
    read: Read<T>,
}

impl<T> fmt::Debug for Rows<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl<'a, T> Rows<'a, T> {
    pub(crate) fn new(
        stream: Box<dyn RowStream + 'a>,
        read: impl Fn(&mut RowReader<'_>) -> Result<T> + Send + 'static,
    ) -> Self {
        Self {
            stream,
            chunk: RowSet::default(),
            next: 0,
            read: Box::new(read),
        }
    }

    /// No rows, and no statement.
    pub(crate) fn empty() -> Self {
        Self::new(Box::new(Nothing), |_| {
            Err(crate::Error::Usage("an empty stream has no row".into()))
        })
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db); [`Error::Decode`](crate::Error::Decode).
    pub async fn next(&mut self) -> Result<Option<T>> {
        while self.next >= self.chunk.len() {
            match self.stream.next_chunk().await? {
                Some(chunk) => self.chunk = chunk,
                None => return Ok(None),
            }
            self.next = 0;
        }
        let width = self.chunk.columns.len();
        let start = self.next * width;
        self.next += 1;
        let values = &mut self.chunk.values[start..start + width];
        (self.read)(&mut RowReader::new(&self.chunk.columns, values)).map(Some)
    }

    /// As a [`Stream`], for combinators.
    pub fn into_stream(self) -> impl Stream<Item = Result<T>> + 'a
    where
        T: 'a,
    {
        futures_util::stream::try_unfold(self, |mut rows| async move {
            Ok(rows.next().await?.map(|row| (row, rows)))
        })
    }
}
