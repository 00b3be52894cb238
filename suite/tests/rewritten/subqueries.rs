//! Random subqueries.

use orm::ast::{AggregateFunc, BinaryOp, Expr, Func, Order, Select};
use orm::value::Value;

use crate::classes::Class;
use crate::data::Ty;
use crate::expressions::{OTHER, func};
use crate::generate::{Generator, Level, Place, Scope, item, items};

impl Generator<'_> {
    /// Notes where a subquery stands.
    fn note(&mut self, place: Place, correlated: bool, equal: bool) {
        let class = match place {
            Place::List => correlated.then_some(Class::List),
            Place::Where => (correlated && !equal).then_some(Class::Where),
            Place::Having => correlated.then_some(Class::Having),
            Place::Group => Some(Class::Group),
            Place::Order => Some(Class::Order),
            Place::Aggregate => Some(Class::Aggregate),
            Place::Window => Some(Class::Window),
            Place::Written => correlated.then_some(Class::Written),
            Place::SubList => correlated.then_some(Class::Nested),
            Place::Sub => None,
        };
        self.classes.extend(class);
        if correlated && !equal {
            self.classes.insert(Class::MoreThanEqual);
        }
    }

    /// A select inside, its scope, and whether it refers to the row outside, and by equalities only.
    fn inner(&mut self, scope: &Scope, depth: u32) -> (Select, Scope, bool, bool) {
        let (mut select, level) = self.sources();
        let mut inside = scope.clone();
        inside.push(level);
        let (mut all, equal) = self.correlation(&inside);
        let correlated = !all.is_empty();
        if self.choices.one_in(3) {
            all.push(self.condition(&inside, Place::Sub, depth));
        }
        select.filter = match all.len() {
            0 => None,
            1 => all.pop(),
            _ => Some(Expr::And(all)),
        };
        (select, inside, correlated, equal)
    }

    /// Conditions that tie a subquery to rows outside, and whether all are equalities.
    fn correlation(&mut self, inside: &Scope) -> (Vec<Expr>, bool) {
        let outer = &inside[inside.len() - 2];
        let has = |level: &Level| level.columns.iter().any(|(_, ty)| *ty == Ty::Int);
        if !has(outer) {
            return (Vec::new(), true);
        }
        let (own, out) = (self.own(Ty::Int, inside), self.column(Ty::Int, outer));
        let equality = Expr::binary(own.clone(), BinaryOp::Eq, out.clone());
        let kind = self.choices.below(14);
        match kind {
            0..=4 => (vec![equality], true),
            5 => (Vec::new(), true),
            6 => (
                vec![
                    equality,
                    Expr::binary(
                        self.own(Ty::Int, inside),
                        BinaryOp::Eq,
                        self.column(Ty::Int, outer),
                    ),
                ],
                true,
            ),
            7 => {
                let op = self.choices.pick(&OTHER);
                (vec![Expr::binary(own, op, out)], false)
            }
            8 => {
                let op = self.choices.pick(&OTHER);
                let (own, out) = (self.own(Ty::Int, inside), self.column(Ty::Int, outer));
                (vec![equality, Expr::binary(own, op, out)], false)
            }
            9 => (vec![Expr::binary(out, BinaryOp::NullSafeEq, own)], true),
            10 => {
                let next = Expr::binary(out, BinaryOp::Add, Expr::Value(Value::Int(1)));
                (vec![Expr::binary(own, BinaryOp::Eq, next)], true)
            }
            11 => {
                let other = Expr::binary(
                    self.own(Ty::Int, inside),
                    BinaryOp::Gt,
                    Expr::Value(self.value(Ty::Int)),
                );
                (vec![Expr::Or(vec![equality, other])], false)
            }
            _ if inside.len() > 2 && has(&inside[inside.len() - 3]) => {
                self.classes.insert(Class::TwoLevels);
                let far = self.column(Ty::Int, &inside[inside.len() - 3]);
                let op = self.choices.pick(&[BinaryOp::Eq, BinaryOp::Le]);
                let far = Expr::binary(self.own(Ty::Int, inside), op, far);
                // Also to the row next to it: SQL takes an aggregate of nothing but columns further
                // out for one of the query that they belong to.
                (vec![equality, far], false)
            }
            _ => (vec![equality], true),
        }
    }

    pub(crate) fn exists(&mut self, scope: &Scope, place: Place, depth: u32) -> Expr {
        let (select, _, correlated, equal) = self.inner(scope, depth);
        self.note(place, correlated, equal);
        self.classes.insert(Class::Exists);
        Expr::Exists(Box::new(select))
    }

    pub(crate) fn in_select(&mut self, scope: &Scope, place: Place, depth: u32) -> Expr {
        let (mut select, inside, mut correlated, equal) = self.inner(scope, depth);
        if self.choices.one_in(3) {
            (select.filter, correlated) = (None, false);
        }
        self.note(place, correlated, equal);
        if correlated {
            self.classes.insert(Class::InSelect);
        }
        let value = self.own(Ty::Int, &inside);
        select.columns = vec![item(value.clone(), 0)];
        if !correlated && self.choices.one_in(2) {
            self.classes.insert(Class::InLimit);
            select.order_by = vec![Order {
                expr: value,
                descending: self.choices.one_in(2),
            }];
            select.limit = Some(u64::from(self.choices.below(4)) + 1);
        }
        Expr::InSelect {
            expr: Box::new(self.own(Ty::Int, scope)),
            select: Box::new(select),
        }
    }

    /// Two columns among those of a subquery.
    pub(crate) fn rows_in_select(&mut self, scope: &Scope, place: Place, depth: u32) -> Expr {
        let (mut select, inside, mut correlated, equal) = self.inner(scope, depth);
        if self.choices.one_in(3) {
            (select.filter, correlated) = (None, false);
        }
        self.note(place, correlated, equal);
        self.classes.insert(Class::RowsSelected);
        let types = [Ty::Int, self.ty()];
        let values = types.map(|ty| self.own(ty, &inside)).to_vec();
        if !correlated && self.choices.one_in(3) {
            self.classes.insert(Class::InLimit);
            let order = |expr: &Expr| Order {
                expr: expr.clone(),
                descending: false,
            };
            select.order_by = values.iter().map(order).collect();
            select.limit = Some(u64::from(self.choices.below(4)) + 1);
        }
        select.columns = items(values);
        Expr::RowInSelect {
            exprs: types.map(|ty| self.own(ty, scope)).to_vec(),
            select: Box::new(select),
        }
    }

    pub(crate) fn scalar(&mut self, ty: Ty, scope: &Scope, place: Place, depth: u32) -> Expr {
        let (mut select, inside, correlated, equal) = self.inner(scope, depth);
        self.note(place, correlated, equal);
        if self.choices.one_in(4) {
            if correlated {
                self.classes.insert(Class::FirstRow);
            }
            let value = self.expr(ty, &inside, Place::SubList, depth);
            let order = [self.own(Ty::Int, &inside), value.clone()];
            select.order_by = order
                .into_iter()
                .map(|expr| Order {
                    expr,
                    descending: self.choices.one_in(2),
                })
                .collect();
            select.columns = vec![item(value, 0)];
            select.limit = Some(1);
            select.offset = self.choices.one_in(4).then_some(1);
            return Expr::Scalar(Box::new(select));
        }
        let arg = |g: &mut Self| Some(Box::new(g.expr(ty, &inside, Place::SubList, depth)));
        let (func_, arg) = match (ty, self.choices.below(4)) {
            (Ty::Int, 0) => (AggregateFunc::Count, None),
            (Ty::Int, 1) => (AggregateFunc::Count, arg(self)),
            (Ty::Int | Ty::Float, 2) => (AggregateFunc::Sum, arg(self)),
            (_, 3) => (AggregateFunc::Min, arg(self)),
            _ => (AggregateFunc::Max, arg(self)),
        };
        let aggregate = Expr::Aggregate {
            func: func_,
            arg,
            distinct: false,
            decimal: false,
        };
        let value = match self.choices.below(6) {
            4 => func(Func::Coalesce, vec![aggregate, Expr::Value(self.value(ty))]),
            5 if ty != Ty::Text => {
                Expr::binary(aggregate, BinaryOp::Add, Expr::Value(self.value(ty)))
            }
            _ => aggregate,
        };
        select.columns = vec![item(value, 0)];
        Expr::Scalar(Box::new(select))
    }
}
