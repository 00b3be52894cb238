//! A Django-style ORM: SingleStore first, MySQL and MariaDB, embedded SQLite.
//!
//! Structs with `#[derive(Model)]` become tables through migrations that `orm-cli makemigrations`
//! writes and `orm-cli migrate` runs; queries are closures over typed field handles.
//!
//! ```
//! use orm::prelude::*;
//!
//! #[derive(Model, Debug, Clone)]
//! #[model(ordering(name))]
//! struct Author {
//!     #[field(primary_key)]
//!     id: Auto<i64>,
//!     #[field(max_length = 100)]
//!     name: String,
//! }
//!
//! #[derive(Model, Debug, Clone)]
//! struct Article {
//!     #[field(primary_key)]
//!     id: Auto<i64>,
//!     #[field(max_length = 200)]
//!     title: String,
//!     author: ForeignKey<Author>,
//!     #[field(default = 0)]
//!     views: i64,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let db = Db::connect("sqlite::memory:").await?;
//! # orm::create_tables(&db, &[Article::META]).await?;
//! let ann = Author::create(&db, new!(Author { name: "Ann" })).await?;
//! Article::create(&db, new!(Article { title: "Hello", author: &ann })).await?;
//!
//! let read = Article::objects()
//!     .filter(|a| a.author().name().startswith("A"))
//!     .with(|a| a.author())
//!     .all(&db)
//!     .await?;
//! assert_eq!(read[0].author.get()?.name, "Ann");
//! # Ok(())
//! # }
//! ```
//!
//! Rows always come in a total, explicit order. What SingleStore cannot do is done by the ORM, or
//! refused early with an error that says what to do instead.

extern crate self as orm;

pub mod ast;
pub mod backend;
pub mod dialect;
mod error;
#[cfg(all(feature = "migrate", feature = "json"))]
pub mod fixtures;
#[cfg(feature = "migrate")]
pub mod integrity;
pub mod introspect;
#[cfg(feature = "migrate")]
mod linked;
mod macros;
#[cfg(feature = "migrate")]
pub mod migrate;
pub mod model;
pub mod prelude;
pub mod query;
pub mod routing;
pub mod signals;
#[cfg(feature = "migrate")]
pub mod testing;
pub mod value;

pub use backend::{Connection, Db, DbError, Executor, Transaction};
pub use error::{Error, Result};
#[cfg(feature = "migrate")]
pub use linked::{LinkedError, check_linked, create_tables, linked_state};
pub use model::{Auto, ForeignKey, ForeignObject, ManyToMany, Model, OneToOne, Reverse};
pub use model::{Invalid, ValidationErrors, validators};
pub use orm_derive::{DbType, Model, Row};
#[cfg(feature = "migrate")]
pub use orm_derive::{data_migration, embed_migrations};
pub use orm_schema as schema;
pub use query::{New, QuerySet, Record, Row, count, prefetch_objects, raw};
#[cfg(feature = "json")]
pub use value::Json;
pub use value::{DbType, Vector};

/// What generated code names; no part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::ast::{Alias, Expr};
    #[cfg(feature = "migrate")]
    pub use crate::linked::assert_linked;
    #[cfg(feature = "migrate")]
    pub use crate::migrate::{Code, CodeArgument, CodeBatches, CodeError, DataMigration};
    pub use crate::model::{
        At, BaseField, ColumnExtra, ColumnMeta, DefaultMeta, Here, Key, LiteralMeta, Maybe, Model,
        ModelExtra, ModelMeta, Place, RefersTo, Registered, RelationKind, RelationMeta,
        RelationSlot, Scalar, SeveralFields, bind, check_name, check_object, check_reverse,
        check_to_field, not_decoded, read_erased, reverse_owner, through_column,
    };
    pub use crate::query::{
        Column, Columns, Continues, Fills, FromRows, Only, RelationValue, Row, Selection, ToMany,
        ToOne, check_new, clock, object_key, object_keys, referred, rows_by_name,
    };
    pub use crate::value::{DbType, DecodeError, RowReader, RowSet, Value, ValueRef};
    pub use inventory;
    pub use orm_derive::__spliced_model;
    pub use orm_schema::{
        FieldType, IndexKind, IndexOptions, OnDelete, StorageType, Unique, VectorIndexType,
        VectorMetric,
    };
}
