//! Functions of the database that the ORM does not know.

use super::{Expression, PerGroup};
use crate::ast::{AggregateFunc, Expr, Name, RawSql};
use crate::model::Maybe;

/// A call of a function of the database; [`sql_function!`](crate::sql_function) gives it types.
pub fn custom<R, T, K>(name: &'static str, args: Vec<Expr>) -> Expression<R, T, Maybe, K> {
    let mut parts: Vec<Name> = vec![format!("{name}(").into()];
    for n in 0..args.len() {
        parts.push(if n + 1 < args.len() { ", " } else { ")" }.into());
    }
    if args.is_empty() {
        parts = vec![format!("{name}()").into()];
    }
    Expression::typed(Expr::Raw(RawSql {
        parts,
        params: args,
    }))
}

/// Declares a function of the database, with types: of its arguments, and of its result, which may be
/// NULL. Django: `Func`.
///
/// The name is written into SQL as it stands; arguments are expressions and parameters.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// orm::sql_function!(fn quoted(text: String) -> String = "quote");
///
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let titles = Article::objects()
///     .filter(|a| quoted(a.title()).eq("'Hello'"))
///     .select(|a| quoted(a.title()))
///     .all(&db)
///     .await?;
/// assert_eq!(titles, [Some("'Hello'".to_owned())]);
/// # Ok(()) }) }
/// ```
#[macro_export]
macro_rules! sql_function {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) -> $out:ty = $sql:literal) => {
        $(#[$meta])*
        $vis fn $name<R, K>(
            $($arg: impl $crate::query::Operand<R, $ty, K>),*
        ) -> $crate::query::Expression<R, $out, $crate::model::Maybe, K> {
            $crate::query::custom($sql, vec![$($crate::query::Operand::into_node($arg)),*])
        }
    };
}

/// A call of an aggregate of the database; [`sql_aggregate!`](crate::sql_aggregate) gives it types.
pub fn aggregate<R, T>(name: &'static str, arg: Expr) -> Expression<R, T, Maybe, PerGroup> {
    Expression::typed(Expr::Aggregate {
        func: AggregateFunc::Own(name),
        arg: Some(Box::new(arg)),
        distinct: false,
        decimal: false,
    })
}

/// Declares an aggregate of the database, with types: of its argument, and of its result, which may
/// be NULL. It takes `.filter(…)`, `.distinct()` and `.over(…)` as the others do. Django: `Aggregate`.
///
/// The name is written into SQL as it stands; the argument is an expression or a parameter.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// orm::sql_aggregate!(fn total(number: i64) -> f64 = "TOTAL");
///
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let (all, some) = Article::objects()
///     .aggregate(|a| (total(a.views()), total(a.views()).filter(a.views().lt(100))))
///     .get(&db)
///     .await?;
/// assert_eq!((all, some), (Some(207.0), Some(87.0)));
/// # Ok(()) }) }
/// ```
#[macro_export]
macro_rules! sql_aggregate {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($arg:ident: $ty:ty $(,)?) -> $out:ty = $sql:literal) => {
        $(#[$meta])*
        $vis fn $name<R>(
            $arg: impl $crate::query::Operand<R, $ty>,
        ) -> $crate::query::Expression<R, $out, $crate::model::Maybe, $crate::query::PerGroup> {
            $crate::query::aggregate($sql, $crate::query::Operand::into_node($arg))
        }
    };
}
