//! Conversion between Rust types and database values.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use orm_schema::FieldType;

use super::lent::text;
use super::{CivilDate, CivilDateTime, CivilTime, Value, ValueRef};

/// A Rust type that is kept in one column.
///
/// Implemented for the types of the guide; own enums and newtypes get it by `#[derive(DbType)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that a column can hold",
    label = "not a column type",
    note = "use a supported type (integers, String, bool, DateTime<Utc>, Option<…>, …), or put `#[derive(DbType)]` on your enum or newtype"
)]
pub trait DbType: Sized + Send + Sync + 'static {
    /// The column's neutral type, before attributes such as `max_length` refine it.
    const TYPE: FieldType;
    /// Whether NULL is among the values.
    const NULLABLE: bool = false;

    /// The value to send.
    fn to_value(&self) -> Value;

    /// The value to send, reusing what `self` owns.
    fn into_value(self) -> Value {
        self.to_value()
    }

    /// Reads a value that a driver handed out.
    ///
    /// # Errors
    /// [`DecodeError`] if the value is of another kind or out of range.
    fn from_value(value: Value) -> Result<Self, DecodeError>;

    /// Reads a value that the driver still owns; types that keep no text read it without a copy.
    ///
    /// # Errors
    /// As [`from_value`](Self::from_value).
    #[inline]
    fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
        Self::from_value(value.to_value()?)
    }
}

/// A value from the database that does not fit the Rust type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read column `{}` as {}: {}", .0.column, .0.wanted, .0.found)]
pub struct DecodeError(Box<Misfit>);

/// Boxed: every value that is read travels in a `Result` with this error.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Misfit {
    column: Cow<'static, str>,
    wanted: &'static str,
    found: String,
}

impl DecodeError {
    /// The value is of a kind that `wanted` cannot be read from.
    #[cold]
    pub fn kind(wanted: &'static str, value: &Value) -> Self {
        let found = match value {
            Value::Null => "the value is NULL; make the field an Option".to_owned(),
            other => format!("the value is {}", other.kind()),
        };
        Self::new(wanted, found)
    }

    /// The value is of the right kind, but wrong for the reason given.
    #[cold]
    pub fn new(wanted: &'static str, found: impl Into<String>) -> Self {
        Self(Box::new(Misfit {
            column: "?".into(),
            wanted,
            found: found.into(),
        }))
    }

    pub(super) fn missing(at: usize, width: usize) -> Self {
        Self::new(
            "a value",
            format!(
                "the row has {width} columns, number {} was asked for",
                at + 1
            ),
        )
    }

    pub(crate) fn in_column(mut self, column: &str) -> Self {
        self.0.column = column.to_owned().into();
        self
    }

    /// The column's name, `?` if it is not known.
    pub fn column(&self) -> &str {
        &self.0.column
    }
}

macro_rules! integer {
    ($($ty:ty => $field:expr, $variant:ident($wide:ty);)*) => {$(
        impl DbType for $ty {
            const TYPE: FieldType = $field;
            fn to_value(&self) -> Value {
                Value::$variant(<$wide>::from(*self))
            }
            #[inline]
            fn from_value(value: Value) -> Result<Self, DecodeError> {
                let out_of_range = |v: &dyn std::fmt::Display| {
                    DecodeError::new(stringify!($ty), format!("{v} is out of range"))
                };
                match value {
                    Value::Int(v) => v.try_into().map_err(|_| out_of_range(&v)),
                    Value::UInt(v) => v.try_into().map_err(|_| out_of_range(&v)),
                    Value::Bool(v) => Ok(<$ty>::from(v)),
                    // SUM of integers is a decimal on MySQL, and counts arrive as text in places.
                    Value::Decimal(v) | Value::Text(v) => v
                        .parse()
                        .map_err(|_| DecodeError::new(stringify!($ty), format!("`{v}` is no such number"))),
                    other => Err(DecodeError::kind(stringify!($ty), &other)),
                }
            }
            #[inline]
            fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
                if let ValueRef::Int(v) = value
                    && let Ok(v) = v.try_into()
                {
                    return Ok(v);
                }
                Self::from_value(value.to_value()?)
            }
        }
    )*};
}
integer! {
    i8 => FieldType::SmallInt { unsigned: false }, Int(i64);
    i16 => FieldType::SmallInt { unsigned: false }, Int(i64);
    i32 => FieldType::Int { unsigned: false }, Int(i64);
    i64 => FieldType::BigInt { unsigned: false }, Int(i64);
    u8 => FieldType::SmallInt { unsigned: true }, UInt(u64);
    u16 => FieldType::SmallInt { unsigned: true }, UInt(u64);
    u32 => FieldType::Int { unsigned: true }, UInt(u64);
    u64 => FieldType::BigInt { unsigned: true }, UInt(u64);
}

