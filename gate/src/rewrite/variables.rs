//! System variables, VERSION() and the catalog's name.

use crate::catalog::{SCHEMA, scoped};
use crate::refusal::Refusal;
use crate::sql::{Edits, Kind, Sql, quote_text};

/// What the session answers for SingleStore's own variables.
pub(crate) struct Known<'a> {
    /// The value of a variable, by its name in lower case without `@@` and scope.
    pub(crate) value: &'a dyn Fn(&str) -> Option<String>,
}

/// Views of gate's, by the name of the catalog table that they stand for.
const VIEWS: &[&str] = &[
    "TABLES",
    "COLUMNS",
    "STATISTICS",
    "TABLE_CONSTRAINTS",
    "SCHEMATA",
    "KEY_COLUMN_USAGE",
    "OPTIMIZER_STATISTICS",
    "TABLE_STATISTICS",
    "DISTRIBUTED_DATABASES",
    "VIEWS",
    "LEAVES",
    "AGGREGATORS",
    "MV_NODES",
    "MV_CONNECTION_ATTRIBUTES",
];

/// Catalog tables that are passed on as they are.
const PASSED: &[&str] = &[
    "CHARACTER_SETS",
    "COLLATIONS",
    "COLLATION_CHARACTER_SET_APPLICABILITY",
    "ENGINES",
    "EVENTS",
    "GLOBAL_STATUS",
    "GLOBAL_VARIABLES",
    "PARAMETERS",
    "PROCESSLIST",
    "ROUTINES",
    "SCHEMA_PRIVILEGES",
    "SESSION_STATUS",
    "SESSION_VARIABLES",
    "TABLE_PRIVILEGES",
    "USER_PRIVILEGES",
];

/// Schemas of the backend's that SingleStore lacks.
pub(crate) const HIDDEN: &[&str] = &["mysql", "performance_schema", "sys", SCHEMA];

pub(super) fn rewrite(sql: &Sql, known: &Known<'_>, edits: &mut Edits) -> Result<(), Refusal> {
    for i in 0..sql.len() {
        if sql.kind(i) == Some(Kind::Variable) {
            variable(sql, i, known, edits);
        } else if sql.word(i, "VERSION") && sql.symbol(i + 1, "(") && sql.symbol(i + 2, ")") {
            let value = (known.value)("version").unwrap_or_default();
            substitute(sql, (i, i + 3), &quote_text(&value), edits);
        } else if sql.any_word(i, &["DATABASE", "SCHEMA"])
            && sql.symbol(i + 1, "(")
            && sql.symbol(i + 2, ")")
        {
            // An empty text, not NULL, where none is chosen.
            if (known.value)("database()").is_some() {
                substitute(sql, (i, i + 3), "''", edits);
            }
        } else if is_catalog(sql, i) {
            view(sql, i, edits)?;
        } else {
            hidden(sql, i)?;
        }
    }
    Ok(())
}

/// Tables of a schema that SingleStore lacks.
fn hidden(sql: &Sql, i: usize) -> Result<(), Refusal> {
    if i == 0 || !sql.symbol(i + 1, ".") {
        return Ok(());
    }
    if !sql.any_word(i - 1, &["FROM", "JOIN", "INTO", "UPDATE", "TABLE"]) {
        return Ok(());
    }
    match sql.name(i) {
        Some(name) if HIDDEN.contains(&&*name) => {
            Err(Refusal::new(1049, format!("Unknown database '{name}'")))
        }
        _ => Ok(()),
    }
}

fn variable(sql: &Sql, i: usize, known: &Known<'_>, edits: &mut Edits) {
    let Some(name) = known_variable(sql.at(i)) else {
        return;
    };
    // A client on the same machine would go past the gate through the backend's socket.
    if name == "socket" {
        return substitute(sql, (i, i + 1), "NULL", edits);
    }
    if let Some(value) = (known.value)(&name) {
        let number = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
        let text = if number { value } else { quote_text(&value) };
        substitute(sql, (i, i + 1), &text, edits);
    }
}

