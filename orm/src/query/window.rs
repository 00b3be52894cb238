//! Functions over windows of rows.

use std::fmt;
use std::marker::PhantomData;

use super::selection::Selection;
use super::source::derived;
use super::{Columns, Expression, Ordering, PerGroup, PerRow};
use crate::ast::{self, Alias, Bound, Expr, Order, WindowFunc};
use crate::model::{Here, Maybe, Place};
use crate::value::{DbType, DecodeError, RowReader, Value};
use orm_schema::FieldType;

type Marker<R, T, N> = PhantomData<fn() -> (R, T, N)>;

/// A value for each row, by a window of rows around it: selected beside columns, and calculated with, as in
/// `a.views() - a.views().lag(1).over(…)`; what is filtered or ordered by it is the table of the query,
/// `.select(…).as_table()`.
pub struct Windowed<R, T, N = Here> {
    pub(super) node: Expr,
    marker: Marker<R, T, N>,
}

impl<R, T, N> Windowed<R, T, N> {
    pub(super) fn new(node: Expr) -> Self {
        Self {
            node,
            marker: PhantomData,
        }
    }
}

impl<R, T, N> fmt::Debug for Windowed<R, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

/// The rows that a function looks at; made by [`window`].
pub struct Window<R> {
    partition_by: Vec<Expr>,
    order_by: Vec<Order>,
    frame: Option<(Bound, Bound)>,
    marker: PhantomData<fn() -> R>,
}

impl<R> fmt::Debug for Window<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window")
            .field("partition_by", &self.partition_by)
            .field("order_by", &self.order_by)
            .finish_non_exhaustive()
    }
}

impl<R> Clone for Window<R> {
    fn clone(&self) -> Self {
        Self {
            partition_by: self.partition_by.clone(),
            order_by: self.order_by.clone(),
            frame: self.frame,
            marker: PhantomData,
        }
    }
}

/// All rows of the query as a window: narrow it by `partition_by`, `order_by` and `rows`. Django:
/// `Window`.
///
/// Rows that tie are told apart by the model's key, so that a number or a running total is the same
/// each time; ranks tie.
///
/// ```
/// # use orm::query::{row_number, window};
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let rows = Article::objects()
///     .order_by(|a| a.id())
///     .select(|a| {
///         let by_author = window().partition_by(a.author_id()).order_by(a.views().desc());
///         (a.title(), row_number().over(by_author.clone()), a.views().sum().over(by_author))
///     })
///     .all(&db)
///     .await?;
/// assert_eq!(rows[1], ("Borrowing".into(), 2, Some(200)));
/// # Ok(()) }) }
/// ```
pub fn window<R>() -> Window<R> {
    Window {
        partition_by: Vec::new(),
        order_by: Vec::new(),
        frame: None,
        marker: PhantomData,
    }
}

impl<R> Window<R> {
    /// A window for each different value of these.
    #[must_use]
    pub fn partition_by(mut self, by: impl Selection<R>) -> Self {
        by.nodes(&mut self.partition_by);
        self
    }

    /// The order of the rows; the key breaks ties.
    #[must_use]
    pub fn order_by(mut self, order: impl Ordering<R>) -> Self {
        order.terms(&mut self.order_by);
        self
    }

    /// Only the rows between these, counted from the current one. Django: `RowRange`.
    #[must_use]
    pub fn rows(mut self, from: Bound, to: Bound) -> Self {
        self.frame = Some((from, to));
        self
    }

    fn node(self, func: WindowFunc, args: Vec<Expr>) -> Expr {
        Expr::Window(Box::new(ast::Window {
            func,
            args,
            partition_by: self.partition_by,
            order_by: self.order_by,
            frame: self.frame,
        }))
    }
}

/// A function that still lacks its window.
pub struct WindowFunction<R, T, N = Here> {
    func: WindowFunc,
    args: Vec<Expr>,
    marker: Marker<R, T, N>,
}

impl<R, T, N> fmt::Debug for WindowFunction<R, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WindowFunction").field(&self.func).finish()
    }
}

impl<R, T, N> WindowFunction<R, T, N> {
    fn new(func: WindowFunc, args: Vec<Expr>) -> Self {
        Self {
            func,
            args,
            marker: PhantomData,
        }
    }

