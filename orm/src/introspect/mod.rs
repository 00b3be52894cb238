//! What a database holds: catalogs read into tables, tables compared, tables turned into models.
//!
//! One decision carries it: a table is read from its own CREATE TABLE text, as `SHOW CREATE TABLE`
//! and `sqlite_master` hand it out. On SingleStore nothing else tells a reference table, a sort key
//! or a computed column; and the text that a dialect writes for a [`TableDef`](orm_schema::TableDef)
//! goes through the same reader, so that what should be and what is are compared in one form.
//!
//! It knows nothing of migrations: what is expected is handed in as tables.

mod canon;
mod catalog;
mod compare;
mod difference;
mod error;
mod expected;
mod models;
mod parse;
mod table;
mod types;

pub use catalog::{Found, TableName, read_tables, spell_as_server, table_names};
pub use compare::compare;
pub use difference::{Difference, Part};
pub use error::IntrospectError;
pub use expected::expected_table;
pub use models::{InspectedModel, ReverseSide, models_of};
pub use parse::{ParseError, parse_table};
pub use table::{Column, ForeignKey, Key, KeyKind, KeyPart, Storage, Table, TableKind};
