//! The graph of all migrations over all applications.
//!
//! It says what has to run before what, which migrations are the newest, and what the state is at
//! any of them. It knows no database: what is applied is told to it.

mod replace;
#[cfg(test)]
mod tests;
mod users;

use std::collections::{BTreeMap, BTreeSet};

use orm_schema::nearest;

use super::error::StateError;
use super::migration::Migration;
use super::state::ProjectState;

/// Names a migration: application and name.
pub type MigrationKey = (String, String);

/// Migrations that do not make a graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// Two migrations have the same name.
    #[error("there are two migrations {0}; rename one of them")]
    Twice(String),
    /// A migration depends on one that is not there.
    #[error("migration {migration} depends on {missing}, which is not there{}", hint(.near.as_ref()))]
    Missing {
        /// The migration, as `app.name`.
        migration: String,
        /// What is missing, as `app.name`.
        missing: String,
        /// One of like name.
        near: Option<String>,
    },
    /// Migrations depend on each other in a circle.
    #[error("migrations depend on each other in a circle: {}; take one of the dependencies out", .0.join(" -> "))]
    Circle(Vec<String>),
    /// An application has several newest migrations.
    #[error(
        "application {app} has several newest migrations: {}; \
         run `makemigrations --merge` to join them, or `rebase` to renumber the one not applied yet", .leaves.join(", ")
    )]
    Conflict {
        /// The application.
        app: String,
        /// The newest migrations' names.
        leaves: Vec<String>,
    },
    /// No such migration.
    #[error("there is no migration {name}{}", hint(.near.as_ref()))]
    Unknown {
        /// The migration, as `app.name`.
        name: String,
        /// One of like name.
        near: Option<String>,
    },
    /// The start of a name fits several migrations.
    #[error("{name} is the start of several migrations: {}; write more of the name", .matches.join(", "))]
    Ambiguous {
        /// The start, as `app.name`.
        name: String,
        /// The migrations that it fits.
        matches: Vec<String>,
    },
}

fn hint(near: Option<&String>) -> String {
    near.map(|n| format!("; did you mean {n}?"))
        .unwrap_or_default()
}

fn text(key: &MigrationKey) -> String {
    format!("{}.{}", key.0, key.1)
}

/// All migrations, with what depends on what.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graph {
    /// In an order in which they can run.
    migrations: Vec<Migration>,
    places: BTreeMap<MigrationKey, usize>,
    children: Vec<Vec<usize>>,
}

impl Graph {
    /// Builds the graph. A migration that replaces others stands for them.
    ///
    /// # Errors
    /// [`GraphError`] for a name that is there twice, a dependency that is not, and a circle.
    /// Several newest migrations are no error here; see [`Self::check_conflicts`].
    pub fn new(migrations: Vec<Migration>) -> Result<Self, GraphError> {
        Self::with_applied(migrations, &BTreeSet::new())
    }

    /// [`Self::new`] for a database on which these migrations are applied: a migration that
    /// replaces others is left out where only some of the others are.
    ///
    /// # Errors
    /// As [`Self::new`].
    ///
    /// Django: `MigrationLoader.build_graph`.
    pub fn with_applied(
        migrations: Vec<Migration>,
        applied: &BTreeSet<MigrationKey>,
    ) -> Result<Self, GraphError> {
        let mut nodes: BTreeMap<MigrationKey, Migration> = BTreeMap::new();
        for migration in migrations {
            let key = migration.key();
            if nodes.insert(key.clone(), migration).is_some() {
                return Err(GraphError::Twice(text(&key)));
            }
        }
        replace::resolve(&mut nodes, applied);
        check_dependencies(&nodes)?;
        let order = order(&nodes)?;
        let migrations: Vec<Migration> = order.iter().filter_map(|k| nodes.remove(k)).collect();
        let places: BTreeMap<_, _> = order.into_iter().enumerate().map(|(i, k)| (k, i)).collect();
        let mut children = vec![Vec::new(); migrations.len()];
        for (i, migration) in migrations.iter().enumerate() {
            for parent in &migration.depends_on {
                children[places[parent]].push(i);
            }
        }
        Ok(Self {
            migrations,
            places,
            children,
        })
    }

