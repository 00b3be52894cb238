//! Short forms of finding objects.

use std::collections::HashMap;

use super::plan::key_equals;
use super::plan::{OrderRule, ROOT};
use super::{Ordering, QuerySet};
use crate::ast::Expr;
use crate::backend::Executor;
use crate::error::{Error, Result};
use crate::model::{Here, Key, Model};

/// Keys of one statement at most.
const CHUNK: usize = 1_000;

impl<M: Model> QuerySet<M> {
    /// The object that is last by an order. Django: `latest`.
    ///
    /// SQL: one `SELECT … LIMIT 1`. Rows: exactly 1.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// assert_eq!(Article::objects().latest(&db, |a| a.views()).await?.title, "Hello");
    /// assert_eq!(Article::objects().earliest(&db, |a| a.views()).await?.title, "Kettles");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if there is none; as [`last`](Self::last).
    pub async fn latest<O: Ordering<M>>(
        &self,
        db: &impl Executor,
        by: impl FnOnce(&M::Fields<M, Here>) -> O,
    ) -> Result<M> {
        let query = self.clone().order_by(by);
        query.last(db).await?.ok_or(Error::DoesNotExist {
            model: M::META.name,
        })
    }

    /// The object that is first by an order. Django: `earliest`.
    ///
    /// SQL: one `SELECT … LIMIT 1`. Rows: exactly 1.
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if there is none.
    pub async fn earliest<O: Ordering<M>>(
        &self,
        db: &impl Executor,
        by: impl FnOnce(&M::Fields<M, Here>) -> O,
    ) -> Result<M> {
        let query = self.clone().order_by(by);
        query.first(db).await?.ok_or(Error::DoesNotExist {
            model: M::META.name,
        })
    }

    /// Whether an object is among those of the query. Django: `contains`.
    ///
    /// SQL: one `SELECT EXISTS (…)`; none for an object that is not saved.
    ///
    /// # Errors
    /// [`Error::Usage`] on a query with a limit or offset; [`Error::Db`].
    pub async fn contains(&self, db: &impl Executor, object: &M) -> Result<bool> {
        if self.plan.limit.is_some() || self.plan.offset.is_some() {
            return Err(Error::Usage(
                "`contains` on a query with a limit or offset: look for the object in `all`".into(),
            ));
        }
        let Some(key) = object.key() else {
            return Ok(false);
        };
        let mut query = self.clone();
        query
            .plan
            .add_filter(key_equals(M::META, ROOT, key.to_values()));
        query.exists(db).await
    }

    /// The objects of the query with these keys, by key. Django: `in_bulk`.
    ///
    /// SQL: one `SELECT` for each thousand keys.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let found = Article::objects().in_bulk(&db, [1, 3, 99]).await?;
    /// assert_eq!(found.len(), 2);
    /// assert_eq!(found[&1].title, "Hello");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Usage`] on a query with a limit or offset; as [`all`](Self::all).
    pub async fn in_bulk(
        &self,
        db: &impl Executor,
        keys: impl IntoIterator<Item = M::Key>,
    ) -> Result<HashMap<M::Key, M>> {
        if self.plan.limit.is_some() || self.plan.offset.is_some() {
            return Err(Error::Usage(
                "`in_bulk` on a query with a limit or offset: the keys say which objects".into(),
            ));
        }
        let columns = M::META.key.iter().map(|&c| M::META.columns[c].column);
        let exprs: Vec<Expr> = columns.map(|c| Expr::column(ROOT, c)).collect();
        let rows: Vec<_> = keys.into_iter().map(|key| key.to_values()).collect();
        let mut found = HashMap::with_capacity(rows.len());
        for chunk in rows.chunks(CHUNK) {
            let mut query = self.clone();
            query.plan.add_filter(match exprs.as_slice() {
                [one] => Expr::In {
                    expr: Box::new(one.clone()),
                    list: chunk.iter().flatten().cloned().collect(),
                },
                many => Expr::InRows {
                    exprs: many.to_vec(),
                    rows: chunk.to_vec(),
                },
            });
            let objects = query.all(db).await?;
            found.extend(objects.into_iter().filter_map(|o| Some((o.key()?, o))));
        }
        Ok(found)
    }

    /// Whether the rows come in a total order: always, but for [`unordered`](Self::unordered).
    ///
    /// Django: `totally_ordered`.
    pub fn is_ordered(&self) -> bool {
        !matches!(self.plan.order, OrderRule::Unordered)
    }
}
