//! SQLite's errors, classified by their extended codes and, where those are too coarse, their text.

use std::path::Path;

use rusqlite::{Error, ffi};

use crate::backend::{DbError, DbErrorKind, RetryCause};

/// Classifies an error of a statement.
pub(super) fn classify(error: Error, sql: Option<&str>) -> DbError {
    let (code, message) = match &error {
        Error::SqliteFailure(e, message) => (
            Some(e.extended_code),
            message.clone().unwrap_or_else(|| e.to_string()),
        ),
        Error::SqlInputError { error, msg, .. } => (Some(error.extended_code), msg.clone()),
        Error::MultipleStatement => (
            None,
            "only one statement at a time can be sent: split the text".to_owned(),
        ),
        other => (None, other.to_string()),
    };
    let kind = match (&error, code) {
        (Error::MultipleStatement, _) => DbErrorKind::Syntax,
        (_, Some(code)) => kind(code, &message),
        _ => DbErrorKind::Other,
    };
    let mut out = DbError::new(kind, message).with_source(error);
    out.code = code.and_then(|c| u32::try_from(c).ok());
    match sql {
        Some(sql) => out.with_statement(sql),
        None => out,
    }
}

/// An error of opening a file: names the path and what may be wrong.
pub(super) fn unreachable(error: Error, path: &Path) -> DbError {
    let mut out = classify(error, None);
    let code = out.code.unwrap_or_default() as i32 & 0xff;
    let way_out = match code {
        ffi::SQLITE_NOTADB => "the file is no SQLite database, or it is encrypted",
        ffi::SQLITE_CANTOPEN | ffi::SQLITE_PERM | ffi::SQLITE_READONLY | ffi::SQLITE_AUTH => {
            "check that the path is a file, and the rights on it and its folder"
        }
        // Locked by another process, out of disk and so on keep their kind.
        _ => "",
    };
    if !way_out.is_empty() {
        out.kind = match code {
            ffi::SQLITE_NOTADB => DbErrorKind::Unreachable,
            ffi::SQLITE_CANTOPEN if !lacks_rights(path) => DbErrorKind::Unreachable,
            _ => DbErrorKind::ReadOnly,
        };
    }
    let colon = if way_out.is_empty() { "" } else { ": " };
    out.message = format!(
        "cannot open the SQLite database {}: {}{colon}{way_out}",
        path.display(),
        out.message
    );
    out
}

/// Whether rights are what keeps the file from being opened: SQLite says only that it is not.
fn lacks_rights(path: &Path) -> bool {
    match std::fs::OpenOptions::new().read(true).open(path) {
        Ok(_) => false,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            // The folder is there, as was checked before: the file cannot be made in it.
            !path.is_dir()
        }
        Err(e) => e.kind() == std::io::ErrorKind::PermissionDenied,
    }
}

fn kind(extended: i32, message: &str) -> DbErrorKind {
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => unique(message),
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            let (table, column) = names(message).into_iter().next().unzip();
            DbErrorKind::NotNull { table, column }
        }
        ffi::SQLITE_CONSTRAINT_CHECK => DbErrorKind::Check {
            constraint: after_colon(message),
        },
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => DbErrorKind::ForeignKey { constraint: None },
        // ON DELETE RESTRICT reports itself as a trigger.
        ffi::SQLITE_CONSTRAINT_TRIGGER if message.contains("FOREIGN KEY") => {
            DbErrorKind::ForeignKey { constraint: None }
        }
        ffi::SQLITE_CONSTRAINT_DATATYPE => DbErrorKind::Data {
            column: message.rsplit('.').next().map(str::to_owned),
        },
        other => primary(other & 0xff, message),
    }
}

