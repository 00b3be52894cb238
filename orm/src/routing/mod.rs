//! Several databases: names for them, and rules that say which one a model's rows are in.
//!
//! Every call takes the database it goes to, so a program with two databases needs no more than two
//! [`Db`]s. [`Databases`] adds names, replicas and [`Router`]s:
//!
//! ```
//! use orm::prelude::*;
//! use orm::routing::{Databases, Router};
//! # use orm::model::ModelMeta;
//!
//! #[derive(Model, Debug, Clone)]
//! #[model(app = "stats")]
//! struct Hit {
//!     #[field(primary_key)]
//!     id: Auto<i64>,
//!     #[field(max_length = 200)]
//!     page: String,
//! }
//!
//! struct Stats;
//!
//! impl Router for Stats {
//!     fn db_for_read(&self, model: &ModelMeta) -> Option<&str> {
//!         (model.app == "stats").then_some("stats")
//!     }
//!     fn db_for_write(&self, model: &ModelMeta) -> Option<&str> {
//!         self.db_for_read(model)
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let dbs = Databases::builder()
//!     .database("default", Db::connect("sqlite::memory:").await?)
//!     .database("stats", Db::connect("sqlite::memory:").await?)
//!     .router(Stats)
//!     .build()?;
//! let db = dbs.of::<Hit>()?; // an executor, as a `Db` is
//! # orm::create_tables(&db, &[Hit::META]).await?;
//! Hit::create(&db, new!(Hit { page: "/" })).await?;
//! assert_eq!(Hit::objects().count(dbs.named("stats")?).await?, 1);
//! # Ok(())
//! # }
//! ```

mod builder;
#[cfg(feature = "migrate")]
mod configured;
#[cfg(feature = "migrate")]
mod migrations;
mod routed;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use orm_schema::nearest;

pub use builder::DatabasesBuilder;
#[cfg(feature = "migrate")]
pub use configured::configured_url;
#[cfg(feature = "migrate")]
pub use migrations::targets_of;
pub use routed::Routed;

use crate::backend::{Db, DbError, DbErrorKind};
use crate::model::{Model, ModelMeta, RelationKind, registered};

/// The database of what no router and no configuration speaks of.
pub const DEFAULT: &str = "default";

/// Says which database is asked for what. `None` leaves the question to the next router, and in the
/// end to [`DatabasesBuilder::apps`] and the database `default`.
///
/// Django: the classes in `DATABASE_ROUTERS`.
pub trait Router: Send + Sync {
    /// The name of the database that the model's rows are read from, outside transactions.
    fn db_for_read(&self, model: &ModelMeta) -> Option<&str> {
        let _ = model;
        None
    }

    /// The name of the database that the model's rows are written to, and transactions begin on.
    fn db_for_write(&self, model: &ModelMeta) -> Option<&str> {
        let _ = model;
        None
    }

    /// Whether one model may refer to the other. Asked by [`Databases::foreign_relations`]; without
    /// an answer it may if both are written to one database.
    fn allow_relation(&self, from: &ModelMeta, to: &ModelMeta) -> Option<bool> {
        let _ = (from, to);
        None
    }

    /// Whether the migrations of the application run on the database.
    fn allow_migrate(&self, database: &str, app: &str) -> Option<bool> {
        let _ = (database, app);
        None
    }
}

/// Named databases with their replicas and routers; cheap to clone.
#[derive(Clone)]
pub struct Databases {
    inner: Arc<Inner>,
    /// What was written within a scope; `None`: each executor counts for itself.
    written: Option<Arc<Written>>,
}

struct Inner {
    /// By name, so that the number of a database is its place here.
    databases: BTreeMap<String, Named>,
    routers: Vec<Box<dyn Router>>,
}

struct Named {
    number: usize,
    db: Db,
    replicas: Vec<Db>,
    /// The replica that is asked next.
    next: AtomicUsize,
    apps: Vec<String>,
}

/// Per database, whether something was written to it.
struct Written(Vec<AtomicBool>);

impl Databases {
    /// Starts with no database.
    pub fn builder() -> DatabasesBuilder {
        DatabasesBuilder::default()
    }

    /// The database of this name.
    ///
    /// # Errors
    /// [`DbErrorKind::Config`] for an unknown name, with the nearest known one.
    ///
    /// Django: `using(name)`.
    pub fn named(&self, name: &str) -> Result<&Db, DbError> {
        self.inner.named(name).map(|n| &n.db)
    }

