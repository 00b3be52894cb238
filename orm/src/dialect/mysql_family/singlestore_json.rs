//! JSON, as SingleStore spells it: each step of a path is an argument of its own, keys as texts and
//! places in arrays as numbers; `$.a` finds nothing there.

use super::json::{no_member, truth};
use super::{Result, Writer};
use crate::ast::{Expr, Json, JsonKind, JsonOp, JsonStep};
use crate::value::Value;

pub(super) fn json(w: &mut Writer<'_>, json: &Json) -> Result {
    match json.op {
        JsonOp::Get => get(w, json),
        JsonOp::Text => {
            w.push("(CASE WHEN ");
            text(w, json)?;
            w.push(" LIKE '\"%' THEN (");
            extract(w, "JSON_EXTRACT_STRING", &json.doc, &json.path)?;
            w.push(" :> LONGTEXT COLLATE utf8mb4_bin) END)");
            Ok(())
        }
        JsonOp::Int => number(w, json, "^-?[0-9]+$", "JSON_EXTRACT_BIGINT"),
        JsonOp::Double => number(w, json, "^-?[0-9]", "JSON_EXTRACT_DOUBLE"),
        JsonOp::Bool => {
            w.push("(CASE ");
            text(w, json)?;
            w.push(" WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END)");
            Ok(())
        }
        JsonOp::Exists => {
            w.push("((");
            if kinds(json).next().is_some() {
                fit(w, json)?;
                w.push(" AND ");
            }
            extract(w, "JSON_MATCH_ANY_EXISTS", &json.doc, &json.path)?;
            w.push(") IS TRUE)");
            Ok(())
        }
        JsonOp::IsNull => {
            w.push("(JSON_GET_TYPE(");
            get(w, json)?;
            w.push(") = 'null')");
            Ok(())
        }
        JsonOp::Same => {
            w.push("(");
            document(w, json)?;
            w.push(" = ");
            other(w, json)?;
            w.push(")");
            Ok(())
        }
        JsonOp::HasItem => {
            // Nothing documents it for what is no array.
            w.push("(CASE WHEN ");
            text(w, json)?;
            w.push(" LIKE '[%' THEN JSON_ARRAY_CONTAINS_JSON(");
            get(w, json)?;
            w.push(", ");
            other(w, json)?;
            w.push(") ELSE FALSE END)");
            Ok(())
        }
        JsonOp::Set | JsonOp::Remove => edit(w, json),
        JsonOp::Contains | JsonOp::ContainedBy => Err(w.refuse(
            "whether a JSON document contains another",
            "compare paths, `.key(…).eq(…)`; ask for keys, `.has_key(…)`, and for elements of an array, `.has_item(…)`",
        )),
    }
}

/// Each place that is changed writes the document twice.
const PLACES: usize = 4;

/// Whether a missing parent is made depends on `json_compatibility_level`, so it is looked for first;
/// what is done with a place behind an array's end is nobody's wish.
fn edit(w: &mut Writer<'_>, json: &Json) -> Result {
    let mut places = 1;
    let mut doc = &json.doc;
    while let Expr::Json(inner) = doc
        && matches!(inner.op, JsonOp::Set | JsonOp::Remove)
    {
        places += 1;
        doc = &inner.doc;
    }
    if places > PLACES {
        return Err(w.refuse(
            "more than four changed places of one JSON document in an update",
            "make an update for each four of them, in one transaction, or set the object they are in",
        ));
    }
    let mut there = Json {
        op: JsonOp::Exists,
        doc: doc.clone(),
        path: json.path.clone(),
        other: None,
    };
    w.push("(CASE WHEN ");
    if let (JsonOp::Set, Some(JsonStep::Key(_))) = (json.op, json.path.last()) {
        there.path.pop();
        text(w, &there)?;
        w.push(" LIKE '{%'");
    } else {
        self::json(w, &there)?;
    }
    w.push(" THEN ");
    w.push(match json.op {
        JsonOp::Remove => "JSON_DELETE_KEY(",
        _ => "JSON_SET_JSON(",
    });
    w.expr(&json.doc)?;
    steps(w, &json.path)?;
    if let Some(other) = &json.other {
        // As the element of an array a member is JSON, and NULL is JSON's null.
        w.push(", JSON_EXTRACT_JSON(JSON_BUILD_ARRAY(");
        w.expr(other)?;
        w.push("), 0)");
    }
    w.push(") ELSE ");
    w.operand(&json.doc)?;
    w.push(" END)");
    Ok(())
}

