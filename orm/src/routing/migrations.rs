//! Which migrations run on which database.

use std::collections::BTreeSet;

use super::{Databases, config};
use crate::backend::DbError;
use crate::migrate::{Migration, Target};

impl Databases {
    /// What a [`Migrator`](crate::migrate::Migrator) of this database is to run: all migrations of
    /// the applications that [`allows_migrate`](Self::allows_migrate) lets in. Each database has
    /// the record of its own.
    ///
    /// # Errors
    /// As [`targets_of`], or an unknown name.
    ///
    /// Django: `migrate --database` with `allow_migrate`.
    pub fn targets(&self, database: &str, all: &[Migration]) -> Result<Vec<Target>, DbError> {
        self.named(database)?;
        targets_of(database, all, |app| self.allows_migrate(database, app))
    }
}

/// The targets of the applications that a database holds.
///
/// # Errors
/// [`DbErrorKind::Config`](crate::backend::DbErrorKind::Config) if a migration of theirs builds on
/// one of an application that the database does not hold.
pub fn targets_of(
    database: &str,
    all: &[Migration],
    holds: impl Fn(&str) -> bool,
) -> Result<Vec<Target>, DbError> {
    let mut apps = BTreeSet::new();
    for migration in all.iter().filter(|m| holds(&m.app)) {
        apps.insert(migration.app.as_str());
        if let Some((app, name)) = migration.depends_on.iter().find(|(app, _)| !holds(app)) {
            return Err(config(format!(
                "{}.{} runs on the database `{database}` and builds on {app}.{name}, whose app is \
                 not there: give both apps to one database, or keep only the key of the other \
                 model's row, in a plain field",
                migration.app, migration.name
            )));
        }
    }
    Ok(apps
        .into_iter()
        .map(|a| Target::App(a.to_owned()))
        .collect())
}
