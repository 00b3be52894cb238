//! One object written, and receivers told before and after, in one transaction.
//!
//! Boxed, so that the writes of which nobody hears carry none of it.

use std::sync::Arc;

use super::insert::{insert_row, insert_values};
use super::lookup::is_refusal;
use super::new::object_of;
use super::plan::{ROOT, finish, key_equals};
use super::{QuerySet, Saved, UpdateQuery, save};
use crate::backend::{BoxFuture, Executor, Transaction};
use crate::error::{Error, Result};
use crate::model::{ColumnMeta, Key, Model, ModelMeta, bind_all};
use crate::schema::FieldType;
use crate::signals::{self, Lists};
use crate::value::{CivilDate, CivilDateTime, CivilTime, DecodeError, Value};

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
async fn run<M: Model>(
    tx: &Transaction,
    lists: &Lists,
    object: &mut M,
    write: &Write<'_, M>,
    refused: &mut bool,
) -> Result<Written> {
    let named = named(object, write);
    let quiet = tx.writes();
    let computed = computed(object);
    lists.pre_save(tx, object, named.as_deref()).await?;
    for (column, value) in computed {
        object.put(column, value)?;
    }
    let quiet = tx.writes() == quiet;
    // What differs is saved, also what a receiver has changed.
    let named = self::named(object, write);
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

/// The values of the columns that are the database's to compute, whatever a receiver puts there.
fn computed<M: Model>(object: &M) -> Vec<(usize, Value)> {
    let columns = M::META.columns.iter().enumerate();
    let computed = columns.filter(|(_, c)| c.computed);
    computed.map(|(i, _)| (i, object.value(i))).collect()
}

/// An update of one row.
pub(super) struct Update<M> {
    pub(super) query: UpdateQuery<M>,
    /// Whether the row is locked.
    pub(super) locks: bool,
}

/// Updates the row of an object and reads it again, `None` if it is gone; receivers are told before and
/// after. As in [`run`] `refused`.
///
/// What is computed is written as expressions, which the server computes anew: it rounds, refuses and,
/// where the row is not locked, adds to what that has by then. Only what receivers have changed is
/// written as they left it.
pub(super) async fn update<M: Model>(
    tx: &Transaction,
    lists: Option<&Lists>,
    mut object: M,
    update: Update<M>,
    refused: &mut bool,
) -> Result<Option<M>> {
    let Update { mut query, locks } = update;
    let key = object.key().map(|key| key.to_values()).unwrap_or_default();
    let columns: Vec<usize> = query.columns().collect();
    let fields: Vec<&'static str> = columns.iter().map(|&c| M::META.columns[c].field).collect();
    let mut quiet = true;
    if let Some(lists) = lists {
        // Nothing is written yet.
        let applied = query.apply(tx, &mut object, locks).await;
        applied.inspect_err(|e| *refused = is_refusal(e) || e.is_not_found())?;
        let told: Vec<Value> = columns.iter().map(|&c| object.value(c)).collect();
        let writes = tx.writes();
        lists.pre_save(tx, &mut object, Some(&fields)).await?;
        quiet = tx.writes() == writes;
        for (&column, told) in columns.iter().zip(told) {
            let value = object.value(column);
            if value != told {
                query.put(column, &value);
            }
        }
    }
    let matched = query.of_row(key.clone()).exec(tx).await;
    let matched = matched.inspect_err(|e| *refused = quiet && is_refusal(e))?;
    if matched == 0 {
        return Ok(None);
    }
    let mut row = QuerySet::<M>::new();
    row.plan.add_filter(key_equals(M::META, ROOT, key));
    let object = row.get(tx).await?;
    if let Some(lists) = lists {
        lists.post_save(tx, &object, false, Some(&fields)).await?;
    }
    Ok(Some(object))
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
/// back, which would doom that, if nothing was written in it, or nothing of that stays.
pub(super) async fn end<T>(tx: Transaction, done: Result<T>, refused: bool) -> Result<T> {
    if done.is_err() && tx.is_joined() && (refused || tx.is_unwritten()) {
        // What receivers left for after the commit is of a write that is not made.
        tx.forget_hooks();
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
        Error::Decode(error) => Error::Usage(no_draft(M::META, &error)),
        other => other,
    })
}

/// Why there is no object before its row, and the way out.
fn no_draft(meta: &'static ModelMeta, error: &DecodeError) -> String {
    let mut columns = meta.columns.iter();
    let column = columns.find(|c| c.column == error.column());
    let field = column.map_or(error.column(), |c| c.field);
    let advice = match column {
        Some(column) if column.computed => format!(
            "the database alone computes it, so make an object with any value there and `insert` that, or make `{field}` of a type that has one"
        ),
        _ => "give it a value in `new!`".to_owned(),
    };
    format!(
        "a receiver of pre_save of {} sees the object before the database fills in `{field}`, and there is no empty value for it ({error}): {advice}",
        meta.name
    )
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
