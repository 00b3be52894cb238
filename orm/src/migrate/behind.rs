//! Conditions on the place of a row in an order.

use crate::ast::{BinaryOp, Expr};
use crate::value::Value;

/// The rows behind one, in the ascending order of columns that are never NULL:
/// `a > 1 OR (a = 1 AND b > 2)`.
pub(crate) fn behind(columns: impl Fn(usize) -> Expr, values: &[Value]) -> Expr {
    let compare = |at: usize, op| Expr::binary(columns(at), op, Expr::Value(values[at].clone()));
    let from = |at: usize| {
        let mut all: Vec<Expr> = (0..at).map(|i| compare(i, BinaryOp::Eq)).collect();
        all.push(compare(at, BinaryOp::Gt));
        match all.len() {
            1 => all.remove(0),
            _ => Expr::And(all),
        }
    };
    let mut any: Vec<Expr> = (0..values.len()).map(from).collect();
    match any.len() {
        1 => any.remove(0),
        _ => Expr::Or(any),
    }
}
