//! Many new rows of models with lookups.

use super::super::bulk::{Batch, Insertion, are_few, run_all, statements};
use super::super::plan::{ROOT, execute, fetch, finish, rendered};
use super::{Claim, Lookup, MAX_ROWS, Undo, end, in_order, powers_of_two};
use crate::ast::{Expr, Order, RawSql, Select, SelectItem, Statement};
use crate::backend::{DbError, DbErrorKind, Executor, Transaction};
use crate::dialect::{Dialect, Sql};
use crate::error::Result;
use crate::model::ModelMeta;
use crate::value::Value;

/// Values of one lookup, with the keys of their rows as far as the program knows them.
struct Wanted<'l> {
    lookup: &'l Lookup,
    known: Vec<Claim>,
    unknown: Vec<Value>,
}

/// Inserts rows with what their side tables say of them; tells how many.
///
/// SQL, in one transaction: the `INSERT`s of the rows; then for each lookup one `INSERT` for up to 512
/// rows; where the database makes the keys, it is an `INSERT … SELECT` of the rows by their values. Of a
/// few rows, in a transaction of their own, all travel together.
pub(in super::super) async fn insert_many(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    lookups: &[Lookup],
    batches: Vec<Batch>,
) -> Result<u64> {
    let tx = db.begin().await?;
    let wanted: Vec<Wanted<'_>> = lookups.iter().map(|l| wanted(meta, l, &batches)).collect();
    let statements = statements(&tx, &Insertion::plain(meta), batches);
    if statements.is_empty() {
        return finish(tx, Ok(0)).await;
    }
    if tx.is_outermost() && are_few(&statements) {
        return alone(tx, meta, wanted, statements).await;
    }
    let mut undo = Undo::default();
    let done = within(&tx, meta, wanted, statements, &mut undo).await;
    end(tx, done, undo).await
}

/// In a transaction of their own, in one trip.
async fn alone(
    tx: Transaction,
    meta: &'static ModelMeta,
    wanted: Vec<Wanted<'_>>,
    statements: Vec<Statement>,
) -> Result<u64> {
    let rows = statements.len();
    let mut all: Vec<(Statement, Option<&Lookup>)> =
        statements.into_iter().map(|s| (s, None)).collect();
    for Wanted {
        lookup,
        mut known,
        unknown,
    } in wanted
    {
        for chunk in powers_of_two(&unknown) {
            let claim = claim_where(tx.dialect(), meta, lookup, chunk);
            all.push((claim, Some(lookup)));
        }
        in_order(&mut known);
        for chunk in powers_of_two(&known) {
            all.push((lookup.claim_statement(chunk).into(), Some(lookup)));
        }
    }
    let unit: Result<Vec<Sql>> = all.iter().map(|(s, _)| rendered(&tx, s)).collect();
    let unit = match unit {
        Ok(unit) => unit,
        Err(error) => return finish(tx, Err(error)).await,
    };
    match tx.commit_with(unit).await {
        Ok(done) => Ok(done.iter().take(rows).map(|d| d.rows_affected).sum()),
        Err((done, error)) => Err(match all.get(done.len()) {
            Some((_, Some(lookup))) => lookup.named(meta, error.into()),
            _ => error.into(),
        }),
    }
}

async fn within(
    tx: &Transaction,
    meta: &'static ModelMeta,
    wanted: Vec<Wanted<'_>>,
    statements: Vec<Statement>,
    undo: &mut Undo,
) -> Result<u64> {
    for wanted in &wanted {
        // Rows whose keys the database makes are told from others by their values alone, so that
        // they could not be taken back in an open transaction: what is plainly taken is seen before.
        if tx.is_joined() && !wanted.unknown.is_empty() {
            refuse_taken(tx, meta, wanted).await?;
        }
    }
    let several = statements.len() > 1;
    let inserted = match run_all(tx, statements).await {
        Ok(inserted) => inserted,
        Err(error) => {
            if several {
                undo.give_up();
            }
            return Err(error);
        }
    };
    undo.give_up();
    for Wanted {
        lookup,
        mut known,
        unknown,
    } in wanted
    {
        for chunk in powers_of_two(&unknown) {
            let claimed = execute(tx, &claim_where(tx.dialect(), meta, lookup, chunk)).await;
            claimed.map_err(|e| lookup.named(meta, e))?;
        }
        in_order(&mut known);
        lookup.claim(tx, meta, &known, undo).await?;
    }
    Ok(inserted)
}

