//! A model for each of SingleStore's kinds of storage; elsewhere they are plain tables.

use orm::prelude::*;

/// A columnstore, sharded by a part of its key and sorted by time.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    app = "storage",
    storage_type = "columnstore",
    primary_key(tenant, number),
    shard_key(tenant),
    sort_key(-at, tenant),
    ordering(-at)
)]
pub(crate) struct Event {
    pub(crate) tenant: i64,
    pub(crate) number: i64,
    #[field(max_length = 20)]
    pub(crate) code: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) amount: Option<f64>,
}

/// A rowstore.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    app = "storage",
    storage_type = "rowstore",
    index(fields(kind), kind = "btree")
)]
pub(crate) struct Counter {
    #[field(primary_key)]
    pub(crate) id: Auto<i64>,
    #[field(max_length = 20)]
    pub(crate) kind: String,
    #[field(default = 0)]
    pub(crate) value: i64,
}

/// A copy on every node, in memory.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "storage", storage_type = "rowstore reference")]
pub(crate) struct Setting {
    #[field(primary_key, max_length = 40)]
    pub(crate) name: String,
    #[field(unique, max_length = 40)]
    pub(crate) label: String,
    pub(crate) value: String,
}

/// All tables, empty.
///
/// # Errors
/// As [`orm::create_tables`].
pub(crate) async fn tables(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Event::META, Counter::META, Setting::META]).await
}
