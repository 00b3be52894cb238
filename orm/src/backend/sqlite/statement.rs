//! Statements on a connection: rows out, changes in.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::error::classify;
use super::values::{bind, read};
use super::worker::Core;
use crate::backend::names::Names;
use crate::backend::stream::CHUNK_BYTES;
use crate::backend::{DbError, Executed};
use crate::dialect::Sql;
use crate::value::{RowReader, RowSink, ValueRef};

/// Rows of one chunk at most: with few, waking the reader on another thread is felt.
const CHUNK_ROWS: usize = 4096;

/// The names of the columns, and how many rows the last result had, where they were many.
fn known(names: &mut Names, sql: &str, stmt: &rusqlite::Statement<'_>) -> (Arc<[String]>, usize) {
    // A column's name is UTF-8 in every database that opens as one.
    let column = |i| stmt.column_name(i).unwrap_or("?");
    names.of(sql, (0..stmt.column_count()).map(column))
}

/// A row that SQLite still owns.
struct Lent<'a> {
    values: Vec<ValueRef<'a>>,
}

impl<'a> Lent<'a> {
    /// Reads the values of a row into the room of others'.
    ///
    /// One plain loop: a call through a trait object for each value costs as much as the value.
    #[inline(always)]
    fn read(
        row: &'a rusqlite::Row<'a>,
        width: usize,
        room: Vec<ValueRef<'static>>,
    ) -> rusqlite::Result<Self> {
        let mut values: Vec<ValueRef<'a>> = room;
        values.resize(width, ValueRef::Null);
        for (column, slot) in values.iter_mut().enumerate() {
            read(row, column, slot)?;
        }
        Ok(Self { values })
    }

    fn reader<'r>(&'r self, names: &'r [String]) -> RowReader<'r> {
        RowReader::lent(names, &self.values)
    }

    /// The vector, without what it lent: collected in place, so its memory is kept.
    fn room(mut self) -> Vec<ValueRef<'static>> {
        self.values.clear();
        self.values.into_iter().map(|_| ValueRef::Null).collect()
    }
}

/// What becomes of the rows.
trait Take {
    fn columns(&mut self, names: &Arc<[String]>, rows: usize);

    /// Takes a row; `false` ends the statement.
    fn row(&mut self, names: &[String], row: &Lent<'_>) -> bool;
}

/// Prepares a statement, binds, and hands out each row until no more are wanted.
fn rows(core: &mut Core, sql: &Sql, take: &mut impl Take) -> Result<(), DbError> {
    let fail = |e| classify(e, Some(&sql.text));
    let mut stmt = core.conn.prepare_cached(&sql.text).map_err(fail)?;
    bind(&mut stmt, sql)?;
    // The first step prepares the statement anew when the schema changed: columns are read after it.
    let mut rows = stmt.raw_query();
    let mut columns: Option<Arc<[String]>> = None;
    let (mut expected, mut came) = (0, 0);
    let mut room = std::mem::take(&mut core.room);
    while let Some(row) = rows.next().map_err(fail)? {
        let names = columns.get_or_insert_with(|| {
            let (names, rows) = known(&mut core.names, &sql.text, row.as_ref());
            take.columns(&names, rows);
            expected = rows;
            names
        });
        came += 1;
        let lent = Lent::read(row, names.len(), room).map_err(fail)?;
        let wanted = take.row(names, &lent);
        room = lent.room();
        if !wanted {
            core.room = room;
            return Ok(());
        }
    }
    drop(rows);
    core.room = room;
    if columns.is_none() {
        let (names, _) = known(&mut core.names, &sql.text, &stmt);
        take.columns(&names, 0);
    }
    core.names.came(&sql.text, came, expected);
    Ok(())
}

/// All rows into one sink.
struct All<'a>(&'a mut dyn RowSink);

impl Take for All<'_> {
    fn columns(&mut self, names: &Arc<[String]>, rows: usize) {
        self.0.columns(names);
        if rows > 0 {
            self.0.expect(rows);
        }
    }

    fn row(&mut self, names: &[String], row: &Lent<'_>) -> bool {
        self.0.row(&mut row.reader(names))
    }
}

pub(super) fn fetch(core: &mut Core, sql: &Sql, sink: &mut dyn RowSink) -> Result<(), DbError> {
    rows(core, sql, &mut All(sink))
}

/// Rows in chunks, for as long as somebody listens.
struct Chunks<'a> {
    sink: Box<dyn RowSink>,
    out: &'a mpsc::Sender<Box<dyn RowSink>>,
    rows: usize,
    bytes: usize,
    sent: bool,
}

impl Chunks<'_> {
    fn send(&mut self) -> bool {
        (self.rows, self.bytes, self.sent) = (0, 0, true);
        let next = self.sink.fresh();
        let full = std::mem::replace(&mut self.sink, next);
        self.out.blocking_send(full).is_ok()
    }
}

impl Take for Chunks<'_> {
    fn columns(&mut self, names: &Arc<[String]>, _: usize) {
        self.sink.columns(names);
    }

    fn row(&mut self, names: &[String], row: &Lent<'_>) -> bool {
        let wanted = self.sink.row(&mut row.reader(names));
        self.rows += 1;
        self.bytes += row.values.iter().map(|value| value.size()).sum::<usize>();
        if !wanted {
            self.send();
            return false;
        }
        (self.rows < CHUNK_ROWS && self.bytes < CHUNK_BYTES) || self.send()
    }
}

pub(super) fn stream(
    core: &mut Core,
    sql: &Sql,
    sink: Box<dyn RowSink>,
    out: &mpsc::Sender<Box<dyn RowSink>>,
) -> Result<(), DbError> {
    let mut chunks = Chunks {
        sink,
        out,
        rows: 0,
        bytes: 0,
        sent: false,
    };
    rows(core, sql, &mut chunks)?;
    // A result without rows still tells its columns.
    if chunks.rows > 0 || !chunks.sent {
        chunks.send();
    }
    Ok(())
}

pub(super) fn execute(conn: &Connection, sql: &Sql) -> Result<Executed, DbError> {
    let fail = |e| classify(e, Some(&sql.text));
    let mut stmt = conn.prepare_cached(&sql.text).map_err(fail)?;
    bind(&mut stmt, sql)?;
    let before = conn.last_insert_rowid();
    let total = conn.total_changes();
    let mut rows = stmt.raw_query();
    // A statement that does hand back rows (a PRAGMA, RETURNING) is run to its end.
    while rows.next().map_err(fail)?.is_some() {}
    drop(rows);
    let changed = conn.total_changes() != total;
    let inserted = conn.last_insert_rowid();
    let rows_affected = if changed { conn.changes() } else { 0 };
    let last_insert_id = (changed && (inserted != before || inserted != 0) && inserts(&sql.text))
        .then(|| first_id(inserted, rows_affected));
    Ok(Executed {
        rows_affected,
        last_insert_id,
    })
}

fn inserts(text: &str) -> bool {
    let word = crate::backend::instrument::first_word(text);
    (["insert", "replace", "with"].iter()).any(|w| word.eq_ignore_ascii_case(w))
}

/// SQLite tells the last id of an INSERT; one statement's own ids follow one another.
fn first_id(last: i64, rows: u64) -> u64 {
    (last as u64).saturating_sub(rows.saturating_sub(1))
}
