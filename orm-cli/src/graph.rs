//! The graph of the migrations that are on disk; its errors as the command line tells them.

use orm::migrate::{Graph, GraphError, StateError};

use crate::report::{Diagnostic, Failure};
use crate::store::Store;

impl Store {
    /// The graph of the migrations.
    ///
    /// # Errors
    /// A dependency that is not there, or migrations that depend on each other.
    pub fn graph(&self) -> Result<Graph, Failure> {
        Graph::new(self.migrations.clone()).map_err(|e| failure(&e))
    }
}

/// The failure for an error of the graph.
pub(crate) fn failure(error: &GraphError) -> Failure {
    let mut diagnostic = split(&error.to_string());
    if matches!(error, GraphError::Unknown { .. }) && diagnostic.hint.is_none() {
        diagnostic = diagnostic.hint("`orm-cli showmigrations` lists what there is");
    }
    if matches!(error, GraphError::Missing { .. }) && diagnostic.hint.is_none() {
        diagnostic = diagnostic.hint("bring the file back, or correct `depends_on`");
    }
    diagnostic.into()
}

/// The failure for migrations that do not fit each other.
pub(crate) fn state_failure(error: &StateError) -> Failure {
    split(&error.to_string()).into()
}

/// The library's errors end in their way out, after a semicolon; here it stands on its own line.
pub(crate) fn split(text: &str) -> Diagnostic {
    match text.rsplit_once("; ") {
        Some((message, hint)) => Diagnostic::new(message).hint(hint),
        None => Diagnostic::new(text),
    }
}
