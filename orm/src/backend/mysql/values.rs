//! Values in and out. Text and bytes are taken over from the driver without a copy.

use mysql_async::consts::{ColumnFlags, ColumnType};
use mysql_async::{Column, Row, Value as Wire};

use crate::backend::DbError;
use crate::dialect::{Bound, Dialect, Sql, bound};
use crate::value::{CivilDate, CivilDateTime, CivilTime, Value};

/// The number that marks binary strings among character sets.
const BINARY: u16 = 63;

/// How a column's values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    UInt,
    Float,
    Double,
    Decimal,
    Date,
    DateTime,
    Time,
    Json,
    Text,
    Bytes,
    Bit,
}

impl Kind {
    pub(super) fn of(column: &Column) -> Self {
        use ColumnType as T;
        let unsigned = column.flags().contains(ColumnFlags::UNSIGNED_FLAG);
        let binary = column.character_set() == BINARY;
        match column.column_type() {
            T::MYSQL_TYPE_TINY
            | T::MYSQL_TYPE_SHORT
            | T::MYSQL_TYPE_INT24
            | T::MYSQL_TYPE_LONG
            | T::MYSQL_TYPE_LONGLONG
            | T::MYSQL_TYPE_YEAR => match unsigned {
                true => Self::UInt,
                false => Self::Int,
            },
            T::MYSQL_TYPE_FLOAT => Self::Float,
            T::MYSQL_TYPE_DOUBLE => Self::Double,
            T::MYSQL_TYPE_DECIMAL | T::MYSQL_TYPE_NEWDECIMAL => Self::Decimal,
            T::MYSQL_TYPE_DATE | T::MYSQL_TYPE_NEWDATE => Self::Date,
            T::MYSQL_TYPE_DATETIME
            | T::MYSQL_TYPE_DATETIME2
            | T::MYSQL_TYPE_TIMESTAMP
            | T::MYSQL_TYPE_TIMESTAMP2 => Self::DateTime,
            T::MYSQL_TYPE_TIME | T::MYSQL_TYPE_TIME2 => Self::Time,
            T::MYSQL_TYPE_JSON => Self::Json,
            T::MYSQL_TYPE_BIT => Self::Bit,
            T::MYSQL_TYPE_GEOMETRY => Self::Bytes,
            _ if binary => Self::Bytes,
            _ => Self::Text,
        }
    }
}

/// Reads the values of a row over those of another one; about how many bytes they are.
#[inline]
pub(super) fn take(mut row: Row, kinds: &[Kind], room: &mut Vec<Value>) -> usize {
    let mut size = 0;
    room.resize(kinds.len(), Value::Null);
    for ((column, kind), slot) in kinds.iter().enumerate().zip(room) {
        // What comes most is written where it stays: a value that is made elsewhere is copied before
        // its parts have left the store buffer, and waits for them.
        match (row.as_ref(column), kind) {
            (None | Some(Wire::NULL), _) => *slot = Value::Null,
            (Some(Wire::Int(v)), Kind::Int) => *slot = Value::Int(*v),
            (Some(Wire::Double(v)), _) => *slot = Value::Double(*v),
            (Some(Wire::Bytes(bytes)), Kind::Text) => {
                size += bytes.len();
                match row.take(column).map(String::from_utf8) {
                    Some(Ok(text)) => *slot = Value::Text(text),
                    Some(Err(e)) => *slot = Value::Bytes(e.into_bytes()),
                    None => *slot = Value::Null,
                }
            }
            (Some(value), kind) => {
                if let Wire::Bytes(bytes) = value {
                    size += bytes.len();
                }
                *slot = read(row.take(column).unwrap_or(Wire::NULL), *kind);
            }
        }
        size += 8;
    }
    size
}

