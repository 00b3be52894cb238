//! Query sets.

use std::fmt;
use std::marker::PhantomData;

use super::load::Loads;
use super::plan::{OrderRule, Plan};
use super::prefetch::PrefetchNode;
use super::{
    Aggregate, Assignments, Condition, GroupBy, Handles, Joinable, Joined, Ordering, PerGroup,
    PrefetchList, Query, SelectQuery, Selection, UpdateQuery, WithList,
};
use crate::ast::Lock;
use crate::model::{Here, Maybe, Model};

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

    /// A query on the rows of this one and of others, joined by a condition.
    fn into_query(self) -> Query<M> {
        let mut plan = self.plan;
        if !self.loads.is_empty() || !self.prefetches.is_empty() {
            plan.misuse = Some(
                "rows that are joined are no objects, so `with` and `prefetch` load nothing: join first, and select columns".into(),
            );
        }
        Query::new(plan)
    }

    /// Joins the rows of another query that meet a condition with each of these:
    /// `.join(PartSupp::objects(), |(l, ps)| ps.part_id().eq(l.part_id()))`.
    ///
    /// For models between which there is no relation; along one, its path joins by itself.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let pairs = Article::objects()
    ///     .join(Tag::objects(), |(a, t)| a.title().length().gt(t.name().length() + 2))
    ///     .select(|(a, t)| (a.title(), t.name()))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(pairs.len(), 4); // each of two titles with both tags
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn join<J: Joinable, C: Condition<Joined<M, J::Source, Here>>>(
        self,
        other: J,
        on: impl FnOnce(Handles<Joined<M, J::Source, Here>>) -> C,
    ) -> Query<Joined<M, J::Source, Here>> {
        self.into_query().join(other, on)
    }

    /// The same, but a row that meets none stays, with NULLs in the other's place.
    #[must_use]
    pub fn left_join<J: Joinable, C: Condition<Joined<M, J::Source, Maybe>>>(
        self,
        other: J,
        on: impl FnOnce(Handles<Joined<M, J::Source, Maybe>>) -> C,
    ) -> Query<Joined<M, J::Source, Maybe>> {
        self.into_query().left_join(other, on)
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
        self.plan.take_filter(pred.node);
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
        self.plan.take_filter(pred.node);
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
        self.plan.order = OrderRule::Given(self.plan.adopt_terms(terms));
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
        SelectQuery::new(self.plan, nodes)
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
        GroupBy::new(self.plan, nodes)
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
        Aggregate::new(self.plan, nodes)
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
}
