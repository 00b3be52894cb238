//! Queries on joins and on the results of other queries.

use std::fmt;
use std::marker::PhantomData;

use super::plan::{OrderRule, Plan, ROOT, one};
use super::{
    Aggregate, Condition, GroupBy, Handles, Joinable, Joined, Ordering, PerGroup, SelectQuery,
    Selection, Source,
};
use crate::ast::{Alias, JoinKind};
use crate::backend::Executor;
use crate::error::Result;
use crate::model::{Here, Maybe, Place, Scope};

/// A query on the rows of `S`: of joined models ([`QuerySet::join`](super::QuerySet::join)) or of the
/// result of another query ([`SelectQuery::as_table`]).
///
/// Rows always come in a total order: the query's, then the keys of all sources.
pub struct Query<S> {
    pub(crate) plan: Plan,
    marker: PhantomData<fn() -> S>,
}

impl<S> Clone for Query<S> {
    fn clone(&self) -> Self {
        Self::new(self.plan.clone())
    }
}

impl<S> fmt::Debug for Query<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("filter", &self.plan.filter)
            .finish_non_exhaustive()
    }
}

impl<S> Query<S> {
    pub(super) fn new(plan: Plan) -> Self {
        Self {
            plan,
            marker: PhantomData,
        }
    }
}

impl Plan {
    /// Runs a closure on the handles of a source.
    pub(super) fn with_source<S: Source, T>(&mut self, run: impl FnOnce(Handles<S>) -> T) -> T {
        let scope = Scope::new(std::mem::take(&mut self.joins), self.next_alias);
        let extra: Vec<Alias> = self.extra.iter().map(|e| e.alias).collect();
        let handles = S::at::<S, Here>(&scope, &mut std::iter::once(ROOT).chain(extra));
        let out = run(handles);
        (self.joins, self.next_alias) = scope.finish();
        out
    }
}

impl<S: Source> Query<S> {
    /// Joins the rows of another query that meet a condition with each of these.
    #[must_use]
    pub fn join<J: Joinable, C: Condition<Joined<S, J::Source, Here>>>(
        self,
        other: J,
        on: impl FnOnce(Handles<Joined<S, J::Source, Here>>) -> C,
    ) -> Query<Joined<S, J::Source, Here>> {
        self.joined(other, JoinKind::Inner, on)
    }

    /// The same, but a row that meets none stays, with NULLs in the other's place.
    #[must_use]
    pub fn left_join<J: Joinable, C: Condition<Joined<S, J::Source, Maybe>>>(
        self,
        other: J,
        on: impl FnOnce(Handles<Joined<S, J::Source, Maybe>>) -> C,
    ) -> Query<Joined<S, J::Source, Maybe>> {
        self.joined(other, JoinKind::Left, on)
    }

    fn joined<J: Joinable, P: Place, C: Condition<Joined<S, J::Source, P>>>(
        mut self,
        other: J,
        kind: JoinKind,
        on: impl FnOnce(Handles<Joined<S, J::Source, P>>) -> C,
    ) -> Query<Joined<S, J::Source, P>> {
        if self.plan.limit.is_some() || self.plan.offset.is_some() {
            self.plan.misuse =
                Some("a limit before a join: limit after it, or join the table of the limited query (`.select(…).as_table()`)".into());
        }
        let alias = self.plan.join(other, kind);
        let pred = self
            .plan
            .with_source::<Joined<S, J::Source, P>, _>(|f| on(f).into_pred());
        let beyond = self.plan.joins.nodes.iter().any(|hop| hop.parent == alias);
        if beyond && kind == JoinKind::Left {
            self.plan.misuse =
                Some("the condition of a left join names columns of the joined rows themselves, not of relations from there: filter the joined query, `.left_join(Order::objects().filter(…), …)`".into());
        }
        let node = self.plan.adopt(pred.node);
        self.plan.on(node);
        Query::new(self.plan)
    }

