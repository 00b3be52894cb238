//! How values travel: the one conversion for literals and for bound parameters.

use std::borrow::Cow;
use std::fmt::Write as _;

use orm_schema::{FieldType, Literal};

use super::{Dialect, RenderError};
use crate::value::{CivilDate, CivilDateTime, CivilTime, Value};

/// A value in the form a database takes it, as a literal or as a bound parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound<'a> {
    /// NULL.
    Null,
    /// A whole number.
    Int(i64),
    /// A whole number, above `i64::MAX` if the database holds such.
    UInt(u64),
    /// A finite floating point number.
    Double(f64),
    /// An exact number in digits, where the database has such a type; a backend that has no
    /// parameter of this type binds it as text.
    Decimal(Cow<'a, str>),
    /// Text.
    Text(Cow<'a, str>),
    /// Text of a date or a time.
    Short(Short),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// A short text that lies where it is, so that a date costs no allocation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Short {
    bytes: [u8; 48],
    len: usize,
}

impl Short {
    fn of(text: impl std::fmt::Display) -> Self {
        let mut short = Self {
            bytes: [0; 48],
            len: 0,
        };
        // The longest is a time whose parts are all out of range, of 22 bytes behind a date of 12.
        let _ = write!(short, "{text}");
        short
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl std::fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.len + text.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(std::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// The form in which a dialect's database takes a value. Backends bind it, literals are written from
/// it, so that both ways mean the same.
///
/// Truth values are 1 and 0, 32-bit floats the 64-bit number of equal value, UUIDs 32 hexadecimal
/// digits, dates and times text with six digits of fraction, vectors a JSON array.
///
/// # Errors
/// [`RenderError::Value`] for NaN and infinity, a decimal that is not plain digits, a date out of
/// range, an integer too large for the database.
pub fn bound<'a>(dialect: &dyn Dialect, value: &'a Value) -> Result<Bound<'a>, RenderError> {
    let features = dialect.features();
    let refuse = |reason: String| RenderError::Value {
        dialect: dialect.name(),
        reason,
    };
    let finite = |v: f64| {
        if v.is_finite() {
            Ok(Bound::Double(v))
        } else {
            Err(refuse(format!(
                "{v} has no form in SQL; use NULL in its place"
            )))
        }
    };
    let date = |d: CivilDate| {
        if (features.min_year..=9999).contains(&d.year) && (1..=12).contains(&d.month) {
            Ok(())
        } else {
            Err(refuse(format!(
                "the date {d} is not between the years {} and 9999",
                features.min_year
            )))
        }
    };
    Ok(match value {
        Value::Null => Bound::Null,
        Value::Bool(v) => Bound::Int((*v).into()),
        Value::Int(v) => Bound::Int(*v),
        Value::UInt(v) => match i64::try_from(*v) {
            Ok(v) => Bound::Int(v),
            Err(_) if features.unsigned_64 => Bound::UInt(*v),
            Err(_) => {
                return Err(refuse(format!(
                    "{v} is above the largest integer, {}",
                    i64::MAX
                )));
            }
        },
        Value::Float(v) => finite((*v).into())?,
        Value::Double(v) => finite(*v)?,
        Value::Decimal(v) if !is_decimal(v) => {
            return Err(refuse(format!("`{v}` is no decimal in plain digits")));
        }
        Value::Decimal(v) if features.decimal_as_text => Bound::Text(v.into()),
        Value::Decimal(v) => Bound::Decimal(v.into()),
        Value::Bytes(v) => Bound::Bytes(v),
        Value::Date(v) => {
            date(*v)?;
            Bound::Short(Short::of(v))
        }
        Value::DateTime(v) => {
            date(v.date)?;
            Bound::Short(Short::of(v))
        }
        Value::Time(v) => Bound::Short(Short::of(v)),
        Value::Text(v) | Value::Json(v) => Bound::Text(v.into()),
        Value::Uuid(v) => Bound::Text(hex(v, false).into()),
        Value::Vector(v) => {
            if let Some(bad) = v.iter().find(|x| !x.is_finite()) {
                return Err(refuse(format!("a vector cannot hold {bad}")));
            }
            Bound::Text(vector_text(v).into())
        }
    })
}

/// Whether the text is a decimal in plain digits: an optional minus, digits, and at most one point
/// with digits around it. Only such a text may stand bare in SQL.
pub(super) fn is_decimal(text: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    match unsigned.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(unsigned),
    }
}

/// Hexadecimal digits of the bytes.
pub(super) fn hex(bytes: &[u8], upper: bool) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for b in bytes {
        // Writing to a String cannot fail.
        let _ = if upper {
            write!(out, "{b:02X}")
        } else {
            write!(out, "{b:02x}")
        };
    }
    out
}

