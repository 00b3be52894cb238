//! Whether a literal fits a type.

use std::net::IpAddr;

use crate::{FieldType, Literal};

/// The literal in the form the type keeps it, or why it does not fit.
///
/// A whole number becomes a float where the type is one, and numbers become text where the type is
/// decimal, so that `default = 0` and `default = 0.0` mean the same in migrations.
pub(super) fn fit(ty: &FieldType, literal: &Literal) -> Result<Literal, String> {
    match (ty, literal) {
        (FieldType::Sql(_), any) => Ok(any.clone()),
        (FieldType::Bool, Literal::Bool(_)) => Ok(literal.clone()),
        (FieldType::Bool, _) => wanted("`true` or `false`", literal),
        (
            FieldType::SmallInt { .. }
            | FieldType::Int { .. }
            | FieldType::BigInt { .. }
            | FieldType::Duration,
            _,
        ) => integer(ty, literal),
        (FieldType::Float | FieldType::Double, Literal::Int(n)) => Ok(Literal::Float(*n as f64)),
        (FieldType::Float | FieldType::Double, Literal::Float(_)) => Ok(literal.clone()),
        (FieldType::Float | FieldType::Double, _) => wanted("a number", literal),
        (FieldType::Decimal { precision, scale }, _) => decimal(*precision, *scale, literal),
        (FieldType::ForeignKey(_) | FieldType::OneToOne(_), Literal::Int(_) | Literal::Text(_)) => {
            Ok(literal.clone())
        }
        (FieldType::ForeignKey(_) | FieldType::OneToOne(_), _) => {
            wanted("the key of a row: a whole number or text", literal)
        }
        (FieldType::ManyToMany(_), _) => Err("a set of rows has no default".to_owned()),
        (FieldType::Binary { .. } | FieldType::Vector { .. }, _) => {
            Err("this type has no literal: write `default_fn = path`".to_owned())
        }
        (_, Literal::Text(text)) => text_fits(ty, text).map(|()| literal.clone()),
        (_, _) => wanted("text in quotes", literal),
    }
}

fn wanted<T>(what: &str, found: &Literal) -> Result<T, String> {
    Err(format!("the type needs {what}, found {}", show(found)))
}

fn show(literal: &Literal) -> String {
    match literal {
        Literal::Bool(b) => format!("`{b}`"),
        Literal::Int(n) => format!("`{n}`"),
        Literal::Float(n) => format!("`{n:?}`"),
        Literal::Text(text) => format!("text `{text:?}`"),
    }
}

fn integer(ty: &FieldType, literal: &Literal) -> Result<Literal, String> {
    let (low, high): (i128, i128) = match ty {
        FieldType::SmallInt { unsigned: false } => (i16::MIN.into(), i16::MAX.into()),
        FieldType::SmallInt { unsigned: true } => (0, u16::MAX.into()),
        FieldType::Int { unsigned: false } => (i32::MIN.into(), i32::MAX.into()),
        FieldType::Int { unsigned: true } => (0, u32::MAX.into()),
        FieldType::BigInt { unsigned: true } => (0, u64::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    };
    let what = match ty {
        FieldType::Duration => "a whole number of microseconds",
        _ => "a whole number",
    };
    match literal {
        Literal::Int(n) if (low..=high).contains(n) => Ok(literal.clone()),
        Literal::Int(n) => Err(format!(
            "{n} is not in the range of the type, {low} to {high}"
        )),
        _ => wanted(what, literal),
    }
}

fn decimal(precision: u8, scale: u8, literal: &Literal) -> Result<Literal, String> {
    let text = match literal {
        Literal::Int(n) => n.to_string(),
        Literal::Float(n) => format!("{n}"),
        Literal::Text(text) => text.clone(),
        Literal::Bool(_) => return wanted("a number", literal),
    };
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || digits.ends_with('.') {
        return Err(format!(
            "\"{text}\" is not a plain decimal number such as \"-12.50\""
        ));
    }
    if fraction.len() > usize::from(scale) {
        return Err(format!(
            "{text} has more than {scale} digits after the point"
        ));
    }
    let room = usize::from(precision.saturating_sub(scale));
    if whole.trim_start_matches('0').len() > room {
        return Err(format!(
            "{text} has more than {room} digits before the point"
        ));
    }
    Ok(Literal::Text(text))
}

fn text_fits(ty: &FieldType, text: &str) -> Result<(), String> {
    let (fits, form) = match ty {
        FieldType::Char { max_length } | FieldType::Varchar { max_length } => {
            let length = text.chars().count();
            if length > *max_length as usize {
                return Err(format!(
                    "\"{text}\" has {length} characters, more than {max_length}"
                ));
            }
            return Ok(());
        }
        FieldType::Date => (is_date(text), "a date such as \"2024-12-31\""),
        FieldType::Time => (is_time(text), "a time such as \"23:59:59\""),
        FieldType::DateTime => (
            is_datetime(text),
            "an instant in UTC such as \"2024-12-31 23:59:59\"",
        ),
        FieldType::Uuid => (
            is_uuid(text),
            "a UUID such as \"67e55044-10b1-426f-9247-bb680e5fe0c8\"",
        ),
        FieldType::Ip => (
            text.parse::<IpAddr>().is_ok(),
            "an address such as \"127.0.0.1\"",
        ),
        FieldType::Json => (!text.trim().is_empty(), "a JSON document such as \"{}\""),
        _ => return Ok(()),
    };
    if fits {
        Ok(())
    } else {
        Err(format!("\"{text}\" is not {form}"))
    }
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let plain = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return false,
    };
    // Years below 1000 are refused by SingleStore (facts §7).
    year >= 1000 && (1..=last).contains(&day)
}

fn is_time(text: &str) -> bool {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let fraction_fits = fraction
        .is_none_or(|f| (1..=6).contains(&f.len()) && f.bytes().all(|b| b.is_ascii_digit()));
    let parts: Vec<&str> = clock.split(':').collect();
    let limits = [24, 60, 60];
    let clock_fits = parts
        .iter()
        .zip(limits)
        .all(|(part, limit)| digits(part, 2).is_some_and(|n| n < limit));
    fraction_fits && clock_fits && (parts.len() == 3 || parts.len() == 2 && fraction.is_none())
}

fn is_datetime(text: &str) -> bool {
    match text.split_once([' ', 'T']) {
        Some((date, time)) => is_date(date) && is_time(time.strip_suffix('Z').unwrap_or(time)),
        None => is_date(text),
    }
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let hex = |s: &str| s.bytes().all(|b| b.is_ascii_hexdigit());
    match groups.as_slice() {
        [one] => one.len() == 32 && hex(one),
        [a, b, c, d, e] => {
            [a, b, c, d, e].iter().all(|g| hex(g))
                && [a.len(), b.len(), c.len(), d.len(), e.len()] == [8, 4, 4, 4, 12]
        }
        _ => false,
    }
}
