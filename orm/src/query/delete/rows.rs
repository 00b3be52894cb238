//! Statements on rows given by keys.

use orm_schema::OnDelete;

use super::graph::{Pairs, Referrer};
use super::{Deleted, KEYS_PER_STATEMENT};
use crate::ast::{BinaryOp, Delete, Expr, Select, SelectItem, Update};
use crate::backend::Executor;
use crate::error::{Error, Result};
use crate::model::ModelMeta;
use crate::query::plan::{ROOT, execute, fetch, key_order};
use crate::query::relation::ties::among;
use crate::query::{change, lookup};
use crate::value::Value;

/// How many keys of rows in the way an error names.
const NAMED: u64 = 10;

/// A column of the statement's own table.
pub(super) fn own(meta: &'static ModelMeta, column: usize) -> Expr {
    Expr::column(ROOT, meta.columns[column].column)
}

pub(super) fn items(meta: &'static ModelMeta, columns: &[usize]) -> Vec<SelectItem> {
    let item = |&c: &usize| SelectItem {
        expr: own(meta, c),
        alias: None,
    };
    columns.iter().map(item).collect()
}

pub(super) fn is_in(expr: Expr, list: &[Value]) -> Expr {
    Expr::In {
        expr: Box::new(expr),
        list: list.to_vec(),
    }
}

/// Rows that refer to any of these values.
pub(super) fn refers(referrer: &Referrer, values: &[Value]) -> Expr {
    let columns = referrer.columns.iter();
    among(columns.map(|&c| own(referrer.meta, c)).collect(), values)
}

/// The values for each statement.
pub(super) fn chunks<'v>(
    referrer: &Referrer,
    values: &'v [Value],
) -> std::slice::Chunks<'v, Value> {
    values.chunks(KEYS_PER_STATEMENT * referrer.columns.len().max(1))
}

/// The rows of a select.
pub(super) async fn rows_of(db: &dyn Executor, select: Select) -> Result<Vec<Vec<Value>>> {
    let width = select.columns.len().max(1);
    let values = fetch(db, &select.into()).await?.values;
    let mut out = Vec::with_capacity(values.len() / width);
    let mut values = values.into_iter();
    loop {
        let row: Vec<Value> = values.by_ref().take(width).collect();
        if row.is_empty() {
            return Ok(out);
        }
        out.push(row);
    }
}

/// The rows that refer to any of these values, by key: some columns of them.
pub(super) async fn referring(
    db: &dyn Executor,
    referrer: &Referrer,
    values: &[Value],
    columns: &[usize],
) -> Result<Vec<Vec<Value>>> {
    let meta = referrer.meta;
    let mut out = Vec::new();
    for chunk in chunks(referrer, values) {
        let select = Select {
            columns: items(meta, columns),
            filter: Some(refers(referrer, chunk)),
            order_by: key_order(meta, ROOT).collect(),
            ..Select::from_table(meta.table, ROOT)
        };
        out.extend(rows_of(db, select).await?);
    }
    Ok(out)
}

/// Deletes the rows that refer to any of these values.
pub(super) async fn delete_referring(
    db: &dyn Executor,
    referrer: &Referrer,
    values: &[Value],
    deleted: &mut Deleted,
) -> Result<()> {
    let kept = !lookup::kept(db.dialect().features(), referrer.meta).is_empty();
    for chunk in chunks(referrer, values) {
        if kept {
            let keys = referring(db, referrer, chunk, referrer.meta.key).await?;
            delete_keys(db, referrer.meta, &keys, deleted).await?;
            continue;
        }
        let filter = refers(referrer, chunk);
        delete(db, referrer.meta.table, referrer.meta.name, filter, deleted).await?;
    }
    Ok(())
}

/// Deletes the rows of a table of pairs.
pub(super) async fn delete_pairs(
    db: &dyn Executor,
    pairs: &Pairs,
    keys: &[Value],
    deleted: &mut Deleted,
) -> Result<()> {
    for chunk in keys.chunks(KEYS_PER_STATEMENT) {
        let filter = is_in(Expr::column(ROOT, pairs.column), chunk);
        delete(db, pairs.table, pairs.table, filter, deleted).await?;
    }
    Ok(())
}

/// Deletes the rows with these keys.
pub(super) async fn delete_keys(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    keys: &[Vec<Value>],
    deleted: &mut Deleted,
) -> Result<()> {
    // Backwards: in a tree the rows found last lie deepest.
    for chunk in keys.rchunks(KEYS_PER_STATEMENT) {
        delete(db, meta.table, meta.name, keys_in(meta, chunk), deleted).await?;
        // After the rows: their locks keep others from noting new values for them.
        lookup::forget(db, meta, chunk).await?;
    }
    Ok(())
}

async fn delete(
    db: &dyn Executor,
    table: &'static str,
    name: &'static str,
    filter: Expr,
    deleted: &mut Deleted,
) -> Result<()> {
    let delete = Delete {
        table: table.into(),
        alias: ROOT,
        joins: Vec::new(),
        filter: Some(filter),
    };
    deleted.add(name, execute(db, &delete.into()).await?.rows_affected);
    Ok(())
}

