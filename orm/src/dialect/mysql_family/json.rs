//! JSON, as MySQL and MariaDB spell it.
//!
//! MySQL has a type of its own for documents, MariaDB keeps them as text; cast to text, what stands at
//! a path reads the same on both, and its first character tells what it is.

use super::{Result, Writer};
use crate::ast::{Expr, Json, JsonKind, JsonOp, JsonStep};
use crate::dialect::json::path;
use crate::value::Value;

/// Writes a part of an expression.
pub(super) type Part<'a> = &'a dyn Fn(&mut Writer<'_>) -> Result;

/// How a member makes a document of a text, and compares two.
pub(super) trait Documents {
    /// A text that is a document, as one.
    fn document(w: &mut Writer<'_>, text: Part<'_>) -> Result;
    /// Whether two documents are the same.
    fn same(w: &mut Writer<'_>, one: Part<'_>, other: Part<'_>) -> Result;
    /// Whether a path finds keys that begin with a dash. On MariaDB, which takes negative places from
    /// 10.9, it does not, quoted or not.
    const DASHED_KEYS: bool = true;
}

pub(super) fn json<D: Documents>(w: &mut Writer<'_>, json: &Json) -> Result {
    let dashed = |step: &JsonStep| matches!(step, JsonStep::Key(key) if key.starts_with('-'));
    if !D::DASHED_KEYS && json.path.iter().any(dashed) {
        return Err(w.refuse(
            "a JSON key that begins with `-`",
            "name the key otherwise; the document it stands in can be read as a whole, `.json()`",
        ));
    }
    let get = |w: &mut Writer<'_>| get(w, json);
    let other = |w: &mut Writer<'_>| json.other.as_ref().map_or(Ok(()), |e| w.expr(e));
    match json.op {
        JsonOp::Get => get(w),
        JsonOp::Text => {
            let collation = w.d.features().text_collation;
            w.push("(CASE WHEN ");
            text(w, json)?;
            w.push(" LIKE '\"%' THEN CONVERT(JSON_UNQUOTE(");
            get(w)?;
            w.push(") USING utf8mb4) COLLATE ");
            w.push(collation);
            w.push(" END)");
            Ok(())
        }
        JsonOp::Int => {
            w.push("(CASE WHEN ");
            text(w, json)?;
            w.push(" REGEXP '^-?[0-9]+$' THEN CAST(");
            get(w)?;
            w.push(" AS SIGNED) END)");
            Ok(())
        }
        JsonOp::Double => {
            w.push("(CASE WHEN ");
            text(w, json)?;
            w.push(" REGEXP '^-?[0-9]' THEN CAST(");
            get(w)?;
            w.push(" AS DOUBLE) END)");
            Ok(())
        }
        JsonOp::Bool => {
            w.push("(CASE ");
            text(w, json)?;
            w.push(" WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END)");
            Ok(())
        }
        JsonOp::Exists => {
            w.push("((");
            if has_first(json) {
                arrays(w, json)?;
                w.push(" AND ");
            }
            w.push("JSON_CONTAINS_PATH(");
            w.expr(&json.doc)?;
            w.push(", 'one', ");
            w.literal(&Value::Text(path(&json.path)))?;
            w.push(")) IS TRUE)");
            Ok(())
        }
        JsonOp::IsNull => {
            w.push("(");
            text(w, json)?;
            w.push(" = 'null')");
            Ok(())
        }
        JsonOp::Same => D::same(w, &get, &other),
        JsonOp::Contains => pair(w, &get, &other),
        JsonOp::ContainedBy => pair(w, &other, &get),
        JsonOp::HasItem => has_item::<D>(w, json, &other),
        JsonOp::Set | JsonOp::Remove => edit(w, json),
    }
}

/// What no document has: 1 GB is the most that one can be long.
const NOWHERE: &str = "$[999999999].x";

/// These functions leave alone what has no parent. Where the first element of an array is on the
/// path, what is no array has to be kept from being taken as one.
fn edit(w: &mut Writer<'_>, json: &Json) -> Result {
    w.push(match (json.op, json.path.last()) {
        (JsonOp::Remove, _) => "JSON_REMOVE(",
        (_, Some(JsonStep::Key(_))) => "JSON_SET(",
        _ => "JSON_REPLACE(",
    });
    w.expr(&json.doc)?;
    w.push(", ");
    let place = Value::Text(path(&json.path));
    if has_first(json) {
        let before = Json {
            op: JsonOp::Get,
            doc: json.unchanged().clone(),
            path: json.path.clone(),
            other: None,
        };
        w.push("CASE WHEN ");
        arrays(w, &before)?;
        w.push(" THEN ");
        w.literal(&place)?;
        w.push(" ELSE '");
        w.push(NOWHERE);
        w.push("' END");
    } else {
        w.literal(&place)?;
    }
    if let Some(other) = &json.other {
        w.push(", ");
        w.expr(other)?;
    }
    w.push(")");
    Ok(())
}

/// `JSON_CONTAINS` would look into arrays among the elements too.
fn has_item<D: Documents>(w: &mut Writer<'_>, json: &Json, other: Part<'_>) -> Result {
    let alias = w.wrap_alias();
    w.push("EXISTS (SELECT 1 FROM JSON_TABLE(");
    w.expr(&json.doc)?;
    w.push(", ");
    w.literal(&Value::Text(path(&json.path) + "[*]"))?;
    w.push(" COLUMNS (item JSON PATH '$')) AS ");
    w.push(&alias);
    w.push(" WHERE ");
    D::same(
        w,
        &|w| {
            w.push(&alias);
            w.push(".item");
            Ok(())
        },
        other,
    )?;
    w.push(")");
    Ok(())
}

fn pair(w: &mut Writer<'_>, one: Part<'_>, other: Part<'_>) -> Result {
    w.push("JSON_CONTAINS(");
    one(w)?;
    w.push(", ");
    other(w)?;
    w.push(")");
    Ok(())
}

/// What stands at the path.
fn get(w: &mut Writer<'_>, json: &Json) -> Result {
    if !has_first(json) {
        return extract(w, &json.doc, &json.path);
    }
    w.push("(CASE WHEN ");
    arrays(w, json)?;
    w.push(" THEN ");
    extract(w, &json.doc, &json.path)?;
    w.push(" END)");
    Ok(())
}

fn extract(w: &mut Writer<'_>, doc: &Expr, steps: &[JsonStep]) -> Result {
    if steps.is_empty() {
        return w.expr(doc);
    }
    w.push("JSON_EXTRACT(");
    w.expr(doc)?;
    w.push(", ");
    w.literal(&Value::Text(path(steps)))?;
    w.push(")");
    Ok(())
}

/// Whether the path asks for the first element of an array. MySQL's family takes what is no array as
/// one of it alone, so there has to be one.
fn has_first(json: &Json) -> bool {
    json.path.contains(&JsonStep::Item(0))
}

/// That there are arrays wherever the path asks for the first element.
fn arrays(w: &mut Writer<'_>, json: &Json) -> Result {
    let firsts = json.path.iter().enumerate();
    let firsts = firsts.filter(|(_, step)| **step == JsonStep::Item(0));
    for (i, (at, _)) in firsts.enumerate() {
        w.push(if i > 0 {
            " AND JSON_TYPE("
        } else {
            "JSON_TYPE("
        });
        extract(w, &json.doc, &json.path[..at])?;
        w.push(") = 'ARRAY'");
    }
    Ok(())
}

/// The same as text: a string in its quotes.
fn text(w: &mut Writer<'_>, json: &Json) -> Result {
    w.push("CAST(");
    get(w, json)?;
    w.push(" AS CHAR)");
    Ok(())
}

/// A value as it stands in a document.
pub(super) fn member<D: Documents>(w: &mut Writer<'_>, kind: JsonKind, value: &Expr) -> Result {
    match kind {
        JsonKind::Bool => D::document(w, &|w| truth(w, value)),
        JsonKind::Json => D::document(w, &|w| w.expr(value)),
        JsonKind::Digits | JsonKind::Decimal => w.expr(value),
        // Texts of different collations do not mix, also not where none compares them.
        JsonKind::Text | JsonKind::Time => {
            w.push("(CONVERT(");
            w.expr(value)?;
            w.push(" USING utf8mb4) COLLATE ");
            w.push(w.d.features().text_collation);
            w.push(")");
            Ok(())
        }
        JsonKind::None => Err(no_member(w)),
    }
}

/// The word for a condition.
pub(super) fn truth(w: &mut Writer<'_>, value: &Expr) -> Result {
    w.push("CASE ");
    w.expr(value)?;
    w.push(" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END");
    Ok(())
}

pub(in crate::dialect) fn no_member(w: &Writer<'_>) -> crate::dialect::RenderError {
    w.refuse(
        "bytes or vectors in a JSON document",
        "they are columns of their own; a list of numbers is a document, `json!([1, 2])`, while \
         `vec![1, 2]` is bytes",
    )
}
