//! Functions that the SQLite dialect counts on and a bundled SQLite lacks.

use std::cell::RefCell;

use regex::{Regex, RegexBuilder};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

pub(super) const PURE: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    .union(FunctionFlags::SQLITE_INNOCUOUS);

/// Registers everything on a connection.
pub(super) fn register(conn: &Connection) -> Result<()> {
    // SQLite's own know ASCII only: `lower('É')` would not match what a server finds.
    case(conn, "lower", |c| simple(c, c.to_lowercase()))?;
    case(conn, "upper", |c| simple(c, c.to_uppercase()))?;
    regexp(conn, "regexp", false)?;
    regexp(conn, "regexp_i", true)?;
    super::decimals::register(conn)?;
    super::fit::register(conn)?;
    super::texts::register(conn)?;
    super::dates::register(conn)?;
    super::spread::register(conn)?;
    super::vectors::register(conn)?;
    super::bits::register(conn)?;
    #[cfg(feature = "json")]
    super::json::register(conn)?;
    math(conn)
}

fn case(conn: &Connection, name: &str, change: fn(char) -> char) -> Result<()> {
    conn.create_scalar_function(name, 1, PURE, move |ctx| {
        Ok(text(ctx.get_raw(0))?.map(|text| text.chars().map(change).collect::<String>()))
    })
}

/// Character by character, as servers do: `ß` has no upper case, and a sigma at the end of a word is
/// like any other.
fn simple(c: char, mut mapped: impl ExactSizeIterator<Item = char>) -> char {
    match (mapped.len(), mapped.next()) {
        (1, Some(one)) => one,
        // The only one whose lower case has two characters.
        (_, Some('i')) => 'i',
        _ => c,
    }
}

/// The text of a value as SQLite's own functions see it.
pub(super) fn text(value: ValueRef<'_>) -> Result<Option<std::borrow::Cow<'_, str>>> {
    Ok(match value {
        ValueRef::Null => None,
        ValueRef::Integer(v) => Some(v.to_string().into()),
        ValueRef::Real(v) => Some(v.to_string().into()),
        ValueRef::Text(v) | ValueRef::Blob(v) => Some(
            std::str::from_utf8(v)
                .map_err(|e| user(format!("text is not UTF-8: {e}")))?
                .into(),
        ),
    })
}

pub(super) fn user(message: String) -> Error {
    Error::UserFunctionError(message.into())
}

/// `text REGEXP pattern` calls `regexp(pattern, text)`.
///
/// Syntax and case folding are the `regex` crate's: no look-around and no back references, so that a
/// pattern takes linear time.
fn regexp(conn: &Connection, name: &'static str, ignore_case: bool) -> Result<()> {
    // The thread of the connection is the only one that calls; statements use few patterns.
    thread_local! {
        static COMPILED: RefCell<Vec<(String, bool, Regex)>> = const { RefCell::new(Vec::new()) };
    }
    const KEPT: usize = 16;
    conn.create_scalar_function(name, 2, PURE, move |ctx| {
        let (Some(pattern), Some(text)) = (text(ctx.get_raw(0))?, text(ctx.get_raw(1))?) else {
            return Ok(None);
        };
        COMPILED.with_borrow_mut(|known| {
            let at = match known
                .iter()
                .position(|(p, i, _)| *p == pattern && *i == ignore_case)
            {
                Some(at) => at,
                None => {
                    let regex = RegexBuilder::new(&pattern)
                        .case_insensitive(ignore_case)
                        .build()
                        .map_err(|e| user(format!("the regular expression is wrong: {e}")))?;
                    if known.len() == KEPT {
                        known.remove(0);
                    }
                    known.push((pattern.into_owned(), ignore_case, regex));
                    known.len() - 1
                }
            };
            Ok(Some(known[at].2.is_match(&text)))
        })
    })
}

/// A bundled SQLite is built without its math functions. Out of range is NULL, as on MySQL.
fn math(conn: &Connection) -> Result<()> {
    type One = fn(f64) -> f64;
    let one: &[(&'static str, One)] = &[
        ("acos", f64::acos),
        ("asin", f64::asin),
        ("atan", f64::atan),
        ("ceil", f64::ceil),
        ("ceiling", f64::ceil),
        ("cos", f64::cos),
        ("cot", |x| 1.0 / x.tan()),
        ("degrees", f64::to_degrees),
        ("exp", f64::exp),
        ("floor", f64::floor),
        ("ln", f64::ln),
        ("log10", f64::log10),
        ("log2", f64::log2),
        ("radians", f64::to_radians),
        ("sin", f64::sin),
        ("sqrt", f64::sqrt),
        ("tan", f64::tan),
    ];
    for (name, function) in one {
        conn.create_scalar_function(*name, 1, PURE, move |ctx| {
            let x: Option<f64> = number(ctx, 0)?;
            Ok(x.map(function).filter(|y| y.is_finite()))
        })?;
    }
    type Two = fn(f64, f64) -> f64;
    let two: &[(&'static str, Two)] = &[
        ("atan2", f64::atan2),
        // The logarithm of a base of 0 is infinite, so that nothing would be left of the quotient.
        ("log", |base, x| match base > 0.0 {
            true => x.ln() / base.ln(),
            false => f64::NAN,
        }),
        ("mod", |x, y| x % y),
        ("pow", f64::powf),
        ("power", f64::powf),
    ];
    for (name, function) in two {
        conn.create_scalar_function(*name, 2, PURE, move |ctx| {
            let (Some(x), Some(y)) = (number(ctx, 0)?, number(ctx, 1)?) else {
                return Ok(None);
            };
            Ok(Some(function(x, y)).filter(|z| z.is_finite()))
        })?;
    }
    // Half to even, as servers round floats; SQLite's own rounds half away from zero.
    conn.create_scalar_function("orm_round", 2, PURE, |ctx| {
        let digits: i32 = ctx.get(1)?;
        let by = 10_f64.powi(digits.clamp(0, 30));
        Ok(
            number(ctx, 0)?.map(|x| match (x * by).round_ties_even() / by {
                rounded if rounded.is_finite() => rounded,
                _ => x,
            }),
        )
    })?;
    conn.create_scalar_function("orm_int", 1, PURE, |ctx| {
        Ok(match ctx.get_raw(0) {
            ValueRef::Integer(v) => Some(v),
            // A cast of a float saturates.
            ValueRef::Real(v) => Some(v.round_ties_even() as i64),
            other => text(other)?.map(|text| leading_int(&text)),
        })
    })?;
    conn.create_scalar_function("pi", 0, PURE, |_| Ok(std::f64::consts::PI))
}

/// The whole number that a text begins with; 0 where it begins with none.
fn leading_int(text: &str) -> i64 {
    let text = text.trim_start();
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit);
    let size = digits.fold(0_i128, |n, d| (n * 10 + i128::from(d - b'0')).min(1 << 64));
    let signed = if negative { -size } else { size };
    signed.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

pub(super) fn number(ctx: &Context<'_>, i: usize) -> Result<Option<f64>> {
    Ok(match ctx.get_raw(i) {
        ValueRef::Integer(v) => Some(v as f64),
        ValueRef::Real(v) => Some(v),
        other => match text(other)? {
            Some(text) => text.trim().parse().ok(),
            None => None,
        },
    })
}
