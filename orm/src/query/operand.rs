//! What a column can be compared with, and what an expression can be made of.

use super::{Column, Expression, PerRow};
use crate::ast::Expr;
use crate::model::{Auto, Here, Maybe, Place, Scalar};
use crate::value::{DbType, Value};

/// The other side of a comparison with an expression of type `T` in a query on `R`: a value of that
/// type, `&str` for text, or another expression of the same query, type and kind.
#[diagnostic::on_unimplemented(
    message = "cannot compare a column of type `{T}` with `{Self}`",
    label = "expected `{T}`, or a column of type `{T}` of the same query",
    note = "for NULL use `.is_null()` or `.eq_opt(…)`; an integer variable needs the column's own width",
    note = "a column of the query around a subquery is named by `outer(…)`; a subquery's value by `scalar(…)`",
    note = "an object at hand is compared by the relation to it: `.is(&object)`; a number becomes a text by `.cast::<String>()`"
)]
pub trait Operand<R, T, K = PerRow> {
    /// Whether the value may be NULL, as a type.
    type Null: Place;
    /// Whether the value may be NULL.
    const NULLABLE: bool = Self::Null::NULLABLE;
    /// The node of the AST.
    fn into_node(self) -> Expr;
}

impl<R, T: Scalar, K> Operand<R, T, K> for T {
    type Null = Here;
    fn into_node(self) -> Expr {
        Expr::Value(self.into_value())
    }
}

impl<R, T: Scalar, K> Operand<R, T, K> for &T {
    type Null = Here;
    fn into_node(self) -> Expr {
        Expr::Value(self.to_value())
    }
}

/// The key of an object at hand; one that is not saved yet equals nothing.
impl<R, T: Scalar, K> Operand<R, T, K> for Auto<T> {
    type Null = Maybe;
    fn into_node(self) -> Expr {
        Expr::Value(self.to_value())
    }
}

impl<R, T: Scalar, K> Operand<R, T, K> for &Auto<T> {
    type Null = Maybe;
    fn into_node(self) -> Expr {
        Expr::Value(self.to_value())
    }
}

impl<R, K> Operand<R, String, K> for &str {
    type Null = Here;
    fn into_node(self) -> Expr {
        Expr::Value(Value::Text(self.to_owned()))
    }
}

/// One of a list of texts that is lent: `is_in(&["a", "b"])`.
#[diagnostic::do_not_recommend]
impl<R, K> Operand<R, String, K> for &&str {
    type Null = Here;
    fn into_node(self) -> Expr {
        Expr::Value(Value::Text((*self).to_owned()))
    }
}

impl<R, T, N: Place, K> Operand<R, T, K> for Expression<R, T, N, K> {
    type Null = N;
    fn into_node(self) -> Expr {
        self.node
    }
}

#[diagnostic::do_not_recommend]
impl<R, T, N: Place, K> Operand<R, T, K> for &Expression<R, T, N, K> {
    type Null = N;
    fn into_node(self) -> Expr {
        self.node.clone()
    }
}

impl<R, T, N: Place> Operand<R, T> for Column<R, T, N> {
    type Null = N;
    fn into_node(self) -> Expr {
        self.node.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<R, T, N: Place> Operand<R, T> for &Column<R, T, N> {
    type Null = N;
    fn into_node(self) -> Expr {
        self.node.clone()
    }
}

/// Values for `is_in`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of values",
    label = "expected a list: an array, a `Vec`, an iterator",
    note = "a condition on the rows of another query: `x.author_id().is_among(&query)`"
)]
pub trait List<V> {
    /// The values.
    fn values(self) -> impl Iterator<Item = V>;
}

// What is no list is told so by the message above, not by that of `Iterator`.
#[diagnostic::do_not_recommend]
impl<V, I: IntoIterator<Item = V>> List<V> for I {
    fn values(self) -> impl Iterator<Item = V> {
        self.into_iter()
    }
}

/// What decides the type of an expression that it begins: a value, a column or an expression, or a
/// reference to one of the latter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot begin an expression of a query on `{R}`",
    label = "expected a value, or a column or expression of the query"
)]
pub trait Lift<R, K = PerRow> {
    /// The type.
    type Type: DbType;
    /// Whether the value may be NULL.
    type Null: Place;
    /// The node of the AST.
    fn lift(self) -> Expr;
}

impl<R, T: Scalar, K> Lift<R, K> for T {
    type Type = T;
    type Null = Here;
    fn lift(self) -> Expr {
        Expr::Value(self.into_value())
    }
}

impl<R, K> Lift<R, K> for &str {
    type Type = String;
    type Null = Here;
    fn lift(self) -> Expr {
        Expr::Value(Value::Text(self.to_owned()))
    }
}

impl<R, T: DbType, N: Place, K> Lift<R, K> for Expression<R, T, N, K> {
    type Type = T;
    type Null = N;
    fn lift(self) -> Expr {
        self.node
    }
}

impl<R, T: DbType, N: Place, K> Lift<R, K> for &Expression<R, T, N, K> {
    type Type = T;
    type Null = N;
    fn lift(self) -> Expr {
        self.node.clone()
    }
}

impl<R, T: DbType, N: Place> Lift<R> for Column<R, T, N> {
    type Type = T;
    type Null = N;
    fn lift(self) -> Expr {
        self.node.clone()
    }
}

impl<R, T: DbType, N: Place> Lift<R> for &Column<R, T, N> {
    type Type = T;
    type Null = N;
    fn lift(self) -> Expr {
        self.node.clone()
    }
}