    /// Over the rows of a window.
    pub fn over(self, window: Window<R>) -> Windowed<R, T, N> {
        Windowed::new(window.node(self.func, self.args))
    }
}

macro_rules! ranks {
    ($($name:ident $func:ident $ty:ty, $doc:literal;)*) => {$(
        #[doc = $doc]
        pub fn $name<R>() -> WindowFunction<R, $ty> {
            WindowFunction::new(WindowFunc::$func, Vec::new())
        }
    )*};
}
ranks! {
    row_number RowNumber i64, "The number of the row, from 1. Django: `RowNumber`.";
    rank Rank i64, "The rank of the row, with gaps behind ties. Django: `Rank`.";
    dense_rank DenseRank i64, "The rank of the row, without gaps. Django: `DenseRank`.";
    percent_rank PercentRank f64, "The rank from 0 to 1. Django: `PercentRank`.";
    cume_dist CumeDist f64, "The part of the rows that are not behind this one. Django: `CumeDist`.";
}

/// The number of the row's bucket, of `n` of equal size. Django: `Ntile`.
pub fn ntile<R>(n: u32) -> WindowFunction<R, i64> {
    WindowFunction::new(WindowFunc::Ntile, vec![int(n)])
}

fn int(n: u32) -> Expr {
    Expr::Value(Value::Int(n.into()))
}

impl<R, T: DbType, N: Place> Expression<R, T, N, PerRow> {
    fn windowed<P>(&self, func: WindowFunc, n: Option<u32>) -> WindowFunction<R, T, P> {
        let args = std::iter::once(self.node.clone()).chain(n.map(int));
        WindowFunction::new(func, args.collect())
    }

    /// The value `n` rows before; `None` where there is no such row. Django: `Lag`.
    pub fn lag(&self, n: u32) -> WindowFunction<R, T, Maybe> {
        self.windowed(WindowFunc::Lag, Some(n))
    }

    /// The value `n` rows behind; `None` where there is no such row. Django: `Lead`.
    pub fn lead(&self, n: u32) -> WindowFunction<R, T, Maybe> {
        self.windowed(WindowFunc::Lead, Some(n))
    }

    /// The value of the first row. Django: `FirstValue`.
    pub fn first_value(&self) -> WindowFunction<R, T, Maybe> {
        self.windowed(WindowFunc::FirstValue, None)
    }

    /// The value of the last row: up to the current one where there is an order, unless
    /// [`rows`](Window::rows) says more. Django: `LastValue`.
    pub fn last_value(&self) -> WindowFunction<R, T, Maybe> {
        self.windowed(WindowFunc::LastValue, None)
    }

    /// The value of the row of this number, from 1. Django: `NthValue`.
    pub fn nth_value(&self, n: u32) -> WindowFunction<R, T, Maybe> {
        self.windowed(WindowFunc::NthValue, Some(n))
    }
}

impl<R, T: DbType, N: Place> Expression<R, T, N, PerGroup> {
    /// The aggregate over the rows of a window: with an order a running total. Django: `Window`.
    pub fn over(self, window: Window<R>) -> Windowed<R, T, N> {
        Windowed::new(window.node(WindowFunc::Aggregate, vec![self.node]))
    }
}

/// A value over a window is selected beside columns.
impl<R, T: DbType, N: Place> Selection<R> for Windowed<R, T, N> {
    type Row = N::Out<T>;
    type Tuple = (N::Out<T>,);
    fn nodes(self, out: &mut Vec<Expr>) {
        out.push(self.node);
    }
    fn exact(out: &mut Vec<bool>) {
        out.push(matches!(T::TYPE, FieldType::Decimal { .. }));
    }
    fn read(row: &mut RowReader<'_>) -> Result<Self::Row, DecodeError> {
        N::read::<T>(row)
    }
    fn read_tuple(row: &mut RowReader<'_>) -> Result<Self::Tuple, DecodeError> {
        Ok((N::read::<T>(row)?,))
    }
}

impl<R0: 'static, T: DbType, N: Place> Columns for Windowed<R0, T, N> {
    type In<R: 'static, P: Place> = Expression<R, T, P::Or<N>>;
    fn at<R: 'static, P: Place>(table: Alias, next: &mut usize) -> Self::In<R, P> {
        derived(table, next)
    }
    fn push_types(out: &mut Vec<FieldType>) {
        out.push(T::TYPE);
    }
}
