//! INSERT, UPDATE and DELETE: facts §4, §6a and §8.

use std::sync::Arc;

use crate::catalog::TableInfo;
use crate::refusal::Refusal;
use crate::sql::{Cursor, Kind, Sql};

/// A table of a statement: alias, database, name.
pub(crate) type Named = (String, Option<String>, String);

/// Checks an INSERT or REPLACE; `at` is the token after the table's name.
pub(crate) fn insert(
    sql: &Sql,
    at: usize,
    ignore: bool,
    info: Option<&TableInfo>,
) -> Result<(), Refusal> {
    let end = sql.len();
    if let Some(i) = sql.find(at, end, |i| sql.word(i, "RETURNING")) {
        return Err(Refusal::syntax(sql.slice(i, end)));
    }
    // An alias of the target.
    if sql.word(at, "AS") && !sql.any_word(at + 1, &["SELECT", "WITH"]) {
        return Err(Refusal::syntax(sql.slice(at, end)));
    }
    let upsert = sql.find(at, end, |i| sql.words(i, "ON DUPLICATE KEY UPDATE"));
    if upsert.is_some() && ignore {
        return Err(Refusal::feature(
            "INSERT IGNORE ... ON DUPLICATE KEY UPDATE",
        ));
    }
    let values = sql.find(at, end, |i| sql.any_word(i, &["VALUES", "VALUE"]));
    let Some(values) = values else {
        return Ok(());
    };
    let mut i = values + 1;
    while sql.symbol(i, "(") {
        let close = sql.close(i);
        if (i..close).any(|k| sql.symbol(k, "(") && sql.any_word(k + 1, &["SELECT", "WITH"])) {
            return Err(Refusal::feature("select within values clause"));
        }
        if let Some(info) = info {
            literals(sql, at, (i + 1, close), info)?;
        }
        i = close + 1;
        if sql.symbol(i, ",") {
            i += 1;
        }
    }
    // `AS new`, the alias of the row.
    if sql.word(i, "AS") {
        return Err(Refusal::syntax(sql.slice(i, end)));
    }
    if let (Some(from), Some(info)) = (upsert, info) {
        for (column, at) in assigned(sql, from + 4, end) {
            if info.is_shard_column(&column) {
                return Err(shard_update(&column, sql, at));
            }
        }
    }
    Ok(())
}

/// Literals that do not fit their columns, though MariaDB would take them.
fn literals(
    sql: &Sql,
    at: usize,
    (from, to): (usize, usize),
    info: &TableInfo,
) -> Result<(), Refusal> {
    let mut columns: Vec<String> = info.columns.iter().map(|c| c.name.clone()).collect();
    if sql.symbol(at, "(") {
        let list = sql.list(at + 1, sql.close(at));
        columns = list
            .iter()
            .filter_map(|(from, _)| sql.name(*from))
            .collect();
    }
    for ((from, to), column) in sql.list(from, to).into_iter().zip(&columns) {
        let Some(head) = info
            .column(column)
            .map(|c| crate::catalog::type_head(&c.ty))
        else {
            continue;
        };
        let signed = usize::from(sql.symbol(from, "-"));
        if to == from + 1 + signed {
            literal(sql, from + signed, &head, column)?;
        }
    }
    Ok(())
}

fn literal(sql: &Sql, at: usize, head: &str, column: &str) -> Result<(), Refusal> {
    let temporal = matches!(head, "DATE" | "DATETIME" | "TIMESTAMP");
    let integer = matches!(
        head,
        "INT" | "INTEGER" | "BIGINT" | "SMALLINT" | "MEDIUMINT" | "TINYINT"
    );
    if let Some(text) = sql.literal(at).filter(|_| temporal) {
        // `T` between date and time, and zones; and years that have no four digits.
        if is_iso(&text) || text.starts_with('0') {
            return Err(Refusal::new(1292, "Invalid DATE/TIME in type conversion"));
        }
    }
    if integer && sql.kind(at) == Some(Kind::Number) {
        let fraction = sql.at(at).split_once('.').map_or("", |(_, f)| f);
        if fraction.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
            let value = sql.at(at);
            return Err(Refusal::new(
                1366,
                format!("Incorrect integer value: '{value}' for column '{column}'"),
            ));
        }
    }
    Ok(())
}

fn is_iso(text: &str) -> bool {
    let bytes = text.as_bytes();
    let t = bytes.len() > 10 && (bytes[10] == b'T' || bytes[10] == b't');
    let time = text.get(11..).unwrap_or_default();
    let zone = time.ends_with(['Z', 'z']) || time.contains(['+', '-']);
    let date = bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-';
    date && (t || zone)
}

/// `column = …` at the top level of a list of assignments.
fn assigned(sql: &Sql, from: usize, to: usize) -> Vec<(String, usize)> {
    sql.list(from, to)
        .into_iter()
        .filter_map(|(from, to)| {
            let eq = sql.find(from, to, |i| sql.symbol(i, "="))?;
            Some((sql.name(eq.checked_sub(1)?)?, from))
        })
        .collect()
}

fn shard_update(column: &str, sql: &Sql, at: usize) -> Refusal {
    let _ = (sql, at);
    Refusal::feature(&format!("updating shard key column `{column}`"))
}

const UPDATE_ENDS: &[&str] = &["WHERE", "ORDER", "LIMIT"];

