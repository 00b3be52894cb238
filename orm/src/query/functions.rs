//! Functions of values.

use super::source::exact;
use super::{Expression, Lift, Number, Operand, Term};
use crate::ast::{CastTo, Expr, Func, Math};
use crate::model::{Here, Maybe, Place};
use crate::value::{DbType, Value};

pub(super) fn call(func: Func, args: Vec<Expr>) -> Expr {
    Expr::Func { func, args }
}

fn int(n: u32) -> Expr {
    Expr::Value(Value::Int(n.into()))
}

fn text(text: &str) -> Expr {
    Expr::Value(Value::Text(text.to_owned()))
}

/// Functions of texts. Characters are counted, not bytes; positions begin with 1.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let rows = Article::objects()
///     .filter(|a| a.title().left(1).upper().eq("H"))
///     .select(|a| (a.title().replace("l", "L"), a.title().substr(2, 3), a.title().position("lo")))
///     .all(&db)
///     .await?;
/// assert_eq!(rows, [("HeLLo".into(), "ell".into(), 4)]);
/// # Ok(()) }) }
/// ```
impl<R, N: Place, K> Expression<R, String, N, K> {
    fn with(&self, func: Func, args: impl IntoIterator<Item = Expr>) -> Expr {
        call(
            func,
            std::iter::once(self.node.clone()).chain(args).collect(),
        )
    }

    /// `LOWER`, for all of Unicode. Django: `Lower`.
    pub fn lower(&self) -> Self {
        Self::typed(self.with(Func::Lower, []))
    }

    /// `UPPER`, for all of Unicode. Django: `Upper`.
    pub fn upper(&self) -> Self {
        Self::typed(self.with(Func::Upper, []))
    }

    /// Number of characters. Django: `Length`.
    pub fn length(&self) -> Expression<R, i64, N, K> {
        Expression::typed(self.with(Func::Length, []))
    }

    /// Without the blanks around it. Django: `Trim`.
    pub fn trim(&self) -> Self {
        Self::typed(self.with(Func::Trim, []))
    }

    /// Without the blanks before it. Django: `LTrim`.
    pub fn trim_start(&self) -> Self {
        Self::typed(self.with(Func::TrimStart, []))
    }

    /// Without the blanks behind it. Django: `RTrim`.
    pub fn trim_end(&self) -> Self {
        Self::typed(self.with(Func::TrimEnd, []))
    }

    /// Each occurrence of a text replaced by another; case matters. Django: `Replace`.
    pub fn replace(&self, from: &str, to: &str) -> Self {
        Self::typed(self.with(Func::Replace, [text(from), text(to)]))
    }

    /// The first characters. Django: `Left`.
    pub fn left(&self, n: u32) -> Self {
        Self::typed(self.with(Func::Left, [int(n)]))
    }

    /// The last characters. Django: `Right`.
    pub fn right(&self, n: u32) -> Self {
        Self::typed(self.with(Func::Right, [int(n)]))
    }

    /// Filled before it, or cut behind, to `n` characters. Django: `LPad`.
    pub fn pad_start(&self, n: u32, fill: &str) -> Self {
        Self::typed(self.with(Func::PadStart, [int(n), text(fill)]))
    }

    /// Filled or cut behind it to `n` characters. Django: `RPad`.
    pub fn pad_end(&self, n: u32, fill: &str) -> Self {
        Self::typed(self.with(Func::PadEnd, [int(n), text(fill)]))
    }

    /// From the last character to the first. Django: `Reverse`.
    pub fn reverse(&self) -> Self {
        Self::typed(self.with(Func::Reverse, []))
    }

    /// So many times. Django: `Repeat`.
    pub fn repeat(&self, n: u32) -> Self {
        Self::typed(self.with(Func::Repeat, [int(n)]))
    }

    /// At most `n` characters from the one at `from`, which counts from 1. Django: `Substr`.
    pub fn substr(&self, from: u32, n: u32) -> Self {
        Self::typed(self.with(Func::Substr, [int(from), int(n)]))
    }

    /// Where another text begins in it, from 1; 0 where it does not occur. Case matters. Django:
    /// `StrIndex`.
    pub fn position<E: Operand<R, String, K>>(
        &self,
        of: E,
    ) -> Expression<R, i64, N::Or<E::Null>, K> {
        Expression::typed(self.with(Func::Position, [of.into_node()]))
    }

