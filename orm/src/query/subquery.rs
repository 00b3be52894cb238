//! Queries inside queries.

use super::plan::one;
use super::{
    Aggregate, Expression, GroupBy, PerGroup, PerRow, Pred, Query, QuerySet, SelectQuery,
    Selection, Source,
};
use super::{Column, ToOne};
use crate::ast::{Expr, Func, Select, SelectItem};
use crate::model::{Here, Maybe, Model, Place};
use crate::value::DbType;
use orm_schema::FieldType;

/// A column of the query around a subquery, for use inside it: `outer(a.id())`. Django: `OuterRef`.
///
/// Of the query around that one: [`outer_outer`].
///
/// ```
/// # use orm::query::{exists, outer};
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let most_read = Article::objects().filter(|a| {
///     !exists(Article::objects().filter(|x| {
///         x.author_id().eq(outer(a.author_id())) & x.views().gt(outer(a.views()))
///     }))
/// });
/// assert_eq!(most_read.count(&db).await?, 2);
/// # Ok(()) }) }
/// ```
pub fn outer<R0, R, T: DbType, N: Place>(column: impl Outward<R0, T, N>) -> Expression<R, T, N> {
    Expression::typed(Expr::Outer(Box::new(column.node())))
}

/// A column of the query around the one around: for a subquery in a subquery. Django:
/// `OuterRef(OuterRef(…))`.
pub fn outer_outer<R0, R, T: DbType, N: Place>(
    column: impl Outward<R0, T, N>,
) -> Expression<R, T, N> {
    Expression::typed(Expr::Outer(Box::new(Expr::Outer(Box::new(column.node())))))
}

/// What `outer` takes: a column or expression of the query around.
#[diagnostic::on_unimplemented(
    message = "`outer` takes a column of the query around, not `{Self}`",
    note = "a value needs no `outer`"
)]
pub trait Outward<R, T, N> {
    /// The node of the AST.
    fn node(self) -> Expr;
}

impl<R, T, N> Outward<R, T, N> for Expression<R, T, N> {
    fn node(self) -> Expr {
        self.node
    }
}

impl<R, T, N> Outward<R, T, N> for Column<R, T, N> {
    fn node(self) -> Expr {
        self.expr().node
    }
}

/// A selection of one column.
#[diagnostic::on_unimplemented(
    message = "a subquery has one column, but this selects `{Self}`",
    note = "select one column: `.select(|x| x.id())`",
    note = "of the objects of a relation one aggregate: `.aggregate(|x| x.views().sum())`"
)]
pub trait Single<R, K = PerRow>: Selection<R, K> {
    /// Its type.
    type Type: DbType;
    /// Whether it may be NULL.
    type Null: Place;
}

impl<R, T: DbType, N: Place, K> Single<R, K> for Expression<R, T, N, K> {
    type Type = T;
    type Null = N;
}

impl<R, T: DbType, N: Place> Single<R> for Column<R, T, N> {
    type Type = T;
    type Null = N;
}

/// A query of one column, whose values another query asks about.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no query of one column",
    note = "select one: `.select(|x| x.id())`; a query set stands for its keys"
)]
pub trait Subquery {
    /// The type of the column.
    type Type: DbType;
    /// Whether it may be NULL.
    type Null: Place;
    /// The select, in the order that a limit cuts by.
    fn subselect(&self) -> Select;
    /// A mistake in building it.
    fn misuse(&self) -> Option<String>;
}

pub(super) fn unsorted(mut select: Select) -> Select {
    if select.limit.is_none() && select.offset.is_none() {
        select.order_by.clear();
    }
    select
}

impl<Q: Source, S: Single<Q>> Subquery for SelectQuery<Q, S> {
    type Type = S::Type;
    type Null = S::Null;
    fn subselect(&self) -> Select {
        unsorted(self.to_select())
    }
    fn misuse(&self) -> Option<String> {
        self.plan.misuse.clone()
    }
}

/// The keys of the groups.
impl<Q: Source, S: Single<Q>> Subquery for GroupBy<Q, S> {
    type Type = S::Type;
    type Null = S::Null;
    fn subselect(&self) -> Select {
        unsorted(self.keys_select())
    }
    fn misuse(&self) -> Option<String> {
        self.plan.misuse.clone()
    }
}

/// The keys of the objects.
impl<M: Model> Subquery for QuerySet<M>
where
    M::Key: DbType,
{
    type Type = M::Key;
    type Null = Here;
    fn subselect(&self) -> Select {
        let key = M::META.single_key().map_or("", |k| k.column);
        let column = SelectItem {
            expr: Expr::column(super::plan::ROOT, key),
            alias: None,
        };
        unsorted(self.plan.rows(vec![column]))
    }
    fn misuse(&self) -> Option<String> {
        self.plan.misuse.clone()
    }
}

