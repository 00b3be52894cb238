//! Random functions over windows.

use orm::ast::{AggregateFunc, Bound, Expr, Order, Window, WindowFunc};
use orm::value::Value;

use crate::data::Ty;
use crate::generate::{Generator, Place, Scope};

impl Generator<'_> {
    pub(crate) fn window(&mut self, scope: &Scope, keys: &[Order]) -> Expr {
        let mut partition_by = Vec::new();
        if self.choices.one_in(2) {
            partition_by.push(self.expr(Ty::Int, scope, Place::Window, 1));
        }
        let mut order_by = vec![Order {
            expr: self.expr(Ty::Int, scope, Place::Window, 2),
            descending: self.choices.one_in(2),
        }];
        let func = self.choices.pick(&[
            WindowFunc::RowNumber,
            WindowFunc::Rank,
            WindowFunc::Lag,
            WindowFunc::Aggregate,
            WindowFunc::DenseRank,
            WindowFunc::PercentRank,
            WindowFunc::CumeDist,
            WindowFunc::Ntile,
            WindowFunc::Lead,
            WindowFunc::FirstValue,
            WindowFunc::LastValue,
            WindowFunc::NthValue,
            WindowFunc::Aggregate,
        ]);
        let args = self.window_args(func, scope);
        if func.tells_ties_apart() {
            order_by.extend(keys.iter().cloned());
        }
        let frame = self.frame(func);
        Expr::Window(Box::new(Window {
            func,
            args,
            partition_by,
            order_by,
            frame,
        }))
    }

    fn window_args(&mut self, func: WindowFunc, scope: &Scope) -> Vec<Expr> {
        let number = |n: u32| Expr::Value(Value::Int(n.into()));
        match func {
            WindowFunc::Lag | WindowFunc::Lead => {
                let ty = self.ty();
                vec![self.own(ty, scope), number(self.choices.below(3) + 1)]
            }
            WindowFunc::FirstValue | WindowFunc::LastValue => {
                let ty = self.ty();
                vec![self.own(ty, scope)]
            }
            WindowFunc::NthValue => {
                let ty = self.ty();
                vec![self.own(ty, scope), number(self.choices.below(3) + 1)]
            }
            WindowFunc::Ntile => vec![number(self.choices.below(4) + 1)],
            WindowFunc::Aggregate => vec![self.running(scope)],
            _ => Vec::new(),
        }
    }

    /// An aggregate over the rows of a frame.
    fn running(&mut self, scope: &Scope) -> Expr {
        let func = self.choices.pick(&[
            AggregateFunc::Count,
            AggregateFunc::Sum,
            AggregateFunc::Min,
            AggregateFunc::Max,
            AggregateFunc::Avg,
        ]);
        let ty = match func {
            AggregateFunc::Min | AggregateFunc::Max => self.ty(),
            _ => Ty::Int,
        };
        Expr::Aggregate {
            func,
            arg: Some(Box::new(self.own(ty, scope))),
            distinct: false,
            decimal: false,
        }
    }

    /// A frame, where the function has one.
    fn frame(&mut self, func: WindowFunc) -> Option<(Bound, Bound)> {
        let framed = matches!(
            func,
            WindowFunc::Aggregate
                | WindowFunc::FirstValue
                | WindowFunc::LastValue
                | WindowFunc::NthValue
        );
        if !framed || self.choices.one_in(2) {
            return None;
        }
        Some(self.choices.pick(&[
            (Bound::Preceding(1), Bound::Current),
            (Bound::Unbounded, Bound::Current),
            (Bound::Unbounded, Bound::Unbounded),
            (Bound::Current, Bound::Unbounded),
            (Bound::Preceding(2), Bound::Preceding(1)),
            (Bound::Following(1), Bound::Following(2)),
            (Bound::Preceding(1), Bound::Following(1)),
            (Bound::Current, Bound::Current),
        ]))
    }
}
