//! What no query can say: methods and places that are there to be refused when the program is compiled,
//! with the way out. Without them the compiler would know of no such method, and guess.
//!
//! Each rule is a trait that nothing implements, so that what it is asked for is never called. It is
//! asked of [`ThisQuery`] and not of the value: the compiler shows the message of the rule only where the
//! two differ.

use super::{
    Annotated, Assignment, Expression, Handles, OrderBy, Ordering, PerGroup, PerRow, Pred,
    SelectQuery, Selection, Source, ToOne, WindowFunction, Windowed,
};
#[cfg(feature = "json")]
use super::{ColumnPath, JsonPath};
use crate::ast::{Expr, Order};
use crate::model::{Maybe, Model, Place};
use crate::value::{DecodeError, RowReader};

/// The query that a value is used in, in messages of the compiler.
#[derive(Debug)]
pub enum ThisQuery {}

macro_rules! rules {
    ($($(#[$meta:meta])* $rule:ident;)*) => {$(
        $(#[$meta])*
        pub trait $rule<V> {
            /// Never called.
            #[doc(hidden)]
            fn never<T>() -> T;
        }
    )*};
}
rules! {
    /// Queries that can compare a value over a window: none can.
    #[diagnostic::on_unimplemented(
        message = "a value over a window cannot stand in a condition: it is known only once all rows are chosen",
        label = "this compares a value over a window",
        note = "select it, and filter the table of that query: `.select(|x| (x.id(), row_number().over(…))).as_table().filter(|(_, n)| n.gt(1))`"
    )]
    Filters;
    /// Queries that can order by a value over a window, or aggregate it: none can.
    #[diagnostic::on_unimplemented(
        message = "a value over a window is selected or calculated with, and nothing else is made of it in the same query",
        label = "this takes a value over a window",
        note = "order, group or aggregate the table of that query: `.select(|x| (x.id(), row_number().over(…))).as_table().order_by(|(_, n)| n)`"
    )]
    Reuses;
    /// Queries that can take a window function without its window: none can.
    #[diagnostic::on_unimplemented(
        message = "a window function has no value without its window",
        label = "the rows that it looks at are missing",
        note = "say which rows, and in what order: `row_number().over(window().order_by(x.id()))`"
    )]
    Completes;
    /// Queries that are filtered or ordered behind what they select or annotate: none is.
    #[diagnostic::on_unimplemented(
        message = "rows are filtered and ordered before values are selected or annotated",
        label = "this stands behind the values",
        note = "filter and order first, by the same expressions: `.filter(…).order_by(|x| x.parts().count().desc()).annotate(|x| x.parts().count())`",
        note = "what is selected is a table as well: `.select(|x| (x.id(), x.views() * 2)).as_table().filter(|(_, twice)| twice.gt(10))`"
    )]
    Begins;
    /// Queries that ask a column whether there is a value as Rust does: none does.
    #[diagnostic::on_unimplemented(
        message = "a column is no `Option`: whether it is NULL is a condition of the query",
        label = "this is of `Option`",
        note = "`.is_null()` is the condition that there is no value, `.is_not_null()` that there is one"
    )]
    Options;
    /// Queries that know the type of what stands in a JSON document: none does.
    #[cfg(feature = "json")]
    #[diagnostic::on_unimplemented(
        message = "what stands at a place in a JSON document has no type before it is read",
        label = "this needs a number, a text or another type",
        note = "say what it is read as: `.as_int()`, `.as_float()`, `.as_text()`, `.as_bool()`, `.as_type::<…>()`, or `.json()` for a document"
    )]
    Knows;
    /// Queries that can set a calculated value: none can.
    #[diagnostic::on_unimplemented(
        message = "what is calculated or read cannot be set, only a column can, or a place in its JSON document",
        label = "this is no column",
        note = "set the column itself: `x.views().set(x.views() + 1)`, `x.data().key(\"size\").set(1)`"
    )]
    Sets;
}

/// Methods with these arguments. The compiler shows a use of this macro in full, so each has one line.
macro_rules! refused {
    ([$($of:tt)*] $type:ty, $rule:ident -> $out:ty, $args:tt $($name:ident)*) => {
        /// Refused when the program is compiled.
        impl<$($of)*> $type {
            $(refused! { @ $name $args $rule $out })*
        }
    };
    (@ $name:ident ($($arg:ident)*) $rule:ident $out:ty) => {
        #[doc = concat!("Refused: see [`", stringify!($rule), "`](super::", stringify!($rule), ").")]
        pub fn $name<$($arg),*>(&self $(, _: $arg)*) -> $out
        where
            ThisQuery: $rule<Self>,
        {
            ThisQuery::never()
        }
    };
}

