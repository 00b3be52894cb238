//! Databases for tests: made with the schema, and gone when the test ends.
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! use orm::testing::TestDatabase;
//!
//! let db = TestDatabase::in_memory().with_models(&[Article::META]).await?;
//! Tag::create(&*db, new!(Tag { name: "rust" })).await?;
//! assert_eq!(Tag::objects().count(&*db).await?, 1);
//! # Ok(()) }
//! ```

use std::ops::Deref;
#[cfg(feature = "json")]
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::backend::{Db, DbError, DbErrorKind, Executor as _};
use crate::dialect::Sql;
use crate::error::Result;
use crate::linked::{create_tables, with_targets};
use crate::migrate::{Embedded, EmbeddedMigrations};
use crate::model::{ModelMeta, registered};

/// Where a test database is to be made.
///
/// Django: the databases that its test runner makes.
#[derive(Debug, Clone)]
pub struct TestDatabase {
    /// None is SQLite in memory.
    server: Option<String>,
    /// Files whose rows are loaded.
    #[cfg(feature = "json")]
    fixtures: Vec<PathBuf>,
}

impl TestDatabase {
    /// SQLite in memory: each one is a database of its own.
    pub fn in_memory() -> Self {
        Self::at(None)
    }

    /// On the server of this URL, under a name of its own: the URL's database, the process and a
    /// number (`shop_test_4711_1`), so that tests run side by side. The user needs the right to
    /// create and drop databases. A URL of SQLite is [`in_memory`](Self::in_memory).
    pub fn on(url: &str) -> Self {
        Self::at((!url.starts_with("sqlite:")).then(|| url.to_owned()))
    }

    fn at(server: Option<String>) -> Self {
        Self {
            server,
            #[cfg(feature = "json")]
            fixtures: Vec::new(),
        }
    }

    /// On the server that the environment variable names, else in memory.
    pub fn from_env(variable: &str) -> Self {
        std::env::var(variable).map_or_else(|_| Self::in_memory(), |url| Self::on(&url))
    }

    /// Loads the rows of these files into each database that is made with tables, in one transaction;
    /// see [`fixtures`](crate::fixtures). A relative path begins at the package of the test, where its
    /// `Cargo.toml` stands. Files of several calls are loaded together.
    ///
    /// ```no_run
    /// use orm::testing::TestDatabase;
    ///
    /// # async fn rows() -> orm::Result<()> {
    /// let db = TestDatabase::in_memory()
    ///     .fixtures(["tests/authors.json", "tests/articles.json"])
    ///     .with_linked_models()
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// Django: `TestCase.fixtures`.
    #[cfg(feature = "json")]
    #[must_use]
    pub fn fixtures<P: Into<PathBuf>>(mut self, files: impl IntoIterator<Item = P>) -> Self {
        self.fixtures.extend(files.into_iter().map(Into::into));
        self
    }