fn primary(code: i32, message: &str) -> DbErrorKind {
    match code {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => DbErrorKind::Retryable(RetryCause::LockTimeout),
        ffi::SQLITE_READONLY | ffi::SQLITE_AUTH => DbErrorKind::ReadOnly,
        ffi::SQLITE_PERM | ffi::SQLITE_CANTOPEN | ffi::SQLITE_NOTADB => DbErrorKind::Unreachable,
        ffi::SQLITE_INTERRUPT => DbErrorKind::Cancelled,
        ffi::SQLITE_FULL | ffi::SQLITE_NOMEM | ffi::SQLITE_IOERR => DbErrorKind::Resource,
        ffi::SQLITE_TOOBIG => DbErrorKind::DataTooLong { column: None },
        ffi::SQLITE_MISMATCH | ffi::SQLITE_RANGE => DbErrorKind::Data { column: None },
        ffi::SQLITE_ERROR => by_text(message),
        _ => DbErrorKind::Other,
    }
}

/// The code of nearly every mistake in a statement is the same; the text tells them apart.
fn by_text(message: &str) -> DbErrorKind {
    if let Some((column, long)) = super::fit::column(message) {
        let column = Some(column);
        return if long {
            DbErrorKind::DataTooLong { column }
        } else {
            DbErrorKind::Data { column }
        };
    }
    let has = |part: &str| message.contains(part);
    if has("no such table")
        || has("no such column")
        || has("no such index")
        || has("no such view")
        || has("has no column named")
        || has("unknown database")
    {
        DbErrorKind::NoSuchObject
    } else if has("already exists")
        || has("already an index")
        || has("already a table")
        || has("duplicate column name")
    {
        DbErrorKind::Exists
    } else if has("syntax error") || has("incomplete input") || has("unrecognized token") {
        DbErrorKind::Syntax
    } else if has("no such function") || has("no such collation") || has("no such module") {
        DbErrorKind::Unsupported
    } else if has("integer overflow") || has("malformed JSON") {
        DbErrorKind::Data { column: None }
    } else if has("cannot start a transaction within")
        || has("no transaction is active")
        || has("no such savepoint")
    {
        DbErrorKind::TransactionState
    } else {
        DbErrorKind::Other
    }
}

fn after_colon(message: &str) -> Option<String> {
    message.split_once(": ").map(|(_, rest)| rest.to_owned())
}

/// `t.a, t.b` after the colon, as pairs.
fn names(message: &str) -> Vec<(String, String)> {
    let list = after_colon(message).unwrap_or_default();
    list.split(", ")
        .filter_map(|name| name.split_once('.'))
        .map(|(table, column)| (table.to_owned(), column.to_owned()))
        .collect()
}

/// SQLite names the columns; only of an index on an expression it names the index.
fn unique(message: &str) -> DbErrorKind {
    let constraint = after_colon(message)
        .and_then(|rest| Some(rest.strip_prefix("index '")?.strip_suffix('\'')?.to_owned()));
    let names = names(message);
    DbErrorKind::UniqueViolation {
        constraint,
        table: names.first().map(|(table, _)| table.clone()),
        columns: names.into_iter().map(|(_, column)| column).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unique_names_columns_or_the_index() {
        assert_eq!(
            kind(2067, "UNIQUE constraint failed: uc.a, uc.b"),
            DbErrorKind::UniqueViolation {
                constraint: None,
                table: Some("uc".into()),
                columns: vec!["a".into(), "b".into()],
            }
        );
        assert_eq!(
            kind(2067, "UNIQUE constraint failed: index 'ui_expr'"),
            DbErrorKind::UniqueViolation {
                constraint: Some("ui_expr".into()),
                table: None,
                columns: vec![],
            }
        );
    }

    #[test]
    fn texts_of_the_general_code() {
        for (text, wanted) in [
            ("no such table: x", DbErrorKind::NoSuchObject),
            ("table t has no column named x", DbErrorKind::NoSuchObject),
            ("table t already exists", DbErrorKind::Exists),
            ("near \"SELEC\": syntax error", DbErrorKind::Syntax),
            ("no such function: pow", DbErrorKind::Unsupported),
            (
                "cannot start a transaction within a transaction",
                DbErrorKind::TransactionState,
            ),
        ] {
            assert_eq!(kind(1, text), wanted, "{text}");
        }
    }
}
