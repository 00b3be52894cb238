//! What `diffdb` shows.

use std::collections::{BTreeMap, BTreeSet};

use orm::dialect::Dialect;
use orm::migrate::{Migration, Operation};
use serde_json::{Value, json};

use super::Drift;
use crate::output::{Output, Style};

pub(super) fn report(output: &Output, drifts: &[Drift], dialect: &dyn Dialect) {
    if output.json() {
        let list: Vec<Value> = drifts.iter().map(one).collect();
        output.document(&json!({ "dialect": dialect.name(), "differences": list }));
        return;
    }
    let mut last = None;
    for drift in drifts {
        if last != Some(&drift.table) {
            let model = drift
                .model
                .as_ref()
                .map(|(app, name)| format!(" ({app}.{name})"));
            let title = format!("{}{}", drift.table, model.unwrap_or_default());
            output.say(output.paint(Style::Bold, &title));
            last = Some(&drift.table);
        }
        text(output, drift);
    }
    if drifts.is_empty() {
        return;
    }
    let tables: BTreeSet<&str> = drifts.iter().map(|d| d.table.as_str()).collect();
    output.say(format!(
        "\n{} in {}",
        counted(drifts.len(), "difference"),
        counted(tables.len(), "table")
    ));
    migrations(output, drifts, dialect);
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn text(output: &Output, drift: &Drift) {
    let (sign, style) = match drift.difference.change() {
        "missing" => ("-", Style::Red),
        "extra" => ("+", Style::Green),
        _ => ("~", Style::Yellow),
    };
    output.say(format!(
        "  {} {}",
        output.paint(style, sign),
        drift.difference
    ));
    for operation in &drift.mend.operations {
        output.say(output.paint(Style::Dim, &format!("      {}", operation.describe())));
    }
    for sql in &drift.mend.sql {
        for line in format!("{sql};").lines() {
            output.say(format!("      {line}"));
        }
    }
    if let Some(note) = &drift.mend.note {
        output.say(output.paint(Style::Dim, &format!("      note: {note}")));
    }
}

/// The migrations that would mend what the database's own statements can. The migrations that are
/// applied describe the tables already, so these change the database alone.
fn migrations(output: &Output, drifts: &[Drift], dialect: &dyn Dialect) {
    let mut by_app: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for drift in drifts {
        if let Some((app, _)) = &drift.model {
            let statements = drift.mend.sql.iter().map(String::as_str);
            by_app.entry(app).or_default().extend(statements);
        }
    }
    for (app, statements) in by_app.into_iter().filter(|(_, s)| !s.is_empty()) {
        output.say(format!(
            "\nTo mend {app}, put this into the file that `orm-cli makemigrations --empty {app} --name mend` writes:"
        ));
        output.say(run_sql(&statements, dialect).trim_end());
    }
}

/// The operation that runs statements on one dialect, as its file has it.
fn run_sql(statements: &[&str], dialect: &dyn Dialect) -> String {
    let mut migration = Migration::new("", "");
    let sql = format!("{};", statements.join(";\n"));
    migration.operations.push(Operation::RunSql {
        sql: [(dialect.name().to_owned(), sql)].into(),
        reverse: None,
    });
    let text = migration.to_toml();
    text.find("\n[[operations]]")
        .map_or(String::new(), |at| text[at..].to_owned())
}

fn one(drift: &Drift) -> Value {
    let operations = drift.mend.operations.iter().map(|o| {
        let text = o.to_node().to_json();
        serde_json::from_str::<Value>(&text).unwrap_or_default()
    });
    let operations: Vec<Value> = operations.collect();
    let difference = &drift.difference;
    json!({
        "table": drift.table,
        "app": drift.model.as_ref().map(|(app, _)| app),
        "model": drift.model.as_ref().map(|(_, name)| name),
        "part": difference.part.as_str(),
        "change": difference.change(),
        "name": difference.name,
        "expected": difference.expected,
        "found": difference.found,
        "message": difference.to_string(),
        "operations": operations,
        "sql": drift.mend.sql,
        "note": drift.mend.note,
    })
}
