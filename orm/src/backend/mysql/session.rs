//! One connection to a server.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use mysql_async::consts::StatusFlags;
use mysql_async::prelude::{Protocol as WireProtocol, Queryable};
use mysql_async::{Column, Conn, Error, QueryResult, Row, ServerError};
use tokio::sync::mpsc;

use super::connect::{Shared, dialect};
use super::error::classify;
use super::values::{Kind, bind, can_bind, take};
use crate::backend::instrument::first_word;
use crate::backend::load::Feed;
use crate::backend::names::Names;
use crate::backend::session::{Recover, Session, StreamEnd, Unfinished};
use crate::backend::stream::CHUNK_BYTES;
use crate::backend::topology::Place;
use crate::backend::url::{Product, Protocol};
use crate::backend::{BoxFuture, DbError, DbErrorKind, Executed};
use crate::dialect::{Dialect, Sql};
use crate::value::{RowReader, RowSink};

/// Rows of one chunk: whoever reads them runs in the same task, and finds few still in the cache.
const CHUNK_ROWS: usize = 256;
/// A connection that was idle for longer is asked whether it still lives.
const PING_AFTER: Duration = Duration::from_secs(30);
/// How long a dropped transaction may take to roll back before its connection is closed instead.
const ROLLBACK_WAIT: Duration = Duration::from_secs(10);

/// A session with what is known of its state.
#[derive(Debug)]
pub(super) struct MysqlSession {
    pub(super) conn: Line,
    pub(super) shared: Arc<Shared>,
    product: Product,
    protocol: Protocol,
    pub(super) names: Names,
    pub(super) in_transaction: bool,
    /// Whether the server's answers tell of open transactions: seen after a BEGIN.
    pub(super) tells_transaction: bool,
    /// Whether a statement changed the session: it is reset for the next holder.
    touched: bool,
    broken: bool,
    /// Whether rows of a stream are still on their way.
    streaming: bool,
    /// Whether the next statement takes a BEGIN along.
    pub(super) begins: bool,
    /// Whether a statement knows the key of the INSERT before it; `None` until that was seen.
    knows_last_key: Option<bool>,
    since: Instant,
}

/// The driver's connection; there until the session is dropped.
#[derive(Debug)]
pub(super) struct Line(Option<Conn>);

const THERE: &str = "a line is emptied only by the drop of its session";

impl Deref for Line {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        self.0.as_ref().expect(THERE)
    }
}

impl DerefMut for Line {
    fn deref_mut(&mut self) -> &mut Conn {
        self.0.as_mut().expect(THERE)
    }
}

impl Drop for MysqlSession {
    fn drop(&mut self) {
        if !self.streaming && !self.broken {
            return;
        }
        let Some(conn) = self.conn.0.take() else {
            return;
        };
        if self.streaming {
            // The server is told to stop: it may be sorting, and not see that the line is closed.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                let (shared, opts, id) = (Arc::clone(&self.shared), conn.opts().clone(), conn.id());
                runtime.spawn(async move { shared.kill(opts, id).await });
            }
        }
        // Dropped inside a runtime, the driver first reads the rest of the answer, however long it is.
        // On a thread without one it closes the socket.
        drop(std::thread::Builder::new().spawn(move || drop(conn)));
    }
}

/// Whether a SingleStore refuses every prepared statement: one that writes an audit log does
/// ("Feature 'Audit logging with binary protocol' is not supported").
fn prepares_nothing(error: &ServerError) -> bool {
    error.code == 1706 && error.message.contains("binary protocol")
}

/// How a statement is sent.
enum Send {
    Text(String),
    Prepared(Vec<mysql_async::Value>),
}

impl MysqlSession {
    pub(super) async fn set_up(mut conn: Conn, shared: Arc<Shared>) -> Result<Self, DbError> {
        let product = shared.product(&mut conn).await?;
        let protocol = shared.protocol(product);
        let mut session = Self {
            conn: Line(Some(conn)),
            shared,
            product,
            protocol,
            names: Names::default(),
            in_transaction: false,
            tells_transaction: false,
            touched: false,
            broken: false,
            streaming: false,
            begins: false,
            knows_last_key: None,
            since: Instant::now(),
        };
        session.settings().await?;
        Ok(session)
    }

    async fn settings(&mut self) -> Result<(), DbError> {
        for text in self.shared.setup(self.product) {
            self.conn
                .query_drop(&text)
                .await
                .map_err(|e| classify(e, Some(&text)))?;
        }
        Ok(())
    }

