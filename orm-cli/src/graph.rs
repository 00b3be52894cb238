//! The graph of the migrations that are on disk; its errors as the command line tells them.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::sync::Arc;

use orm::migrate::{Graph, GraphError, StateError};
use orm_schema::nearest;

use crate::report::{Diagnostic, Failure, Place};
use crate::store::Store;

impl Store {
    /// The graph of the migrations.
    ///
    /// # Errors
    /// A dependency that is not there, or migrations that depend on each other.
    pub fn graph(&self) -> Result<Graph, Failure> {
        Graph::new(self.migrations.clone()).map_err(|e| placed(self, &e))
    }

    /// A place in the file of a migration, `app.name`; none where it is not on disk.
    fn place(
        &self,
        migration: &str,
        find: impl FnOnce(&str) -> Option<Range<usize>>,
    ) -> Option<Place> {
        let (app, name) = migration.split_once('.')?;
        let file = self.file(app, name)?;
        let text: Arc<str> = fs::read_to_string(&file).ok()?.into();
        Some(match find(&text) {
            Some(bytes) => Place::new(file, &text, bytes),
            None => Place::file(file),
        })
    }
}

/// The failure for an error of the graph.
pub(crate) fn failure(error: &GraphError) -> Failure {
    diagnostic(error).into()
}

fn diagnostic(error: &GraphError) -> Diagnostic {
    let diagnostic = split(&error.to_string());
    if diagnostic.hint.is_some() {
        return diagnostic;
    }
    match error {
        GraphError::Unknown { .. } => {
            diagnostic.hint("`orm-cli showmigrations` lists what there is")
        }
        GraphError::Missing { .. } => {
            diagnostic.hint("bring the file back, or correct `depends_on`")
        }
        _ => diagnostic,
    }
}

/// As [`failure`], with the line that names what is wrong.
fn placed(store: &Store, error: &GraphError) -> Failure {
    let mut fault = diagnostic(error);
    match error {
        GraphError::Missing {
            migration,
            missing,
            near: None,
        } => {
            fault.place = dependency(store, migration, missing);
            fault.hint = no_migrations(store, missing).or(fault.hint);
        }
        GraphError::Missing {
            migration, missing, ..
        } => fault.place = dependency(store, migration, missing),
        GraphError::Circle(circle) => {
            if let [first, second, ..] = circle.as_slice() {
                fault.place = dependency(store, first, second);
            }
        }
        _ => {}
    }
    fault.into()
}

/// What to say of a migration whose application has none.
fn no_migrations(store: &Store, missing: &str) -> Option<String> {
    let app = missing.split('.').next().unwrap_or_default();
    let known: BTreeSet<&str> = store.migrations.iter().map(|m| m.app.as_str()).collect();
    if known.contains(app) {
        return None;
    }
    Some(match nearest(app, known.iter().copied()) {
        Some(near) => format!("there are no migrations of `{app}`; did you mean `{near}`?"),
        None => {
            let known: Vec<&str> = known.into_iter().collect();
            let known = known.join(", ");
            format!("there are no migrations of `{app}`, only of {known}")
        }
    })
}

/// The place where a migration names one that it depends on.
fn dependency(store: &Store, migration: &str, named: &str) -> Option<Place> {
    store.place(migration, |text| {
        ["\"", "'"].iter().find_map(|quote| {
            let at = text.find(&format!("{quote}{named}{quote}"))?;
            Some(at..at + named.len() + 2)
        })
    })
}

/// Applications with several newest migrations.
pub(crate) fn conflicts(graph: &Graph) -> impl Iterator<Item = Diagnostic> {
    let apps = graph.apps().into_iter();
    apps.filter_map(|app| {
        let leaves = graph.leaves(app);
        (leaves.len() > 1).then(|| {
            diagnostic(&GraphError::Conflict {
                app: app.to_owned(),
                leaves: leaves.iter().map(|m| m.name.clone()).collect(),
            })
        })
    })
}

/// The failure for migrations that do not fit each other.
pub(crate) fn state_failure(error: &StateError) -> Failure {
    split(&error.to_string()).into()
}

/// As [`state_failure`], with the operation that does not fit.
pub(crate) fn placed_state(store: &Store, error: &StateError) -> Failure {
    let mut fault = split(&error.to_string());
    if let Some(name) = &error.migration {
        fault.place = store.place(name, |text| {
            let wanted = error.operation.as_ref()?;
            let of_name = |m: &&orm::migrate::Migration| format!("{}.{}", m.app, m.name) == *name;
            let migration = store.migrations.iter().find(of_name)?;
            let mut operations = migration.operations.iter();
            let at = operations.position(|o| o.describe() == *wanted)?;
            let mut tables = text.match_indices("[[operations]]");
            let (start, head) = tables.nth(at)?;
            Some(start..start + head.len())
        });
    }
    fault.into()
}

/// The library's errors end in their way out, after a semicolon; here it stands on its own line.
pub(crate) fn split(text: &str) -> Diagnostic {
    match text.rsplit_once("; ") {
        Some((message, hint)) => Diagnostic::new(message).hint(hint),
        None => Diagnostic::new(text),
    }
}
