//! Streams.

use std::fmt;

use futures_util::Stream;

use super::load::Loads;
use super::read::{ReadRow, Taken};
use crate::backend::{BoxFuture, DbError, Executor, RowStream};
use crate::dialect::Sql;
use crate::error::Result;
use crate::value::{DecodeError, RowSink};

/// The stream of a query that matches nothing.
struct Nothing;

impl RowStream for Nothing {
    fn next_chunk(&mut self) -> BoxFuture<'_, Result<Option<Box<dyn RowSink>>, DbError>> {
        Box::pin(async { Ok(None) })
    }
}

/// The rows of a query, one by one; holds one chunk at a time.
///
/// Dropping it ends the statement.
pub struct Rows<'a, T> {
    stream: Box<dyn RowStream + 'a>,
    chunk: std::vec::IntoIter<T>,
    /// Why the rows end after the chunk.
    error: Option<DecodeError>,
}

impl<T> fmt::Debug for Rows<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("at_hand", &self.chunk.len())
            .finish_non_exhaustive()
    }
}

impl<'a, T: Send + 'static> Rows<'a, T> {
    pub(crate) async fn of(
        db: &'a dyn Executor,
        sql: Sql,
        loads: &Loads,
        read: ReadRow<T>,
    ) -> Result<Self> {
        let stream = db.stream(sql, Taken::sink(read, loads)).await?;
        Ok(Self::new(stream))
    }

    fn new(stream: Box<dyn RowStream + 'a>) -> Self {
        Self {
            stream,
            chunk: Vec::new().into_iter(),
            error: None,
        }
    }

    /// No rows, and no statement.
    pub(crate) fn empty() -> Self {
        Self::new(Box::new(Nothing))
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db); [`Error::Decode`](crate::Error::Decode).
    pub async fn next(&mut self) -> Result<Option<T>> {
        loop {
            if let Some(row) = self.chunk.next() {
                return Ok(Some(row));
            }
            if let Some(error) = self.error.take() {
                return Err(error.into());
            }
            let Some(sink) = self.stream.next_chunk().await? else {
                return Ok(None);
            };
            let taken = Taken::of(sink)?;
            (self.chunk, self.error) = (taken.rows.into_iter(), taken.error);
        }
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
