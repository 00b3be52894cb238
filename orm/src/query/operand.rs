//! What a column can be compared with.

use super::{Column, Expression};
use crate::ast::Expr;
use crate::model::{Place, Scalar};

/// The other side of a comparison with an expression of type `T` in a query on `R`: a value of that
/// type, `&str` for text, or another expression of the same query and type.
#[diagnostic::on_unimplemented(
    message = "cannot compare a column of type `{T}` with `{Self}`",
    label = "expected `{T}`, or a column of type `{T}` of the same query",
    note = "for NULL use `.is_null()` or `.eq_opt(…)`; an integer variable needs the column's own width"
)]
pub trait Operand<R, T> {
    /// Whether the value may be NULL.
    const NULLABLE: bool;
    /// The node of the AST.
    fn into_node(self) -> Expr;
}

impl<R, T: Scalar> Operand<R, T> for T {
    const NULLABLE: bool = false;
    fn into_node(self) -> Expr {
        Expr::Value(self.into_value())
    }
}

impl<R, T: Scalar> Operand<R, T> for &T {
    const NULLABLE: bool = false;
    fn into_node(self) -> Expr {
        Expr::Value(self.to_value())
    }
}

impl<R> Operand<R, String> for &str {
    const NULLABLE: bool = false;
    fn into_node(self) -> Expr {
        Expr::Value(crate::value::Value::Text(self.to_owned()))
    }
}

impl<R, T, N: Place> Operand<R, T> for Expression<R, T, N> {
    const NULLABLE: bool = N::NULLABLE;
    fn into_node(self) -> Expr {
        self.node
    }
}

impl<R, T, N: Place> Operand<R, T> for Column<R, T, N> {
    const NULLABLE: bool = N::NULLABLE;
    fn into_node(self) -> Expr {
        self.node.clone()
    }
}
