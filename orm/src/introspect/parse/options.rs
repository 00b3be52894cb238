//! What stands after the columns of a table.

use super::cursor::Cursor;
use super::lexer::Kind;
use crate::introspect::table::{Table, TableKind};

/// Reads comment and collation; engine, statistics, modes and counters are no part of a table's
/// shape and are passed over. Partitions are noted.
pub(super) fn options(cursor: &mut Cursor<'_>, table: &mut Table) {
    while !cursor.at_end() {
        if cursor.words(&["WITHOUT", "ROWID"]) {
            table.kind = TableKind::WithoutRowid;
        } else if cursor.word("STRICT") {
            table.other.push("STRICT".to_owned());
        } else if cursor.word("COMMENT") {
            cursor.sign('=');
            table.comment = cursor.text();
        } else if cursor.word("COLLATE") {
            cursor.sign('=');
            table.collation = cursor.name().ok();
        } else if cursor.peek_words(&["PARTITION", "BY"]) {
            let mark = cursor.mark();
            while !cursor.at_end() {
                cursor.skip();
            }
            table.other.push(cursor.slice(mark).to_owned());
        } else if cursor.word("SQL_MODE") {
            cursor.sign('=');
            cursor.text();
        } else {
            match cursor.kind() {
                Some(Kind::Sign('(')) if cursor.group().is_ok() => {}
                _ => cursor.skip(),
            }
        }
    }
}
