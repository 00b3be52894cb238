//! The values by which objects of two models belong together: of one column, or of several.

use crate::ast::Expr;
use crate::model::{HashKey, Model};
use crate::value::Value;

/// The values of some columns of an object as one, to find it by: NULL where any of them is.
pub(crate) fn tie<M: Model>(object: &M, columns: &[usize]) -> Value {
    match columns {
        &[one] => object.value(one),
        many => joined(many.iter().map(|&c| object.value(c))),
    }
}

/// Values as one that is equal where all of them are, and NULL where any of them is.
pub(crate) fn joined(values: impl ExactSizeIterator<Item = Value>) -> Value {
    let mut values = values;
    if values.len() == 1 {
        return values.next().unwrap_or_default();
    }
    let mut text = String::new();
    for value in values {
        if value.is_null() {
            return Value::Null;
        }
        HashKey(value).append_to(&mut text);
    }
    Value::Text(text)
}

/// Appends the values of some columns of an object, unless any is NULL; says whether it did.
pub(crate) fn push<M: Model>(out: &mut Vec<Value>, object: &M, columns: &[usize]) -> bool {
    let before = out.len();
    out.extend(columns.iter().map(|&c| object.value(c)));
    let whole = out[before..].iter().all(|v| !v.is_null());
    if !whole {
        out.truncate(before);
    }
    whole
}

/// The columns are one of these rows of values, which stand one after the other.
pub(crate) fn among(mut columns: Vec<Expr>, values: &[Value]) -> Expr {
    if columns.len() == 1 {
        return Expr::In {
            expr: Box::new(columns.remove(0)),
            list: values.to_vec(),
        };
    }
    let width = columns.len().max(1);
    Expr::InRows {
        exprs: columns,
        rows: values.chunks(width).map(<[Value]>::to_vec).collect(),
    }
}
