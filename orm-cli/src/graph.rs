//! The migrations in their order: what each depends on, and which are the newest.

use std::collections::{BTreeMap, BTreeSet};

use orm::migrate::{Migration, ProjectState};
use orm_schema::nearest;

use crate::report::{Diagnostic, Failure, Place};
use crate::store::Store;

/// Migrations with their dependencies resolved.
#[derive(Debug)]
pub struct Graph<'s> {
    store: &'s Store,
    /// The migrations that count (those replaced by a squashed one do not), each after what it
    /// depends on.
    order: Vec<&'s Migration>,
    /// Names that lead to another migration, because that one replaces them.
    replaced: BTreeMap<(String, String), &'s Migration>,
}

/// Two newest migrations of one app.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// The app.
    pub app: String,
    /// The newest ones.
    pub names: Vec<String>,
}

impl<'s> Graph<'s> {
    /// Resolves the dependencies.
    ///
    /// # Errors
    /// A dependency that is not there, or migrations that depend on each other.
    pub fn new(store: &'s Store) -> Result<Self, Failure> {
        let mut replaced = BTreeMap::new();
        for migration in &store.migrations {
            for key in &migration.replaces {
                replaced.insert(key.clone(), migration);
            }
        }
        let mut graph = Self { store, order: Vec::new(), replaced };
        graph.sort()?;
        Ok(graph)
    }

    fn sort(&mut self) -> Result<(), Failure> {
        let mut waiting: Vec<&Migration> = self
            .store
            .migrations
            .iter()
            .filter(|m| !self.replaced.contains_key(&m.key()))
            .collect();
        self.missing(&waiting)?;
        let mut done: BTreeSet<(String, String)> = BTreeSet::new();
        while !waiting.is_empty() {
            let (ready, rest): (Vec<_>, Vec<_>) = waiting
                .iter()
                .partition(|m| self.before(m).all(|d| d.key() == m.key() || done.contains(&d.key())));
            if ready.is_empty() {
                return Err(self.circle(&rest));
            }
            done.extend(ready.iter().map(|m| m.key()));
            self.order.extend(ready);
            waiting = rest;
        }
        Ok(())
    }

