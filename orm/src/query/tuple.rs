//! Several columns compared together: what keys of several columns are found by.
//!
//! Written as AND and OR of plain comparisons, not as row values: their meaning is the same
//! everywhere, and MySQL's family finds no range of an index by `(a, b) > (1, 2)`. Only lists are
//! left to the dialect, which pads them.

use std::fmt;
use std::marker::PhantomData;

use orm_schema::FieldType;

use super::subquery::{unsorted, wrong};
use super::{GroupBy, Lift, Operand, PerRow, Pred, QuerySet, SelectQuery, Selection, Source};
use crate::ast::{BinaryOp, Expr, Select, SelectItem};
use crate::model::{Here, Model, Nullable, Place};
use crate::value::{DbType, Value};

/// Columns or expressions of a query on `R` that are compared together; made by [`tuple()`].
pub struct Tuple<R, T, N = Here, K = PerRow> {
    parts: Vec<Expr>,
    /// Which of them are JSON documents.
    documents: Vec<bool>,
    #[expect(clippy::type_complexity, reason = "a marker of its four parameters")]
    marker: PhantomData<fn() -> (R, T, N, K)>,
}

impl<R, T, N, K> Clone for Tuple<R, T, N, K> {
    fn clone(&self) -> Self {
        Self {
            parts: self.parts.clone(),
            documents: self.documents.clone(),
            marker: PhantomData,
        }
    }
}

impl<R, T, N, K> fmt::Debug for Tuple<R, T, N, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tuple").field(&self.parts).finish()
    }
}

/// Several columns, or expressions, compared together: two to eight of them, as the key of a model
/// with a key of several columns. Order is that of words in a dictionary: the first that differs
/// decides. Django: lookups of a `CompositePrimaryKey` and of `Tuple`.
///
/// ```
/// # use orm::prelude::*;
/// use orm::query::tuple;
///
/// #[derive(Model, Debug)]
/// #[model(app = "shop", primary_key(tenant, number))]
/// struct Order {
///     tenant: i64,
///     number: i64,
///     #[field(max_length = 50)]
///     title: String,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// # let db = Db::connect("sqlite::memory:").await?;
/// # orm::create_tables(&db, &[Order::META]).await?;
/// for (tenant, number, title) in [(1, 1, "ink"), (1, 2, "nibs"), (2, 1, "oil")] {
///     Order::create(&db, new!(Order { tenant, number, title })).await?;
/// }
/// let two = Order::filter(|o| tuple((o.tenant(), o.number())).is_in([(1, 2), (2, 1), (2, 9)]));
/// assert_eq!(two.select(|o| o.title()).all(&db).await?, ["nibs", "oil"]);
/// let behind = Order::filter(|o| tuple((o.tenant(), o.number())).gt((1, 1)));
/// assert_eq!(behind.select(|o| o.title()).all(&db).await?, ["nibs", "oil"]);
/// # Ok(()) }
/// ```
pub fn tuple<R, K, P: TupleParts<R, K>>(parts: P) -> Tuple<R, P::Types, P::Null, K> {
    let (mut nodes, mut documents) = (Vec::new(), Vec::new());
    parts.parts(&mut nodes, &mut documents);
    Tuple {
        parts: nodes,
        documents,
        marker: PhantomData,
    }
}

/// What [`tuple()`] takes: two to eight columns or expressions of one query.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no columns that could be compared together",
    label = "expected a tuple of two to eight columns of the query",
    note = "`tuple((x.tenant(), x.number())).eq((1, 7))`; one column is compared by itself: `x.number().eq(7)`"
)]
pub trait TupleParts<R, K = PerRow> {
    /// Their types, as a tuple.
    type Types;
    /// Whether any may be NULL.
    type Null: Place;
    /// Appends the nodes of the AST, and which of them are JSON documents.
    fn parts(self, nodes: &mut Vec<Expr>, documents: &mut Vec<bool>);
}

