//! Union, intersection and difference.

use std::fmt;

use super::load::Loads;
use super::plan::OrderRule;
use super::read::{ReadRow, object, read_all};
use super::select::tuple;
use super::{QuerySet, SelectQuery, Selection, Source};
use crate::ast::{Expr, Order, Select, SetOp, SetOperation, Statement};
use crate::backend::Executor;
use crate::dialect::{Dialect, Sql};
use crate::error::{Error, Result};
use crate::model::Model;

/// Two or more queries combined; made by [`QuerySet::union`] and its like.
///
/// The rows come in the model's order, tuples by their columns from the left.
pub struct SetQuery<T> {
    operation: SetOperation,
    read: ReadRow<T>,
    misuse: Option<String>,
}

impl<T> Clone for SetQuery<T> {
    fn clone(&self) -> Self {
        Self {
            operation: self.operation.clone(),
            read: self.read,
            misuse: self.misuse.clone(),
        }
    }
}

impl<T> fmt::Debug for SetQuery<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SetQuery").field(&self.operation).finish()
    }
}

/// A part: without an order of its own unless a limit cuts by it.
fn part(mut select: Select) -> Select {
    if select.limit.is_none() && select.offset.is_none() {
        select.order_by.clear();
    }
    select
}

fn named(name: impl Into<crate::ast::Name>, descending: bool) -> Order {
    Order {
        expr: Expr::Named(name.into()),
        descending,
    }
}

impl<M: Model> QuerySet<M> {
    fn combined(&self, op: SetOp, other: &Self) -> SetQuery<M> {
        let mut order_by: Vec<Order> = Vec::new();
        if !matches!(self.plan.order, OrderRule::Unordered) {
            let ordering = M::META.ordering.iter().copied();
            let keys = M::META.key.iter().map(|&c| (c, false));
            // Rows with equal keys are equal; the other columns say so to those who do not know it.
            let rest = (0..M::META.columns.len()).map(|c| (c, false));
            for (column, descending) in ordering.chain(keys).chain(rest) {
                order_by.push(named(M::META.columns[column].column, descending));
            }
            order_by = super::order::without_repeats(order_by);
        }
        let loads = !self.loads.is_empty() || !other.loads.is_empty();
        let fetched = !self.prefetches.is_empty() || !other.prefetches.is_empty();
        let misuse = (loads || fetched).then(|| {
            "combined queries load no related objects: leave out `with` and `prefetch`".to_owned()
        });
        SetQuery {
            operation: SetOperation {
                op,
                parts: vec![part(self.to_select()), part(other.to_select())],
                order_by,
                limit: None,
                offset: None,
            },
            read: object::<M>,
            misuse: misuse
                .or_else(|| self.plan.misuse.clone())
                .or_else(|| other.plan.misuse.clone()),
        }
    }

    /// The objects of either query, each once. Django: `union`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let ann = Article::objects().filter(|a| a.author().name().eq("Ann"));
    /// let read = Article::objects().filter(|a| a.views().gt(100));
    /// assert_eq!(ann.union(&read).all(&db).await?.len(), 2);
    /// assert_eq!(ann.intersection(&read).all(&db).await?[0].title, "Hello");
    /// assert_eq!(ann.difference(&read).all(&db).await?[0].title, "Borrowing");
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn union(&self, other: &Self) -> SetQuery<M> {
        self.combined(SetOp::Union, other)
    }

    /// The objects of either query, those of both twice. Django: `union(all=True)`.
    #[must_use]
    pub fn union_all(&self, other: &Self) -> SetQuery<M> {
        self.combined(SetOp::UnionAll, other)
    }

    /// The objects of both queries. Django: `intersection`.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> SetQuery<M> {
        self.combined(SetOp::Intersect, other)
    }

    /// The objects of this query that are not in the other. Django: `difference`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> SetQuery<M> {
        self.combined(SetOp::Except, other)
    }
}

impl<Q: Source, S: Selection<Q>> SelectQuery<Q, S> {
    fn combined<Q2: Source, S2: Selection<Q2, Row = S::Row>>(
        &self,
        op: SetOp,
        other: &SelectQuery<Q2, S2>,
    ) -> SetQuery<S::Row> {
        let name = |n: usize| format!("c{n}");
        let renamed = |mut select: Select| {
            for (n, item) in select.columns.iter_mut().enumerate() {
                item.alias = Some(name(n).into());
            }
            part(select)
        };
        let width = self.nodes.len();
        SetQuery {
            operation: SetOperation {
                op,
                parts: vec![renamed(self.to_select()), renamed(other.to_select())],
                order_by: (0..width).map(|n| named(name(n), false)).collect(),
                limit: None,
                offset: None,
            },
            read: tuple::<Q, S>,
            misuse: self
                .plan
                .misuse
                .clone()
                .or_else(|| other.plan.misuse.clone()),
        }
    }

    /// The tuples of either query, equal ones once; also of different models. Django: `union`.
    #[must_use]
    pub fn union<Q2: Source, S2: Selection<Q2, Row = S::Row>>(
        &self,
        other: &SelectQuery<Q2, S2>,
    ) -> SetQuery<S::Row> {
        self.combined(SetOp::Union, other)
    }

    /// The tuples of either query. Django: `union(all=True)`.
    #[must_use]
    pub fn union_all<Q2: Source, S2: Selection<Q2, Row = S::Row>>(
        &self,
        other: &SelectQuery<Q2, S2>,
    ) -> SetQuery<S::Row> {
        self.combined(SetOp::UnionAll, other)
    }

    /// The tuples of both queries. Django: `intersection`.
    #[must_use]
    pub fn intersection<Q2: Source, S2: Selection<Q2, Row = S::Row>>(
        &self,
        other: &SelectQuery<Q2, S2>,
    ) -> SetQuery<S::Row> {
        self.combined(SetOp::Intersect, other)
    }

    /// The tuples of this query that are not in the other. Django: `difference`.
    #[must_use]
    pub fn difference<Q2: Source, S2: Selection<Q2, Row = S::Row>>(
        &self,
        other: &SelectQuery<Q2, S2>,
    ) -> SetQuery<S::Row> {
        self.combined(SetOp::Except, other)
    }
}

impl<T: Send + 'static> SetQuery<T> {
    /// At most `n` rows of the whole.
    #[must_use]
    pub fn limit(mut self, n: u64) -> Self {
        self.operation.limit = Some(n);
        self
    }

    /// Passes over the first `n` rows of the whole.
    #[must_use]
    pub fn offset(mut self, n: u64) -> Self {
        self.operation.offset = Some(n);
        self
    }

    /// The SQL that [`all`](Self::all) would send.
    ///
    /// # Errors
    /// [`Error::Render`] if the dialect has no form of the query.
    pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<Sql> {
        Ok(dialect.render(&self.statement()?)?)
    }

    fn statement(&self) -> Result<Statement> {
        match &self.misuse {
            Some(text) => Err(Error::Usage(text.clone())),
            None => Ok(self.operation.clone().into()),
        }
    }

    /// The rows.
    ///
    /// SQL: one `SELECT … UNION SELECT …`.
    ///
    /// # Errors
    /// [`Error::Db`]; [`Error::Decode`] if a value does not fit.
    pub async fn all(&self, db: &impl Executor) -> Result<Vec<T>> {
        read_all(db, &self.statement()?, &Loads::default(), self.read).await
    }
}
