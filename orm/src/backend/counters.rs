//! Counters of automatic keys, where keys given by hand do not move them.

use super::{Db, DbError, Executor};
use crate::dialect::{Features, Sql};

/// Lets automatic keys go on behind those that are there; `None` where they do so by themselves.
pub(crate) fn sync(features: &Features) -> Option<Sql> {
    (!features.explicit_ids_count).then(|| Sql {
        text: "AGGREGATOR SYNC AUTO_INCREMENT".into(),
        ..Sql::default()
    })
}

impl Db {
    /// Lets automatic keys go on behind those that were given by hand: after rows with keys of their
    /// own by `create`, `bulk_create` or raw SQL, and before the next row whose key the database makes.
    ///
    /// On SingleStore keys given by hand do not move the counter of a sharded table, so that a later
    /// automatic key may be one of theirs, and its row refused with `UniqueViolation`. SQL there: one
    /// `AGGREGATOR SYNC AUTO_INCREMENT` for all tables, which commits; that is why it is a method of
    /// `Db` and not of a transaction. Elsewhere nothing is sent. `loaddata` does it by itself; other
    /// writes do not, because it asks every part of the cluster for its highest key.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let moved = ["Di", "Eve"].map(|name| new!(Author { id: name.len() as i64 * 1000, name: name }));
    /// Author::bulk_create(&db, moved).await?;
    /// db.sync_auto_increment().await?;
    /// Author::create(&db, new!(Author { name: "Flo" })).await?;
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// What the server raises.
    ///
    /// Django: what `sqlsequencereset` prints. Source: SingleStore's manual, AGGREGATOR SYNC
    /// AUTO_INCREMENT.
    pub async fn sync_auto_increment(&self) -> Result<(), DbError> {
        match sync(self.dialect().features()) {
            Some(sql) => self.execute(sql).await.map(drop),
            None => Ok(()),
        }
    }
}