    /// Prepared are reads, and writes with parameters; all else goes as text: servers prepare no
    /// SHOW, EXPLAIN or DDL.
    fn plan(&self, sql: &Sql) -> Result<Send, DbError> {
        if self.protocol == Protocol::Prepared && can_bind(sql) {
            let word = first_word(&sql.text);
            let is = |words: &[&str]| words.iter().any(|w| word.eq_ignore_ascii_case(w));
            if is(&["select", "with"])
                || (!sql.params.is_empty() && is(&["insert", "update", "delete", "replace"]))
            {
                let params = bind(self.dialect(), sql)?;
                let size = |value: &mysql_async::Value| match value {
                    mysql_async::Value::Bytes(bytes) => bytes.len() + 11,
                    _ => 11,
                };
                self.shared.check_size(
                    sql.text.len() + params.iter().map(size).sum::<usize>(),
                    &sql.text,
                )?;
                return Ok(Send::Prepared(params));
            }
        }
        self.inline(sql).map(Send::Text)
    }

    pub(super) fn inline(&self, sql: &Sql) -> Result<String, DbError> {
        if sql.marks.len() != sql.params.len() {
            let message = format!(
                "the statement has {} parameters, {} were given",
                sql.marks.len(),
                sql.params.len()
            );
            return Err(DbError::new(DbErrorKind::Render, message).with_statement(&sql.text));
        }
        let inlined = self.dialect().inline(sql);
        let text = inlined.map_err(|e| DbError::from(e).with_statement(&sql.text))?;
        self.shared.check_size(text.len(), &sql.text)?;
        Ok(text)
    }

    async fn run<R: Receive>(&mut self, sql: &Sql, into: &mut R) -> Result<(), DbError> {
        if self.begins && self.begin_with(sql, into).await? {
            return Ok(());
        }
        let sent = match self.plan(sql)? {
            Send::Text(text) => self.send_text(text, sql, into).await,
            Send::Prepared(params) => {
                let sent = match self.conn.exec_iter(&*sql.text, params).await {
                    Ok(result) => into.take(result, &mut self.names, &sql.text).await,
                    Err(error) => Err(error),
                };
                match sent {
                    Err(Error::Server(e)) if prepares_nothing(&e) => {
                        tracing::debug!(target: "orm::mysql", "the server prepares nothing; statements go as text");
                        self.protocol = Protocol::Text;
                        let text = self.inline(sql)?;
                        self.send_text(text, sql, into).await
                    }
                    // Not preparable, the server keeps too many already, or the table changed under it.
                    Err(Error::Server(e)) if matches!(e.code, 1295 | 1461 | 1615) => {
                        let text = self.inline(sql)?;
                        self.send_text(text, sql, into).await
                    }
                    sent => sent,
                }
            }
        };
        self.note(&sql.text, sent)
    }

    pub(super) async fn send_text<R: Receive>(
        &mut self,
        text: String,
        sql: &Sql,
        into: &mut R,
    ) -> Result<(), Error> {
        let result = self.conn.query_iter(text).await?;
        into.take(result, &mut self.names, &sql.text).await
    }

    /// Follows what the statement did to transaction and session.
    pub(super) fn note(&mut self, text: &str, sent: Result<(), Error>) -> Result<(), DbError> {
        let word = first_word(text);
        let is = |words: &[&str]| words.iter().any(|w| word.eq_ignore_ascii_case(w));
        self.touched |= touches(word, text);
        match sent {
            Ok(()) => {
                let told = self.tells_open();
                if is(&["begin", "start"]) {
                    self.in_transaction = true;
                    self.tells_transaction |= told;
                } else if self.tells_transaction {
                    self.in_transaction = told;
                } else if is(&["commit", "rollback"]) && !text.to_ascii_lowercase().contains(" to ")
                {
                    self.in_transaction = false;
                }
                Ok(())
            }
            Err(error) => Err(self.failed(text, error)),
        }
    }

    /// Whether the last answer tells of an open transaction.
    pub(super) fn tells_open(&self) -> bool {
        let last = self.conn.last_ok_packet();
        last.is_some_and(|ok| {
            let flags = ok.status_flags();
            flags.contains(StatusFlags::SERVER_STATUS_IN_TRANS)
        })
    }

    /// Follows what a statement that failed did.
    pub(super) fn failed(&mut self, text: &str, error: Error) -> DbError {
        let error = classify(error, Some(text));
        // The server hangs up on a packet that is too large (1153).
        self.broken |=
            error.is_connection_lost() || error.code == Some(1153) || self.conn.is_disconnected();
        // Not after a deadlock: who says that the whole cluster has undone the transaction by
        // then? A ROLLBACK too many does no harm; work left open would be committed by the
        // next BEGIN on this connection.
        if self.broken {
            self.in_transaction = false;
        }
        error
    }