macro_rules! float {
    ($($ty:ty => $field:expr, $variant:ident;)*) => {$(
        impl DbType for $ty {
            const TYPE: FieldType = $field;
            fn to_value(&self) -> Value {
                Value::$variant(*self)
            }
            fn from_value(value: Value) -> Result<Self, DecodeError> {
                match value {
                    Value::Double(v) => Ok(v as $ty),
                    Value::Float(v) => Ok(v as $ty),
                    Value::Int(v) => Ok(v as $ty),
                    Value::UInt(v) => Ok(v as $ty),
                    Value::Decimal(v) | Value::Text(v) => v
                        .parse()
                        .map_err(|_| DecodeError::new(stringify!($ty), format!("`{v}` is no number"))),
                    other => Err(DecodeError::kind(stringify!($ty), &other)),
                }
            }
            #[inline]
            fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
                match value {
                    ValueRef::Double(v) => Ok(v as $ty),
                    other => Self::from_value(other.to_value()?),
                }
            }
        }
    )*};
}
float! {
    f32 => FieldType::Float, Float;
    f64 => FieldType::Double, Double;
}

impl DbType for bool {
    const TYPE: FieldType = FieldType::Bool;
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Bool(v) => Ok(v),
            Value::Int(v) => Ok(v != 0),
            Value::UInt(v) => Ok(v != 0),
            other => Err(DecodeError::kind("bool", &other)),
        }
    }
    #[inline]
    fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
        match value {
            ValueRef::Int(v) => Ok(v != 0),
            other => Self::from_value(other.to_value()?),
        }
    }
}

impl DbType for String {
    const TYPE: FieldType = FieldType::Text;
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
    fn into_value(self) -> Value {
        Value::Text(self)
    }
    #[inline]
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Text(v) | Value::Json(v) | Value::Decimal(v) => Ok(v),
            Value::Bytes(v) => String::from_utf8(v)
                .map_err(|e| DecodeError::new("String", format!("the bytes are not UTF-8: {e}"))),
            other => Err(DecodeError::kind("String", &other)),
        }
    }
    #[inline]
    fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
        match value {
            ValueRef::Text(v) => text(v).map(str::to_owned),
            other => Self::from_value(other.to_value()?),
        }
    }
}

impl DbType for Vec<u8> {
    const TYPE: FieldType = FieldType::Binary { max_length: None };
    fn to_value(&self) -> Value {
        Value::Bytes(self.clone())
    }
    fn into_value(self) -> Value {
        Value::Bytes(self)
    }
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Bytes(v) => Ok(v),
            Value::Text(v) => Ok(v.into_bytes()),
            other => Err(DecodeError::kind("Vec<u8>", &other)),
        }
    }
}

impl<T: DbType> DbType for Option<T> {
    const TYPE: FieldType = T::TYPE;
    const NULLABLE: bool = true;
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }
    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }
    #[inline]
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
    #[inline]
    fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
        match value {
            ValueRef::Null => Ok(None),
            value => T::from_ref(value).map(Some),
        }
    }
}

/// Microseconds in a 64-bit integer.
impl DbType for Duration {
    const TYPE: FieldType = FieldType::Duration;
    fn to_value(&self) -> Value {
        Value::Int(i64::try_from(self.as_micros()).unwrap_or(i64::MAX))
    }
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        let micros = i64::from_value(value)?;
        u64::try_from(micros)
            .map(Self::from_micros)
            .map_err(|_| DecodeError::new("Duration", format!("{micros} microseconds is negative")))
    }
}

