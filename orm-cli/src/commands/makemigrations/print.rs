//! What `makemigrations` shows: for people as Django does, for programs as JSON.

use std::collections::BTreeSet;

use orm::migrate::{Migration, Operation, Question};
use serde_json::{Value, json};

use crate::output::{Output, Style};
use crate::report::shown;
use crate::store::Store;

/// The JSON document.
pub(super) fn document(migrations: &[Migration], questions: &[Question]) -> Value {
    let migrations: Vec<Value> = migrations
        .iter()
        .map(|m| {
            let depends_on: Vec<String> = m.depends_on.iter().map(|(a, n)| format!("{a}.{n}")).collect();
            let operations: Vec<Value> = m.operations.iter().map(|o| of(&o.to_node().to_json())).collect();
            json!({ "app": m.app, "name": m.name, "depends_on": depends_on, "operations": operations })
        })
        .collect();
    let questions: Vec<Value> = questions.iter().map(|q| of(&q.to_json())).collect();
    json!({ "migrations": migrations, "questions": questions })
}

/// A value from text that the library wrote.
fn of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// The document when questions had to be refused.
pub(super) fn refused(output: &Output, questions: &[Question]) {
    if output.json() {
        output.document(&document(&[], questions));
    }
}

/// Nothing is missing.
pub(super) fn nothing(output: &Output, apps: &BTreeSet<String>) {
    match apps.len() {
        0 => output.say("No changes detected"),
        1 => output.say(format!(
            "No changes detected in app '{}'",
            apps.iter().next().map_or("", String::as_str)
        )),
        _ => output.say(format!(
            "No changes detected in apps '{}'",
            apps.iter().cloned().collect::<Vec<_>>().join("', '")
        )),
    }
}

/// The files and their operations; with the text of the files when nothing was written.
pub(super) fn listing(output: &Output, store: &Store, migrations: &[Migration], dry: bool) {
    let apps: BTreeSet<&str> = migrations.iter().map(|m| m.app.as_str()).collect();
    for app in apps {
        output.say(output.paint(Style::Bold, &format!("Migrations for '{app}':")));
        for migration in migrations.iter().filter(|m| m.app == app) {
            let file = store.file(app, &migration.name).unwrap_or_default();
            output.say(format!("  {}", shown(&file)));
            for operation in &migration.operations {
                let (sign, style) = sign(operation);
                output.say(format!(
                    "    {} {}",
                    output.paint(style, sign),
                    operation.describe()
                ));
            }
        }
    }
    if dry {
        output.say(output.paint(Style::Dim, "nothing was written"));
    }
}

fn sign(operation: &Operation) -> (&'static str, Style) {
    match operation {
        Operation::CreateModel(_)
        | Operation::AddField { .. }
        | Operation::AddIndex { .. }
        | Operation::AddConstraint { .. } => ("+", Style::Green),
        Operation::DeleteModel(_)
        | Operation::RemoveField { .. }
        | Operation::RemoveIndex { .. }
        | Operation::RemoveConstraint { .. } => ("-", Style::Red),
        Operation::RunSql { .. } => ("s", Style::Yellow),
        Operation::RunCode { .. } => ("c", Style::Yellow),
        _ => ("~", Style::Yellow),
    }
}