    /// The names of all databases, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.inner.databases.keys().map(String::as_str)
    }

    /// An executor for a model's queries: it reads where the model is read and writes where it is
    /// written. What hangs on a query, as prefetched rows or what a delete takes along, goes the
    /// same way, since it has to be in the same database.
    ///
    /// From the first write through it, or transaction begun on it, it reads where it wrote, as
    /// replicas lag behind; see [`scope`](Self::scope) for more than one executor.
    ///
    /// # Errors
    /// [`DbErrorKind::Config`] if a router names a database that there is not, or one to read from
    /// that is another product than the one to write to.
    pub fn of<M: Model>(&self) -> Result<Routed, DbError> {
        self.of_meta(M::META)
    }

    /// As [`of`](Self::of), for a model known by its description.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn of_meta(&self, model: &ModelMeta) -> Result<Routed, DbError> {
        let write = self.inner.write_name(model);
        let read = self
            .inner
            .ask(|r| r.db_for_read(model))
            .unwrap_or(write)
            .to_owned();
        let (to, from) = (self.inner.named(write)?, self.inner.named(&read)?);
        same_product((write, &to.db), (&read, &from.db))?;
        let written = match &self.written {
            Some(written) => Arc::clone(written),
            None => self.inner.nothing_written(),
        };
        Ok(Routed::new(Arc::clone(&self.inner), (to, from), written))
    }

    /// The same databases for one task, as a request: after a write to a database within the scope,
    /// all executors of the scope read from where it was written.
    #[must_use]
    pub fn scope(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            written: Some(self.inner.nothing_written()),
        }
    }

    /// Whether one model may refer to the other: what routers say, else whether both are written to
    /// one database.
    pub fn allows_relation(&self, from: &ModelMeta, to: &ModelMeta) -> bool {
        let said = self
            .inner
            .routers
            .iter()
            .find_map(|r| r.allow_relation(from, to));
        said.unwrap_or_else(|| self.inner.write_name(from) == self.inner.write_name(to))
    }

    /// The relations of the models linked into this program that are not allowed, as
    /// `app.Model.field -> app.Model`: no query joins over them and no key holds them. For a test,
    /// or the start of a program.
    pub fn foreign_relations(&self) -> Vec<String> {
        let mut out = Vec::new();
        for from in registered() {
            let own = |kind: &RelationKind| !matches!(kind, RelationKind::Reverse { .. });
            for relation in from.relations.iter().filter(|r| own(&r.kind)) {
                let to = (relation.target)();
                if !self.allows_relation(from, to) {
                    out.push(format!(
                        "{}.{}.{} -> {}.{}",
                        from.app, from.name, relation.field, to.app, to.name
                    ));
                }
            }
        }
        out.sort();
        out
    }

    /// Whether the migrations of an application run on a database: what routers say; else those of
    /// an application that [`DatabasesBuilder::apps`] gives a database run there alone, and all
    /// others on every database without such a list.
    pub fn allows_migrate(&self, database: &str, app: &str) -> bool {
        let said = self
            .inner
            .routers
            .iter()
            .find_map(|r| r.allow_migrate(database, app));
        said.unwrap_or_else(|| {
            let lists = self.inner.databases.iter();
            holds(
                lists.map(|(name, n)| (name.as_str(), n.apps.as_slice())),
                database,
                app,
            )
        })
    }
}

/// Whether a database holds the tables of an application, by the lists of all databases, each the
/// applications that are given to that database alone.
pub fn holds<'a>(
    lists: impl IntoIterator<Item = (&'a str, &'a [String])>,
    database: &str,
    app: &str,
) -> bool {
    let mut free = true;
    for (name, apps) in lists {
        if apps.iter().any(|a| a == app) {
            return name == database;
        }
        free &= name != database || apps.is_empty();
    }
    free
}

impl Inner {
    fn named(&self, name: &str) -> Result<&Named, DbError> {
        self.databases.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.databases.keys().map(String::as_str).collect();
            let hint = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", known.join(", ")),
            };
            config(format!("no database is called `{name}`: {hint}"))
        })
    }

    fn ask<'a>(&'a self, question: impl Fn(&'a dyn Router) -> Option<&'a str>) -> Option<&'a str> {
        self.routers.iter().find_map(|r| question(&**r))
    }

    /// Where a model is written; the name may be unknown.
    fn write_name(&self, model: &ModelMeta) -> &str {
        let listed = || {
            let holder = |(_, n): &(&String, &Named)| n.apps.iter().any(|a| a == model.app);
            self.databases.iter().find(holder).map(|(name, _)| &**name)
        };
        self.ask(|r| r.db_for_write(model))
            .or_else(listed)
            .unwrap_or(DEFAULT)
    }

    fn nothing_written(&self) -> Arc<Written> {
        let none = self.databases.iter().map(|_| AtomicBool::new(false));
        Arc::new(Written(none.collect()))
    }
}

/// Refuses to read from another product than is written to: one statement is spelled for both.
fn same_product(to: (&str, &Db), from: (&str, &Db)) -> Result<(), DbError> {
    if to.1.vendor() == from.1.vendor() {
        return Ok(());
    }
    Err(config(format!(
        "`{}` is read from and is {}, but `{}` is written to and is {}: both must be one product",
        from.0,
        from.1.vendor(),
        to.0,
        to.1.vendor()
    )))
}

fn config(message: impl Into<String>) -> DbError {
    DbError::new(DbErrorKind::Config, message)
}

impl fmt::Debug for Databases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |n: &Named| {
            (
                n.db.url(),
                n.replicas.iter().map(Db::url).collect::<Vec<_>>(),
            )
        };
        f.debug_map()
            .entries(self.inner.databases.iter().map(|(name, n)| (name, of(n))))
            .finish()
    }
}
