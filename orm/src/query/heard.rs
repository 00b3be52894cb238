//! One object written, and receivers told before and after, in one transaction.
//!
//! Boxed, so that the writes of which nobody hears carry none of it.

use std::sync::Arc;

use super::insert::{insert_row, insert_values};
use super::lookup::is_refusal;
use super::new::object_of;
use super::plan::finish;
use super::{Saved, save};
use crate::backend::{BoxFuture, Executor, Transaction};
use crate::error::{Error, Result};
use crate::model::{ColumnMeta, Model, bind_all};
use crate::schema::FieldType;
use crate::signals::{self, Lists};
use crate::value::{CivilDate, CivilDateTime, CivilTime, Value};

/// Who hears of saves of a model on this database.
#[inline]
pub(super) fn of_saves<M: Model>(db: &dyn Executor) -> Option<Arc<Lists>> {
    signals::of(db, M::META).filter(|lists| lists.of_saves())
}

/// How an object is written.
pub(super) enum Write<'w, M> {
    /// A row is inserted.
    Insert,
    /// The row is updated, or inserted where there is none.
    Save,
    /// These columns are updated.
    Fields(Vec<usize>),
    /// The columns are updated that differ from this state.
    Changed(&'w M),
}

/// What was written.
pub(super) struct Written {
    pub(super) saved: Saved,
    /// The columns that differed.
    pub(super) changed: usize,
}

/// Inserts a row of these values, `None` left to the database.
pub(super) async fn create<M: Model>(db: &dyn Executor, values: Vec<Option<Value>>) -> Result<M> {
    match of_saves::<M>(db) {
        None => insert_row::<M>(db, values).await,
        Some(lists) => create_told(db, lists, values).await,
    }
}

fn create_told<'a, M: Model>(
    db: &'a dyn Executor,
    lists: Arc<Lists>,
    values: Vec<Option<Value>>,
) -> BoxFuture<'a, Result<M>> {
    Box::pin(async move {
        let tx = db.begin().await?;
        let mut refused = false;
        let done = async {
            let quiet = tx.writes();
            let values = match lists.before_saves() {
                true => told_of::<M>(&tx, &lists, values).await?,
                false => values,
            };
            let quiet = tx.writes() == quiet;
            let values = insert_values(&tx, M::META, values).await;
            let values = values.inspect_err(|e| refused = quiet && is_refusal(e))?;
            let object = object_of::<M>(values)?;
            lists.post_save(&tx, &object, true, None).await?;
            Ok(object)
        }
        .await;
        end(tx, done, refused).await
    })
}

/// Tells receivers of an object that is not there yet; the values that they leave it.
async fn told_of<M: Model>(
    tx: &Transaction,
    lists: &Lists,
    values: Vec<Option<Value>>,
) -> Result<Vec<Option<Value>>> {
    let open: Vec<bool> = values.iter().map(Option::is_none).collect();
    let mut object = draft::<M>(values)?;
    let drafted: Vec<Option<Value>> = (0..open.len())
        .map(|i| open[i].then(|| object.value(i)))
        .collect();
    lists.pre_save(tx, &mut object, None).await?;
    let kept = drafted.into_iter().enumerate().map(|(i, drafted)| {
        let value = object.value(i);
        let own = drafted.as_ref() != Some(&value) && !M::META.columns[i].computed;
        own.then_some(value)
    });
    Ok(kept.collect())
}

/// Writes an object.
pub(super) fn write<'a, M: Model>(
    db: &'a dyn Executor,
    lists: Arc<Lists>,
    object: &'a mut M,
    write: Write<'a, M>,
) -> BoxFuture<'a, Result<Written>> {
    Box::pin(async move {
        if matches!(&write, Write::Changed(before) if save::differing(object, before).is_empty()) {
            let (saved, changed) = (Saved::Updated, 0);
            return Ok(Written { saved, changed });
        }
        let numbered = |&i: &usize| M::META.columns[i].auto && object.value(i).is_null();
        let numbered: Vec<usize> = (0..M::META.columns.len()).filter(numbered).collect();
        let tx = db.begin().await?;
        let mut refused = false;
        let done = run(&tx, &lists, object, &write, &mut refused).await;
        let done = end(tx, done, refused).await;
        if done.is_err() {
            unnumber(object, &numbered)?;
        }
        done
    })
}

/// Takes back keys that the database gave to a row that is undone.
fn unnumber<M: Model>(object: &mut M, columns: &[usize]) -> Result<()> {
    let mut any = false;
    for &column in columns {
        if !object.value(column).is_null() {
            object.put(column, Value::Null)?;
            any = true;
        }
    }
    if any {
        bind_all(object);
    }
    Ok(())
}