    /// All migrations, in an order in which they can run; the same for the same set.
    pub fn migrations(&self) -> &[Migration] {
        &self.migrations
    }

    /// The migration of this name.
    pub fn get(&self, app: &str, name: &str) -> Option<&Migration> {
        let place = self.places.get(&(app.to_owned(), name.to_owned()))?;
        Some(&self.migrations[*place])
    }

    /// The one migration of an application whose name starts so.
    ///
    /// # Errors
    /// [`GraphError::Unknown`] and [`GraphError::Ambiguous`].
    pub fn find(&self, app: &str, start: &str) -> Result<&Migration, GraphError> {
        if let Some(exact) = self.get(app, start) {
            return Ok(exact);
        }
        let fits: Vec<&Migration> = self
            .of_app(app)
            .filter(|m| m.name.starts_with(start))
            .collect();
        match fits[..] {
            [one] => Ok(one),
            [] => Err(self.unknown(app, start)),
            _ => Err(GraphError::Ambiguous {
                name: format!("{app}.{start}"),
                matches: fits.iter().map(|m| m.name.clone()).collect(),
            }),
        }
    }

    fn unknown(&self, app: &str, name: &str) -> GraphError {
        let near = nearest(name, self.of_app(app).map(|m| m.name.as_str()));
        GraphError::Unknown {
            name: format!("{app}.{name}"),
            near: near.map(str::to_owned),
        }
    }

    fn of_app<'a>(&'a self, app: &str) -> impl Iterator<Item = &'a Migration> {
        self.migrations.iter().filter(move |m| m.app == app)
    }

    /// The applications that have migrations.
    pub fn apps(&self) -> BTreeSet<&str> {
        self.migrations.iter().map(|m| m.app.as_str()).collect()
    }

    /// The migrations of an application on which none of it depends.
    pub fn leaves(&self, app: &str) -> Vec<&Migration> {
        let own = |i: &usize| self.migrations[*i].app == app;
        let of_app = self
            .migrations
            .iter()
            .enumerate()
            .filter(|(_, m)| m.app == app);
        of_app
            .filter(|(i, _)| !self.children[*i].iter().any(own))
            .map(|(_, m)| m)
            .collect()
    }

    /// The migrations of an application that depend on none of it.
    pub fn roots(&self, app: &str) -> Vec<&Migration> {
        self.of_app(app).filter(|m| m.is_initial()).collect()
    }

    /// Checks that every application has one newest migration.
    ///
    /// # Errors
    /// [`GraphError::Conflict`] for the first that has several.
    pub fn check_conflicts(&self) -> Result<(), GraphError> {
        self.newest().map(drop)
    }

    /// The newest migration of every application.
    ///
    /// # Errors
    /// [`GraphError::Conflict`] for the first that has several.
    pub fn newest(&self) -> Result<BTreeMap<String, String>, GraphError> {
        let mut out = BTreeMap::new();
        for app in self.apps() {
            match self.leaves(app)[..] {
                [one] => out.insert(app.to_owned(), one.name.clone()),
                ref several => {
                    let leaves = several.iter().map(|m| m.name.clone()).collect();
                    return Err(GraphError::Conflict {
                        app: app.to_owned(),
                        leaves,
                    });
                }
            };
        }
        Ok(out)
    }

    /// What has to run to get to a migration, itself at the end.
    ///
    /// # Errors
    /// [`GraphError::Unknown`].
    pub fn forwards_plan(&self, app: &str, name: &str) -> Result<Vec<&Migration>, GraphError> {
        let parents = |i: usize| self.migrations[i].depends_on.iter().map(|k| self.places[k]);
        let reached = self.reach(app, name, |i| parents(i).collect())?;
        Ok(reached.into_iter().map(|i| &self.migrations[i]).collect())
    }

    /// What has to be undone to undo a migration, itself at the end.
    ///
    /// # Errors
    /// [`GraphError::Unknown`].
    pub fn backwards_plan(&self, app: &str, name: &str) -> Result<Vec<&Migration>, GraphError> {
        let reached = self.reach(app, name, |i| self.children[i].clone())?;
        Ok(reached
            .into_iter()
            .rev()
            .map(|i| &self.migrations[i])
            .collect())
    }

    fn reach(
        &self,
        app: &str,
        name: &str,
        next: impl Fn(usize) -> Vec<usize>,
    ) -> Result<BTreeSet<usize>, GraphError> {
        let start = self.places.get(&(app.to_owned(), name.to_owned()));
        let mut todo = vec![*start.ok_or_else(|| self.unknown(app, name))?];
        let mut reached = BTreeSet::new();
        while let Some(i) = todo.pop() {
            if reached.insert(i) {
                todo.extend(next(i));
            }
        }
        Ok(reached)
    }

    /// The state after all migrations.
    ///
    /// # Errors
    /// [`StateError`] with the migration that does not fit.
    pub fn state(&self) -> Result<ProjectState, StateError> {
        replay(self.migrations.iter())
    }

    /// The state after a migration and all it needs; without the migration itself if `before`.
    ///
    /// # Errors
    /// [`GraphError::Unknown`] on the outside, [`StateError`] on the inside.
    pub fn state_at(
        &self,
        app: &str,
        name: &str,
        before: bool,
    ) -> Result<Result<ProjectState, StateError>, GraphError> {
        let mut plan = self.forwards_plan(app, name)?;
        if before {
            plan.pop();
        }
        Ok(replay(plan.into_iter()))
    }
}