fn number(w: &mut Writer<'_>, json: &Json, pattern: &str, function: &str) -> Result {
    w.push("(CASE WHEN ");
    text(w, json)?;
    w.push(" REGEXP '");
    w.push(pattern);
    w.push("' THEN ");
    extract(w, function, &json.doc, &json.path)?;
    w.push(" END)");
    Ok(())
}

/// `FUNCTION(doc, 'key', 0)`
fn extract(w: &mut Writer<'_>, function: &str, doc: &Expr, path: &[JsonStep]) -> Result {
    w.push(function);
    w.push("(");
    w.expr(doc)?;
    steps(w, path)?;
    w.push(")");
    Ok(())
}

fn steps(w: &mut Writer<'_>, path: &[JsonStep]) -> Result {
    for step in path {
        w.push(", ");
        match step {
            JsonStep::Key(key) => w.literal(&Value::Text(key.clone()))?,
            JsonStep::Item(n) => w.number(n),
        }
    }
    Ok(())
}

/// What stands at the path.
fn get(w: &mut Writer<'_>, json: &Json) -> Result {
    if kinds(json).next().is_none() {
        return plain(w, &json.doc, &json.path);
    }
    w.push("(CASE WHEN ");
    fit(w, json)?;
    w.push(" THEN ");
    plain(w, &json.doc, &json.path)?;
    w.push(" END)");
    Ok(())
}

fn plain(w: &mut Writer<'_>, doc: &Expr, path: &[JsonStep]) -> Result {
    match path.is_empty() {
        true => w.operand(doc),
        false => extract(w, "JSON_EXTRACT_JSON", doc, path),
    }
}

/// The steps that nothing documents for another kind of value, with how the right kind begins: an
/// element of what is no array, and a key of digits, which could be a place in an array.
fn kinds(json: &Json) -> impl Iterator<Item = (usize, &'static str)> {
    let kind = |(at, step): (usize, &JsonStep)| match step {
        JsonStep::Item(_) => Some((at, "[")),
        JsonStep::Key(key) if key.bytes().all(|b| b.is_ascii_digit()) => Some((at, "{")),
        JsonStep::Key(_) => None,
    };
    json.path.iter().enumerate().filter_map(kind)
}

/// That those steps find their kind.
fn fit(w: &mut Writer<'_>, json: &Json) -> Result {
    for (i, (at, begin)) in kinds(json).enumerate() {
        w.push(if i > 0 { " AND (" } else { "(" });
        plain(w, &json.doc, &json.path[..at])?;
        w.push(" :> LONGTEXT) LIKE '");
        w.push(begin);
        w.push("%'");
    }
    Ok(())
}

fn cast(w: &mut Writer<'_>, json: &Json, ty: &str) -> Result {
    w.push("(");
    get(w, json)?;
    w.push(" :> ");
    w.push(ty);
    w.push(")");
    Ok(())
}

fn document(w: &mut Writer<'_>, json: &Json) -> Result {
    cast(w, json, "JSON")
}

/// The same as text: a string in its quotes.
fn text(w: &mut Writer<'_>, json: &Json) -> Result {
    cast(w, json, "LONGTEXT")
}

/// Documents are compared as such only when both are cast.
fn other(w: &mut Writer<'_>, json: &Json) -> Result {
    match &json.other {
        Some(value @ Expr::Value(_)) => w.expr(value),
        Some(other) => {
            w.push("(");
            w.operand(other)?;
            w.push(" :> JSON)");
            Ok(())
        }
        None => Ok(()),
    }
}

/// A value as it stands in a document.
pub(super) fn member(w: &mut Writer<'_>, kind: JsonKind, value: &Expr) -> Result {
    let ty = match kind {
        JsonKind::Bool | JsonKind::Json => "JSON",
        JsonKind::Time => "CHAR",
        JsonKind::Digits | JsonKind::Decimal | JsonKind::Text => return w.expr(value),
        JsonKind::None => return Err(no_member(w)),
    };
    w.push("(");
    match kind {
        JsonKind::Bool => {
            w.push("(");
            truth(w, value)?;
            w.push(")");
        }
        _ => w.operand(value)?,
    }
    w.push(" :> ");
    w.push(ty);
    w.push(")");
    Ok(())
}
