//! Rows without number: `LOAD DATA LOCAL INFILE`, or what comes next to it.

use std::future::Future;
use std::pin::{Pin, pin};

use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::{mpsc, oneshot};

use super::bulk::{Batch, Insertion, run_all, statements};
use super::lookup::{self, Lookup};
use super::plan::finish;
use super::{IntoInsert, validate};
use crate::backend::{DbError, DbErrorKind, Executor, Feed, Transaction};
use crate::dialect::{LoadColumn, load_statement, write_row};
use crate::error::{Error, Result};
use crate::model::{Model, ModelMeta, is_reference_table};
use crate::value::{CivilDateTime, Value, now};

/// About how many bytes are sent at once.
const PIECE: usize = 1 << 17;
/// Pieces that wait to be sent.
const AHEAD: usize = 2;
/// Rows that are gathered for statements of INSERT.
const GATHERED: usize = 2048;

/// An object that is kept can be inserted as well: its values are copied.
impl<M: Model> IntoInsert<M> for &M {
    fn push(self, values: &mut Vec<Value>, unset: &mut Vec<usize>) -> Result<()> {
        for (i, column) in M::META.columns.iter().enumerate() {
            let value = self.value(i);
            if (column.auto && value.is_null()) || column.computed {
                unset.push(i);
            }
            values.push(value);
        }
        Ok(())
    }
}

/// Inserts of rows without number; in the prelude.
pub trait BulkLoad: Model {
    /// Inserts all rows of a slice or an iterator, or none, in bounded memory, and tells how many: what
    /// [`bulk_create`](super::Record::bulk_create) takes, and references to objects. Keys are not handed
    /// back.
    ///
    /// SQL: one `LOAD DATA LOCAL INFILE`, another wherever the rows leave other columns to the
    /// database, all in one transaction. Servers of MySQL's family pass over rows whose key is taken
    /// there, and cut values that do not fit: each is an error here, as it is for `bulk_create`, and the
    /// rows are taken back. Where a server takes no files (`local_infile`), on SQLite, and where side
    /// tables keep lookups: multi-row `INSERT`s, also in one transaction.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let names = (0..10_000).map(|n| format!("tag {n}"));
    /// let loaded = Tag::bulk_load(&db, names.map(|name| new!(Tag { name }))).await?;
    /// assert_eq!(loaded, 10_000);
    ///
    /// // One that is taken: none is loaded.
    /// let names = ["new", "tag 7"];
    /// let error = Tag::bulk_load(&db, names.map(|name| new!(Tag { name }))).await.unwrap_err();
    /// assert!(error.is_unique_violation());
    /// assert!(!Tag::filter(|t| t.name().eq("new")).exists(&db).await?);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Db`] with `UniqueViolation`, `NotNull`, `DataTooLong`, `Data`, …; nothing is inserted
    /// then. In a transaction on SingleStore, which has no savepoints, that one can only be rolled back
    /// afterwards.
    fn bulk_load<I>(db: &impl Executor, rows: I) -> impl Future<Output = Result<u64>> + Send
    where
        I: IntoIterator<Item: IntoInsert<Self> + Send> + Send,
        I::IntoIter: Send,
    {
        async move { load::<Self, _, _>(db, stream::iter(rows).map(Ok)).await }
    }

    /// The same from a stream, such as a file or another database that is read meanwhile; an error of
    /// the stream takes back what was loaded. The transaction begins with the first row, and is open for
    /// as long as the stream lasts.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// use futures_util::stream;
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let lines = stream::iter(["red", "green"]);
    /// # use futures_util::StreamExt;
    /// let rows = lines.map(|name| Ok(new!(Tag { name })));
    /// assert_eq!(Tag::bulk_load_stream(&db, rows).await?, 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`bulk_load`](Self::bulk_load), and the stream's.
    fn bulk_load_stream<S, I>(
        db: &impl Executor,
        rows: S,
    ) -> impl Future<Output = Result<u64>> + Send
    where
        S: Stream<Item = Result<I>> + Send,
        I: IntoInsert<Self> + Send,
    {
        async move { load::<Self, _, _>(db, rows).await }
    }
}

impl<M: Model> BulkLoad for M {}

async fn load<M, I, S>(db: &dyn Executor, rows: S) -> Result<u64>
where
    M: Model,
    I: IntoInsert<M> + Send,
    S: Stream<Item = Result<I>> + Send,
{
    let rows = pin!(rows);
    let mut rows = Typed {
        rows,
        marker: std::marker::PhantomData::<fn() -> M>,
    };
    let mut source = Source::new(M::META, &mut rows);
    if !source.advance().await? {
        return Ok(0);
    }
    let tx = db.begin().await?;
    let done = source.load(&tx).await;
    finish(tx, done).await
}

