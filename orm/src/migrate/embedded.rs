//! Migrations run by the program that carries them.

use std::time::Duration;

use super::executor::{MigrateError, MigrateOptions, Migrator, Ran, Target};
use super::graph::Graph;
use super::loader::load_embedded;
use crate::backend::Db;

/// How long a program that starts waits for another one that migrates the same database.
const START_UP_WAIT: Duration = Duration::from_secs(60);

/// What a program does with the migrations that [`embed_migrations!`](crate::embed_migrations) put
/// into it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// use orm::migrate::EmbeddedMigrations;
/// use orm::prelude::*;
///
/// // orm::embed_migrations!("migrations")
/// const MIGRATIONS: EmbeddedMigrations<'static> = &[("blog/0001_initial.toml", "format = 1\n")];
///
/// let db = Db::connect("sqlite::memory:").await?;
/// assert_eq!(MIGRATIONS.unapplied(&db).await?, ["blog.0001_initial"]);
/// MIGRATIONS.migrate(&db).await?;
/// assert!(MIGRATIONS.unapplied(&db).await?.is_empty());
/// # Ok(()) }
/// ```
pub trait Embedded {
    /// Applies all migrations that are not applied, with the code that is linked into the program;
    /// hands back which.
    ///
    /// The lock and the journal are those of `orm-cli migrate`: of several programs that start at
    /// once one migrates, the others wait for it for up to a minute (on SQLite the `busy_timeout`
    /// of the URL counts); what a killed one began, the next one finishes.
    ///
    /// # Errors
    /// [`MigrateError`]: the files do not fit each other, another program migrates, a migration
    /// cannot run here (before anything runs) or failed.
    fn migrate(&self, db: &Db) -> impl Future<Output = Result<Vec<Ran>, MigrateError>> + Send;

    /// [`migrate`](Self::migrate) with other options.
    ///
    /// # Errors
    /// As there.
    fn migrate_with(
        &self,
        db: &Db,
        options: MigrateOptions<'_>,
    ) -> impl Future<Output = Result<Vec<Ran>, MigrateError>> + Send;

    /// The migrations that are not applied, as `app.name`, in the order in which they would run;
    /// changes nothing. A program that leaves migrating to others refuses to start on some.
    ///
    /// # Errors
    /// [`MigrateError`]: as above, or an applied migration that stands on one that is not.
    fn unapplied(&self, db: &Db) -> impl Future<Output = Result<Vec<String>, MigrateError>> + Send;
}

impl Embedded for [(&str, &str)] {
    async fn migrate(&self, db: &Db) -> Result<Vec<Ran>, MigrateError> {
        let options = MigrateOptions {
            lock_wait: START_UP_WAIT,
            ..MigrateOptions::default()
        };
        self.migrate_with(db, options).await
    }

    async fn migrate_with(
        &self,
        db: &Db,
        options: MigrateOptions<'_>,
    ) -> Result<Vec<Ran>, MigrateError> {
        let migrations = load_embedded(self)?;
        Graph::new(migrations.clone())?.check_conflicts()?;
        // A child aggregator of SingleStore refuses DDL.
        let db = db.master().await?;
        Migrator::new(&db, &migrations, options)?
            .run(&[Target::All])
            .await
    }

    async fn unapplied(&self, db: &Db) -> Result<Vec<String>, MigrateError> {
        let migrations = load_embedded(self)?;
        let migrator = Migrator::new(db, &migrations, MigrateOptions::default())?;
        let plan = migrator.plan(&[Target::All]).await?;
        Ok(plan.iter().map(|p| p.label()).collect())
    }
}
