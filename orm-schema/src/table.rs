//! The table side: what a database holds.

use crate::index_options::IndexOptions;
use crate::model::{IndexKind, OnDelete, StorageType};
use crate::types::{FieldType, Literal};

/// One table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableDef {
    /// The table's name.
    pub name: String,
    /// The columns, in order.
    pub columns: Vec<ColumnDef>,
    /// Columns of the primary key.
    pub primary_key: Vec<String>,
    /// Unique keys beside the primary key.
    pub uniques: Vec<UniqueDef>,
    /// Indexes that are not unique.
    pub indexes: Vec<TableIndexDef>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKeyDef>,
    /// Storage of the rows (SingleStore).
    pub storage: TableStorage,
    /// The comment.
    pub comment: Option<String>,
}

impl TableDef {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&ColumnDef> {
        self.columns.iter().find(|c| c.name == name)
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDef {
    /// The column's name.
    pub name: String,
    /// The type; never a relation: a foreign key has the type of the column it refers to.
    pub ty: FieldType,
    /// Whether NULL is accepted.
    pub null: bool,
    /// Whether the database numbers the rows by itself.
    pub auto_increment: bool,
    /// The default that the database fills in.
    pub default: Option<ColumnDefault>,
    /// The collation, where it is not the dialect's usual one.
    pub collation: Option<String>,
    /// The comment.
    pub comment: Option<String>,
    /// The expression of a computed column.
    pub computed: Option<String>,
}

impl ColumnDef {
    /// Makes a NOT NULL column with all options at their defaults.
    pub fn new(name: impl Into<String>, ty: FieldType) -> Self {
        Self {
            name: name.into(),
            ty,
            null: false,
            auto_increment: false,
            default: None,
            collation: None,
            comment: None,
            computed: None,
        }
    }
}

/// The default of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnDefault {
    /// A literal, written by the dialect for the column's type.
    Literal(Literal),
    /// SQL text.
    Sql(String),
}

/// A unique key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UniqueDef {
    /// The key's name.
    pub name: String,
    /// The columns.
    pub columns: Vec<String>,
    /// Whether the server is told not to check it (SingleStore).
    pub unenforced: bool,
}

/// An index that is not unique.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TableIndexDef {
    /// The index's name.
    pub name: String,
    /// The columns.
    pub columns: Vec<String>,
    /// The kind; `None` is the database's usual one.
    pub kind: Option<IndexKind>,
    /// What it says beyond its kind.
    pub options: IndexOptions,
}

/// A foreign key constraint.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ForeignKeyDef {
    /// The constraint's name.
    pub name: String,
    /// The referring columns.
    pub columns: Vec<String>,
    /// The table referred to.
    pub ref_table: String,
    /// The columns referred to.
    pub ref_columns: Vec<String>,
    /// What the model asks for on delete.
    pub on_delete: OnDelete,
}

/// Storage of a table's rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TableStorage {
    /// The storage type; `None` follows the server.
    pub storage_type: Option<StorageType>,
    /// Columns of the shard key; `None` is the primary key, an empty list is keyless.
    pub shard_key: Option<Vec<String>>,
    /// Columns of the sort key, with whether they descend.
    pub sort_key: Vec<(String, bool)>,
}