/// The name of a system variable, in lower case and without its scope.
pub(crate) fn known_variable(token: &str) -> Option<String> {
    let name = token.strip_prefix("@@")?.to_ascii_lowercase();
    let name = ["session.", "global.", "local."]
        .iter()
        .find_map(|scope| name.strip_prefix(scope))
        .unwrap_or(&name);
    Some(name.to_owned())
}

/// A value in place of a name; where it is a whole column of a result, the name stays its title.
fn substitute(sql: &Sql, (from, to): (usize, usize), value: &str, edits: &mut Edits) {
    let starts = from > 0 && (sql.word(from - 1, "SELECT") || sql.symbol(from - 1, ","));
    let ends = to >= sql.len()
        || sql.symbol(to, ",")
        || sql.symbol(to, ";")
        || sql.any_word(to, &["FROM", "LIMIT"]);
    let title = sql.slice(from, to);
    let value = if starts && ends && sql.word(0, "SELECT") && depth(sql, from) == 0 {
        format!("{value} AS `{title}`")
    } else {
        value.to_owned()
    };
    edits.replace(sql.start(from)..sql.end(to - 1), value);
}

fn depth(sql: &Sql, at: usize) -> usize {
    (0..at)
        .filter(|i| sql.symbol(*i, "(") && sql.close(*i) > at)
        .count()
}

fn is_catalog(sql: &Sql, i: usize) -> bool {
    sql.symbol(i + 1, ".")
        && sql
            .name(i)
            .is_some_and(|n| n.eq_ignore_ascii_case("information_schema"))
}

/// Words that follow a table without an alias.
const AFTER_TABLE: &[&str] = &[
    "WHERE", "JOIN", "INNER", "LEFT", "RIGHT", "CROSS", "ON", "USING", "ORDER", "GROUP", "LIMIT",
    "HAVING", "UNION", "FOR",
];

/// What a condition on a catalog table selects: schema and table, as expressions.
fn scope(sql: &Sql) -> Option<(String, Option<String>)> {
    let several = (0..sql.len()).filter(|i| is_catalog(sql, *i)).count() > 1;
    if several || (0..sql.len()).any(|i| sql.any_word(i, &["OR", "NOT", "UNION"])) {
        return None;
    }
    let constant = |name: &str| {
        let at = (0..sql.len()).find(|i| {
            sql.symbol(i + 1, "=") && sql.name(*i).is_some_and(|n| n.eq_ignore_ascii_case(name))
        })?;
        match sql.kind(at + 2)? {
            Kind::Text => Some(sql.at(at + 2).to_owned()),
            _ if sql.any_word(at + 2, &["DATABASE", "SCHEMA"]) => Some("DATABASE()".to_owned()),
            _ => None,
        }
    };
    Some((constant("TABLE_SCHEMA")?, constant("TABLE_NAME")))
}

fn view(sql: &Sql, i: usize, edits: &mut Edits) -> Result<(), Refusal> {
    let Some(name) = sql.name(i + 2) else {
        return Ok(());
    };
    let upper = name.to_ascii_uppercase();
    if let Some(query) =
        scope(sql).and_then(|(schema, table)| scoped(&upper, &schema, table.as_deref()))
    {
        edits.replace(sql.start(i)..sql.end(i + 2), format!("({query})"));
        let aliased = sql.word(i + 3, "AS")
            || (sql.name(i + 3).is_some() && !sql.any_word(i + 3, AFTER_TABLE));
        if !aliased {
            edits.after(sql.end(i + 2), format!(" AS {upper}"));
        }
        return Ok(());
    }
    if VIEWS.contains(&&*upper) {
        edits.replace(sql.start(i)..sql.end(i), SCHEMA);
        edits.replace(sql.start(i + 2)..sql.end(i + 2), upper);
    } else if !PASSED.contains(&&*upper) {
        return Err(Refusal::new(
            1109,
            format!("Unknown table '{name}' in information_schema"),
        ));
    }
    Ok(())
}
