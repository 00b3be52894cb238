//! One object written, heard by nobody: what [`Record`](super::Record) does where no receiver is
//! connected, and what is done between two signals where one is.

use super::Saved;
use super::insert::insert_values;
use super::record::{touch, update_columns, update_existing};
use crate::backend::Executor;
use crate::error::Result;
use crate::model::{Model, bind_all, rebind};
use crate::value::Value;

/// Inserts the object's row, and fills in what the database gave it.
pub(super) async fn insert<M: Model>(db: &dyn Executor, object: &mut M) -> Result<()> {
    touch(object, true)?;
    let columns = M::META.columns.iter().enumerate();
    let values = columns.map(|(i, c)| {
        let value = object.value(i);
        let left_out = (c.auto && value.is_null()) || c.computed;
        (!left_out).then_some(value)
    });
    let values: Vec<Option<Value>> = values.collect();
    let filled = insert_values(db, M::META, values).await?;
    for (i, value) in filled.into_iter().enumerate() {
        let column = &M::META.columns[i];
        if column.auto || column.computed {
            object.put(i, value)?;
        }
    }
    bind_all(object);
    Ok(())
}

/// Updates the object's row, or inserts it where there is none.
pub(super) async fn save<M: Model>(db: &dyn Executor, object: &mut M) -> Result<Saved> {
    let auto_unset = M::META
        .key
        .iter()
        .any(|&c| M::META.columns[c].auto && object.value(c).is_null());
    if auto_unset {
        insert(db, object).await?;
        return Ok(Saved::Created);
    }
    touch(object, false)?;
    let all: Vec<usize> = (0..M::META.columns.len()).collect();
    if update_columns(db, object, &all).await? > 0 {
        rebind(object);
        return Ok(Saved::Updated);
    }
    insert(db, object).await?;
    Ok(Saved::Created)
}

/// Updates these columns and those that follow the time.
pub(super) async fn fields<M: Model>(
    db: &dyn Executor,
    object: &mut M,
    mut columns: Vec<usize>,
) -> Result<()> {
    touch(object, false)?;
    let moved = |i: &usize| M::META.columns[*i].auto_now && !columns.contains(i);
    let auto: Vec<usize> = (0..M::META.columns.len()).filter(moved).collect();
    columns.extend(auto);
    update_existing(db, object, &columns).await?;
    rebind(object);
    Ok(())
}

/// Updates the columns that differ, if any does; tells how many.
pub(super) async fn changed<M: Model>(
    db: &dyn Executor,
    object: &mut M,
    before: &M,
) -> Result<usize> {
    let changed = differing(object, before).len();
    if changed == 0 {
        return Ok(0);
    }
    touch(object, false)?;
    let columns = differing(object, before);
    update_existing(db, object, &columns).await?;
    rebind(object);
    Ok(changed)
}

/// The columns in which two states of an object differ.
pub(super) fn differing<M: Model>(object: &M, before: &M) -> Vec<usize> {
    let differs = |&i: &usize| object.value(i) != before.value(i);
    (0..M::META.columns.len()).filter(differs).collect()
}
