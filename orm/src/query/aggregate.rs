//! Aggregates.

use super::load::Loads;
use super::read::read_all;
use super::{Column, Expression, PerGroup, PerRow, Selection};
use crate::ast::{AggregateFunc, Expr, SelectItem};
use crate::backend::Executor;
use crate::error::Result;
use crate::model::{Here, Maybe, Model, Place};
use crate::value::{DbType, RowReader, Value};

/// Types that can be added, subtracted, multiplied and divided.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` cannot be calculated with",
    note = "texts are joined by `concat(a.first(), a.last())`"
)]
pub trait Arithmetic: DbType {
    /// Whether values are exact decimals.
    const EXACT: bool = false;
}

impl<T: Numeric> Arithmetic for T {
    const EXACT: bool = T::DECIMAL;
}

impl Arithmetic for std::time::Duration {}

#[cfg(feature = "chrono")]
impl Arithmetic for chrono::TimeDelta {}

/// Types that can be summed.
#[diagnostic::on_unimplemented(message = "a column of type `{Self}` has no sum or average")]
pub trait Numeric: DbType {
    /// The type of the sum.
    type Sum: DbType;
    /// The type of the mean.
    type Avg: DbType;
    /// Whether values are exact decimals.
    const DECIMAL: bool = false;
}

macro_rules! numeric {
    ($($ty:ty => $sum:ty),* $(,)?) => {$(
        impl Numeric for $ty {
            type Sum = $sum;
            type Avg = f64;
        }
    )*};
}
numeric!(i8 => i64, i16 => i64, i32 => i64, i64 => i64, u8 => u64, u16 => u64, u32 => u64, u64 => u64, f32 => f64, f64 => f64);

#[cfg(feature = "decimal")]
impl Numeric for rust_decimal::Decimal {
    type Sum = Self;
    type Avg = Self;
    const DECIMAL: bool = true;
}

fn node(func: AggregateFunc, arg: Option<&Expr>, distinct: bool, decimal: bool) -> Expr {
    Expr::Aggregate {
        func,
        arg: arg.map(|a| Box::new(a.clone())),
        distinct,
        decimal,
    }
}

/// `COUNT(*)`: the number of rows. Django: `Count("*")`.
pub fn count<R>() -> Expression<R, i64, Here, PerGroup> {
    Expression::typed(node(AggregateFunc::Count, None, false, false))
}

impl<R, T: DbType, N: Place> Expression<R, T, N, PerRow> {
    /// Number of values that are not NULL. Django: `Count`.
    pub fn count(&self) -> Expression<R, i64, Here, PerGroup> {
        Expression::typed(node(AggregateFunc::Count, Some(&self.node), false, false))
    }

    /// Number of different values that are not NULL. Django: `Count(distinct=True)`.
    pub fn count_distinct(&self) -> Expression<R, i64, Here, PerGroup> {
        Expression::typed(node(AggregateFunc::Count, Some(&self.node), true, false))
    }

    /// Smallest value; `None` when there is none. Django: `Min`.
    pub fn min(&self) -> Expression<R, T, Maybe, PerGroup> {
        Expression::typed(node(AggregateFunc::Min, Some(&self.node), false, false))
    }

    /// Largest value; `None` when there is none. Django: `Max`.
    pub fn max(&self) -> Expression<R, T, Maybe, PerGroup> {
        Expression::typed(node(AggregateFunc::Max, Some(&self.node), false, false))
    }
}

impl<R, T: DbType, N: Place> Expression<R, T, N, PerRow> {
    /// Sum; `None` when there is no value. Django: `Sum`.
    // `S` is a parameter so that of a text the compiler says what is missing, not that there is no
    // such method.
    pub fn sum<S: DbType>(&self) -> Expression<R, S, Maybe, PerGroup>
    where
        T: Numeric<Sum = S>,
    {
        Expression::typed(node(
            AggregateFunc::Sum,
            Some(&self.node),
            false,
            T::DECIMAL,
        ))
    }

    /// Mean; `None` when there is no value. Django: `Avg`.
    pub fn avg<A: DbType>(&self) -> Expression<R, A, Maybe, PerGroup>
    where
        T: Numeric<Avg = A>,
    {
        Expression::typed(node(
            AggregateFunc::Avg,
            Some(&self.node),
            false,
            T::DECIMAL,
        ))
    }
}

impl<R, T, N> Column<R, T, N> {
    /// The expression that the column is.
    pub fn expr(&self) -> Expression<R, T, N> {
        (**self).clone()
    }
}

/// Aggregates over all rows of a query; made by [`QuerySet::aggregate`](super::QuerySet::aggregate).
#[derive(Debug)]
pub struct Aggregate<M, S> {
    pub(crate) query: super::QuerySet<M>,
    pub(crate) nodes: Vec<Expr>,
    pub(crate) marker: std::marker::PhantomData<fn() -> S>,
}

impl<M: Model, S: Selection<M, PerGroup>> Aggregate<M, S> {
    /// The values.
    ///
    /// SQL: one `SELECT` of one row.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db). Django: `QuerySet.aggregate`.
    pub async fn get(&self, db: &impl Executor) -> Result<S::Row> {
        let plan = &self.query.plan;
        plan.check()?;
        let items = self.nodes.iter().enumerate().map(|(i, expr)| SelectItem {
            expr: expr.clone(),
            alias: Some(format!("a{i}").into()),
        });
        let mut select = plan.aggregate(items.collect());
        if plan.none {
            // Only the database knows what each aggregate is over no rows.
            select.filter = Some(Expr::Or(Vec::new()));
        }
        let read = |_: &Loads, row: &mut RowReader<'_>| S::read(row);
        let mut rows = read_all(db, &select.into(), &Loads::default(), read).await?;
        rows.pop().ok_or(crate::Error::DoesNotExist {
            model: M::META.name,
        })
    }
}

/// A count as it comes.
pub(crate) fn as_count(value: Value) -> Result<u64> {
    Ok(u64::from_value(value)?)
}