    /// Compared and ordered by a collation of the database, as in `utf8mb4_general_ci`. Django:
    /// `Collate`.
    ///
    /// SQLite takes MySQL's names for what they say of case: `…_ci` looks not at that of ASCII's
    /// letters, any other `utf8…` is by code point; other names are its own.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let hello = Article::filter(|a| a.title().collate("utf8mb4_general_ci").eq("hELLO"));
    /// assert_eq!(hello.count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    pub fn collate(&self, name: &'static str) -> Self {
        Self::typed(self.with(Func::Collate(name), []))
    }

    /// The MD5 digest in hexadecimal digits; for old data, not for secrets. Django: `MD5`.
    pub fn md5(&self) -> Self {
        Self::typed(self.with(Func::Md5, []))
    }

    /// The SHA-1 digest in hexadecimal digits; for old data, not for secrets. Django: `SHA1`.
    pub fn sha1(&self) -> Self {
        Self::typed(self.with(Func::Sha1, []))
    }

    /// The SHA-256 digest in hexadecimal digits. Django: `SHA256`.
    pub fn sha256(&self) -> Self {
        Self::typed(self.with(Func::Sha2(256), []))
    }

    /// The SHA-384 digest in hexadecimal digits. Django: `SHA384`.
    pub fn sha384(&self) -> Self {
        Self::typed(self.with(Func::Sha2(384), []))
    }

    /// The SHA-512 digest in hexadecimal digits. Django: `SHA512`.
    pub fn sha512(&self) -> Self {
        Self::typed(self.with(Func::Sha2(512), []))
    }
}

/// Functions of numbers.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let rows = Article::objects()
///     .order_by(|a| a.views())
///     .select(|a| (a.views().sqrt().floor(), (a.views() - 80).abs(), (a.views() - 80).sign()))
///     .all(&db)
///     .await?;
/// assert_eq!(rows, [(Some(2.0), 73, -1), (Some(8.0), 0, 0), (Some(10.0), 40, 1)]);
/// # Ok(()) }) }
/// ```
impl<R, T: Number<T>, N: Place, K> Expression<R, T, N, K> {
    fn exact_or(&self, exact: Func, other: Func, more: Vec<Expr>) -> Self {
        // A whole number is what all three make of it.
        if T::TYPE.is_integer() && func_is_rounding(other) {
            return self.clone();
        }
        let func = if T::EXACT { exact } else { other };
        let args = std::iter::once(self.node.clone()).chain(more);
        Self::typed(call(func, args.collect()))
    }

    fn math(&self, func: Math) -> Expression<R, f64, Maybe, K> {
        Expression::typed(call(Func::Math(func), vec![self.node.clone()]))
    }

    /// Absolute value. Django: `Abs`.
    pub fn abs(&self) -> Self {
        self.exact_or(Func::DecimalAbs, Func::Abs, Vec::new())
    }

    /// The next whole number not below it. Django: `Ceil`.
    pub fn ceil(&self) -> Self {
        self.exact_or(Func::DecimalCeil, Func::Ceil, Vec::new())
    }

    /// The next whole number not above it. Django: `Floor`.
    pub fn floor(&self) -> Self {
        self.exact_or(Func::DecimalFloor, Func::Floor, Vec::new())
    }

    /// At most so many digits behind the point: of a decimal half away from zero, of a float half to
    /// even, on every backend. Django: `Round`.
    pub fn round(&self, digits: u32) -> Self {
        self.exact_or(Func::DecimalRound, Func::Round, vec![int(digits)])
    }

    /// -1, 0 or 1. Django: `Sign`.
    pub fn sign(&self) -> Expression<R, i64, N, K> {
        Expression::typed(call(Func::Sign, vec![self.node.clone()]))
    }

    /// Square root; `None` of a negative number. Django: `Sqrt`.
    pub fn sqrt(&self) -> Expression<R, f64, Maybe, K> {
        self.math(Math::Sqrt)
    }

    fn math_of<E>(&self, func: Math, other: E) -> Expression<R, f64, Maybe, K>
    where
        E: Term<R, f64, K>,
        f64: Number<E::Type>,
    {
        let args = vec![self.node.clone(), other.term()];
        Expression::typed(call(Func::Math(func), args))
    }

    /// To the power of a number, or of a column or expression. Django: `Power`.
    pub fn power<E>(&self, exponent: E) -> Expression<R, f64, Maybe, K>
    where
        E: Term<R, f64, K>,
        f64: Number<E::Type>,
    {
        self.math_of(Math::Power, exponent)
    }

    /// Remainder of a division by a number, column or expression, with the sign of the left side;
    /// `None` of 0. Django: `Mod`.
    pub fn modulo<E>(&self, by: E) -> Expression<R, f64, Maybe, K>
    where
        E: Term<R, f64, K>,
        f64: Number<E::Type>,
    {
        self.math_of(Math::Mod, by)
    }

