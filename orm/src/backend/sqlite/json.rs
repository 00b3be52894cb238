//! Comparisons of JSON documents, which SQLite lacks.

use rusqlite::functions::Context;
use rusqlite::{Connection, Result};
use serde_json::Value;

use super::functions::{PURE, text, user};

/// Registers the functions.
pub(super) fn register(conn: &Connection) -> Result<()> {
    type Two = fn(&Value, &Value) -> bool;
    let two: [(&str, Two); 3] = [
        ("orm_json_same", same),
        ("orm_json_contains", contains),
        ("orm_json_has_item", |list, item| {
            list.as_array()
                .is_some_and(|list| list.iter().any(|i| same(i, item)))
        }),
    ];
    for (name, function) in two {
        conn.create_scalar_function(name, 2, PURE, move |ctx| {
            let (Some(a), Some(b)) = (document(ctx, 0)?, document(ctx, 1)?) else {
                return Ok(None);
            };
            Ok(Some(function(&a, &b)))
        })?;
    }
    Ok(())
}

fn document(ctx: &Context<'_>, i: usize) -> Result<Option<Value>> {
    let Some(text) = text(ctx.get_raw(i))? else {
        return Ok(None);
    };
    let document = serde_json::from_str(&text);
    let document = document.map_err(|e| user(format!("a value is no JSON document: {e}")))?;
    Ok(Some(document))
}

/// Numbers are the same by value: `1` and `1.0`.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            if let (Some(a), Some(b)) = (a.as_i64(), b.as_i64()) {
                return a == b;
            }
            if let (Some(a), Some(b)) = (a.as_u64(), b.as_u64()) {
                return a == b;
            }
            a.as_f64() == b.as_f64()
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| same(v, w)))
        }
        (a, b) => a == b,
    }
}

/// As `JSON_CONTAINS` of MySQL: an array contains what one of its elements contains, and another
/// array when it contains each of its elements; an object contains another when each of the other's
/// values is contained in that of the same key.
fn contains(target: &Value, candidate: &Value) -> bool {
    match (target, candidate) {
        (Value::Array(_), Value::Array(all)) => all.iter().all(|one| contains(target, one)),
        (Value::Array(items), one) => items.iter().any(|item| contains(item, one)),
        (Value::Object(has), Value::Object(wanted)) => wanted
            .iter()
            .all(|(k, v)| has.get(k).is_some_and(|h| contains(h, v))),
        (target, candidate) => same(target, candidate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_are_compared_by_meaning() {
        for (a, b, wanted) in [
            (
                json!({"a": 1, "b": [1.0, 2]}),
                json!({"b": [1, 2], "a": 1}),
                true,
            ),
            (json!(1), json!("1"), false),
            (json!([1, 2]), json!([2, 1]), false),
            (json!({"a": null}), json!({}), false),
            (
                json!(9_007_199_254_740_993_i64),
                json!(9_007_199_254_740_992_i64),
                false,
            ),
            (json!(u64::MAX), json!(u64::MAX - 1), false),
        ] {
            assert_eq!(same(&a, &b), wanted, "{a} {b}");
        }
    }

    /// Each as MariaDB 10.11 answers.
    #[test]
    fn what_a_document_contains() {
        for (a, b, wanted) in [
            (json!({"a": {"b": 1, "c": 2}}), json!({"a": {"b": 1}}), true),
            (json!([1, 2, 3]), json!([3, 1]), true),
            (json!([1, 2, 3]), json!(2), true),
            (json!([[1, 2], 3]), json!([1]), true),
            (json!([[1, 2], 3]), json!([[1]]), true),
            (json!(1), json!(1.0), true),
            (json!({"a": 1}), json!("a"), false),
            (json!([{"a": 1, "b": 2}]), json!({"a": 1}), true),
            (json!([1]), json!([1, 1]), true),
            (json!([]), json!([]), true),
            (json!([{"a": [1, 2]}]), json!([{"a": [2]}]), true),
            (json!({"a": [1, 2]}), json!({"a": 1}), true),
            (json!(1), json!([1]), false),
        ] {
            assert_eq!(contains(&a, &b), wanted, "{a} {b}");
        }
    }
}