impl DbType for IpAddr {
    const TYPE: FieldType = FieldType::Ip;
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        let text = String::from_value(value)?;
        text.parse()
            .map_err(|_| DecodeError::new("IpAddr", format!("`{text}` is no address")))
    }
}

macro_rules! civil {
    ($($ty:ty => $field:expr, $variant:ident, $what:literal;)*) => {$(
        impl DbType for $ty {
            const TYPE: FieldType = $field;
            fn to_value(&self) -> Value {
                Value::$variant(*self)
            }
            fn from_value(value: Value) -> Result<Self, DecodeError> {
                match value {
                    Value::$variant(v) => Ok(v),
                    Value::Text(v) => Self::parse(&v)
                        .ok_or_else(|| DecodeError::new($what, format!("`{v}` is no {}", $what))),
                    other => Err(DecodeError::kind($what, &other)),
                }
            }
            #[inline]
            fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
                match value {
                    ValueRef::Text(v) => text(v).and_then(|v| {
                        Self::parse(v)
                        .ok_or_else(|| DecodeError::new($what, format!("`{v}` is no {}", $what)))
                    }),
                    other => Self::from_value(other.to_value()?),
                }
            }
        }
    )*};
}
civil! {
    CivilDate => FieldType::Date, Date, "date";
    CivilTime => FieldType::Time, Time, "time";
    CivilDateTime => FieldType::DateTime, DateTime, "datetime";
}

#[cfg(feature = "chrono")]
mod with_chrono {
    use super::{
        CivilDate, CivilDateTime, CivilTime, DbType, DecodeError, FieldType, Value, ValueRef,
    };
    use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

    fn civil_date(d: NaiveDate) -> CivilDate {
        CivilDate {
            year: d.year(),
            month: d.month() as u8,
            day: d.day() as u8,
        }
    }

    /// Cuts to microseconds, which is what every backend keeps; a leap second becomes :59.
    fn civil_time(t: NaiveTime) -> CivilTime {
        CivilTime {
            hour: t.hour() as u8,
            minute: t.minute() as u8,
            second: t.second() as u8,
            micros: (t.nanosecond() / 1000).min(999_999),
        }
    }

    fn date(d: CivilDate) -> Result<NaiveDate, DecodeError> {
        NaiveDate::from_ymd_opt(d.year, d.month.into(), d.day.into())
            .ok_or_else(|| DecodeError::new("date", format!("`{d}` is no date")))
    }

    fn time(t: CivilTime) -> Result<NaiveTime, DecodeError> {
        NaiveTime::from_hms_micro_opt(t.hour.into(), t.minute.into(), t.second.into(), t.micros)
            .ok_or_else(|| DecodeError::new("time", format!("`{t}` is no time")))
    }

