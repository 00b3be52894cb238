//! Migrations from TOML text.

use toml::de::DeTable;

use super::decode::operation;
use super::error::FormatError;
use super::table::{Source, Table, Value};
use crate::migrate::migration::Migration;

impl Migration {
    /// Reads the text of a migration's file. `file` stands in messages only.
    ///
    /// # Errors
    /// [`FormatError`] with line and column: text that is not TOML, another format than 1, unknown
    /// operations and keys, values of the wrong type, missing keys.
    pub fn from_toml(app: &str, name: &str, file: &str, text: &str) -> Result<Self, FormatError> {
        let source = Source { file, text };
        let root = DeTable::parse(text).map_err(|e| not_toml(source, &e))?;
        let table = Table::new(source, "the migration".to_owned(), root.get_ref(), 0..0);
        check_format(&table)?;
        let names = |key: &'static str| -> Result<Vec<(String, String)>, FormatError> {
            table.items(key)?.iter().map(migration_key).collect()
        };
        let migration = Self {
            app: app.to_owned(),
            name: name.to_owned(),
            depends_on: names("depends_on")?,
            replaces: names("replaces")?,
            operations: table
                .items("operations")?
                .into_iter()
                .map(|value| operation(app, value))
                .collect::<Result<_, _>>()?,
        };
        table.finish()?;
        Ok(migration)
    }
}

fn not_toml(source: Source<'_>, error: &toml::de::Error) -> FormatError {
    if let Some(at) = conflict_marker(source.text) {
        return source
            .error(&(at..at), "the file holds a conflict that git left")
            .hint("keep one side, or both in their order, and take the marks out");
    }
    let span = error.span().unwrap_or(0..0);
    source.error(&span, format!("not valid TOML: {}", error.message().trim()))
}

/// Where the first mark of a conflict stands that git left in a text.
pub(crate) fn conflict_marker(text: &str) -> Option<usize> {
    let mark = |line: &str| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ");
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if mark(line) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

fn check_format(table: &Table<'_>) -> Result<(), FormatError> {
    let format = table
        .need("format")
        .map_err(|e| e.hint("start the file with `format = 1`"))?;
    match format.int()? {
        1 => Ok(()),
        other => Err(format
            .error(format!(
                "the file has format {other}, this version reads format 1"
            ))
            .hint("update orm, or write `format = 1` if the file follows it")),
    }
}

fn migration_key(value: &Value<'_>) -> Result<(String, String), FormatError> {
    let text = value.text()?;
    match text.split_once('.') {
        Some((app, name)) if !app.is_empty() && !name.is_empty() => {
            Ok((app.to_owned(), name.to_owned()))
        }
        _ => Err(value
            .error(format!("`{text}` does not name a migration"))
            .hint("write `app.name`, such as `blog.0001_initial`")),
    }
}
