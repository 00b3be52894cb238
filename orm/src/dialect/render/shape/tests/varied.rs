//! The same statement with other values.

use std::cell::RefCell;
use std::sync::Arc;

use super::super::again::{Terms, become_same, texts};
use crate::ast::{Expr, From, Join, OnConflict, Select, Statement, WithTable};
use crate::value::Value;

/// Another value of its kind.
fn other(value: &mut Value, seed: &mut u32) {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    let n = *seed >> 28;
    match value {
        Value::Int(v) => *v = n.into(),
        Value::Bool(v) => *v = n.is_multiple_of(2),
        Value::Text(v) => *v = format!("x{n}"),
        Value::Decimal(v) => *v = format!("{n}.25"),
        Value::Vector(v) => v.iter_mut().for_each(|x| *x += n as f32),
        _ => {}
    }
}

/// Other values of their kinds, the same ones wherever a named table is used.
struct Varied {
    seed: u32,
    /// Whether terms that are columns stay so.
    keeps: bool,
    tables: Vec<(Arc<WithTable>, Arc<WithTable>)>,
}

impl Varied {
    fn expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Value(value) => return other(value, &mut self.seed),
            Expr::In { list, .. } => {
                list.iter_mut().for_each(|v| other(v, &mut self.seed));
                let more = (self.seed >> 16) as usize % 3;
                list.extend(list.first().cloned().into_iter().cycle().take(more));
            }
            Expr::InRows { rows, .. } => {
                let more = (self.seed >> 16) as usize % 3;
                rows.extend(rows.first().cloned().into_iter().cycle().take(more));
                (rows.iter_mut().flatten()).for_each(|v| other(v, &mut self.seed));
            }
            Expr::Like { text, .. } | Expr::Regex { pattern: text, .. } => {
                text.push_str(["", "a", "%"][(self.seed >> 16) as usize % 3]);
            }
            Expr::GroupConcat { expr, order_by, .. } => {
                let same = texts(expr, order_by);
                self.expr(expr);
                for (order, same) in order_by.iter_mut().zip(same) {
                    match same && self.keeps {
                        true => become_same(&mut order.expr, expr),
                        false => self.expr(&mut order.expr),
                    }
                }
                return;
            }
            _ => {}
        }
        let shared = RefCell::new(self);
        expr.parts_mut(&mut |e| shared.borrow_mut().expr(e), &mut |s| {
            shared.borrow_mut().select(s);
        });
    }

    fn source(&mut self, source: &mut From) {
        match source {
            From::Subquery { select, .. } => self.select(select),
            From::With { table, .. } => {
                if let Some((_, known)) = self.tables.iter().find(|(t, _)| Arc::ptr_eq(t, table)) {
                    *table = Arc::clone(known);
                    return;
                }
                let before = Arc::clone(table);
                let mut varied = (**table).clone();
                self.select(&mut varied.select);
                if let Some(step) = &mut varied.step {
                    self.select(&mut step.select);
                }
                *table = Arc::new(varied);
                self.tables.push((before, Arc::clone(table)));
            }
            _ => {}
        }
    }

    fn select(&mut self, select: &mut Select) {
        let terms = Terms::of(select);
        select.sources_mut().for_each(|source| self.source(source));
        select.exprs_mut(&mut |e| self.expr(e));
        if self.keeps {
            terms.restore(select);
        }
    }

    fn joins(&mut self, joins: &mut [Join]) {
        for join in joins {
            self.source(&mut join.source);
            self.expr(&mut join.on);
        }
    }
}

pub(super) fn varied(statement: &Statement, seed: u32) -> Statement {
    let mut out = statement.clone();
    let mut varied = Varied {
        seed,
        keeps: !seed.is_multiple_of(4),
        tables: Vec::new(),
    };
    match &mut out {
        Statement::Select(select) => varied.select(select),
        Statement::SetOperation(operation) => {
            operation.parts.iter_mut().for_each(|s| varied.select(s));
        }
        Statement::Update(update) => {
            varied.joins(&mut update.joins);
            (update.set.iter_mut().map(|(_, e)| e))
                .chain(&mut update.filter)
                .for_each(|e| varied.expr(e));
        }
        Statement::Delete(delete) => {
            varied.joins(&mut delete.joins);
            delete.filter.iter_mut().for_each(|e| varied.expr(e));
        }
        Statement::Insert(insert) => {
            let seed = &mut varied.seed;
            insert.values.iter_mut().for_each(|v| other(v, seed));
            if let Some(OnConflict::Update { set, .. }) = &mut insert.on_conflict {
                set.iter_mut().for_each(|(_, e)| varied.expr(e));
            }
        }
        Statement::Raw(raw) => raw.params.iter_mut().for_each(|e| varied.expr(e)),
    }
    out
}
