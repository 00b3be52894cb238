//! Values of columns that are known by name only.

use orm_schema::FieldType;

use super::HistoricalError;
use super::shape::Shape;
use crate::value::{CivilDate, CivilDateTime, CivilTime, DbType, Value};

/// What a column may be set to or compared with: every type of a column, `&str`, and a [`Value`] as
/// another row has it.
pub trait IntoColumn {
    /// The value to send.
    fn into_column(self) -> Value;
}

impl<T: DbType> IntoColumn for T {
    fn into_column(self) -> Value {
        self.into_value()
    }
}

impl IntoColumn for &str {
    fn into_column(self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl IntoColumn for Value {
    fn into_column(self) -> Value {
        self
    }
}

/// A driver's value in the form that its column's type has everywhere: a database without dates
/// hands out their text, for instance.
pub(super) fn canonical(ty: &FieldType, value: Value) -> Value {
    match (ty, value) {
        (FieldType::Bool, Value::Int(n @ (0 | 1))) => Value::Bool(n == 1),
        (FieldType::Bool, Value::UInt(n @ (0 | 1))) => Value::Bool(n == 1),
        (FieldType::Date, Value::Text(t)) => {
            CivilDate::parse(&t).map_or(Value::Text(t), Value::Date)
        }
        (FieldType::Time, Value::Text(t)) => {
            CivilTime::parse(&t).map_or(Value::Text(t), Value::Time)
        }
        (FieldType::DateTime, Value::Text(t)) => {
            CivilDateTime::parse(&t).map_or(Value::Text(t), Value::DateTime)
        }
        (FieldType::Uuid, Value::Text(t)) => hex(&t).map_or(Value::Text(t), Value::Uuid),
        (FieldType::Decimal { .. }, Value::Text(t)) => Value::Decimal(t),
        (FieldType::Json, Value::Text(t)) => Value::Json(t),
        (_, value) => value,
    }
}

/// A UUID in 32 digits, with or without hyphens.
fn hex(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let fits = digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let number = u128::from_str_radix(&digits, 16).ok().filter(|_| fits)?;
    Some(number.to_be_bytes())
}

/// The value for a column, if its type can hold it.
pub(super) fn fitting(
    shape: &Shape,
    column: usize,
    value: Value,
) -> Result<Value, HistoricalError> {
    let of = &shape.columns[column];
    let value = canonical(&of.ty, value);
    let problem = match (&of.ty, &value) {
        (_, Value::Null) | (FieldType::Sql(_), _) => None,
        (FieldType::SmallInt { unsigned }, v) => whole(v, *unsigned, 16),
        (FieldType::Int { unsigned }, v) => whole(v, *unsigned, 32),
        (FieldType::BigInt { unsigned }, v) => whole(v, *unsigned, 64),
        (FieldType::Char { max_length } | FieldType::Varchar { max_length }, Value::Text(t)) => {
            let length = t.chars().count();
            (length > *max_length as usize)
                .then(|| format!("holds {max_length} characters; the text has {length}"))
        }
        (FieldType::Binary { max_length }, Value::Bytes(b)) => max_length
            .filter(|most| b.len() > *most as usize)
            .map(|most| format!("holds {most} bytes; the value has {}", b.len())),
        (ty, v) if is_of(ty, v) => None,
        (ty, v) => Some(format!(
            "has the type {}; the value is {}",
            ty.name(),
            v.kind()
        )),
    };
    match problem {
        None => Ok(value),
        Some(problem) => Err(shape.misfit(column, problem)),
    }
}

fn is_of(ty: &FieldType, value: &Value) -> bool {
    use FieldType as F;
    use Value as V;
    matches!(
        (ty, value),
        (F::Bool, V::Bool(_))
            | (
                F::Float | F::Double,
                V::Float(_) | V::Double(_) | V::Int(_) | V::UInt(_)
            )
            | (F::Decimal { .. }, V::Decimal(_) | V::Int(_) | V::UInt(_))
            | (F::Text | F::Ip | F::Geography, V::Text(_))
            | (F::Date, V::Date(_))
            | (F::Time, V::Time(_))
            | (F::DateTime, V::DateTime(_))
            | (F::Duration, V::Int(_))
            | (F::Json, V::Json(_))
            | (F::Uuid, V::Uuid(_))
            | (F::Vector { .. }, V::Vector(_))
    )
}

/// Why a whole number of these bits cannot be the value.
fn whole(value: &Value, unsigned: bool, bits: u32) -> Option<String> {
    let n = match value {
        Value::Int(n) => i128::from(*n),
        Value::UInt(n) => i128::from(*n),
        other => {
            return Some(format!("is a whole number; the value is {}", other.kind()));
        }
    };
    let (low, high) = if unsigned {
        (0, (1i128 << bits) - 1)
    } else {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    };
    let fits = (low..=high).contains(&n);
    (!fits).then(|| format!("holds {low} to {high}; the value is {n}"))
}
