//! New rows of models with lookups, one at a time.

use super::super::insert::{insert_of, insert_plain};
use super::super::plan::{ROOT, finish, key_equals, rendered};
use super::{Claim, Lookup, Undo, end};
use crate::ast::Delete;
use crate::backend::{Executor, Transaction};
use crate::dialect::Sql;
use crate::error::{Error, Result};
use crate::model::ModelMeta;
use crate::value::Value;

/// Inserts one row with what its side tables say of it; hands back all its values.
///
/// SQL: one `INSERT` for the row and one for each lookup that is not NULL, in one transaction. In one
/// of its own, `BEGIN` travels with the first statement and `COMMIT` with the last: two trips where the
/// database makes the key, else one.
pub(in super::super) async fn insert(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    lookups: &[Lookup],
    values: Vec<Option<Value>>,
) -> Result<Vec<Value>> {
    let null = |l: &Lookup| values[l.column].as_ref().is_some_and(Value::is_null);
    if lookups.iter().all(null) {
        return insert_plain(db, meta, values).await;
    }
    let tx = db.begin().await?;
    if tx.is_outermost() {
        return alone(tx, meta, lookups, values).await;
    }
    let mut undo = Undo::default();
    let done = within(&tx, meta, lookups, values, &mut undo).await;
    end(tx, done, undo).await
}

/// In a transaction of its own.
async fn alone(
    tx: Transaction,
    meta: &'static ModelMeta,
    lookups: &[Lookup],
    values: Vec<Option<Value>>,
) -> Result<Vec<Value>> {
    let (values, unit, claimed) = match unit(&tx, meta, lookups, values).await {
        Ok(unit) => unit,
        Err(error) => return finish(tx, Err(error)).await,
    };
    let Err((at, error)) = tx.commit_with(unit).await else {
        return Ok(values);
    };
    let error = Error::from(error);
    Err(match claimed.get(at) {
        Some(Some(lookup)) => lookup.named(meta, error),
        _ => error,
    })
}

/// What is known of a row, the statements that are left to be sent, and whose each of them is.
type Unit<'l> = (Vec<Value>, Vec<Sql>, Vec<Option<&'l Lookup>>);

async fn unit<'l>(
    tx: &Transaction,
    meta: &'static ModelMeta,
    lookups: &'l [Lookup],
    values: Vec<Option<Value>>,
) -> Result<Unit<'l>> {
    let (mut unit, mut whose) = (Vec::new(), Vec::new());
    let values = match values.iter().all(Option::is_some) {
        true => {
            unit.push(rendered(tx, &insert_of(meta, &values)?.into())?);
            whose.push(None);
            values.into_iter().flatten().collect()
        }
        // What the database fills in is known after it.
        false => insert_plain(tx, meta, values).await?,
    };
    let owner: Vec<Value> = meta.key.iter().map(|&c| values[c].clone()).collect();
    for lookup in lookups.iter().filter(|l| !values[l.column].is_null()) {
        let claim = Claim {
            value: values[lookup.column].clone(),
            owner: owner.clone(),
        };
        let claim = lookup.claim_statement(&[claim]);
        unit.push(rendered(tx, &claim.into())?);
        whose.push(Some(lookup));
    }
    Ok((values, unit, whose))
}

async fn within(
    tx: &dyn Executor,
    meta: &'static ModelMeta,
    lookups: &[Lookup],
    values: Vec<Option<Value>>,
    undo: &mut Undo,
) -> Result<Vec<Value>> {
    let values = insert_plain(tx, meta, values).await?;
    let owner: Vec<Value> = meta.key.iter().map(|&c| values[c].clone()).collect();
    undo.push(Delete {
        table: meta.table.into(),
        alias: ROOT,
        joins: Vec::new(),
        filter: Some(key_equals(meta, ROOT, owner.clone())),
    });
    for lookup in lookups {
        let value = values[lookup.column].clone();
        if value.is_null() {
            continue;
        }
        let claim = Claim {
            value,
            owner: owner.clone(),
        };
        lookup.claim(tx, meta, &[claim], undo).await?;
    }
    Ok(values)
}
