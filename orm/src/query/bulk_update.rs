//! Many objects saved by few statements.

use super::plan::{ROOT, finish, key_equals, parts_of, powers_of_two, value_by_key};
use super::upsert::update;
use super::validate;
use crate::ast::Expr;
use crate::backend::Executor;
use crate::error::{Error, Result};
use crate::model::{Model, ModelMeta};
use crate::value::Value;

/// Updates these columns of the objects' rows; tells how many rows matched.
pub(super) async fn bulk_update<M: Model>(
    db: &dyn Executor,
    objects: &[M],
    columns: &[usize],
) -> Result<u64> {
    let meta = M::META;
    if let Some(&key) = columns.iter().find(|c| meta.key.contains(c)) {
        return Err(Error::Usage(format!(
            "`bulk_update` finds the rows of {} by their key, and cannot change `{}` of it",
            meta.name, meta.columns[key].field
        )));
    }
    let mut rows = Vec::with_capacity(objects.len());
    for object in objects {
        rows.push(row(object, columns)?);
    }
    if columns.is_empty() || rows.is_empty() {
        return Ok(0);
    }
    if let [one] = rows.as_slice() {
        return part(db, meta, columns, std::slice::from_ref(one)).await;
    }
    let tx = db.begin().await?;
    let done = async {
        let mut matched = 0;
        let most = parts_of(db.dialect().features(), meta, columns.len());
        for chunk in powers_of_two(&rows, most) {
            matched += part(&tx, meta, columns, chunk).await?;
        }
        Ok(matched)
    }
    .await;
    finish(tx, done).await
}

/// An object's key and new values.
struct Row {
    key: Vec<Value>,
    values: Vec<Value>,
}

fn row<M: Model>(object: &M, columns: &[usize]) -> Result<Row> {
    let meta = M::META;
    let key: Vec<Value> = meta.key.iter().map(|&c| object.value(c)).collect();
    if key.iter().any(Value::is_null) {
        return Err(Error::Usage(format!(
            "a {} of a `bulk_update` has no key yet: insert it first",
            meta.name
        )));
    }
    let mut values = Vec::with_capacity(columns.len());
    for &column in columns {
        let value = object.value(column);
        validate::check(meta, &meta.columns[column], &value)?;
        values.push(value);
    }
    Ok(Row { key, values })
}

async fn part(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    columns: &[usize],
    rows: &[Row],
) -> Result<u64> {
    let own = |c: usize| Expr::column(ROOT, meta.columns[c].column);
    let set = columns.iter().enumerate().map(|(at, &column)| {
        let values = rows.iter().map(|r| (&*r.key, &r.values[at]));
        (column, value_by_key(meta, ROOT, column, values))
    });
    let filter = match (meta.key, rows) {
        (_, [one]) => key_equals(meta, ROOT, one.key.clone()),
        (&[key], many) => Expr::In {
            expr: Box::new(own(key)),
            list: many.iter().map(|r| r.key[0].clone()).collect(),
        },
        (key, many) => Expr::InRows {
            exprs: key.iter().map(|&c| own(c)).collect(),
            rows: many.iter().map(|r| r.key.clone()).collect(),
        },
    };
    update(db, meta, set.collect(), filter).await
}
