//! Streamed results: the session works as far ahead as one channel holds, and no further.

use std::fmt;

use tokio::sync::{OwnedMutexGuard, mpsc};

use super::instrument::Watch;
use super::pool::Lease;
use super::session::{Session, StreamEnd};
use super::{BoxFuture, DbError, RowStream};
use crate::dialect::Sql;
use crate::value::RowSink;

/// A chunk ends early when its values take about this many bytes.
pub(crate) const CHUNK_BYTES: usize = 1 << 18;
/// Chunks that wait to be read.
const AHEAD: usize = 2;

/// The connection under a stream, until it ends.
pub(crate) enum LeaseHold {
    /// The stream's own.
    Own(Lease),
    /// That of a transaction or a pinned connection, which waits meanwhile.
    Shared(OwnedMutexGuard<Option<Lease>>),
}

impl LeaseHold {
    /// Puts back a session whose stream was dropped: what ran on it is undone.
    fn put_busy(&mut self, session: Box<dyn Session>) {
        match self {
            Self::Own(lease) => lease.put_busy(session),
            Self::Shared(guard) => {
                if let Some(lease) = guard.as_mut() {
                    lease.put_busy(session);
                }
            }
        }
    }

    fn put(&mut self, session: Option<Box<dyn Session>>) {
        match self {
            Self::Own(lease) => lease.put(session),
            Self::Shared(guard) => {
                if let Some(lease) = guard.as_mut() {
                    lease.put(session);
                }
            }
        }
    }
}

/// A stream that holds its connection. Dropped early, the connection is recovered or closed.
pub(crate) struct LeaseStream {
    work: Option<BoxFuture<'static, StreamEnd>>,
    rows: mpsc::Receiver<Box<dyn RowSink>>,
    hold: Option<LeaseHold>,
    spare: Option<Box<dyn Session>>,
    error: Option<DbError>,
    watch: Watch,
    seen: u64,
}

impl LeaseStream {
    pub(crate) fn new(
        hold: LeaseHold,
        session: Box<dyn Session>,
        sql: Sql,
        sink: Box<dyn RowSink>,
        watch: Watch,
    ) -> Self {
        let (out, rows) = mpsc::channel(AHEAD);
        let spare = session.spare();
        Self {
            work: Some(session.stream(sql, sink, out)),
            rows,
            hold: Some(hold),
            spare,
            error: None,
            watch,
            seen: 0,
        }
    }

    async fn next(&mut self) -> Result<Option<Box<dyn RowSink>>, DbError> {
        loop {
            let Some(work) = &mut self.work else {
                return match self.rows.recv().await {
                    Some(chunk) => Ok(Some(chunk)),
                    None => self.error.take().map_or(Ok(None), Err),
                };
            };
            tokio::select! {
                biased;
                chunk = self.rows.recv() => if let Some(chunk) = chunk {
                    self.seen += chunk.len() as u64;
                    return Ok(Some(chunk));
                } else {
                    let end = work.await;
                    self.finish(end);
                },
                end = &mut *work => self.finish(end),
            }
        }
    }

    fn finish(&mut self, (session, result): StreamEnd) {
        self.work = None;
        self.spare = None;
        self.watch.finish(result.as_ref().map(|()| self.seen));
        self.error = result.err();
        if let Some(mut hold) = self.hold.take() {
            hold.put(session);
        }
    }
}

impl RowStream for LeaseStream {
    fn next_chunk(&mut self) -> BoxFuture<'_, Result<Option<Box<dyn RowSink>>, DbError>> {
        Box::pin(self.next())
    }
}

impl Drop for LeaseStream {
    fn drop(&mut self) {
        // The statement first: it is interrupted.
        self.work = None;
        if let (Some(hold), Some(spare)) = (&mut self.hold, self.spare.take()) {
            hold.put_busy(spare);
        }
    }
}

impl fmt::Debug for LeaseStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeaseStream")
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}
