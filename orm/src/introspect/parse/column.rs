//! One column with its attributes.

use orm_schema::IndexOptions;

use super::ParseError;
use super::cursor::Cursor;
use super::keys;
use super::lexer::Kind;
use crate::introspect::canon;
use crate::introspect::table::{Column, Key, KeyKind, KeyPart, Table};

/// Words that end a type. `CHARACTER` does so only before `SET`: it is a type of its own as well.
const AFTER_TYPE: [&str; 24] = [
    "NOT",
    "NULL",
    "DEFAULT",
    "PRIMARY",
    "UNIQUE",
    "KEY",
    "CHECK",
    "REFERENCES",
    "COLLATE",
    "CHARSET",
    "COMMENT",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "GENERATED",
    "AS",
    "CONSTRAINT",
    "ON",
    "INVISIBLE",
    "VISIBLE",
    "SERIES",
    "SPARSE",
    "SRID",
    "STORED",
    "VIRTUAL",
];

pub(super) fn column(
    cursor: &mut Cursor<'_>,
    table: &mut Table,
    embedded: bool,
) -> Result<(), ParseError> {
    let mut column = Column {
        name: cursor.name()?,
        null: true,
        ..Column::default()
    };
    if cursor.peek_word("AS") && !embedded {
        computed_first(cursor, &mut column)?;
    } else {
        column.ty = column_type(cursor)?;
    }
    let mut constraint = None;
    while !(cursor.at_end() || cursor.peek_sign(',') || cursor.peek_sign(')')) {
        attribute(cursor, table, &mut column, &mut constraint)?;
    }
    table.columns.push(column);
    Ok(())
}

/// SingleStore's `name AS expression PERSISTED type`.
fn computed_first(cursor: &mut Cursor<'_>, column: &mut Column) -> Result<(), ParseError> {
    cursor.skip();
    let mark = cursor.mark();
    while !cursor.peek_word("PERSISTED") {
        match cursor.kind() {
            None | Some(Kind::Sign(',' | ')')) => {
                return Err(
                    cursor.error("expected `PERSISTED` after the expression of a computed column")
                );
            }
            Some(Kind::Sign('(')) => {
                cursor.group()?;
            }
            _ => cursor.skip(),
        }
    }
    column.computed = Some(canon::trimmed(cursor.slice(mark)));
    cursor.skip();
    column.ty = column_type(cursor)?;
    Ok(())
}

/// The type: everything up to the first attribute. SQLite's columns may have none.
fn column_type(cursor: &mut Cursor<'_>) -> Result<String, ParseError> {
    let mark = cursor.mark();
    loop {
        match cursor.kind() {
            Some(Kind::Word(word)) => {
                let ends = AFTER_TYPE.iter().any(|w| w.eq_ignore_ascii_case(word))
                    || cursor.peek_words(&["CHARACTER", "SET"]);
                if ends {
                    break;
                }
                cursor.skip();
            }
            Some(Kind::Name(_)) => cursor.skip(),
            Some(Kind::Sign('(')) => {
                cursor.group()?;
            }
            _ => break,
        }
    }
    Ok(cursor.slice(mark).to_owned())
}

