//! Comparison of vectors: search by nearness.

use orm_schema::{IndexKind, IndexOptions, VectorIndexType, VectorMetric};

use super::functions::call;
use super::subquery::wrong;
use super::{Column, Expression, Operand, OrderBy};
use crate::ast::{Expr, Func, VectorSearch};
use crate::model::{Here, Model, ModelMeta, Place};
use crate::value::{DbType, Value, Vector};

/// Comparison of vectors. On SingleStore the server's functions; on SQLite functions of the backend,
/// so that it works locally. MySQL and MariaDB keep vectors, but have no such function in the
/// versions that are supported: a query with one is refused there when it is rendered.
///
/// Servers calculate with 32-bit floats, SQLite with 64-bit ones: the last digits may differ, the
/// order of vectors that are no nearer to each other than those does not.
///
/// Rows that are equally near come in the order of their key, as in every query. That makes it an
/// exact search; whether SingleStore takes a vector index for it is its own choice.
/// [`nearest`](Column::nearest) says whether it shall.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug)]
/// struct Picture {
///     #[field(primary_key)]
///     id: i64,
///     look: Vector<3>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// let db = Db::connect("sqlite::memory:").await?;
/// orm::create_tables(&db, &[Picture::META]).await?;
/// for (id, look) in [(1, [1.0, 0.0, 0.0]), (2, [0.6, 0.8, 0.0]), (3, [0.0, 0.0, 1.0])] {
///     Picture::create(&db, new!(Picture { id, look: Vector::from(look) })).await?;
/// }
///
/// let wanted = Vector::from([0.8, 0.6, 0.0]);
/// let nearest = Picture::objects()
///     .filter(|p| p.look().dot_product(&wanted).gt(0.5))
///     .order_by(|p| p.look().euclidean_distance(&wanted))
///     .select(|p| p.id())
///     .limit(2)
///     .all(&db)
///     .await?;
/// assert_eq!(nearest, [2, 1]);
/// # Ok(())
/// # }
/// ```
impl<R, T: DbType, N: Place, K> Expression<R, T, N, K> {
    /// The sum of the products of their elements: of vectors of length 1 the cosine of the angle
    /// between them, so the largest is the nearest, and comes first by `.desc()`.
    ///
    /// # Errors
    /// [`RenderError::Unsupported`](crate::dialect::RenderError::Unsupported) on MySQL and MariaDB,
    /// and [`RenderError::Value`](crate::dialect::RenderError::Value) for NaN and infinity, both
    /// before anything is sent. Vectors of different length do not compile.
    pub fn dot_product<E: Operand<R, T, K>>(
        &self,
        other: E,
    ) -> Expression<R, f64, N::Or<E::Null>, K>
    where
        T: Vectors,
    {
        Expression::typed(call(
            Func::DotProduct,
            vec![self.node.clone(), other.into_node()],
        ))
    }

    /// The distance between them as points; the smallest is the nearest.
    ///
    /// # Errors
    /// As [`dot_product`](Self::dot_product).
    pub fn euclidean_distance<E: Operand<R, T, K>>(
        &self,
        other: E,
    ) -> Expression<R, f64, N::Or<E::Null>, K>
    where
        T: Vectors,
    {
        Expression::typed(call(
            Func::EuclideanDistance,
            vec![self.node.clone(), other.into_node()],
        ))
    }
}

/// How [`nearest`](Column::nearest) compares vectors, and how the index is searched.
///
/// Source of the options: SingleStore documentation, Vector Indexing. They stand in the text of the
/// statement, so that each set of them is a shape of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nearest {
    metric: VectorMetric,
    exact: bool,
    candidates: Option<u32>,
    nprobe: Option<u32>,
    ef: Option<u32>,
}

impl Nearest {
    const fn by(metric: VectorMetric) -> Self {
        Self {
            metric,
            exact: false,
            candidates: None,
            nprobe: None,
            ef: None,
        }
    }

    /// The largest product first: of vectors of length 1 those of the smallest angle, which is the
    /// order by their cosine.
    pub const fn dot_product() -> Self {
        Self::by(VectorMetric::DotProduct)
    }

