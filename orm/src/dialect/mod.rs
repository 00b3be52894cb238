//! How SQL is spelled.
//!
//! A [`Dialect`] answers questions about a database ([`Features`]) and renders the AST and DDL to
//! text. It is pure: no connection, no async, so that `sqlmigrate` works offline for any of them.

mod features;
mod json;
mod load;
mod maintain;
pub(crate) mod mix;
mod mysql_family;
mod render;
mod rewrite;
mod sqlite;
mod text;
mod value;

use std::borrow::Cow;
use std::sync::Arc;

pub use features::{Features, Isolation, RowInSelect, RowLocks, RowValues, WithWrites};
pub(crate) use load::{LoadColumn, load_statement, write_row};
pub use maintain::{Optimize, optimize_table};
pub use mysql_family::{MariaDb, MySql, NoBackslashEscapes, SingleStore};
pub(crate) use render::{is_recursive, no_selects, reads_table, single_table};
pub use sqlite::Sqlite;
pub use text::Text;
pub use value::{Bound, Short, bound, literal_value};

use crate::ast::{Copying, Ddl, Statement};
use crate::value::Value;

/// SQL text with its parameters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sql {
    /// The text, with a `?` at each place of a parameter.
    pub text: Text,
    /// The parameters.
    pub params: Vec<Value>,
    /// The byte positions of the parameters' `?` in the text: no question mark inside a literal or
    /// a name is ever taken for a parameter.
    pub marks: Arc<[u32]>,
    /// Whether the statement finds one row at most, by its key, and does nothing else: an embedded
    /// database then runs it at once. A hint, no more: `false` is always right.
    pub point: bool,
    /// Whether the statement writes a reference table of SingleStore, as far as the program's models
    /// tell: a child aggregator takes it in no transaction. A hint, no more: the server knows.
    pub reference: bool,
    /// Whether the values have to be written into the text, because nobody knows whether the server
    /// takes parameters there: in SingleStore's search by fields.
    pub inline: bool,
}

/// Appends a name between quote marks, each of them in it doubled.
fn quote(out: &mut String, name: &str, mark: char) {
    out.push(mark);
    if !name.contains(mark) {
        out.push_str(name);
        out.push(mark);
        return;
    }
    let mut parts = name.split(mark);
    out.extend(parts.next());
    for part in parts {
        out.push(mark);
        out.push(mark);
        out.push_str(part);
    }
    out.push(mark);
}

/// A statement that a dialect cannot render.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The database has no such thing.
    #[error("{dialect} does not support {feature}: {hint}")]
    Unsupported {
        /// The dialect's name.
        dialect: &'static str,
        /// What was asked for.
        feature: String,
        /// What to use instead.
        hint: String,
    },
    /// The database refuses queries of this shape, and no other query is known to give the same rows.
    #[error("{dialect} does not support this type of query: {class}: {hint}")]
    UnsupportedQueryShape {
        /// The dialect's name.
        dialect: &'static str,
        /// What is refused, in the server's words where they are known.
        class: &'static str,
        /// What to use instead.
        hint: String,
    },
    /// A value cannot be sent.
    #[error("{dialect} cannot hold this value: {reason}")]
    Value {
        /// The dialect's name.
        dialect: &'static str,
        /// Why.
        reason: String,
    },
}

/// Every dialect.
pub const ALL: [&'static dyn Dialect; 4] = [&Sqlite, &MySql, &MariaDb, &SingleStore];

/// The dialect of this name: `sqlite`, `mysql`, `mariadb` or `singlestore`.
///
/// ```
/// use orm::dialect::by_name;
/// assert_eq!(by_name("mariadb").map(|d| d.name()), Some("mariadb"));
/// assert!(by_name("oracle").is_none());
/// ```
pub fn by_name(name: &str) -> Option<&'static dyn Dialect> {
    ALL.into_iter().find(|d| d.name() == name)
}

/// The dialect of this name for a session whose `sql_mode` holds NO_BACKSLASH_ESCAPES. Its SQL is
/// the same, its text literals are not; SQLite, where the backslash never escapes, stays as it is.
pub fn by_name_no_backslash(name: &str) -> Option<&'static dyn Dialect> {
    static VARIANTS: [&dyn Dialect; 4] = [
        &Sqlite,
        &NoBackslashEscapes(MySql),
        &NoBackslashEscapes(MariaDb),
        &NoBackslashEscapes(SingleStore),
    ];
    VARIANTS.into_iter().find(|d| d.name() == name)
}

/// The statement in the form in which a dialect renders it: itself, where the database refuses
/// nothing of it.
///
/// ```
/// use orm::ast::{Alias, Select, Statement};
/// use orm::dialect::{SingleStore, rewritten};
/// let statement = Statement::Select(Select::from_table("book", Alias(0)));
/// assert_eq!(*rewritten(&SingleStore, &statement)?, statement);
/// # Ok::<(), orm::dialect::RenderError>(())
/// ```
///
/// # Errors
/// [`RenderError::UnsupportedQueryShape`] for what the database refuses and has no other form.
pub fn rewritten<'s>(
    dialect: &dyn Dialect,
    statement: &'s Statement,
) -> Result<Cow<'s, Statement>, RenderError> {
    rewrite::rewrite(dialect, statement)
}

/// A database's way to spell SQL.
pub trait Dialect: std::fmt::Debug + Send + Sync + 'static {
    /// `sqlite`, `mysql`, `mariadb` or `singlestore`.
    fn name(&self) -> &'static str;

    /// What the database can do.
    fn features(&self) -> &Features;

    /// Appends a quoted identifier: the one quoting routine.
    fn write_identifier(&self, out: &mut String, name: &str);

    /// Appends a value as a literal: the one escaping routine, for text-protocol statements and DDL.
    ///
    /// # Errors
    /// [`RenderError::Value`] for what the database has no literal of: NaN, infinity, dates out of
    /// range, decimals that are not plain digits.
    fn write_literal(&self, out: &mut String, value: &Value) -> Result<(), RenderError>;

    /// Renders a statement on rows.
    ///
    /// # Errors
    /// [`RenderError::Unsupported`] for what the database has no form of.
    fn render(&self, statement: &Statement) -> Result<Sql, RenderError>;

    /// Renders a statement on the schema: exactly one SQL statement, without a closing semicolon.
    ///
    /// # Errors
    /// [`RenderError::Unsupported`] for what the database has no form of.
    fn render_ddl(&self, ddl: &Ddl) -> Result<String, RenderError>;

    /// Renders a statement that moves or compares a part of a table, without parameters.
    ///
    /// # Errors
    /// [`RenderError::Value`] for a key that cannot be written.
    fn render_copying(&self, copying: &Copying) -> Result<String, RenderError>;

    /// Writes the parameters into the text, for servers that are spoken to without prepared statements.
    ///
    /// # Errors
    /// As [`write_literal`](Self::write_literal).
    fn inline(&self, sql: &Sql) -> Result<String, RenderError> {
        let mut out = String::with_capacity(sql.text.len() + sql.params.len() * 12);
        let mut from = 0;
        for (mark, value) in sql.marks.iter().zip(&sql.params) {
            let mark = *mark as usize;
            out.push_str(&sql.text[from..mark]);
            self.write_literal(&mut out, value)?;
            from = mark + 1;
        }
        out.push_str(&sql.text[from..]);
        Ok(out)
    }
}
