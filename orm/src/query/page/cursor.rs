//! The text of a place in an order.
//!
//! `1` (the version), then in hexadecimal: a sum over the order, a sum over the rest, and the values.

use crate::error::{Error, Result};
use crate::value::{CivilDate, CivilDateTime, CivilTime, Value};

const VERSION: char = '1';

/// A place in an order.
#[derive(Debug, PartialEq)]
pub(super) struct Cursor {
    pub(super) values: Vec<Value>,
}

/// FNV-1a: tells damage and other orders, not malice; what a cursor can name is no secret of the query.
pub(super) fn sum(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(0x811c_9dc5, step)
}

fn bad(reason: &str) -> Error {
    Error::Cursor(reason.to_owned())
}

impl Cursor {
    /// The text of a place in the order of this sum.
    pub(super) fn write(values: &[Value], order: u32) -> String {
        let mut body = Vec::new();
        values.iter().for_each(|v| write(&mut body, v));
        let mut bytes = order.to_be_bytes().to_vec();
        bytes.extend(sum(&body).to_be_bytes());
        bytes.extend(body);
        let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
        let digits = bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]);
        std::iter::once(VERSION).chain(digits).collect()
    }

    /// Reads what [`write`](Self::write) wrote for an order of so many terms.
    ///
    /// # Errors
    /// [`Error::Cursor`] with what is wrong.
    pub(super) fn read(text: &str, order: u32, terms: usize) -> Result<Self> {
        let Some(digits) = text.strip_prefix(VERSION) else {
            return Err(bad("it is none, or of another version of the program"));
        };
        let bytes = unhex(digits).ok_or_else(|| bad("it is damaged: not all of it is there"))?;
        let (Some((of, rest)), true) = (bytes.split_first_chunk::<4>(), bytes.len() >= 8) else {
            return Err(bad("it is cut off"));
        };
        let (kept, body) = rest.split_at(4);
        if kept != sum(body).to_be_bytes() {
            return Err(bad("it is damaged: its sum is wrong"));
        }
        if u32::from_be_bytes(*of) != order {
            return Err(bad(
                "it is of a query with another order: build the query as for the page before",
            ));
        }
        let mut at = body;
        let values: Option<Vec<Value>> = (0..terms).map(|_| read(&mut at)).collect();
        match values {
            Some(values) if at.is_empty() => Ok(Self { values }),
            _ => Err(bad("it does not hold the values of the order")),
        }
    }
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    let nibble = |b: u8| char::from(b).to_digit(16);
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(nibble(pair[0])? << 4 | nibble(pair[1])?).ok())
        .collect()
}

fn bytes(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    // Longer texts stand in no order that a page is asked for.
    out.extend((bytes.len() as u32).to_be_bytes());
    out.extend(bytes);
}

fn date(out: &mut Vec<u8>, date: CivilDate) {
    out.extend(date.year.to_be_bytes());
    out.extend([date.month, date.day]);
}

fn time(out: &mut Vec<u8>, time: CivilTime) {
    out.extend([time.hour, time.minute, time.second]);
    out.extend(time.micros.to_be_bytes());
}

fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(0),
        Value::Bool(v) => out.extend([1, u8::from(*v)]),
        Value::Int(v) => {
            out.push(2);
            out.extend(v.to_be_bytes());
        }
        Value::UInt(v) => {
            out.push(3);
            out.extend(v.to_be_bytes());
        }
        Value::Float(v) => {
            out.push(4);
            out.extend(v.to_be_bytes());
        }
        Value::Double(v) => {
            out.push(5);
            out.extend(v.to_be_bytes());
        }
        Value::Decimal(v) => bytes(out, 6, v.as_bytes()),
        Value::Text(v) => bytes(out, 7, v.as_bytes()),
        Value::Bytes(v) => bytes(out, 8, v),
        Value::Date(v) => {
            out.push(9);
            date(out, *v);
        }
        Value::Time(v) => {
            out.push(10);
            time(out, *v);
        }
        Value::DateTime(v) => {
            out.push(11);
            date(out, v.date);
            time(out, v.time);
        }
        Value::Json(v) => bytes(out, 12, v.as_bytes()),
        Value::Uuid(v) => {
            out.push(13);
            out.extend(v);
        }
        // No order is by a vector.
        Value::Vector(_) => out.push(0),
    }
}

fn take<const N: usize>(at: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = at.split_first_chunk::<N>()?;
    *at = rest;
    Some(*head)
}

fn take_bytes(at: &mut &[u8]) -> Option<Vec<u8>> {
    let length = usize::try_from(u32::from_be_bytes(take(at)?)).ok()?;
    let (head, rest) = at.split_at_checked(length)?;
    *at = rest;
    Some(head.to_vec())
}

