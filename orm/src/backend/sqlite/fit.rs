//! `orm_fit_…`: what a server checks when an expression is assigned to a column, and SQLite does not,
//! whose columns take numbers and texts of any size.

use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};

use super::decimal::Decimal;
use super::functions::{PURE, text, user};

/// How the message of a value that does not fit begins; [`column`] reads it back.
const OUT_OF_RANGE: &str = "out of range for column `";
const TOO_LONG: &str = "too long for column `";

/// The column of an error made here, and whether its value was too long.
pub(super) fn column(message: &str) -> Option<(String, bool)> {
    let find = |mark: &str| {
        let rest = &message[message.find(mark)? + mark.len()..];
        rest.split('`').next().map(str::to_owned)
    };
    let range = find(OUT_OF_RANGE).map(|c| (c, false));
    range.or_else(|| find(TOO_LONG).map(|c| (c, true)))
}

/// Registers the functions: value, name of the column, bounds.
pub(super) fn register(conn: &Connection) -> Result<()> {
    conn.create_scalar_function("orm_fit_int", 4, PURE, |ctx| {
        let (low, high): (i64, i64) = (ctx.get(2)?, ctx.get(3)?);
        match ctx.get_raw(0) {
            ValueRef::Integer(v) if (low..=high).contains(&v) => Ok(Some(v)),
            ValueRef::Null => Ok(None),
            ValueRef::Integer(v) => refuse(ctx, &v.to_string(), OUT_OF_RANGE),
            // A sum above 64 bits becomes a float.
            ValueRef::Real(v) => refuse(ctx, &v.to_string(), OUT_OF_RANGE),
            _ => refuse(ctx, "the value", OUT_OF_RANGE),
        }
    })?;
    conn.create_scalar_function("orm_fit_double", 2, PURE, |ctx| match ctx.get_raw(0) {
        ValueRef::Real(v) if !v.is_finite() => refuse(ctx, &v.to_string(), OUT_OF_RANGE),
        other => Ok(Some(Value::try_from(other)?)),
    })?;
    conn.create_scalar_function("orm_fit_text", 3, PURE, |ctx| {
        let max: usize = ctx.get::<u32>(2)? as usize;
        let Some(value) = text(ctx.get_raw(0))? else {
            return Ok(None);
        };
        match value.chars().count() {
            n if n > max => refuse(ctx, &format!("a text of {n} characters"), TOO_LONG),
            _ => Ok(Some(value.into_owned())),
        }
    })?;
    conn.create_scalar_function("orm_fit_bytes", 3, PURE, |ctx| {
        let max: usize = ctx.get::<u32>(2)? as usize;
        match ctx.get_raw(0) {
            ValueRef::Blob(v) if v.len() > max => {
                refuse(ctx, &format!("{} bytes", v.len()), TOO_LONG)
            }
            other => Ok(Some(Value::try_from(other)?)),
        }
    })?;
    conn.create_scalar_function("orm_fit_decimal", 4, PURE, |ctx| {
        let (precision, scale): (u8, u8) = (ctx.get(2)?, ctx.get(3)?);
        let Some(digits) = text(ctx.get_raw(0))? else {
            return Ok(None);
        };
        let rounded = Decimal::parse(digits.as_bytes()).map(|d| d.rounded(scale));
        match rounded {
            Some(d) if d.whole_digits() <= precision.saturating_sub(scale).into() => {
                Ok(Some(d.shown()))
            }
            _ => refuse(ctx, &digits, OUT_OF_RANGE),
        }
    })
}

fn refuse<T>(ctx: &Context<'_>, what: &str, why: &str) -> Result<Option<T>> {
    let column: String = ctx.get(1)?;
    Err(user(format!("{what} is {why}{column}`")))
}
