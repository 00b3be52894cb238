//! Groups.

use std::fmt;
use std::marker::PhantomData;

use super::load::Loads;
use super::order::without_repeats;
use super::plan::{OrderRule, Plan};
use super::read::{ReadRow, read_all};
use super::{
    Column, Concat, Expression, GroupCondition, Handles, Ordering, PerGroup, PerRow, Rows,
    Selection, Source,
};
use crate::ast::{Expr, Order, Select, SelectItem};
use crate::backend::Executor;
use crate::dialect::{Dialect, Sql};
use crate::error::Result;
use crate::model::Place;
use crate::value::{DbType, DecodeError, RowReader};

/// A query for groups; made by [`QuerySet::group_by`](super::QuerySet::group_by).
///
/// `S` are the keys, `A` the aggregates, once they are named.
pub struct GroupBy<Q, S, A = ()> {
    pub(super) plan: Plan,
    pub(super) keys: Vec<Expr>,
    having: Vec<Expr>,
    pub(super) order: Vec<Order>,
    aggregates: Vec<Expr>,
    #[expect(clippy::type_complexity, reason = "a marker of its three parameters")]
    marker: PhantomData<fn() -> (Q, S, A)>,
}

impl<Q, S, A> fmt::Debug for GroupBy<Q, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupBy")
            .field("filter", &self.plan.filter)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

impl<Q: Source, S: Selection<Q>, A> GroupBy<Q, S, A> {
    /// Keeps the groups that meet a condition on their aggregates.
    #[must_use]
    pub fn having<C: GroupCondition<Q>>(
        mut self,
        condition: impl FnOnce(&Handles<Q>) -> C,
    ) -> Self {
        let pred = self
            .plan
            .with_source::<Q, _>(|f| condition(&f).into_group_pred());
        let node = self.plan.adopt(pred.node);
        self.having.push(node);
        self
    }

    /// Orders the groups, by keys or aggregates; the keys are the tie-breaker.
    #[must_use]
    pub fn order_by<O: Ordering<Q>>(mut self, order: impl FnOnce(&Handles<Q>) -> O) -> Self {
        let mut terms = Vec::new();
        self.plan
            .with_source::<Q, _>(|f| order(&f).terms(&mut terms));
        self.order = self.plan.adopt_terms(terms);
        self
    }

    /// At most `n` groups.
    #[must_use]
    pub fn limit(mut self, n: u64) -> Self {
        self.plan.limit = Some(n);
        self
    }

    /// Passes over the first `n` groups.
    #[must_use]
    pub fn offset(mut self, n: u64) -> Self {
        self.plan.offset = Some(n);
        self
    }
}

impl<Q, S, A> GroupBy<Q, S, A> {
    pub(super) fn to_select(&self) -> Select {
        let plan = &self.plan;
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
}

impl<Q: Source, S: Selection<Q>> GroupBy<Q, S> {
    /// The keys of the groups alone.
    pub(super) fn keys_select(&self) -> Select {
        self.to_select()
    }

    pub(super) fn new(mut plan: Plan, keys: Vec<Expr>) -> Self {
        let keys = keys.into_iter().map(|k| plan.adopt(k)).collect();
        Self {
            plan,
            keys,
            having: Vec::new(),
            order: Vec::new(),
            aggregates: Vec::new(),
            marker: PhantomData,
        }
    }

    /// Hands out what is made of aggregates and of the keys, which the closure gets behind the
    /// fields: for `#[derive(Row)]` structs, and tuples in another order. Django: `values`.
    ///
    /// ```
    /// # use orm::query::concat;
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// #[derive(Row, Debug, PartialEq)]
    /// struct Output {
    ///     author: String,
    ///     articles: i64,
    ///     most_read: Option<i64>,
    /// }
    ///
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let output = Article::objects()
    ///     .group_by(|a| a.author().name())
    ///     .select(|a, name| OutputColumns {
    ///         author: concat(name, "!"),
    ///         articles: count(),
    ///         most_read: a.views().max(),
    ///     })
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(output[0], Output { author: "Ann!".into(), articles: 2, most_read: Some(120) });
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn select<C: Selection<Q, PerGroup>>(
        mut self,
        columns: impl FnOnce(&Handles<Q>, S::Keys) -> C,
    ) -> Groups<Q, C>
    where
        S: GroupKeys<Q>,
    {
        let mut keys = self.keys.iter().cloned();
        let keys = S::keys(&mut || keys.next().unwrap_or(Expr::And(Vec::new())));
        let mut nodes = Vec::new();
        self.plan
            .with_source::<Q, _>(|f| columns(&f, keys).nodes(&mut nodes));
        let nodes = nodes.into_iter().map(|n| self.plan.adopt(n)).collect();
        Groups {
            groups: GroupBy {
                plan: self.plan,
                keys: self.keys,
                having: self.having,
                order: self.order,
                aggregates: nodes,
                marker: PhantomData,
            },
            marker: PhantomData,
        }
    }

