//! Visits to the parts of a statement.

use super::{Expr, From, Select};

impl Expr {
    /// Visits the operands, not those of the selects inside, and the selects inside.
    pub(crate) fn parts_mut(
        &mut self,
        expr: &mut dyn FnMut(&mut Self),
        select: &mut dyn FnMut(&mut Select),
    ) {
        match self {
            Self::Column { .. } | Self::Named(_) | Self::Value(_) => {}
            Self::Binary { left, right, .. } => {
                expr(left);
                expr(right);
            }
            Self::And(all) | Self::Or(all) | Self::Func { args: all, .. } => {
                all.iter_mut().for_each(expr);
            }
            Self::InRows { exprs, .. } => exprs.iter_mut().for_each(expr),
            Self::Raw(raw) => raw.params.iter_mut().for_each(expr),
            Self::Not(e)
            | Self::IsNotTrue(e)
            | Self::IsNull(e)
            | Self::IsNotNull(e)
            | Self::Apart(e)
            | Self::Outer(e)
            | Self::Cast { expr: e, .. }
            | Self::In { expr: e, .. }
            | Self::Like { expr: e, .. }
            | Self::Regex { expr: e, .. } => expr(e),
            Self::Json(json) => {
                expr(&mut json.doc);
                json.other.iter_mut().for_each(expr);
            }
            Self::Between { expr: e, low, high } => {
                expr(e);
                expr(low);
                expr(high);
            }
            Self::Aggregate { arg, .. } => arg.iter_mut().for_each(|e| expr(e)),
            Self::GroupConcat {
                expr: e, order_by, ..
            } => {
                expr(e);
                order_by.iter_mut().for_each(|o| expr(&mut o.expr));
            }
            Self::Window(window) => {
                window.args.iter_mut().for_each(&mut *expr);
                window.partition_by.iter_mut().for_each(&mut *expr);
                window.order_by.iter_mut().for_each(|o| expr(&mut o.expr));
            }
            Self::Case { whens, otherwise } => {
                for (when, then) in whens {
                    expr(when);
                    expr(then);
                }
                otherwise.iter_mut().for_each(|e| expr(e));
            }
            Self::InSelect { expr: e, select: s } => {
                expr(e);
                select(s);
            }
            Self::RowInSelect { exprs, select: s } => {
                exprs.iter_mut().for_each(expr);
                select(s);
            }
            Self::Exists(s) | Self::Scalar(s) => select(s),
        }
    }
}

impl Select {
    /// Visits the sources of rows.
    pub(crate) fn sources_mut(&mut self) -> impl Iterator<Item = &mut From> {
        self.from
            .iter_mut()
            .chain(self.joins.iter_mut().map(|j| &mut j.source))
    }

    /// Visits the expressions that stand in it, not those of the selects inside.
    pub(crate) fn exprs_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        for source in self
            .from
            .iter_mut()
            .chain(self.joins.iter_mut().map(|j| &mut j.source))
        {
            if let From::Raw { sql, .. } = source {
                sql.params.iter_mut().for_each(&mut *visit);
            }
        }
        (self.columns.iter_mut().map(|c| &mut c.expr))
            .chain(self.joins.iter_mut().map(|j| &mut j.on))
            .chain(&mut self.filter)
            .chain(&mut self.group_by)
            .chain(&mut self.having)
            .chain(self.order_by.iter_mut().map(|o| &mut o.expr))
            .for_each(visit);
    }
}
