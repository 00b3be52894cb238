//! Random functions of values.

use orm::ast::{BinaryOp, Bits, CastTo, Expr, Func};
use orm::value::Value;

use crate::data::Ty;
use crate::expressions::func;
use crate::generate::{Generator, Place, Scope};

fn int(n: u32) -> Expr {
    Expr::Value(Value::Int(n.into()))
}

fn text(text: &str) -> Expr {
    Expr::Value(Value::Text(text.to_owned()))
}

impl Generator<'_> {
    pub(crate) fn function(&mut self, ty: Ty, scope: &Scope, place: Place, depth: u32) -> Expr {
        match ty {
            Ty::Int => self.whole_number(scope, place, depth),
            Ty::Float => self.float(scope, place, depth),
            Ty::Text => self.text(scope, place, depth),
        }
    }

    fn whole_number(&mut self, scope: &Scope, place: Place, depth: u32) -> Expr {
        let int_arg = |g: &mut Self| g.expr(Ty::Int, scope, place, depth);
        match self.choices.below(11) {
            0 => func(Func::Abs, vec![int_arg(self)]),
            1 => func(Func::Length, vec![self.expr(Ty::Text, scope, place, depth)]),
            2 => {
                let other = self.own(Ty::Text, scope);
                let part = match self.choices.below(3) {
                    0 => text("c"),
                    1 => text(""),
                    _ => other.clone(),
                };
                func(Func::Position, vec![self.own(Ty::Text, scope), part])
            }
            3 => {
                let ty = self.ty_of_number();
                func(Func::Sign, vec![self.expr(ty, scope, place, depth)])
            }
            4 | 5 => {
                let which = self
                    .choices
                    .pick(&[Func::NullIf, Func::Greatest, Func::Least]);
                func(which, vec![int_arg(self), self.own(Ty::Int, scope)])
            }
            6 => {
                let by = match self.choices.below(4) {
                    0 => self.own(Ty::Int, scope),
                    1 => Expr::Value(Value::Int(-3)),
                    2 => int(0),
                    _ => int(3),
                };
                Expr::binary(self.own(Ty::Int, scope), BinaryOp::Rem, by)
            }
            7 | 8 => {
                let bits =
                    self.choices
                        .pick(&[Bits::And, Bits::Or, Bits::Xor, Bits::Left, Bits::Right]);
                let by = match self.choices.one_in(2) {
                    true => int(self.choices.below(4)),
                    false => self.own(Ty::Int, scope),
                };
                func(Func::Bits(bits, true), vec![self.own(Ty::Int, scope), by])
            }
            9 => Expr::Cast {
                expr: Box::new(self.expr(Ty::Float, scope, place, depth)),
                to: CastTo::Int,
            },
            // A strict server refuses to write what it makes of half a number.
            _ if self.writes => self.own(Ty::Int, scope),
            _ => Expr::Cast {
                expr: Box::new(self.own(Ty::Text, scope)),
                to: CastTo::Int,
            },
        }
    }

    fn ty_of_number(&mut self) -> Ty {
        self.choices.pick(&[Ty::Int, Ty::Float])
    }

    /// Only what is exact in binary digits, since it may be compared.
    fn float(&mut self, scope: &Scope, place: Place, depth: u32) -> Expr {
        let arg = |g: &mut Self| g.expr(Ty::Float, scope, place, depth);
        match self.choices.below(8) {
            0 => func(Func::Abs, vec![arg(self)]),
            1 => func(Func::Ceil, vec![arg(self)]),
            2 => func(Func::Floor, vec![arg(self)]),
            3 => func(Func::Round, vec![arg(self), int(self.choices.below(2))]),
            4 => {
                let by = self.choices.pick(&[2.0, -4.0, 0.5, 0.0]);
                let ty = self.ty_of_number();
                let over = self.expr(ty, scope, place, depth);
                Expr::binary(over, BinaryOp::Div, Expr::Value(Value::Double(by)))
            }
            5 => Expr::Cast {
                expr: Box::new(self.expr(Ty::Int, scope, place, depth)),
                to: CastTo::Double,
            },
            _ => {
                let which = self
                    .choices
                    .pick(&[Func::NullIf, Func::Greatest, Func::Least]);
                func(which, vec![arg(self), self.own(Ty::Float, scope)])
            }
        }
    }

    /// None ends in a blank: to SingleStore such texts may be equal to those without.
    fn text(&mut self, scope: &Scope, place: Place, depth: u32) -> Expr {
        let arg = |g: &mut Self| g.expr(Ty::Text, scope, place, depth);
        let cut = |which, args| func(Func::TrimEnd, vec![func(which, args)]);
        match self.choices.below(12) {
            0 => func(Func::Lower, vec![arg(self)]),
            1 => func(Func::Upper, vec![arg(self)]),
            2 => {
                let which = self
                    .choices
                    .pick(&[Func::Trim, Func::TrimEnd, Func::TrimStart]);
                func(which, vec![arg(self)])
            }
            3 => {
                let from = self.choices.pick(&["c", "é", "", "%"]);
                func(Func::Replace, vec![arg(self), text(from), text("_")])
            }
            4 | 5 => {
                let which = self.choices.pick(&[Func::Left, Func::Right]);
                cut(which, vec![arg(self), int(self.choices.below(4))])
            }
            6 => {
                let which = self.choices.pick(&[Func::PadStart, Func::PadEnd]);
                let fill = self.choices.pick(&["-+", "é", ""]);
                let length = int(self.choices.below(5));
                cut(which, vec![arg(self), length, text(fill)])
            }
            7 => cut(Func::Reverse, vec![arg(self)]),
            8 => {
                let from = int(self.choices.below(4));
                cut(
                    Func::Substr,
                    vec![arg(self), from, int(self.choices.below(3))],
                )
            }
            9 => func(Func::Repeat, vec![arg(self), int(self.choices.below(3))]),
            10 => Expr::Cast {
                expr: Box::new(self.expr(Ty::Int, scope, place, depth)),
                to: CastTo::Text,
            },
            _ => {
                let which = self
                    .choices
                    .pick(&[Func::NullIf, Func::Greatest, Func::Least]);
                func(which, vec![arg(self), self.own(Ty::Text, scope)])
            }
        }
    }
}
