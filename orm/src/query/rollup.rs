//! Groups with their totals.

use std::marker::PhantomData;

use super::source::Columns;
use super::with::ties;
use super::{Column, Concat, Derived, Expression, GroupBy, PerGroup, Query, Selection, Source};
use crate::ast::{Alias, Expr, Order};
use crate::model::{Here, Maybe, Place};
use orm_schema::FieldType;

/// Keys of groups that totals can be over: none of them is NULL by itself.
#[diagnostic::on_unimplemented(
    message = "a key that may be NULL has no totals: its NULL would look like that of a total",
    label = "one of the keys may be NULL",
    note = "give it a value in its place: `.group_by(|x| x.rating().coalesce(0.0))`"
)]
pub trait RollupKeys {}

impl<R, T, K> RollupKeys for Expression<R, T, Here, K> {}
impl<R, T> RollupKeys for Column<R, T, Here> {}

macro_rules! tuples {
    ($($($name:ident),+;)*) => {$(
        impl<$($name: RollupKeys),+> RollupKeys for ($($name,)+) {}
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

/// The keys of groups among whose rows are totals: each is NULL where the row is a total over it.
#[derive(Debug)]
pub struct Totals<S>(PhantomData<fn() -> S>);

impl<S: Columns> Columns for Totals<S> {
    type In<R: 'static, P: Place> = S::In<R, Maybe>;
    fn at<R: 'static, P: Place>(table: Alias, next: &mut usize) -> Self::In<R, P> {
        S::at::<R, Maybe>(table, next)
    }
    fn push_types(out: &mut Vec<FieldType>) {
        S::push_types(out);
    }
}

impl<Q: Source, S: Selection<Q> + Columns, A> GroupBy<Q, S, A>
where
    A: Selection<Q, PerGroup> + Columns,
    S::Tuple: Concat<A::Tuple>,
{
    /// The groups and their totals as a table: totals over the last key, over the last two, and so on, and
    /// one over all rows. A key is `None` in the row of a total over it, so keys that may be NULL by
    /// themselves do not compile: `coalesce` them first.
    ///
    /// Rows come by their keys, each total behind what it is of. What follows is asked of groups and
    /// totals alike: `filter`, `order_by`, `limit`, `select`, `join`; so is `having` before. Over no rows
    /// there is no total either.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let output = Article::objects()
    ///     .group_by(|a| (a.author().name(), a.published_at().year()))
    ///     .aggregate(|a| (count(), a.views().sum()))
    ///     .rollup()
    ///     .select(|((author, year), (articles, views))| (author, year, articles, views));
    /// let mariadb = orm::dialect::by_name("mariadb").expect("it exists");
    /// assert!(output.to_sql(mariadb)?.text.contains(" WITH ROLLUP"));
    /// // SQLite, which this runs on, has no totals: `db.dialect().features().rollup`.
    /// let rows: Result<Vec<(Option<String>, Option<i64>, i64, Option<i64>)>> = output.all(&db).await;
    /// let refused = rows.expect_err("no ROLLUP").to_string();
    /// assert!(refused.contains("sqlite does not support totals over the keys of groups (ROLLUP)"));
    /// # Ok(()) }) }
    /// ```
    ///
    /// SQL: `SELECT … FROM (SELECT … GROUP BY … WITH ROLLUP)`, ordered outside since MariaDB refuses an
    /// order within.
    ///
    /// # Errors
    /// Whoever asks for rows gets [`Error::Render`](crate::Error::Render) on SQLite, which has no totals;
    /// [`Error::Usage`](crate::Error::Usage) where one key stands twice, or an order or limit stands
    /// before `rollup`.
    #[must_use]
    pub fn rollup(&self) -> Query<Derived<(Totals<S>, A)>>
    where
        S: RollupKeys,
    {
        let mut select = self.to_select();
        select.rollup = true;
        select.order_by.clear();
        (select.limit, select.offset) = (None, None);
        // Totals behind: a key that is NULL comes last.
        let types = S::types();
        let tie = ties(&types).flat_map(|order| {
            let total = Order {
                expr: Expr::IsNull(Box::new(order.expr.clone())),
                descending: false,
            };
            [total, order]
        });
        let mut plan = self.plan.derived(select, tie.collect());
        plan.misuse = plan.misuse.or_else(|| self.rollup_fault());
        Query::new(plan)
    }

    fn rollup_fault(&self) -> Option<String> {
        let mut keys = self.keys.iter().enumerate();
        let fault = if !self.order.is_empty() {
            "an order before `rollup` has no place for the totals: order what comes of it, `.rollup().order_by(|((key, …), (aggregate, …))| …)`"
        } else if self.plan.limit.is_some() || self.plan.offset.is_some() {
            "a limit before `rollup` would leave groups out and keep them in the totals: limit what comes of it, `.rollup().limit(n)`"
        } else if keys.any(|(n, key)| self.keys[..n].contains(key)) {
            "one key of `rollup` stands twice: a total over it would be one of its groups too; leave one of them out"
        } else {
            return None;
        };
        Some(fault.to_owned())
    }
}