/// A value that does not have its column's form (a zero date, a time above 24 hours) stays text, so
/// that reading it as another type names it.
#[inline]
fn read(value: Wire, kind: Kind) -> Value {
    match value {
        Wire::NULL => Value::Null,
        Wire::Bytes(bytes) => read_bytes(bytes, kind),
        Wire::Int(v) => match kind {
            Kind::UInt => u64::try_from(v).map_or(Value::Int(v), Value::UInt),
            _ => Value::Int(v),
        },
        Wire::UInt(v) => match kind {
            Kind::UInt => Value::UInt(v),
            _ => i64::try_from(v).map_or(Value::UInt(v), Value::Int),
        },
        Wire::Float(v) => Value::Float(v),
        Wire::Double(v) => Value::Double(v),
        Wire::Date(year, month, day, hour, minute, second, micros) => {
            let date = CivilDate {
                year: year.into(),
                month,
                day,
            };
            let time = CivilTime {
                hour,
                minute,
                second,
                micros,
            };
            match kind {
                _ if month == 0 || day == 0 => Value::Text(date.to_string()),
                Kind::Date => Value::Date(date),
                _ => Value::DateTime(CivilDateTime { date, time }),
            }
        }
        Wire::Time(negative, days, hours, minute, second, micros) => {
            let hour = days * 24 + u32::from(hours);
            match u8::try_from(hour) {
                Ok(hour) if hour < 24 && !negative => Value::Time(CivilTime {
                    hour,
                    minute,
                    second,
                    micros,
                }),
                _ => {
                    let sign = if negative { "-" } else { "" };
                    Value::Text(format!(
                        "{sign}{hour:02}:{minute:02}:{second:02}.{micros:06}"
                    ))
                }
            }
        }
    }
}

#[inline]
fn read_bytes(bytes: Vec<u8>, kind: Kind) -> Value {
    match kind {
        Kind::Text => text(bytes),
        Kind::Bytes => Value::Bytes(bytes),
        Kind::Int => signed(&bytes).map_or_else(|| text(bytes), Value::Int),
        Kind::UInt => unsigned(&bytes).map_or_else(|| text(bytes), Value::UInt),
        Kind::Decimal => match String::from_utf8(bytes) {
            Ok(digits) => Value::Decimal(digits),
            Err(e) => Value::Bytes(e.into_bytes()),
        },
        Kind::Json => match String::from_utf8(bytes) {
            Ok(json) => Value::Json(json),
            Err(e) => Value::Bytes(e.into_bytes()),
        },
        Kind::Float => parse(bytes, |t| t.parse().ok().map(Value::Float)),
        Kind::Double => parse(bytes, |t| t.parse().ok().map(Value::Double)),
        Kind::Date => parse(bytes, |t| CivilDate::parse(t).map(Value::Date)),
        Kind::DateTime => parse(bytes, |t| CivilDateTime::parse(t).map(Value::DateTime)),
        Kind::Time => parse(bytes, time),
        Kind::Bit => bit(bytes),
    }
}

fn text(bytes: Vec<u8>) -> Value {
    match String::from_utf8(bytes) {
        Ok(text) => Value::Text(text),
        Err(e) => Value::Bytes(e.into_bytes()),
    }
}

fn parse(bytes: Vec<u8>, read: impl FnOnce(&str) -> Option<Value>) -> Value {
    match std::str::from_utf8(&bytes).ok().and_then(read) {
        Some(value) => value,
        None => text(bytes),
    }
}

/// A time in the form that the binary protocol's values are given.
fn time(text: &str) -> Option<Value> {
    CivilTime::parse(text).map(Value::Time).or_else(|| {
        let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
        Some(Value::Text(format!("{clock}.{fraction:0<6}")))
    })
}

fn signed(bytes: &[u8]) -> Option<i64> {
    match bytes {
        // The digits of the smallest number are one more than the largest's: negated while reading.
        [b'-', digits @ ..] if !digits.is_empty() => digits.iter().try_fold(0i64, |n, b| {
            let digit = b.wrapping_sub(b'0');
            if digit > 9 {
                None
            } else {
                n.checked_mul(10)?.checked_sub(digit.into())
            }
        }),
        _ => unsigned(bytes)?.try_into().ok(),
    }
}

