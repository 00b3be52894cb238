//! Names within a query: which source a column belongs to, and what the sources are.

use std::collections::HashMap;
use std::sync::Arc;

use crate::catalog::TableInfo;
use crate::sql::{Core, Kind, Query, Range, Source, SourceKind, Sql};

/// The descriptions of the tables that a statement names.
#[derive(Debug, Default)]
pub(crate) struct Tables(HashMap<(Option<String>, String), Arc<TableInfo>>);

impl Tables {
    pub(crate) fn put(&mut self, database: Option<String>, name: String, info: Arc<TableInfo>) {
        self.0.insert((database, name), info);
    }

    pub(crate) fn get(&self, source: &Source) -> Option<&TableInfo> {
        match &source.kind {
            SourceKind::Table(database, name) => {
                self.0.get(&(database.clone(), name.clone())).map(|t| &**t)
            }
            _ => None,
        }
    }
}

/// The tables that a query names anywhere, each once.
pub(crate) fn named_tables(query: &Query) -> Vec<(Option<String>, String)> {
    let mut out = Vec::new();
    query.walk(0, &mut |query, _| {
        for (_, core) in &query.parts {
            for source in &core.sources {
                if let SourceKind::Table(database, name) = &source.kind {
                    let table = (database.clone(), name.clone());
                    if !out.contains(&table) {
                        out.push(table);
                    }
                }
            }
        }
    });
    out
}

/// Whether every table that a query names is described, or is the catalog's.
pub(crate) fn is_known(query: &Query, tables: &Tables) -> bool {
    let mut known = true;
    query.walk(0, &mut |query, _| {
        for source in query.parts.iter().flat_map(|(_, core)| &core.sources) {
            let catalog = matches!(&source.kind, SourceKind::Table(Some(d), _) if d.eq_ignore_ascii_case("information_schema"));
            let table = matches!(source.kind, SourceKind::Table(..));
            known &= catalog || !table || tables.get(source).is_some();
        }
    });
    known
}

/// A column as a query names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Alias of its source, in lower case; empty where it is not said.
    pub(crate) source: String,
    /// Name in lower case.
    pub(crate) column: String,
    pub(crate) at: usize,
}

/// The columns named in a range, outside of subqueries.
pub(crate) fn references(sql: &Sql, (from, to): Range) -> Vec<Reference> {
    let mut out = Vec::new();
    let mut i = from;
    while i < to {
        if sql.symbol(i, "(") && sql.any_word(i + 1, &["SELECT", "WITH"]) {
            i = sql.after(i);
            continue;
        }
        if let Some((reference, next)) = reference(sql, i) {
            out.push(reference);
            i = next;
        } else if sql.symbol(i, ":>") || sql.symbol(i, "!:>") || sql.word(i, "AS") {
            // A type, or an alias.
            i += 2;
        } else {
            i += 1;
        }
    }
    out
}

const WORDS: &[&str] = &[
    "AND",
    "OR",
    "NOT",
    "NULL",
    "IS",
    "IN",
    "LIKE",
    "BETWEEN",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "TRUE",
    "FALSE",
    "UNKNOWN",
    "INTERVAL",
    "DISTINCT",
    "DIV",
    "MOD",
    "REGEXP",
    "RLIKE",
    "ASC",
    "DESC",
    "BINARY",
    "COLLATE",
    "EXISTS",
    "SEPARATOR",
    "ORDER",
    "BY",
    "PARTITION",
    "OVER",
    "ROWS",
    "RANGE",
    "PRECEDING",
    "FOLLOWING",
    "UNBOUNDED",
    "CURRENT",
    "ROW",
    "FROM",
    "SELECT",
    "ANY",
    "ALL",
    "SOME",
    "YEAR",
    "MONTH",
    "DAY",
    "HOUR",
    "MINUTE",
    "SECOND",
    "QUARTER",
    "WEEK",
    "MICROSECOND",
    "DEFAULT",
    "XOR",
    "USING",
    "CURRENT_TIMESTAMP",
    "CURRENT_DATE",
];

/// A column's name that starts at `i`, and the token after it.
fn reference(sql: &Sql, i: usize) -> Option<(Reference, usize)> {
    let bare = match sql.kind(i)? {
        Kind::Word => true,
        Kind::Quoted => false,
        _ => return None,
    };
    if i > 0 && sql.symbol(i - 1, ".") || sql.symbol(i + 1, "(") {
        return None;
    }
    let qualified = sql.symbol(i + 1, ".");
    if bare && !qualified && sql.any_word(i, WORDS) {
        return None;
    }
    // `_utf8mb4'x'`
    if bare && sql.at(i).starts_with('_') && sql.kind(i + 1) == Some(Kind::Text) {
        return None;
    }
    let mut column = sql.name(i)?.to_lowercase();
    let mut source = String::new();
    let mut at = i + 1;
    while sql.symbol(at, ".") {
        source = column;
        column = sql.name(at + 1)?.to_lowercase();
        at += 2;
    }
    Some((
        Reference {
            source,
            column,
            at: i,
        },
        at,
    ))
}