    /// Names the aggregates; each row is the keys, then the aggregates.
    #[must_use]
    pub fn aggregate<A: Selection<Q, PerGroup>>(
        mut self,
        aggregates: impl FnOnce(&Handles<Q>) -> A,
    ) -> GroupBy<Q, S, A> {
        let mut nodes = Vec::new();
        self.plan
            .with_source::<Q, _>(|f| aggregates(&f).nodes(&mut nodes));
        let nodes = nodes.into_iter().map(|n| self.plan.adopt(n)).collect();
        GroupBy {
            plan: self.plan,
            keys: self.keys,
            having: self.having,
            order: self.order,
            aggregates: nodes,
            marker: PhantomData,
        }
    }
}

impl<Q: Source, S: Selection<Q>, A: Selection<Q, PerGroup>> GroupBy<Q, S, A>
where
    S::Tuple: Concat<A::Tuple>,
{
    /// The SQL that [`all`](Self::all) would send.
    ///
    /// # Errors
    /// [`Error::Render`](crate::Error::Render) if the dialect has no form of the query;
    /// [`Error::Usage`](crate::Error::Usage) as [`all`](Self::all).
    pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<Sql> {
        self.plan.check()?;
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
        self.rows(db, self.to_select(), read_group::<Q, S, A>).await
    }

    /// The first group in order, or `None`.
    ///
    /// SQL: one `SELECT … LIMIT 1`.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn first(
        &self,
        db: &impl Executor,
    ) -> Result<Option<<S::Tuple as Concat<A::Tuple>>::Out>> {
        let first = one_of(self.to_select());
        Ok(self.rows(db, first, read_group::<Q, S, A>).await?.pop())
    }

    /// The groups one by one, with constant memory.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn stream<'a>(
        &self,
        db: &'a impl Executor,
    ) -> Result<Rows<'a, <S::Tuple as Concat<A::Tuple>>::Out>> {
        self.rows_of(db, self.to_select(), read_group::<Q, S, A>)
            .await
    }
}

/// A tuple of the keys, then the aggregates.
fn read_group<Q, S: Selection<Q>, A: Selection<Q, PerGroup>>(
    _: &Loads,
    row: &mut RowReader<'_>,
    rows: &mut Vec<<S::Tuple as Concat<A::Tuple>>::Out>,
) -> Result<(), DecodeError>
where
    S::Tuple: Concat<A::Tuple>,
{
    let keys = S::read_tuple(row)?;
    rows.push(keys.concat(A::read_tuple(row)?));
    Ok(())
}

/// The first row of a select.
fn one_of(mut select: Select) -> Select {
    select.limit = Some(select.limit.unwrap_or(1).min(1));
    select
}

impl<Q, S, A> GroupBy<Q, S, A> {
    async fn rows<T: Send + 'static>(
        &self,
        db: &dyn Executor,
        select: Select,
        read: ReadRow<T>,
    ) -> Result<Vec<T>> {
        self.plan.check()?;
        if self.plan.none {
            return Ok(Vec::new());
        }
        read_all(db, &select.into(), &Loads::default(), read).await
    }

    async fn rows_of<'a, T: Send + 'static>(
        &self,
        db: &'a dyn Executor,
        select: Select,
        read: ReadRow<T>,
    ) -> Result<Rows<'a, T>> {
        self.plan.check()?;
        if self.plan.none {
            return Ok(Rows::empty());
        }
        let sql = db.dialect().render(&select.into())?;
        Rows::of(db, sql, &Loads::default(), read).await
    }

    /// The number of groups.
    ///
    /// SQL: one `SELECT COUNT(*) FROM (SELECT … GROUP BY …)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let busy = Article::objects().group_by(|a| a.author_id()).having(|_| count().gt(1));
    /// assert_eq!(busy.count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db). Django: `count`.
    pub async fn count(&self, db: &impl Executor) -> Result<u64> {
        self.plan.counted(self.to_select()).count(db).await
    }

    /// The database's plan for the query, a line each.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db). Django: `explain`.
    pub async fn explain(&self, db: &impl Executor) -> Result<Vec<String>> {
        self.plan.check()?;
        let sql = db.dialect().render(&self.to_select().into())?;
        super::raw::explain(db, sql).await
    }
}

