//! Dialects of this layer's own until `crate::dialect` has them.

use std::borrow::Cow;

use crate::ast::{Ddl, Statement};
use crate::dialect::{Dialect, Features, RenderError, Sql};
use crate::value::Value;

#[derive(Debug)]
pub(crate) struct Plain(&'static str, Features);

const fn features(savepoints: bool, decimal_as_text: bool) -> Features {
    Features {
        returning: true,
        foreign_keys: true,
        savepoints,
        transactional_ddl: decimal_as_text,
        sharded: !savepoints,
        alter_column: false,
        drop_column: false,
        rename_index: false,
        comments: false,
        contiguous_ids: false,
        decimal_as_text,
        max_params: 32_766,
        bounded_shapes: false,
    }
}

pub(crate) static SQLITE: Plain = Plain("sqlite", features(true, true));
#[cfg(feature = "mysql")]
pub(crate) static MYSQL: Plain = Plain("mysql", features(true, false));
#[cfg(feature = "mysql")]
pub(crate) static MARIADB: Plain = Plain("mariadb", features(true, false));
#[cfg(feature = "mysql")]
pub(crate) static SINGLESTORE: Plain = Plain("singlestore", features(false, false));

impl Dialect for Plain {
    fn name(&self) -> &'static str {
        self.0
    }
    fn features(&self) -> &Features {
        &self.1
    }
    fn write_identifier(&self, out: &mut String, name: &str) {
        out.push_str(name);
    }
    fn write_literal(&self, out: &mut String, value: &Value) -> Result<(), RenderError> {
        use std::fmt::Write as _;
        match bound(self, value)? {
            Bound::Null => out.push_str("NULL"),
            Bound::Int(v) => drop(write!(out, "{v}")),
            Bound::UInt(v) => drop(write!(out, "{v}")),
            Bound::Double(v) => drop(write!(out, "{v:e}")),
            Bound::Decimal(v) => out.push_str(&v),
            Bound::Text(v) => drop(write!(out, "'{}'", v.replace('\\', "\\\\").replace('\'', "''"))),
            Bound::Bytes(v) => {
                out.push_str("X'");
                for b in v {
                    let _ = write!(out, "{b:02x}");
                }
                out.push('\'');
            }
        }
        Ok(())
    }
    fn render(&self, _: &Statement) -> Result<Sql, RenderError> {
        Err(self.missing())
    }
    fn render_ddl(&self, _: &Ddl) -> Result<String, RenderError> {
        Err(self.missing())
    }
}

impl Plain {
    fn missing(&self) -> RenderError {
        RenderError::Unsupported { dialect: self.0, feature: "rendering".into(), hint: "none".into() }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Bound<'a> {
    Null,
    Int(i64),
    UInt(u64),
    Double(f64),
    Decimal(Cow<'a, str>),
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

pub(crate) fn bound<'a>(dialect: &dyn Dialect, value: &'a Value) -> Result<Bound<'a>, RenderError> {
    let refuse = |reason: String| RenderError::Value { dialect: dialect.name(), reason };
    Ok(match value {
        Value::Null => Bound::Null,
        Value::Bool(v) => Bound::Int((*v).into()),
        Value::Int(v) => Bound::Int(*v),
        Value::UInt(v) => match i64::try_from(*v) {
            Ok(v) => Bound::Int(v),
            Err(_) if !dialect.features().decimal_as_text => Bound::UInt(*v),
            Err(_) => return Err(refuse(format!("{v} is above the largest integer"))),
        },
        Value::Float(v) if v.is_finite() => Bound::Double((*v).into()),
        Value::Double(v) if v.is_finite() => Bound::Double(*v),
        Value::Float(_) | Value::Double(_) => return Err(refuse("not finite".into())),
        Value::Decimal(v) if dialect.features().decimal_as_text => Bound::Text(v.into()),
        Value::Decimal(v) => Bound::Decimal(v.into()),
        Value::Bytes(v) => Bound::Bytes(v),
        Value::Date(v) => Bound::Text(v.to_string().into()),
        Value::DateTime(v) => Bound::Text(v.to_string().into()),
        Value::Time(v) => Bound::Text(v.to_string().into()),
        Value::Text(v) | Value::Json(v) => Bound::Text(v.into()),
        Value::Uuid(v) => Bound::Text(v.iter().map(|b| format!("{b:02x}")).collect::<String>().into()),
        Value::Vector(v) => Bound::Text(format!("{v:?}").replace(' ', "").into()),
    })
}