    /// The smallest distance first.
    pub const fn euclidean_distance() -> Self {
        Self::by(VectorMetric::EuclideanDistance)
    }

    /// Vectors that the index finds, before conditions leave some out: as many as `limit` and `offset`
    /// ask for if not said, and no fewer. More make up for a filter that leaves few.
    #[must_use]
    pub const fn candidates(mut self, k: u32) -> Self {
        self.candidates = Some(k);
        self
    }

    /// Lists that are searched, of an index of type `ivf_…`. More find more of the nearest.
    #[must_use]
    pub const fn nprobe(mut self, lists: u32) -> Self {
        self.nprobe = Some(lists);
        self
    }

    /// Vectors that are considered, in an index of type `hnsw_…`. More find more of the nearest.
    #[must_use]
    pub const fn ef(mut self, vectors: u32) -> Self {
        self.ef = Some(vectors);
        self
    }

    /// Compares each vector, whatever index there is. Small tables are searched best so: an index may
    /// find fewer rows than were asked for. It needs no limit, and no index.
    #[must_use]
    pub const fn exact(mut self) -> Self {
        self.exact = true;
        self
    }
}

/// Types of vectors: [`Vector`] of any length.
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` is no vector, so nothing is near to it",
    label = "expected a column of type `Vector<…>`"
)]
pub trait Vectors: DbType {
    /// The elements.
    fn elements(&self) -> &[f32];
}

impl<const DIM: usize> Vectors for Vector<DIM> {
    fn elements(&self) -> &[f32] {
        self.as_slice()
    }
}

/// A place that is never NULL: only [`Here`].
#[diagnostic::on_unimplemented(
    message = "the nearest are found among vectors that are never NULL",
    label = "this vector may be NULL",
    note = "make the field a `Vector<…>` without `Option`, or order by the distance, which may be NULL: `x.look().euclidean_distance(&wanted)`"
)]
pub trait NeverNull: Place {}
impl NeverNull for Here {}

impl<R: Model, T: DbType, N: Place> Column<R, T, N> {
    /// Those nearest to a vector first, found by the vector index of the column: quick in large
    /// tables, and approximate, so a row may be missing that is nearer than the last.
    ///
    /// SQL on SingleStore: the index finds the rows in a derived table, `ORDER BY distance
    /// [SEARCH_OPTIONS '{…}'] LIMIT …` with nothing else, as only so it is used; around it they are
    /// ordered by their distance and then by their key, as in every query. So the order is total;
    /// which of the rows at the limit that are equally near are found is up to the index. With
    /// [`exact`](Nearest::exact): `ORDER BY distance USE INDEX ()`, with no derived table.
    /// On SQLite each vector is compared, which is an exact search with the same rows or nearer ones.
    ///
    /// ```
    /// use orm::dialect::SingleStore;
    /// use orm::prelude::*;
    /// use orm::query::Nearest;
    ///
    /// #[derive(Model, Debug)]
    /// #[model(index(fields(look), kind = "vector", index_type = "ivf_pqfs", metric_type = "dot_product", nlist = 64))]
    /// struct Picture {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     look: Vector<3>,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// let db = Db::connect("sqlite::memory:").await?;
    /// orm::create_tables(&db, &[Picture::META]).await?;
    /// for (id, look) in [(1, [1.0, 0.0, 0.0]), (2, [0.6, 0.8, 0.0]), (3, [0.0, 0.0, 1.0])] {
    ///     Picture::create(&db, new!(Picture { id, look: Vector::from(look) })).await?;
    /// }
    ///
    /// let wanted = Vector::from([0.8, 0.6, 0.0]);
    /// let near = Picture::objects()
    ///     .order_by(|p| p.look().nearest(&wanted, Nearest::dot_product().candidates(50).nprobe(16)))
    ///     .select(|p| (p.id(), p.look().dot_product(&wanted)))
    ///     .limit(2);
    /// let ids: Vec<i64> = near.all(&db).await?.into_iter().map(|(id, _)| id).collect();
    /// assert_eq!(ids, [2, 1]);
    /// assert!(near.to_sql(&SingleStore)?.text.contains(r#"SEARCH_OPTIONS '{"k":50,"nprobe":16}' DESC LIMIT 2"#));
    ///
    /// // The index compares by the product.
    /// let other = Picture::objects().order_by(|p| p.look().nearest(&wanted, Nearest::euclidean_distance()));
    /// let error = other.limit(2).all(&db).await.unwrap_err();
    /// assert!(error.to_string().contains("use `Nearest::dot_product()`"), "{error}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// On every database, before anything is sent: a column without a vector index or with one that
    /// compares otherwise or has no such option, and
    /// [`UnsupportedQueryShape`](crate::dialect::RenderError::UnsupportedQueryShape) without a limit,
    /// behind another order, with DISTINCT or groups, with fewer candidates than rows, and for the last
    /// rows. [`RenderError::Unsupported`](crate::dialect::RenderError::Unsupported) on MySQL and MariaDB,
    /// as for [`dot_product`](Expression::dot_product).
    pub fn nearest(&self, to: &T, by: Nearest) -> OrderBy<R>
    where
        T: Vectors,
        N: NeverNull,
    {
        let fault = if by.exact {
            None
        } else if self.own {
            index_fault(R::META, R::META.columns[self.index].field, by)
        } else {
            Some("`nearest` orders by a vector of the query's own model: of related ones order by the distance".to_owned())
        };
        if let Some(fault) = fault {
            return OrderBy::new(wrong(fault), false);
        }
        let descending = by.metric == VectorMetric::DotProduct;
        let compare = match by.metric {
            VectorMetric::DotProduct => Func::DotProduct,
            VectorMetric::EuclideanDistance => Func::EuclideanDistance,
        };
        let to = Expr::Value(Value::Vector(to.elements().to_vec()));
        let search = match by.exact {
            true => VectorSearch::Exact,
            false => VectorSearch::Index {
                descending,
                candidates: by.candidates,
                nprobe: by.nprobe,
                ef: by.ef,
            },
        };
        let compared = call(compare, vec![self.node.clone(), to]);
        OrderBy::new(call(Func::Nearest(search), vec![compared]), descending)
    }
}