/// The column that a range is, and nothing beside it.
pub(crate) fn plain(sql: &Sql, (mut from, mut to): Range) -> Option<Reference> {
    while sql.symbol(from, "(") && sql.after(from) == to && to > from + 2 {
        from += 1;
        to -= 1;
    }
    let (reference, next) = reference(sql, from)?;
    (next == to).then_some(reference)
}

/// Whether a range names no column and asks no table: its value is one for all rows.
pub(crate) fn is_constant(sql: &Sql, (from, to): Range) -> bool {
    let literal = matches!(sql.kind(from), Some(Kind::Text | Kind::Number | Kind::Mark));
    if literal && to == from + 1 {
        return true;
    }
    !varies(sql, (from, to)) && references(sql, (from, to)).is_empty()
}

/// Whether a range may have another value each time, whatever its columns are.
pub(crate) fn varies(sql: &Sql, (from, to): Range) -> bool {
    (from..to).any(|i| sql.any_word(i, &["SELECT", "RAND", "UUID"]))
}

/// The parts of a condition joined by AND.
pub(crate) fn conjuncts(sql: &Sql, (from, to): Range) -> Vec<Range> {
    if sql.symbol(from, "(")
        && sql.after(from) == to
        && !sql.any_word(from + 1, &["SELECT", "WITH"])
    {
        return conjuncts(sql, (from + 1, to - 1));
    }
    let mut out = Vec::new();
    let (mut start, mut i) = (from, from);
    let mut between = false;
    while i < to {
        between |= sql.word(i, "BETWEEN");
        if sql.word(i, "AND") || sql.symbol(i, "&&") {
            if between {
                between = false;
            } else {
                out.push((start, i));
                start = i + 1;
            }
        }
        i = sql.after(i);
    }
    out.push((start, to));
    if out.len() == 1 {
        return out;
    }
    out.into_iter()
        .flat_map(|range| conjuncts(sql, range))
        .collect()
}

/// Both sides of `a = b`, or of `a <=> b` and `a IN (b)`.
pub(crate) fn equality(sql: &Sql, (from, to): Range) -> Option<(Range, Range)> {
    if sql
        .find(from, to, |i| sql.any_word(i, &["OR", "XOR"]))
        .is_some()
    {
        return None;
    }
    if let Some(eq) = sql.find(from, to, |i| sql.symbol(i, "=") || sql.symbol(i, "<=>")) {
        return Some(((from, eq), (eq + 1, to)));
    }
    let at = sql.find(from, to, |i| sql.word(i, "IN"))?;
    if sql.word(at.wrapping_sub(1), "NOT") || !sql.symbol(at + 1, "(") {
        return None;
    }
    let close = sql.close(at + 1);
    let one = sql.list(at + 2, close).len() == 1 && close + 1 == to;
    let query = sql.any_word(at + 2, &["SELECT", "WITH"]);
    (one && !query).then_some(((from, at), (at + 2, close)))
}

/// The number of the source that a column belongs to.
pub(crate) fn owner(
    sql: &Sql,
    core: &Core,
    tables: &Tables,
    reference: &Reference,
) -> Option<usize> {
    if !reference.source.is_empty() {
        return core.sources.iter().position(|s| {
            s.alias.eq_ignore_ascii_case(&reference.source)
                || s.alias.to_lowercase() == reference.source
        });
    }
    let has = |source: &Source| match &source.kind {
        SourceKind::Derived(query) | SourceKind::Named(query) => {
            columns(sql, query, tables).is_some_and(|names| names.contains(&reference.column))
        }
        _ => tables
            .get(source)
            .is_some_and(|info| info.column(&reference.column).is_some()),
    };
    match core.sources.iter().position(has) {
        Some(at) => Some(at),
        None if core.sources.len() == 1 => Some(0),
        None => None,
    }
}

/// The names of a query's columns in lower case; `None` where they cannot be told.
pub(crate) fn columns(sql: &Sql, query: &Query, tables: &Tables) -> Option<Vec<String>> {
    let core = query.first()?;
    let mut out = Vec::new();
    for item in &core.items {
        if item.star {
            let source = match (&core.sources[..], item.range.1 - item.range.0) {
                ([source], _) => source,
                (sources, 3) => {
                    let alias = sql.name(item.range.0)?.to_lowercase();
                    sources.iter().find(|s| s.alias.to_lowercase() == alias)?
                }
                _ => return None,
            };
            out.extend(source_columns(sql, source, tables)?);
        } else if let Some(alias) = &item.alias {
            out.push(alias.to_lowercase());
        } else {
            out.push(plain(sql, item.range).map_or_else(String::new, |r| r.column));
        }
    }
    Some(out)
}

fn source_columns(sql: &Sql, source: &Source, tables: &Tables) -> Option<Vec<String>> {
    match &source.kind {
        SourceKind::Derived(query) | SourceKind::Named(query) => columns(sql, query, tables),
        _ => {
            let info = tables.get(source)?;
            Some(info.columns.iter().map(|c| c.name.to_lowercase()).collect())
        }
    }
}
