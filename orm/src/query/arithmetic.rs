//! Calculating with columns: the type of the result follows from those of the operands.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use super::{Calendar, CalendarOf, Column, DateLike, Expression, PerRow, WindowFunction};
use crate::ast::{BinaryOp, Expr, Func};
use crate::model::{Here, Maybe, Place, Scalar};
use crate::value::{DbType, Value};

/// Types that can be calculated with each other: numbers, and durations among themselves.
///
/// Numbers of two types give the wider: an integer and a decimal a decimal, anything and a float a
/// float.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` cannot be calculated with those of type `{U}`",
    note = "texts are joined by `concat(a.first(), a.last())`",
    note = "a signed and an unsigned column meet by `.cast::<i64>()`; a number that is no column takes the column's own type"
)]
pub trait Number<U>: DbType {
    /// The type of sum, difference and product.
    type Out: DbType;
    /// Whether the calculation is one of exact decimals.
    const EXACT: bool = false;
}

macro_rules! numbers {
    ($($a:ty $(, $b:ty)*;)*) => {$(
        impl Number<$a> for $a { type Out = $a; }
        $(
            impl Number<$b> for $a { type Out = $b; }
            impl Number<$a> for $b { type Out = $b; }
        )*
    )*};
}
// Each with the wider ones behind it.
numbers! {
    i8, i16, i32, i64, f64;
    i16, i32, i64, f64;
    i32, i64, f64;
    i64, f64;
    u8, u16, u32, u64, f64;
    u16, u32, u64, f64;
    u32, u64, f64;
    u64, f64;
    f32, f64;
    f64;
    std::time::Duration;
}

#[cfg(feature = "chrono")]
numbers! { chrono::TimeDelta; }

#[cfg(feature = "decimal")]
mod decimal {
    use super::Number;
    use rust_decimal::Decimal;

    macro_rules! exact {
        ($($int:ty),*) => {$(
            impl Number<$int> for Decimal { type Out = Self; const EXACT: bool = true; }
            impl Number<Decimal> for $int { type Out = Decimal; const EXACT: bool = true; }
        )*};
    }
    exact!(i8, i16, i32, i64, u8, u16, u32, u64);

    impl Number<Self> for Decimal {
        type Out = Self;
        const EXACT: bool = true;
    }
    impl Number<f64> for Decimal {
        type Out = f64;
    }
    impl Number<Decimal> for f64 {
        type Out = Self;
    }
}

/// The right side of a calculation with an expression of type `T` in a query on `R`: a value of that
/// type, or a column or expression of the same query, also of another type.
#[diagnostic::on_unimplemented(
    message = "a column of type `{T}` cannot be calculated with `{Self}` here",
    label = "expected `{T}`, or a column or expression of the same query",
    note = "a number takes the column's own type: `2_i64`, `Decimal::from(2)`; a date moves by `days(2)` or a `TimeDelta`",
    note = "rows and groups do not mix: an aggregate is calculated with aggregates and values alone"
)]
pub trait Term<R, T, K = PerRow> {
    /// The type.
    type Type;
    /// Whether the value may be NULL.
    type Null: Place;
    /// The node of the AST.
    fn term(self) -> Expr;
}

/// What a [`Term`] can be. Unlike that trait, no other crate can say it of a value over a window, so that
/// calculating with those is a rule of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be calculated with here",
    label = "expected a value, or a column or expression of the same query",
    note = "a type of one's own is calculated with by value: `a.price() + cents`"
)]
pub trait Side {}
impl<T: Scalar> Side for T {}
impl<R, T, N, K> Side for Expression<R, T, N, K> {}
impl<R, T, N, K> Side for &Expression<R, T, N, K> {}
impl<R, T, N> Side for Column<R, T, N> {}
impl<R, T, N> Side for &Column<R, T, N> {}
impl Side for Calendar {}
impl<R, N, K> Side for CalendarOf<R, N, K> {}
// No terms: what is wrong with them is said once.
impl<R, T, N> Side for WindowFunction<R, T, N> {}
impl Side for &str {}
impl<T> Side for Option<T> {}