    async fn revive(&mut self, idle: Duration) -> Result<(), DbError> {
        self.begins = false;
        if self.touched {
            let reset = self.conn.reset().await.map_err(|e| classify(e, None))?;
            if !reset {
                return Err(DbError::new(
                    DbErrorKind::Unsupported,
                    "the server cannot reset a session",
                ));
            }
            self.settings().await?;
            self.touched = false;
        } else if idle > PING_AFTER {
            self.conn.ping().await.map_err(|e| classify(e, None))?;
        }
        Ok(())
    }
}

/// Whether a statement may leave something in the session for the next holder.
fn touches(word: &str, text: &str) -> bool {
    const WORDS: &[&str] = &[
        "set", "use", "lock", "prepare", "handler", "call", "declare", "do", "xa", "flush",
    ];
    if WORDS.iter().any(|w| word.eq_ignore_ascii_case(w)) {
        return true;
    }
    if word.eq_ignore_ascii_case("create") {
        return text
            .get(..40.min(text.len()))
            .unwrap_or(text)
            .to_ascii_lowercase()
            .contains("temporary");
    }
    word.eq_ignore_ascii_case("select")
        && (text.contains(":=")
            || text.contains("GET_LOCK")
            || text.contains("get_lock")
            || text.contains(" INTO @"))
}

/// What becomes of a statement's answer.
pub(super) trait Receive {
    async fn take<P: WireProtocol + Unpin>(
        &mut self,
        result: QueryResult<'_, '_, P>,
        names: &mut Names,
        text: &str,
    ) -> Result<(), Error>;
}

/// The names of the columns, and how many rows the last result had, where they were many.
fn known(names: &mut Names, text: &str, columns: &[Column]) -> (Arc<[String]>, usize) {
    let name = |c: &'_ Column| std::str::from_utf8(c.name_ref()).unwrap_or("?").to_owned();
    if columns
        .iter()
        .all(|c| std::str::from_utf8(c.name_ref()).is_ok())
    {
        return names.of(
            text,
            columns
                .iter()
                .map(|c| std::str::from_utf8(c.name_ref()).unwrap_or("?")),
        );
    }
    (columns.iter().map(name).collect(), 0)
}

/// All rows, each handed over as it comes.
struct Hand {
    sink: Box<dyn RowSink>,
}

impl Receive for Hand {
    async fn take<P: WireProtocol + Unpin>(
        &mut self,
        mut result: QueryResult<'_, '_, P>,
        names: &mut Names,
        text: &str,
    ) -> Result<(), Error> {
        let (columns, expected) = known(names, text, result.columns_ref());
        let kinds: Vec<Kind> = result.columns_ref().iter().map(Kind::of).collect();
        let mut values = Vec::with_capacity(kinds.len());
        self.sink.columns(&columns);
        if expected > 0 {
            self.sink.expect(expected);
        }
        let sink = &mut self.sink;
        let (mut wanted, mut came) = (true, 0);
        result
            .for_each(|row| {
                // The rest of an answer that is no longer wanted is read all the same.
                came += 1;
                if wanted {
                    take(row, &kinds, &mut values);
                    wanted = sink.row(&mut RowReader::new(&columns, &mut values));
                }
            })
            .await?;
        names.came(text, came, expected);
        result.drop_result().await
    }
}

impl Receive for Executed {
    async fn take<P: WireProtocol + Unpin>(
        &mut self,
        result: QueryResult<'_, '_, P>,
        _: &mut Names,
        _: &str,
    ) -> Result<(), Error> {
        self.rows_affected = result.affected_rows();
        self.last_insert_id = result.last_insert_id().filter(|id| *id != 0);
        result.drop_result().await
    }
}

/// Rows in chunks, for as long as somebody listens.
struct Chunks {
    sink: Box<dyn RowSink>,
    out: mpsc::Sender<Box<dyn RowSink>>,
    /// Nobody listens any more: the rest of the answer is still on its way.
    abandoned: bool,
}

impl Chunks {
    /// Sends what was taken so far; whether somebody still listens.
    async fn send(&mut self) -> bool {
        let next = self.sink.fresh();
        let full = std::mem::replace(&mut self.sink, next);
        self.out.send(full).await.is_ok()
    }
}

