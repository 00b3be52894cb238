//! Deletes part by part: each part with what depends on it, deepest first, before the next one is
//! looked at. Holds the keys of one part for each level of the cascade, however many rows go.

use orm_schema::OnDelete;

use super::graph::{Referrer, referrers, same};
use super::rows::{
    behind, chunks, delete_keys, delete_pairs, delete_referring, items, refers, refuse_referring,
    replacement, reset, rows_of,
};
use super::{Deleted, KEYS_PER_STATEMENT};
use crate::ast::{Expr, Select};
use crate::backend::{BoxFuture, Executor};
use crate::error::Result;
use crate::model::{HashKey, ModelMeta};
use crate::query::plan::{Plan, ROOT, is_short, key_order};
use crate::value::Value;

/// Rows of a part. A multiple of the keys of a statement: fewer, and the statements become many;
/// more, and the memory grows for nothing.
const PART: usize = 4 * KEYS_PER_STATEMENT;

/// The columns that are asked of the rows of a model: those of its key, then others that relations
/// refer to.
pub(super) fn shape(meta: &'static ModelMeta) -> Vec<usize> {
    let mut columns = meta.key.to_vec();
    for referrer in &referrers(meta).columns {
        for &column in &referrer.referred {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    columns
}

/// The values of some columns of the rows, one row after the other, without those that have a NULL:
/// nothing refers to them.
pub(super) fn values(
    meta: &'static ModelMeta,
    rows: &[Vec<Value>],
    columns: &[usize],
) -> Vec<Value> {
    let shape = shape(meta);
    let places: Vec<usize> = columns
        .iter()
        .filter_map(|c| shape.iter().position(|s| s == c))
        .collect();
    let mut out = Vec::with_capacity(rows.len() * places.len());
    for row in rows {
        let before = out.len();
        out.extend(
            places
                .iter()
                .filter_map(|&at| row.get(at).filter(|v| !v.is_null()).cloned()),
        );
        if out.len() < before + places.len() {
            out.truncate(before);
        }
    }
    out
}

/// Deletes the rows of a query.
pub(super) async fn delete(db: &dyn Executor, plan: &Plan) -> Result<Deleted> {
    let meta = plan.meta;
    let mut deleted = Deleted::default();
    if repeats(plan) {
        let mut select = plan.bare(items(meta, &shape(meta)));
        select.order_by = key_order(meta, ROOT).collect();
        drain(db, meta, select, &mut deleted).await?;
        return Ok(deleted);
    }
    let rows = rows_of(db, plan.rows(items(meta, &shape(meta)))).await?;
    for part in rows.chunks(PART) {
        remove(db, meta, part, &mut deleted).await?;
    }
    Ok(deleted)
}

/// Whether the query finds the rows that are left when it is asked again after some were deleted:
/// it looks at columns of its own table only, and the delete changes none of these.
fn repeats(plan: &Plan) -> bool {
    let own_table = plan.joins.nodes.is_empty() && plan.filter.iter().all(is_short);
    let whole = plan.limit.is_none() && plan.offset.is_none();
    own_table && whole && !changes(plan.meta, plan.meta)
}

/// Whether deleting rows of `meta` sets columns of `of`.
fn changes(meta: &'static ModelMeta, of: &'static ModelMeta) -> bool {
    referrers(meta).columns.iter().any(|r| match r.on_delete {
        OnDelete::SetNull | OnDelete::SetDefault => same(r.meta, of),
        OnDelete::Cascade => changes(r.meta, of),
        _ => false,
    })
}

/// Deletes the rows of a select in the order of the key, part by part.
async fn drain(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    select: Select,
    deleted: &mut Deleted,
) -> Result<()> {
    let mut last: Option<Value> = None;
    loop {
        let mut part = select.clone();
        part.limit = Some(PART as u64);
        // The rows before are gone; this only keeps the server from walking over their remains.
        if let (Some(last), &[key]) = (&last, meta.key) {
            let mut filter = vec![behind(meta, key, last)];
            filter.extend(part.filter.take());
            part.filter = Some(Expr::And(filter));
        }
        let rows = rows_of(db, part).await?;
        remove(db, meta, &rows, deleted).await?;
        if rows.len() < PART {
            return Ok(());
        }
        last = rows.last().and_then(|row| row.first().cloned());
    }
}

/// Deletes these rows, and before them what depends on them.
fn remove<'a>(
    db: &'a dyn Executor,
    meta: &'static ModelMeta,
    rows: &'a [Vec<Value>],
    deleted: &'a mut Deleted,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        if rows.is_empty() {
            return Ok(());
        }
        let referrers = referrers(meta);
        for referrer in &referrers.columns {
            if matches!(referrer.on_delete, OnDelete::Protect | OnDelete::Restrict) {
                let values = values(meta, rows, &referrer.referred);
                refuse_referring(db, meta, referrer, &values).await?;
            }
        }
        for referrer in &referrers.columns {
            let values = values(meta, rows, &referrer.referred);
            if referrer.on_delete == OnDelete::Cascade {
                cascade(db, referrer, &values, deleted).await?;
            } else if let Some(to) = replacement(referrer)? {
                replace(db, meta, referrer, &to, &values).await?;
            }
        }
        for pairs in &referrers.pairs {
            let keys = values(meta, rows, &meta.key[..1]);
            delete_pairs(db, pairs, &keys, deleted).await?;
        }
        delete_keys(db, meta, rows, deleted).await
    })
}

/// Deletes the rows that refer to any of these values.
async fn cascade(
    db: &dyn Executor,
    referrer: &Referrer,
    values: &[Value],
    deleted: &mut Deleted,
) -> Result<()> {
    let meta = referrer.meta;
    if referrers(meta).is_empty() {
        return delete_referring(db, referrer, values, deleted).await;
    }
    for chunk in chunks(referrer, values) {
        let select = Select {
            columns: items(meta, &shape(meta)),
            filter: Some(refers(referrer, chunk)),
            order_by: key_order(meta, ROOT).collect(),
            ..Select::from_table(meta.table, ROOT)
        };
        drain(db, meta, select, deleted).await?;
    }
    Ok(())
}

/// Sets the referring column; refuses where that would leave the rows with what is deleted.
pub(super) async fn replace(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    referrer: &Referrer,
    to: &Value,
    values: &[Value],
) -> Result<()> {
    let to_key = HashKey(to.clone());
    if !to.is_null() && values.iter().any(|v| HashKey(v.clone()) == to_key) {
        refuse_referring(db, meta, referrer, values).await?;
    }
    reset(db, referrer, to, values).await
}
