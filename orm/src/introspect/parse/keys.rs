//! The clauses of a table that are no columns: keys, constraints, storage.

use orm_schema::IndexOptions;

use super::ParseError;
use super::column::conflict_clause;
use super::cursor::Cursor;
use super::lexer::Kind;
use crate::introspect::canon;
use crate::introspect::table::{ForeignKey, Key, KeyKind, KeyPart, Table};

/// Reads a clause; whether there was one. In SQLite `KEY`, `INDEX` and the like are names.
pub(super) fn clause(
    cursor: &mut Cursor<'_>,
    table: &mut Table,
    embedded: bool,
) -> Result<bool, ParseError> {
    if !matches!(cursor.kind(), Some(Kind::Word(_))) {
        return Ok(false);
    }
    let mut name = None;
    if cursor.word("CONSTRAINT") {
        let bare = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"];
        if !bare.iter().any(|w| cursor.peek_word(w)) {
            name = Some(cursor.name()?);
        }
    }
    if cursor.words(&["PRIMARY", "KEY"]) {
        primary(cursor, table)?;
    } else if cursor.peek_word("UNIQUE") && is_clause(cursor, 1) {
        cursor.skip();
        if !cursor.word("KEY") {
            cursor.word("INDEX");
        }
        unique(cursor, table, name)?;
    } else if cursor.words(&["FOREIGN", "KEY"]) {
        let given = if cursor.peek_sign('(') {
            None
        } else {
            Some(cursor.name()?)
        };
        let columns = cursor.names()?;
        let key = references(cursor, name.or(given), columns)?;
        table.foreign_keys.push(key);
    } else if cursor.peek_word("CHECK") && cursor.ahead(1) == Some(&Kind::Sign('(')) {
        cursor.skip();
        table.checks.push(cursor.group()?.to_owned());
        // MySQL's `NOT ENFORCED`, in a comment of its own mostly.
        if cursor.words(&["NOT", "ENFORCED"]) {
            table.other.push("CHECK that is not enforced".to_owned());
        }
    } else if embedded {
        return Ok(name.is_some());
    } else {
        return server_clause(cursor, table);
    }
    Ok(true)
}

/// Whether a clause follows `n` tokens on, and not a column's type.
fn is_clause(cursor: &Cursor<'_>, n: usize) -> bool {
    match cursor.ahead(n) {
        Some(Kind::Sign('(')) => true,
        Some(Kind::Word(word)) => {
            word.eq_ignore_ascii_case("KEY") || word.eq_ignore_ascii_case("INDEX") || {
                cursor.ahead(n + 1) == Some(&Kind::Sign('('))
            }
        }
        Some(Kind::Name(_)) => true,
        _ => false,
    }
}

