//! Options, keys, indexes, constraints and tables that changed.

use orm_schema::{IndexDef, ModelDef};

use super::deps;
use super::exchange;
use super::{Detector, Operation};
use crate::migrate::canon;
use crate::migrate::operation::ModelOptions;

impl Detector<'_> {
    /// Plans an operation that names fields of the model.
    fn plan_naming(&mut self, app: &str, operation: Operation) {
        let deps = deps::of_parts(app, &operation);
        self.plan(app, operation, deps);
    }

    pub(super) fn changed_options(&mut self, old: &ModelDef, new: &ModelDef) {
        let ordering = old.ordering != new.ordering;
        let managed = old.managed != new.managed;
        if !ordering && !managed {
            return;
        }
        let side = |m: &ModelDef| ModelOptions {
            ordering: ordering.then(|| m.ordering.clone()),
            managed: managed.then_some(m.managed),
        };
        let (from, to) = (side(old), side(new));
        self.plan_naming(
            &new.app,
            Operation::AlterModelOptions {
                model: new.name.clone(),
                from,
                to,
            },
        );
    }

    /// Removes constraints, removes and renames indexes, and takes groups away.
    pub(super) fn removed_parts(&mut self, old: &ModelDef, new: &ModelDef) {
        let model = || new.name.clone();
        for constraint in old
            .constraints
            .iter()
            .filter(|c| !new.constraints.contains(c))
        {
            let constraint = constraint.clone();
            self.plan(
                &new.app,
                Operation::RemoveConstraint {
                    model: model(),
                    constraint,
                },
                vec![],
            );
        }
        let (removed, renamed, _) = changed_indexes(old, new);
        for index in removed {
            self.plan(
                &new.app,
                Operation::RemoveIndex {
                    model: model(),
                    index,
                },
                vec![],
            );
        }
        for (from, to) in renamed {
            self.plan(
                &new.app,
                Operation::RenameIndex {
                    model: model(),
                    from,
                    to,
                },
                vec![],
            );
        }
        let (from, kept, _) = groups(old, new);
        if from != kept {
            let operation = Operation::AlterUniqueTogether {
                model: model(),
                from: old.unique_together.clone(),
                to: kept,
            };
            self.plan(&new.app, operation, vec![]);
        }
    }

    /// Adds groups, indexes and constraints.
    pub(super) fn added_parts(&mut self, old: &ModelDef, new: &ModelDef) {
        let model = || new.name.clone();
        let (from, kept, to) = groups(old, new);
        if kept != to {
            let from = if from == kept {
                old.unique_together.clone()
            } else {
                kept
            };
            let to = new.unique_together.clone();
            self.plan_naming(
                &new.app,
                Operation::AlterUniqueTogether {
                    model: model(),
                    from,
                    to,
                },
            );
        }
        for index in changed_indexes(old, new).2 {
            self.plan_naming(
                &new.app,
                Operation::AddIndex {
                    model: model(),
                    index,
                },
            );
        }
        for constraint in new
            .constraints
            .iter()
            .filter(|c| !old.constraints.contains(c))
        {
            let constraint = constraint.clone();
            self.plan_naming(
                &new.app,
                Operation::AddConstraint {
                    model: model(),
                    constraint,
                },
            );
        }
    }

    /// Changes the primary key and the storage.
    pub(super) fn changed_keys(&mut self, old: &ModelDef, new: &ModelDef) {
        let key = (old.primary_key != new.primary_key).then(|| Operation::AlterPrimaryKey {
            model: new.name.clone(),
            from: old.primary_key.clone(),
            to: new.primary_key.clone(),
        });
        let storage = (old.storage != new.storage).then(|| Operation::AlterStorage {
            model: new.name.clone(),
            from: old.storage.clone(),
            to: new.storage.clone(),
        });
        // A primary key contains the shard key: whichever comes first must not break that.
        let shard = new.storage.shard_key.as_ref().unwrap_or(&new.primary_key);
        let storage_first = shard.iter().all(|f| old.primary_key.contains(f));
        let both = if storage_first {
            [storage, key]
        } else {
            [key, storage]
        };
        for operation in both.into_iter().flatten() {
            self.plan_naming(&new.app, operation);
        }
    }
}

type Groups = Vec<Vec<String>>;

/// The old groups, those that stay, and the new ones, as sets.
fn groups(old: &ModelDef, new: &ModelDef) -> (Groups, Groups, Groups) {
    let (old, new) = (
        canon::groups(&old.unique_together),
        canon::groups(&new.unique_together),
    );
    let kept = old.iter().filter(|g| new.contains(g)).cloned().collect();
    (old, kept, new)
}

/// Indexes to remove, to rename in this order, and to add.
fn changed_indexes(
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
            let same =
                |a: &&IndexDef| (&a.fields, a.kind, a.options) == (&r.fields, r.kind, r.options);
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
    let taken = |name: &str| {
        let mut all = old.indexes.iter().chain(&new.indexes);
        all.any(|i| i.name == name)
    };
    let aside = |name: &str| exchange::aside(name, "_aside", taken);
    let moves = exchange::ordered(&pairs, |a, b| a == b, aside);
    let renamed = moves.into_iter().map(|m| (m.from, m.to)).collect();
    (removed, renamed, added)
}

/// Keeps the renames whose new name nothing else has: an index that goes first would free it too,
/// but then there is nothing to be gained.
fn drop_blocked(pairs: &mut Vec<(String, String)>, indexes: &[IndexDef]) {
    loop {
        let blocked = pairs.iter().position(|(_, to)| {
            indexes.iter().any(|i| i.name == *to) && pairs.iter().all(|(from, _)| from != to)
        });
        match blocked {
            Some(at) => drop(pairs.remove(at)),
            None => return,
        }
    }
}
