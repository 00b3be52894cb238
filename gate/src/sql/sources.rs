//! The tables of FROM.

use super::Sql;
use super::select::{Join, Query, Source, SourceKind};

/// The tables of FROM.
pub(super) fn sources(sql: &Sql, from: usize, to: usize, out: &mut Vec<Source>) {
    let mut at = from;
    let mut join = Join::First;
    while at < to {
        at = source(sql, at, to, join, out);
        // ON and USING belong to the source that came last.
        if sql.word(at, "ON") && at < to {
            let end = sql.find(at + 1, to, |i| joins(sql, i)).unwrap_or(to);
            if let Some(last) = out.last_mut() {
                last.on = Some((at + 1, end));
            }
            at = end;
        } else if sql.word(at, "USING") && sql.symbol(at + 1, "(") {
            let close = sql.close(at + 1);
            let names = sql.list(at + 2, close);
            if let Some(last) = out.last_mut() {
                last.using = names
                    .iter()
                    .filter_map(|(from, _)| sql.name(*from))
                    .collect();
            }
            at = close + 1;
        }
        if at >= to {
            return;
        }
        join = Join::Inner;
        if sql.symbol(at, ",") {
            at += 1;
            continue;
        }
        let start = at;
        while at < to && !sql.any_word(at, &["JOIN", "STRAIGHT_JOIN"]) {
            join = match sql.at(at).to_ascii_uppercase().as_str() {
                "LEFT" => Join::Left,
                "RIGHT" => Join::Right,
                "FULL" => Join::Full,
                _ => join,
            };
            at = sql.after(at);
        }
        at = at.max(start) + 1;
    }
}

fn joins(sql: &Sql, i: usize) -> bool {
    const WORDS: &[&str] = &["JOIN", "INNER", "CROSS", "NATURAL", "STRAIGHT_JOIN", "FULL"];
    // LEFT( and RIGHT( are functions.
    let sided = sql.any_word(i, &["LEFT", "RIGHT"]) && !sql.symbol(i + 1, "(");
    sql.symbol(i, ",") || sql.any_word(i, WORDS) || sided
}

/// One table; the token after it and its alias.
fn source(sql: &Sql, mut at: usize, to: usize, join: Join, out: &mut Vec<Source>) -> usize {
    let lateral = sql.word(at, "LATERAL");
    at += usize::from(lateral);
    if sql.symbol(at, "(") && !holds_query(sql, at) {
        // Joins in parentheses.
        let close = sql.close(at);
        let first = out.len();
        sources(sql, at + 1, close, out);
        if let Some(source) = out.get_mut(first) {
            source.join = join;
        }
        return close + 1;
    }
    let (kind, next) = factor(sql, at, lateral);
    let (alias, next) = alias(sql, next, to, &kind);
    at = next;
    // Names of columns, and hints.
    const HINTS: &[&str] = &["USE", "FORCE", "IGNORE", "INDEX", "KEY", "WITH"];
    while at < to && (sql.symbol(at, "(") || sql.any_word(at, HINTS)) {
        at = sql.after(at);
    }
    out.push(Source {
        alias,
        kind,
        join,
        on: None,
        using: Vec::new(),
    });
    at
}

/// Whether a query stands in the parentheses at `at`, however many there are.
fn holds_query(sql: &Sql, at: usize) -> bool {
    let close = sql.close(at);
    let begins = (at..close).find(|i| !sql.symbol(*i, "("));
    begins.is_some_and(|i| sql.any_word(i, &["SELECT", "WITH"]))
}

/// What a source is, and the token after it.
fn factor(sql: &Sql, at: usize, lateral: bool) -> (SourceKind, usize) {
    if sql.symbol(at, "(") {
        let close = sql.close(at);
        let kind = match Query::parse(sql, at + 1, close) {
            Some(query) if !lateral => SourceKind::Derived(Box::new(query)),
            _ => SourceKind::Other,
        };
        return (kind, close + 1);
    }
    let Some(name) = sql.name(at) else {
        return (SourceKind::Other, at + 1);
    };
    if sql.symbol(at + 1, "(") {
        (SourceKind::Other, sql.after(at + 1))
    } else if sql.symbol(at + 1, ".") {
        let table = sql.name(at + 2).unwrap_or_default();
        (SourceKind::Table(Some(name), table), at + 3)
    } else {
        (SourceKind::Table(None, name), at + 1)
    }
}

/// The alias of a source, which is its name where there is none.
fn alias(sql: &Sql, at: usize, to: usize, kind: &SourceKind) -> (String, usize) {
    const NO_ALIAS: &[&str] = &[
        "ON", "USING", "USE", "FORCE", "IGNORE", "WITH", "LEFT", "RIGHT",
    ];
    if sql.word(at, "AS") {
        return (sql.name(at + 1).unwrap_or_default(), at + 2);
    }
    match sql.name(at) {
        Some(name) if at < to && !joins(sql, at) && !sql.any_word(at, NO_ALIAS) => (name, at + 1),
        _ => match kind {
            SourceKind::Table(_, name) => (name.clone(), at),
            _ => (String::new(), at),
        },
    }
}