/// The other side of a comparison with a [`Tuple`] of the types `T`: as many values, columns or
/// expressions.
#[diagnostic::on_unimplemented(
    message = "columns of the types `{T}` cannot be compared with `{Self}`",
    label = "expected a tuple of as many values or columns, each of its column's type",
    note = "`tuple((x.tenant(), x.number())).eq((1, 7))`"
)]
pub trait TupleOperand<R, T, K = PerRow> {
    /// Whether any may be NULL.
    type Null: Place;
    /// Appends the nodes of the AST.
    fn operands(self, out: &mut Vec<Expr>);
}

/// A query of several columns, among whose rows those of a [`Tuple`] of the types `T` are looked for.
#[diagnostic::on_unimplemented(
    message = "columns of the types `{T}` cannot be looked for among the rows of `{Self}`",
    label = "expected a query of as many columns, each of its column's type",
    note = "`tuple((x.tenant(), x.number())).is_among(&Order::objects().select(|o| (o.tenant(), o.number())))`"
)]
pub trait TupleSubquery<T> {
    /// Whether any column may be NULL.
    type Null: Place;
    /// The select, in the order that a limit cuts by.
    fn rows(&self) -> Select;
    /// A mistake in building it.
    fn misuse(&self) -> Option<String>;
}

impl<Q: Source, S: TupleParts<Q> + Selection<Q>> TupleSubquery<S::Types> for SelectQuery<Q, S> {
    type Null = S::Null;
    fn rows(&self) -> Select {
        unsorted(self.to_select())
    }
    fn misuse(&self) -> Option<String> {
        self.plan.misuse.clone()
    }
}

/// The keys of the groups.
impl<Q: Source, S: TupleParts<Q> + Selection<Q>> TupleSubquery<S::Types> for GroupBy<Q, S> {
    type Null = S::Null;
    fn rows(&self) -> Select {
        unsorted(self.keys_select())
    }
    fn misuse(&self) -> Option<String> {
        self.plan.misuse.clone()
    }
}

/// The keys of the objects.
impl<M: Model> TupleSubquery<M::Key> for QuerySet<M> {
    type Null = Here;
    fn rows(&self) -> Select {
        let column = |&at: &usize| SelectItem {
            expr: Expr::column(super::plan::ROOT, M::META.columns[at].column),
            alias: None,
        };
        unsorted(self.plan.rows(M::META.key.iter().map(column).collect()))
    }
    fn misuse(&self) -> Option<String> {
        self.plan.misuse.clone()
    }
}

/// Two documents can be the same and be written otherwise.
const DOCUMENTS: &str = "JSON documents are not looked for among the rows of a query: compare them in it, `exists(….filter(|x| x.doc().eq(outer(a.doc()))))`";

macro_rules! or {
    ($one:ty) => { $one };
    ($one:ty, $($rest:ty),+) => { <$one as Place>::Or<or!($($rest),+)> };
}

macro_rules! tuples {
    ($($($name:ident $other:ident $index:tt),+;)*) => {$(
        impl<R, K, $($name: Lift<R, K>),+> TupleParts<R, K> for ($($name,)+) {
            type Types = ($($name::Type,)+);
            type Null = or!($($name::Null),+);
            fn parts(self, nodes: &mut Vec<Expr>, documents: &mut Vec<bool>) {
                $(
                    nodes.push(self.$index.lift());
                    documents.push(matches!(<$name::Type as DbType>::TYPE, FieldType::Json));
                )+
            }
        }
        impl<R, K, $($name,)+ $($other: Operand<R, $name, K>),+>
            TupleOperand<R, ($($name,)+), K> for ($($other,)+)
        {
            type Null = or!($($other::Null),+);
            fn operands(self, out: &mut Vec<Expr>) {
                $(out.push(self.$index.into_node());)+
            }
        }
    )*};
}
tuples! {
    A A1 0, B B1 1;
    A A1 0, B B1 1, C C1 2;
    A A1 0, B B1 1, C C1 2, D D1 3;
    A A1 0, B B1 1, C C1 2, D D1 3, E E1 4;
    A A1 0, B B1 1, C C1 2, D D1 3, E E1 4, F F1 5;
    A A1 0, B B1 1, C C1 2, D D1 3, E E1 4, F F1 5, G G1 6;
    A A1 0, B B1 1, C C1 2, D D1 3, E E1 4, F F1 5, G G1 6, H H1 7;
}