macro_rules! by_reference {
    ($($ty:ty),*) => {
        $(impl Side for &$ty {})*
    };
}
by_reference!(
    i8,
    i16,
    i32,
    i64,
    u8,
    u16,
    u32,
    u64,
    f32,
    f64,
    std::time::Duration
);
#[cfg(feature = "chrono")]
by_reference!(
    chrono::TimeDelta,
    chrono::NaiveDate,
    chrono::NaiveDateTime,
    chrono::DateTime<chrono::Utc>
);
#[cfg(feature = "decimal")]
by_reference!(rust_decimal::Decimal);

impl<R, T: Scalar, K> Term<R, T, K> for T {
    type Type = T;
    type Null = Here;
    fn term(self) -> Expr {
        Expr::Value(self.into_value())
    }
}

impl<R, T: Scalar, K> Term<R, T, K> for &T {
    type Type = T;
    type Null = Here;
    fn term(self) -> Expr {
        Expr::Value(self.to_value())
    }
}

impl<R, T, U, N: Place, K> Term<R, T, K> for Expression<R, U, N, K> {
    type Type = U;
    type Null = N;
    fn term(self) -> Expr {
        self.node
    }
}

#[diagnostic::do_not_recommend]
impl<R, T, U, N: Place, K> Term<R, T, K> for &Expression<R, U, N, K> {
    type Type = U;
    type Null = N;
    fn term(self) -> Expr {
        self.node.clone()
    }
}

impl<R, T, U, N: Place> Term<R, T> for Column<R, U, N> {
    type Type = U;
    type Null = N;
    fn term(self) -> Expr {
        self.expr().node
    }
}

#[diagnostic::do_not_recommend]
impl<R, T, U, N: Place> Term<R, T> for &Column<R, U, N> {
    type Type = U;
    type Null = N;
    fn term(self) -> Expr {
        self.expr().node
    }
}

impl<R, T: DateLike, K> Term<R, T, K> for Calendar {
    type Type = Self;
    type Null = Here;
    fn term(self) -> Expr {
        self.node()
    }
}

#[cfg(feature = "chrono")]
impl<R, K> Term<R, chrono::DateTime<chrono::Utc>, K> for chrono::TimeDelta {
    type Type = Self;
    type Null = Here;
    fn term(self) -> Expr {
        Expr::Value(self.into_value())
    }
}

macro_rules! rules {
    ($($rule:ident $message:literal $op:ident $decimal:ident;)*) => {$(
        #[doc = concat!("Types of which one ", $message, ".")]
        #[diagnostic::on_unimplemented(
            message = "a value of type `{U}` cannot be calculated with one of type `{Self}` that way",
            label = "no such calculation",
            note = "texts are joined by `concat(a.first(), a.last())`; dates move by `days(1)` and `months(1)`"
        )]
        pub trait $rule<U> {
            /// The type of the result.
            type Out: DbType;
            /// The node of the AST.
            fn node(left: Expr, right: Expr) -> Expr;
        }

        impl<T: Number<U>, U> $rule<U> for T {
            type Out = <T as Number<U>>::Out;
            fn node(left: Expr, right: Expr) -> Expr {
                if <T as Number<U>>::EXACT {
                    call(Func::$decimal, vec![left, right])
                } else {
                    Expr::binary(left, BinaryOp::$op, right)
                }
            }
        }
    )*};
}
rules! {
    Plus "is added to another" Add DecimalAdd;
    Minus "is taken from another" Sub DecimalSub;
    Times "is multiplied by another" Mul DecimalMul;
}

fn call(func: Func, args: Vec<Expr>) -> Expr {
    Expr::Func { func, args }
}

macro_rules! dates {
    ($($ty:ty),*) => {$(
        impl Plus<Calendar> for $ty {
            type Out = Self;
            fn node(date: Expr, by: Expr) -> Expr {
                Calendar::added(date, by, false)
            }
        }
        impl Minus<Calendar> for $ty {
            type Out = Self;
            fn node(date: Expr, by: Expr) -> Expr {
                Calendar::added(date, by, true)
            }
        }
    )*};
}
dates!(crate::value::CivilDate, crate::value::CivilDateTime);

