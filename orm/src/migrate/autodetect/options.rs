//! Options, keys, indexes, constraints and tables that changed.

use orm_schema::ModelDef;

use super::deps;
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
        let (removed, renamed, _) = self.changed_indexes(old, new);
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
            let deps = self.free_index_from(&from, &to);
            let model = model();
            self.plan(&new.app, Operation::RenameIndex { model, from, to }, deps);
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
        for index in self.changed_indexes(old, new).2 {
            let mut deps = self.free_index(&index.name);
            let model = model();
            let operation = Operation::AddIndex { model, index };
            deps.extend(deps::of_parts(&new.app, &operation));
            self.plan(&new.app, operation, deps);
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
            let mut deps = deps::of_parts(&new.app, &operation);
            let several = old.primary_key.len() == 1 && new.primary_key.len() != 1;
            if several && matches!(operation, Operation::AlterPrimaryKey { .. }) {
                deps.extend(self.relations_gone(old));
            }
            self.plan(&new.app, operation, deps);
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
