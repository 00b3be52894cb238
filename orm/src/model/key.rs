//! Primary keys.

use std::fmt::Debug;
use std::hash::{Hash, Hasher};

use crate::value::{DbType, Value};

/// A value type that is not an `Option`: what a column compares with.
///
/// `#[derive(DbType)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a single value that a column can be compared with",
    note = "compare with a value, not an `Option`; for NULL use `.is_null()` or `.eq_opt(…)`"
)]
pub trait Scalar: DbType {}

macro_rules! scalar {
    ($($ty:ty),* $(,)?) => { $(impl Scalar for $ty {})* };
}
scalar!(
    i8,
    i16,
    i32,
    i64,
    u8,
    u16,
    u32,
    u64,
    f32,
    f64,
    bool,
    String,
    Vec<u8>,
    std::time::Duration,
    std::net::IpAddr,
    crate::value::CivilDate,
    crate::value::CivilTime,
    crate::value::CivilDateTime,
);
#[cfg(feature = "chrono")]
scalar!(
    chrono::NaiveDate,
    chrono::NaiveTime,
    chrono::NaiveDateTime,
    chrono::DateTime<chrono::Utc>,
    chrono::TimeDelta,
);
#[cfg(feature = "uuid")]
scalar!(uuid::Uuid);
#[cfg(feature = "decimal")]
scalar!(rust_decimal::Decimal);
#[cfg(feature = "json")]
scalar!(serde_json::Value);
#[cfg(feature = "json")]
impl<T> Scalar for crate::value::Json<T> where Self: DbType {}
impl<const N: usize> Scalar for crate::value::Vector<N> {}

/// The type of a primary key: one value, or a tuple of two to four.
pub trait Key: Clone + Eq + Hash + Debug + Send + Sync + 'static {
    /// The values, one for each column of the key.
    fn to_values(&self) -> Vec<Value>;
}

impl<T: Scalar + Clone + Eq + Hash + Debug> Key for T {
    fn to_values(&self) -> Vec<Value> {
        vec![self.to_value()]
    }
}

macro_rules! tuple_key {
    ($($name:ident . $index:tt),*) => {
        impl<$($name: Scalar + Clone + Eq + Hash + Debug),*> Key for ($($name,)*) {
            fn to_values(&self) -> Vec<Value> {
                vec![$(self.$index.to_value()),*]
            }
        }
    };
}
tuple_key!(A.0, B.1);
tuple_key!(A.0, B.1, C.2);
tuple_key!(A.0, B.1, C.2, D.3);

/// A value as the key of a map: integers compare by number, whatever their type.
#[derive(Debug, Clone)]
pub struct HashKey(pub Value);

impl HashKey {
    fn integer(&self) -> Option<i128> {
        match &self.0 {
            Value::Int(v) => Some((*v).into()),
            Value::UInt(v) => Some((*v).into()),
            Value::Bool(v) => Some((*v).into()),
            _ => None,
        }
    }

    /// A text of what is no integer; two values of one column have equal texts when they are equal.
    fn text(&self) -> std::borrow::Cow<'_, str> {
        match &self.0 {
            Value::Text(v) | Value::Json(v) | Value::Decimal(v) => v.as_str().into(),
            Value::Uuid(v) => v
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect::<String>()
                .into(),
            Value::Date(v) => v.to_string().into(),
            Value::Time(v) => v.to_string().into(),
            Value::DateTime(v) => v.to_string().into(),
            other => format!("{other:?}").into(),
        }
    }
}

impl HashKey {
    /// Appends a text that is equal for equal values only, whatever stands behind it.
    pub(crate) fn append_to(&self, out: &mut String) {
        let (kind, text) = match self.integer() {
            Some(number) => ('i', number.to_string().into()),
            None => ('t', self.text()),
        };
        out.push_str(&text.len().to_string());
        out.push(kind);
        out.push_str(&text);
    }
}

impl PartialEq for HashKey {
    fn eq(&self, other: &Self) -> bool {
        match (self.integer(), other.integer()) {
            (Some(a), Some(b)) => a == b,
            (None, None) => self.text() == other.text(),
            _ => false,
        }
    }
}

impl Eq for HashKey {}

impl Hash for HashKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.integer() {
            // Equal numbers have equal low bits.
            Some(v) => (v as u64).hash(state),
            None => self.text().hash(state),
        }
    }
}
