//! What was found: migrations without names.

use std::collections::{BTreeMap, BTreeSet};

use super::DetectError;
use super::questions::Question;
use crate::migrate::operation::Operation;
use crate::migrate::state::ProjectState;

/// What was found, by application, in the order to run inside it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    /// The migrations to come.
    pub apps: BTreeMap<String, Vec<Draft>>,
    /// What was asked, with the answers.
    pub questions: Vec<Question>,
}

/// A migration that has no name yet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// What it does.
    pub operations: Vec<Operation>,
    /// What it depends on in other applications; on the one before it in its own it always does.
    pub depends_on: BTreeSet<DraftDependency>,
}

/// What a draft depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DraftDependency {
    /// The newest migration that is there of an application.
    Newest {
        /// The application.
        app: String,
    },
    /// A migration of this run.
    Run {
        /// The application.
        app: String,
        /// Its place among the application's drafts.
        index: usize,
    },
}

impl DraftDependency {
    /// The application.
    pub fn app(&self) -> &str {
        match self {
            Self::Newest { app } | Self::Run { app, .. } => app,
        }
    }
}

impl Changes {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.apps.values().all(Vec::is_empty)
    }

    /// All operations in an order in which they can run, each with its application.
    pub fn operations(&self) -> Vec<(&str, &Operation)> {
        let mut out = Vec::new();
        for (app, index) in self.order() {
            let draft = &self.apps[app][index];
            out.extend(draft.operations.iter().map(|o| (app, o)));
        }
        out
    }

    /// The drafts in an order in which they can run.
    pub(super) fn order(&self) -> Vec<(&str, usize)> {
        let mut done: BTreeSet<(&str, usize)> = BTreeSet::new();
        let mut out = Vec::new();
        loop {
            let mut moved = false;
            for (app, drafts) in &self.apps {
                for (index, draft) in drafts.iter().enumerate() {
                    let met = draft.depends_on.iter().all(|d| match d {
                        DraftDependency::Newest { .. } => true,
                        DraftDependency::Run { app, index } => {
                            done.contains(&(app.as_str(), *index))
                        }
                    });
                    let own = index == 0 || done.contains(&(app.as_str(), index - 1));
                    if met && own && done.insert((app, index)) {
                        out.push((app.as_str(), index));
                        moved = true;
                    }
                }
            }
            if !moved {
                return out;
            }
        }
    }

    /// Replays what was found: a detector that is wrong must not write files.
    pub(super) fn check(&self, from: &ProjectState, to: &ProjectState) -> Result<(), DetectError> {
        let mut state = from.clone();
        for (app, index) in self.order() {
            for operation in &self.apps[app][index].operations {
                operation.state_forward(app, &mut state)?;
            }
            state.check_relations()?;
        }
        match state.first_difference(to) {
            None => Ok(()),
            Some(id) => Err(DetectError::Incomplete(id)),
        }
    }

    /// Keeps the changes of these applications, and those of others that they need.
    ///
    /// Django: `MigrationAutodetector._trim_to_apps`.
    pub fn trim(&mut self, apps: &BTreeSet<String>) {
        let mut kept = apps.clone();
        loop {
            let needed: BTreeSet<String> = self
                .apps
                .iter()
                .filter(|(app, _)| kept.contains(*app))
                .flat_map(|(_, drafts)| drafts.iter().flat_map(|d| &d.depends_on))
                .filter_map(|d| match d {
                    DraftDependency::Run { app, .. } => Some(app.clone()),
                    DraftDependency::Newest { .. } => None,
                })
                .filter(|app| !kept.contains(app))
                .collect();
            if needed.is_empty() {
                break;
            }
            kept.extend(needed);
        }
        self.apps.retain(|app, _| kept.contains(app));
        self.questions.retain(|q| kept.contains(&q.model.app));
    }
}
