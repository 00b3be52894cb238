//! Upkeep of a model's table.

use std::future::Future;

use crate::backend::Executor;
use crate::dialect::optimize_table;
use crate::error::{Error, Result};
use crate::model::Model;

pub use crate::dialect::Optimize;

/// Upkeep of a model's table; in the prelude.
pub trait Maintain: Model {
    /// Has SingleStore put the table's rows in order: [`Optimize::Flush`] moves those that are still in
    /// memory to the columnstore, which also makes them known to full-text search.
    ///
    /// SQL: one `OPTIMIZE TABLE … FLUSH`. It commits, like DDL.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// use orm::query::Optimize;
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// if db.dialect().features().optimize_table {
    ///     Article::optimize_table(&db, Optimize::Flush).await?;
    /// }
    /// let error = Article::optimize_table(&db, Optimize::Flush).await.unwrap_err();
    /// assert!(error.to_string().contains("sqlite does not support OPTIMIZE TABLE"), "{error}");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Render`] on other databases, where the words mean another thing or nothing;
    /// [`Error::Usage`] in a transaction; [`Error::Db`].
    fn optimize_table(
        db: &impl Executor,
        how: Optimize,
    ) -> impl Future<Output = Result<()>> + Send {
        async move {
            let sql = optimize_table(db.dialect(), Self::META.table, how)?;
            if db.in_transaction() {
                return Err(Error::Usage(format!(
                    "OPTIMIZE TABLE {} would commit the transaction that it is run in: run it on the `Db`",
                    Self::META.table
                )));
            }
            db.execute(sql).await?;
            Ok(())
        }
    }
}

impl<M: Model> Maintain for M {}
