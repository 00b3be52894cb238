//! Aggregates.

use super::load::Loads;
use super::order::without_repeats;
use super::plan::Plan;
use super::read::read_all;
use super::{
    Column, Condition, Expression, OrderBy, Ordering, PerGroup, PerRow, Selection, Source, Texts,
};
use crate::ast::{AggregateFunc, Expr, Order, Select, SelectItem};
use crate::backend::Executor;
use crate::dialect::{Dialect, Sql};
use crate::error::Result;
use crate::model::{Here, Maybe, Place};
use crate::value::{DbType, RowReader, Value};
use orm_schema::FieldType;

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

fn decimal<T: DbType>() -> bool {
    matches!(T::TYPE, FieldType::Decimal { .. })
}

/// `COUNT(*)`: the number of rows. Django: `Count("*")`.
pub fn count<R>() -> Expression<R, i64, Here, PerGroup> {
    Expression::typed(node(AggregateFunc::Count, None, false, false))
}

impl<R, T: DbType, N: Place> Expression<R, T, N, PerRow> {
    /// Number of values that are not NULL. Django: `Count`.
    pub fn count(&self) -> Expression<R, i64, Here, PerGroup> {
        Expression::typed(node(
            AggregateFunc::Count,
            Some(&self.node),
            false,
            decimal::<T>(),
        ))
    }

    /// Number of different values that are not NULL. Django: `Count(distinct=True)`.
    pub fn count_distinct(&self) -> Expression<R, i64, Here, PerGroup> {
        Expression::typed(node(
            AggregateFunc::Count,
            Some(&self.node),
            true,
            decimal::<T>(),
        ))
    }

    /// Smallest value; `None` when there is none. Django: `Min`.
    pub fn min(&self) -> Expression<R, T, Maybe, PerGroup> {
        Expression::typed(node(
            AggregateFunc::Min,
            Some(&self.node),
            false,
            decimal::<T>(),
        ))
    }

