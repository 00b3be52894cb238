//! A Django-style ORM: SingleStore first, MySQL and MariaDB, embedded SQLite.

pub mod ast;
pub mod backend;
pub mod dialect;
#[cfg(feature = "migrate")]
pub mod migrate;
pub mod value;

pub use backend::{Connection, Db, DbError, Executor, Transaction};
pub use orm_schema as schema;