fn attribute(
    cursor: &mut Cursor<'_>,
    table: &mut Table,
    column: &mut Column,
    constraint: &mut Option<String>,
) -> Result<(), ParseError> {
    if cursor.words(&["NOT", "NULL"]) {
        column.null = false;
        conflict_clause(cursor);
    } else if cursor.word("NULL") {
        column.null = true;
    } else if cursor.word("DEFAULT") {
        column.default = Some(expression(cursor)?);
    } else if cursor.words(&["ON", "UPDATE"]) {
        column.on_update = Some(expression(cursor)?);
    } else if cursor.word("AUTO_INCREMENT") || cursor.word("AUTOINCREMENT") {
        column.auto_increment = true;
    } else if cursor.word("COMMENT") {
        column.comment = cursor.text();
    } else if cursor.word("COLLATE") {
        column.collation = Some(cursor.name()?);
    } else if cursor.words(&["CHARACTER", "SET"]) || cursor.word("CHARSET") {
        cursor.name()?;
    } else if cursor.word("CONSTRAINT") {
        *constraint = Some(cursor.name()?);
    } else if cursor.word("CHECK") {
        table.checks.push(cursor.group()?.to_owned());
    } else if cursor.words(&["PRIMARY", "KEY"]) || cursor.word("KEY") {
        if !cursor.word("ASC") {
            cursor.word("DESC");
        }
        conflict_clause(cursor);
        table.primary_key = vec![column.name.clone()];
    } else if cursor.word("UNIQUE") {
        cursor.word("KEY");
        conflict_clause(cursor);
        table.keys.push(unique(&column.name, constraint.take()));
    } else if cursor.peek_word("REFERENCES") {
        let own = vec![column.name.clone()];
        let key = keys::references(cursor, constraint.take(), own)?;
        table.foreign_keys.push(key);
    } else {
        return rare(cursor, table, column);
    }
    Ok(())
}

/// Computed columns of MySQL and SQLite, and words of which only the text is kept.
fn rare(cursor: &mut Cursor<'_>, table: &mut Table, column: &mut Column) -> Result<(), ParseError> {
    if cursor.words(&["GENERATED", "ALWAYS", "AS"]) || cursor.word("AS") {
        column.computed = Some(cursor.group()?.to_owned());
        if cursor.word("VIRTUAL") {
            column.virtual_column = true;
        } else if !(cursor.word("STORED") || cursor.word("PERSISTENT")) {
            // SQLite's and MySQL's default, when nothing is said.
            column.virtual_column = true;
        }
        return Ok(());
    }
    if cursor.word("PERSISTED") {
        return Ok(());
    }
    let word = cursor.mark();
    match cursor.kind() {
        Some(Kind::Sign('(')) => {
            cursor.group()?;
        }
        _ => cursor.skip(),
    }
    let seen = format!("column {}: {}", column.name, cursor.slice(word));
    table.other.push(seen);
    Ok(())
}

/// SQLite's `ON CONFLICT …`.
pub(super) fn conflict_clause(cursor: &mut Cursor<'_>) {
    if cursor.words(&["ON", "CONFLICT"]) {
        cursor.skip();
    }
}

fn unique(column: &str, name: Option<String>) -> Key {
    Key {
        name,
        parts: vec![KeyPart {
            text: column.to_owned(),
            is_column: true,
            prefix: None,
            descending: false,
        }],
        unique: true,
        unenforced: false,
        kind: KeyKind::Usual,
        options: IndexOptions::NONE,
        condition: None,
        inline: true,
    }
}

/// A default: a literal with its sign, charset or base, a call, or an expression in parentheses.
/// MariaDB prints expressions of several operands bare.
fn expression(cursor: &mut Cursor<'_>) -> Result<String, ParseError> {
    let mark = cursor.mark();
    loop {
        while cursor.peek_sign('-') || cursor.peek_sign('+') {
            cursor.skip();
        }
        match cursor.kind() {
            Some(Kind::Sign('(')) => {
                cursor.group()?;
            }
            Some(Kind::Word(_)) => {
                cursor.skip();
                if matches!(cursor.kind(), Some(Kind::Text(_))) {
                    cursor.skip();
                }
                if cursor.peek_sign('(') {
                    cursor.group()?;
                }
            }
            Some(Kind::Text(_) | Kind::Number | Kind::Name(_)) => cursor.skip(),
            _ => return Err(cursor.error("expected a default")),
        }
        let mut operator = false;
        while let Some(Kind::Sign('+' | '-' | '*' | '/' | '%' | '|' | '.' | ':' | '>')) =
            cursor.kind()
        {
            cursor.skip();
            operator = true;
        }
        if !operator {
            break;
        }
    }
    Ok(canon::trimmed(cursor.slice(mark)))
}
