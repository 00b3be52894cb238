//! The description of models and tables that every part of `orm` shares.
//!
//! Two descriptions, never mixed: the **model side** ([`ModelDef`], [`FieldDef`]) is what the code
//! and the migration files say; the **table side** ([`TableDef`], [`ColumnDef`]) is what a database
//! holds. A schema editor maps the first to the second; introspection goes the other way.
//!
//! This crate knows no SQL dialect, does no I/O and pulls no async crate. Behind the feature
//! `parse` it also holds the one grammar of `#[model(...)]` and `#[field(...)]`, which the derive
//! and the command line both use.

pub mod check;
mod index_options;
mod lookup;
mod model;
mod name;
#[cfg(feature = "parse")]
pub mod parse;
mod table;
mod types;

pub use index_options::{
    IndexNumber, IndexOptions, NUMBERS as INDEX_NUMBERS, OptionFault, VectorIndexType,
    VectorMetric, metric_advice,
};
pub use lookup::{LOOKUP_INDEX, LOOKUP_VALUE, MAX_LOOKUP_BYTES, lookup_owner, lookup_table};
pub use model::{
    ConstraintDef, FieldDef, FixtureDef, IndexDef, IndexKind, ModelDef, ModelId, ObjectDef,
    OnDelete, OrderField, RelationDef, Storage, StorageType, Unique,
};
pub use name::{
    MAX_IDENTIFIER, default_app, hashed_name, many_to_many_columns, many_to_many_table, nearest,
    shorten, snake_case,
};
pub use table::{
    ColumnDef, ColumnDefault, ForeignKeyDef, TableDef, TableIndexDef, TableStorage, UniqueDef,
};
pub use types::{FieldType, Literal};
