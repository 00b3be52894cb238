//! What sends a query set and reads objects.

use super::aggregate::as_count;
use super::plan::{OrderRule, Plan, columns_at, fetch, one};
use super::read::{push_object, read_sql};
use super::relation::count_item;
use super::{QuerySet, Rows};
use crate::ast::{Expr, Select, SelectItem, Statement};
use crate::backend::Executor;
use crate::dialect::{Dialect, Sql};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::value::Value;

impl<M: Model> QuerySet<M> {
    /// The select that [`all`](Self::all) sends.
    pub(crate) fn to_select(&self) -> Select {
        let mut columns = self.plan.own_columns();
        for node in self.loads.in_order() {
            columns.extend(columns_at(node.meta, node.alias));
        }
        self.plan.rows(columns)
    }

    /// The SQL that [`all`](Self::all) would send.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let sql = Tag::objects().filter(|t| t.name().eq("tea")).to_sql(db.dialect())?;
    /// assert_eq!(
    ///     sql.text,
    ///     r#"SELECT t0."id", t0."name" FROM "blog_tag" AS t0 WHERE t0."name" = ? ORDER BY t0."id""#
    /// );
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Render`] if the dialect has no form of the query.
    pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<Sql> {
        self.plan.check()?;
        Ok(dialect.render(&self.to_select().into())?)
    }

    /// The objects.
    ///
    /// SQL: one `SELECT`, and one for each prefetched relation.
    ///
    /// # Errors
    /// [`Error::Db`]; [`Error::Decode`] if a row does not fit the struct.
    pub async fn all(&self, db: &impl Executor) -> Result<Vec<M>> {
        self.all_dyn(db).await
    }

    pub(crate) async fn all_dyn(&self, db: &dyn Executor) -> Result<Vec<M>> {
        self.at_most(None, db).await
    }

    /// The objects, or the first `n` of them.
    async fn at_most(&self, n: Option<u64>, db: &dyn Executor) -> Result<Vec<M>> {
        self.plan.check_on(db)?;
        if self.plan.none {
            return Ok(Vec::new());
        }
        let mut select = self.to_select();
        select.limit = select.limit.into_iter().chain(n).min();
        if super::locking::in_steps(&select, db.dialect())
            && !super::locking::lock_first(&self.plan, &mut select, db).await?
        {
            return Ok(Vec::new());
        }
        let mut sql = db.dialect().render(&select.into())?;
        sql.point = self.plan.is_point();
        let mut objects = read_sql(db, sql, &self.loads, push_object::<M>).await?;
        for prefetch in &self.prefetches {
            prefetch.run(db, &mut objects).await?;
        }
        Ok(objects)
    }

    /// The one object of the query.
    ///
    /// SQL: one `SELECT … LIMIT 2`. Rows: exactly 1.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let article = Article::objects().filter(|a| a.title().eq("Hello")).get(&db).await?;
    /// assert_eq!(article.views, 120);
    /// let none = Article::objects().filter(|a| a.title().eq("?")).get(&db).await;
    /// assert!(none.unwrap_err().is_not_found());
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if no row matches, [`Error::MultipleObjectsReturned`] if more than one
    /// does. Django: `QuerySet.get`.
    pub async fn get(&self, db: &impl Executor) -> Result<M> {
        self.get_opt(db).await?.ok_or(Error::DoesNotExist {
            model: M::META.name,
        })
    }

    /// The one object of the query, or `None`.
    ///
    /// SQL: one `SELECT … LIMIT 2`. Rows: at most 1.
    ///
    /// # Errors
    /// [`Error::MultipleObjectsReturned`] if more than one row matches.
    pub async fn get_opt(&self, db: &impl Executor) -> Result<Option<M>> {
        let mut objects = self.at_most(Some(2), db).await?;
        match objects.len() {
            0 | 1 => Ok(objects.pop()),
            _ => Err(Error::MultipleObjectsReturned {
                model: M::META.name,
            }),
        }
    }

    /// The first object in order, or `None`.
    ///
    /// SQL: one `SELECT … LIMIT 1`. Django: `QuerySet.first`.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn first(&self, db: &impl Executor) -> Result<Option<M>> {
        Ok(self.at_most(Some(1), db).await?.pop())
    }

    /// The last object in order, or `None`.
    ///
    /// SQL: one `SELECT … LIMIT 1` in reversed order. Django: `QuerySet.last`.
    ///
    /// # Errors
    /// [`Error::Usage`] on a query with a limit or offset, whose last row is not known by order.
    pub async fn last(&self, db: &impl Executor) -> Result<Option<M>> {
        self.plan.check_last()?;
        self.clone().reverse().first(db).await
    }

    /// The number of objects.
    ///
    /// SQL: one `SELECT COUNT(*)`. Django: `QuerySet.count`.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn count(&self, db: &impl Executor) -> Result<u64> {
        self.plan.count(db).await
    }

    /// Whether any object matches.
    ///
    /// SQL: one `SELECT EXISTS (…)`. Django: `QuerySet.exists`.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn exists(&self, db: &impl Executor) -> Result<bool> {
        self.plan.exists(db).await
    }

    /// The objects one by one, with constant memory.
    ///
    /// SQL: one `SELECT`. On a transaction the stream holds its connection until it is dropped; dropped
    /// before its end it takes the transaction with it: later statements fail with `TransactionState`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let mut rows = Article::objects().order_by(|a| a.views()).stream(&db).await?;
    /// let mut views = 0;
    /// while let Some(article) = rows.next().await? {
    ///     views += article.views;
    /// }
    /// assert_eq!(views, 207);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Usage`] with `prefetch`, which needs all rows at hand.
    pub async fn stream<'a>(&self, db: &'a impl Executor) -> Result<Rows<'a, M>> {
        self.check_stream(db)?;
        if self.plan.none {
            return Ok(Rows::empty());
        }
        let sql = db.dialect().render(&self.to_select().into())?;
        Rows::of(db, sql, &self.loads, push_object::<M>).await
    }

    /// Raises mistakes, and that of a stream with relations to prefetch.
    pub(super) fn check_stream(&self, db: &dyn Executor) -> Result<()> {
        if !self.prefetches.is_empty() {
            return Err(Error::Usage(
                "`stream` cannot prefetch: use `.all`, or page with `page_after`".into(),
            ));
        }
        self.plan.check_on(db)
    }

    /// The database's plan for the query, a line each.
    ///
    /// # Errors
    /// [`Error::Db`]. Django: `QuerySet.explain`.
    pub async fn explain(&self, db: &impl Executor) -> Result<Vec<String>> {
        self.plan.check()?;
        let sql = db.dialect().render(&self.to_select().into())?;
        super::raw::explain(db, sql).await
    }
}