/// `[0.1,0.2]`, each number with the digits that read back as the same 32-bit float.
fn vector_text(values: &[f32]) -> String {
    let mut out = String::from("[");
    for (i, v) in values.iter().enumerate() {
        let _ = write!(out, "{}{v}", if i > 0 { "," } else { "" });
    }
    out.push(']');
    out
}

/// The value that a literal of an attribute or a migration file stands for in a column of a type.
///
/// # Errors
/// [`RenderError::Value`] if the literal does not fit the type.
pub fn literal_value(
    dialect: &dyn Dialect,
    ty: &FieldType,
    literal: &Literal,
) -> Result<Value, RenderError> {
    fit(ty, literal).ok_or_else(|| RenderError::Value {
        dialect: dialect.name(),
        reason: format!("{literal:?} is no value of the type {}", ty.name()),
    })
}

fn fit(ty: &FieldType, literal: &Literal) -> Option<Value> {
    let integer = |v: i128| {
        i64::try_from(v)
            .map(Value::Int)
            .or_else(|_| u64::try_from(v).map(Value::UInt))
            .ok()
    };
    match (ty, literal) {
        (FieldType::Bool, Literal::Bool(v)) => Some(Value::Bool(*v)),
        (FieldType::Bool, Literal::Int(v)) => match v {
            0 => Some(Value::Bool(false)),
            1 => Some(Value::Bool(true)),
            _ => None,
        },
        (FieldType::Float | FieldType::Double, Literal::Int(v)) => Some(Value::Double(*v as f64)),
        (FieldType::Float | FieldType::Double, Literal::Float(v)) => Some(Value::Double(*v)),
        (FieldType::Decimal { .. }, Literal::Int(v)) => Some(Value::Decimal(v.to_string())),
        (FieldType::Decimal { .. }, Literal::Float(v)) => Some(Value::Decimal(v.to_string())),
        (FieldType::Decimal { .. }, Literal::Text(v)) => {
            is_decimal(v).then(|| Value::Decimal(v.clone()))
        }
        (t, Literal::Int(v)) if t.is_integer() || *t == FieldType::Duration => integer(*v),
        (t, Literal::Bool(v)) if t.is_integer() => Some(Value::Int((*v).into())),
        (FieldType::Date, Literal::Text(v)) => CivilDate::parse(v).map(Value::Date),
        (FieldType::Time, Literal::Text(v)) => CivilTime::parse(v).map(Value::Time),
        (FieldType::DateTime, Literal::Text(v)) => CivilDateTime::parse(v).map(Value::DateTime),
        (FieldType::Json, Literal::Text(v)) => Some(Value::Json(v.clone())),
        (FieldType::Json, Literal::Bool(v)) => Some(Value::Json(v.to_string())),
        (FieldType::Json, Literal::Int(v)) => Some(Value::Json(v.to_string())),
        (FieldType::Json, Literal::Float(v)) => Some(Value::Json(v.to_string())),
        (FieldType::Uuid, Literal::Text(v)) => parse_uuid(v).map(Value::Uuid),
        (FieldType::Binary { .. }, Literal::Text(v)) => Some(Value::Bytes(v.clone().into_bytes())),
        (FieldType::Sql(_), Literal::Bool(v)) => Some(Value::Bool(*v)),
        (FieldType::Sql(_), Literal::Int(v)) => integer(*v),
        (FieldType::Sql(_), Literal::Float(v)) => Some(Value::Double(*v)),
        (
            FieldType::Char { .. }
            | FieldType::Varchar { .. }
            | FieldType::Text
            | FieldType::Ip
            | FieldType::Vector { .. }
            | FieldType::Geography
            | FieldType::Sql(_),
            Literal::Text(v),
        ) => Some(Value::Text(v.clone())),
        _ => None,
    }
}

