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
pub struct Event {
    pub tenant: i64,
    pub number: i64,
    #[field(max_length = 20)]
    pub code: String,
    pub at: DateTime<Utc>,
    pub amount: Option<f64>,
}

/// A rowstore.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    app = "storage",
    storage_type = "rowstore",
    index(fields(kind), kind = "btree")
)]
pub struct Counter {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20)]
    pub kind: String,
    #[field(default = 0)]
    pub value: i64,
}

/// A copy on every node, in memory.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "storage", storage_type = "rowstore reference")]
pub struct Setting {
    #[field(primary_key, max_length = 40)]
    pub name: String,
    #[field(unique, max_length = 40)]
    pub label: String,
    pub value: String,
}

/// All tables, empty.
///
/// # Errors
/// As [`orm::create_tables`].
pub async fn tables(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Event::META, Counter::META, Setting::META]).await
}
