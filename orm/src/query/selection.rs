//! What a query hands out: columns and expressions in, typed tuples out.

use super::{Column, Expression, PerRow};
use crate::ast::Expr;
use crate::model::Place;
use crate::value::{DbType, DecodeError, RowReader};
use orm_schema::FieldType;

/// A column, an expression, or a tuple of up to eight of them, of a query on `R`.
#[diagnostic::on_unimplemented(
    message = "this cannot be selected here, from a query on `{R}`",
    label = "found `{Self}`",
    note = "`.select(…)` and `.group_by(…)` take columns and expressions of the query: `.select(|x| (x.id(), x.name()))`",
    note = "`.aggregate(…)` takes aggregates alone: `.aggregate(|x| (count(), x.views().sum()))`"
)]
pub trait Selection<R, K = PerRow> {
    /// One row.
    type Row: Send + 'static;
    /// One row as a tuple, also when it is a single value.
    type Tuple: Send + 'static;

    /// Appends the expressions.
    fn nodes(self, out: &mut Vec<Expr>);

    /// Appends for each column whether it is an exact decimal.
    fn exact(out: &mut Vec<bool>);

    /// Reads one row.
    ///
    /// # Errors
    /// [`DecodeError`] if a value does not fit.
    fn read(row: &mut RowReader<'_>) -> Result<Self::Row, DecodeError>;

    /// Reads one row as a tuple.
    ///
    /// # Errors
    /// [`DecodeError`] if a value does not fit.
    fn read_tuple(row: &mut RowReader<'_>) -> Result<Self::Tuple, DecodeError>;
}

impl<R, T: DbType, N: Place, K> Selection<R, K> for Expression<R, T, N, K> {
    type Row = N::Out<T>;
    type Tuple = (N::Out<T>,);
    fn nodes(self, out: &mut Vec<Expr>) {
        out.push(self.node);
    }
    fn exact(out: &mut Vec<bool>) {
        out.push(matches!(T::TYPE, FieldType::Decimal { .. }));
    }
    fn read(row: &mut RowReader<'_>) -> Result<Self::Row, DecodeError> {
        N::read::<T>(row)
    }
    fn read_tuple(row: &mut RowReader<'_>) -> Result<Self::Tuple, DecodeError> {
        Ok((N::read::<T>(row)?,))
    }
}

impl<R, T: DbType, N: Place> Selection<R> for Column<R, T, N> {
    type Row = N::Out<T>;
    type Tuple = (N::Out<T>,);
    fn nodes(self, out: &mut Vec<Expr>) {
        out.push(self.expr().node);
    }
    fn exact(out: &mut Vec<bool>) {
        out.push(matches!(T::TYPE, FieldType::Decimal { .. }));
    }
    fn read(row: &mut RowReader<'_>) -> Result<Self::Row, DecodeError> {
        N::read::<T>(row)
    }
    fn read_tuple(row: &mut RowReader<'_>) -> Result<Self::Tuple, DecodeError> {
        Ok((N::read::<T>(row)?,))
    }
}

/// What closures get is moved into its place; where it stands in several, a reference does.
macro_rules! by_reference {
    ([$($of:ident),*] $type:ty, $kind:ty) => {
        #[diagnostic::do_not_recommend]
        impl<R, T: DbType, N: Place, $($of),*> Selection<R, $kind> for &$type {
            type Row = N::Out<T>;
            type Tuple = (N::Out<T>,);
            fn nodes(self, out: &mut Vec<Expr>) {
                out.push(self.node.clone());
            }
            fn exact(out: &mut Vec<bool>) {
                <$type as Selection<R, $kind>>::exact(out);
            }
            fn read(row: &mut RowReader<'_>) -> Result<Self::Row, DecodeError> {
                N::read::<T>(row)
            }
            fn read_tuple(row: &mut RowReader<'_>) -> Result<Self::Tuple, DecodeError> {
                Ok((N::read::<T>(row)?,))
            }
        }
    };
}
by_reference!([K] Expression<R, T, N, K>, K);
by_reference!([] Column<R, T, N>, PerRow);

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)*) => {$(
        impl<R, K, $($name: Selection<R, K>),+> Selection<R, K> for ($($name,)+) {
            type Row = ($($name::Row,)+);
            type Tuple = ($($name::Row,)+);
            fn nodes(self, out: &mut Vec<Expr>) {
                $(self.$index.nodes(out);)+
            }
            fn exact(out: &mut Vec<bool>) {
                $($name::exact(out);)+
            }
            fn read(row: &mut RowReader<'_>) -> Result<Self::Row, DecodeError> {
                Ok(($($name::read(row)?,)+))
            }
            fn read_tuple(row: &mut RowReader<'_>) -> Result<Self::Tuple, DecodeError> {
                Self::read(row)
            }
        }
    )*};
}
tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
}

