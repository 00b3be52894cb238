//! Calculating with values over windows: the result is one as well, and stands where they do.

use std::ops::{Add, Div, Mul, Sub};

use super::functions::CastFrom;
use super::{Column, Expression, Minus, Number, Operand, Plus, Side, Term, Times, Windowed};
use crate::ast::{BinaryOp, Expr, Func};
use crate::model::{Maybe, Place};
use crate::value::DbType;

/// Each operation of a value over a window with one of the row, and of two over windows.
macro_rules! operators {
    ($($trait:ident $method:ident $rule:ident<$u:ident> => $out:ty, $null:ty, $node:expr;)*) => {$(
        impl<R, T: $rule<$u>, N: Place, $u, P: Place> $trait<Windowed<R, $u, P>> for Windowed<R, T, N> {
            type Output = Windowed<R, $out, $null>;
            fn $method(self, other: Windowed<R, $u, P>) -> Self::Output {
                Windowed::new($node(self.node, other.node))
            }
        }
        impl<R, T: $rule<$u>, N: Place, $u, P: Place, E> $trait<E> for Windowed<R, T, N>
        where
            E: Term<R, T, Type = $u, Null = P> + Side,
        {
            type Output = Windowed<R, $out, $null>;
            fn $method(self, other: E) -> Self::Output {
                Windowed::new($node(self.node, other.term()))
            }
        }
        impl<R, T: $rule<$u>, N: Place, $u, P: Place> $trait<Windowed<R, $u, P>> for Expression<R, T, N> {
            type Output = Windowed<R, $out, $null>;
            fn $method(self, other: Windowed<R, $u, P>) -> Self::Output {
                Windowed::new($node(self.node, other.node))
            }
        }
        impl<R, T: $rule<$u>, N: Place, $u, P: Place> $trait<Windowed<R, $u, P>> for Column<R, T, N> {
            type Output = Windowed<R, $out, $null>;
            fn $method(self, other: Windowed<R, $u, P>) -> Self::Output {
                self.expr().$method(other)
            }
        }
    )*};
}
operators! {
    Add add Plus<U> => <T as Plus<U>>::Out, N::Or<P>, <T as Plus<U>>::node;
    Sub sub Minus<U> => <T as Minus<U>>::Out, N::Or<P>, <T as Minus<U>>::node;
    Mul mul Times<U> => <T as Times<U>>::Out, N::Or<P>, <T as Times<U>>::node;
    Div div Number<U> => f64, Maybe, |left, right| Expr::binary(left, BinaryOp::Div, right);
}

impl<R, T: DbType, N: Place> Windowed<R, T, N> {
    /// Another value where this one is NULL: `a.views().lag(1).over(…).coalesce(0)`, also where the row
    /// before is there and holds NULL. Django: `Coalesce`.
    pub fn coalesce<E: Operand<R, T>>(self, other: E) -> Windowed<R, T, N::And<E::Null>> {
        Windowed::new(Expr::Func {
            func: Func::Coalesce,
            args: vec![self.node, other.into_node()],
        })
    }

    /// The value as another type. Django: `Cast`.
    pub fn cast<U: CastFrom<T>>(self) -> Windowed<R, U, N> {
        Windowed::new(U::node(self.node))
    }
}
