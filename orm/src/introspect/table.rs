//! A table as its CREATE TABLE text describes it, in the database's own words.

use orm_schema::IndexOptions;

/// One table of a database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: TableKind,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// Columns of the primary key; empty if there is none.
    pub primary_key: Vec<String>,
    /// Unique keys and indexes beside the primary key.
    pub keys: Vec<Key>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Conditions of CHECK clauses, but for the one that makes MariaDB's JSON.
    pub checks: Vec<String>,
    /// Storage (SingleStore); elsewhere as it is by default.
    pub storage: Storage,
    /// The comment.
    pub comment: Option<String>,
    /// The collation of text columns that name none.
    pub collation: Option<String>,
    /// What the reader saw and has no place for, such as partitions.
    pub other: Vec<String>,
}

impl Table {
    /// The column of this name; names compare without case.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|c| c.name == name)
            .or_else(|| self.columns.iter().find(|c| same_name(&c.name, name)))
    }
}

/// Whether two names are the same on every backend: column names compare without case.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// Kinds of table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TableKind {
    /// An ordinary table.
    #[default]
    Base,
    /// A table of one session.
    Temporary,
    /// SQLite's table without a hidden row number.
    WithoutRowid,
}

/// One column, its type in the database's words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    /// The name.
    pub name: String,
    /// The type in one spelling: lower case, without display widths, `bool` as `tinyint(1)`.
    pub ty: String,
    /// Whether NULL is accepted.
    pub null: bool,
    /// Whether the database numbers the rows.
    pub auto_increment: bool,
    /// The default, as SQL; `DEFAULT NULL` is none.
    pub default: Option<String>,
    /// What `ON UPDATE` sets.
    pub on_update: Option<String>,
    /// The collation, if it is known.
    pub collation: Option<String>,
    /// The comment.
    pub comment: Option<String>,
    /// The expression of a computed column.
    pub computed: Option<String>,
    /// Whether the computed value is not stored.
    pub virtual_column: bool,
}

/// A unique key or an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The name; SQLite's inline keys have none.
    pub name: Option<String>,
    /// What it is over.
    pub parts: Vec<KeyPart>,
    /// Whether values are unique.
    pub unique: bool,
    /// Whether the server is told not to check it (SingleStore).
    pub unenforced: bool,
    /// The kind.
    pub kind: KeyKind,
    /// What it says beyond its kind (SingleStore).
    pub options: IndexOptions,
    /// The condition of a partial index (SQLite).
    pub condition: Option<String>,
    /// Whether it stands in the table's own definition: SQLite drops such a key with the table only.
    pub inline: bool,
}

impl Key {
    /// The columns, if the key is over whole columns and all rows.
    pub fn columns(&self) -> Option<Vec<String>> {
        if self.condition.is_some() {
            return None;
        }
        let whole = |p: &KeyPart| (p.is_column && p.prefix.is_none()).then(|| p.text.clone());
        self.parts.iter().map(whole).collect()
    }

    /// The key in words: `(a, b(10), c DESC) WHERE …`.
    pub fn describe(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(KeyPart::describe).collect();
        let mut out = format!("({})", parts.join(", "));
        if let Some(condition) = &self.condition {
            out.push_str(" WHERE ");
            out.push_str(condition);
        }
        out
    }
}

/// A part of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPart {
    /// The column's name, or an expression.
    pub text: String,
    /// Whether it is a column.
    pub is_column: bool,
    /// How many characters of the column.
    pub prefix: Option<String>,
    /// Whether it descends.
    pub descending: bool,
}

impl KeyPart {
    fn describe(&self) -> String {
        let mut out = self.text.clone();
        if let Some(prefix) = &self.prefix {
            out = format!("{out}({prefix})");
        }
        if self.descending {
            out.push_str(" DESC");
        }
        out
    }
}

/// Kinds of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum KeyKind {
    /// The usual one of the table's storage.
    #[default]
    Usual,
    /// Equality only.
    Hash,
    /// Ordered.
    Btree,
    /// Words of a text.
    Fulltext,
    /// Nearest vectors.
    Vector,
    /// Shapes.
    Spatial,
    /// Values inside JSON documents (SingleStore).
    MultiValue,
}

impl KeyKind {
    /// The kind in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Hash => "hash",
            Self::Btree => "btree",
            Self::Fulltext => "fulltext",
            Self::Vector => "vector",
            Self::Spatial => "spatial",
            Self::MultiValue => "multi-value",
        }
    }
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The constraint's name, where it has one.
    pub name: Option<String>,
    /// The referring columns.
    pub columns: Vec<String>,
    /// The table referred to.
    pub ref_table: String,
    /// The columns referred to; empty is its primary key.
    pub ref_columns: Vec<String>,
    /// What the database does on delete, in lower case; `None` refuses.
    pub on_delete: Option<String>,
    /// What the database does when the key changes, in lower case; `None` refuses.
    pub on_update: Option<String>,
    /// Whether it is checked at the end of the transaction.
    pub deferred: bool,
}

/// Storage of a table on SingleStore.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Storage {
    /// Whether rows are kept in memory, row by row.
    pub rowstore: bool,
    /// Whether every node holds all rows.
    pub reference: bool,
    /// Columns of the shard key; `None` if the text names none.
    pub shard_key: Option<Vec<String>>,
    /// Columns of the sort key, with whether they descend.
    pub sort_key: Vec<(String, bool)>,
}