/// Hands out rows as values, whatever they were.
trait Values: Send {
    /// Puts the next row in place of the last; `false` at the end.
    fn next<'a>(
        &'a mut self,
        row: &'a mut Vec<Value>,
        unset: &'a mut Vec<usize>,
    ) -> Pin<Box<dyn Future<Output = Result<bool>> + Send + 'a>>;

    /// The same for a row that is there already; `None` where it has to be waited for.
    fn ready(&mut self, row: &mut Vec<Value>, unset: &mut Vec<usize>) -> Option<Result<bool>>;
}

struct Typed<'s, S, M> {
    rows: Pin<&'s mut S>,
    marker: std::marker::PhantomData<fn() -> M>,
}

fn take<M: Model, I: IntoInsert<M>>(
    item: Option<Result<I>>,
    row: &mut Vec<Value>,
    unset: &mut Vec<usize>,
) -> Result<bool> {
    row.clear();
    unset.clear();
    match item.transpose()? {
        None => Ok(false),
        Some(item) => item.push(row, unset).map(|()| true),
    }
}

impl<M, I, S> Values for Typed<'_, S, M>
where
    M: Model,
    I: IntoInsert<M> + Send,
    S: Stream<Item = Result<I>> + Send,
{
    fn next<'a>(
        &'a mut self,
        row: &'a mut Vec<Value>,
        unset: &'a mut Vec<usize>,
    ) -> Pin<Box<dyn Future<Output = Result<bool>> + Send + 'a>> {
        Box::pin(async move { take(self.rows.next().await, row, unset) })
    }

    fn ready(&mut self, row: &mut Vec<Value>, unset: &mut Vec<usize>) -> Option<Result<bool>> {
        use futures_util::FutureExt;
        let item = self.rows.next().now_or_never()?;
        Some(take(item, row, unset))
    }
}

/// The rows, one of them at hand.
struct Source<'s> {
    meta: &'static ModelMeta,
    rows: &'s mut dyn Values,
    now: CivilDateTime,
    row: Vec<Value>,
    /// Columns of the row that are left to the database.
    unset: Vec<usize>,
    /// Whether there is a row at hand.
    at_hand: bool,
    /// Whether the server has asked for the file of the last statement.
    asked: bool,
}

impl<'s> Source<'s> {
    fn new(meta: &'static ModelMeta, rows: &'s mut dyn Values) -> Self {
        Self {
            meta,
            rows,
            now: now(),
            row: Vec::with_capacity(meta.columns.len()),
            unset: Vec::new(),
            at_hand: false,
            asked: false,
        }
    }

    /// Goes on to the next row, which is checked; `false` at the end.
    async fn advance(&mut self) -> Result<bool> {
        self.at_hand = false;
        let (row, unset) = (&mut self.row, &mut self.unset);
        // Nothing is allocated for a row that is there already.
        self.at_hand = match self.rows.ready(row, unset) {
            Some(there) => there?,
            None => self.rows.next(row, unset).await?,
        };
        if self.at_hand {
            for (i, column) in self.meta.columns.iter().enumerate() {
                if column.auto_now || column.auto_now_add {
                    self.row[i] = super::record::clock_value(column.ty.clone(), self.now);
                }
            }
            validate::check_row(self.meta, &self.row, &self.unset)?;
        }
        Ok(self.at_hand)
    }

