//! Reads CREATE TABLE and CREATE INDEX, as databases print them and as people write them for SQLite.
//!
//! Tolerant where catalogs differ by version: the order of clauses, old spellings of keys, words
//! that it does not know. What it cannot place it keeps as text and never drops in silence.

mod column;
mod cursor;
mod index;
mod keys;
mod lexer;
mod options;

use super::canon;
use super::table::{Table, TableKind};
use crate::dialect::Dialect;
use cursor::Cursor;

pub(super) use index::parse_index;

/// A definition that the reader does not understand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}, at `{near}`")]
pub struct ParseError {
    /// What is wrong.
    pub problem: String,
    /// The text from there on, cut.
    pub near: String,
}

impl ParseError {
    fn new(text: &str, at: usize, problem: impl Into<String>) -> Self {
        let rest = text.get(at..).unwrap_or_default();
        Self {
            problem: problem.into(),
            near: rest.chars().take(60).collect(),
        }
    }
}

/// Reads one CREATE TABLE statement of a dialect.
///
/// ```
/// use orm::dialect::SingleStore;
/// use orm::introspect::parse_table;
///
/// let text = "CREATE TABLE `t` (\n  `id` bigint(20) NOT NULL,\n  PRIMARY KEY (`id`),\n  \
///     SHARD KEY `__SHARDKEY` (`id`),\n  SORT KEY `__UNORDERED` ()\n)";
/// let table = parse_table(text, &SingleStore)?;
/// assert_eq!(table.columns[0].ty, "bigint");
/// assert_eq!(table.storage.shard_key, Some(vec!["id".to_owned()]));
/// # Ok::<(), orm::introspect::ParseError>(())
/// ```
///
/// # Errors
/// [`ParseError`] with the place that is not understood.
pub fn parse_table(text: &str, dialect: &dyn Dialect) -> Result<Table, ParseError> {
    let embedded = dialect.features().transactional_ddl;
    let tokens = lexer::tokens(text, !embedded)?;
    let mut cursor = Cursor::new(text, &tokens);
    let mut table = Table::default();
    head(&mut cursor, &mut table)?;
    cursor.expect_sign('(')?;
    loop {
        // Keyless tables of SingleStore print their last clause after a line break and a comma.
        while cursor.sign(',') {}
        if cursor.sign(')') {
            break;
        }
        if !keys::clause(&mut cursor, &mut table, embedded)? {
            column::column(&mut cursor, &mut table, embedded)?;
        }
        if !cursor.peek_sign(',') && !cursor.peek_sign(')') {
            return Err(cursor.error("expected `,` or `)` after a column or a key"));
        }
    }
    options::options(&mut cursor, &mut table);
    canon::table(&mut table, dialect);
    Ok(table)
}

/// `CREATE [ROWSTORE] [REFERENCE] [GLOBAL] [TEMPORARY] TABLE [IF NOT EXISTS] name`.
fn head(cursor: &mut Cursor<'_>, table: &mut Table) -> Result<(), ParseError> {
    if !cursor.word("CREATE") {
        return Err(cursor.error("expected `CREATE`"));
    }
    loop {
        if cursor.word("TABLE") {
            break;
        } else if cursor.word("ROWSTORE") {
            table.storage.rowstore = true;
        } else if cursor.word("REFERENCE") {
            table.storage.reference = true;
        } else if cursor.word("TEMPORARY") || cursor.word("TEMP") {
            table.kind = TableKind::Temporary;
        } else if !(cursor.word("GLOBAL") || cursor.word("COLUMNSTORE")) {
            return Err(cursor.error("expected `TABLE`"));
        }
    }
    if cursor.word("IF") {
        cursor.word("NOT");
        cursor.word("EXISTS");
    }
    table.name = cursor.name()?;
    if cursor.sign('.') {
        table.name = cursor.name()?;
    }
    Ok(())
}