/// A mistake inside an expression, carried to where it is raised.
pub(super) fn wrong(misuse: String) -> Expr {
    Expr::Outer(Box::new(Expr::Value(crate::value::Value::Text(misuse))))
}

impl<R, T: DbType, N: Place, K> Expression<R, T, N, K> {
    /// Among the values of another query's column: `IN (SELECT …)`. Django: `in=queryset`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let busy = Article::objects().group_by(|a| a.author_id()).having(|_| count().gt(1));
    /// let authors = Author::objects().filter(|a| a.id().is_among(&busy)).all(&db).await?;
    /// assert_eq!(authors[0].name, "Ann");
    /// # Ok(()) }) }
    /// ```
    pub fn is_among<Q: Subquery<Type = T>>(&self, query: &Q) -> Pred<R, K> {
        let node = match query.misuse() {
            Some(misuse) => wrong(misuse),
            None => Expr::Apart(Box::new(Expr::InSelect {
                expr: Box::new(Expr::Outer(Box::new(self.node.clone()))),
                select: Box::new(query.subselect()),
            })),
        };
        Pred::new(node, N::NULLABLE || Q::Null::NULLABLE)
    }
}

impl<R: 'static, M: Model, P: Place, K: DbType> ToOne<R, M, P, K> {
    /// Refers to one of the objects of another query: `IN (SELECT …)`.
    pub fn is_among<Q: Subquery<Type = K>>(&self, query: &Q) -> Pred<R> {
        self.expression().is_among(query)
    }
}

/// A query of which `exists` asks whether it has a row.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no query",
    note = "`exists(Article::objects().filter(|x| x.author_id().eq(outer(a.id()))))`"
)]
pub trait Existing {
    /// The select.
    fn found(&self) -> Select;
    /// A mistake in building it.
    fn misuse(&self) -> Option<String>;
}

impl<M: Model> Existing for QuerySet<M> {
    fn found(&self) -> Select {
        self.plan.found(one())
    }
    fn misuse(&self) -> Option<String> {
        self.plan.misuse.clone()
    }
}

impl<S: Source> Existing for Query<S> {
    fn found(&self) -> Select {
        Self::found(self)
    }
    fn misuse(&self) -> Option<String> {
        self.plan.misuse.clone()
    }
}

/// Another query has a row: `EXISTS (SELECT …)`; name columns of the query around it by [`outer`].
/// Django: `Exists`.
pub fn exists<R, Q: Existing>(query: Q) -> Pred<R> {
    let node = match query.misuse() {
        Some(misuse) => wrong(misuse),
        None => Expr::Apart(Box::new(Expr::Exists(Box::new(query.found())))),
    };
    Pred::new(node, false)
}

/// A query of one value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no query of one value",
    note = "`.aggregate(|x| x.views().max())` has one, and so has the first row of `.select(|x| x.name())`"
)]
pub trait OneValue {
    /// The type.
    type Type: DbType;
    /// Whether it may be NULL.
    type Null: Place;
    /// The select of one row.
    fn one_value(&self) -> Select;
    /// A mistake in building it.
    fn misuse(&self) -> Option<String>;
}

/// The first row's value; NULL where there is none.
impl<Q: Source, S: Single<Q>> OneValue for SelectQuery<Q, S> {
    type Type = S::Type;
    type Null = Maybe;
    fn one_value(&self) -> Select {
        let mut select = self.to_select();
        select.limit = Some(select.limit.unwrap_or(1).min(1));
        select
    }
    fn misuse(&self) -> Option<String> {
        self.plan.misuse.clone()
    }
}

impl<Q: Source, S: Single<Q, PerGroup>> OneValue for Aggregate<Q, S> {
    type Type = S::Type;
    type Null = S::Null;
    fn one_value(&self) -> Select {
        self.to_select()
    }
    fn misuse(&self) -> Option<String> {
        self.plan.check_aggregate().err().map(|e| e.to_string())
    }
}

/// The one value of another query: `(SELECT …)`. Django: `Subquery`.
///
/// ```
/// # use orm::query::{outer, scalar};
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let above = Article::objects()
///     .filter(|a| {
///         let mean = Article::objects()
///             .filter(|x| x.author_id().eq(outer(a.author_id())))
///             .aggregate(|x| x.views().avg());
///         a.views().cast::<f64>().gt(scalar(mean))
///     })
///     .all(&db)
///     .await?;
/// assert_eq!(above[0].title, "Hello");
/// # Ok(()) }) }
/// ```
pub fn scalar<R, K, Q: OneValue>(query: Q) -> Expression<R, Q::Type, Q::Null, K> {
    let node = match query.misuse() {
        Some(misuse) => wrong(misuse),
        None => Expr::Apart(Box::new(Expr::Scalar(Box::new(query.one_value())))),
    };
    Expression::typed(match <Q::Type as DbType>::TYPE {
        FieldType::Decimal { .. } => Expr::Func {
            func: Func::Exact,
            args: vec![node],
        },
        _ => node,
    })
}