    /// Makes the database, with the tables of these models and of what they refer to.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db); [`Error::Fixture`](crate::Error::Fixture) for a file of
    /// [`fixtures`](Self::fixtures).
    pub async fn with_models(&self, models: &[&'static ModelMeta]) -> Result<TestDb> {
        let db = self.empty().await?;
        create_tables(&db.db, models).await?;
        self.load(&db, || with_targets(models)).await?;
        Ok(db)
    }

    /// Loads the files, as rows of these models.
    #[cfg(feature = "json")]
    async fn load(&self, db: &Db, models: impl FnOnce() -> Vec<&'static ModelMeta>) -> Result<()> {
        use crate::fixtures::{FixtureError, Input, LoadOptions, load_all};

        if self.fixtures.is_empty() {
            return Ok(());
        }
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let mut files = Vec::with_capacity(self.fixtures.len());
        for file in &self.fixtures {
            let path = package.as_ref().map_or(file.clone(), |p| p.join(file));
            let name = path.display().to_string();
            let opened = std::fs::File::open(&path).map_err(|e| FixtureError::In {
                name: name.clone(),
                error: Box::new(FixtureError::Io(e)),
            })?;
            files.push((name, std::io::BufReader::new(opened)));
        }
        let inputs = files.iter_mut().map(|(name, text)| Input {
            name: name.clone(),
            text,
        });
        let mut inputs: Vec<Input<'_>> = inputs.collect();
        let state = models().into_iter().map(ModelMeta::def).collect();
        load_all(db, &state, &LoadOptions::default(), &mut inputs).await?;
        Ok(())
    }

    #[cfg(not(feature = "json"))]
    async fn load(&self, _: &Db, _: impl FnOnce() -> Vec<&'static ModelMeta>) -> Result<()> {
        Ok(())
    }

    /// Makes the database, with the tables of all models that are linked into the program.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db).
    pub async fn with_linked_models(&self) -> Result<TestDb> {
        let models: Vec<&'static ModelMeta> = registered().collect();
        self.with_models(&models).await
    }

    /// Makes the database, and runs the migrations on it: slower, and what production has. Rows of
    /// files are those of the linked models.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db), [`Error::Migrate`](crate::Error::Migrate).
    pub async fn with_migrations(&self, migrations: EmbeddedMigrations<'_>) -> Result<TestDb> {
        let db = self.empty().await?;
        migrations.migrate(&db.db).await?;
        self.load(&db, || registered().collect()).await?;
        Ok(db)
    }

    /// Makes a database without tables.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db).
    pub async fn empty(&self) -> Result<TestDb> {
        let Some(server) = &self.server else {
            let db = Db::connect("sqlite::memory:").await?;
            return Ok(TestDb { db, made: None });
        };
        let made = Made::new(server)?;
        let admin = Db::connect(&made.server).await?;
        admin
            .execute(made.sql(&admin, "DROP DATABASE IF EXISTS "))
            .await?;
        admin.execute(made.sql(&admin, "CREATE DATABASE ")).await?;
        let db = Db::connect(&made.url).await?;
        Ok(TestDb {
            db,
            made: Some(made),
        })
    }
}

/// A database that was made on a server.
#[derive(Debug, Clone)]
struct Made {
    server: String,
    name: String,
    url: String,
}

static NUMBER: AtomicU32 = AtomicU32::new(1);

impl Made {
    fn new(server: &str) -> Result<Self, DbError> {
        let (address, options) = match server.split_once('?') {
            Some((address, options)) => (address, format!("?{options}")),
            None => (server, String::new()),
        };
        let missing = || {
            let text =
                "the URL of a test database needs the name of a database, as in mysql://host/shop";
            DbError::new(DbErrorKind::Config, text)
        };
        let rest = address.split_once("://").ok_or_else(missing)?.1;
        let base = rest.split_once('/').ok_or_else(missing)?.1;
        if base.is_empty() {
            return Err(missing());
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{base}_test_{}_{number}", std::process::id());
        let before = &address[..address.len() - base.len()];
        Ok(Self {
            // Not the database of the name, which need not be there.
            server: format!("{before}{options}"),
            url: format!("{before}{name}{options}"),
            name,
        })
    }

    fn sql(&self, db: &Db, verb: &str) -> Sql {
        let mut text = verb.to_owned();
        db.dialect().write_identifier(&mut text, &self.name);
        Sql {
            text: text.into(),
            ..Sql::default()
        }
    }
}

/// A database of a test; used as the [`Db`] that it is. It is dropped with this.
#[derive(Debug)]
pub struct TestDb {
    db: Db,
    made: Option<Made>,
}

impl Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Drop for TestDb {
    /// Blocks until the server has dropped it: the test's own runtime may be about to end, so a
    /// thread with another one does it.
    fn drop(&mut self) {
        let Some(made) = self.made.take() else { return };
        let name = made.name.clone();
        let drop = move || -> Result<(), DbError> {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|e| DbError::new(DbErrorKind::Config, e.to_string()))?;
            runtime.block_on(async {
                let admin = Db::connect(&made.server).await?;
                admin
                    .execute(made.sql(&admin, "DROP DATABASE IF EXISTS "))
                    .await?;
                Ok(())
            })
        };
        let dropped = std::thread::spawn(drop).join();
        if !matches!(dropped, Ok(Ok(()))) {
            tracing::warn!(target: "orm::testing", name, "a test database was left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_their_own() {
        let one = Made::new("mysql://u:p@h:3306/shop?pool_max=2").unwrap();
        let other = Made::new("mysql://u:p@h:3306/shop").unwrap();
        assert_ne!(one.name, other.name);
        assert!(one.name.starts_with("shop_test_"), "{}", one.name);
        assert_eq!(
            one.url,
            format!("mysql://u:p@h:3306/{}?pool_max=2", one.name)
        );
        for bad in ["mysql://h:3306", "mysql://h/", "shop"] {
            assert!(Made::new(bad).is_err(), "{bad}");
        }
    }
}
