//! Query sets.

use std::fmt;
use std::marker::PhantomData;

use super::aggregate::as_count;
use super::load::Loads;
use super::plan::{OrderRule, Plan, columns_at, fetch, one};
use super::prefetch::PrefetchNode;
use super::read::{object, read_sql};
use super::{
    Aggregate, Assignments, Condition, GroupBy, Ordering, PerGroup, PrefetchList, Rows,
    SelectQuery, Selection, UpdateQuery, WithList,
};
use crate::ast::{AggregateFunc, Expr, Lock, Select, SelectItem, Statement};
use crate::backend::Executor;
use crate::dialect::{Dialect, Sql};
use crate::error::{Error, Result};
use crate::model::{Here, Model};
use crate::value::Value;

/// A query on the objects of `M`: lazy, cloneable, sent by its terminals.
///
/// Rows always come in a total order: the query's, else the model's, else the key's, with the key
/// as tie-breaker; [`unordered`](Self::unordered) is the one way out. `limit` and `offset` cut last,
/// wherever they stand.
pub struct QuerySet<M> {
    pub(crate) plan: Plan,
    pub(crate) loads: Loads,
    pub(crate) prefetches: Vec<PrefetchNode<M>>,
    marker: PhantomData<fn() -> M>,
}

impl<M> Clone for QuerySet<M> {
    fn clone(&self) -> Self {
        Self {
            plan: self.plan.clone(),
            loads: self.loads.clone(),
            prefetches: self.prefetches.clone(),
            marker: PhantomData,
        }
    }
}

impl<M> fmt::Debug for QuerySet<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuerySet")
            .field("model", &self.plan.meta.name)
            .field("filter", &self.plan.filter)
            .finish_non_exhaustive()
    }
}

impl<M: Model> Default for QuerySet<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Model> QuerySet<M> {
    /// All objects.
    pub fn new() -> Self {
        Self {
            plan: Plan::new(M::META),
            loads: Loads::default(),
            prefetches: Vec::new(),
            marker: PhantomData,
        }
    }

    /// Runs a closure on the query's field handles.
    pub(crate) fn with_fields<T>(&mut self, run: impl FnOnce(&M::Fields<M, Here>) -> T) -> T {
        self.plan.with_root(|at| run(&at.into()))
    }

    /// Keeps the objects that meet a condition. Django: `filter`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let read = Article::objects()
    ///     .filter(|a| a.author().name().icontains("ann") & a.views().gt(100))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(read[0].title, "Hello");
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn filter<C: Condition<M>>(
        mut self,
        condition: impl FnOnce(&M::Fields<M, Here>) -> C,
    ) -> Self {
        let pred = self.with_fields(|f| condition(f).into_pred());
        self.plan.add_filter(pred.node);
        self
    }