    /// Logarithm to a base, a number, column or expression; `None` where there is none. Django: `Log`.
    pub fn log<E>(&self, base: E) -> Expression<R, f64, Maybe, K>
    where
        E: Term<R, f64, K>,
        f64: Number<E::Type>,
    {
        let args = vec![base.term(), self.node.clone()];
        Expression::typed(call(Func::Math(Math::Log), args))
    }

    /// The angle of the point with this height and that width, a number, column or expression.
    /// Django: `ATan2`.
    pub fn atan2<E>(&self, width: E) -> Expression<R, f64, Maybe, K>
    where
        E: Term<R, f64, K>,
        f64: Number<E::Type>,
    {
        self.math_of(Math::Atan2, width)
    }
}

fn func_is_rounding(func: Func) -> bool {
    matches!(func, Func::Ceil | Func::Floor | Func::Round)
}

macro_rules! math {
    ($($name:ident $func:ident $doc:literal;)*) => {
        impl<R, T: Number<T>, N: Place, K> Expression<R, T, N, K> {
            $(
                #[doc = $doc]
                pub fn $name(&self) -> Expression<R, f64, Maybe, K> {
                    self.math(Math::$func)
                }
            )*
        }
    };
}
math! {
    exp Exp "e to its power. Django: `Exp`.";
    ln Ln "Natural logarithm; `None` where there is none. Django: `Ln`.";
    sin Sin "Sine. Django: `Sin`.";
    cos Cos "Cosine. Django: `Cos`.";
    tan Tan "Tangent. Django: `Tan`.";
    cot Cot "Cotangent; `None` of 0. Django: `Cot`.";
    asin Asin "Arc sine; `None` outside -1 to 1. Django: `ASin`.";
    acos Acos "Arc cosine; `None` outside -1 to 1. Django: `ACos`.";
    atan Atan "Arc tangent. Django: `ATan`.";
    to_degrees Degrees "Radians in degrees. Django: `Degrees`.";
    to_radians Radians "Degrees in radians. Django: `Radians`.";
}

/// π. Django: `Pi`.
pub fn pi<R, K>() -> Expression<R, f64, Here, K> {
    Expression::typed(call(Func::Math(Math::Pi), Vec::new()))
}

/// A random number from 0, below 1, another for each row. Django: `Random`.
pub fn random<R>() -> Expression<R, f64, Here> {
    Expression::typed(call(Func::Random, Vec::new()))
}

/// A value as an expression, to be selected or calculated with. Django: `Value`.
pub fn value<R, K, V: Lift<R, K>>(value: V) -> Expression<R, V::Type, V::Null, K> {
    Expression::typed(value.lift())
}

impl<R, T: DbType, N: Place, K> Expression<R, T, N, K> {
    /// Another value where this one is NULL. Django: `Coalesce`.
    pub fn coalesce<E: Operand<R, T, K>>(&self, other: E) -> Expression<R, T, N::And<E::Null>, K> {
        let mut args = vec![self.node.clone()];
        match other.into_node() {
            Expr::Func {
                func: Func::Coalesce,
                args: more,
            } => args.extend(more),
            one => args.push(one),
        }
        Expression::typed(exact(&T::TYPE, call(Func::Coalesce, args)))
    }

    /// NULL where it equals another value. Django: `NullIf`.
    pub fn null_if<E: Operand<R, T, K>>(&self, other: E) -> Expression<R, T, Maybe, K> {
        let args = vec![self.node.clone(), other.into_node()];
        Expression::typed(exact(&T::TYPE, call(Func::NullIf, args)))
    }

    /// The larger of two; NULL where one is. Django: `Greatest`.
    pub fn greatest<E: Operand<R, T, K>>(&self, other: E) -> Expression<R, T, N::Or<E::Null>, K> {
        let args = vec![self.node.clone(), other.into_node()];
        Expression::typed(exact(&T::TYPE, call(Func::Greatest, args)))
    }

    /// The smaller of two; NULL where one is. Django: `Least`.
    pub fn least<E: Operand<R, T, K>>(&self, other: E) -> Expression<R, T, N::Or<E::Null>, K> {
        let args = vec![self.node.clone(), other.into_node()];
        Expression::typed(exact(&T::TYPE, call(Func::Least, args)))
    }

