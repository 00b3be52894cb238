//! The shapes of expressions.

use super::super::{Like, Needle};
use super::again;
use super::cache::LONGEST;
use super::walk::Walk;
use crate::ast::{Expr, Func, Json, JsonOp, JsonStep, LikeKind, Order, RawSql, Window};
use crate::value::Value;

impl Walk<'_> {
    pub(super) fn exprs(&mut self, exprs: &[Expr]) -> bool {
        self.count(exprs.len()) && exprs.iter().all(|e| self.expr(e))
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Column { table, name } => self.tag(1) && self.alias(*table) && self.name(name),
            Expr::Named(name) => self.tag(2) && self.name(name),
            Expr::Value(value) => self.tag(3) && self.value(value.clone()),
            Expr::Binary { left, op, right } => {
                self.tag(4) && self.tag(*op as u8) && self.expr(left) && self.expr(right)
            }
            Expr::And(all) => self.tag(5) && self.exprs(all),
            Expr::Or(any) => self.tag(6) && self.exprs(any),
            Expr::Not(e) => self.tag(7) && self.expr(e),
            Expr::IsNotTrue(e) => self.tag(8) && self.expr(e),
            Expr::IsNull(e) => self.tag(9) && self.expr(e),
            Expr::IsNotNull(e) => self.tag(10) && self.expr(e),
            Expr::In { expr, list } => self.tag(11) && self.expr(expr) && self.list(list),
            Expr::Between { expr, low, high } => {
                self.tag(12) && self.expr(expr) && self.expr(low) && self.expr(high)
            }
            Expr::Case { whens, otherwise } => {
                self.tag(13)
                    && self.count(whens.len())
                    && (whens.iter()).all(|(when, then)| self.expr(when) && self.expr(then))
                    && self.optional(otherwise.as_deref())
            }
            Expr::Func { func, args } => self.tag(14) && self.func(*func, args),
            Expr::Cast { expr, to } => {
                self.tag(15) && self.hashed(to) && self.inside(|walk| walk.expr(expr))
            }
            Expr::Aggregate {
                func,
                arg,
                distinct,
                decimal,
            } => {
                self.tag(16)
                    && self.hashed(func)
                    && self.flag(*distinct)
                    && self.flag(*decimal)
                    && match arg {
                        None => self.tag(0),
                        Some(arg) => self.tag(1) && self.inside(|walk| walk.expr(arg)),
                    }
            }
            Expr::Window(window) => self.tag(17) && self.window(window),
            Expr::Json(json) => self.tag(18) && self.json(json),
            Expr::InRows { exprs, rows } => self.tag(19) && self.exprs(exprs) && self.rows(rows),
            Expr::InSelect { expr, select } => {
                self.tag(20) && self.expr(expr) && self.inner(select)
            }
            Expr::RowInSelect { exprs, select } => {
                self.tag(21) && self.exprs(exprs) && self.inner(select)
            }
            Expr::Exists(select) => self.tag(22) && self.inner(select),
            Expr::Scalar(select) => self.tag(23) && self.inner(select),
            Expr::Like {
                expr,
                kind,
                text,
                ignore_case,
            } => {
                let like = Like {
                    expr,
                    kind: *kind,
                    text,
                    ignore_case: *ignore_case,
                };
                self.tag(24)
                    && self.tag(*kind as u8)
                    && self.flag(*ignore_case)
                    && self.expr(expr)
                    && self.like(&like)
            }
            Expr::Regex {
                expr,
                pattern,
                ignore_case,
            } => {
                // A dialect may have a function for it, which takes the pattern first.
                self.moved |= *ignore_case;
                self.tag(25)
                    && self.flag(*ignore_case)
                    && self.expr(expr)
                    && self.value(Value::Text(self.d.pattern(pattern, *ignore_case)))
            }
            Expr::GroupConcat {
                expr,
                distinct,
                separator,
                order_by,
            } => {
                self.tag(26)
                    && self.flag(*distinct)
                    && self.text(separator)
                    && self.inside(|walk| walk.joined(expr, order_by))
            }
            Expr::Raw(raw) => self.tag(27) && self.raw(raw),
            // Refused by the renderer, which says why: they have no text.
            Expr::Apart(_) | Expr::Outer(_) => false,
        }
    }

    /// What is looked for, as a dialect sends it. What it refuses has no text.
    fn like(&mut self, like: &Like<'_>) -> bool {
        let Ok(Needle { text, plain }) = like.needle(self.d) else {
            return false;
        };
        // Without a pattern, functions find it, of which some take the text first or twice.
        self.moved |= plain && like.kind != LikeKind::Exact;
        self.flag(plain) && self.value(Value::Text(text))
    }

    /// The texts that are joined, and their order. The order by the text itself is a special one.
    fn joined(&mut self, text: &Expr, order_by: &[Order]) -> bool {
        // A dialect may write the terms twice, and the separator as a parameter.
        self.moved = true;
        self.expr(text)
            && self.count(order_by.len())
            && order_by.iter().all(|order| {
                let Order { expr, descending } = order;
                self.unless_equal(|walk| walk.expr(expr), || again::of_text(text, expr))
                    && self.flag(*descending)
            })
    }

    fn window(&mut self, window: &Window) -> bool {
        let Window {
            func,
            args,
            partition_by,
            order_by,
            frame,
        } = window;
        self.hashed(func)
            && self.exprs(args)
            && self.exprs(partition_by)
            && self.count(order_by.len())
            && order_by.iter().all(|order| {
                let Order { expr, descending } = order;
                self.expr(expr) && self.flag(*descending)
            })
            // Its numbers stand in the text.
            && self.hashed(frame)
    }

    /// SQL text is told by itself.
    pub(super) fn raw(&mut self, raw: &RawSql) -> bool {
        let RawSql { parts, params } = raw;
        parts.iter().map(|part| part.len()).sum::<usize>() <= LONGEST
            && self.names(parts)
            && self.exprs(params)
    }

    fn func(&mut self, func: Func, args: &[Expr]) -> bool {
        // The search may move what it compares to in front of the condition.
        self.moved |= matches!(func, Func::Nearest(_));
        self.hashed(&func) && self.inside(|walk| walk.exprs(args))
    }

    /// The path stands in the text.
    fn json(&mut self, json: &Json) -> bool {
        let Json {
            op,
            doc,
            path,
            other,
        } = json;
        // A change may write the document, and what is in it, twice.
        self.moved |= matches!(op, JsonOp::Set | JsonOp::Remove);
        self.hashed(op)
            && self.inside(|walk| walk.expr(doc))
            && self.count(path.len())
            && path.iter().all(|step| match step {
                JsonStep::Key(key) => self.tag(0) && self.text(key),
                JsonStep::Item(n) => self.tag(1) && self.word(u64::from(*n)),
            })
            && match other {
                None => self.tag(0),
                Some(other) => self.tag(1) && self.inside(|walk| walk.expr(other)),
            }
    }
}