    /// Keeps the rows that meet a condition.
    #[must_use]
    pub fn filter<C: Condition<S>>(mut self, condition: impl FnOnce(Handles<S>) -> C) -> Self {
        let pred = self.plan.with_source::<S, _>(|f| condition(f).into_pred());
        self.plan.take_filter(pred.node);
        self
    }

    /// Keeps the rows that meet a condition made of a value, if there is one.
    #[must_use]
    pub fn filter_some<V, C: Condition<S>>(
        self,
        value: Option<V>,
        condition: impl FnOnce(Handles<S>, V) -> C,
    ) -> Self {
        match value {
            Some(value) => self.filter(|f| condition(f, value)),
            None => self,
        }
    }

    /// Keeps the rows that do not meet a condition: exactly those that `filter` leaves out.
    #[must_use]
    pub fn exclude<C: Condition<S>>(self, condition: impl FnOnce(Handles<S>) -> C) -> Self {
        self.filter(|f| !condition(f).into_pred())
    }

    /// Orders the rows; replaces an earlier order. The keys of all sources break ties.
    #[must_use]
    pub fn order_by<O: Ordering<S>>(mut self, order: impl FnOnce(Handles<S>) -> O) -> Self {
        let mut terms = Vec::new();
        self.plan
            .with_source::<S, _>(|f| order(f).terms(&mut terms));
        self.plan.order = OrderRule::Given(self.plan.adopt_terms(terms));
        self
    }

    /// Turns the order round.
    #[must_use]
    pub fn reverse(mut self) -> Self {
        self.plan.reversed = !self.plan.reversed;
        self
    }

    /// Gives up the explicit order.
    #[must_use]
    pub fn unordered(mut self) -> Self {
        self.plan.order = OrderRule::Unordered;
        self
    }

    /// At most `n` rows.
    #[must_use]
    pub fn limit(mut self, n: u64) -> Self {
        self.plan.limit = Some(n);
        self
    }

    /// Passes over the first `n` rows.
    #[must_use]
    pub fn offset(mut self, n: u64) -> Self {
        self.plan.offset = Some(n);
        self
    }

    /// Hands out tuples of columns and expressions.
    #[must_use]
    pub fn select<C: Selection<S>>(
        mut self,
        columns: impl FnOnce(Handles<S>) -> C,
    ) -> SelectQuery<S, C> {
        let mut nodes = Vec::new();
        self.plan
            .with_source::<S, _>(|f| columns(f).nodes(&mut nodes));
        SelectQuery::new(self.plan, nodes)
    }

    /// Groups the rows.
    #[must_use]
    pub fn group_by<C: Selection<S>>(
        mut self,
        keys: impl FnOnce(Handles<S>) -> C,
    ) -> GroupBy<S, C> {
        let mut nodes = Vec::new();
        self.plan.with_source::<S, _>(|f| keys(f).nodes(&mut nodes));
        GroupBy::new(self.plan, nodes)
    }

    /// Aggregates over all rows.
    #[must_use]
    pub fn aggregate<A: Selection<S, PerGroup>>(
        mut self,
        aggregates: impl FnOnce(Handles<S>) -> A,
    ) -> Aggregate<S, A> {
        let mut nodes = Vec::new();
        self.plan
            .with_source::<S, _>(|f| aggregates(f).nodes(&mut nodes));
        Aggregate::new(self.plan, nodes)
    }

    /// The number of rows.
    ///
    /// SQL: one `SELECT COUNT(*)`.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db).
    pub async fn count(&self, db: &impl Executor) -> Result<u64> {
        self.plan.count(db).await
    }

    /// Whether there is any row.
    ///
    /// SQL: one `SELECT EXISTS (…)`.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db).
    pub async fn exists(&self, db: &impl Executor) -> Result<bool> {
        self.plan.exists(db).await
    }

    /// The select of a subquery for EXISTS.
    pub(super) fn found(&self) -> crate::ast::Select {
        self.plan.found(one())
    }
}
