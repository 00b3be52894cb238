//! Words and forms of MySQL and MariaDB that SingleStore does not take in queries and DML: facts §6a
//! and §8.

use crate::refusal::Refusal;
use crate::sql::{Kind, Sql};

/// Checks the tokens of a query, an INSERT, an UPDATE or a DELETE.
pub(crate) fn syntax(sql: &Sql) -> Result<(), Refusal> {
    for i in 0..sql.len() {
        let refused = match sql.kind(i) {
            Some(Kind::Symbol) => symbol(sql, i),
            Some(Kind::Text) => sql.at(i).starts_with(['N', 'n']),
            Some(Kind::Word) => {
                if let Some(refusal) = function(sql, i) {
                    return Err(refusal);
                }
                word(sql, i)
            }
            _ => false,
        };
        if refused {
            return Err(Refusal::syntax(sql.slice(i, sql.len())));
        }
    }
    Ok(())
}

fn symbol(sql: &Sql, i: usize) -> bool {
    match sql.at(i) {
        "->" | "->>" => true,
        "(" => sql.word(i + 1, "VALUES") && sql.symbol(i + 2, "("),
        "*" | "/" => sql.word(i + 1, "INTERVAL"),
        _ => false,
    }
}

fn word(sql: &Sql, i: usize) -> bool {
    // Names of one or two letters, and aliases with a digit, are none of the words below but IN and OF.
    let text = sql.at(i);
    if text.len() < 2 || text.ends_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let text_next = sql.kind(i + 1) == Some(Kind::Text);
    let before = i.wrapping_sub(1);
    match text.to_ascii_uppercase().as_str() {
        "ESCAPE" => text_next || sql.kind(i + 1) == Some(Kind::Mark),
        "COLLATE" => !in_cast(sql, i),
        "LATERAL" => sql.symbol(i + 1, "("),
        "FILTER" => sql.symbol(before, ")") && sql.symbol(i + 1, "("),
        "DISTINCT" => {
            sql.word(i + 1, "ON") && sql.symbol(i + 2, "(")
                || sql.word(i + 1, "FROM") && sql.any_word(before, &["IS", "NOT"])
        }
        "ANY" | "SOME" | "ALL" => sql.symbol(i + 1, "(") && compares(sql, before),
        // A literal with its type in front; as the name of a column it has no text behind it.
        "DATE" | "TIMESTAMP" | "TIME" => {
            text_next && !sql.symbol(before, ".") && !sql.symbol(before, ":>")
        }
        "SHARE" => sql.word(before, "FOR"),
        "NOWAIT" => sql.word(before, "UPDATE"),
        "SKIP" => sql.word(i + 1, "LOCKED"),
        "OF" => sql.word(before, "UPDATE"),
        "LOCK" => sql.words(i + 1, "IN SHARE MODE"),
        "FETCH" => sql.any_word(i + 1, &["FIRST", "NEXT"]),
        "NEXT" | "PREVIOUS" => sql.words(i + 1, "VALUE FOR"),
        "ROWS" => sql.word(i.wrapping_sub(2), "OFFSET"),
        "IN" => sql.words(i + 1, "BOOLEAN MODE") || sql.words(i + 1, "NATURAL LANGUAGE"),
        "MILLISECOND" => sql.symbol(i + 1, ",") || sql.kind(before) == Some(Kind::Number),
        "INTERVAL" => interval(sql, i),
        // The page "CUBE and ROLLUP" has `GROUP BY ROLLUP(…)` alone.
        "ROLLUP" => sql.word(before, "WITH"),
        "NULLS" => sql.any_word(i + 1, &["FIRST", "LAST"]),
        _ => false,
    }
}

fn compares(sql: &Sql, i: usize) -> bool {
    ["=", "<", ">", "<=", ">=", "<>", "!="]
        .iter()
        .any(|op| sql.symbol(i, op))
}

/// `INTERVAL n unit` is no value: nothing is computed with it but a date plus or minus it.
fn interval(sql: &Sql, i: usize) -> bool {
    let start = |i: usize| {
        sql.word(i, "SELECT") || sql.symbol(i, "(") && !sql.word(i.wrapping_sub(1), "INTERVAL")
    };
    let end = if sql.symbol(i + 1, "(") {
        sql.after(i + 1)
    } else {
        i + 2
    };
    start(i.wrapping_sub(1))
        && !sql.symbol(i + 1, "(")
        && (sql.symbol(end + 1, "*") || sql.symbol(end + 1, "/"))
}

/// Whether a COLLATE belongs to the type of a cast.
fn in_cast(sql: &Sql, i: usize) -> bool {
    let mut at = i;
    for _ in 0..6 {
        let Some(before) = at.checked_sub(1) else {
            return false;
        };
        at = if sql.symbol(before, ")") {
            sql.tokens[before].pair
        } else {
            before
        };
        if sql.symbol(at, ":>") || sql.symbol(at, "!:>") {
            return true;
        }
        if sql.kind(at) != Some(Kind::Word) && !sql.symbol(at, "(") {
            return false;
        }
    }
    false
}

/// Functions whose arguments are refused.
fn function(sql: &Sql, i: usize) -> Option<Refusal> {
    if !sql.symbol(i + 1, "(") {
        return None;
    }
    let (from, close) = (i + 2, sql.close(i + 1));
    let near = || Some(Refusal::syntax(sql.slice(i, sql.len())));
    if sql.word(i, "CAST") {
        let at = sql.find(from, close, |i| sql.word(i, "AS"))?;
        return if sql.any_word(at + 1, &["DOUBLE", "REAL"]) {
            near()
        } else {
            None
        };
    }
    if sql.word(i, "CONVERT") {
        if let Some(at) = sql.find(from, close, |i| sql.word(i, "USING")) {
            let only = sql.any_word(at + 1, &["utf8mb4"]);
            return if only {
                None
            } else {
                Some(Refusal::feature(
                    "CONVERT USING a character set other than utf8mb4",
                ))
            };
        }
        let at = sql.find(from, close, |i| sql.symbol(i, ","))?;
        return if sql.any_word(at + 1, &["TEXT", "DOUBLE"]) {
            near()
        } else {
            None
        };
    }
    if sql.word(i, "GROUP_CONCAT") && sql.word(from, "DISTINCT") {
        sql.find(from, close, |i| sql.words(i, "ORDER BY"))?;
        return Some(Refusal::feature("GROUP_CONCAT with DISTINCT and ORDER BY"));
    }
    None
}
