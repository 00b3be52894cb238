//! JSON, as SQLite spells it; what it lacks is registered under names with `orm_json_`.

use super::{Result, Writer};
use crate::ast::{Expr, Json, JsonKind, JsonOp, JsonStep};
use crate::dialect::json::path;
use crate::dialect::mysql_family::no_member;
use crate::value::Value;

pub(super) fn json(w: &mut Writer<'_>, json: &Json) -> Result {
    let (before, between) = match json.op {
        JsonOp::Get => return get(w, json),
        JsonOp::Text => ("(CASE WHEN ", " = 'text' THEN "),
        JsonOp::Int => ("(CASE WHEN ", " = 'integer' THEN "),
        JsonOp::Double => ("(CASE WHEN ", " IN ('integer', 'real') THEN "),
        JsonOp::Bool => ("(CASE ", " WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)"),
        JsonOp::Exists => ("(", " IS NOT NULL)"),
        JsonOp::IsNull => ("(", " = 'null')"),
        JsonOp::Same => return pair(w, "orm_json_same(", json, false),
        JsonOp::Contains => return pair(w, "orm_json_contains(", json, false),
        JsonOp::ContainedBy => return pair(w, "orm_json_contains(", json, true),
        JsonOp::HasItem => return pair(w, "orm_json_has_item(", json, false),
        JsonOp::Set => return set(w, json),
        JsonOp::Remove => return call(w, "json_remove", json),
    };
    w.push(before);
    call(w, "json_type", json)?;
    w.push(between);
    match json.op {
        JsonOp::Text | JsonOp::Int => {
            call(w, "json_extract", json)?;
            w.push(" END)");
        }
        JsonOp::Double => {
            w.push("CAST(");
            call(w, "json_extract", json)?;
            w.push(" AS REAL) END)");
        }
        _ => {}
    }
    Ok(())
}

/// `json_set` makes objects on the way to a key; without a path it does nothing.
fn set(w: &mut Writer<'_>, json: &Json) -> Result {
    let place = |w: &mut Writer<'_>| w.literal(&Value::Text(path(&json.path)));
    match json.path.split_last() {
        Some((JsonStep::Key(_), parent)) => {
            w.push("json_set(");
            w.expr(&json.doc)?;
            w.push(", CASE json_type(");
            w.expr(json.unchanged())?;
            w.push(", ");
            w.literal(&Value::Text(path(parent)))?;
            w.push(") WHEN 'object' THEN ");
            place(w)?;
            w.push(" END, ");
        }
        _ => {
            w.push("json_replace(");
            w.expr(&json.doc)?;
            w.push(", ");
            place(w)?;
            w.push(", ");
        }
    }
    json.other.as_ref().map_or(Ok(()), |e| w.expr(e))?;
    w.push(")");
    Ok(())
}

fn call(w: &mut Writer<'_>, function: &str, json: &Json) -> Result {
    w.push(function);
    w.push("(");
    w.expr(&json.doc)?;
    w.push(", ");
    w.literal(&Value::Text(path(&json.path)))?;
    w.push(")");
    Ok(())
}

/// What stands at the path, as JSON.
fn get(w: &mut Writer<'_>, json: &Json) -> Result {
    if json.path.is_empty() {
        return w.expr(&json.doc);
    }
    w.push("(");
    w.operand(&json.doc)?;
    w.push(" -> ");
    w.literal(&Value::Text(path(&json.path)))?;
    w.push(")");
    Ok(())
}

fn pair(w: &mut Writer<'_>, function: &str, json: &Json, turned: bool) -> Result {
    w.push(function);
    let other = |w: &mut Writer<'_>| json.other.as_ref().map_or(Ok(()), |e| w.expr(e));
    if turned {
        other(w)?;
    } else {
        get(w, json)?;
    }
    w.push(", ");
    if turned {
        get(w, json)?;
    } else {
        other(w)?;
    }
    w.push(")");
    Ok(())
}

/// A value as it stands in a document.
pub(super) fn member(w: &mut Writer<'_>, kind: JsonKind, value: &Expr) -> Result {
    match kind {
        JsonKind::Digits | JsonKind::Text | JsonKind::Time => return w.expr(value),
        JsonKind::None => return Err(no_member(w)),
        JsonKind::Bool => {
            w.push("json(CASE ");
            w.expr(value)?;
            w.push(" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END");
        }
        // An exact decimal is the text of a number.
        JsonKind::Json | JsonKind::Decimal => {
            w.push("json(");
            w.expr(value)?;
        }
    }
    w.push(")");
    Ok(())
}
