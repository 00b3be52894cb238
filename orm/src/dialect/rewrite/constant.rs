//! DISTINCT of nothing but constants, of which there is one row at most.

use std::borrow::Cow;

use crate::ast::{Expr, Func, Select, Statement};
use crate::dialect::Features;
use crate::dialect::render::correlated;

/// Leaves no rows behind an OFFSET of such a select, where the database would not see it.
pub(super) fn cut<'s>(features: &Features, statement: Cow<'s, Statement>) -> Cow<'s, Statement> {
    match &*statement {
        Statement::Select(select)
            if !features.distinct_constants
                && select.distinct
                && select.offset.is_some_and(|n| n > 0)
                && select.columns.iter().all(|c| is_constant(&c.expr)) =>
        {
            let mut select = select.clone();
            (select.limit, select.offset) = (Some(0), None);
            Cow::Owned(select.into())
        }
        _ => statement,
    }
}

/// Whether an expression has one value for all rows of its select.
fn is_constant(expr: &Expr) -> bool {
    let mut expr = expr.clone();
    match &expr {
        Expr::Scalar(select) | Expr::Exists(select) => return is_apart(select),
        Expr::Column { .. }
        | Expr::Named(_)
        | Expr::Raw(_)
        | Expr::Window(_)
        | Expr::Aggregate { .. }
        | Expr::GroupConcat { .. }
        | Expr::Func {
            func: Func::Random, ..
        } => return false,
        _ => {}
    }
    let (mut operands, mut inside) = (true, true);
    expr.parts_mut(&mut |e| operands &= is_constant(e), &mut |s| {
        inside &= is_apart(s);
    });
    operands && inside
}

fn is_apart(select: &Select) -> bool {
    !correlated(select)
}