impl Plan {
    /// The number of rows.
    pub(super) async fn count(&self, db: &dyn Executor) -> Result<u64> {
        self.check_aggregate()?;
        if self.none {
            return Ok(0);
        }
        as_count(single_value(db, self.aggregate(vec![count_item()])).await?)
    }

    /// Whether a last row is known.
    pub(super) fn check_last(&self) -> Result<()> {
        let why = if self.limit.is_some() || self.offset.is_some() {
            "`last` on a query with a limit or offset: take the last of `all`, or reverse the order"
        } else if matches!(self.order, OrderRule::Unordered) {
            "`last` on a query without an order: leave out `unordered`"
        } else {
            return Ok(());
        };
        Err(Error::Usage(why.into()))
    }

    /// Whether there is any row.
    pub(super) async fn exists(&self, db: &dyn Executor) -> Result<bool> {
        self.check()?;
        if self.none || self.limit == Some(0) {
            return Ok(false);
        }
        let mut found = self.found(one());
        let select = Select {
            // They are the statement's.
            options: found.options.take(),
            columns: vec![SelectItem {
                expr: Expr::Exists(Box::new(found)),
                alias: Some("found".into()),
            }],
            ..Select::empty()
        };
        Ok(as_count(single_value(db, select).await?)? != 0)
    }
}

/// Runs a select of one value.
pub(crate) async fn single_value(db: &dyn Executor, select: Select) -> Result<Value> {
    let statement = Statement::from(select);
    let mut rows = fetch(db, &statement).await?;
    rows.values
        .drain(..)
        .next()
        .ok_or_else(|| Error::Usage("the database handed back no row for an aggregate".into()))
}