    /// Keeps the objects that meet a condition made of a value, if there is one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let tag: Option<&str> = Some("tea");
    /// let query = Article::objects().filter_some(tag, |a, t| a.tags().any(|x| x.name().eq(t)));
    /// assert_eq!(query.count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn filter_some<V, C: Condition<M>>(
        self,
        value: Option<V>,
        condition: impl FnOnce(&M::Fields<M, Here>, V) -> C,
    ) -> Self {
        match value {
            Some(value) => self.filter(|f| condition(f, value)),
            None => self,
        }
    }

    /// Keeps the objects that do not meet a condition: exactly those that `filter` leaves out.
    ///
    /// Django: `exclude`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let query = Article::objects().exclude(|a| a.editor().name().eq("Bo"));
    /// assert_eq!(query.count(&db).await?, 2); // those without an editor among them
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn exclude<C: Condition<M>>(
        mut self,
        condition: impl FnOnce(&M::Fields<M, Here>) -> C,
    ) -> Self {
        let pred = self.with_fields(|f| !condition(f).into_pred());
        self.plan.add_filter(pred.node);
        self
    }

    /// Keeps no object, and asks no database. Django: `none`.
    #[must_use]
    pub fn none(mut self) -> Self {
        self.plan.none = true;
        self
    }

    /// Orders the objects; replaces an earlier order. Django: `order_by`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let titles = Article::objects()
    ///     .order_by(|a| (a.author().name().desc(), a.views().asc()))
    ///     .select(|a| a.title())
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(titles, ["Kettles", "Borrowing", "Hello"]);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn order_by<O: Ordering<M>>(
        mut self,
        order: impl FnOnce(&M::Fields<M, Here>) -> O,
    ) -> Self {
        let mut terms = Vec::new();
        self.with_fields(|f| order(f).terms(&mut terms));
        self.plan.order = OrderRule::Given(terms);
        self
    }

    /// Turns the order round. Django: `reverse`.
    #[must_use]
    pub fn reverse(mut self) -> Self {
        self.plan.reversed = !self.plan.reversed;
        self
    }

    /// Gives up the explicit order: rows come as the database likes, differently each time.
    #[must_use]
    pub fn unordered(mut self) -> Self {
        self.plan.order = OrderRule::Unordered;
        self
    }

    /// At most `n` objects, after all filters and the order.
    #[must_use]
    pub fn limit(mut self, n: u64) -> Self {
        self.plan.limit = Some(n);
        self
    }

    /// Passes over the first `n` objects.
    #[must_use]
    pub fn offset(mut self, n: u64) -> Self {
        self.plan.offset = Some(n);
        self
    }

    /// Locks the rows until the end of the transaction; outside of one it is an error. Django:
    /// `select_for_update`.
    ///
    /// SQLite locks the whole database when a transaction begins, and ignores the word. SingleStore
    /// takes it on one table only: there a query with joins or subqueries first finds the keys, then
    /// locks their rows, then reads those that still match, three statements in all.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let tea = Tag::objects().filter(|t| t.name().eq("tea")).for_update();
    /// assert!(tea.get(&db).await.is_err());
    /// let tx = db.begin().await?;
    /// assert_eq!(tea.get(&tx).await?.name, "tea");
    /// # tx.commit().await?;
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn for_update(mut self) -> Self {
        self.plan.lock = Some(Lock::Update);
        self
    }

    /// As [`for_update`](Self::for_update), and an error at once where another transaction holds one
    /// of the rows. Django: `select_for_update(nowait=True)`.
    ///
    /// Only where the feature `row_locks` says so: MySQL and MariaDB.
    #[must_use]
    pub fn for_update_nowait(mut self) -> Self {
        self.plan.lock = Some(Lock::UpdateNoWait);
        self
    }

    /// As [`for_update`](Self::for_update), without the rows that other transactions hold. Django:
    /// `select_for_update(skip_locked=True)`.
    ///
    /// Only where the feature `row_locks` says so: MySQL and MariaDB.
    #[must_use]
    pub fn for_update_skip_locked(mut self) -> Self {
        self.plan.lock = Some(Lock::UpdateSkipLocked);
        self
    }

    /// Loads related objects in the same statement: `.with(|a| (a.author(), a.editor()))`.
    ///
    /// Afterwards `article.author.get()?` is at hand. Django: `select_related`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let hello = Article::objects()
    ///     .filter(|a| a.title().eq("Hello"))
    ///     .with(|a| (a.author(), a.editor()))
    ///     .get(&db)
    ///     .await?;
    /// assert_eq!(hello.author.get()?.name, "Ann");
    /// let editor = hello.editor.as_ref().expect("it has one");
    /// assert_eq!(editor.get()?.name, "Bo");
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn with<W: WithList<M>>(
        mut self,
        relations: impl FnOnce(&M::Fields<M, Here>) -> W,
    ) -> Self {
        let mut loads = std::mem::take(&mut self.loads);
        self.with_fields(|f| relations(f).collect(&mut loads));
        self.loads = loads;
        self
    }

    /// Loads to-many relations, one statement for each: `.prefetch(|a| a.tags())`.
    ///
    /// Afterwards `article.tags.get()?` is at hand. Django: `prefetch_related`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let authors = Author::objects()
    ///     .prefetch(|a| a.articles().query(|q| q.filter(|x| x.views().gt(10)).prefetch(|x| x.tags())))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(authors[0].articles.get()?.len(), 2);
    /// assert_eq!(authors[0].articles.get()?[0].tags.get()?[0].name, "rust");
    /// assert!(authors[1].articles.get()?.is_empty());
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn prefetch<P: PrefetchList<M>>(
        mut self,
        relations: impl FnOnce(&M::Fields<M, Here>) -> P,
    ) -> Self {
        let mut nodes = std::mem::take(&mut self.prefetches);
        self.with_fields(|f| relations(f).collect(&mut nodes));
        self.prefetches = nodes;
        self
    }

    /// Hands out tuples instead of objects: `.select(|a| (a.id(), a.author().name()))`.
    ///
    /// Django: `values_list`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let rows: Vec<(String, String, Option<String>)> = Article::objects()
    ///     .order_by(|a| a.views().desc())
    ///     .select(|a| (a.title(), a.author().name(), a.editor().name()))
    ///     .limit(1)
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(rows, [("Hello".into(), "Ann".into(), Some("Bo".into()))]);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn select<S: Selection<M>>(
        mut self,
        columns: impl FnOnce(&M::Fields<M, Here>) -> S,
    ) -> SelectQuery<M, S> {
        let mut nodes = Vec::new();
        self.with_fields(|f| columns(f).nodes(&mut nodes));
        SelectQuery::new(self, nodes)
    }

    /// Groups the rows: `.group_by(|a| a.author().name()).aggregate(|a| count())`.
    ///
    /// Django: `values(…).annotate(…)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let stats: Vec<(String, i64, Option<f64>)> = Article::objects()
    ///     .group_by(|a| a.author().name())
    ///     .having(|a| a.views().sum().gt(5))
    ///     .aggregate(|a| (count(), a.views().avg()))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(stats, [("Ann".into(), 2, Some(100.0)), ("Bo".into(), 1, Some(7.0))]);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn group_by<S: Selection<M>>(
        mut self,
        keys: impl FnOnce(&M::Fields<M, Here>) -> S,
    ) -> GroupBy<M, S> {
        let mut nodes = Vec::new();
        self.with_fields(|f| keys(f).nodes(&mut nodes));
        GroupBy::new(self, nodes)
    }

    /// Aggregates over all rows: `.aggregate(|a| (count(), a.views().sum())).get(&db)`.
    ///
    /// Django: `aggregate`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let (n, most) = Article::objects().aggregate(|a| (count(), a.views().max())).get(&db).await?;
    /// assert_eq!((n, most), (3, Some(120)));
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn aggregate<S: Selection<M, PerGroup>>(
        mut self,
        aggregates: impl FnOnce(&M::Fields<M, Here>) -> S,
    ) -> Aggregate<M, S> {
        let mut nodes = Vec::new();
        self.with_fields(|f| aggregates(f).nodes(&mut nodes));
        Aggregate {
            query: self,
            nodes,
            marker: PhantomData,
        }
    }

    /// Changes the rows: `.update(|a| (a.views().set(a.views() + 1), a.title().set("x")))`.
    ///
    /// Django: `update`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let changed = Article::objects()
    ///     .filter(|a| a.author().name().eq("Ann"))
    ///     .update(|a| (a.views().set(a.views() + 1), a.editor().set(None::<i64>)))
    ///     .exec(&db)
    ///     .await?;
    /// assert_eq!(changed, 2);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn update<A: Assignments<M>>(
        self,
        set: impl FnOnce(&M::Fields<M, Here>) -> A,
    ) -> UpdateQuery<M> {
        UpdateQuery::new(self, set)
    }

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
        let mut objects = read_sql(db, sql, &self.loads, object::<M>).await?;
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
        if self.plan.limit.is_some() || self.plan.offset.is_some() {
            return Err(Error::Usage(
                "`last` on a query with a limit or offset: take the last of `all`, or reverse the order".into(),
            ));
        }
        self.clone().reverse().first(db).await
    }

    /// The number of objects.
    ///
    /// SQL: one `SELECT COUNT(*)`. Django: `QuerySet.count`.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn count(&self, db: &impl Executor) -> Result<u64> {
        self.plan.check()?;
        if self.plan.none {
            return Ok(0);
        }
        let count = SelectItem {
            expr: Expr::Aggregate {
                func: AggregateFunc::Count,
                arg: None,
                distinct: false,
                decimal: false,
            },
            alias: Some("n".into()),
        };
        as_count(single_value(db, self.plan.aggregate(vec![count])).await?)
    }

    /// Whether any object matches.
    ///
    /// SQL: one `SELECT EXISTS (…)`. Django: `QuerySet.exists`.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn exists(&self, db: &impl Executor) -> Result<bool> {
        self.plan.check()?;
        if self.plan.none || self.plan.limit == Some(0) {
            return Ok(false);
        }
        let inner = if self.plan.limit.is_some() || self.plan.offset.is_some() {
            self.plan.rows(vec![one()])
        } else {
            self.plan.bare(vec![one()])
        };
        let select = Select {
            columns: vec![SelectItem {
                expr: Expr::Exists(Box::new(inner)),
                alias: Some("found".into()),
            }],
            ..Select::empty()
        };
        Ok(as_count(single_value(db, select).await?)? != 0)
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
        if !self.prefetches.is_empty() {
            return Err(Error::Usage(
                "`stream` cannot prefetch: use `.all`, or page with `page_after`".into(),
            ));
        }
        self.plan.check_on(db)?;
        if self.plan.none {
            return Ok(Rows::empty());
        }
        let sql = db.dialect().render(&self.to_select().into())?;
        Rows::of(db, sql, &self.loads, object::<M>).await
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

/// Runs a select of one value.
pub(crate) async fn single_value(db: &dyn Executor, select: Select) -> Result<Value> {
    let statement = Statement::from(select);
    let mut rows = fetch(db, &statement).await?;
    rows.values
        .drain(..)
        .next()
        .ok_or_else(|| Error::Usage("the database handed back no row for an aggregate".into()))
}
