//! Locks on the rows of a query that reads more than one table, where FOR UPDATE may stand on one
//! only.

use super::plan::{Plan, ROOT, fetch, key_order};
use crate::ast::{Expr, Select, SelectItem};
use crate::backend::Executor;
use crate::dialect::{Dialect, single_table};
use crate::error::Result;
use crate::value::Value;

/// Keys of one statement: a power of two, so that few shapes come of it.
const KEYS: usize = 1024;

/// Whether the rows must be locked by statements of their own.
pub(super) fn in_steps(select: &Select, dialect: &dyn Dialect) -> bool {
    select.lock.is_some() && !dialect.features().lock_joins && !single_table(select)
}

/// Finds the keys of the rows and locks these; then `select` reads those of them that still match.
/// Whether there is any.
pub(super) async fn lock_first(
    plan: &Plan,
    select: &mut Select,
    db: &dyn Executor,
) -> Result<bool> {
    let columns = || {
        plan.meta.key.iter().map(|&c| SelectItem {
            expr: Expr::column(ROOT, plan.meta.columns[c].column),
            alias: None,
        })
    };
    let lock = select.lock.take();
    let find = Select {
        columns: columns().collect(),
        ..select.clone()
    };
    let found = fetch(db, &find.into()).await?.values;
    if found.is_empty() {
        return Ok(false);
    }
    let width = plan.meta.key.len().max(1);
    let mut keys: Vec<Vec<Value>> = found.chunks(width).map(<[Value]>::to_vec).collect();
    for part in keys.chunks(KEYS) {
        let lock = Select {
            columns: columns().collect(),
            filter: Some(among(plan, part.to_vec())),
            order_by: key_order(plan.meta, ROOT).collect(),
            lock,
            ..Select::from_table(plan.meta.table, ROOT)
        };
        fetch(db, &lock.into()).await?;
    }
    let still = select.filter.take();
    let here = among(plan, std::mem::take(&mut keys));
    select.filter = Some(Expr::And(still.into_iter().chain([here]).collect()));
    (select.limit, select.offset) = (None, None);
    Ok(true)
}

/// The key is one of these.
fn among(plan: &Plan, mut keys: Vec<Vec<Value>>) -> Expr {
    let column = |&c: &usize| Expr::column(ROOT, plan.meta.columns[c].column);
    match plan.meta.key {
        [only] => Expr::In {
            expr: Box::new(column(only)),
            list: keys.iter_mut().filter_map(Vec::pop).collect(),
        },
        many => Expr::InRows {
            exprs: many.iter().map(column).collect(),
            rows: keys,
        },
    }
}
