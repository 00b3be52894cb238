//! Casts `:>` and `!:>`, JSON paths `::`, `::$`, `::%`, `::?`, vectors `<*>` and `<->`.

use super::functions::literal_path;
use crate::catalog::{SCHEMA, type_head};
use crate::refusal::Refusal;
use crate::sql::{Cursor, Edits, Kind, Sql, data_type, quote_text};

pub(super) fn rewrite(sql: &Sql, edits: &mut Edits) -> Result<(), Refusal> {
    // Every one of them but a few comparisons begins so.
    if ![":>", "::", "<*>", "<->"]
        .iter()
        .any(|s| sql.text.contains(s))
    {
        return Ok(());
    }
    let mut i = 0;
    while i < sql.len() {
        if sql.kind(i) != Some(Kind::Symbol) {
            i += 1;
            continue;
        }
        i = match sql.at(i) {
            ":>" | "!:>" => cast(sql, i, edits)?,
            "::" | "::$" | "::%" | "::?" => json_path(sql, i, edits)?,
            "<*>" => vector(sql, i, "dot_product", edits),
            "<->" => vector(sql, i, "euclidean_distance", edits),
            "=" | "<>" | "!=" | "<=>" => {
                json_equality(sql, i, edits);
                i + 1
            }
            _ => i + 1,
        };
    }
    Ok(())
}

/// Words in front of a parenthesis that are no function's name.
fn is_keyword(sql: &Sql, i: usize) -> bool {
    const KEYWORDS: &[&str] = &[
        "SELECT", "WHERE", "AND", "OR", "NOT", "IN", "ON", "FROM", "BY", "HAVING", "WHEN", "THEN",
        "ELSE", "CASE", "VALUES", "SET", "AS", "BETWEEN", "LIKE", "LIMIT", "DISTINCT", "UNION",
        "ALL", "EXISTS", "IS", "DIV", "MOD", "REGEXP", "RLIKE", "USING", "XOR", "RETURN",
    ];
    sql.any_word(i, KEYWORDS)
}

/// The first token of the operand that ends before token `op`.
pub(super) fn operand_start(sql: &Sql, op: usize) -> usize {
    let Some(last) = op.checked_sub(1) else {
        return op;
    };
    let mut at = last;
    if sql.symbol(last, ")") {
        at = sql.tokens[last].pair;
        let called = at
            .checked_sub(1)
            .filter(|name| sql.name(*name).is_some() && !is_keyword(sql, *name));
        if let Some(name) = called {
            // A window belongs to the call in front of it.
            at = match sql.word(name, "OVER") {
                true => operand_start(sql, name),
                false => name,
            };
        }
    }
    loop {
        if at >= 2 && sql.symbol(at - 1, ".") {
            at -= 2;
        } else if at >= 1
            && [":>", "!:>", "::", "::$", "::%", "::?"]
                .iter()
                .any(|s| sql.symbol(at - 1, s))
        {
            at = operand_start(sql, at - 1);
        } else {
            return at;
        }
    }
}

/// The token after the operand that starts at `at`.
pub(super) fn operand_end(sql: &Sql, at: usize) -> usize {
    let mut end = at;
    if sql.symbol(end, "-") || sql.symbol(end, "+") {
        end += 1;
    }
    end = sql.after(end);
    loop {
        if sql.symbol(end, ".") {
            end += 2;
        } else if sql.symbol(end, "(") && sql.name(end - 1).is_some() {
            end = sql.after(end);
        } else if ["::", "::$", "::%", "::?"]
            .iter()
            .any(|s| sql.symbol(end, s))
        {
            end += 2;
        } else if sql.symbol(end, ":>") || sql.symbol(end, "!:>") {
            let mut c = Cursor::new(sql, end + 1, sql.len());
            if data_type(&mut c).is_err() {
                return end;
            }
            end = c.at;
        } else {
            return end;
        }
    }
}

fn cast(sql: &Sql, op: usize, edits: &mut Edits) -> Result<usize, Refusal> {
    let mut c = Cursor::new(sql, op + 1, sql.len());
    let ty = data_type(&mut c)?;
    let mut collate = None;
    loop {
        if c.eat("CHARACTER SET") || c.eat("CHARSET") {
            c.take();
        } else if c.eat("COLLATE") {
            collate = Some(c.take().to_owned());
        } else if !c.eat("NOT NULL") {
            break;
        }
    }
    // NULL closes a cast's type only in front of what ends an expression.
    if c.is("NULL") && (c.sql.symbol(c.at + 1, ")") || c.sql.symbol(c.at + 1, ",")) {
        c.at += 1;
    }
    let (mut open, mut close) = wrapping(&ty, collate.as_deref());
    let wide = widest(&type_head(&ty), &ty).filter(|_| sql.words(0, "WITH RECURSIVE"));
    if let Some(wide) = wide {
        open = format!("CASE WHEN 0 THEN {wide} ELSE {open}");
        close.push_str(" END");
    }
    edits.before(sql.start(operand_start(sql, op)), open);
    edits.replace(sql.start(op)..sql.end(c.at - 1), close);
    Ok(c.at)
}

/// A value of the whole width of a type: MariaDB gives the column of a recursive query the width of its
/// first rows, and its own casts leave a value as narrow as it is.
fn widest(head: &str, ty: &str) -> Option<&'static str> {
    Some(match head {
        "LONGTEXT" => "CAST('' AS CHAR(5000000))",
        "LONGBLOB" => "CAST('' AS BINARY(20000000))",
        "BIGINT" if ty.to_ascii_uppercase().ends_with("UNSIGNED") => "18446744073709551615",
        "BIGINT" => "9223372036854775807",
        _ => return None,
    })
}

