//! Queries for tuples.

use std::fmt;
use std::marker::PhantomData;

use super::load::Loads;
use super::order::{nulls_of, without_repeats};
use super::plan::{OrderRule, Plan};
use super::read::read_all;
use super::{Rows, Selection, Source};
use crate::ast::{Expr, Order, Select, SelectItem, same_but_aliases};
use crate::backend::Executor;
use crate::dialect::{Dialect, Sql};
use crate::error::{Error, Result};
use crate::value::{DecodeError, RowReader};

/// A query for tuples; made by [`QuerySet::select`](super::QuerySet::select).
pub struct SelectQuery<Q, S> {
    pub(super) plan: Plan,
    pub(super) nodes: Vec<Expr>,
    distinct: bool,
    marker: PhantomData<fn() -> (Q, S)>,
}

impl<Q, S> fmt::Debug for SelectQuery<Q, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SelectQuery")
            .field("filter", &self.plan.filter)
            .field("columns", &self.nodes)
            .finish_non_exhaustive()
    }
}

impl<Q, S> Clone for SelectQuery<Q, S> {
    fn clone(&self) -> Self {
        Self {
            plan: self.plan.clone(),
            nodes: self.nodes.clone(),
            distinct: self.distinct,
            marker: PhantomData,
        }
    }
}

pub(super) fn tuple<Q, S: Selection<Q>>(
    _: &Loads,
    row: &mut RowReader<'_>,
    rows: &mut Vec<S::Row>,
) -> Result<(), DecodeError> {
    rows.push(S::read(row)?);
    Ok(())
}

/// Names computed items `c0`, `c1`, …; plain columns keep their own.
pub(crate) fn items(nodes: &[Expr]) -> Vec<SelectItem> {
    numbered(nodes, "c").collect()
}

/// The same with another letter.
pub(super) fn numbered<'a>(
    nodes: &'a [Expr],
    letter: &'a str,
) -> impl Iterator<Item = SelectItem> + 'a {
    nodes.iter().enumerate().map(move |(i, expr)| SelectItem {
        alias: (!matches!(expr, Expr::Column { .. })).then(|| format!("{letter}{i}").into()),
        expr: expr.clone(),
    })
}

/// Whether a term orders by a node that is selected. Its selects are built anew and number their tables
/// from where others ended, so it takes over those of the node: databases know it by that.
fn as_selected(term: &mut Order, nodes: &[Expr]) -> bool {
    let expr = nulls_of(term).unwrap_or(&term.expr);
    let Some(node) = nodes.iter().find(|node| same_but_aliases(expr, node)) else {
        return false;
    };
    term.expr = match nulls_of(term) {
        Some(_) => Expr::IsNull(Box::new(node.clone())),
        None => node.clone(),
    };
    true
}

impl<Q: Source, S: Selection<Q>> SelectQuery<Q, S> {
    pub(crate) fn new(mut plan: Plan, nodes: Vec<Expr>) -> Self {
        let nodes = nodes.into_iter().map(|n| plan.adopt(n)).collect();
        Self {
            plan,
            nodes,
            distinct: false,
            marker: PhantomData,
        }
    }

    /// Equal tuples once. They are ordered by the query's order as far as it is selected, then by
    /// the other columns. Django: `distinct`.
    #[must_use]
    pub fn distinct(mut self) -> Self {
        self.distinct = true;
        self
    }

    /// At most `n` tuples.
    #[must_use]
    pub fn limit(mut self, n: u64) -> Self {
        self.plan.limit = Some(n);
        self
    }

    /// Passes over the first `n` tuples.
    #[must_use]
    pub fn offset(mut self, n: u64) -> Self {
        self.plan.offset = Some(n);
        self
    }

    /// Lowers the limit, never raises it.
    fn at_most(mut self, n: u64) -> Self {
        let plan = &mut self.plan;
        plan.limit = Some(plan.limit.unwrap_or(n).min(n));
        self
    }

    pub(super) fn to_select(&self) -> Select {
        let plan = &self.plan;
        let mut select = plan.rows(items(&self.nodes));
        if self.distinct {
            select.distinct = true;
            if !matches!(plan.order, OrderRule::Unordered) {
                let mut terms = select.order_by;
                terms.retain_mut(|term| as_selected(term, &self.nodes));
                terms.extend(self.nodes.iter().map(|expr| Order {
                    expr: expr.clone(),
                    descending: plan.reversed,
                }));
                select.order_by = without_repeats(terms);
            }
        }
        select
    }

