//! Deletes, with what `on_delete` asks for. Runs in the ORM on every backend, so that the result is
//! the same whether the server has foreign keys or not.

mod collected;
pub(super) mod graph;
mod heard;
mod order;
mod parts;
mod rows;

use std::collections::BTreeMap;

use self::graph::{Way, way};
use self::heard::Heard;
use super::plan::{Plan, ROOT, execute, fetch};
use super::{QuerySet, lookup};
use crate::ast::{Alias, Delete, Expr};
use crate::backend::Executor;
use crate::error::Result;
use crate::model::{Model, ModelMeta};
use crate::signals::Origin;

/// Keys of one statement.
const KEYS_PER_STATEMENT: usize = 512;

/// How many rows a delete took, of each model.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deleted {
    /// All rows, those of relation tables included.
    pub total: u64,
    /// By model name; rows of a many-to-many table under the table's name.
    pub by_model: BTreeMap<&'static str, u64>,
}

impl Deleted {
    fn add(&mut self, name: &'static str, rows: u64) {
        if rows > 0 {
            self.total += rows;
            *self.by_model.entry(name).or_default() += rows;
        }
    }
}

impl<M: Model> QuerySet<M> {
    /// Deletes the rows, and does to the rows that refer to them what their `on_delete` says.
    ///
    /// SQL: one `DELETE` when no model refers to this one and no side table keeps a lookup of it, unless the rows are those that a
    /// recursive table finds, on SingleStore. Else selects of keys, updates and deletes of
    /// parts of the rows, in one transaction and constant memory; where models that go refer to each
    /// other in a circle, or also stand in the way of the delete, all keys are found first. So are they
    /// where [receivers](crate::signals) hear of deletes of one of the models, whose objects are read.
    /// Django: `QuerySet.delete`.
    ///
    /// # Errors
    /// [`Error::Protected`](crate::Error::Protected) when rows stand in the way; nothing is deleted
    /// then. [`Error::Db`](crate::Error::Db).
    pub async fn delete(&self, db: &impl Executor) -> Result<Deleted> {
        delete_rows(db, &self.plan, Origin::Query(M::META)).await
    }

    /// The same for the one object that the query finds.
    pub(super) async fn delete_object(&self, db: &impl Executor) -> Result<Deleted> {
        delete_rows(db, &self.plan, Origin::Object(M::META)).await
    }

    pub(crate) async fn exists_dyn(&self, db: &dyn Executor) -> Result<bool> {
        let mut query = self.clone();
        query.plan.limit = Some(1);
        let select = query.plan.rows(vec![super::plan::one()]);
        Ok(!fetch(db, &select.into()).await?.is_empty())
    }
}

/// Deletes the rows of a model that meet a condition on its own columns, as a query of them does.
pub(super) async fn delete_where(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    filter: Vec<Expr>,
) -> Result<()> {
    let mut plan = Plan::new(meta);
    plan.filter = filter;
    delete_rows(db, &plan, Origin::Query(meta)).await.map(drop)
}

async fn delete_rows(db: &dyn Executor, plan: &Plan, origin: Origin) -> Result<Deleted> {
    plan.check_write()?;
    if plan.none {
        return Ok(Deleted::default());
    }
    if let Some(heard) = Heard::of(db, plan.meta, origin) {
        return heard.delete(db, plan).await;
    }
    let way = way(plan.meta);
    // What side tables say of the rows goes by their keys.
    let kept = !lookup::kept(db.dialect().features(), plan.meta).is_empty();
    if way == Way::Plain && !kept && !plan.is_read_first(db) {
        return delete_plain(db, plan).await;
    }
    let tx = db.begin().await?;
    let done = match way {
        Way::Collected => collected::delete(&tx, plan, None).await,
        Way::Parts | Way::Plain => parts::delete(&tx, plan).await,
    };
    super::heard::end(tx, done, false).await
}

/// One statement.
async fn delete_plain(db: &dyn Executor, plan: &Plan) -> Result<Deleted> {
    let plain = plan.joins.nodes.is_empty() && plan.limit.is_none() && plan.offset.is_none();
    let (alias, filter) = if plain {
        (ROOT, plan.condition())
    } else {
        (Alias(u16::MAX), Some(plan.key_filter(Alias(u16::MAX))))
    };
    let delete = Delete {
        table: plan.meta.table.into(),
        alias,
        joins: Vec::new(),
        filter,
    };
    let mut deleted = Deleted::default();
    let done = execute(db, &delete.into()).await?;
    deleted.add(plan.meta.name, done.rows_affected);
    Ok(deleted)
}