/// A tuple of the same query.
impl<R, T, N: Place, K> TupleOperand<R, T, K> for Tuple<R, T, N, K> {
    type Null = N;
    fn operands(self, out: &mut Vec<Expr>) {
        out.extend(self.parts);
    }
}

impl<R, T, N: Place, K> Tuple<R, T, N, K> {
    fn nodes<E: TupleOperand<R, T, K>>(other: E) -> Vec<Expr> {
        let mut out = Vec::new();
        other.operands(&mut out);
        out
    }

    fn equal(&self, other: Vec<Expr>) -> Expr {
        let both = self.parts.iter().zip(&self.documents).zip(other);
        let equal = both.map(|((part, document), other)| match document {
            true => Expr::same_document(part.clone(), other),
            false => Expr::binary(part.clone(), BinaryOp::Eq, other),
        });
        Expr::And(equal.collect())
    }

    fn compare<E: TupleOperand<R, T, K>>(
        &self,
        strict: BinaryOp,
        last: BinaryOp,
        other: E,
    ) -> Pred<R, K> {
        let bound = match strict {
            BinaryOp::Gt => BinaryOp::Ge,
            _ => BinaryOp::Le,
        };
        let others = Self::nodes(other);
        Pred::new(
            beyond(&self.parts, &others, [strict, bound, last]),
            N::NULLABLE || E::Null::NULLABLE,
        )
    }

    /// Each is equal to its other; unknown where one is NULL and the others are equal. Django:
    /// `exact`.
    pub fn eq<E: TupleOperand<R, T, K>>(&self, other: E) -> Pred<R, K> {
        Pred::new(
            self.equal(Self::nodes(other)),
            N::NULLABLE || E::Null::NULLABLE,
        )
    }

    /// The complement of [`eq`](Self::eq): also true where NULL leaves that open.
    pub fn ne<E: TupleOperand<R, T, K>>(&self, other: E) -> Pred<R, K> {
        !self.eq(other)
    }

    /// Equal to one of these; an empty list matches no row. Django: `in`.
    ///
    /// SQL: one list of rows, padded to a power of two; `OR` of comparisons on SingleStore.
    pub fn is_in<E: TupleOperand<R, T, K>>(&self, list: impl IntoIterator<Item = E>) -> Pred<R, K> {
        let (mut rows, mut rest) = (Vec::new(), Vec::new());
        let documents = self.documents.contains(&true);
        for other in list {
            let nodes = Self::nodes(other);
            let value = |node: &Expr| match node {
                Expr::Value(value) if !documents => Some(value.clone()),
                _ => None,
            };
            match nodes.iter().map(value).collect::<Option<Vec<Value>>>() {
                Some(row) => rows.push(row),
                None => rest.push(self.equal(nodes)),
            }
        }
        let nullable = N::NULLABLE || E::Null::NULLABLE;
        let list = Expr::InRows {
            exprs: self.parts.clone(),
            rows,
        };
        if rest.is_empty() {
            return Pred::new(list, nullable);
        }
        // A column among the values is a comparison of its own.
        rest.insert(0, list);
        Pred::new(Expr::Or(rest), nullable)
    }

    /// The complement of [`is_in`](Self::is_in).
    pub fn not_in<E: TupleOperand<R, T, K>>(
        &self,
        list: impl IntoIterator<Item = E>,
    ) -> Pred<R, K> {
        !self.is_in(list)
    }

