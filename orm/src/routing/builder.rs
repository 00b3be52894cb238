//! Putting databases together.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::{DEFAULT, Databases, Inner, Named, Router, config, same_product};
use crate::backend::{Db, DbError};

/// Names databases, gives them replicas and applications, and sets routers.
#[derive(Default)]
#[must_use]
pub struct DatabasesBuilder {
    databases: Vec<(String, Db)>,
    replicas: Vec<(String, Db)>,
    apps: Vec<(String, String)>,
    routers: Vec<Box<dyn Router>>,
}

impl DatabasesBuilder {
    /// Names a database. One is called `default`.
    pub fn database(mut self, name: impl Into<String>, db: Db) -> Self {
        self.databases.push((name.into(), db));
        self
    }

    /// Adds a copy to read from, which follows the named database by itself. Reads outside of
    /// transactions go to the copies in turn, those that lock rows excepted.
    pub fn replica(mut self, of: impl Into<String>, db: Db) -> Self {
        self.replicas.push((of.into(), db));
        self
    }

    /// Gives applications to a database: their models are read and written there, and their
    /// migrations run there alone.
    pub fn apps<S: Into<String>>(
        mut self,
        database: impl Into<String>,
        apps: impl IntoIterator<Item = S>,
    ) -> Self {
        let database = database.into();
        let apps = apps.into_iter().map(|a| (database.clone(), a.into()));
        self.apps.extend(apps);
        self
    }

    /// Adds a router; the first that answers a question is followed.
    pub fn router(mut self, router: impl Router + 'static) -> Self {
        self.routers.push(Box::new(router));
        self
    }

    /// Puts them together.
    ///
    /// # Errors
    /// [`DbErrorKind::Config`](crate::backend::DbErrorKind::Config) if no database is called
    /// `default`, two have one name, an application is given to two, a replica or an application is
    /// given to one that there is not, or a replica is another product than its database.
    pub fn build(self) -> Result<Databases, DbError> {
        let mut databases = BTreeMap::new();
        for (name, db) in self.databases {
            let named = Named {
                number: 0,
                db,
                replicas: Vec::new(),
                next: AtomicUsize::new(0),
                apps: Vec::new(),
            };
            if databases.insert(name.clone(), named).is_some() {
                return Err(config(format!("two databases are called `{name}`")));
            }
        }
        if !databases.contains_key(DEFAULT) {
            return Err(config(
                "no database is called `default`: it takes all that no router and no list of apps speaks of",
            ));
        }
        for (number, named) in databases.values_mut().enumerate() {
            named.number = number;
        }
        let mut inner = Inner {
            databases,
            routers: self.routers,
        };
        for (name, replica) in self.replicas {
            let of = &inner.named(&name)?.db;
            same_product((&name, of), ("its replica", &replica))?;
            if let Some(named) = inner.databases.get_mut(&name) {
                named.replicas.push(replica);
            }
        }
        for (name, app) in self.apps {
            inner.named(&name)?;
            let holder = inner.databases.iter().find(|(_, n)| n.apps.contains(&app));
            if let Some((other, _)) = holder.filter(|(other, _)| **other != name) {
                return Err(config(format!(
                    "the app `{app}` is given to two databases, `{other}` and `{name}`"
                )));
            }
            if let Some(named) = inner.databases.get_mut(&name) {
                named.apps.push(app);
            }
        }
        Ok(Databases {
            inner: Arc::new(inner),
            written: None,
        })
    }
}

impl fmt::Debug for DatabasesBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabasesBuilder")
            .field("databases", &self.databases)
            .field("replicas", &self.replicas)
            .field("apps", &self.apps)
            .field("routers", &self.routers.len())
            .finish()
    }
}