type Rows<R, T, N> = Expression<R, T, N, PerRow>;
type Group<R, T, N> = Expression<R, T, N, PerGroup>;

refused! { [R, T, N] Windowed<R, T, N>, Filters -> Pred<R>, (V) eq ne gt gte lt lte is_in not_in }
refused! { [R, T, N] Windowed<R, T, N>, Reuses -> Group<R, T, Maybe>, () sum avg min max count }
refused! { [R, T, N] Windowed<R, T, N>, Reuses -> OrderBy<R>, () asc desc }
refused! { [R, T, N] Windowed<R, T, N>, Reuses -> Rows<R, T, Maybe>, () abs ceil floor year month day }
refused! { [R, T, N] Windowed<R, T, N>, Reuses -> Rows<R, T, Maybe>, (V) null_if greatest least }
refused! { [R, T, N] WindowFunction<R, T, N>, Completes -> Pred<R>, (V) eq ne gt gte lt lte is_in }
refused! { [R, T, N] WindowFunction<R, T, N>, Completes -> OrderBy<R>, () asc desc }
refused! { [R, T, N] Rows<R, T, N>, Sets -> Assignment<R>, (V) set }
refused! { [R, T, N] Group<R, T, N>, Sets -> Assignment<R>, (V) set }

refused! { [R, T, N, K] Expression<R, T, N, K>, Options -> Pred<R, K>, () is_none is_some }
refused! { [R: 'static, M: Model, P: Place, K] ToOne<R, M, P, K>, Options -> Pred<R>, () is_none is_some }

macro_rules! behind {
    ([$($of:tt)*] $type:ty, $handles:ty, $($name:ident)*) => {
        /// Refused when the program is compiled.
        impl<$($of)*> $type {
            $(
                /// Refused: see [`Begins`](super::Begins).
                pub fn $name<T>(&self, _: impl FnOnce($handles) -> T) -> Self
                where
                    ThisQuery: Begins<Self>,
                {
                    ThisQuery::never()
                }
            )*
        }
    };
}
behind! { [Q: Source, S] SelectQuery<Q, S>, Handles<Q>, filter exclude order_by annotate }
behind! { [M: Model, S] Annotated<M, S>, Handles<M>, filter exclude order_by select }

macro_rules! unordered {
    ([$($of:ident),*] $type:ty, $rule:ident) => {
        /// Refused when the program is compiled.
        impl<R, $($of),*> Ordering<R> for $type where ThisQuery: $rule<Self> {
            fn terms(self, _: &mut Vec<Order>) {
                ThisQuery::never()
            }
        }
    };
}

macro_rules! unselected {
    ([$($of:ident),*] $type:ty, $rule:ident) => {
        /// Refused when the program is compiled.
        impl<R, $($of),*> Selection<R> for $type where ThisQuery: $rule<Self> {
            type Row = ();
            type Tuple = ();
            fn nodes(self, _: &mut Vec<Expr>) {
                ThisQuery::never()
            }
            fn exact(_: &mut Vec<bool>) {}
            fn read(_: &mut RowReader<'_>) -> Result<(), DecodeError> {
                Ok(())
            }
            fn read_tuple(_: &mut RowReader<'_>) -> Result<(), DecodeError> {
                Ok(())
            }
        }
    };
}

unordered! { [T, N] Windowed<R, T, N>, Reuses }
unordered! { [T, N] WindowFunction<R, T, N>, Completes }
unselected! { [T, N] WindowFunction<R, T, N>, Completes }

#[cfg(feature = "json")]
mod json {
    use super::*;

    refused! { [R, N, K] JsonPath<R, N, K>, Knows -> Pred<R, K>, (V) gt gte lt lte like regex iregex }
    refused! { [R, N, K] JsonPath<R, N, K>, Knows -> Pred<R, K>, (V) iexact icontains startswith endswith }
    refused! { [R, N, K] JsonPath<R, N, K>, Knows -> Pred<R, K>, (V) istartswith iendswith }
    refused! { [R, N, K] JsonPath<R, N, K>, Knows -> Group<R, i64, Maybe>, () sum avg min max count }
    refused! { [R, N, K] JsonPath<R, N, K>, Knows -> OrderBy<R>, () asc desc }
    unordered! { [N] JsonPath<R, N>, Knows }
    unordered! { [N] ColumnPath<R, N>, Knows }
    unselected! { [N] JsonPath<R, N>, Knows }
    unselected! { [N] ColumnPath<R, N>, Knows }
}