/// Sets the referring columns of the rows that refer to any of these values.
pub(super) async fn reset(
    db: &dyn Executor,
    referrer: &Referrer,
    to: &Value,
    values: &[Value],
) -> Result<()> {
    // Of several columns, those that can say that there is nothing.
    let may = |&c: &usize| referrer.columns.len() == 1 || referrer.meta.columns[c].null;
    let columns: Vec<usize> = referrer.columns.iter().copied().filter(may).collect();
    for chunk in chunks(referrer, values) {
        set(db, referrer.meta, &columns, to, refers(referrer, chunk)).await?;
    }
    Ok(())
}

/// Sets columns of some rows.
pub(super) async fn set(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    columns: &[usize],
    to: &Value,
    filter: Expr,
) -> Result<()> {
    let value = || Expr::Value(to.clone());
    if change::concerns(db.dialect().features(), meta, columns.iter().copied()) {
        let set = change::Set::own(columns.iter().map(|&c| (c, value())).collect());
        let rows = change::Chosen::Where(Some(filter));
        return change::update(db, meta, set, rows).await.map(drop);
    }
    let update = Update {
        table: meta.table.into(),
        alias: ROOT,
        joins: Vec::new(),
        set: (columns
            .iter()
            .map(|&c| (meta.columns[c].column.into(), value())))
        .collect(),
        filter: Some(filter),
    };
    execute(db, &update.into()).await.map(drop)
}

pub(super) fn keys_in(meta: &'static ModelMeta, keys: &[Vec<Value>]) -> Expr {
    let mut columns: Vec<Expr> = meta.key.iter().map(|&c| own(meta, c)).collect();
    if columns.len() == 1 {
        return Expr::In {
            expr: Box::new(columns.remove(0)),
            list: keys.iter().map(|k| k[0].clone()).collect(),
        };
    }
    Expr::InRows {
        exprs: columns,
        rows: keys.iter().map(|k| k[..meta.key.len()].to_vec()).collect(),
    }
}

/// What the column of a referring row becomes, if its rule sets it.
pub(super) fn replacement(referrer: &Referrer) -> Result<Option<Value>> {
    match referrer.on_delete {
        OnDelete::SetNull => Ok(Some(Value::Null)),
        OnDelete::SetDefault => {
            let column = &referrer.meta.columns[referrer.columns[0]];
            match column.default.value(&column.ty) {
                Some(value) => Ok(Some(value)),
                None => Err(Error::Usage(format!(
                    "`{}` of {} has on_delete = \"set_default\" but no default",
                    referrer.field, referrer.meta.name
                ))),
            }
        }
        _ => Ok(None),
    }
}

/// Raises the error for rows in the way, if there are any; the rows are asked for.
pub(super) async fn refuse_referring(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    referrer: &Referrer,
    values: &[Value],
) -> Result<()> {
    let (mut keys, mut count) = (Vec::new(), 0);
    for chunk in chunks(referrer, values) {
        let select = Select {
            columns: items(referrer.meta, referrer.meta.key),
            filter: Some(refers(referrer, chunk)),
            order_by: key_order(referrer.meta, ROOT).collect(),
            limit: Some(NAMED),
            ..Select::from_table(referrer.meta.table, ROOT)
        };
        let found = rows_of(db, select.clone()).await?;
        count += if (found.len() as u64) < NAMED {
            found.len() as u64
        } else {
            count_of(db, select).await?
        };
        keys.extend(found);
    }
    match count {
        0 => Ok(()),
        _ => Err(protected(meta, referrer, &keys, count)),
    }
}

async fn count_of(db: &dyn Executor, select: Select) -> Result<u64> {
    let select = Select {
        columns: vec![crate::query::relation::count_item()],
        order_by: Vec::new(),
        limit: None,
        ..select
    };
    crate::query::aggregate::as_count(crate::query::fetch::single_value(db, select).await?)
}

/// The error for rows in the way.
pub(super) fn protected(
    meta: &'static ModelMeta,
    by: &Referrer,
    keys: &[Vec<Value>],
    count: u64,
) -> Error {
    let text = |k: &Vec<Value>| -> String {
        let parts: Vec<String> = k.iter().map(shown).collect();
        parts.join(", ")
    };
    let limit = usize::try_from(NAMED).unwrap_or(usize::MAX);
    Error::Protected {
        model: meta.name,
        by: by.meta.name,
        field: by.field,
        rule: by.on_delete.as_str(),
        count,
        objects: keys.iter().take(limit).map(text).collect(),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Int(v) => v.to_string(),
        Value::UInt(v) => v.to_string(),
        Value::Text(v) => v.clone(),
        other => format!("{other:?}"),
    }
}

/// `column > value`.
pub(super) fn behind(meta: &'static ModelMeta, column: usize, value: &Value) -> Expr {
    Expr::binary(own(meta, column), BinaryOp::Gt, Expr::Value(value.clone()))
}
