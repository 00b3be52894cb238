//! Relations of a model to itself.

use orm::prelude::*;

/// Forgets the next one when that is deleted.
#[derive(Model, Debug, Clone)]
#[model(app = "loops")]
pub struct Link {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "set_null")]
    pub next: Option<ForeignKey<Link>>,
}

/// All tables, empty.
///
/// # Errors
/// As [`orm::create_tables`].
pub async fn tables(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Link::META]).await
}