fn replay<'a>(migrations: impl Iterator<Item = &'a Migration>) -> Result<ProjectState, StateError> {
    let mut state = ProjectState::default();
    for migration in migrations {
        migration.state_forward(&mut state)?;
    }
    Ok(state)
}

fn check_dependencies(nodes: &BTreeMap<MigrationKey, Migration>) -> Result<(), GraphError> {
    for (key, migration) in nodes {
        let missing = migration.depends_on.iter().find(|p| !nodes.contains_key(p));
        if let Some(parent) = missing {
            let known = nodes.keys().filter(|k| k.0 == parent.0 && *k != key);
            return Err(GraphError::Missing {
                migration: text(key),
                missing: text(parent),
                near: nearest(&parent.1, known.map(|k| k.1.as_str()))
                    .map(|n| format!("{}.{n}", parent.0)),
            });
        }
    }
    Ok(())
}

/// The keys in an order in which their migrations can run; of those that can, the first by name.
fn order(nodes: &BTreeMap<MigrationKey, Migration>) -> Result<Vec<MigrationKey>, GraphError> {
    let mut waits: BTreeMap<&MigrationKey, BTreeSet<&MigrationKey>> = nodes
        .iter()
        .map(|(k, m)| (k, m.depends_on.iter().collect()))
        .collect();
    let mut children: BTreeMap<&MigrationKey, Vec<&MigrationKey>> = BTreeMap::new();
    for (key, parents) in &waits {
        for parent in parents {
            children.entry(parent).or_default().push(key);
        }
    }
    let mut ready: BTreeSet<&MigrationKey> = waits
        .iter()
        .filter(|(_, p)| p.is_empty())
        .map(|(k, _)| *k)
        .collect();
    let mut out = Vec::with_capacity(nodes.len());
    while let Some(key) = ready.pop_first() {
        out.push(key.clone());
        waits.remove(key);
        for child in children.remove(key).unwrap_or_default() {
            if let Some(parents) = waits.get_mut(child) {
                parents.remove(key);
                if parents.is_empty() {
                    ready.insert(child);
                }
            }
        }
    }
    if waits.is_empty() {
        Ok(out)
    } else {
        Err(circle(&waits))
    }
}

/// Walks along what waits until it comes back to where it was.
fn circle(waits: &BTreeMap<&MigrationKey, BTreeSet<&MigrationKey>>) -> GraphError {
    let mut path: Vec<&MigrationKey> = Vec::new();
    let mut at = waits.keys().next().copied();
    while let Some(key) = at {
        if let Some(start) = path.iter().position(|k| *k == key) {
            let circle = path[start..].iter().chain([&key]).map(|k| text(k));
            return GraphError::Circle(circle.collect());
        }
        path.push(key);
        at = waits
            .get(key)
            .and_then(|parents| parents.iter().find(|p| waits.contains_key(*p)).copied());
    }
    GraphError::Circle(path.into_iter().map(text).collect())
}