    impl DbType for NaiveDate {
        const TYPE: FieldType = FieldType::Date;
        fn to_value(&self) -> Value {
            Value::Date(civil_date(*self))
        }
        fn from_value(value: Value) -> Result<Self, DecodeError> {
            date(CivilDate::from_value(value)?)
        }
        #[inline]
        fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
            date(CivilDate::from_ref(value)?)
        }
    }

    impl DbType for NaiveTime {
        const TYPE: FieldType = FieldType::Time;
        fn to_value(&self) -> Value {
            Value::Time(civil_time(*self))
        }
        fn from_value(value: Value) -> Result<Self, DecodeError> {
            time(CivilTime::from_value(value)?)
        }
        #[inline]
        fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
            time(CivilTime::from_ref(value)?)
        }
    }

    #[inline]
    fn naive(v: CivilDateTime) -> Option<NaiveDateTime> {
        let CivilDateTime { date: d, time: t } = v;
        let date = NaiveDate::from_ymd_opt(d.year, d.month.into(), d.day.into())?;
        date.and_hms_micro_opt(t.hour.into(), t.minute.into(), t.second.into(), t.micros)
    }

    /// Reads the form that every row holds, in registers: a result in between is written and read
    /// back, which stalls for longer than the digits take.
    #[inline]
    fn written(value: ValueRef<'_>) -> Option<NaiveDateTime> {
        let ValueRef::Text(text) = value else {
            return None;
        };
        naive(CivilDateTime::written(text)?)
    }

    /// Taken as UTC.
    impl DbType for NaiveDateTime {
        const TYPE: FieldType = FieldType::DateTime;
        fn to_value(&self) -> Value {
            Value::DateTime(CivilDateTime {
                date: civil_date(self.date()),
                time: civil_time(self.time()),
            })
        }
        #[inline]
        fn from_value(value: Value) -> Result<Self, DecodeError> {
            if let Value::DateTime(v) = value
                && let Some(read) = naive(v)
            {
                return Ok(read);
            }
            let v = CivilDateTime::from_value(value)?;
            Ok(date(v.date)?.and_time(time(v.time)?))
        }
        #[inline]
        fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
            match written(value) {
                Some(read) => Ok(read),
                None => Self::from_value(value.to_value()?),
            }
        }
    }

    impl DbType for DateTime<Utc> {
        const TYPE: FieldType = FieldType::DateTime;
        fn to_value(&self) -> Value {
            self.naive_utc().to_value()
        }
        #[inline]
        fn from_value(value: Value) -> Result<Self, DecodeError> {
            if let Value::DateTime(v) = value
                && let Some(read) = naive(v)
            {
                return Ok(read.and_utc());
            }
            NaiveDateTime::from_value(value).map(|v| v.and_utc())
        }
        #[inline]
        fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
            match written(value) {
                Some(read) => Ok(read.and_utc()),
                None => Self::from_value(value.to_value()?),
            }
        }
    }

    /// Microseconds in a 64-bit integer, negative spans included.
    impl DbType for chrono::TimeDelta {
        const TYPE: FieldType = FieldType::Duration;
        fn to_value(&self) -> Value {
            Value::Int(self.num_microseconds().unwrap_or(i64::MAX))
        }
        fn from_value(value: Value) -> Result<Self, DecodeError> {
            i64::from_value(value).map(chrono::TimeDelta::microseconds)
        }
    }
}

#[cfg(feature = "uuid")]
impl DbType for uuid::Uuid {
    const TYPE: FieldType = FieldType::Uuid;
    fn to_value(&self) -> Value {
        Value::Uuid(*self.as_bytes())
    }
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Uuid(v) => Ok(Self::from_bytes(v)),
            Value::Text(v) => Self::try_parse(&v)
                .map_err(|e| DecodeError::new("Uuid", format!("`{v}` is no UUID: {e}"))),
            Value::Bytes(v) => {
                Self::from_slice(&v).map_err(|e| DecodeError::new("Uuid", e.to_string()))
            }
            other => Err(DecodeError::kind("Uuid", &other)),
        }
    }
    #[inline]
    fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
        if let ValueRef::Text(v) = value
            && let Ok(id) = Self::try_parse_ascii(v)
        {
            return Ok(id);
        }
        Self::from_value(value.to_value()?)
    }
}

#[cfg(feature = "decimal")]
impl DbType for rust_decimal::Decimal {
    const TYPE: FieldType = FieldType::Decimal {
        precision: 0,
        scale: 0,
    };
    fn to_value(&self) -> Value {
        Value::Decimal(self.to_string())
    }
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Decimal(v) | Value::Text(v) => v
                .parse()
                .map_err(|e| DecodeError::new("Decimal", format!("`{v}`: {e}"))),
            Value::Int(v) => Ok(v.into()),
            Value::UInt(v) => Ok(v.into()),
            Value::Double(v) => {
                Self::try_from(v).map_err(|e| DecodeError::new("Decimal", format!("{v}: {e}")))
            }
            other => Err(DecodeError::kind("Decimal", &other)),
        }
    }
    #[inline]
    fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
        if let ValueRef::Text(v) = value
            && let Ok(number) = text(v)?.parse()
        {
            return Ok(number);
        }
        Self::from_value(value.to_value()?)
    }
}

#[cfg(feature = "json")]
impl DbType for serde_json::Value {
    const TYPE: FieldType = FieldType::Json;
    fn to_value(&self) -> Value {
        Value::Json(self.to_string())
    }
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        let text = String::from_value(value)?;
        serde_json::from_str(&text).map_err(|e| DecodeError::new("json", e.to_string()))
    }
}
