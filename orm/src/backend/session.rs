//! What a driver gives to the rest of the backend: one connection, without its types.

use std::time::Duration;

use tokio::sync::mpsc;

use super::load::Feed;
use super::topology::Place;
use super::{BoxFuture, DbError, DbErrorKind, Executed};
use crate::dialect::{Dialect, Sql};
use crate::value::RowSink;

/// Opens sessions; one per pool.
pub(crate) trait Connector: Send + Sync {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>, DbError>>;
}

/// The end of a stream: the session, if it can be used on, and how it ended.
pub(crate) type StreamEnd = (Option<Box<dyn Session>>, Result<(), DbError>);

/// What was done of several statements, and how the next one failed.
pub(crate) type Unfinished = (Vec<Executed>, DbError);

/// One connection to a database.
///
/// Dropping a future of a session leaves the session *busy*: it then only goes to [`Session::recover`].
pub(crate) trait Session: Send {
    fn dialect(&self) -> &'static dyn Dialect;

    /// The version of the other side, as it writes it.
    fn version(&self) -> String;

    /// Hands each row to the sink, and the sink back.
    fn read(
        &mut self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<Box<dyn RowSink>, DbError>>;

    fn execute(&mut self, sql: Sql) -> BoxFuture<'_, Result<Executed, DbError>>;

    /// Executes here and now what is short for certain; `None`, and nothing done, where that is not so.
    fn execute_now(&mut self, sql: &Sql) -> Option<Result<Executed, DbError>> {
        let _ = sql;
        None
    }

    /// Whether several statements travel in one trip: then the session has the two methods that follow.
    fn travels_together(&self) -> bool {
        false
    }

    /// Lets the next statement take the BEGIN of a transaction along. `false`, and nothing done, where
    /// statements travel one by one.
    fn begin_later(&mut self) -> bool {
        false
    }

    /// Runs statements, and then COMMIT if that is wanted, in one trip; the first that is refused ends
    /// it, with the transaction still open. An error comes with what was done before; where that is all
    /// of them, it is COMMIT's.
    fn run_together(
        &mut self,
        unit: Vec<Sql>,
        commit: bool,
    ) -> BoxFuture<'_, Result<Vec<Executed>, Unfinished>> {
        drop((unit, commit));
        let message = "statements travel one by one here";
        let error = DbError::new(DbErrorKind::Unsupported, message);
        Box::pin(async move { Err((Vec::new(), error)) })
    }

    /// Whether the statement behind an INSERT knows the key that this was given, by the dialect's
    /// [`last_key`](crate::dialect::Features::last_key). `None` until [`note_last_key`](Self::note_last_key)
    /// tells what was seen on this connection.
    fn knows_last_key(&self) -> Option<bool> {
        Some(false)
    }

    fn note_last_key(&mut self, known: bool) {
        let _ = known;
    }

    /// Runs a statement that asks for a file, which the feed holds. A value that the server changed, and
    /// a row that it left out, is an error.
    fn load(&mut self, sql: Sql, feed: Feed) -> BoxFuture<'_, Result<Executed, DbError>> {
        drop(feed);
        let message = "the database asks for no file: insert the rows";
        let error = DbError::new(DbErrorKind::Unsupported, message).with_statement(&sql.text);
        Box::pin(async { Err(error) })
    }

    /// Sends rows in chunks until the end or until nobody listens.
    fn stream(
        self: Box<Self>,
        sql: Sql,
        sink: Box<dyn RowSink>,
        out: mpsc::Sender<Box<dyn RowSink>>,
    ) -> BoxFuture<'static, StreamEnd>;

    /// A second handle on the connection, if it outlives a stream that is dropped.
    fn spare(&self) -> Option<Box<dyn Session>> {
        None
    }

    /// How a transaction begins here.
    fn begin_text(&self) -> &'static str;

    /// Whether the session, as far as it knows, has a transaction open.
    fn in_transaction(&self) -> bool;

    /// Which aggregator of a SingleStore it leads to; `None` for everything else.
    fn place(&self) -> Option<Place<'_>> {
        None
    }

    /// Whether the session may be used again.
    fn is_usable(&self) -> bool;

    /// Makes an idle session ready for the next holder: alive, and free of the last one's traces.
    fn prepare(&mut self, idle: Duration) -> BoxFuture<'_, Result<(), DbError>>;

    /// Ends what a dropped holder left: a running statement (`busy`), an open transaction.
    fn recover(self: Box<Self>, busy: bool) -> Recover;
}

/// How a session comes back from a dropped holder.
#[cfg_attr(
    not(all(feature = "sqlite", feature = "mysql")),
    allow(dead_code, reason = "each driver has its own way")
)]
pub(crate) enum Recover {
    /// At once.
    Ready(Box<dyn Session>),
    /// After some talk with the server, if at all.
    Later(BoxFuture<'static, Option<Box<dyn Session>>>),
}