    /// Equal to one of the rows of another query, of as many columns: `(a, b) IN (SELECT …)`; the
    /// complement is `!`. Django: `in=queryset.values("a", "b")`.
    ///
    /// SQL: EXISTS on SingleStore, which documents no such IN.
    ///
    /// ```
    /// # use orm::query::tuple;
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let most = Article::objects()
    ///     .group_by(|a| a.author_id())
    ///     .aggregate(|a| a.views().max())
    ///     .as_table();
    /// let most = most.select(|(author, views)| (author, views));
    /// let read = Article::filter(|a| tuple((a.author_id(), a.views())).is_among(&most));
    /// assert_eq!(read.count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn is_among<Q: TupleSubquery<T>>(&self, query: &Q) -> Pred<R, K> {
        let misuse = query.misuse().or_else(|| {
            let documents = self.documents.contains(&true);
            documents.then(|| DOCUMENTS.to_owned())
        });
        let node = match misuse {
            Some(misuse) => wrong(misuse),
            None => Expr::Apart(Box::new(Expr::RowInSelect {
                exprs: (self.parts.iter())
                    .map(|part| Expr::Outer(Box::new(part.clone())))
                    .collect(),
                select: Box::new(query.rows()),
            })),
        };
        Pred::new(node, N::NULLABLE || Q::Null::NULLABLE)
    }

    /// The first that differs is greater than its other. Django: `gt`.
    ///
    /// SQL: `a >= x AND (a > x OR b > y)`, of which an index or a sort key finds the first part.
    pub fn gt<E: TupleOperand<R, T, K>>(&self, other: E) -> Pred<R, K> {
        self.compare(BinaryOp::Gt, BinaryOp::Gt, other)
    }

    /// [`gt`](Self::gt), or all are equal. Django: `gte`.
    pub fn gte<E: TupleOperand<R, T, K>>(&self, other: E) -> Pred<R, K> {
        self.compare(BinaryOp::Gt, BinaryOp::Ge, other)
    }

    /// The first that differs is less than its other. Django: `lt`.
    pub fn lt<E: TupleOperand<R, T, K>>(&self, other: E) -> Pred<R, K> {
        self.compare(BinaryOp::Lt, BinaryOp::Lt, other)
    }

    /// [`lt`](Self::lt), or all are equal. Django: `lte`.
    pub fn lte<E: TupleOperand<R, T, K>>(&self, other: E) -> Pred<R, K> {
        self.compare(BinaryOp::Lt, BinaryOp::Le, other)
    }

    /// One of them at least is NULL: there is no such key. Django: `isnull=True`.
    pub fn is_null(&self) -> Pred<R, K>
    where
        N: Nullable,
    {
        let null = |part: &Expr| Expr::IsNull(Box::new(part.clone()));
        Pred::new(Expr::Or(self.parts.iter().map(null).collect()), false)
    }

    /// None of them is NULL. Django: `isnull=False`.
    pub fn is_not_null(&self) -> Pred<R, K>
    where
        N: Nullable,
    {
        let there = |part: &Expr| Expr::IsNotNull(Box::new(part.clone()));
        Pred::new(Expr::And(self.parts.iter().map(there).collect()), false)
    }
}

/// `a >= x AND (a > x OR (b >= y AND (b > y OR …)))`; unknown exactly where `(a, b, …) > (x, y, …)`
/// of the standard is. The operators are the strict one, that of the bound, and that of the last.
fn beyond(parts: &[Expr], others: &[Expr], ops: [BinaryOp; 3]) -> Expr {
    let [strict, bound, last] = ops;
    let (Some((part, parts)), Some((other, others))) = (parts.split_first(), others.split_first())
    else {
        return Expr::And(Vec::new());
    };
    let compare = |op| Expr::binary(part.clone(), op, other.clone());
    if parts.is_empty() {
        return compare(last);
    }
    Expr::And(vec![
        compare(bound),
        Expr::Or(vec![compare(strict), beyond(parts, others, ops)]),
    ])
}