    /// The value as another type. Django: `Cast`.
    ///
    /// To an integer, fractions are rounded half to even (of a decimal half away from zero), and a
    /// text is read as far as it is a number. To a decimal, six digits behind the point are kept.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let texts = Article::objects()
    ///     .order_by(|a| a.views())
    ///     .select(|a| a.views().cast::<String>())
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(texts, ["7", "80", "120"]);
    /// # Ok(()) }) }
    /// ```
    pub fn cast<U: CastFrom<T>>(&self) -> Expression<R, U, N, K> {
        Expression::typed(U::node(self.node.clone()))
    }
}

/// Types that a value of type `T` can be turned into by the database.
#[diagnostic::on_unimplemented(
    message = "a column of type `{T}` cannot be cast to `{Self}`",
    note = "there are casts to integers, `f64`, `String`, `Decimal`, `NaiveDate` and `DateTime<Utc>`"
)]
pub trait CastFrom<T>: DbType {
    /// The node of the AST.
    fn node(expr: Expr) -> Expr;
}

fn cast(expr: Expr, to: CastTo) -> Expr {
    Expr::Cast {
        expr: Box::new(expr),
        to,
    }
}

/// The narrow integers; what does not fit is an error where the value is read or written.
macro_rules! narrow_casts {
    ($($to:ty),*) => {$(
        casts! {
            $to as CastTo::Int, from i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, bool, String;
        }
        #[cfg(feature = "decimal")]
        impl CastFrom<rust_decimal::Decimal> for $to {
            fn node(expr: Expr) -> Expr {
                <i64 as CastFrom<rust_decimal::Decimal>>::node(expr)
            }
        }
    )*};
}

macro_rules! casts {
    ($($to:ty as $kind:expr, from $($from:ty),*;)*) => {$($(
        impl CastFrom<$from> for $to {
            fn node(expr: Expr) -> Expr {
                cast(expr, $kind)
            }
        }
    )*)*};
}
casts! {
    i64 as CastTo::Int, from i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, bool, String, std::time::Duration;
    f64 as CastTo::Double, from i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, String;
    String as CastTo::Text, from i8, i16, i32, i64, u8, u16, u32, u64, String;
}
narrow_casts! { i8, i16, i32, u8, u16, u32 }

#[cfg(feature = "chrono")]
casts! {
    i64 as CastTo::Int, from chrono::TimeDelta;
    chrono::NaiveDate as CastTo::Date, from String, chrono::DateTime<chrono::Utc>, chrono::NaiveDateTime;
    chrono::DateTime<chrono::Utc> as CastTo::DateTime, from String, chrono::NaiveDate;
    String as CastTo::Text, from chrono::NaiveDate, chrono::DateTime<chrono::Utc>;
}

#[cfg(feature = "decimal")]
mod decimal {
    use super::{CastFrom, CastTo, Expr, Func, call, cast, int};
    use rust_decimal::Decimal;

    casts! {
        Decimal as CastTo::Decimal(6), from i8, i16, i32, i64, u8, u16, u32, u64, String;
        f64 as CastTo::Double, from Decimal;
    }

    impl CastFrom<Decimal> for i64 {
        fn node(expr: Expr) -> Expr {
            cast(call(Func::DecimalRound, vec![expr, int(0)]), CastTo::Int)
        }
    }
}

/// The first of two that is not NULL. Django: `Coalesce`.
#[expect(
    clippy::type_complexity,
    reason = "the type says whether both can be NULL"
)]
pub fn coalesce<R, K, A: Lift<R, K>, E: Operand<R, A::Type, K>>(
    first: A,
    other: E,
) -> Expression<R, A::Type, <A::Null as Place>::And<E::Null>, K> {
    Expression::<R, A::Type, A::Null, K>::typed(first.lift()).coalesce(other)
}

/// Two texts one after the other; NULL counts as empty. Django: `Concat`.
///
/// ```
/// # use orm::query::concat;
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let line = Article::objects()
///     .order_by(|a| a.id())
///     .select(|a| concat(a.title(), concat(" by ", a.author().name())))
///     .first(&db)
///     .await?;
/// assert_eq!(line.as_deref(), Some("Hello by Ann"));
/// # Ok(()) }) }
/// ```
pub fn concat<R, K>(
    first: impl Operand<R, String, K>,
    second: impl Operand<R, String, K>,
) -> Expression<R, String, Here, K> {
    let mut args = Vec::with_capacity(2);
    for node in [first.into_node(), second.into_node()] {
        match node {
            Expr::Func {
                func: Func::Concat,
                args: inner,
            } => args.extend(inner),
            one => args.push(one),
        }
    }
    Expression::typed(call(Func::Concat, args))
}
