//! Functions by name: those that MariaDB spells otherwise, and those that SingleStore lacks.

use super::search;
use crate::catalog::SCHEMA;
use crate::refusal::Refusal;
use crate::sql::{Edits, Kind, Sql, quote_text};

/// Functions that only take another name.
const RENAMED: &[(&str, &str)] = &[
    ("JSON_BUILD_OBJECT", "JSON_OBJECT"),
    ("JSON_BUILD_ARRAY", "JSON_ARRAY"),
    ("JSON_AGG", "JSON_ARRAYAGG"),
    ("JSON_PRETTY", "JSON_DETAILED"),
    // `JSON_CONTAINS` looks into arrays among the elements too.
    (
        "JSON_ARRAY_CONTAINS_JSON",
        "gate_catalog.json_array_contains",
    ),
    (
        "JSON_ARRAY_CONTAINS_DOUBLE",
        "gate_catalog.json_array_contains",
    ),
    ("DATE_TRUNC", "gate_catalog.date_trunc"),
    ("TIME_BUCKET", "gate_catalog.time_bucket"),
    ("TO_DATE", "gate_catalog.to_date"),
    ("TO_TIMESTAMP", "gate_catalog.to_timestamp"),
    ("TO_CHAR", "gate_catalog.to_char"),
    ("DOT_PRODUCT", "gate_catalog.dot_product"),
    ("EUCLIDEAN_DISTANCE", "gate_catalog.euclidean_distance"),
    ("JSON_ARRAY_PACK", "JSON_COMPACT"),
    ("JSON_ARRAY_UNPACK", "JSON_COMPACT"),
    ("JSON_GET_TYPE", "gate_catalog.json_get_type"),
    ("TO_JSON", "gate_catalog.to_json"),
];

/// Functions of MySQL or MariaDB that SingleStore lacks.
const ABSENT: &[&str] = &[
    "MAKEDATE",
    "YEARWEEK",
    "GET_LOCK",
    "RELEASE_LOCK",
    "IS_FREE_LOCK",
    "IS_USED_LOCK",
    "SHA224",
    "JSON_VALUE",
    "JSON_QUERY",
    "JSON_OVERLAPS",
    "JSON_CONTAINS",
    "JSON_CONTAINS_PATH",
    "JSON_TABLE",
    "JSON_EXISTS",
    "JSON_NORMALIZE",
    "JSON_EQUALS",
    "JSON_COMPACT",
    "JSON_LOOSE",
    "JSON_DETAILED",
    "NEXTVAL",
    "LASTVAL",
    "SETVAL",
    "COSINE_SIMILARITY",
];

/// What becomes of a function whose call must be taken apart.
#[derive(Clone, Copy)]
enum Call {
    /// Extraction by a path of keys, with what stands around it.
    Extract(&'static str, &'static str),
    /// A change at a path whose last argument is the value.
    Set(&'static str, &'static str),
    /// LAG and LEAD, whose default MariaDB lacks.
    Offset,
    /// The rest.
    Other(fn(&[&str]) -> Option<String>),
}

fn call(name: &str) -> Option<Call> {
    Some(match name {
        "JSON_EXTRACT_JSON" => Call::Extract("JSON_EXTRACT(", ")"),
        "JSON_EXTRACT_STRING" => Call::Extract("JSON_UNQUOTE(JSON_EXTRACT(", "))"),
        "JSON_EXTRACT_DOUBLE" => Call::Extract("CAST(JSON_VALUE(", ") AS DOUBLE)"),
        "JSON_EXTRACT_BIGINT" => Call::Extract("CAST(JSON_VALUE(", ") AS SIGNED)"),
        "JSON_MATCH_ANY_EXISTS" => Call::Extract("JSON_EXISTS(", ")"),
        "JSON_DELETE_KEY" => Call::Extract("JSON_REMOVE(", ")"),
        "JSON_SET_STRING" => Call::Set("JSON_SET(", ")"),
        "JSON_SET_DOUBLE" => Call::Set("JSON_SET(", ")"),
        "JSON_SET_JSON" => Call::Set("JSON_SET(", ", '$')"),
        "JSON_ARRAY_CONTAINS_STRING" => {
            Call::Other(|a| two(a, "gate_catalog.json_array_contains({0}, JSON_QUOTE({1}))"))
        }
        "JSON_ARRAY_PUSH_STRING" | "JSON_ARRAY_PUSH_DOUBLE" => {
            Call::Other(|a| two(a, "JSON_ARRAY_APPEND({0}, '$', {1})"))
        }
        "JSON_ARRAY_PUSH_JSON" => {
            Call::Other(|a| two(a, "JSON_ARRAY_APPEND({0}, '$', JSON_EXTRACT({1}, '$'))"))
        }
        "APPROX_COUNT_DISTINCT" => {
            Call::Other(|a| Some(format!("COUNT(DISTINCT {})", a.join(", "))))
        }
        "REGEXP_INSTR" => Call::Other(regexp_instr),
        "LAG" | "LEAD" => Call::Offset,
        _ => return None,
    })
}

fn two(arguments: &[&str], form: &str) -> Option<String> {
    let [a, b] = arguments else {
        return None;
    };
    Some(form.replace("{0}", a).replace("{1}", b))
}

