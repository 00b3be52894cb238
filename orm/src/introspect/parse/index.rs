//! SQLite's CREATE INDEX.

use orm_schema::IndexOptions;

use super::ParseError;
use super::cursor::Cursor;
use super::keys;
use super::lexer::tokens;
use crate::introspect::canon;
use crate::introspect::table::{Key, KeyKind};

/// Reads `CREATE [UNIQUE] INDEX name ON table (parts) [WHERE …]`.
pub(in crate::introspect) fn parse_index(text: &str) -> Result<Key, ParseError> {
    let tokens = tokens(text, false)?;
    let mut cursor = Cursor::new(text, &tokens);
    if !cursor.word("CREATE") {
        return Err(cursor.error("expected `CREATE`"));
    }
    let unique = cursor.word("UNIQUE");
    if !cursor.word("INDEX") {
        return Err(cursor.error("expected `INDEX`"));
    }
    if cursor.word("IF") {
        cursor.word("NOT");
        cursor.word("EXISTS");
    }
    let mut name = cursor.name()?;
    if cursor.sign('.') {
        name = cursor.name()?;
    }
    if !cursor.word("ON") {
        return Err(cursor.error("expected `ON`"));
    }
    cursor.name()?;
    let parts = keys::parts(&mut cursor)?;
    let condition = cursor.word("WHERE").then(|| {
        let mark = cursor.mark();
        while !cursor.at_end() {
            cursor.skip();
        }
        canon::trimmed(cursor.slice(mark))
    });
    Ok(Key {
        name: Some(name),
        parts,
        unique,
        unenforced: false,
        kind: KeyKind::Usual,
        options: IndexOptions::NONE,
        condition,
        inline: false,
    })
}