    /// What a migration depends on, as far as it is there.
    fn before(&self, migration: &Migration) -> impl Iterator<Item = &'s Migration> {
        migration.depends_on.iter().filter_map(|(app, name)| self.get(app, name))
    }

    fn get(&self, app: &str, name: &str) -> Option<&'s Migration> {
        let replacing = self.replaced.get(&(app.to_owned(), name.to_owned())).copied();
        replacing.or_else(|| self.store.migrations.iter().find(|m| m.app == app && m.name == name))
    }

    fn missing(&self, migrations: &[&Migration]) -> Result<(), Failure> {
        let mut faults = Vec::new();
        for migration in migrations {
            for (app, name) in &migration.depends_on {
                if self.get(app, name).is_some() {
                    continue;
                }
                let own = self.store.migrations.iter().filter(|m| m.app == *app).map(|m| m.name.as_str());
                let mut fault = self.at(migration, format!("it depends on {app}.{name}, which is not there"));
                if let Some(near) = nearest(name, own) {
                    fault = fault.hint(format!("did you mean `{app}.{near}`?"));
                }
                faults.push(fault);
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
    }

    fn circle(&self, rest: &[&Migration]) -> Failure {
        let names: Vec<String> = rest.iter().map(|m| format!("{}.{}", m.app, m.name)).collect();
        let fault = format!("migrations depend on each other in a circle: {}", names.join(", "));
        match rest.first() {
            Some(first) => self.at(first, fault).into(),
            None => Failure::usage(fault),
        }
    }

    fn at(&self, migration: &Migration, message: String) -> Diagnostic {
        match self.store.file(&migration.app, &migration.name) {
            Some(file) => Diagnostic::at(Place::file(file), message),
            None => Diagnostic::new(format!("{}.{}: {message}", migration.app, migration.name)),
        }
    }

    /// The migrations, each after what it depends on.
    pub fn order(&self) -> &[&'s Migration] {
        &self.order
    }

    /// The newest migrations of an app: those that no other one of it depends on.
    pub fn leaves(&self, app: &str) -> Vec<&'s Migration> {
        let own = || self.order.iter().copied().filter(|m| m.app == app);
        let depended: BTreeSet<_> = own().flat_map(|m| self.before(m)).map(Migration::key).collect();
        own().filter(|m| !depended.contains(&m.key())).collect()
    }

    /// Apps with more than one newest migration.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let apps: BTreeSet<&str> = self.order.iter().map(|m| m.app.as_str()).collect();
        apps.into_iter()
            .map(|app| Conflict {
                app: app.to_owned(),
                names: self.leaves(app).into_iter().map(|m| m.name.clone()).collect(),
            })
            .filter(|c| c.names.len() > 1)
            .collect()
    }

    /// Refuses apps with more than one newest migration.
    ///
    /// # Errors
    /// Names them all, and the ways out.
    pub fn refuse_conflicts(&self) -> Result<(), Failure> {
        let faults: Vec<Diagnostic> = self
            .conflicts()
            .iter()
            .map(|c| {
                Diagnostic::new(format!("the app `{}` has {} newest migrations: {}", c.app, c.names.len(), c.names.join(", ")))
                    .hint("join them with `orm-cli makemigrations --merge`")
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
    }

    /// The newest migration of every app.
    ///
    /// # Errors
    /// An app has several.
    pub fn newest(&self) -> Result<BTreeMap<String, String>, Failure> {
        self.refuse_conflicts()?;
        // The last one in the order is the newest where there is one leaf.
        Ok(self.order.iter().map(|m| (m.app.clone(), m.name.clone())).collect())
    }

    /// The state after all migrations.
    ///
    /// # Errors
    /// A migration that does not fit the ones before it.
    pub fn state(&self) -> Result<ProjectState, Failure> {
        self.replay(self.order.iter().copied())
    }

    /// The state before a migration: after all that it builds on.
    ///
    /// # Errors
    /// As [`Self::state`].
    pub fn state_before(&self, migration: &Migration) -> Result<ProjectState, Failure> {
        let below = self.ancestors(migration);
        self.replay(self.order.iter().copied().filter(|m| below.contains(&m.key())))
    }

    /// All that a migration builds on.
    pub fn ancestors(&self, migration: &Migration) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        let mut open = vec![migration.key()];
        while let Some((app, name)) = open.pop() {
            let Some(at) = self.get(&app, &name) else { continue };
            for before in self.before(at) {
                if before.key() != migration.key() && found.insert(before.key()) {
                    open.push(before.key());
                }
            }
        }
        found
    }

    /// The state after these migrations.
    ///
    /// # Errors
    /// As [`Self::state`].
    pub fn replay<'m>(&self, migrations: impl IntoIterator<Item = &'m Migration>) -> Result<ProjectState, Failure> {
        let mut state = ProjectState::default();
        for migration in migrations {
            if let Err(e) = migration.state_forward(&mut state) {
                return Err(self.at(migration, e.to_string()).into());
            }
        }
        Ok(state)
    }

    /// The one migration of an app whose name begins so.
    ///
    /// # Errors
    /// None, or several.
    pub fn find(&self, app: &str, name: &str) -> Result<&'s Migration, Failure> {
        let own = || self.store.migrations.iter().filter(|m| m.app == app);
        if let Some(exact) = own().find(|m| m.name == name) {
            return Ok(exact);
        }
        let found: Vec<&Migration> = own().filter(|m| m.name.starts_with(name)).collect();
        if let [only] = found.as_slice() {
            return Ok(only);
        }
        let names = |list: &[&Migration]| list.iter().map(|m| m.name.clone()).collect::<Vec<_>>().join(", ");
        if found.is_empty() {
            let all: Vec<&Migration> = own().collect();
            let fault = Diagnostic::new(format!("the app `{app}` has no migration `{name}`"));
            let hint = match nearest(name, all.iter().map(|m| m.name.as_str())) {
                Some(near) => format!("did you mean `{near}`?"),
                None if all.is_empty() => format!("it has none: run `orm-cli makemigrations {app}`"),
                None => format!("it has: {}", names(&all)),
            };
            return Err(fault.hint(hint).into());
        }
        let fault = Diagnostic::new(format!("`{name}` begins the names of {} migrations of `{app}`", found.len()));
        Err(fault.hint(format!("give more of the name: {}", names(&found))).into())
    }
}