fn wrapping(ty: &str, collate: Option<&str>) -> (String, String) {
    let head = type_head(ty);
    let arguments = match (ty.find('('), ty.rfind(')')) {
        (Some(open), Some(close)) if open < close => ty[open..=close].to_owned(),
        _ => String::new(),
    };
    let unsigned = ty.to_ascii_uppercase().ends_with("UNSIGNED");
    let (open, close) = match &*head {
        "DOUBLE" | "REAL" | "FLOAT" => ("CAST(", " AS DOUBLE)".to_owned()),
        "BIT" => ("CAST(", " AS UNSIGNED)".to_owned()),
        "BIGINT" | "INT" | "INTEGER" | "SMALLINT" | "MEDIUMINT" | "TINYINT" | "BOOL"
        | "BOOLEAN" | "YEAR" => (
            "CAST(",
            if unsigned {
                " AS UNSIGNED)"
            } else {
                " AS SIGNED)"
            }
            .to_owned(),
        ),
        "DECIMAL" | "NUMERIC" | "DEC" | "FIXED" => ("CAST(", format!(" AS DECIMAL{arguments})")),
        "DATE" => ("CAST(", " AS DATE)".to_owned()),
        "DATETIME" | "TIMESTAMP" => ("CAST(", format!(" AS DATETIME{arguments})")),
        "TIME" => ("CAST(", format!(" AS TIME{arguments})")),
        "CHAR" | "VARCHAR" | "CHARACTER" => (
            "CAST(",
            format!(" AS CHAR{arguments} CHARACTER SET utf8mb4)"),
        ),
        "BINARY" | "VARBINARY" => ("CAST(", format!(" AS BINARY{arguments})")),
        "JSON" | "VECTOR" | "BSON" => ("JSON_COMPACT(", ")".to_owned()),
        _ if head.ends_with("BLOB") => ("CAST(", " AS BINARY)".to_owned()),
        _ => ("CONVERT(", " USING utf8mb4)".to_owned()),
    };
    match (collate, open) {
        (Some(collate), "CAST(" | "CONVERT(") => {
            (format!("({open}"), format!("{close} COLLATE {collate})"))
        }
        _ => (open.to_owned(), close),
    }
}

/// `a::b::$c` as one extraction.
fn json_path(sql: &Sql, op: usize, edits: &mut Edits) -> Result<usize, Refusal> {
    let start = operand_start(sql, op);
    let mut at = op;
    let mut path = String::from("$");
    let mut last = "::";
    while ["::", "::$", "::%", "::?"]
        .iter()
        .any(|s| sql.symbol(at, s))
    {
        last = sql.at(at);
        path.push_str(&step(sql, at + 1).ok_or_else(|| Refusal::syntax(sql.at(at)))?);
        at += 2;
    }
    let path = quote_text(&path);
    let (open, close) = match last {
        "::$" => ("JSON_UNQUOTE(JSON_EXTRACT(", format!(", {path}))")),
        "::%" => ("CAST(JSON_VALUE(", format!(", {path}) AS DOUBLE)")),
        "::?" => ("JSON_EXISTS(", format!(", {path})")),
        _ => ("JSON_EXTRACT(", format!(", {path})")),
    };
    edits.before(sql.start(start), open);
    edits.replace(sql.start(op)..sql.end(at - 1), close);
    Ok(at)
}

fn step(sql: &Sql, at: usize) -> Option<String> {
    match sql.kind(at)? {
        Kind::Number => Some(format!("[{}]", sql.at(at))),
        Kind::Text => sql.literal(at).map(|key| literal_path(&key)),
        _ => {
            let name = sql.name(at)?;
            if name.bytes().all(|b| b.is_ascii_digit()) {
                return Some(format!("[{name}]"));
            }
            Some(literal_path(&name))
        }
    }
}

fn vector(sql: &Sql, op: usize, function: &str, edits: &mut Edits) -> usize {
    let start = operand_start(sql, op);
    let end = operand_end(sql, op + 1);
    edits.before(sql.start(start), format!("{SCHEMA}.{function}("));
    edits.replace(sql.start(op)..sql.end(op), ",");
    edits.after(sql.end(end - 1), ")");
    op + 1
}

/// A comparison with a cast to JSON is one of documents, not of texts.
fn json_equality(sql: &Sql, op: usize, edits: &mut Edits) {
    let is_json = |from: usize, to: usize| {
        let to = if sql.symbol(from, "(") && sql.after(from) == to {
            to - 1
        } else {
            to
        };
        to >= 2 && to > from && sql.word(to - 1, "JSON") && sql.symbol(to - 2, ":>")
    };
    let (left, right) = (operand_start(sql, op), operand_end(sql, op + 1));
    if left >= op || right <= op + 1 || !(is_json(left, op) || is_json(op + 1, right)) {
        return;
    }
    let open = match sql.at(op) {
        "=" => "gate_catalog.json_equal(",
        "<=>" => "gate_catalog.json_same(",
        _ => "NOT gate_catalog.json_equal(",
    };
    edits.before(sql.start(left), open);
    edits.replace(sql.start(op)..sql.end(op), ",");
    edits.after(sql.end(right - 1), ")");
}