    /// Largest value; `None` when there is none. Django: `Max`.
    pub fn max(&self) -> Expression<R, T, Maybe, PerGroup> {
        Expression::typed(node(
            AggregateFunc::Max,
            Some(&self.node),
            false,
            decimal::<T>(),
        ))
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

macro_rules! spread {
    ($($name:ident $func:ident $doc:literal;)*) => {
        impl<R, T: Numeric, N: Place> Expression<R, T, N, PerRow> {
            $(
                #[doc = $doc]
                pub fn $name(&self) -> Expression<R, f64, Maybe, PerGroup> {
                    Expression::typed(node(AggregateFunc::$func, Some(&self.node), false, false))
                }
            )*
        }
    };
}
spread! {
    std_dev StdDev "Standard deviation of the values as the whole population. Django: `StdDev`.";
    std_dev_sample StdDevSample "Standard deviation of the values as a sample; `None` of less than two. Django: `StdDev(sample=True)`.";
    variance Variance "Variance of the values as the whole population. Django: `Variance`.";
    variance_sample VarianceSample "Variance of the values as a sample; `None` of less than two. Django: `Variance(sample=True)`.";
}

impl<R, T: DbType, N: Place> Expression<R, T, N, PerRow> {
    /// The texts of a group in their own order, with a text between; `None` when there is none.
    /// Django: `StringAgg`.
    ///
    /// MySQL's family cuts the result at the server's `group_concat_max_len` bytes.
    pub fn join(&self, separator: &str) -> Expression<R, String, Maybe, PerGroup>
    where
        T: Texts,
    {
        self.join_by(separator, Vec::<OrderBy<R>>::new())
    }

    /// The texts of a group in an order, with a text between; those that tie in their own order.
    /// Django: `StringAgg(order_by=…)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let titles = Article::objects()
    ///     .group_by(|a| a.author().name())
    ///     .aggregate(|a| a.title().join_by(", ", a.views().desc()))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(titles[0], ("Ann".into(), Some("Hello, Borrowing".into())));
    /// # Ok(()) }) }
    /// ```
    pub fn join_by(
        &self,
        separator: &str,
        order: impl Ordering<R>,
    ) -> Expression<R, String, Maybe, PerGroup>
    where
        T: Texts,
    {
        let mut order_by = Vec::new();
        order.terms(&mut order_by);
        order_by.push(Order {
            expr: self.node.clone(),
            descending: false,
        });
        Expression::typed(Expr::GroupConcat {
            expr: Box::new(self.node.clone()),
            distinct: false,
            separator: separator.to_owned(),
            order_by: without_repeats(order_by),
        })
    }
}

impl<R, T: DbType, N: Place> Expression<R, T, N, PerGroup> {
    /// Over the rows alone that meet a condition. Django: `filter=`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let (all, read) = Article::objects()
    ///     .aggregate(|a| (count(), count().filter(a.views().gt(50))))
    ///     .get(&db)
    ///     .await?;
    /// assert_eq!((all, read), (3, 2));
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn filter<C: Condition<R>>(mut self, condition: C) -> Self {
        let condition = condition.into_pred().node;
        each_aggregate(&mut self.node, &mut |node| match node {
            Expr::Aggregate { arg, .. } => {
                let then = arg
                    .take()
                    .map_or(Expr::Value(Value::Int(1)), |boxed| *boxed);
                *arg = Some(Box::new(only_where(&condition, then)));
            }
            Expr::GroupConcat { expr, .. } => {
                let then = std::mem::replace(&mut **expr, Expr::And(Vec::new()));
                **expr = only_where(&condition, then);
            }
            _ => {}
        });
        self
    }

    /// Over equal values once. Django: `distinct=True`.
    ///
    /// Texts that are joined come in their own order then, whatever was said before.
    #[must_use]
    pub fn distinct(mut self) -> Self {
        each_aggregate(&mut self.node, &mut |node| match node {
            // Bits that all or any have are the same of equal values.
            Expr::Aggregate {
                func: AggregateFunc::AllBits(_) | AggregateFunc::AnyBits(_),
                ..
            } => {}
            // Of rows there are no equal ones.
            Expr::Aggregate { arg, distinct, .. } => *distinct = arg.is_some(),
            Expr::GroupConcat {
                expr,
                distinct,
                order_by,
                ..
            } => {
                *distinct = true;
                *order_by = vec![Order {
                    expr: (**expr).clone(),
                    descending: false,
                }];
            }
            _ => {}
        });
        self
    }
}

fn only_where(condition: &Expr, then: Expr) -> Expr {
    Expr::Case {
        whens: vec![(condition.clone(), then)],
        otherwise: None,
    }
}

/// Visits the aggregates of an expression.
fn each_aggregate(node: &mut Expr, visit: &mut dyn FnMut(&mut Expr)) {
    if matches!(node, Expr::Aggregate { .. } | Expr::GroupConcat { .. }) {
        visit(node);
    } else {
        node.parts_mut(&mut |e| each_aggregate(e, visit), &mut |_| ());
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
pub struct Aggregate<Q, S> {
    pub(super) plan: Plan,
    nodes: Vec<Expr>,
    marker: std::marker::PhantomData<fn() -> (Q, S)>,
}

impl<Q: Source, S: Selection<Q, PerGroup>> Aggregate<Q, S> {
    pub(super) fn new(mut plan: Plan, nodes: Vec<Expr>) -> Self {
        let nodes = nodes.into_iter().map(|n| plan.adopt(n)).collect();
        Self {
            plan,
            nodes,
            marker: std::marker::PhantomData,
        }
    }

    pub(super) fn to_select(&self) -> Select {
        let items = self.nodes.iter().enumerate().map(|(i, expr)| SelectItem {
            expr: expr.clone(),
            alias: Some(format!("a{i}").into()),
        });
        // Also over no rows: only the database knows what each aggregate is then.
        self.plan.aggregate(items.collect())
    }

    /// The SQL that [`get`](Self::get) would send.
    ///
    /// # Errors
    /// [`Error::Render`](crate::Error::Render) if the dialect has no form of the query.
    pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<Sql> {
        self.plan.check_aggregate()?;
        Ok(dialect.render(&self.to_select().into())?)
    }

    /// The database's plan for the query, a line each. Django: `explain`.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db).
    pub async fn explain(&self, db: &impl Executor) -> Result<Vec<String>> {
        super::raw::explain(db, self.to_sql(db.dialect())?).await
    }

    /// The values.
    ///
    /// SQL: one `SELECT` of one row.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db). Django: `QuerySet.aggregate`.
    pub async fn get(&self, db: &impl Executor) -> Result<S::Row> {
        self.plan.check_aggregate()?;
        let read = |_: &Loads, row: &mut RowReader<'_>, rows: &mut Vec<S::Row>| {
            rows.push(S::read(row)?);
            Ok(())
        };
        let mut rows = read_all(db, &self.to_select().into(), &Loads::default(), read).await?;
        rows.pop()
            .ok_or(crate::Error::DoesNotExist { model: Q::NAME })
    }
}

/// A count as it comes.
pub(crate) fn as_count(value: Value) -> Result<u64> {
    Ok(u64::from_value(value)?)
}
