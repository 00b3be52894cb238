//! Gives a select that was built by itself its place in the statement around it.

use super::{Alias, Expr, From, Select};

/// Numbers the tables of every select that stands [`Apart`](Expr::Apart) in an expression from
/// `next` on, and frees what belongs to the query around it.
pub fn place(expr: &mut Expr, next: &mut u16) {
    if let Expr::Apart(inner) = expr {
        let mut inner = std::mem::replace(&mut **inner, Expr::And(Vec::new()));
        let mut shift = Shift {
            by: *next,
            highest: 0,
        };
        shift.expr(&mut inner);
        *next = next.saturating_add(shift.highest + 1);
        *expr = inner;
        return;
    }
    // Both closures go on with the same counter, one at a time.
    let counter = std::cell::Cell::new(*next);
    let with = |run: &mut dyn FnMut(&mut u16)| {
        let mut n = counter.get();
        run(&mut n);
        counter.set(n);
    };
    expr.parts_mut(&mut |e| with(&mut |n| place(e, n)), &mut |s| {
        with(&mut |n| place_in(s, n))
    });
    *next = counter.get();
}

/// The same for all expressions of a select and of those inside.
fn place_in(select: &mut Select, next: &mut u16) {
    select.exprs_mut(&mut |e| place(e, next));
    for source in select.sources_mut() {
        if let From::Subquery { select, .. } = source {
            place_in(select, next);
        }
    }
}

struct Shift {
    by: u16,
    highest: u16,
}

impl Shift {
    fn alias(&mut self, alias: &mut Alias) {
        self.highest = self.highest.max(alias.0);
        alias.0 = alias.0.saturating_add(self.by);
    }

    fn expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Outer(inner) => {
                *expr = std::mem::replace(&mut **inner, Expr::And(Vec::new()));
                return;
            }
            Expr::Column { table, .. } => return self.alias(table),
            _ => {}
        }
        let shift = std::cell::RefCell::new(self);
        expr.parts_mut(&mut |e| shift.borrow_mut().expr(e), &mut |s| {
            shift.borrow_mut().select(s)
        });
    }

    fn select(&mut self, select: &mut Select) {
        for source in select.sources_mut() {
            match source {
                From::Table { alias, .. } | From::Raw { alias, .. } => self.alias(alias),
                From::Subquery { select, alias } => {
                    self.alias(alias);
                    self.select(select);
                }
            }
        }
        select.exprs_mut(&mut |e| self.expr(e));
    }
}
