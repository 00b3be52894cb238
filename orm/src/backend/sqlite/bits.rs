//! Bits of whole numbers, which SQLite has in part.

use rusqlite::functions::{Aggregate, Context};
use rusqlite::{Connection, Result};

use super::functions::{PURE, user};

/// Registers functions and aggregates.
pub(super) fn register(conn: &Connection) -> Result<()> {
    conn.create_scalar_function("orm_bit_xor", 2, PURE, |ctx| {
        Ok(both(ctx)?.map(|(a, b)| a ^ b))
    })?;
    // Unsigned numbers are kept below 2^63.
    conn.create_scalar_function("orm_shift_left", 3, PURE, |ctx| {
        let signed: bool = ctx.get(2)?;
        let Some((a, by)) = both(ctx)? else {
            return Ok(None);
        };
        let moved = u32::try_from(by).ok().and_then(|by| a.checked_shl(by));
        match moved.unwrap_or(0) {
            n if n < 0 && !signed => Err(user(format!(
                "{a} moved up by {by} bits does not fit 63 bits, which SQLite keeps"
            ))),
            n => Ok(Some(n)),
        }
    })?;
    conn.create_scalar_function("orm_shift_right", 2, PURE, |ctx| {
        Ok(both(ctx)?.map(|(a, by)| {
            let moved = u32::try_from(by).ok().and_then(|by| a.checked_shr(by));
            moved.unwrap_or(if a < 0 { -1 } else { 0 })
        }))
    })?;
    type Two = fn(i64, i64) -> i64;
    let aggregates: [(&str, Two); 3] = [
        ("orm_bit_and_all", |a, b| a & b),
        ("orm_bit_or_all", |a, b| a | b),
        ("orm_bit_xor_all", |a, b| a ^ b),
    ];
    for (name, fold) in aggregates {
        conn.create_aggregate_function(name, 1, PURE, Fold(fold))?;
    }
    Ok(())
}

fn both(ctx: &Context<'_>) -> Result<Option<(i64, i64)>> {
    let (a, b): (Option<i64>, Option<i64>) = (ctx.get(0)?, ctx.get(1)?);
    Ok(a.zip(b))
}

struct Fold(fn(i64, i64) -> i64);

impl Aggregate<Option<i64>, Option<i64>> for Fold {
    fn init(&self, _: &mut Context<'_>) -> Result<Option<i64>> {
        Ok(None)
    }

    fn step(&self, ctx: &mut Context<'_>, all: &mut Option<i64>) -> Result<()> {
        if let Some(one) = ctx.get::<Option<i64>>(0)? {
            *all = Some(all.map_or(one, |so_far| self.0(so_far, one)));
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, all: Option<Option<i64>>) -> Result<Option<i64>> {
        Ok(all.flatten())
    }
}
