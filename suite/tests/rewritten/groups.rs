//! Random aggregates and conditions on groups.

use orm::ast::{AggregateFunc, Expr, Order};

use crate::data::Ty;
use crate::expressions::OTHER;
use crate::generate::{Generator, Place, Scope};

impl Generator<'_> {
    /// An aggregate of the rows of a group.
    pub(crate) fn aggregate(&mut self, scope: &Scope) -> Expr {
        let aggregate = |func, arg: Option<Expr>, distinct| Expr::Aggregate {
            func,
            arg: arg.map(Box::new),
            distinct,
            decimal: false,
        };
        match self.choices.below(7) {
            0 => aggregate(AggregateFunc::Count, None, false),
            1 => aggregate(AggregateFunc::Count, Some(self.own(Ty::Int, scope)), true),
            2 => aggregate(
                AggregateFunc::Max,
                Some(self.expr(Ty::Text, scope, Place::Aggregate, 1)),
                false,
            ),
            3 => aggregate(
                AggregateFunc::Avg,
                Some(self.expr(Ty::Int, scope, Place::Aggregate, 2)),
                false,
            ),
            4 => {
                let text = self.own(Ty::Text, scope);
                let number = self.own(Ty::Int, scope);
                Expr::GroupConcat {
                    expr: Box::new(text.clone()),
                    distinct: false,
                    separator: "-".to_owned(),
                    order_by: [number, text]
                        .map(|expr| Order {
                            expr,
                            descending: false,
                        })
                        .to_vec(),
                }
            }
            _ => aggregate(
                AggregateFunc::Sum,
                Some(self.expr(Ty::Int, scope, Place::Aggregate, 2)),
                false,
            ),
        }
    }

    pub(crate) fn having(&mut self, scope: &Scope, group: &Scope) -> Expr {
        let left = self.aggregate_number(scope);
        let op = self.choices.pick(&OTHER);
        match self.choices.below(4) {
            0 => Expr::binary(left, op, Expr::Value(self.value(Ty::Int))),
            1 => Expr::Or(vec![
                Expr::binary(left, op, Expr::Value(self.value(Ty::Int))),
                self.exists(group, Place::Having, 1),
            ]),
            _ => Expr::binary(left, op, self.scalar(Ty::Int, group, Place::Having, 1)),
        }
    }

    fn aggregate_number(&mut self, scope: &Scope) -> Expr {
        Expr::Aggregate {
            func: self
                .choices
                .pick(&[AggregateFunc::Count, AggregateFunc::Sum]),
            arg: Some(Box::new(self.own(Ty::Int, scope))),
            distinct: false,
            decimal: false,
        }
    }
}
