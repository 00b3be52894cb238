//! Many new rows, of which some may be there already.
//!
//! What a server counts after such a statement differs and is documented nowhere for SingleStore, so
//! nothing is read from it.

use super::bulk::{Batch, Insertion, collect, run, statements};
use super::get_or_create::{keys, names};
use super::insert::insert_plain;
use super::plan::{ROOT, execute, finish};
use super::{IntoInsert, change, lookup};
use crate::ast::{BinaryOp, Expr, Name, OnConflict, Update};
use crate::backend::{Executor, Transaction};
use crate::error::{Error, Result};
use crate::model::{Model, ModelMeta};
use crate::value::Value;

/// Inserts rows, and leaves out those for which any unique key is taken.
pub(super) async fn insert_ignoring<M: Model, I>(db: &dyn Executor, rows: I) -> Result<()>
where
    I: IntoIterator<Item: IntoInsert<M>>,
{
    let meta = M::META;
    let batches = collect::<M>(rows)?;
    if lookup::kept(db.dialect().features(), meta).is_empty() {
        let how = Insertion {
            meta,
            on_conflict: Some(OnConflict::Ignore),
        };
        return run(db, statements(db, &how, batches)).await.map(drop);
    }
    let tx = db.begin().await?;
    let done = async {
        for row in rows_of(meta, batches) {
            match insert(&tx, meta, row).await {
                Err(error) if !error.is_unique_violation() => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
    .await;
    finish(tx, done).await
}

/// Inserts rows; where `unique` is taken, the row in place gets these fields of the new one.
pub(super) async fn insert_updating<M: Model, I>(
    db: &dyn Executor,
    rows: I,
    unique: Vec<usize>,
    fields: Vec<usize>,
) -> Result<()>
where
    I: IntoIterator<Item: IntoInsert<M>>,
{
    let meta = M::META;
    let fields = checked(meta, &unique, fields)?;
    let batches = collect::<M>(rows)?;
    let features = db.dialect().features();
    let kept = !lookup::kept(features, meta).is_empty()
        || change::concerns(features, meta, fields.iter().copied());
    // A server that looks at every key would change the row that another key leads to.
    let decisive = features.conflict_target || !has_other_key(meta, &unique, &batches);
    if !kept && decisive {
        let name = |&c: &usize| Name::from(meta.columns[c].column);
        let set = fields.iter().map(|c| (name(c), Expr::Named(name(c))));
        let how = Insertion {
            meta,
            on_conflict: Some(OnConflict::Update {
                target: unique.iter().map(name).collect(),
                set: set.collect(),
            }),
        };
        return run(db, statements(db, &how, batches)).await.map(drop);
    }
    let tx = db.begin().await?;
    let done = async {
        for row in rows_of(meta, batches) {
            update_or_insert(&tx, meta, &unique, &fields, row).await?;
        }
        Ok(())
    }
    .await;
    finish(tx, done).await
}

/// The fields to update, with those that follow the time.
fn checked(meta: &ModelMeta, unique: &[usize], fields: Vec<usize>) -> Result<Vec<usize>> {
    let same =
        |key: &Vec<usize>| key.len() == unique.len() && key.iter().all(|c| unique.contains(c));
    if !keys(meta).any(|k| same(&k)) {
        return Err(Error::Usage(format!(
            "{} is no unique key of {}: name all fields of one, and no others",
            names(meta, unique),
            meta.name
        )));
    }
    if let Some(column) = fields
        .iter()
        .find(|c| unique.contains(c) || meta.key.contains(c))
    {
        return Err(Error::Usage(format!(
            "{} of {} cannot be updated where it is taken: it is part of a key",
            names(meta, &[*column]),
            meta.name
        )));
    }
    if fields.is_empty() {
        return Err(Error::Usage(format!(
            "no field of {} is to be updated: use `bulk_create_ignore_conflicts`",
            meta.name
        )));
    }
    let mut fields = fields;
    let auto = (0..meta.columns.len()).filter(|&c| meta.columns[c].auto_now);
    let auto: Vec<usize> = auto.filter(|c| !fields.contains(c)).collect();
    fields.extend(auto);
    Ok(fields)
}

/// Whether another unique key could be taken by these rows.
fn has_other_key(meta: &ModelMeta, unique: &[usize], batches: &[Batch]) -> bool {
    keys(meta).any(|key| {
        let same = key.len() == unique.len() && key.iter().all(|c| unique.contains(c));
        // A number that the database makes is not taken.
        let made = |b: &Batch| {
            let made = |c: &usize| meta.columns[*c].auto && b.unset.contains(c);
            key.iter().any(made)
        };
        !same && !batches.iter().all(made)
    })
}

/// The rows one by one; `None` is left to the database.
fn rows_of(
    meta: &'static ModelMeta,
    batches: Vec<Batch>,
) -> impl Iterator<Item = Vec<Option<Value>>> {
    batches.into_iter().flat_map(move |batch| {
        let mut values = batch.values.into_iter();
        (0..batch.rows).map(move |_| {
            let row = (0..meta.columns.len()).map(|c| {
                let given = !batch.unset.contains(&c);
                given.then(|| values.next().unwrap_or_default())
            });
            row.collect()
        })
    })
}

async fn insert(
    tx: &Transaction,
    meta: &'static ModelMeta,
    row: Vec<Option<Value>>,
) -> Result<Vec<Value>> {
    match lookup::kept(tx.dialect().features(), meta) {
        [] => insert_plain(tx, meta, row).await,
        lookups => lookup::insert(tx, meta, lookups, row).await,
    }
}

async fn update_or_insert(
    tx: &Transaction,
    meta: &'static ModelMeta,
    unique: &[usize],
    fields: &[usize],
    row: Vec<Option<Value>>,
) -> Result<()> {
    let value = |c: usize| row[c].clone().unwrap_or_default();
    let mut refused = None;
    // A NULL is never taken.
    let whole = unique.iter().all(|&c| !value(c).is_null());
    for _ in 0..2 {
        let set = fields.iter().map(|&c| (c, Expr::Value(value(c)))).collect();
        let equal = unique.iter().map(|&c| {
            let column = Expr::column(ROOT, meta.columns[c].column);
            Expr::binary(column, BinaryOp::Eq, Expr::Value(value(c)))
        });
        if whole && update(tx, meta, set, Expr::And(equal.collect())).await? > 0 {
            return Ok(());
        }
        if let Some(error) = refused.take() {
            // Another key is taken.
            return Err(error);
        }
        match insert(tx, meta, row.clone()).await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_unique_violation() => refused = Some(error),
            Err(error) => return Err(error),
        }
    }
    refused.map_or(Ok(()), Err)
}

/// Updates rows of a model, whether other tables speak of some of the columns or not; tells how many
/// matched.
pub(super) async fn update(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    set: Vec<(usize, Expr)>,
    filter: Expr,
) -> Result<u64> {
    let columns = set.iter().map(|(c, _)| *c);
    if change::concerns(db.dialect().features(), meta, columns) {
        let rows = change::Chosen::Where(Some(filter));
        return change::update(db, meta, change::Set::own(set), rows).await;
    }
    let set = set.into_iter();
    let update = Update {
        table: meta.table.into(),
        alias: ROOT,
        set: set
            .map(|(c, e)| (meta.columns[c].column.into(), e))
            .collect(),
        joins: Vec::new(),
        filter: Some(filter),
    };
    Ok(execute(db, &update.into()).await?.rows_affected)
}
