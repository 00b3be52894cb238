//! CASE.

use std::fmt;
use std::marker::PhantomData;

use super::source::exact;
use super::{Column, Expression, Lift, Operand, PerRow, Pred};
use crate::ast::Expr;
use crate::model::{Here, Maybe, Place};
use crate::value::DbType;

/// A condition and a value, and so on; finished by [`otherwise`](Self::otherwise) or
/// [`or_null`](Self::or_null).
pub struct Case<R, T, N = Here, K = PerRow> {
    whens: Vec<(Expr, Expr)>,
    #[expect(clippy::type_complexity, reason = "a marker of its four parameters")]
    marker: PhantomData<fn() -> (R, T, N, K)>,
}

impl<R, T, N, K> fmt::Debug for Case<R, T, N, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.whens).finish()
    }
}

/// What `when` takes: a condition on rows, or in aggregates one on groups.
#[diagnostic::on_unimplemented(
    message = "`when` needs a condition, not `{Self}`",
    label = "not a condition",
    note = "compare a column: `when(x.name().eq(\"…\"), 1_i64)`"
)]
pub trait Truth<R, K> {
    /// The condition.
    fn truth(self) -> Pred<R, K>;
}

impl<R, K> Truth<R, K> for Pred<R, K> {
    fn truth(self) -> Self {
        self
    }
}

/// A boolean column is a condition.
impl<R, N: Place> Truth<R, PerRow> for Column<R, bool, N> {
    fn truth(self) -> Pred<R> {
        self.is_true()
    }
}

/// `CASE WHEN condition THEN value …`: the value of the first condition that holds. Django: `Case`,
/// `When`.
///
/// ```
/// # use orm::query::when;
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let rows = Article::objects()
///     .order_by(|a| a.views())
///     .select(|a| when(a.views().gt(100), "many").when(a.views().gt(10), "some").otherwise("few"))
///     .all(&db)
///     .await?;
/// assert_eq!(rows, ["few", "some", "many"]);
/// # Ok(()) }) }
/// ```
pub fn when<R, K, C: Truth<R, K>, V: Lift<R, K>>(
    condition: C,
    value: V,
) -> Case<R, V::Type, V::Null, K> {
    Case {
        whens: vec![(condition.truth().node, value.lift())],
        marker: PhantomData,
    }
}

impl<R, T: DbType, N: Place, K> Case<R, T, N, K> {
    /// A further condition and its value.
    #[must_use]
    pub fn when<E: Operand<R, T, K>>(
        mut self,
        condition: impl Truth<R, K>,
        value: E,
    ) -> Case<R, T, N::Or<E::Null>, K> {
        self.whens.push((condition.truth().node, value.into_node()));
        Case {
            whens: self.whens,
            marker: PhantomData,
        }
    }

    /// The value where no condition holds.
    pub fn otherwise<E: Operand<R, T, K>>(self, value: E) -> Expression<R, T, N::Or<E::Null>, K> {
        Expression::typed(exact(
            &T::TYPE,
            Expr::Case {
                whens: self.whens,
                otherwise: Some(Box::new(value.into_node())),
            },
        ))
    }

    /// NULL where no condition holds.
    pub fn or_null(self) -> Expression<R, T, Maybe, K> {
        Expression::typed(exact(
            &T::TYPE,
            Expr::Case {
                whens: self.whens,
                otherwise: None,
            },
        ))
    }
}

impl<R, K> Pred<R, K> {
    /// The condition as a value: true or false, false also where NULL decides. Django: `Q` in
    /// `annotate`.
    pub fn as_bool(&self) -> Expression<R, bool, Here, K> {
        let truth = |v| Expr::Value(crate::value::Value::Bool(v));
        Expression::typed(Expr::Case {
            whens: vec![(self.node.clone(), truth(true))],
            otherwise: Some(Box::new(truth(false))),
        })
    }
}
