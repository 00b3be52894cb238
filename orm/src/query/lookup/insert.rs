//! New rows of models with lookups, one at a time.

use super::super::insert::insert_plain;
use super::super::plan::{ROOT, key_equals};
use super::{Claim, Lookup, Undo, end};
use crate::ast::Delete;
use crate::backend::Executor;
use crate::error::Result;
use crate::model::ModelMeta;
use crate::value::Value;

/// Inserts one row with what its side tables say of it; hands back all its values.
///
/// SQL: one `INSERT` for the row and one for each lookup that is not NULL, in one transaction.
pub(in super::super) async fn insert(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    lookups: &[Lookup],
    values: Vec<Option<Value>>,
) -> Result<Vec<Value>> {
    let tx = db.begin().await?;
    let mut undo = Undo::default();
    let done = within(&tx, meta, lookups, values, &mut undo).await;
    end(tx, done, undo).await
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
