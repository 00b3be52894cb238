//! Indexes that come, go and change their names, also with each other.
//!
//! On SQLite the names of indexes are those of a whole database, and nowhere does case tell two of
//! them apart. So one that a model leaves is
//! free for another only then, and where each waits for the other one takes another name for a
//! while.

use std::collections::BTreeSet;

use orm_schema::{IndexDef, ModelDef};

use super::deps::{self, Dep};
use super::tables::{leads_to, stuck};
use super::{Detector, Operation, exchange};
use crate::migrate::canon;
use crate::migrate::canon::same_name;
use crate::migrate::state::ProjectState;

/// The names of all indexes, in their one form.
pub(super) fn names(state: &ProjectState) -> BTreeSet<String> {
    let indexes = state.models().flat_map(|m| &m.indexes);
    indexes.map(|i| canon::index_name(&i.name)).collect()
}

impl Detector<'_> {
    /// Indexes to remove, to rename in this order, and to add.
    pub(super) fn changed_indexes(
        &self,
        old: &ModelDef,
        new: &ModelDef,
    ) -> (Vec<IndexDef>, Vec<(String, String)>, Vec<IndexDef>) {
        let absent = |list: &[IndexDef], from: &[IndexDef]| -> Vec<IndexDef> {
            list.iter().filter(|i| !from.contains(i)).cloned().collect()
        };
        let mut removed = absent(&old.indexes, &new.indexes);
        let mut added = absent(&new.indexes, &old.indexes);
        // What is the same but for its name is renamed, also where names change hands.
        let mut pairs: Vec<(String, String)> = Vec::new();
        let found: Vec<(IndexDef, IndexDef)> = removed
            .iter()
            .filter_map(|r| {
                let same = |a: &&IndexDef| {
                    (&a.fields, a.kind, a.options) == (&r.fields, r.kind, r.options)
                };
                let a = added.iter().filter(same);
                let mut a = a.filter(|a| pairs.iter().all(|(_, to)| *to != a.name));
                let a = a.next()?.clone();
                pairs.push((r.name.clone(), a.name.clone()));
                Some((r.clone(), a))
            })
            .collect();
        drop_blocked(&mut pairs, &old.indexes);
        for (r, a) in found {
            if pairs.iter().any(|(from, _)| *from == r.name) {
                removed.retain(|i| *i != r);
                added.retain(|i| *i != a);
            }
        }
        let aside = |name: &str| self.index_aside(name);
        let moves = exchange::ordered(&pairs, same_name, aside);
        let renamed = moves.into_iter().map(|m| (m.from, m.to)).collect();
        (removed, renamed, added)
    }

    /// What has to come before an index gets this name.
    pub(super) fn free_index(&self, name: &str) -> Vec<Dep> {
        self.is_held(name)
            .then(|| Dep::IndexFree(name.to_owned()))
            .into_iter()
            .collect()
    }

    /// What has to come before an index that has a name gets this one: nothing if only its case changes.
    pub(super) fn free_index_from(&self, from: &str, to: &str) -> Vec<Dep> {
        match same_name(from, to) {
            true => Vec::new(),
            false => self.free_index(to),
        }
    }

    /// Whether an index has this name before all operations.
    fn is_held(&self, name: &str) -> bool {
        self.indexes.contains(&canon::index_name(name))
    }

    /// A name for an index that none has, now or later.
    fn index_aside(&self, name: &str) -> String {
        let planned = |name: &str| {
            let free = Dep::IndexFree(name.to_owned());
            self.planned.iter().any(|p| free.is_met_by(&p.operation))
        };
        let later = |name: &str| {
            let mut indexes = self.new.models().flat_map(|m| &m.indexes);
            indexes.any(|i| same_name(&i.name, name))
        };
        exchange::aside(name, "_aside", |name| {
            self.is_held(name) || planned(name) || later(name)
        })
    }

    /// Opens a circle in which an operation waits for the name of an index; whether there was one.
    pub(super) fn open_index_circle(&mut self, before: &[Vec<usize>]) -> bool {
        let Some((place, name)) = self.waits_for_index(before) else {
            return false;
        };
        let free = Dep::IndexFree(name.clone());
        let aside = self.index_aside(&name);
        let planned = &mut self.planned[place];
        let later = match &mut planned.operation {
            // The others of the model may come with it.
            Operation::CreateModel(m) => {
                let at = m.indexes.iter().position(|i| i.name == name);
                let model = m.name.clone();
                at.map(|at| Operation::AddIndex {
                    model,
                    index: m.indexes.remove(at),
                })
            }
            Operation::RenameIndex { model, to, .. } => Some(Operation::RenameIndex {
                model: model.clone(),
                from: aside.clone(),
                to: std::mem::replace(to, aside),
            }),
            _ => None,
        };
        planned.deps.retain(|d| *d != free);
        let app = planned.app.clone();
        if let Some(operation) = later {
            let mut deps = vec![free, Dep::Planned(place)];
            deps.extend(deps::of_parts(&app, &operation));
            self.plan(&app, operation, deps);
        }
        true
    }

    /// An operation that waits for the name of an index, by which it waits for itself.
    fn waits_for_index(&self, before: &[Vec<usize>]) -> Option<(usize, String)> {
        let stuck = stuck(before);
        let waits = |i: usize, dep: &Dep| {
            let meets = |b: &&usize| stuck[**b] && dep.is_met_by(&self.planned[**b].operation);
            let mut meeting = before[i].iter().filter(meets);
            meeting.any(|b| leads_to(*b, i, before))
        };
        let places = (0..before.len()).filter(|i| stuck[*i]);
        places.into_iter().find_map(|i| {
            let mut deps = self.planned[i].deps.iter();
            deps.find_map(|dep| match dep {
                Dep::IndexFree(name) if waits(i, dep) => Some((i, name.clone())),
                _ => None,
            })
        })
    }
}

/// Keeps the renames whose new name nothing else has: an index that goes first would free it too,
/// but then there is nothing to be gained.
fn drop_blocked(pairs: &mut Vec<(String, String)>, indexes: &[IndexDef]) {
    loop {
        let blocked = pairs.iter().position(|(_, to)| {
            indexes.iter().any(|i| same_name(&i.name, to))
                && pairs.iter().all(|(from, _)| !same_name(from, to))
        });
        match blocked {
            Some(at) => drop(pairs.remove(at)),
            None => return,
        }
    }
}
