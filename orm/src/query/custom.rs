//! Functions of the database that the ORM does not know.

use super::{Expression, PerGroup};
use crate::ast::{AggregateFunc, Expr, RawSql};
use crate::model::Maybe;

/// The places `{}` in the SQL of an own function; `usize::MAX` if one is within quotes, where an argument
/// would be a part of the text.
pub const fn places(sql: &str) -> usize {
    let (bytes, mut n, mut found, mut quote) = (sql.as_bytes(), 0, 0, 0);
    while n < bytes.len() {
        let byte = bytes[n];
        if quote == 0 && matches!(byte, b'\'' | b'"' | b'`') {
            quote = byte;
        } else if byte == quote {
            quote = 0;
        } else if byte == b'{' && n + 1 < bytes.len() && bytes[n + 1] == b'}' {
            if quote != 0 {
                return usize::MAX;
            }
            found += 1;
        }
        n += 1;
    }
    found
}

/// A call of a function of the database, or SQL with a place `{}` for each argument;
/// [`sql_function!`](crate::sql_function) gives it types.
pub fn custom<R, T, K>(sql: &'static str, args: Vec<Expr>) -> Expression<R, T, Maybe, K> {
    let text = match (places(sql), args.len()) {
        (0, 0) => format!("{sql}()"),
        (0, n) => format!("{sql}({})", vec!["{}"; n].join(", ")),
        _ => format!("({sql})"),
    };
    Expression::typed(Expr::Raw(RawSql {
        parts: text
            .split("{}")
            .map(|part| part.to_owned().into())
            .collect(),
        params: args,
    }))
}

/// Declares a function of the database, with types: of its arguments, and of its result, which may be
/// NULL. Django: `Func`.
///
/// The name is written into SQL as it stands; arguments are expressions and parameters. Where it is
/// not a name but SQL with a place `{}` for each argument, the arguments stand there in their order:
/// operators and whatever else a database has of its own.
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
///
/// orm::sql_function!(fn like_file(text: String, pattern: String) -> bool = "{} GLOB {}");
/// let found = Article::objects().filter(|a| like_file(a.title(), "[HK]*").is_true());
/// assert_eq!(found.count(&db).await?, 2);
/// # Ok(()) }) }
/// ```
///
/// A number of places that is not that of the arguments does not compile, nor does a place within quotes:
///
/// ```compile_fail
/// orm::sql_function!(fn like_file(text: String, pattern: String) -> bool = "{} GLOB '*'");
/// ```
///
/// ```compile_fail
/// orm::sql_function!(fn holds(text: String, part: String) -> bool = "{} LIKE '%{}%'");
/// ```
#[macro_export]
macro_rules! sql_function {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) -> $out:ty = $sql:literal) => {
        $(#[$meta])*
        $vis fn $name<R, K>(
            $($arg: impl $crate::query::Operand<R, $ty, K>),*
        ) -> $crate::query::Expression<R, $out, $crate::model::Maybe, K> {
            const _: () = {
                let places = $crate::query::places($sql);
                assert!(
                    places == 0 || places == <[&str]>::len(&[$(stringify!($arg)),*]),
                    "the SQL of a function is its name, or has a place `{{}}` for each argument, outside of quotes"
                );
            };
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
