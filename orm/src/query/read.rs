//! Rows into objects and tuples, where the driver hands them out.

use std::any::Any;
use std::sync::Arc;

use super::load::Loads;
use crate::ast::Statement;
use crate::backend::Executor;
use crate::dialect::Sql;
use crate::error::{Error, Result};
use crate::model::{Model, read_one};
use crate::value::{DecodeError, RowReader, RowSink};

/// Reads one row behind those that are there: a plain function, so that a query of each type costs little
/// to compile. It puts the row where it stays: one that is handed back is copied before its fields have
/// left the store buffer, which stalls for as long as a value takes.
pub(crate) type ReadRow<T> = fn(&Loads, &mut RowReader<'_>, &mut Vec<T>) -> Result<(), DecodeError>;

/// Bytes of room that are made before the rows come.
const MOST_ROOM: usize = 16 << 20;

/// Takes rows as they come and keeps what they are read into.
pub(crate) struct Taken<T> {
    pub(crate) rows: Vec<T>,
    /// Why the rows end before the result does.
    pub(crate) error: Option<DecodeError>,
    read: ReadRow<T>,
    loads: Loads,
}

impl<T: Send + 'static> Taken<T> {
    pub(crate) fn sink(read: ReadRow<T>, loads: &Loads) -> Box<dyn RowSink> {
        Box::new(Self {
            rows: Vec::new(),
            error: None,
            read,
            loads: loads.clone(),
        })
    }

    /// The one that [`sink`](Self::sink) made, or one of its [`fresh`](RowSink::fresh) ones.
    pub(crate) fn of(sink: Box<dyn RowSink>) -> Result<Self> {
        let sink: Box<dyn Any> = sink;
        match sink.downcast::<Self>() {
            Ok(taken) => Ok(*taken),
            Err(_) => Err(Error::Usage(
                "the executor handed back another sink than it was given".into(),
            )),
        }
    }
}

impl<T: Send + 'static> RowSink for Taken<T> {
    fn columns(&mut self, _: &Arc<[String]>) {}

    fn expect(&mut self, rows: usize) {
        let most = MOST_ROOM / size_of::<T>().max(1);
        self.rows.reserve_exact(rows.min(most));
    }

    fn row(&mut self, row: &mut RowReader<'_>) -> bool {
        match (self.read)(&self.loads, row, &mut self.rows) {
            Ok(()) => true,
            Err(error) => {
                self.error = Some(error);
                false
            }
        }
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn fresh(&self) -> Box<dyn RowSink> {
        let mut next = Self {
            rows: Vec::new(),
            error: None,
            read: self.read,
            loads: self.loads.clone(),
        };
        next.rows.reserve(self.rows.len());
        Box::new(next)
    }
}

/// Runs a statement and reads all its rows.
pub(crate) async fn read_sql<T: Send + 'static>(
    db: &dyn Executor,
    sql: Sql,
    loads: &Loads,
    read: ReadRow<T>,
) -> Result<Vec<T>> {
    let mut taken = Taken::of(db.read(sql, Taken::sink(read, loads)).await?)?;
    match taken.error {
        None => {
            // Room for as many rows as came last is given back where few came.
            if taken.rows.len() < taken.rows.capacity() / 4 {
                taken.rows.shrink_to_fit();
            }
            Ok(taken.rows)
        }
        Some(error) => Err(error.into()),
    }
}

/// Renders and runs a statement, and reads all its rows.
pub(crate) async fn read_all<T: Send + 'static>(
    db: &dyn Executor,
    statement: &Statement,
    loads: &Loads,
    read: ReadRow<T>,
) -> Result<Vec<T>> {
    read_sql(db, db.dialect().render(statement)?, loads, read).await
}

/// Reads an object and the related ones that were joined to it, behind those that are there.
pub(crate) fn push_object<M: Model>(
    loads: &Loads,
    row: &mut RowReader<'_>,
    rows: &mut Vec<M>,
) -> Result<(), DecodeError> {
    // Room first, in words that the compiler takes: a push that may have to make room holds the object
    // elsewhere meanwhile, and copies it.
    if rows.try_reserve(1).is_err() || rows.len() == rows.capacity() {
        return Err(DecodeError::new("a row", "there is no memory for it"));
    }
    rows.push(M::from_row(row)?);
    if let Some(object) = rows.last_mut().filter(|_| !loads.is_empty())
        && let Err(error) = loads.fill(object, row)
    {
        rows.pop();
        return Err(error);
    }
    Ok(())
}

/// Reads an object and the related ones that were joined to it.
pub(crate) fn object<M: Model>(loads: &Loads, row: &mut RowReader<'_>) -> Result<M, DecodeError> {
    let mut object: M = read_one(row)?;
    loads.fill(&mut object, row)?;
    Ok(object)
}
