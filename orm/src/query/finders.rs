//! Short forms of finding objects.

use std::collections::HashMap;
use std::hash::Hash;

use super::plan::key_equals;
use super::plan::{OrderRule, ROOT};
use super::{Column, DateLike, Expression, Lift, Operand, Ordering, QuerySet, SelectQuery, Unit};
use crate::ast::Expr;
use crate::backend::Executor;
use crate::error::{Error, Result};
use crate::model::{Here, Key, Model, Place, Scalar};

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

    /// The objects of the query with these values of a unique column, by value. Django:
    /// `in_bulk(field_name=…)`.
    ///
    /// SQL: one `SELECT` for each thousand values.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let found = Tag::objects().in_bulk_by(&db, |t| t.name(), ["tea", "coffee"]).await?;
    /// assert_eq!((found.len(), found["tea"].name.as_str()), (1, "tea"));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Usage`] if the column is not unique, or on a query with a limit or offset; as
    /// [`all`](Self::all).
    pub async fn in_bulk_by<K: Scalar + Eq + Hash, N: Place, V: Operand<M, K>>(
        &self,
        db: &impl Executor,
        by: impl FnOnce(&M::Fields<M, Here>) -> Column<M, K, N>,
        values: impl IntoIterator<Item = V>,
    ) -> Result<HashMap<K, M>> {
        if self.plan.limit.is_some() || self.plan.offset.is_some() {
            return Err(Error::Usage(
                "`in_bulk_by` on a query with a limit or offset: the values say which objects"
                    .into(),
            ));
        }
        let mut query = self.clone();
        let column = query.with_fields(by);
        let alone = [column.index];
        let unique = M::META.columns[column.index].unique
            || *M::META.key == alone
            || M::META.uniques.iter().any(|group| **group == alone);
        if !column.own || !unique {
            return Err(Error::Usage(format!(
                "`in_bulk_by` takes a unique column of {}: of another several objects may have a \
                 value, which `filter` with `is_in` finds",
                M::META.name
            )));
        }
        let mut values = values.into_iter().peekable();
        let mut found = HashMap::new();
        while values.peek().is_some() {
            let chunk: Vec<V> = values.by_ref().take(CHUNK).collect();
            let objects = (query.clone().filter(|_| column.is_in(chunk)))
                .all(db)
                .await?;
            for object in objects {
                found.insert(K::from_value(object.value(column.index))?, object);
            }
        }
        Ok(found)
    }

    /// The different dates, or points in time, cut to a unit, oldest first; without NULLs. Django:
    /// `dates`, `datetimes`.
    ///
    /// ```
    /// # use orm::query::Unit;
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let days = Article::objects().dates(|a| a.published_at().date(), Unit::Day).all(&db).await?;
    /// assert!(days.len() <= 2, "around midnight it is two");
    /// let hours = Article::objects().reverse().dates(|a| a.published_at(), Unit::Hour);
    /// let hours: Vec<DateTime<Utc>> = hours.all(&db).await?;
    /// assert!(hours.is_sorted_by(|a, b| a > b));
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn dates<C: Lift<M>>(
        mut self,
        dates: impl FnOnce(&M::Fields<M, Here>) -> C,
        unit: Unit,
    ) -> SelectQuery<M, Expression<M, C::Type>>
    where
        C::Type: DateLike,
    {
        let date = self.with_fields(|f| Expression::<M, C::Type>::typed(dates(f).lift()));
        let cut = date.trunc(unit);
        if C::Null::NULLABLE {
            self.plan.take_filter(Expr::IsNotNull(Box::new(date.node)));
        }
        self.order_by(|_| cut.clone()).select(|_| cut).distinct()
    }

    /// Whether the rows come in a total order: always, but for [`unordered`](Self::unordered).
    ///
    /// Django: `totally_ordered`.
    pub fn is_ordered(&self) -> bool {
        !matches!(self.plan.order, OrderRule::Unordered)
    }
}