/// What keeps an index from being searched so.
fn index_fault(meta: &ModelMeta, field: &str, by: Nearest) -> Option<String> {
    let model = meta.name;
    let over = |i: &&crate::model::IndexMeta| i.2 == Some(IndexKind::Vector) && i.1 == [field];
    let mut indexes = meta.extra.indexes.iter().filter(over).peekable();
    let metric = by.metric.as_str();
    let Some((name, .., other)) = indexes.peek() else {
        return Some(format!(
            "`{model}.{field}` has no vector index: add `index(fields({field}), kind = \"vector\", metric_type = \"{metric}\")` \
             to the model, or compare each vector with `Nearest::{metric}().exact()`"
        ));
    };
    let (name, other) = (*name, other.metric().as_str());
    let fitting: Vec<&IndexOptions> = indexes
        .map(|(.., options)| options)
        .filter(|o| o.metric() == by.metric)
        .collect();
    if fitting.is_empty() {
        return Some(format!(
            "the vector index `{name}` of `{model}` compares by `{other}`, not by `{metric}`: use `Nearest::{other}()`, or another index"
        ));
    }
    let no_such = |option: &str, family: &str, fits: fn(VectorIndexType) -> bool| {
        let able = |o: &&IndexOptions| match o.index_type {
            None | Some(VectorIndexType::Auto) => true,
            Some(index_type) => fits(index_type),
        };
        (!fitting.iter().any(able)).then(|| {
            format!(
                "`{option}` is of indexes of type `{family}`, which `{model}.{field}` has none of"
            )
        })
    };
    let nprobe = by
        .nprobe
        .and_then(|_| no_such("nprobe", "ivf_…", VectorIndexType::is_ivf));
    nprobe.or_else(|| {
        by.ef
            .and_then(|_| no_such("ef", "hnsw_…", VectorIndexType::is_hnsw))
    })
}
