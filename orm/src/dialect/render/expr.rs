//! Expressions.

use std::fmt::Write as _;

use super::{Like, Result, Writer, scope};
use crate::ast::{Alias, BinaryOp, Expr, LikeKind, Select};
use crate::dialect::value::{Bound, bound, hex};
use crate::dialect::{Dialect, RowValues};
use crate::value::Value;

impl Writer<'_> {
    /// An expression where nothing around it can take a part of it.
    pub(in crate::dialect) fn expr(&mut self, expr: &Expr) -> Result {
        let d = self.d;
        match expr {
            Expr::Column { table, name } => self.column(*table, name),
            Expr::Named(name) => self.named(name),
            Expr::Value(value) => d.param(self, value)?,
            Expr::Binary { left, op, right } => self.binary(left, *op, right)?,
            Expr::And(all) => self.junction(all, " AND ", "1 = 1")?,
            Expr::Or(any) => self.junction(any, " OR ", "1 = 0")?,
            Expr::Not(e) => {
                self.push("NOT ");
                let around = std::mem::replace(&mut self.negated, true);
                self.parens(e)?;
                self.negated = around;
            }
            Expr::IsNotTrue(e) => {
                self.parens(e)?;
                self.push(" IS NOT TRUE");
            }
            Expr::IsNull(e) => self.postfix(e, " IS NULL")?,
            Expr::IsNotNull(e) => self.postfix(e, " IS NOT NULL")?,
            Expr::In { expr, list } => self.in_list(expr, list)?,
            Expr::InRows { exprs, rows } => self.in_rows(exprs, rows)?,
            Expr::InSelect { expr, select } => {
                self.postfix(expr, " IN ")?;
                self.members(select)?;
            }
            Expr::RowInSelect { exprs, select } => {
                self.push("(");
                self.list(exprs, Self::expr)?;
                self.push(") IN ");
                self.members(select)?;
            }
            Expr::Between { expr, low, high } => {
                self.postfix(expr, " BETWEEN ")?;
                self.postfix(low, " AND ")?;
                self.operand(high)?;
            }
            Expr::Like {
                expr,
                kind,
                text,
                ignore_case,
            } => self.text_match(&Like {
                expr,
                kind: *kind,
                text,
                ignore_case: *ignore_case,
            })?,
            Expr::Regex {
                expr,
                pattern,
                ignore_case,
            } => d.regex(self, expr, d.pattern(pattern, *ignore_case), *ignore_case)?,
            Expr::Exists(select) => {
                self.push("EXISTS ");
                self.subselect(select)?;
            }
            Expr::Scalar(select) => self.subselect(select)?,
            Expr::Func { func, args } => d.func(self, *func, args)?,
            Expr::Aggregate {
                func,
                arg,
                distinct,
                decimal,
            } => self.aggregate(*func, arg.as_deref(), *distinct, *decimal)?,
            Expr::GroupConcat {
                expr,
                distinct,
                separator,
                order_by,
            } => self.group_concat(expr, *distinct, separator, order_by)?,
            Expr::Cast { expr, to } => d.cast(self, expr, *to)?,
            Expr::Json(json) => d.json(self, json)?,
            Expr::Window(window) => self.window(window)?,
            Expr::Apart(_) | Expr::Outer(_) => {
                return Err(self.refuse(
                    "`outer(…)` in a query that stands in no other",
                    "name a column of the query around: `x.filter(|x| exists(y.filter(|y| y.x().eq(outer(x.id())))))`",
                ));
            }
            Expr::Case { whens, otherwise } => self.case(whens, otherwise.as_deref())?,
            Expr::Raw(raw) => self.raw(raw)?,
        }
        Ok(())
    }

    /// A column of a table: qualified by its alias, that of the written table by its name.
    fn column(&mut self, table: Alias, name: &str) {
        match self.target {
            Some(t) if t.alias.is_none_or(|a| a == table) => self.name(t.table),
            _ => self.alias(table),
        }
        self.push(".");
        self.name(name);
    }

    /// A bare name; in an INSERT the value that was to be inserted.
    fn named(&mut self, name: &str) {
        match self.target {
            Some(t) if t.alias.is_none() => {
                let d = self.d;
                d.proposed(self, name);
            }
            _ => self.name(name),
        }
    }

    /// An operand and what follows it.
    fn postfix(&mut self, expr: &Expr, text: &str) -> Result {
        self.operand(expr)?;
        self.push(text);
        Ok(())
    }

    fn case(&mut self, whens: &[(Expr, Expr)], otherwise: Option<&Expr>) -> Result {
        self.push("CASE");
        for (when, then) in whens {
            self.push(" WHEN ");
            self.expr(when)?;
            self.push(" THEN ");
            self.expr(then)?;
        }
        if let Some(otherwise) = otherwise {
            self.push(" ELSE ");
            self.expr(otherwise)?;
        }
        self.push(" END");
        // SQLite would compare the results by what the conditions compare decimals by.
        let decimals = self.d.features().decimal_as_text
            && whens.iter().any(|(when, _)| scope::names_decimals(when));
        if decimals {
            self.push(" COLLATE BINARY");
        }
        Ok(())
    }

    /// An expression as an operand: in parentheses unless it is one piece anyway.
    pub(in crate::dialect) fn operand(&mut self, expr: &Expr) -> Result {
        match expr {
            Expr::Column { .. }
            | Expr::Named(_)
            | Expr::Value(_)
            | Expr::Scalar(_)
            | Expr::Func { .. }
            | Expr::Aggregate { .. }
            | Expr::GroupConcat { .. }
            | Expr::Window(_)
            | Expr::Cast { .. } => self.expr(expr),
            _ => self.parens(expr),
        }
    }

    /// An expression in parentheses.
    pub(in crate::dialect) fn parens(&mut self, expr: &Expr) -> Result {
        self.push("(");
        self.expr(expr)?;
        self.push(")");
        Ok(())
    }

    /// `NAME(a, b)`.
    pub(in crate::dialect) fn call(&mut self, name: &str, args: &[Expr]) -> Result {
        self.push(name);
        self.push("(");
        self.list(args, Self::expr)?;
        self.push(")");
        Ok(())
    }

    fn binary(&mut self, left: &Expr, op: BinaryOp, right: &Expr) -> Result {
        if op == BinaryOp::Div {
            // A float on every backend: MySQL's family would give an exact number of four more
            // digits, SQLite would cut integers.
            let d = self.d;
            d.double(self, left)?;
        } else {
            self.operand(left)?;
        }
        self.push(match op {
            BinaryOp::Eq => " = ",
            BinaryOp::Ne => " <> ",
            BinaryOp::Lt => " < ",
            BinaryOp::Le => " <= ",
            BinaryOp::Gt => " > ",
            BinaryOp::Ge => " >= ",
            BinaryOp::NullSafeEq => self.d.null_safe_eq(),
            BinaryOp::Add => " + ",
            BinaryOp::Sub => " - ",
            BinaryOp::Mul => " * ",
            BinaryOp::Div => " / ",
            BinaryOp::Rem => " % ",
        });
        self.operand(right)
    }

    fn junction(&mut self, all: &[Expr], word: &str, empty: &str) -> Result {
        match all {
            [] => self.push(empty),
            [one] => return self.expr(one),
            _ => {
                for (i, e) in all.iter().enumerate() {
                    if i > 0 {
                        self.push(word);
                    }
                    // Comparisons and NOT bind tighter than AND and OR.
                    if matches!(e, Expr::Raw(_) | Expr::And(_) | Expr::Or(_)) {
                        self.parens(e)?;
                    } else {
                        self.expr(e)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn padded(&self, n: usize, width: usize) -> usize {
        super::padded(self.d.features(), n, width)
    }

    fn in_list(&mut self, expr: &Expr, list: &[Value]) -> Result {
        if list.is_empty() {
            self.push("1 = 0");
            return Ok(());
        }
        self.operand(expr)?;
        self.push(" IN (");
        // A list that would take most of a statement's parameters stands in the text instead.
        self.written = list.len() > self.d.features().max_params / 2;
        for i in 0..self.padded(list.len(), 1) {
            if i > 0 {
                self.push(", ");
            }
            let value = &list[i.min(list.len() - 1)];
            self.d.param(self, value)?;
        }
        self.written = false;
        self.push(")");
        Ok(())
    }

    fn in_rows(&mut self, exprs: &[Expr], rows: &[Vec<Value>]) -> Result {
        if rows.is_empty() || exprs.is_empty() {
            self.push("1 = 0");
            return Ok(());
        }
        let features = self.d.features();
        let style = match features.row_values {
            RowValues::List if self.negated && !features.negated_rows => RowValues::Or,
            style => style,
        };
        let padded =
            (0..self.padded(rows.len(), exprs.len())).map(|i| &rows[i.min(rows.len() - 1)]);
        if style == RowValues::Or {
            self.push("(");
            for (i, row) in padded.enumerate() {
                self.push(if i > 0 { " OR (" } else { "(" });
                for (j, (expr, value)) in exprs.iter().zip(row).enumerate() {
                    if j > 0 {
                        self.push(" AND ");
                    }
                    self.operand(expr)?;
                    self.push(" = ");
                    self.d.param(self, value)?;
                }
                self.push(")");
            }
            self.push(")");
            return Ok(());
        }
        self.push("(");
        self.list(exprs, Self::expr)?;
        self.push(if style == RowValues::Values {
            ") IN (VALUES "
        } else {
            ") IN ("
        });
        for (i, row) in padded.enumerate() {
            self.push(if i > 0 { ", (" } else { "(" });
            self.list(row, |w, v| w.d.param(w, v))?;
            self.push(")");
        }
        self.push(")");
        Ok(())
    }

    /// The select of an IN.
    fn members(&mut self, select: &Select) -> Result {
        let bounded = select.limit.is_some() || select.offset.is_some();
        if !bounded || self.d.features().limit_in_subquery {
            return self.subselect(select);
        }
        if scope::correlated(select) {
            return Err(self.refuse(
                "LIMIT in a subquery of IN that refers to the query around it",
                "leave out the limit, or fetch the keys in a query of their own",
            ));
        }
        self.push("(");
        self.wrapped(select, false)?;
        self.push(")");
        Ok(())
    }

    /// A select inside an expression, in parentheses. Where it reads the table that the statement
    /// writes, it becomes a derived table as a whole, which is computed once; one that refers to the
    /// statement's own row cannot, so there [`Writer::table_source`] wraps only the table.
    fn subselect(&mut self, select: &Select) -> Result {
        let features = self.d.features();
        let clash = self
            .target
            .is_some_and(|t| scope::reads(select, t.table) && !features.self_select);
        let wrap = clash && !scope::correlated(select);
        // The rows of an INSERT have no alias, so nothing inside can refer to them.
        let apart = wrap || self.target.is_some_and(|t| t.alias.is_none());
        let target = self.target;
        if apart {
            self.target = None;
        }
        self.push("(");
        if wrap {
            self.wrapped(select, features.merges_derived)?;
        } else {
            self.select(select)?;
        }
        self.push(")");
        self.target = target;
        Ok(())
    }

    fn text_match(&mut self, like: &Like<'_>) -> Result {
        let needle = like.needle(self.d)?;
        if like.kind != LikeKind::Exact {
            return self.d.like(self, like, needle);
        }
        if like.ignore_case {
            self.lower(like.expr)?;
            self.push(" = LOWER(");
            self.mark(Value::Text(needle.text));
            self.push(")");
        } else {
            self.operand(like.expr)?;
            self.push(" = ");
            self.mark(Value::Text(needle.text));
        }
        Ok(())
    }

    /// `LOWER(expr)`.
    pub(in crate::dialect) fn lower(&mut self, expr: &Expr) -> Result {
        self.push("LOWER(");
        self.expr(expr)?;
        self.push(")");
        Ok(())
    }
}

/// The pattern of a text match: what the `special` characters mean is taken from them by `escape`,
/// and `any` stands for any text.
pub(in crate::dialect) fn like_pattern(
    kind: LikeKind,
    text: &str,
    any: char,
    mut escape: impl FnMut(&mut String, char),
) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    if kind == LikeKind::Pattern {
        let one = if any == '*' { '?' } else { '_' };
        text.chars().for_each(|c| match c {
            '%' => out.push(any),
            '_' => out.push(one),
            c => escape(&mut out, c),
        });
        return out;
    }
    if matches!(kind, LikeKind::Contains | LikeKind::EndsWith) {
        out.push(any);
    }
    text.chars().for_each(|c| escape(&mut out, c));
    if matches!(kind, LikeKind::Contains | LikeKind::StartsWith) {
        out.push(any);
    }
    out
}

/// A value as a literal; `text` writes the literal of a text.
pub(in crate::dialect) fn literal_text(
    d: &dyn Dialect,
    out: &mut String,
    value: &Value,
    text: impl FnOnce(&mut String, &str),
) -> Result {
    // Writing to a String cannot fail.
    let _ = match bound(d, value)? {
        Bound::Null => write!(out, "NULL"),
        Bound::Int(v) => write!(out, "{v}"),
        Bound::UInt(v) => write!(out, "{v}"),
        // The shortest digits that read back as the same number; the exponent makes it a float.
        Bound::Double(v) => write!(out, "{v:e}"),
        Bound::Decimal(v) => write!(out, "{v}"),
        Bound::Bytes(v) => write!(out, "X'{}'", hex(v, true)),
        Bound::Text(v) => {
            text(out, &v);
            Ok(())
        }
        Bound::Short(v) => {
            text(out, v.as_str());
            Ok(())
        }
    };
    Ok(())
}