/// Reads 32 hexadecimal digits, with hyphens anywhere between them.
fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| *c != '-')
        .map(|c| c.to_digit(16).map(|d| d as u8))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|p| p[0] << 4 | p.get(1).copied().unwrap_or(0))
        .collect();
    if digits.len() == 32 {
        bytes.try_into().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{MySql, Sqlite};

    fn fits(ty: FieldType, literal: Literal) -> Option<Value> {
        literal_value(&MySql, &ty, &literal).ok()
    }

    fn text(t: &str) -> Literal {
        Literal::Text(t.to_owned())
    }

    #[test]
    fn literals_become_values_of_the_columns_type() {
        let uuid = "0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f";
        let big = FieldType::BigInt { unsigned: true };
        let decimal = FieldType::Decimal {
            precision: 4,
            scale: 2,
        };
        for (ty, literal, value) in [
            (FieldType::Bool, Literal::Int(1), Value::Bool(true)),
            (big, Literal::Int(u64::MAX.into()), Value::UInt(u64::MAX)),
            (FieldType::Double, Literal::Int(2), Value::Double(2.0)),
            (
                decimal.clone(),
                Literal::Float(0.5),
                Value::Decimal("0.5".into()),
            ),
            (decimal, text("-1.20"), Value::Decimal("-1.20".into())),
            (FieldType::Uuid, text(uuid), Value::Uuid([0x0F; 16])),
            (FieldType::Duration, Literal::Int(9), Value::Int(9)),
            (FieldType::Json, text("{}"), Value::Json("{}".into())),
            (
                FieldType::Binary { max_length: None },
                text("a"),
                Value::Bytes(b"a".to_vec()),
            ),
        ] {
            assert_eq!(fits(ty, literal), Some(value));
        }
    }

    #[test]
    fn literals_that_do_not_fit_are_refused() {
        let int = FieldType::Int { unsigned: false };
        for (ty, literal) in [
            (FieldType::Bool, Literal::Int(2)),
            (int.clone(), text("1")),
            (int, Literal::Int(i128::MAX)),
            (FieldType::Date, text("2026-13-01")),
            (FieldType::Uuid, text("0f")),
            (
                FieldType::Decimal {
                    precision: 4,
                    scale: 2,
                },
                text("1; DROP TABLE x"),
            ),
            (FieldType::Text, Literal::Int(1)),
        ] {
            assert_eq!(fits(ty, literal), None);
        }
    }

    #[test]
    fn values_take_the_form_the_database_knows() {
        let decimal = Value::Decimal("1.5".into());
        assert_eq!(bound(&MySql, &decimal), Ok(Bound::Decimal("1.5".into())));
        assert_eq!(bound(&Sqlite, &decimal), Ok(Bound::Text("1.5".into())));
        assert_eq!(bound(&Sqlite, &Value::Bool(true)), Ok(Bound::Int(1)));
        assert_eq!(bound(&Sqlite, &Value::UInt(5)), Ok(Bound::Int(5)));
        assert_eq!(
            bound(&MySql, &Value::UInt(u64::MAX)),
            Ok(Bound::UInt(u64::MAX))
        );
    }
}
