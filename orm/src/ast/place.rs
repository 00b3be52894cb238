//! Gives a select that was built by itself its place in the statement around it.

use super::{Alias, Expr, Select};
use crate::value::Value;

/// Numbers the tables of every select that stands [`Apart`](Expr::Apart) in an expression from
/// `next` on, and frees what belongs to the query around it. Hands back a mistake made inside one.
pub fn place(expr: &mut Expr, next: &mut u16) -> Option<String> {
    let mut misuse = None;
    placed(expr, next, &mut misuse);
    misuse
}

/// Numbers the tables of a select that was built by itself from `next` on.
pub(crate) fn place_select(select: &mut Select, next: &mut u16) {
    let mut shift = Shift {
        by: *next,
        highest: 0,
    };
    shift.select(select);
    *next = next.saturating_add(shift.highest + 1);
}

/// The aliases that an expression uses and those that selects inside it hold.
pub(crate) fn aliases(expr: &mut Expr, used: &mut Vec<Alias>, held: &mut Vec<Alias>) {
    if let Expr::Column { table, .. } = expr {
        used.push(*table);
    }
    let both = std::cell::RefCell::new((used, held));
    expr.parts_mut(
        &mut |e| {
            let (used, held) = &mut *both.borrow_mut();
            aliases(e, used, held);
        },
        &mut |s| {
            let (used, held) = &mut *both.borrow_mut();
            aliases_in(s, used, held);
        },
    );
}

/// Whether two expressions say the same, whatever numbers the tables of their selects have.
pub(crate) fn same_but_aliases(one: &Expr, other: &Expr) -> bool {
    if one == other {
        return true;
    }
    let held = |expr: &Expr| {
        let mut held = Vec::new();
        aliases(&mut expr.clone(), &mut Vec::new(), &mut held);
        held
    };
    let (from, to) = (held(one), held(other));
    if from.is_empty() || from.len() != to.len() {
        return false;
    }
    let new = |alias: Alias| {
        let at = from.iter().position(|held| *held == alias);
        at.map_or(alias, |at| to[at])
    };
    let mut one = one.clone();
    renumber(&mut one, &new);
    one == *other
}

fn renumber(expr: &mut Expr, new: &dyn Fn(Alias) -> Alias) {
    match expr {
        Expr::Column { table, .. } => *table = new(*table),
        other => other.parts_mut(&mut |e| renumber(e, new), &mut |s| renumber_in(s, new)),
    }
}

fn renumber_in(select: &mut Select, new: &dyn Fn(Alias) -> Alias) {
    for source in select.sources_mut() {
        let alias = source.alias_mut();
        *alias = new(*alias);
        for select in source.selects_mut() {
            renumber_in(select, new);
        }
    }
    select.exprs_mut(&mut |e| renumber(e, new));
}

fn aliases_in(select: &mut Select, used: &mut Vec<Alias>, held: &mut Vec<Alias>) {
    for source in select.sources_mut() {
        held.push(source.alias());
        for select in source.selects_mut() {
            aliases_in(select, used, held);
        }
    }
    select.exprs_mut(&mut |e| aliases(e, used, held));
}

fn placed(expr: &mut Expr, next: &mut u16, misuse: &mut Option<String>) {
    // A mistake travels as a text that belongs to no query.
    if let Expr::Outer(inner) = expr
        && let Expr::Value(Value::Text(text)) = &**inner
    {
        *misuse = Some(text.clone());
        return;
    }
    // It belongs to the query around, and is given its place with it.
    if matches!(expr, Expr::Outer(_)) {
        return;
    }
    if let Expr::Apart(inner) = expr {
        let mut inner = std::mem::replace(&mut **inner, Expr::And(Vec::new()));
        let mut shift = Shift {
            by: *next,
            highest: 0,
        };
        shift.expr(&mut inner);
        *next = next.saturating_add(shift.highest + 1);
        *expr = inner;
        // What was freed may hold selects of its own: `scalar(…).is_among(…)`.
        return placed(expr, next, misuse);
    }
    // Both closures go on with the same state, one at a time.
    let state = std::cell::RefCell::new((next, misuse));
    expr.parts_mut(
        &mut |e| {
            let (next, misuse) = &mut *state.borrow_mut();
            placed(e, next, misuse);
        },
        &mut |s| {
            let (next, misuse) = &mut *state.borrow_mut();
            place_in(s, next, misuse);
        },
    );
}

/// The same for all expressions of a select and of those inside.
fn place_in(select: &mut Select, next: &mut u16, misuse: &mut Option<String>) {
    select.exprs_mut(&mut |e| placed(e, next, misuse));
    for source in select.sources_mut() {
        for select in source.selects_mut() {
            place_in(select, next, misuse);
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
            self.alias(source.alias_mut());
            // A named table numbers its own ones.
            for select in source.selects_mut() {
                self.select(select);
            }
        }
        select.exprs_mut(&mut |e| self.expr(e));
    }
}