impl Receive for Chunks {
    async fn take<P: WireProtocol + Unpin>(
        &mut self,
        mut result: QueryResult<'_, '_, P>,
        names: &mut Names,
        text: &str,
    ) -> Result<(), Error> {
        let (columns, _) = known(names, text, result.columns_ref());
        let kinds: Vec<Kind> = result.columns_ref().iter().map(Kind::of).collect();
        let mut values = Vec::with_capacity(kinds.len());
        self.sink.columns(&columns);
        let (mut rows, mut bytes, mut sent) = (0, 0, false);
        if let Some(mut stream) = result.stream::<Row>().await? {
            while let Some(row) = stream.next().await {
                bytes += take(row?, &kinds, &mut values);
                let wanted = self.sink.row(&mut RowReader::new(&columns, &mut values));
                rows += 1;
                if wanted && rows < CHUNK_ROWS && bytes < CHUNK_BYTES {
                    continue;
                }
                (rows, bytes, sent) = (0, 0, true);
                if !self.send().await || !wanted {
                    self.abandoned = true;
                    return Ok(());
                }
            }
        }
        // A result without rows still tells its columns.
        if rows > 0 || !sent {
            self.send().await;
        }
        result.drop_result().await
    }
}

impl Session for MysqlSession {
    fn dialect(&self) -> &'static dyn Dialect {
        dialect(self.product)
    }

    fn version(&self) -> String {
        self.shared.version()
    }

    fn read(
        &mut self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<Box<dyn RowSink>, DbError>> {
        Box::pin(async move {
            let mut hand = Hand { sink };
            self.run(&sql, &mut hand).await?;
            Ok(hand.sink)
        })
    }

    fn execute(&mut self, sql: Sql) -> BoxFuture<'_, Result<Executed, DbError>> {
        Box::pin(async move {
            let mut done = Executed::default();
            self.run(&sql, &mut done).await?;
            Ok(done)
        })
    }

    fn travels_together(&self) -> bool {
        true
    }

    fn begin_later(&mut self) -> bool {
        self.begins = true;
        true
    }

    fn run_together(
        &mut self,
        unit: Vec<Sql>,
        commit: bool,
    ) -> BoxFuture<'_, Result<Vec<Executed>, Unfinished>> {
        Box::pin(self.run_unit(unit, commit))
    }

    fn knows_last_key(&self) -> Option<bool> {
        self.knows_last_key
    }

    fn place(&self) -> Option<Place<'_>> {
        let opts = self.conn.opts();
        (self.product == Product::Singlestore).then(|| Place {
            host: opts.ip_or_hostname(),
            port: opts.tcp_port(),
            since: self.since,
        })
    }

    fn note_last_key(&mut self, known: bool) {
        self.knows_last_key = Some(known);
    }

    fn load(&mut self, sql: Sql, feed: Feed) -> BoxFuture<'_, Result<Executed, DbError>> {
        Box::pin(self.load_rows(sql, feed))
    }

    fn stream(
        mut self: Box<Self>,
        sql: Sql,
        sink: Box<dyn RowSink>,
        out: mpsc::Sender<Box<dyn RowSink>>,
    ) -> BoxFuture<'static, StreamEnd> {
        Box::pin(async move {
            let mut chunks = Chunks {
                sink,
                out,
                abandoned: false,
            };
            self.streaming = true;
            let result = self.run(&sql, &mut chunks).await;
            self.streaming = chunks.abandoned;
            self.broken |= chunks.abandoned;
            (Some(self as Box<dyn Session>), result)
        })
    }

    fn begin_text(&self) -> &'static str {
        "BEGIN"
    }

    fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    fn is_usable(&self) -> bool {
        !self.broken && !self.conn.is_disconnected()
    }

    fn prepare(&mut self, idle: Duration) -> BoxFuture<'_, Result<(), DbError>> {
        Box::pin(self.revive(idle))
    }

    fn recover(mut self: Box<Self>, busy: bool) -> Recover {
        Recover::Later(Box::pin(async move {
            if busy || !self.is_usable() {
                self.broken = true;
                // The server goes on with a statement whose client is gone, and keeps its locks.
                let shared = Arc::clone(&self.shared);
                shared.kill(self.conn.opts().clone(), self.conn.id()).await;
                return None;
            }
            let rollback = self.conn.query_drop("ROLLBACK");
            match tokio::time::timeout(ROLLBACK_WAIT, rollback).await {
                Ok(Ok(())) => {
                    self.in_transaction = false;
                    Some(self as Box<dyn Session>)
                }
                _ => None,
            }
        }))
    }
}