    async fn load(&mut self, tx: &Transaction) -> Result<u64> {
        let features = tx.dialect().features();
        let lookups = lookup::kept(features, self.meta);
        if !features.load_data || !lookups.is_empty() {
            return self.insert(tx, lookups).await;
        }
        let mut loaded = 0;
        while self.at_hand {
            // A row of defaults alone has no fields to be read.
            if self.unset.len() == self.meta.columns.len() {
                return Ok(loaded + self.insert(tx, lookups).await?);
            }
            match self.load_alike(tx).await {
                Ok(rows) => loaded += rows,
                Err(error) if !self.asked && takes_no_files(&error) => {
                    tracing::debug!(target: "orm::sql", table = self.meta.table, "the server takes no files; rows are inserted");
                    return Ok(loaded + self.insert(tx, lookups).await?);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(loaded)
    }

    /// Loads the rows that leave the same columns to the database as the one at hand, up to the first
    /// that does not.
    async fn load_alike(&mut self, tx: &Transaction) -> Result<u64> {
        let meta = self.meta;
        let given: Vec<usize> = (0..meta.columns.len())
            .filter(|i| !self.unset.contains(i))
            .collect();
        let columns: Vec<LoadColumn> = given
            .iter()
            .map(|&i| LoadColumn::new(meta.columns[i].column, &meta.columns[i].ty))
            .collect();
        let mut sql = load_statement(tx.dialect(), meta.table, &columns)?;
        sql.reference = is_reference_table(meta.table);
        let (asked, asks) = oneshot::channel();
        let (out, pieces) = mpsc::channel(AHEAD);
        self.asked = false;
        let load = pin!(tx.load(sql, Feed { asked, pieces }));
        let feed = pin!(self.feed(tx, asks, out, (&given, &columns)));
        let (sent, load) = match select(load, feed).await {
            Either::Left((done, _)) => {
                done?;
                let message = format!("the server ended the load of {} early", meta.table);
                return Err(DbError::new(DbErrorKind::Other, message).into());
            }
            Either::Right((sent, load)) => (sent, load),
        };
        match sent {
            Ok(sent) => counted(meta, sent, load.await?.rows_affected),
            Err(error) => {
                // The file has ended early, and a savepoint undoes the rows that were sent. Without one
                // the connection is given up in the middle of the statement, which so takes no effect.
                if tx.dialect().features().savepoints {
                    let _ = load.await;
                }
                Err(error)
            }
        }
    }

    /// Sends rows once the server asks for them, and tells how many.
    async fn feed(
        &mut self,
        tx: &Transaction,
        asks: oneshot::Receiver<()>,
        out: mpsc::Sender<Vec<u8>>,
        (given, columns): (&[usize], &[LoadColumn]),
    ) -> Result<u64> {
        if asks.await.is_err() {
            return Ok(0);
        }
        self.asked = true;
        let unset = self.unset.clone();
        let mut piece = Vec::with_capacity(PIECE + PIECE / 8);
        let mut rows = 0;
        while self.at_hand && self.unset == unset {
            let values = given.iter().map(|&i| &self.row[i]);
            write_row(tx.dialect(), &mut piece, columns, values).map_err(|(at, error)| {
                let column = &self.meta.columns[given[at]];
                let message = format!("`{}` of {}: {error}", column.field, self.meta.name);
                let column = Some(column.column.to_owned());
                DbError::new(DbErrorKind::Data { column }, message)
            })?;
            rows += 1;
            if piece.len() >= PIECE {
                let full = std::mem::replace(&mut piece, Vec::with_capacity(PIECE + PIECE / 8));
                if !send(&out, full).await {
                    return Ok(rows);
                }
            }
            self.advance().await?;
        }
        send(&out, piece).await;
        Ok(rows)
    }

    /// Inserts the rows by INSERT, some at a time.
    async fn insert(&mut self, tx: &Transaction, lookups: &'static [Lookup]) -> Result<u64> {
        let mut inserted = 0;
        while self.at_hand {
            let mut batches: Vec<Batch> = Vec::new();
            let mut rows = 0;
            while self.at_hand && rows < GATHERED {
                self.gather(&mut batches);
                rows += 1;
                self.advance().await?;
            }
            inserted += if lookups.is_empty() {
                run_all(tx, statements(tx, &Insertion::plain(self.meta), batches)).await?
            } else {
                lookup::insert_many(tx, self.meta, lookups, batches).await?
            };
        }
        Ok(inserted)
    }

    fn gather(&mut self, batches: &mut Vec<Batch>) {
        Batch::put(batches, &mut self.row, &self.unset);
    }
}

/// Sends a piece, a large one in parts: no packet is larger than servers take. Whether somebody takes it.
async fn send(out: &mpsc::Sender<Vec<u8>>, piece: Vec<u8>) -> bool {
    if piece.len() <= 2 * PIECE {
        return out.send(piece).await.is_ok();
    }
    for part in piece.chunks(PIECE) {
        if out.send(part.to_vec()).await.is_err() {
            return false;
        }
    }
    true
}

/// A server that loaded fewer rows than it got, and did not say why.
fn counted(meta: &ModelMeta, sent: u64, loaded: u64) -> Result<u64> {
    if sent == loaded {
        return Ok(loaded);
    }
    let message = format!(
        "{loaded} of {sent} rows of {} were loaded: the others were left out by the server, most likely \
         for a key that is taken; none stays",
        meta.name
    );
    Err(DbError::new(DbErrorKind::Other, message).into())
}

/// Whether the server refuses LOCAL: MySQL's numbers, those of its client, SingleStore's.
fn takes_no_files(error: &Error) -> bool {
    matches!(error, Error::Db(e) if matches!(e.code, Some(1148 | 3948 | 4166 | 2068)))
}
