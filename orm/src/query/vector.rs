//! Comparison of vectors: search by nearness.

use super::functions::call;
use super::{Expression, Operand};
use crate::ast::Func;
use crate::model::Place;
use crate::value::Vector;

/// Comparison of vectors. On SingleStore the server's functions; on SQLite functions of the backend,
/// so that it works locally. MySQL and MariaDB keep vectors, but have no such function in the
/// versions that are supported: a query with one is refused there when it is rendered.
///
/// Servers calculate with 32-bit floats, SQLite with 64-bit ones: the last digits may differ, the
/// order of vectors that are no nearer to each other than those does not.
///
/// Rows that are equally near come in the order of their key, as in every query. That makes it an
/// exact search; whether SingleStore takes a vector index for it is its own choice.
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
impl<R, const DIM: usize, N: Place, K> Expression<R, Vector<DIM>, N, K> {
    /// The sum of the products of their elements: of vectors of length 1 the cosine of the angle
    /// between them, so the largest is the nearest, and comes first by `.desc()`.
    ///
    /// # Errors
    /// [`RenderError::Unsupported`](crate::dialect::RenderError::Unsupported) on MySQL and MariaDB,
    /// and [`RenderError::Value`](crate::dialect::RenderError::Value) for NaN and infinity, both
    /// before anything is sent. Vectors of different length do not compile.
    pub fn dot_product<E: Operand<R, Vector<DIM>, K>>(
        &self,
        other: E,
    ) -> Expression<R, f64, N::Or<E::Null>, K> {
        Expression::typed(call(
            Func::DotProduct,
            vec![self.node.clone(), other.into_node()],
        ))
    }

    /// The distance between them as points; the smallest is the nearest.
    ///
    /// # Errors
    /// As [`dot_product`](Self::dot_product).
    pub fn euclidean_distance<E: Operand<R, Vector<DIM>, K>>(
        &self,
        other: E,
    ) -> Expression<R, f64, N::Or<E::Null>, K> {
        Expression::typed(call(
            Func::EuclideanDistance,
            vec![self.node.clone(), other.into_node()],
        ))
    }
}