fn wanted<'l>(meta: &ModelMeta, lookup: &'l Lookup, batches: &[Batch]) -> Wanted<'l> {
    let mut out = Wanted {
        lookup,
        known: Vec::new(),
        unknown: Vec::new(),
    };
    for batch in batches {
        let width = meta.columns.len() - batch.unset.len();
        // Where a column stands in the rows of this batch.
        let place = |column: usize| {
            let before = batch.unset.iter().filter(|&&u| u < column).count();
            (!batch.unset.contains(&column)).then(|| column - before)
        };
        let Some(value) = place(lookup.column) else {
            continue;
        };
        let key: Option<Vec<usize>> = meta.key.iter().map(|&c| place(c)).collect();
        for row in batch.values.chunks_exact(width.max(1)) {
            let value = row[value].clone();
            match &key {
                _ if value.is_null() => {}
                Some(key) => out.known.push(Claim {
                    value,
                    owner: key.iter().map(|&k| row[k].clone()).collect(),
                }),
                None => out.unknown.push(value),
            }
        }
    }
    out
}

/// Notes the rows that have any of these values. Where others had one already, it comes twice, and the
/// side table refuses it.
fn claim_where(
    dialect: &dyn Dialect,
    meta: &'static ModelMeta,
    lookup: &Lookup,
    values: &[Value],
) -> Statement {
    let quoted = |names: &[&str], before: &str| {
        let mut out = String::new();
        for (at, name) in names.iter().enumerate() {
            out.push_str(if at > 0 { ", " } else { "" });
            out.push_str(before);
            dialect.write_identifier(&mut out, name);
        }
        out
    };
    let columns = std::iter::once(&lookup.column).chain(meta.key);
    let columns: Vec<&str> = columns.map(|&c| meta.columns[c].column).collect();
    let text = format!(
        "INSERT INTO {} ({}) SELECT {} FROM {} AS t0 WHERE ",
        quoted(&[lookup.table], ""),
        quoted(&lookup.columns, ""),
        quoted(&columns, "t0."),
        quoted(&[meta.table], ""),
    );
    Statement::Raw(RawSql {
        parts: vec![text.into(), "".into()],
        params: vec![Expr::In {
            expr: Box::new(Expr::column(ROOT, meta.columns[lookup.column].column)),
            list: values.to_vec(),
        }],
    })
}

/// The rows that have any of these values.
async fn rows_with(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    lookup: &Lookup,
    values: &[Value],
) -> Result<Vec<Claim>> {
    let columns = std::iter::once(lookup.column).chain(meta.key.iter().copied());
    let column = |c: usize| Expr::column(ROOT, meta.columns[c].column);
    let order = meta.key.iter().map(|&c| Order {
        expr: column(c),
        descending: false,
    });
    let select = Select {
        columns: columns
            .map(|c| SelectItem {
                expr: column(c),
                alias: None,
            })
            .collect(),
        filter: Some(Expr::In {
            expr: Box::new(column(lookup.column)),
            list: values.to_vec(),
        }),
        order_by: order.collect(),
        ..Select::from_table(meta.table, ROOT)
    };
    let rows = fetch(db, &select.into()).await?.values;
    let claim = |row: &[Value]| Claim {
        value: row[0].clone(),
        owner: row[1..].to_vec(),
    };
    Ok(rows.chunks_exact(meta.key.len() + 1).map(claim).collect())
}

async fn refuse_taken(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    wanted: &Wanted<'_>,
) -> Result<()> {
    for chunk in wanted.unknown.chunks(MAX_ROWS) {
        if !rows_with(db, meta, wanted.lookup, chunk).await?.is_empty() {
            let taken = DbErrorKind::UniqueViolation {
                constraint: None,
                table: None,
                columns: Vec::new(),
            };
            let error = DbError::new(taken, "another row has it");
            return Err(wanted.lookup.named(meta, error.into()));
        }
    }
    Ok(())
}
