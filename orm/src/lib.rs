//! A Django-style ORM: SingleStore first, MySQL and MariaDB, embedded SQLite.

extern crate self as orm;

pub mod ast;
pub mod backend;
pub mod dialect;
mod error;
#[cfg(feature = "migrate")]
mod linked;
mod macros;
#[cfg(feature = "migrate")]
pub mod migrate;
pub mod model;
pub mod prelude;
pub mod query;
pub mod value;

pub use backend::{Connection, Db, DbError, Executor, Transaction};
pub use error::{Error, Result};
#[cfg(feature = "migrate")]
pub use linked::{LinkedError, check_linked, create_tables, linked_state};
pub use model::{Auto, ForeignKey, ManyToMany, Model, OneToOne, Reverse};
pub use orm_derive::{DbType, Model};
#[cfg(feature = "migrate")]
pub use orm_derive::{data_migration, embed_migrations};
pub use orm_schema as schema;
pub use query::{New, QuerySet, Record, count, raw};
#[cfg(feature = "json")]
pub use value::Json;
pub use value::{DbType, Vector};

/// What generated code names; no part of the public interface.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "migrate")]
    pub use crate::linked::assert_linked;
    #[cfg(feature = "migrate")]
    pub use crate::migrate::{CodeError, DataMigration};
    pub use crate::model::{
        At, ColumnExtra, ColumnMeta, DefaultMeta, Here, Key, LiteralMeta, Maybe, Model, ModelExtra,
        ModelMeta, Named, Place, Registered, RelationKind, RelationMeta, RelationSlot, Scalar,
        bind, check_name, check_reverse, read_erased, through_column,
    };
    pub use crate::query::{Column, RelationValue, ToMany, ToOne, check_new, clock, object_key};
    pub use crate::value::{DbType, DecodeError, RowReader, Value};
    pub use inventory;
    pub use orm_schema::{FieldType, IndexKind, OnDelete, StorageType, Unique};
}
