//! What is measured: the same work, on each side.

use anyhow::Result;

use crate::data::Row;

/// One way to do the work: orm, or a driver used by hand. Each method hands back a checksum of what
/// it read or a count of what it wrote, so that the sides can be held against one another.
pub(crate) trait Side: Clone + Send + Sync + 'static {
    /// Its name in the tables of figures.
    fn name(&self) -> &'static str;

    /// Empties the articles; not measured.
    async fn clear(&self) -> Result<()>;

    /// Writes all rows, without their ids, in one transaction.
    async fn bulk_insert(&self, rows: &[Row]) -> Result<u64>;

    /// The same by the quickest way of the side that keeps nothing of the rows.
    async fn bulk_load(&self, rows: &[Row]) -> Result<u64> {
        self.bulk_insert(rows).await
    }

    /// The same where a side hands the server lines of text, by `LOAD DATA LOCAL INFILE`.
    async fn load_lines(&self, rows: &[Row]) -> Result<u64> {
        self.bulk_load(rows).await
    }

    /// Reads all articles into structs, in the order of their ids.
    async fn select(&self) -> Result<u64>;

    /// The same where a side knows a form in which the program goes to the rows, and holds none.
    async fn select_there(&self) -> Result<u64> {
        self.select().await
    }

    /// Hands all events to the program one after the other, without holding them.
    async fn stream(&self) -> Result<u64>;

    /// The same where a side knows a form in which the program goes to the rows.
    async fn stream_there(&self) -> Result<u64> {
        self.stream().await
    }

    /// Reads one article by its id.
    fn get(&self, id: i64) -> impl Future<Output = Result<u64>> + Send;

    /// Articles of authors from one country above a number of views, with the author's name, the
    /// newest first, 50 of them.
    async fn join(&self, country: &str, views: i64) -> Result<u64>;

    /// All authors, each with its articles.
    async fn prefetch(&self) -> Result<u64>;

    /// Changes the views of these articles, a statement each, in one transaction.
    async fn updates(&self, ids: &[i64]) -> Result<u64>;

    /// The same where a side knows a form in which the program does not wait for each statement.
    async fn updates_together(&self, ids: &[i64]) -> Result<u64> {
        self.updates(ids).await
    }

    /// Count and mean of the views for each author's name.
    async fn group(&self) -> Result<u64>;
}