/// The tables that an UPDATE names in front of SET.
pub(crate) fn update_tables(sql: &Sql) -> Vec<Named> {
    let end = sql
        .find(0, sql.len(), |i| sql.word(i, "SET"))
        .unwrap_or(sql.len());
    let mut out = Vec::new();
    let mut at = 1;
    let mut expect = true;
    while at < end {
        if expect && sql.name(at).is_some() && !sql.word(at, "IGNORE") {
            let mut c = Cursor::new(sql, at, end);
            if let Ok((database, name)) = c.table() {
                c.eat("AS");
                let stop = [
                    "JOIN",
                    "INNER",
                    "LEFT",
                    "RIGHT",
                    "CROSS",
                    "ON",
                    "USING",
                    "STRAIGHT_JOIN",
                    "FULL",
                ];
                let alias = if c.done() || sql.any_word(c.at, &stop) || sql.symbol(c.at, ",") {
                    name.clone()
                } else {
                    c.name().unwrap_or_else(|_| name.clone())
                };
                out.push((alias, database, name));
                at = c.at;
                expect = false;
                continue;
            }
        }
        expect |= sql.word(at, "JOIN") || sql.symbol(at, ",");
        at = sql.after(at);
    }
    out
}

/// Checks an UPDATE.
pub(crate) fn update(sql: &Sql, tables: &[(String, Arc<TableInfo>)]) -> Result<(), Refusal> {
    let end = sql.len();
    let Some(set) = sql.find(0, end, |i| sql.word(i, "SET")) else {
        return Ok(());
    };
    if let Some(i) = sql.find(set, end, |i| sql.words(i, "ORDER BY")) {
        return Err(Refusal::syntax(sql.slice(i, end)));
    }
    let stop = sql
        .find(set, end, |i| sql.any_word(i, UPDATE_ENDS))
        .unwrap_or(end);
    for (from, to) in sql.list(set + 1, stop) {
        let Some(eq) = sql.find(from, to, |i| sql.symbol(i, "=")) else {
            continue;
        };
        let Some(column) = eq.checked_sub(1).and_then(|i| sql.name(i)) else {
            continue;
        };
        let signed = usize::from(sql.symbol(eq + 1, "-"));
        let known = tables.iter().find_map(|(_, info)| info.column(&column));
        if let Some(known) = known.filter(|_| to == eq + 2 + signed) {
            literal(
                sql,
                eq + 1 + signed,
                &crate::catalog::type_head(&known.ty),
                &column,
            )?;
        }
        let qualifier = (eq >= from + 3).then(|| sql.name(eq - 3)).flatten();
        for (alias, info) in tables {
            let meant = qualifier.as_ref().is_none_or(|q| q == alias);
            if meant && info.is_shard_column(&column) && info.column(&column).is_some() {
                return Err(shard_update(&column, sql, from));
            }
        }
    }
    if let Some(i) = sql.find(set, end, |i| sql.word(i, "LIMIT"))
        && !one_partition(sql, stop, i, tables)
    {
        return Err(Refusal::feature(
            "UPDATE ... LIMIT that is not on a single partition",
        ));
    }
    Ok(())
}

/// Whether a WHERE equates each shard column with a value.
fn one_partition(sql: &Sql, from: usize, to: usize, tables: &[(String, Arc<TableInfo>)]) -> bool {
    let Some((_, info)) = tables.first() else {
        return true;
    };
    if info.kind.is_reference() {
        return true;
    }
    let equated = |column: &String| {
        (from..to).any(|i| {
            sql.name(i).is_some_and(|n| n.eq_ignore_ascii_case(column)) && sql.symbol(i + 1, "=")
        })
    };
    let alternatives = (from..to).any(|i| sql.word(i, "OR"));
    !info.shard.is_empty() && info.shard.iter().all(equated) && !alternatives
}

/// Checks a DELETE; its table.
pub(crate) fn delete(sql: &Sql) -> Result<Option<(Option<String>, String)>, Refusal> {
    let end = sql.len();
    for words in ["RETURNING", "ORDER BY"] {
        if let Some(i) = sql.find(0, end, |i| sql.words(i, words)) {
            return Err(Refusal::syntax(sql.slice(i, end)));
        }
    }
    let mut c = Cursor::new(sql, 1, end);
    c.eat("IGNORE");
    if c.eat("FROM") {
        let target = c.table()?;
        if c.is("USING")
            || c.is_symbol(",")
            || sql
                .find(c.at, end, |i| sql.word(i, "USING"))
                .is_some_and(|u| sql.find(c.at, u, |i| sql.word(i, "WHERE")).is_none())
        {
            return Err(Refusal::syntax(sql.slice(c.at, end)));
        }
        return Ok(Some(target));
    }
    // `DELETE t FROM t JOIN u …`
    let (database, name) = c.table()?;
    if c.eat_symbol(".") {
        c.eat_symbol("*");
    }
    if c.is_symbol(",") {
        return Err(Refusal::feature("DELETE from several tables"));
    }
    if database.is_some() {
        return Err(Refusal::syntax(sql.slice(1, end)));
    }
    c.expect("FROM")?;
    let (database, first) = c.table()?;
    c.eat("AS");
    let alias = match sql.name(c.at) {
        Some(alias)
            if !sql.any_word(c.at, &["JOIN", "INNER", "LEFT", "WHERE", "CROSS", "RIGHT"]) =>
        {
            alias
        }
        _ => first.clone(),
    };
    if alias != name && first != name {
        return Err(Refusal::feature(
            "DELETE from a table that is not the left-most of a join",
        ));
    }
    Ok(Some((database, first)))
}
