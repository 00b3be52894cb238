//! What most programs name: `use orm::prelude::*;`.

#[cfg(feature = "json")]
pub use crate::Json;
pub use crate::backend::{
    Connection, Db, DbError, DbErrorKind, Executor, RetryPolicy, Transaction,
};
pub use crate::dialect::Isolation;
pub use crate::error::{Error, Result};
#[cfg(feature = "migrate")]
pub use crate::migrate::Embedded;
pub use crate::model::{Auto, ForeignKey, ForeignObject, ManyToMany, OneToOne, Reverse};
pub use crate::new;
pub use crate::query::{BulkLoad, Maintain, QuerySet, Record, Validate, count, raw};
pub use crate::{DbType, Model, Row, Vector};
#[cfg(feature = "chrono")]
pub use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