/// `REGEXP_INSTR(s, p, 1, 1, 0, 'c'|'i')`: MariaDB has the first two arguments alone, and takes case
/// from the collation unless the pattern says.
fn regexp_instr(arguments: &[&str]) -> Option<String> {
    let (text, pattern) = (arguments.first()?, arguments.get(1)?);
    let flag = match arguments.get(5).copied().map(str::trim) {
        Some("'i'") => "(?i)",
        Some("'c'") => "(?-i)",
        None => "",
        Some(_) => return None,
    };
    Some(format!("REGEXP_INSTR({text}, CONCAT('{flag}', {pattern}))"))
}

pub(super) fn rewrite(sql: &Sql, edits: &mut Edits) -> Result<(), Refusal> {
    for i in 0..sql.len() {
        if sql.kind(i) != Some(Kind::Word) || !sql.symbol(i + 1, "(") {
            continue;
        }
        let name = sql.at(i).to_ascii_uppercase();
        let of_schema = i > 0 && sql.symbol(i - 1, ".");
        if of_schema || sql.word(i.wrapping_sub(1), "INTO") || sql.word(i.wrapping_sub(1), "TABLE")
        {
            continue;
        }
        if search::rewrite(sql, i, &name, edits)? {
            continue;
        }
        if ABSENT.contains(&&*name) {
            return Err(Refusal::new(
                1305,
                format!("FUNCTION {} does not exist", sql.at(i)),
            ));
        }
        if let Some((_, other)) = RENAMED.iter().find(|(own, _)| *own == name) {
            edits.replace(sql.start(i)..sql.end(i), *other);
        } else if let Some(call) = call(&name) {
            rewrite_call(sql, i, call, edits)?;
        }
    }
    Ok(())
}

/// Keeps the arguments where they stand, so that what is rewritten within them is kept too.
fn rewrite_call(sql: &Sql, name: usize, call: Call, edits: &mut Edits) -> Result<(), Refusal> {
    let open = name + 1;
    let close = sql.close(open);
    if close >= sql.len() {
        return Err(Refusal::syntax(sql.at(name)));
    }
    let arguments = sql.list(open + 1, close);
    let Some((first, rest)) = arguments.split_first() else {
        return Err(Refusal::syntax(sql.at(close)));
    };
    let head = sql.start(name)..sql.end(open);
    match call {
        Call::Extract(before, after) => {
            edits.replace(head, before);
            let path = path(sql, rest);
            edits.replace(
                sql.end(first.1 - 1)..sql.end(close),
                format!(", {path}{after}"),
            );
        }
        Call::Set(before, after) => {
            let Some((value, keys)) = rest.split_last() else {
                return Err(Refusal::syntax(sql.at(close)));
            };
            edits.replace(head, before);
            let from = sql.end(first.1 - 1)..sql.start(value.0);
            let extract = if after.len() > 1 { "JSON_EXTRACT(" } else { "" };
            edits.replace(from, format!(", {}, {extract}", path(sql, keys)));
            let after = if after.len() > 1 { ", '$'))" } else { after };
            edits.replace(sql.start(close)..sql.end(close), after);
        }
        Call::Offset => {
            let [_, offset, default] = arguments[..] else {
                return Ok(());
            };
            let end = sql.close(close + 2);
            if !sql.word(close + 1, "OVER") || end >= sql.len() {
                return Err(Refusal::syntax(sql.at(name)));
            }
            let default = super::expression(sql.slice(default.0, default.1));
            edits.before(sql.start(name), "COALESCE(");
            edits.replace(sql.end(offset.1 - 1)..sql.start(close), "");
            edits.after(sql.end(end), format!(", {default})"));
        }
        Call::Other(form) => {
            let texts: Vec<String> = arguments
                .iter()
                .map(|(from, to)| super::expression(sql.slice(*from, *to)))
                .collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let text = form(&texts).ok_or_else(|| Refusal::syntax(sql.at(name)))?;
            edits.replace(sql.start(name)..sql.end(close), text);
        }
    }
    Ok(())
}

/// A key as a step of MariaDB's paths, where it stands as a JSON string.
pub(super) fn literal_path(key: &str) -> String {
    let mut out = String::from(".\"");
    for c in key.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}

/// The path of keys given as arguments.
fn path(sql: &Sql, keys: &[(usize, usize)]) -> String {
    let mut literal = String::from("$");
    let mut parts: Vec<String> = Vec::new();
    for (from, to) in keys {
        match (to - from, sql.kind(*from)) {
            (1, Some(Kind::Text)) => {
                literal.push_str(&literal_path(&sql.literal(*from).unwrap_or_default()));
            }
            (1, Some(Kind::Number)) => literal.push_str(&format!("[{}]", sql.at(*from))),
            _ => {
                parts.push(quote_text(&literal));
                literal.clear();
                let key = super::expression(sql.slice(*from, *to));
                parts.push(format!("{SCHEMA}.json_step({key})"));
            }
        }
    }
    if parts.is_empty() {
        return quote_text(&literal);
    }
    if !literal.is_empty() {
        parts.push(quote_text(&literal));
    }
    format!("CONCAT({})", parts.join(", "))
}
