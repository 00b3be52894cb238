//! Many rows at once.

use super::plan::{finish, rendered_once};
use super::{IntoInsert, lookup, validate};
use crate::ast::{Insert, Name, OnConflict, Statement};
use crate::backend::{Executor, Transaction};
use crate::dialect::Sql;
use crate::error::Result;
use crate::model::{Model, ModelMeta};
use crate::value::Value;

/// Rows of one statement at most. Larger statements gain little and hold more memory.
const MAX_ROWS: usize = 512;

/// Rows that leave the same columns to the database; at most as many as a statement takes, so that
/// their values need no copy for it.
pub(super) struct Batch {
    pub(super) unset: Vec<usize>,
    /// The values of the columns that are given, row by row.
    pub(super) values: Vec<Value>,
    pub(super) rows: usize,
}

impl Batch {
    /// Takes the values of a row out of `row`, which leaves the columns `unset` to the database.
    pub(super) fn put(batches: &mut Vec<Self>, row: &mut Vec<Value>, unset: &[usize]) {
        let last = batches.last();
        if last.is_none_or(|b| b.unset != unset || b.rows == MAX_ROWS) {
            // After a full one as many more are likely.
            let rows = last.map_or(1, |b| if b.rows == MAX_ROWS { MAX_ROWS } else { 1 });
            batches.push(Self {
                unset: unset.to_vec(),
                values: Vec::with_capacity(rows * (row.len() - unset.len())),
                rows: 0,
            });
        }
        if let Some(batch) = batches.last_mut() {
            batch.rows += 1;
            let given = row.drain(..).enumerate();
            let given = given.filter(|(i, _)| !unset.contains(i));
            batch.values.extend(given.map(|(_, v)| v));
        }
    }
}

pub(crate) async fn insert<M: Model, I>(db: &dyn Executor, rows: I) -> Result<u64>
where
    I: IntoIterator<Item: IntoInsert<M>>,
{
    let batches = collect::<M>(rows)?;
    let lookups = lookup::kept(db.dialect().features(), M::META);
    if !lookups.is_empty() {
        return lookup::insert_many(db, M::META, lookups, batches).await;
    }
    let statements = statements(db, &Insertion::plain(M::META), batches);
    run(db, statements).await
}

pub(super) fn collect<M: Model>(
    rows: impl IntoIterator<Item: IntoInsert<M>>,
) -> Result<Vec<Batch>> {
    let now = crate::value::now();
    let mut batches: Vec<Batch> = Vec::new();
    let mut row = Vec::with_capacity(M::META.columns.len());
    let mut unset = Vec::new();
    for item in rows {
        row.clear();
        unset.clear();
        item.push(&mut row, &mut unset)?;
        for (i, column) in M::META.columns.iter().enumerate() {
            if column.auto_now || column.auto_now_add {
                row[i] = super::record::clock_value(column.ty.clone(), now);
            }
        }
        validate::check_row(M::META, &row, &unset)?;
        Batch::put(&mut batches, &mut row, &unset);
    }
    Ok(batches)
}

/// How rows are inserted.
pub(super) struct Insertion {
    pub(super) meta: &'static ModelMeta,
    pub(super) on_conflict: Option<OnConflict>,
}

impl Insertion {
    /// A row whose key is taken is an error.
    pub(super) fn plain(meta: &'static ModelMeta) -> Self {
        Self {
            meta,
            on_conflict: None,
        }
    }
}

/// Cuts batches into statements whose row counts are powers of two, so that few shapes occur.
pub(super) fn statements(
    db: &dyn Executor,
    how: &Insertion,
    batches: Vec<Batch>,
) -> Vec<Statement> {
    let meta = how.meta;
    let mut out = Vec::new();
    for batch in batches {
        let columns: Vec<Name> = meta
            .columns
            .iter()
            .enumerate()
            .filter(|(i, _)| !batch.unset.contains(i))
            .map(|(_, c)| c.column.into())
            .collect();
        let width = columns.len().max(1);
        let fit = (db.dialect().features().max_params / width).clamp(1, MAX_ROWS);
        let mut largest = 1 << fit.ilog2();
        if columns.is_empty() {
            largest = 1;
        }
        let mut left = batch.rows;
        let mut values = batch.values;
        while left > 0 {
            let rows = largest.min(1 << left.ilog2());
            left -= rows;
            let rest = values.split_off(rows * columns.len());
            out.push(
                Insert {
                    table: meta.table.into(),
                    columns: columns.clone(),
                    values: std::mem::replace(&mut values, rest),
                    on_conflict: how.on_conflict.clone(),
                    returning: Vec::new(),
                }
                .into(),
            );
        }
    }
    out
}

pub(super) async fn run(db: &dyn Executor, statements: Vec<Statement>) -> Result<u64> {
    if statements.len() < 2 {
        return run_all(db, statements).await;
    }
    let tx = db.begin().await?;
    if tx.is_outermost() && are_few(&statements) {
        return run_together(tx, statements).await;
    }
    let done = run_all(&tx, statements).await;
    finish(tx, done).await
}

/// Values of statements that may travel together: texts of a few kilobytes.
const TOGETHER: usize = 1_000;

pub(super) fn are_few(statements: &[Statement]) -> bool {
    statements.iter().map(values_in).sum::<usize>() <= TOGETHER
}

fn values_in(statement: &Statement) -> usize {
    match statement {
        Statement::Insert(insert) => insert.values.len(),
        _ => TOGETHER,
    }
}

async fn run_together(tx: Transaction, statements: Vec<Statement>) -> Result<u64> {
    let unit: Result<Vec<Sql>> = statements
        .into_iter()
        .map(|s| rendered_once(&tx, s))
        .collect();
    let unit = match unit {
        Ok(unit) => unit,
        Err(error) => return finish(tx, Err(error)).await,
    };
    let done = tx.commit_with(unit).await.map_err(|(_, error)| error)?;
    Ok(done.iter().map(|d| d.rows_affected).sum())
}

pub(super) async fn run_all(db: &dyn Executor, statements: Vec<Statement>) -> Result<u64> {
    let mut inserted = 0;
    for statement in statements {
        inserted += db
            .execute(rendered_once(db, statement)?)
            .await?
            .rows_affected;
    }
    Ok(inserted)
}