/// The keys of groups, as what has one value for each group.
#[diagnostic::on_unimplemented(
    message = "these keys of groups cannot be selected by name",
    note = "group by columns and expressions, or a tuple of them: `.group_by(|x| (x.year(), x.name()))`"
)]
pub trait GroupKeys<R> {
    /// What the closure gets.
    type Keys;
    /// Takes a node of the AST for each key.
    fn keys(next: &mut dyn FnMut() -> Expr) -> Self::Keys;
}

impl<R, T, N> GroupKeys<R> for Expression<R, T, N, PerRow> {
    type Keys = Expression<R, T, N, PerGroup>;
    fn keys(next: &mut dyn FnMut() -> Expr) -> Self::Keys {
        Expression::typed(next())
    }
}

impl<R, T: DbType, N: Place> GroupKeys<R> for Column<R, T, N> {
    type Keys = Expression<R, T, N, PerGroup>;
    fn keys(next: &mut dyn FnMut() -> Expr) -> Self::Keys {
        Expression::typed(next())
    }
}

macro_rules! tuples {
    ($($($name:ident),+;)*) => {$(
        impl<R, $($name: GroupKeys<R>),+> GroupKeys<R> for ($($name,)+) {
            type Keys = ($($name::Keys,)+);
            fn keys(next: &mut dyn FnMut() -> Expr) -> Self::Keys {
                ($($name::keys(next),)+)
            }
        }
    )*};
}
tuples! {
    A;
    A, B;
    A, B, C;
    A, B, C, D;
    A, B, C, D, E;
    A, B, C, D, E, F;
    A, B, C, D, E, F, G;
    A, B, C, D, E, F, G, H;
}

/// A query for what is made of groups; made by [`GroupBy::select`].
pub struct Groups<Q, C> {
    groups: GroupBy<Q, (), C>,
    marker: PhantomData<fn() -> C>,
}

impl<Q, C> fmt::Debug for Groups<Q, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.groups.fmt(f)
    }
}

impl<Q: Source, C: Selection<Q, PerGroup>> Groups<Q, C> {
    fn to_select(&self) -> Select {
        let mut select = self.groups.to_select();
        select.columns.drain(..self.groups.keys.len());
        select
    }

    /// The SQL that [`all`](Self::all) would send.
    ///
    /// # Errors
    /// [`Error::Render`](crate::Error::Render) if the dialect has no form of the query;
    /// [`Error::Usage`](crate::Error::Usage) as [`all`](Self::all).
    pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<Sql> {
        self.groups.plan.check()?;
        Ok(dialect.render(&self.to_select().into())?)
    }

    /// What was made of each group, in the order of the groups.
    ///
    /// SQL: one `SELECT … GROUP BY … ORDER BY …`.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db); [`Error::Decode`](crate::Error::Decode).
    pub async fn all(&self, db: &impl Executor) -> Result<Vec<C::Row>> {
        self.groups
            .rows(db, self.to_select(), tuple_of::<Q, C>)
            .await
    }

    /// What was made of the first group in order, or `None`.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn first(&self, db: &impl Executor) -> Result<Option<C::Row>> {
        let first = one_of(self.to_select());
        Ok((self.groups.rows(db, first, tuple_of::<Q, C>).await?).pop())
    }

    /// What was made of the groups one by one, with constant memory.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn stream<'a>(&self, db: &'a impl Executor) -> Result<Rows<'a, C::Row>> {
        (self.groups)
            .rows_of(db, self.to_select(), tuple_of::<Q, C>)
            .await
    }

    /// The database's plan for the query, a line each.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db). Django: `explain`.
    pub async fn explain(&self, db: &impl Executor) -> Result<Vec<String>> {
        self.groups.plan.check()?;
        let sql = db.dialect().render(&self.to_select().into())?;
        super::raw::explain(db, sql).await
    }
}

fn tuple_of<Q, C: Selection<Q, PerGroup>>(
    _: &Loads,
    row: &mut RowReader<'_>,
    rows: &mut Vec<C::Row>,
) -> Result<(), DecodeError> {
    rows.push(C::read(row)?);
    Ok(())
}
