//! Models as they were at a point of history, for the code that migrations run.
//!
//! Today's structs say what the tables are after the last migration; code that an earlier one runs
//! meets other tables. What it gets here comes from the replay of the files before it: models by
//! name, rows whose columns are found by name, each checked against that state before a statement is
//! sent. Only what the state knows is known: no methods, no reverse relations, no cascades.

mod error;
mod referred;
mod row;
mod rows;
mod shape;
mod values;
mod write;

use std::fmt;
use std::sync::Arc;

pub use error::HistoricalError;
pub use row::DynRow;
pub use rows::{Batches, ModelRows};
pub(crate) use shape::Shape;
pub use values::IntoColumn;

use super::ProjectState;
use crate::backend::Executor;

/// The models at the point of history at which code runs, and the transaction in which it does.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// use orm::migrate::{EmbeddedMigrations, Models};
/// use orm::prelude::*;
///
/// #[orm::data_migration("fill_slugs")]
/// async fn fill_slugs(models: &Models<'_>) -> Result<()> {
///     let articles = models.get("blog", "Article")?;
///     for mut row in articles.filter("slug__isnull", true)?.all().await? {
///         let title: String = row.get("title")?;
///         row.set("slug", title.to_lowercase().replace(' ', "-"))?;
///         models.save(&mut row).await?;
///     }
///     Ok(())
/// }
///
/// #[orm::data_migration("clear_slugs")]
/// async fn clear_slugs(models: &Models<'_>) -> Result<()> {
///     models.get("blog", "Article")?.update("slug", None::<String>).await?;
///     Ok(())
/// }
///
/// // orm::embed_migrations!("migrations")
/// const MIGRATIONS: EmbeddedMigrations<'static> = &[("blog/0001_initial.toml", r#"
/// format = 1
///
/// [[operations]]
/// op = "create_model"
/// model = "Article"
/// fields = [
///     { name = "id", type = "bigint", auto = true },
///     { name = "title", type = "varchar", max_length = 80 },
///     { name = "slug", type = "varchar", max_length = 80, null = true },
/// ]
/// primary_key = ["id"]
///
/// [[operations]]
/// op = "run_sql"
/// sql = { default = "INSERT INTO blog_article (title) VALUES ('Green Tea')" }
///
/// [[operations]]
/// op = "run_code"
/// name = "fill_slugs"
/// reverse = "clear_slugs"
/// "#)];
///
/// let db = Db::connect("sqlite::memory:").await?;
/// MIGRATIONS.migrate(&db).await?;
/// let slugs: Vec<(String,)> = raw("SELECT slug FROM blog_article", ()).all(&db).await?;
/// assert_eq!(slugs[0].0, "green-tea");
/// # Ok(()) }
/// ```
///
/// Django: the `apps` that `RunPython` hands to its code.
#[derive(Clone, Copy)]
pub struct Models<'a> {
    db: &'a dyn Executor,
    state: &'a ProjectState,
}

impl fmt::Debug for Models<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.state.models().map(|m| m.id().to_string());
        f.debug_tuple("Models")
            .field(&names.collect::<Vec<_>>())
            .finish()
    }
}

impl<'a> Models<'a> {
    /// The models of a state, in tables that a connection or transaction reaches.
    pub fn new(db: &'a dyn Executor, state: &'a ProjectState) -> Self {
        Self { db, state }
    }

    /// The transaction in which the code runs, for statements of one's own. A statement that changes
    /// the schema would end it where the database commits those.
    pub fn db(&self) -> &'a dyn Executor {
        self.db
    }

    /// The state: all models with their fields.
    pub fn state(&self) -> &'a ProjectState {
        self.state
    }

    /// The rows of a model, by its application and its name then; case does not matter.
    ///
    /// # Errors
    /// [`HistoricalError::NoModel`] if there is none at this point of history.
    ///
    /// Django: `apps.get_model`.
    pub fn get(&self, app: &str, model: &str) -> Result<ModelRows<'a>, HistoricalError> {
        let shape = Shape::of(self.state, self.db.dialect().features(), app, model)?;
        Ok(ModelRows::new(self.db, Arc::new(shape)))
    }

    /// The pairs of a many-to-many field without a model of its own in between: rows of the two
    /// columns, which are also called `from` and `to`.
    ///
    /// # Errors
    /// [`HistoricalError`] if there is no such model or field, or if its pairs are a model's rows.
    pub fn pairs(
        &self,
        app: &str,
        model: &str,
        field: &str,
    ) -> Result<ModelRows<'a>, HistoricalError> {
        let features = self.db.dialect().features();
        let shape = Shape::of_pairs(self.state, features, app, model, field)?;
        Ok(ModelRows::new(self.db, Arc::new(shape)))
    }
}

/// What the code of a migration takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what the code of a migration gets",
    label = "not `&Models<'_>` or `&dyn Executor`",
    note = "write `async fn fill(models: &orm::migrate::Models<'_>) -> orm::Result<()>`"
)]
pub trait CodeArgument<'a> {
    /// Takes it out of the models.
    fn of(models: &'a Models<'a>) -> Self;
}

impl<'a> CodeArgument<'a> for &'a Models<'a> {
    fn of(models: &'a Models<'a>) -> Self {
        models
    }
}

impl<'a> CodeArgument<'a> for &'a dyn Executor {
    fn of(models: &'a Models<'a>) -> Self {
        models.db()
    }
}