fn take_text(at: &mut &[u8]) -> Option<String> {
    String::from_utf8(take_bytes(at)?).ok()
}

fn take_date(at: &mut &[u8]) -> Option<CivilDate> {
    let year = i32::from_be_bytes(take(at)?);
    let [month, day] = take(at)?;
    let good = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    good.then_some(CivilDate { year, month, day })
}

fn take_time(at: &mut &[u8]) -> Option<CivilTime> {
    let [hour, minute, second] = take(at)?;
    let micros = u32::from_be_bytes(take(at)?);
    let good = hour < 24 && minute < 60 && second < 60 && micros < 1_000_000;
    good.then_some(CivilTime {
        hour,
        minute,
        second,
        micros,
    })
}

fn read(at: &mut &[u8]) -> Option<Value> {
    let [tag] = take(at)?;
    Some(match tag {
        0 => Value::Null,
        1 => Value::Bool(take::<1>(at)? != [0]),
        2 => Value::Int(i64::from_be_bytes(take(at)?)),
        3 => Value::UInt(u64::from_be_bytes(take(at)?)),
        4 => Value::Float(f32::from_be_bytes(take(at)?)),
        5 => Value::Double(f64::from_be_bytes(take(at)?)),
        6 => Value::Decimal(decimal(take_text(at)?)?),
        7 => Value::Text(take_text(at)?),
        8 => Value::Bytes(take_bytes(at)?),
        9 => Value::Date(take_date(at)?),
        10 => Value::Time(take_time(at)?),
        11 => Value::DateTime(CivilDateTime {
            date: take_date(at)?,
            time: take_time(at)?,
        }),
        12 => Value::Json(take_text(at)?),
        13 => Value::Uuid(take(at)?),
        _ => return None,
    })
}

/// Decimals are written into text as they are, so nothing else passes for one.
fn decimal(text: String) -> Option<String> {
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let points = digits.bytes().filter(|b| *b == b'.').count();
    (plain && points <= 1 && digits.starts_with(|c: char| c.is_ascii_digit())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Vec<Value> {
        let (date, time) = (
            CivilDate {
                year: 2024,
                month: 2,
                day: 29,
            },
            CivilTime {
                hour: 23,
                minute: 59,
                second: 1,
                micros: 7,
            },
        );
        vec![
            Value::Null,
            Value::Bool(true),
            Value::Int(-5),
            Value::UInt(u64::MAX),
            Value::Float(0.1),
            Value::Double(-0.1),
            Value::Decimal("-12.50".into()),
            Value::Text("é'\0".into()),
            Value::Bytes(vec![0, 255]),
            Value::Date(date),
            Value::Time(time),
            Value::DateTime(CivilDateTime { date, time }),
            Value::Json("{}".into()),
            Value::Uuid([7; 16]),
        ]
    }

    fn cause(text: &str, terms: usize) -> String {
        Cursor::read(text, 9, terms)
            .expect_err("it is refused")
            .to_string()
    }

    #[test]
    fn what_is_written_is_read() {
        let text = Cursor::write(&values(), 9);
        assert!(text.bytes().all(|b| b.is_ascii_alphanumeric()), "{text}");
        let read = Cursor::read(&text, 9, values().len()).expect("reads");
        assert_eq!(read.values, values());
    }

    #[test]
    fn every_damage_is_found() {
        let text = Cursor::write(&values(), 9);
        let terms = values().len();
        for at in 0..text.len() {
            let cut = cause(&text[..at], terms);
            assert!(cut.starts_with("the cursor is not usable: "), "{cut}");
            let mut other = text.clone().into_bytes();
            other[at] = if other[at] == b'0' { b'5' } else { b'0' };
            cause(std::str::from_utf8(&other).expect("digits"), terms);
            other[at] = b'x';
            cause(std::str::from_utf8(&other).expect("a letter"), terms);
        }
        cause(&format!("{text}00"), terms);
        assert!(cause(&text, terms - 1).contains("values of the order"));
        assert!(cause("", 1).contains("it is none"));
        assert!(cause("ünïcödé", 1).contains("it is none"));
        assert!(cause("1ü", 1).contains("damaged"));
    }

    #[test]
    fn another_order_is_told_from_damage() {
        let text = Cursor::write(&[Value::Int(1)], 8);
        assert!(cause(&text, 1).contains("another order"));
    }

    #[test]
    fn a_decimal_is_digits() {
        for bad in ["1 OR 1", "", "-", "1.2.3", ".5", "1e5"] {
            let text = Cursor::write(&[Value::Decimal(bad.into())], 9);
            assert!(cause(&text, 1).contains("values"), "{bad}");
        }
    }
}
