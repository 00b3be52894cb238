//! Groups.

use std::fmt;
use std::marker::PhantomData;

use super::load::Loads;
use super::order::without_repeats;
use super::plan::OrderRule;
use super::read::read_all;
use super::{Concat, GroupCondition, Ordering, PerGroup, QuerySet, Selection};
use crate::ast::{Expr, Order, Select, SelectItem};
use crate::backend::Executor;
use crate::dialect::{Dialect, Sql};
use crate::error::Result;
use crate::model::{Here, Model};

/// A query for groups; made by [`QuerySet::group_by`].
///
/// `S` are the keys, `A` the aggregates, once they are named.
pub struct GroupBy<M, S, A = ()> {
    query: QuerySet<M>,
    keys: Vec<Expr>,
    having: Vec<Expr>,
    order: Vec<Order>,
    aggregates: Vec<Expr>,
    marker: PhantomData<fn() -> (S, A)>,
}

impl<M, S, A> fmt::Debug for GroupBy<M, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupBy")
            .field("query", &self.query)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

impl<M: Model, S: Selection<M>, A> GroupBy<M, S, A> {
    /// Keeps the groups that meet a condition on their aggregates.
    #[must_use]
    pub fn having<C: GroupCondition<M>>(
        mut self,
        condition: impl FnOnce(&M::Fields<M, Here>) -> C,
    ) -> Self {
        let pred = self.query.with_fields(|f| condition(f).into_group_pred());
        self.having.push(pred.node);
        self
    }

    /// Orders the groups, by keys or aggregates; the keys are the tie-breaker.
    #[must_use]
    pub fn order_by<O: Ordering<M>>(
        mut self,
        order: impl FnOnce(&M::Fields<M, Here>) -> O,
    ) -> Self {
        let mut terms = Vec::new();
        self.query.with_fields(|f| order(f).terms(&mut terms));
        self.order = terms;
        self
    }

    /// At most `n` groups.
    #[must_use]
    pub fn limit(mut self, n: u64) -> Self {
        self.query = self.query.limit(n);
        self
    }

    /// Passes over the first `n` groups.
    #[must_use]
    pub fn offset(mut self, n: u64) -> Self {
        self.query = self.query.offset(n);
        self
    }
}

impl<M: Model, S: Selection<M>> GroupBy<M, S> {
    pub(crate) fn new(query: QuerySet<M>, keys: Vec<Expr>) -> Self {
        Self {
            query,
            keys,
            having: Vec::new(),
            order: Vec::new(),
            aggregates: Vec::new(),
            marker: PhantomData,
        }
    }

    /// Names the aggregates; each row is the keys, then the aggregates.
    #[must_use]
    pub fn aggregate<A: Selection<M, PerGroup>>(
        mut self,
        aggregates: impl FnOnce(&M::Fields<M, Here>) -> A,
    ) -> GroupBy<M, S, A> {
        let mut nodes = Vec::new();
        self.query.with_fields(|f| aggregates(f).nodes(&mut nodes));
        GroupBy {
            query: self.query,
            keys: self.keys,
            having: self.having,
            order: self.order,
            aggregates: nodes,
            marker: PhantomData,
        }
    }
}

impl<M: Model, S: Selection<M>, A: Selection<M, PerGroup>> GroupBy<M, S, A>
where
    S::Tuple: Concat<A::Tuple>,
{
    fn to_select(&self) -> Select {
        let plan = &self.query.plan;
        let named = |prefix: &'static str| {
            move |(i, expr): (usize, &Expr)| SelectItem {
                expr: expr.clone(),
                alias: Some(format!("{prefix}{i}").into()),
            }
        };
        let keys = self.keys.iter().enumerate().map(named("k"));
        let aggregates = self.aggregates.iter().enumerate().map(named("a"));
        let mut select = plan.bare(keys.chain(aggregates).collect());
        select.group_by = self.keys.clone();
        select.having = match self.having.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            many => Some(Expr::And(many.to_vec())),
        };
        if !matches!(plan.order, OrderRule::Unordered) {
            let keys = self.keys.iter().map(|expr| Order {
                expr: expr.clone(),
                descending: false,
            });
            let terms = self.order.iter().cloned().chain(keys).collect();
            select.order_by = plan.directed(without_repeats(terms));
        }
        select.limit = plan.limit;
        select.offset = plan.offset;
        select
    }

    /// The SQL that [`all`](Self::all) would send.
    ///
    /// # Errors
    /// [`Error::Render`](crate::Error::Render) if the dialect has no form of the query.
    pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<Sql> {
        Ok(dialect.render(&self.to_select().into())?)
    }

    /// The groups: a tuple of the keys, then the aggregates.
    ///
    /// SQL: one `SELECT … GROUP BY … ORDER BY …`.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db); [`Error::Decode`](crate::Error::Decode).
    pub async fn all(
        &self,
        db: &impl Executor,
    ) -> Result<Vec<<S::Tuple as Concat<A::Tuple>>::Out>> {
        self.query.plan.check()?;
        if self.query.plan.none {
            return Ok(Vec::new());
        }
        let select = self.to_select().into();
        read_all(db, &select, &Loads::default(), |_, row| {
            let keys = S::read_tuple(row)?;
            Ok(keys.concat(A::read_tuple(row)?))
        })
        .await
    }
}
