//! The collation, functions and aggregates of exact decimals.

use std::cmp::Ordering;

use rusqlite::functions::{Aggregate, Context};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

use super::decimal::{Decimal, Shown};
use super::functions::{PURE, text, user};
use super::small::Small;

/// Registers everything on a connection.
pub(super) fn register(conn: &Connection) -> Result<()> {
    conn.create_collation("orm_decimal", |a, b| {
        if a == b {
            return Ordering::Equal;
        }
        match (Decimal::parse(a.as_bytes()), Decimal::parse(b.as_bytes())) {
            (Some(a), Some(b)) => a.compare(&b),
            // Anything else is sorted behind the numbers, by its text: a total order.
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => a.cmp(b),
        }
    })?;
    conn.create_scalar_function("orm_decimal", -1, PURE, |ctx| {
        let value = match quick(ctx) {
            Some(small) => Some(Decimal::of(small)),
            None => calculated(ctx)?,
        };
        Ok(value.map(|x| x.shown()))
    })?;
    type One = fn(&Decimal) -> Decimal;
    let one: [(&str, One); 3] = [
        ("orm_decimal_ceil", |x| x.whole(false)),
        ("orm_decimal_floor", |x| x.whole(true)),
        ("orm_decimal_abs", Decimal::absolute),
    ];
    for (name, function) in one {
        conn.create_scalar_function(name, 1, PURE, move |ctx| {
            Ok(decimal(ctx, 0)?.map(|x| function(&x).shown()))
        })?;
    }
    conn.create_scalar_function("orm_decimal_round", 2, PURE, |ctx| {
        let scale: u8 = ctx.get(1)?;
        Ok(decimal(ctx, 0)?.map(|x| x.rounded(scale).shown()))
    })?;
    for (name, average) in [("orm_decimal_sum", false), ("orm_decimal_avg", true)] {
        // Of one value, or of a formula and its values.
        conn.create_aggregate_function(name, -1, PURE, Sum { average })?;
    }
    Ok(())
}

fn decimal(ctx: &Context<'_>, i: usize) -> Result<Option<Decimal>> {
    let raw = ctx.get_raw(i);
    let value = match raw {
        ValueRef::Null => return Ok(None),
        ValueRef::Integer(n) => Some(Decimal::from(n)),
        ValueRef::Text(text) => Decimal::parse(text),
        other => text(other)?.and_then(|text| Decimal::parse(text.as_bytes())),
    };
    match value {
        Some(value) => Ok(Some(value)),
        None => {
            let text = text(raw)?.unwrap_or_default();
            Err(user(format!("`{text}` is no decimal in plain digits")))
        }
    }
}

/// The value of a formula, the first argument, as in `a*(b-c)`; its letters are the arguments behind
/// it. A formula of several operations is calculated at once, with no text in between.
fn calculated(ctx: &Context<'_>) -> Result<Option<Decimal>> {
    let ValueRef::Text(formula) = ctx.get_raw(0) else {
        return Err(user("orm_decimal wants a formula".to_owned()));
    };
    let mut rest = formula;
    operation(ctx, &mut rest)
}

fn operation(ctx: &Context<'_>, rest: &mut &[u8]) -> Result<Option<Decimal>> {
    let left = operand(ctx, rest)?;
    let sign = next(rest);
    let right = operand(ctx, rest)?;
    let (Some(left), Some(right)) = (left, right) else {
        return Ok(None);
    };
    Ok(Some(match sign {
        Some(b'+') => left.add(&right),
        Some(b'-') => left.subtract(&right),
        Some(b'*') => left.multiply(&right),
        _ => return Err(malformed()),
    }))
}

fn operand(ctx: &Context<'_>, rest: &mut &[u8]) -> Result<Option<Decimal>> {
    match next(rest) {
        Some(letter @ b'a'..=b'z') => {
            let at = usize::from(letter - b'a') + 1;
            if at >= ctx.len() {
                return Err(malformed());
            }
            decimal(ctx, at)
        }
        Some(b'(') => {
            let value = operation(ctx, rest)?;
            match next(rest) {
                Some(b')') => Ok(value),
                _ => Err(malformed()),
            }
        }
        _ => Err(malformed()),
    }
}

fn next(rest: &mut &[u8]) -> Option<u8> {
    let (first, behind) = rest.split_first()?;
    *rest = behind;
    Some(*first)
}

fn malformed() -> rusqlite::Error {
    user("the formula is none that orm_decimal calculates".to_owned())
}

/// The value of a formula whose arguments and results all are small. `None` is for everything else: NULL,
/// errors, larger numbers.
fn quick(ctx: &Context<'_>) -> Option<Small> {
    let ValueRef::Text(mut formula) = ctx.get_raw(0) else {
        return None;
    };
    quick_operation(ctx, &mut formula)
}

fn quick_operation(ctx: &Context<'_>, rest: &mut &[u8]) -> Option<Small> {
    let left = quick_operand(ctx, rest)?;
    let sign = next(rest);
    let right = quick_operand(ctx, rest)?;
    match sign? {
        b'+' => left.add(right),
        b'-' => left.subtract(right),
        b'*' => left.multiply(right),
        _ => None,
    }
}

fn quick_operand(ctx: &Context<'_>, rest: &mut &[u8]) -> Option<Small> {
    match next(rest)? {
        letter @ b'a'..=b'z' => {
            let at = usize::from(letter - b'a') + 1;
            (at < ctx.len()).then(|| small(ctx, at))?
        }
        b'(' => {
            let value = quick_operation(ctx, rest)?;
            (next(rest)? == b')').then_some(value)
        }
        _ => None,
    }
}

fn small(ctx: &Context<'_>, i: usize) -> Option<Small> {
    match ctx.get_raw(i) {
        ValueRef::Text(text) => Small::parse(text),
        ValueRef::Integer(n) => Some(Small::from(n)),
        _ => None,
    }
}

struct Sum {
    average: bool,
}

impl Aggregate<(Decimal, u64), Option<Shown>> for Sum {
    fn init(&self, _: &mut Context<'_>) -> Result<(Decimal, u64)> {
        Ok((Decimal::ZERO, 0))
    }

    fn step(&self, ctx: &mut Context<'_>, sum: &mut (Decimal, u64)) -> Result<()> {
        let quick = match ctx.len() {
            1 => small(ctx, 0),
            _ => quick(ctx),
        };
        if let Some(value) = quick {
            sum.0.gather(value);
            sum.1 += 1;
            return Ok(());
        }
        let value = match ctx.len() {
            1 => decimal(ctx, 0)?,
            _ => calculated(ctx)?,
        };
        if let Some(value) = value {
            sum.0 = sum.0.add(&value);
            sum.1 += 1;
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sum: Option<(Decimal, u64)>) -> Result<Option<Shown>> {
        Ok(match sum {
            Some((sum, count)) if count > 0 && self.average => Some(sum.divide(count).shown()),
            Some((sum, count)) if count > 0 => Some(sum.shown()),
            _ => None,
        })
    }
}