#[cfg(feature = "chrono")]
mod with_chrono {
    use super::{BinaryOp, Calendar, Expr, Func, Minus, Plus, Value, call};
    use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

    dates!(NaiveDate, NaiveDateTime, DateTime<Utc>);

    impl Plus<TimeDelta> for DateTime<Utc> {
        type Out = Self;
        fn node(at: Expr, by: Expr) -> Expr {
            call(Func::MicrosAdd, vec![at, by])
        }
    }

    impl Minus<TimeDelta> for DateTime<Utc> {
        type Out = Self;
        fn node(at: Expr, by: Expr) -> Expr {
            let zero = Expr::Value(Value::Int(0));
            call(
                Func::MicrosAdd,
                vec![at, Expr::binary(zero, BinaryOp::Sub, by)],
            )
        }
    }

    macro_rules! differences {
        ($($ty:ty),*) => {$(
            impl Minus<$ty> for $ty {
                type Out = TimeDelta;
                fn node(later: Expr, earlier: Expr) -> Expr {
                    call(Func::MicrosBetween, vec![later, earlier])
                }
            }
        )*};
    }
    differences!(NaiveDate, DateTime<Utc>);
}

macro_rules! operators {
    ($($trait:ident $method:ident $rule:ident;)*) => {$(
        impl<R, T, N: Place, K, E: Term<R, T, K> + Side> $trait<E> for Expression<R, T, N, K>
        where
            T: $rule<E::Type>,
        {
            type Output = Expression<R, T::Out, N::Or<E::Null>, K>;
            fn $method(self, other: E) -> Self::Output {
                Expression::typed(T::node(self.node, other.term()))
            }
        }
        impl<R, T, N: Place, E: Term<R, T> + Side> $trait<E> for Column<R, T, N>
        where
            T: $rule<E::Type>,
        {
            type Output = Expression<R, T::Out, N::Or<E::Null>>;
            fn $method(self, other: E) -> Self::Output {
                self.expr().$method(other)
            }
        }
    )*};
}
operators! {
    Add add Plus;
    Sub sub Minus;
    Mul mul Times;
}

/// Division has a fractional result on every backend; NULL where the divisor is 0.
impl<R, T: Number<E::Type>, N: Place, K, E: Term<R, T, K> + Side> Div<E>
    for Expression<R, T, N, K>
{
    type Output = Expression<R, f64, Maybe, K>;
    fn div(self, other: E) -> Self::Output {
        Expression::typed(Expr::binary(self.node, BinaryOp::Div, other.term()))
    }
}

impl<R, T: Number<E::Type>, N: Place, E: Term<R, T> + Side> Div<E> for Column<R, T, N> {
    type Output = Expression<R, f64, Maybe>;
    fn div(self, other: E) -> Self::Output {
        self.expr().div(other)
    }
}

/// Whole numbers, which have a remainder.
#[diagnostic::on_unimplemented(
    message = "`%` and operations on bits take whole numbers, not `{Self}`",
    label = "not a whole number",
    note = "of floats `.modulo(…)` is the remainder"
)]
pub trait Whole: DbType {
    /// Whether it can be negative.
    const SIGNED: bool;
    /// The type of 64 bits.
    type Wide: DbType;
}
macro_rules! whole {
    ($signed:literal $wide:ty: $($ty:ty),*) => {
        $(impl Whole for $ty {
            const SIGNED: bool = $signed;
            type Wide = $wide;
        })*
    };
}
whole!(true i64: i8, i16, i32, i64);
whole!(false u64: u8, u16, u32, u64);

/// The remainder has the sign of the left side; NULL where the divisor is 0.
impl<R, T: Whole, N: Place, K, E: Term<R, T, K, Type = T> + Side> Rem<E>
    for Expression<R, T, N, K>
{
    type Output = Expression<R, T, Maybe, K>;
    fn rem(self, other: E) -> Self::Output {
        Expression::typed(Expr::binary(self.node, BinaryOp::Rem, other.term()))
    }
}

