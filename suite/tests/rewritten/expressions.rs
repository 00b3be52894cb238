//! Random expressions and conditions.

use orm::ast::{BinaryOp, Expr, Func, LikeKind};
use orm::value::Value;

use crate::classes::Class;
use crate::data::{TEXTS, Ty};
use crate::generate::{Generator, Level, Place, Scope};

const COMPARISONS: [BinaryOp; 7] = [
    BinaryOp::Eq,
    BinaryOp::Lt,
    BinaryOp::Le,
    BinaryOp::Gt,
    BinaryOp::Ge,
    BinaryOp::Ne,
    BinaryOp::NullSafeEq,
];

pub(crate) const OTHER: [BinaryOp; 5] = [
    BinaryOp::Lt,
    BinaryOp::Ge,
    BinaryOp::Gt,
    BinaryOp::Le,
    BinaryOp::Ne,
];

/// What is looked for in texts.
const PARTS: [&str; 14] = [
    "c", "B", "é", "É", "", "%", "_", "\\", "'", "*", "[", "|", "a_", "?",
];

pub(crate) fn func(func: Func, args: Vec<Expr>) -> Expr {
    Expr::Func { func, args }
}

impl Generator<'_> {
    pub(crate) fn ty(&mut self) -> Ty {
        self.choices.pick(&[Ty::Int, Ty::Int, Ty::Float, Ty::Text])
    }

    pub(crate) fn value(&mut self, ty: Ty) -> Value {
        match ty {
            Ty::Int => Value::Int(match self.choices.below(9) {
                7 => -2,
                8 => 100_000,
                n => n.into(),
            }),
            Ty::Float => Value::Double(match self.choices.below(14) {
                12 => -1.5,
                13 => -0.25,
                n => f64::from(n) / 2.0,
            }),
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

    pub(crate) fn own(&mut self, ty: Ty, scope: &Scope) -> Expr {
        self.column(ty, &scope[scope.len() - 1])
    }

    pub(crate) fn expr(&mut self, ty: Ty, scope: &Scope, place: Place, depth: u32) -> Expr {
        if depth == 0 {
            return self.own(ty, scope);
        }
        match self.choices.below(14) {
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
            7 | 8 => self.function(ty, scope, place, depth - 1),
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
            6 => self.like(scope),
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

    /// A match of texts, in which what is special to a pattern stands for itself.
    fn like(&mut self, scope: &Scope) -> Expr {
        let expr = Box::new(self.own(Ty::Text, scope));
        let ignore_case = self.choices.one_in(3);
        if self.choices.one_in(6) {
            let pattern = self.choices.pick(&["^[a-c]", "é", "[0-9]+$", "^$", "a.b"]);
            return Expr::Regex {
                expr,
                pattern: pattern.to_owned(),
                ignore_case,
            };
        }
        Expr::Like {
            expr,
            kind: self.choices.pick(&[
                LikeKind::Contains,
                LikeKind::StartsWith,
                LikeKind::EndsWith,
                LikeKind::Exact,
                LikeKind::Pattern,
            ]),
            text: self.choices.pick(&PARTS).to_owned(),
            ignore_case,
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
}