/// Tells receivers, writes, tells them. `refused` says that nothing of the write stays though the
/// transaction goes on.
pub(super) async fn run<M: Model>(
    tx: &Transaction,
    lists: &Lists,
    object: &mut M,
    write: &Write<'_, M>,
    refused: &mut bool,
) -> Result<Written> {
    let named = named(object, write);
    let quiet = tx.writes();
    lists.pre_save(tx, object, named.as_deref()).await?;
    let quiet = tx.writes() == quiet;
    let written = written(tx, object, write).await;
    let written = written.inspect_err(|e| *refused = quiet && is_nothing(e, write))?;
    // A receiver may have taken back all that differed.
    if matches!(write, Write::Changed(_)) && written.changed == 0 {
        return Ok(written);
    }
    let created = written.saved == Saved::Created;
    lists
        .post_save(tx, object, created, named.as_deref())
        .await?;
    Ok(written)
}

/// The fields that alone are written.
fn named<M: Model>(object: &M, write: &Write<'_, M>) -> Option<Vec<&'static str>> {
    let columns = match write {
        Write::Insert | Write::Save => return None,
        Write::Fields(columns) => columns.clone(),
        Write::Changed(before) => save::differing(object, before),
    };
    Some(columns.iter().map(|&c| M::META.columns[c].field).collect())
}

async fn written<M: Model>(
    tx: &Transaction,
    object: &mut M,
    write: &Write<'_, M>,
) -> Result<Written> {
    let (mut saved, mut changed) = (Saved::Updated, 0);
    match write {
        Write::Insert => {
            save::insert(tx, object).await?;
            saved = Saved::Created;
        }
        Write::Save => saved = save::save(tx, object).await?,
        Write::Fields(columns) => save::fields(tx, object, columns.clone()).await?,
        Write::Changed(before) => changed = save::changed(tx, object, before).await?,
    }
    Ok(Written { saved, changed })
}

/// Whether the write took no effect.
fn is_nothing<M>(error: &Error, write: &Write<'_, M>) -> bool {
    let update = matches!(write, Write::Fields(_) | Write::Changed(_));
    is_refusal(error) || (update && error.is_not_found())
}

/// Ends the transaction of a write. One that is part of an outer one without a savepoint is not rolled
/// back, which would doom that, if nothing was written in it.
pub(super) async fn end<T>(tx: Transaction, done: Result<T>, refused: bool) -> Result<T> {
    if refused && done.is_err() && tx.is_joined() {
        // It sends nothing: the outer transaction goes on.
        let _ = tx.commit().await;
        return done;
    }
    finish(tx, done).await
}

/// The object that `create` will insert, with empty values where the database has the word.
fn draft<M: Model>(values: Vec<Option<Value>>) -> Result<M> {
    let columns = M::META.columns.iter();
    let given = columns.zip(values).map(|(column, value)| match value {
        Some(value) => value,
        None if column.auto || column.null => Value::Null,
        None => empty(column),
    });
    object_of(given.collect()).map_err(|error| match error {
        Error::Decode(error) => Error::Usage(format!(
            "a receiver of pre_save of {} is to see the object before the database fills in its fields, and there is no empty value for one of them: {error}; give it in `new!`",
            M::META.name
        )),
        other => other,
    })
}

/// A value of the column's type that says nothing.
fn empty(column: &ColumnMeta) -> Value {
    const DAY: CivilDate = CivilDate {
        year: 1970,
        month: 1,
        day: 1,
    };
    const MIDNIGHT: CivilTime = CivilTime {
        hour: 0,
        minute: 0,
        second: 0,
        micros: 0,
    };
    if let Some(first) = column.extra.choices.first() {
        return first.value(&column.ty);
    }
    match &column.rust_type {
        FieldType::Bool => Value::Bool(false),
        FieldType::Float | FieldType::Double => Value::Double(0.0),
        FieldType::Decimal { .. } => Value::Decimal("0".to_owned()),
        FieldType::Binary { .. } => Value::Bytes(Vec::new()),
        FieldType::Date => Value::Date(DAY),
        FieldType::Time => Value::Time(MIDNIGHT),
        FieldType::DateTime => Value::DateTime(CivilDateTime {
            date: DAY,
            time: MIDNIGHT,
        }),
        FieldType::Json => Value::Json("null".to_owned()),
        FieldType::Uuid => Value::Uuid([0; 16]),
        FieldType::Ip => Value::Text("0.0.0.0".to_owned()),
        FieldType::Vector { dim } => Value::Vector(vec![0.0; *dim as usize]),
        FieldType::Char { .. }
        | FieldType::Varchar { .. }
        | FieldType::Text
        | FieldType::Geography
        | FieldType::Sql(_) => Value::Text(String::new()),
        _ => Value::Int(0),
    }
}