impl<R, T: Whole, N: Place, E: Term<R, T, PerRow, Type = T> + Side> Rem<E> for Column<R, T, N> {
    type Output = Expression<R, T, Maybe>;
    fn rem(self, other: E) -> Self::Output {
        self.expr().rem(other)
    }
}

impl<R, T: Number<T>, N: Place, K> Neg for Expression<R, T, N, K> {
    type Output = Self;
    fn neg(self) -> Self {
        let zero = Expr::Value(Value::Int(0));
        Expression::typed(<T as Minus<T>>::node(zero, self.node))
    }
}

impl<R, T: Number<T>, N: Place> Neg for Column<R, T, N> {
    type Output = Expression<R, T, N>;
    fn neg(self) -> Self::Output {
        -self.expr()
    }
}

impl<R, T: Number<T>, N: Place, K> Neg for &Expression<R, T, N, K> {
    type Output = Expression<R, T, N, K>;
    fn neg(self) -> Self::Output {
        -self.clone()
    }
}

impl<R, T: Number<T>, N: Place> Neg for &Column<R, T, N> {
    type Output = Expression<R, T, N>;
    fn neg(self) -> Self::Output {
        -self.expr()
    }
}

/// The same of references: what closures get is moved into its place, and may stand in several.
macro_rules! by_reference {
    ($($trait:ident $method:ident,)*) => {$(
        by_reference!($trait $method, [R, T, N, K] Expression<R, T, N, K>);
        by_reference!($trait $method, [R, T, N] Column<R, T, N>);
    )*};
    ($trait:ident $method:ident, [$($of:ident),*] $type:ty) => {
        impl<E, $($of),*> $trait<E> for &$type
        where
            $type: $trait<E>,
        {
            type Output = <$type as $trait<E>>::Output;
            fn $method(self, other: E) -> Self::Output {
                self.clone().$method(other)
            }
        }
    };
}
by_reference! {
    Add add,
    Sub sub,
    Mul mul,
    Div div,
    Rem rem,
}

/// A value on the left side: `1 - a.discount()`.
macro_rules! left {
    ($($value:ty as $ty:ty),* $(,)?) => {$(
        left!(Add add Plus $value as $ty);
        left!(Sub sub Minus $value as $ty);
        left!(Mul mul Times $value as $ty);
    )*};
    ($trait:ident $method:ident $rule:ident $value:ty as $ty:ty) => {
        impl<R, N: Place, K> $trait<Expression<R, $ty, N, K>> for $value {
            type Output = Expression<R, $ty, N, K>;
            fn $method(self, other: Expression<R, $ty, N, K>) -> Self::Output {
                Expression::typed(<$ty as $rule<$ty>>::node(
                    Expr::Value(self.into_value()),
                    other.node,
                ))
            }
        }
        impl<R, N: Place, K> $trait<&Expression<R, $ty, N, K>> for $value {
            type Output = Expression<R, $ty, N, K>;
            fn $method(self, other: &Expression<R, $ty, N, K>) -> Self::Output {
                self.$method(other.clone())
            }
        }
        impl<R, N: Place> $trait<Column<R, $ty, N>> for $value {
            type Output = Expression<R, $ty, N>;
            fn $method(self, other: Column<R, $ty, N>) -> Self::Output {
                self.$method(other.expr())
            }
        }
        impl<R, N: Place> $trait<&Column<R, $ty, N>> for $value {
            type Output = Expression<R, $ty, N>;
            fn $method(self, other: &Column<R, $ty, N>) -> Self::Output {
                self.$method(other.expr())
            }
        }
    };
}
left!(
    i16 as i16, i32 as i32, i64 as i64, u16 as u16, u32 as u32, u64 as u64, f64 as f64
);
#[cfg(feature = "decimal")]
left!(
    rust_decimal::Decimal as rust_decimal::Decimal,
    i64 as rust_decimal::Decimal
);
