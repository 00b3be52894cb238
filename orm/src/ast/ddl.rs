//! Statements on the schema. Each is one statement of SQL, so that a journal can follow them.

use orm_schema::{ColumnDef, ForeignKeyDef, TableDef, TableIndexDef, UniqueDef};

use crate::value::Value;

/// A statement on the schema.
#[derive(Debug, Clone, PartialEq)]
pub enum Ddl {
    /// CREATE TABLE, with its keys; foreign keys only those of `table.foreign_keys`. On SQLite,
    /// indexes that are not unique keys are separate [`Ddl::CreateIndex`] statements; on the MySQL
    /// family they stand inside.
    CreateTable {
        /// The table.
        table: TableDef,
        /// Whether an existing table is left as it is.
        if_not_exists: bool,
    },
    /// DROP TABLE.
    DropTable {
        /// The table.
        name: String,
        /// Whether a missing table is no error.
        if_exists: bool,
    },
    /// Renames a table.
    RenameTable {
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
    /// Adds a column.
    AddColumn {
        /// The table.
        table: String,
        /// The column.
        column: ColumnDef,
    },
    /// Adds a column that the database numbers, with the index that it needs, in one statement;
    /// rows that are there are numbered. Only where ALTER TABLE can do so (MySQL, MariaDB).
    AddAutoColumn {
        /// The table.
        table: String,
        /// The column.
        column: ColumnDef,
        /// The index.
        index: TableIndexDef,
    },
    /// Drops a column.
    DropColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Renames a column.
    RenameColumn {
        /// The table.
        table: String,
        /// Old name.
        from: String,
        /// New name.
        to: String,
        /// The column as it is, with its old name, for dialects that repeat the definition.
        column: ColumnDef,
    },
    /// Changes a column's type, nullability, default, collation or comment.
    ModifyColumn {
        /// The table.
        table: String,
        /// The column as it shall be.
        column: ColumnDef,
    },
    /// Creates an index that is not unique.
    CreateIndex {
        /// The table.
        table: String,
        /// The index.
        index: TableIndexDef,
    },
    /// Drops an index.
    DropIndex {
        /// The table.
        table: String,
        /// The index.
        name: String,
    },
    /// Renames an index.
    RenameIndex {
        /// The table.
        table: String,
        /// Old name.
        from: String,
        /// New name.
        to: String,
        /// Whether the table is built anew with it. Where the server's own notes about indexes are
        /// in the way of the new name (MariaDB 1022), that puts them right.
        rebuild: bool,
    },
    /// Adds a unique key.
    AddUnique {
        /// The table.
        table: String,
        /// The key.
        unique: UniqueDef,
    },
    /// Drops a unique key.
    DropUnique {
        /// The table.
        table: String,
        /// The key's name.
        name: String,
    },
    /// Adds a foreign key.
    AddForeignKey {
        /// The table.
        table: String,
        /// The key.
        foreign_key: ForeignKeyDef,
    },
    /// Drops a foreign key.
    DropForeignKey {
        /// The table.
        table: String,
        /// The key's name.
        name: String,
    },
    /// Replaces the primary key; an empty list only drops it.
    AlterPrimaryKey {
        /// The table.
        table: String,
        /// Whether there is one to drop.
        drop: bool,
        /// The columns of the new key.
        columns: Vec<String>,
    },
    /// Changes the table's comment.
    TableComment {
        /// The table.
        table: String,
        /// The comment.
        comment: Option<String>,
    },
    /// Copies rows between two tables of like columns, for a table rebuild.
    CopyRows {
        /// The source.
        from: String,
        /// The target.
        to: String,
        /// Target column, and what it gets: a column of the source or a value in its place.
        columns: Vec<(String, CopySource)>,
    },
    /// Fills a column where it is NULL, before it becomes NOT NULL.
    FillNulls {
        /// The table.
        table: String,
        /// The column, as it shall be.
        column: ColumnDef,
        /// The value.
        value: orm_schema::Literal,
    },
    /// One statement in the database's own words, from `run_sql`.
    Raw(String),
}

/// Where a copied column's values come from.
#[derive(Debug, Clone, PartialEq)]
pub enum CopySource {
    /// A column of the source.
    Column(String),
    /// A column of the source, with a value in place of NULL.
    ColumnOr(String, Value),
    /// The same value for every row.
    Value(Value),
    /// The row's number, from 1, in no certain order.
    RowNumber,
}