/// One tuple after the other: the keys of a group, then its aggregates.
pub trait Concat<T> {
    /// Both.
    type Out: Send + 'static;
    /// Puts them together.
    fn concat(self, other: T) -> Self::Out;
}

macro_rules! concat {
    ($(($($a:ident $i:tt),+) + ($($b:ident $j:tt),+);)*) => {$(
        impl<$($a: Send + 'static,)+ $($b: Send + 'static),+> Concat<($($b,)+)> for ($($a,)+) {
            type Out = ($($a,)+ $($b,)+);
            fn concat(self, other: ($($b,)+)) -> Self::Out {
                ($(self.$i,)+ $(other.$j,)+)
            }
        }
    )*};
}
concat! {
    (A 0) + (P 0);
    (A 0) + (P 0, Q 1);
    (A 0) + (P 0, Q 1, S 2);
    (A 0) + (P 0, Q 1, S 2, T 3);
    (A 0) + (P 0, Q 1, S 2, T 3, U 4);
    (A 0) + (P 0, Q 1, S 2, T 3, U 4, V 5);
    (A 0) + (P 0, Q 1, S 2, T 3, U 4, V 5, W 6);
    (A 0) + (P 0, Q 1, S 2, T 3, U 4, V 5, W 6, X 7);
    (A 0, B 1) + (P 0);
    (A 0, B 1) + (P 0, Q 1);
    (A 0, B 1) + (P 0, Q 1, S 2);
    (A 0, B 1) + (P 0, Q 1, S 2, T 3);
    (A 0, B 1) + (P 0, Q 1, S 2, T 3, U 4);
    (A 0, B 1) + (P 0, Q 1, S 2, T 3, U 4, V 5);
    (A 0, B 1) + (P 0, Q 1, S 2, T 3, U 4, V 5, W 6);
    (A 0, B 1) + (P 0, Q 1, S 2, T 3, U 4, V 5, W 6, X 7);
    (A 0, B 1, C 2) + (P 0);
    (A 0, B 1, C 2) + (P 0, Q 1);
    (A 0, B 1, C 2) + (P 0, Q 1, S 2);
    (A 0, B 1, C 2) + (P 0, Q 1, S 2, T 3);
    (A 0, B 1, C 2) + (P 0, Q 1, S 2, T 3, U 4);
    (A 0, B 1, C 2, D 3) + (P 0);
    (A 0, B 1, C 2, D 3) + (P 0, Q 1);
    (A 0, B 1, C 2, D 3) + (P 0, Q 1, S 2);
    (A 0, B 1, C 2, D 3) + (P 0, Q 1, S 2, T 3);
    (A 0, B 1, C 2, D 3) + (P 0, Q 1, S 2, T 3, U 4);
    (A 0, B 1, C 2, D 3, E 4) + (P 0);
    (A 0, B 1, C 2, D 3, E 4) + (P 0, Q 1);
    (A 0, B 1, C 2, D 3, E 4) + (P 0, Q 1, S 2);
    (A 0, B 1, C 2, D 3, E 4, F 5) + (P 0);
    (A 0, B 1, C 2, D 3, E 4, F 5) + (P 0, Q 1);
    (A 0, B 1, C 2, D 3, E 4, F 5) + (P 0, Q 1, S 2);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6) + (P 0);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6) + (P 0, Q 1);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6) + (P 0, Q 1, S 2);
}
