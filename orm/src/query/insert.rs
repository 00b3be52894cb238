//! One row inserted, and all its values handed back.

use super::lookup;
use super::new::object_of;
use super::plan::{ROOT, columns_at, execute, fetch, key_equals, key_order};
use super::validate;
use crate::ast::{Insert, Select};
use crate::backend::{DbError, DbErrorKind, Executor};
use crate::error::{Error, Result};
use crate::model::{Model, ModelMeta};
use crate::value::{RowSet, Value};

/// Inserts one row; `None` is left to the database.
pub(super) async fn insert_row<M: Model>(
    db: &dyn Executor,
    values: Vec<Option<Value>>,
) -> Result<M> {
    let values = insert_values(db, M::META, values).await?;
    object_of(values)
}

/// The same as values.
pub(super) async fn insert_values(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    values: Vec<Option<Value>>,
) -> Result<Vec<Value>> {
    match lookup::kept(db.dialect().features(), meta) {
        [] => insert_plain(db, meta, values).await,
        lookups => lookup::insert(db, meta, lookups, values).await,
    }
}

/// [`insert_values`] without what side tables say of the row.
pub(super) async fn insert_plain(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    values: Vec<Option<Value>>,
) -> Result<Vec<Value>> {
    let mut insert = insert_of(meta, &values)?;
    let unset: Vec<usize> = (0..values.len()).filter(|&i| values[i].is_none()).collect();
    let mut values: Vec<Value> = values.into_iter().map(Option::unwrap_or_default).collect();
    match unset.as_slice() {
        [] => {
            execute(db, &insert.into()).await?;
        }
        &[auto] if meta.columns[auto].auto => {
            let done = execute(db, &insert.into()).await?;
            values[auto] = generated(meta, done.last_insert_id)?;
        }
        unset if db.dialect().features().returning => {
            insert.returning = unset
                .iter()
                .map(|&i| meta.columns[i].column.into())
                .collect();
            let mut rows = fetch(db, &insert.into()).await?;
            for (&i, value) in unset.iter().zip(rows.values.drain(..)) {
                values[i] = value;
            }
        }
        unset => {
            let done = execute(db, &insert.into()).await?;
            if let Some(&auto) = unset.iter().find(|&&i| meta.columns[i].auto) {
                values[auto] = generated(meta, done.last_insert_id)?;
            }
            values = read_back(db, meta, values).await?;
        }
    }
    Ok(values)
}

/// The statement for the values that are set, which are checked.
pub(super) fn insert_of(meta: &'static ModelMeta, values: &[Option<Value>]) -> Result<Insert> {
    let mut insert = Insert {
        table: meta.table.into(),
        columns: Vec::with_capacity(values.len()),
        values: Vec::with_capacity(values.len()),
        on_conflict: None,
        returning: Vec::new(),
    };
    for (column, value) in meta.columns.iter().zip(values) {
        if let Some(value) = value {
            validate::check(meta, column, value)?;
            insert.columns.push(column.column.into());
            insert.values.push(value.clone());
        }
    }
    Ok(insert)
}

pub(super) fn generated(meta: &'static ModelMeta, id: Option<u64>) -> Result<Value> {
    id.map(Value::UInt).ok_or_else(|| {
        // No refusal: the row is there.
        let text = format!(
            "the database handed out no key for a new {}: is its key column automatic in the table?",
            meta.name
        );
        DbError::new(DbErrorKind::Other, text).into()
    })
}

/// Reads the row that was just inserted.
async fn read_back(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    values: Vec<Value>,
) -> Result<Vec<Value>> {
    let key = meta.key.iter().map(|&c| values[c].clone()).collect();
    let select = Select {
        columns: columns_at(meta, ROOT),
        filter: Some(key_equals(meta, ROOT, key)),
        order_by: key_order(meta, ROOT).collect(),
        ..Select::from_table(meta.table, ROOT)
    };
    let rows: RowSet = fetch(db, &select.into()).await?;
    if rows.len() == 1 {
        Ok(rows.values)
    } else {
        Err(Error::DoesNotExist { model: meta.name })
    }
}