fn server_clause(cursor: &mut Cursor<'_>, table: &mut Table) -> Result<bool, ParseError> {
    if cursor.words(&["SHARD", "KEY"]) {
        shard_key(cursor, table)?;
    } else if cursor.words(&["SORT", "KEY"]) {
        optional_name(cursor)?;
        table.storage.sort_key = sort_parts(cursor)?;
        rest(cursor, table)?;
    } else if cursor.words(&["COLUMN", "GROUP"]) || cursor.words(&["PERIOD", "FOR"]) {
        let mark = cursor.mark();
        rest(cursor, table)?;
        table.other.push(cursor.slice(mark).to_owned());
    } else if cursor.peek_word("FULLTEXT") {
        cursor.skip();
        let mut options = IndexOptions::NONE;
        if cursor.words(&["USING", "VERSION"]) {
            let mark = cursor.mark();
            cursor.skip();
            // The first is what is made where none is named.
            let version = cursor.slice(mark).trim().parse().ok();
            options.version = version.filter(|v| *v != 1);
        }
        index_word(cursor);
        index_of(cursor, table, KeyKind::Fulltext, options)?;
    } else if cursor.words(&["MULTI", "VALUE"]) {
        index_word(cursor);
        index(cursor, table, KeyKind::MultiValue)?;
    } else if cursor.peek_word("VECTOR") || cursor.peek_word("SPATIAL") {
        let kind = if cursor.word("VECTOR") {
            KeyKind::Vector
        } else {
            cursor.skip();
            KeyKind::Spatial
        };
        index_word(cursor);
        index(cursor, table, kind)?;
    } else if cursor.word("KEY") || cursor.word("INDEX") {
        index(cursor, table, KeyKind::Usual)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

fn index_word(cursor: &mut Cursor<'_>) {
    if !cursor.word("KEY") {
        cursor.word("INDEX");
    }
}

fn optional_name(cursor: &mut Cursor<'_>) -> Result<Option<String>, ParseError> {
    if cursor.peek_sign('(') || cursor.peek_word("USING") {
        return Ok(None);
    }
    cursor.name().map(Some)
}

fn primary(cursor: &mut Cursor<'_>, table: &mut Table) -> Result<(), ParseError> {
    using(cursor);
    optional_name(cursor)?;
    using(cursor);
    let parts = parts(cursor)?;
    table.primary_key = parts.into_iter().map(|p| p.text).collect();
    conflict_clause(cursor);
    rest(cursor, table)
}

fn unique(
    cursor: &mut Cursor<'_>,
    table: &mut Table,
    constraint: Option<String>,
) -> Result<(), ParseError> {
    let given = optional_name(cursor)?;
    let mut kind = using(cursor);
    let parts = parts(cursor)?;
    conflict_clause(cursor);
    let mut unenforced = false;
    while !at_clause_end(cursor) {
        if cursor.word("UNENFORCED") {
            unenforced = true;
            if cursor.word("RELY") {
                table.other.push("UNENFORCED RELY".to_owned());
            } else {
                cursor.word("NORELY");
            }
        } else if let Some(found) = using_now(cursor) {
            kind = found;
        } else {
            index_option(cursor)?;
        }
    }
    // Older SingleStore prints a primary key as a unique key of this name (facts: dbmeta).
    if given.as_deref() == Some("PRIMARY") {
        table.primary_key = parts.into_iter().map(|p| p.text).collect();
        return Ok(());
    }
    table.keys.push(Key {
        name: given.or(constraint),
        parts,
        unique: true,
        unenforced,
        kind,
        options: IndexOptions::NONE,
        condition: None,
        inline: true,
    });
    Ok(())
}

fn index(cursor: &mut Cursor<'_>, table: &mut Table, kind: KeyKind) -> Result<(), ParseError> {
    index_of(cursor, table, kind, IndexOptions::NONE)
}

fn index_of(
    cursor: &mut Cursor<'_>,
    table: &mut Table,
    kind: KeyKind,
    mut options: IndexOptions,
) -> Result<(), ParseError> {
    let name = optional_name(cursor)?;
    let mut kind = if kind == KeyKind::Usual {
        using(cursor)
    } else {
        kind
    };
    let parts = parts(cursor)?;
    while !at_clause_end(cursor) {
        if cursor.words(&["USING", "CLUSTERED", "COLUMNSTORE"]) {
            // The sort key in its old spelling.
            let parts = parts.into_iter().map(|p| (p.text, p.descending));
            table.storage.sort_key = parts.collect();
            return rest(cursor, table);
        }
        if kind == KeyKind::Vector && cursor.word("INDEX_OPTIONS") {
            cursor.sign('=');
            let (read, unread) = IndexOptions::read_server_json(&cursor.text().unwrap_or_default());
            options = read;
            let name = name.as_deref().unwrap_or_default();
            let unread = unread.into_iter();
            table
                .other
                .extend(unread.map(|o| format!("INDEX_OPTIONS of `{name}`: {o}")));
            continue;
        }
        match using_now(cursor) {
            Some(found) if kind == KeyKind::Usual => kind = found,
            Some(_) => {}
            None => index_option(cursor)?,
        }
    }
    table.keys.push(Key {
        name,
        parts,
        unique: false,
        unenforced: false,
        kind,
        options,
        condition: None,
        inline: true,
    });
    Ok(())
}

fn using(cursor: &mut Cursor<'_>) -> KeyKind {
    using_now(cursor).unwrap_or_default()
}

fn using_now(cursor: &mut Cursor<'_>) -> Option<KeyKind> {
    if cursor.words(&["USING", "HASH"]) {
        Some(KeyKind::Hash)
    } else if cursor.words(&["USING", "BTREE"]) {
        Some(KeyKind::Btree)
    } else {
        None
    }
}

fn at_clause_end(cursor: &Cursor<'_>) -> bool {
    cursor.at_end() || cursor.peek_sign(',') || cursor.peek_sign(')')
}

/// An option of an index of which nothing is kept: comment, parser, block size.
fn index_option(cursor: &mut Cursor<'_>) -> Result<(), ParseError> {
    if cursor.peek_sign('(') {
        cursor.group()?;
    } else {
        cursor.skip();
    }
    Ok(())
}

/// Passes over what is left of a clause.
fn rest(cursor: &mut Cursor<'_>, _table: &mut Table) -> Result<(), ParseError> {
    while !at_clause_end(cursor) {
        index_option(cursor)?;
    }
    Ok(())
}

fn shard_key(cursor: &mut Cursor<'_>, table: &mut Table) -> Result<(), ParseError> {
    using(cursor);
    optional_name(cursor)?;
    using(cursor);
    table.storage.shard_key = Some(cursor.names()?);
    rest(cursor, table)
}

fn sort_parts(cursor: &mut Cursor<'_>) -> Result<Vec<(String, bool)>, ParseError> {
    let parts = parts(cursor)?;
    Ok(parts.into_iter().map(|p| (p.text, p.descending)).collect())
}

/// `(a, b(10), c DESC, (expression))`; may be empty.
pub(super) fn parts(cursor: &mut Cursor<'_>) -> Result<Vec<KeyPart>, ParseError> {
    cursor.expect_sign('(')?;
    let mut out = Vec::new();
    loop {
        if cursor.sign(')') {
            return Ok(out);
        }
        if cursor.sign(',') {
            continue;
        }
        out.push(part(cursor)?);
    }
}

fn part(cursor: &mut Cursor<'_>) -> Result<KeyPart, ParseError> {
    let mark = cursor.mark();
    let mut part = KeyPart {
        text: String::new(),
        is_column: false,
        prefix: None,
        descending: false,
    };
    if !cursor.peek_sign('(') {
        let name = cursor.name()?;
        if cursor.peek_sign('(') && matches!(cursor.ahead(1), Some(Kind::Number)) {
            part.prefix = Some(cursor.group()?.to_owned());
        }
        if part_ends(cursor) {
            (part.text, part.is_column) = (name, true);
        }
    }
    if !part.is_column {
        cursor.back(mark);
        while !part_ends(cursor) {
            if cursor.at_end() {
                return Err(cursor.error("a key that does not end"));
            }
            index_option(cursor)?;
        }
        part.text = canon::trimmed(cursor.slice(mark));
        part.prefix = None;
    }
    if cursor.word("COLLATE") {
        cursor.name()?;
    }
    if cursor.word("DESC") {
        part.descending = true;
    } else {
        cursor.word("ASC");
    }
    Ok(part)
}

fn part_ends(cursor: &Cursor<'_>) -> bool {
    let words = ["ASC", "DESC", "COLLATE"];
    cursor.peek_sign(',') || cursor.peek_sign(')') || words.iter().any(|w| cursor.peek_word(w))
}

/// `REFERENCES table [(columns)] [ON DELETE …] [ON UPDATE …] [MATCH …] [DEFERRABLE …]`.
pub(super) fn references(
    cursor: &mut Cursor<'_>,
    name: Option<String>,
    columns: Vec<String>,
) -> Result<ForeignKey, ParseError> {
    if !cursor.word("REFERENCES") {
        return Err(cursor.error("expected `REFERENCES`"));
    }
    let mut ref_table = cursor.name()?;
    if cursor.sign('.') {
        ref_table = format!("{ref_table}.{}", cursor.name()?);
    }
    let mut key = ForeignKey {
        name,
        columns,
        ref_table,
        ref_columns: if cursor.peek_sign('(') {
            cursor.names()?
        } else {
            Vec::new()
        },
        on_delete: None,
        on_update: None,
        deferred: false,
    };
    loop {
        if cursor.words(&["ON", "DELETE"]) {
            key.on_delete = action(cursor)?;
        } else if cursor.words(&["ON", "UPDATE"]) {
            key.on_update = action(cursor)?;
        } else if cursor.word("MATCH") {
            cursor.name()?;
        } else if cursor.words(&["NOT", "DEFERRABLE"]) || cursor.word("DEFERRABLE") {
        } else if cursor.words(&["INITIALLY", "DEFERRED"]) {
            key.deferred = true;
        } else if !cursor.words(&["INITIALLY", "IMMEDIATE"]) {
            return Ok(key);
        }
    }
}

/// An action; RESTRICT and NO ACTION both refuse, as does no word.
fn action(cursor: &mut Cursor<'_>) -> Result<Option<String>, ParseError> {
    if cursor.words(&["NO", "ACTION"]) || cursor.word("RESTRICT") {
        return Ok(None);
    }
    if cursor.words(&["SET", "NULL"]) {
        return Ok(Some("set null".to_owned()));
    }
    if cursor.words(&["SET", "DEFAULT"]) {
        return Ok(Some("set default".to_owned()));
    }
    Ok(Some(cursor.name()?.to_lowercase()))
}