    /// The SQL that [`all`](Self::all) would send.
    ///
    /// # Errors
    /// [`Error::Render`] if the dialect has no form of the query.
    pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<Sql> {
        self.plan.check()?;
        Ok(dialect.render(&self.to_select().into())?)
    }

    /// The tuples.
    ///
    /// SQL: one `SELECT`.
    ///
    /// # Errors
    /// [`Error::Db`]; [`Error::Decode`] if a value does not fit.
    pub async fn all(&self, db: &impl Executor) -> Result<Vec<S::Row>> {
        self.plan.check_on(db)?;
        if self.plan.none {
            return Ok(Vec::new());
        }
        read_all(
            db,
            &self.to_select().into(),
            &Loads::default(),
            tuple::<Q, S>,
        )
        .await
    }

    /// The first tuple in order, or `None`.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn first(&self, db: &impl Executor) -> Result<Option<S::Row>> {
        Ok(self.clone().at_most(1).all(db).await?.pop())
    }

    /// The one tuple.
    ///
    /// # Errors
    /// [`Error::DoesNotExist`], [`Error::MultipleObjectsReturned`].
    pub async fn get(&self, db: &impl Executor) -> Result<S::Row> {
        let model = Q::NAME;
        let mut rows = self.clone().at_most(2).all(db).await?;
        match rows.len() {
            0 | 1 => rows.pop().ok_or(Error::DoesNotExist { model }),
            _ => Err(Error::MultipleObjectsReturned { model }),
        }
    }

    /// The one tuple, or `None`.
    ///
    /// # Errors
    /// [`Error::MultipleObjectsReturned`] if there are more; as [`all`](Self::all).
    pub async fn get_opt(&self, db: &impl Executor) -> Result<Option<S::Row>> {
        match self.get(db).await {
            Err(Error::DoesNotExist { .. }) => Ok(None),
            other => other.map(Some),
        }
    }

    /// The last tuple in order, or `None`.
    ///
    /// SQL: one `SELECT … LIMIT 1` in reversed order. Django: `last`.
    ///
    /// # Errors
    /// [`Error::Usage`] on a query with a limit or offset or without an order, whose last row is not known by order.
    pub async fn last(&self, db: &impl Executor) -> Result<Option<S::Row>> {
        self.plan.check_last()?;
        let mut turned = self.clone();
        turned.plan.reversed = !turned.plan.reversed;
        turned.first(db).await
    }

    /// The number of tuples; of `distinct` ones each once. Django: `values(…).distinct().count()`.
    ///
    /// SQL: one `SELECT COUNT(*)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let authors = Article::objects().select(|a| a.author().name()).distinct();
    /// assert_eq!(authors.count(&db).await?, 2);
    /// assert!(authors.exists(&db).await?);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn count(&self, db: &impl Executor) -> Result<u64> {
        let plan = &self.plan;
        if plan.none || !(self.distinct || plan.limit.is_some() || plan.offset.is_some()) {
            return plan.count(db).await;
        }
        plan.counted(self.to_select()).count(db).await
    }

    /// Whether there is any tuple. Django: `exists`.
    ///
    /// SQL: one `SELECT EXISTS (…)`.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn exists(&self, db: &impl Executor) -> Result<bool> {
        let plan = &self.plan;
        // Behind an offset it matters which tuples are different.
        if plan.none || !(self.distinct && plan.offset.is_some()) {
            return plan.exists(db).await;
        }
        plan.counted(self.to_select()).exists(db).await
    }

    /// The database's plan for the query, a line each. Django: `explain`.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn explain(&self, db: &impl Executor) -> Result<Vec<String>> {
        super::raw::explain(db, self.to_sql(db.dialect())?).await
    }

    /// The tuples one by one, with constant memory.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn stream<'a>(&self, db: &'a impl Executor) -> Result<Rows<'a, S::Row>> {
        self.plan.check_on(db)?;
        if self.plan.none {
            return Ok(Rows::empty());
        }
        let sql = self.to_sql(db.dialect())?;
        Rows::of(db, sql, &Loads::default(), tuple::<Q, S>).await
    }
}
