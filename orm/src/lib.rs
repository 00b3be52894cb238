//! A Django-style ORM: SingleStore first, MySQL and MariaDB, embedded SQLite.

extern crate self as orm;

pub mod ast;
pub mod backend;
pub mod dialect;
mod error;
#[cfg(feature = "migrate")]
pub mod migrate;
pub mod model;
pub mod prelude;
pub mod query;
pub mod value;

pub use backend::{Connection, Db, DbError, Executor, Transaction};
pub use error::{Error, Result};
pub use model::{Auto, ForeignKey, ManyToMany, Model, OneToOne, Reverse};
pub use orm_derive::Model;
pub use orm_schema as schema;
pub use query::{New, QuerySet, Record, count, raw};

/// What generated code names; no part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::model::{
        At, ColumnMeta, DefaultMeta, Here, Key, Maybe, Model, ModelMeta, Place, Registered,
        RelationKind, RelationMeta, RelationSlot, Scalar, bind, check_name, read_erased,
        through_column,
    };
    pub use crate::query::{Column, RelationValue, ToMany, ToOne, check_new, clock, object_key};
    pub use crate::value::{DbType, DecodeError, RowReader, Value};
    pub use inventory;
    pub use orm_schema::{FieldType, OnDelete};
}
