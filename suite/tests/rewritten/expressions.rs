//! Random expressions and the subqueries in them.

use orm::ast::{
    AggregateFunc, BinaryOp, Bound, Expr, Func, LikeKind, Order, Select, Window, WindowFunc,
};
use orm::value::Value;

use crate::classes::Class;
use crate::data::{TEXTS, Ty};
use crate::generate::{Generator, Level, Place, Scope, item, items};

const COMPARISONS: [BinaryOp; 7] = [
    BinaryOp::Eq,
    BinaryOp::Lt,
    BinaryOp::Le,
    BinaryOp::Gt,
    BinaryOp::Ge,
    BinaryOp::Ne,
    BinaryOp::NullSafeEq,
];

const OTHER: [BinaryOp; 5] = [
    BinaryOp::Lt,
    BinaryOp::Ge,
    BinaryOp::Gt,
    BinaryOp::Le,
    BinaryOp::Ne,
];

fn func(func: Func, args: Vec<Expr>) -> Expr {
    Expr::Func { func, args }
}

impl Generator<'_> {
    pub(crate) fn ty(&mut self) -> Ty {
        self.choices.pick(&[Ty::Int, Ty::Int, Ty::Float, Ty::Text])
    }

    pub(crate) fn value(&mut self, ty: Ty) -> Value {
        match ty {
            Ty::Int => Value::Int(i64::from(self.choices.below(7))),
            Ty::Float => Value::Double(f64::from(self.choices.below(12)) / 2.0),
            Ty::Text => Value::Text(self.choices.pick(&TEXTS).to_owned()),
        }
    }

    /// A column of a type; a value where there is none.
    pub(crate) fn column(&mut self, ty: Ty, level: &Level) -> Expr {
        let columns = level.columns.iter().filter(|(_, t)| *t == ty);
        let columns: Vec<&Expr> = columns.map(|(column, _)| column).collect();
        match columns.len() {
            0 => Expr::Value(self.value(ty)),
            n => columns[self.choices.below(n as u32) as usize].clone(),
        }
    }

    fn own(&mut self, ty: Ty, scope: &Scope) -> Expr {
        self.column(ty, &scope[scope.len() - 1])
    }

    pub(crate) fn expr(&mut self, ty: Ty, scope: &Scope, place: Place, depth: u32) -> Expr {
        if depth == 0 {
            return self.own(ty, scope);
        }
        match self.choices.below(12) {
            0..=3 => self.own(ty, scope),
            4 => {
                let left = self.expr(ty, scope, place, depth - 1);
                match ty {
                    Ty::Text => func(Func::Concat, vec![left, self.own(ty, scope)]),
                    _ => {
                        let ops = [BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul];
                        let op = self.choices.pick(&ops);
                        let right = match self.choices.one_in(2) {
                            true => Expr::Value(self.value(ty)),
                            false => self.own(ty, scope),
                        };
                        Expr::binary(left, op, right)
                    }
                }
            }
            5 => Expr::Case {
                whens: vec![(self.condition(scope, place, depth - 1), self.own(ty, scope))],
                otherwise: match self.choices.one_in(3) {
                    true => None,
                    false => Some(Box::new(self.expr(ty, scope, place, depth - 1))),
                },
            },
            6 => {
                let first = self.expr(ty, scope, place, depth - 1);
                func(Func::Coalesce, vec![first, Expr::Value(self.value(ty))])
            }
            _ => self.scalar(ty, scope, place, depth - 1),
        }
    }

    pub(crate) fn condition(&mut self, scope: &Scope, place: Place, depth: u32) -> Expr {
        let deep = depth > 0;
        match self.choices.below(if deep { 18 } else { 8 }) {
            0..=2 => {
                let ty = self.ty();
                let left = self.own(ty, scope);
                let op = self.choices.pick(&COMPARISONS);
                let right = match self.choices.one_in(3) {
                    true => self.own(ty, scope),
                    false => Expr::Value(self.value(ty)),
                };
                Expr::binary(left, op, right)
            }
            3 => {
                let ty = self.ty();
                Expr::IsNotNull(Box::new(self.own(ty, scope)))
            }
            4 => Expr::In {
                expr: Box::new(self.own(Ty::Int, scope)),
                list: (0..=self.choices.below(3))
                    .map(|_| self.value(Ty::Int))
                    .collect(),
            },
            5 => Expr::Between {
                expr: Box::new(self.own(Ty::Int, scope)),
                low: Box::new(Expr::Value(self.value(Ty::Int))),
                high: Box::new(self.own(Ty::Int, scope)),
            },
            6 => Expr::Like {
                expr: Box::new(self.own(Ty::Text, scope)),
                kind: LikeKind::Contains,
                text: self.choices.pick(&["c", "B", "é"]).to_owned(),
                ignore_case: false,
            },
            7 => self.in_rows(scope),
            8 => Expr::Not(Box::new(self.condition(scope, place, depth - 1))),
            9 => Expr::IsNotTrue(Box::new(self.condition(scope, place, depth - 1))),
            10 => Expr::And(vec![
                self.condition(scope, place, depth - 1),
                self.condition(scope, place, depth - 1),
            ]),
            11 => Expr::Or(vec![
                self.condition(scope, place, depth - 1),
                self.condition(scope, place, depth - 1),
            ]),
            12 | 13 => self.exists(scope, place, depth - 1),
            14 => self.in_select(scope, place, depth - 1),
            15 => self.rows_in_select(scope, place, depth - 1),
            _ => {
                let ty = self.choices.pick(&[Ty::Int, Ty::Float]);
                let left = self.own(ty, scope);
                let op = self.choices.pick(&COMPARISONS);
                Expr::binary(left, op, self.scalar(ty, scope, place, depth - 1))
            }
        }
    }

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

    fn in_select(&mut self, scope: &Scope, place: Place, depth: u32) -> Expr {
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

    fn in_rows(&mut self, scope: &Scope) -> Expr {
        self.classes.insert(Class::Rows);
        let types = [Ty::Int, self.ty()];
        Expr::InRows {
            exprs: types.map(|ty| self.own(ty, scope)).to_vec(),
            rows: (0..=self.choices.below(3))
                .map(|_| types.map(|ty| self.value(ty)).to_vec())
                .collect(),
        }
    }

    /// Two columns among those of a subquery.
    fn rows_in_select(&mut self, scope: &Scope, place: Place, depth: u32) -> Expr {
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
        ]);
        let args = match func {
            WindowFunc::Lag => vec![self.own(Ty::Int, scope)],
            WindowFunc::Aggregate => vec![self.aggregate_number(scope)],
            _ => Vec::new(),
        };
        if func.tells_ties_apart() {
            order_by.extend(keys.iter().cloned());
        }
        let framed = func == WindowFunc::Aggregate && self.choices.one_in(2);
        Expr::Window(Box::new(Window {
            func,
            args,
            partition_by,
            order_by,
            frame: framed.then_some((Bound::Preceding(1), Bound::Current)),
        }))
    }
}