fn unsigned(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() {
        return None;
    }
    bytes.iter().try_fold(0u64, |n, b| {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            None
        } else {
            n.checked_mul(10)?.checked_add(digit.into())
        }
    })
}

/// Big-endian; SingleStore always sends eight bytes.
fn bit(bytes: Vec<u8>) -> Value {
    if bytes.len() > 8 {
        return Value::Bytes(bytes);
    }
    let number = bytes.iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
    i64::try_from(number).map_or(Value::UInt(number), Value::Int)
}

/// Whether the parameters can travel in the binary protocol and mean there what their literals mean.
///
/// A decimal cannot: the driver has no decimal parameter, and text compared with a decimal column is
/// compared as a float.
pub(super) fn can_bind(sql: &Sql) -> bool {
    sql.params.len() <= usize::from(u16::MAX)
        && !sql
            .params
            .iter()
            .any(|value| matches!(value, Value::Decimal(_)))
        && !sql.inline
}

/// The parameters in the forms that the dialect's literals have.
pub(super) fn bind(dialect: &dyn Dialect, sql: &Sql) -> Result<Vec<Wire>, DbError> {
    // Not collected as a `Result`, whose vector would grow step by step.
    let mut out = Vec::with_capacity(sql.params.len());
    for value in &sql.params {
        let bound =
            bound(dialect, value).map_err(|e| DbError::from(e).with_statement(&sql.text))?;
        out.push(match bound {
            Bound::Null => Wire::NULL,
            Bound::Int(v) => Wire::Int(v),
            Bound::UInt(v) => Wire::UInt(v),
            Bound::Double(v) => Wire::Double(v),
            Bound::Decimal(v) | Bound::Text(v) => Wire::Bytes(v.into_owned().into_bytes()),
            Bound::Short(v) => Wire::Bytes(v.as_str().as_bytes().to_vec()),
            Bound::Bytes(v) => Wire::Bytes(v.to_vec()),
        });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_to_their_limits() {
        for n in [0, 1, -1, 42, i64::MAX, i64::MIN] {
            assert_eq!(signed(n.to_string().as_bytes()), Some(n));
        }
        assert_eq!(unsigned(u64::MAX.to_string().as_bytes()), Some(u64::MAX));
        for bad in [
            "",
            "-",
            "1x",
            "+1",
            "9223372036854775808",
            "-9223372036854775809",
        ] {
            assert_eq!(signed(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(unsigned(b"18446744073709551616"), None);
    }

    #[test]
    fn what_must_stand_in_the_text_is_no_parameter() {
        let sql = |inline, value| Sql {
            text: "SELECT 'BM25(', ?".into(),
            params: vec![value],
            inline,
            ..Sql::default()
        };
        let text = || Value::Text("MATCH (TABLE ".into());
        assert!(can_bind(&sql(false, text())));
        assert!(!can_bind(&sql(true, text())));
        assert!(!can_bind(&sql(false, Value::Decimal("1.5".into()))));
    }

    #[test]
    fn what_has_not_its_columns_form_stays_text() {
        let bytes = |t: &str| Wire::Bytes(t.as_bytes().to_vec());
        let zero = Value::Text("0000-00-00".into());
        assert_eq!(read(bytes("0000-00-00"), Kind::Date), zero);
        assert_eq!(read(Wire::Date(0, 0, 0, 0, 0, 0, 0), Kind::Date), zero);
        let long = Value::Text("-26:00:01.500000".into());
        assert_eq!(read(bytes("-26:00:01.5"), Kind::Time), long);
        assert_eq!(
            read(Wire::Time(true, 1, 2, 0, 1, 500_000), Kind::Time),
            long
        );
    }
}
