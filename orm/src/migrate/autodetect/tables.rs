//! Tables that change their names, also with each other.

use orm_schema::ModelDef;

use super::deps::{Dep, Planned};
use super::{Detector, Operation, exchange, plan};
use crate::migrate::canon::same_name;

impl Detector<'_> {
    pub(super) fn changed_table(&mut self, old: &ModelDef, new: &ModelDef) {
        if old.table != new.table {
            let operation = Operation::AlterModelTable {
                model: new.name.clone(),
                from: old.table.clone(),
                to: new.table.clone(),
            };
            let mut deps = self.freed.table(&new.table);
            deps.push(Dep::TableFree(new.table.clone()));
            self.plan(&new.app, operation, deps);
        }
        if old.comment != new.comment {
            let operation = Operation::AlterModelTableComment {
                model: new.name.clone(),
                from: old.comment.clone(),
                to: new.comment.clone(),
            };
            self.plan(&new.app, operation, vec![]);
        }
    }

    /// Opens circles in which an operation waits for the name of a table: it takes another name
    /// for a while.
    ///
    /// So tables exchange their names, and so a new model gets the table of one that can go only
    /// when the new one is there.
    pub(super) fn open_circles(&mut self) {
        loop {
            let before = plan::resolve(&self.planned);
            if let Some(place) = waits_in_circle(&self.planned, &before) {
                self.put_table_aside(place);
            } else if !self.open_index_circle(&before)
                && !self.open_key_circle(&before)
                && !self.open_deletion_circle(&before)
                && !self.drop_wish(&before)
            {
                return;
            }
        }
    }

    fn put_table_aside(&mut self, place: usize) {
        let Some((model, table)) = takes(&self.planned[place].operation) else {
            return;
        };
        let (model, table) = (model.to_owned(), table.to_owned());
        let stem = match &self.planned[place].operation {
            Operation::AlterModelTable { from, .. } => from,
            _ => &table,
        };
        let aside = self.table_aside(stem);
        let freed = self.freed.table(&table);
        let planned = &mut self.planned[place];
        match &mut planned.operation {
            Operation::CreateModel(m) => m.table.clone_from(&aside),
            Operation::AlterModelTable { to, .. } => to.clone_from(&aside),
            _ => {}
        }
        let waits = |d: &mut Dep| *d == Dep::TableFree(table.clone()) || freed.contains(d);
        let mut deps: Vec<Dep> = planned.deps.extract_if(.., waits).collect();
        deps.push(Dep::Planned(place));
        let app = planned.app.clone();
        let operation = Operation::AlterModelTable {
            model,
            from: aside,
            to: table,
        };
        self.plan(&app, operation, deps);
    }

    /// A name for a table that none has, now or later.
    pub(super) fn table_aside(&self, table: &str) -> String {
        let models = || self.old.models().chain(self.new.models());
        let planned = || self.planned.iter().filter_map(|p| takes(&p.operation));
        exchange::aside(table, "_aside", |name| {
            models().any(|m| same_name(&m.table, name))
                || planned().any(|(_, t)| same_name(t, name))
        })
    }
}

/// The model that gets a table of this name.
fn takes(operation: &Operation) -> Option<(&str, &str)> {
    match operation {
        Operation::CreateModel(m) => Some((&m.name, &m.table)),
        Operation::AlterModelTable { model, to, .. } => Some((model, to)),
        _ => None,
    }
}

/// An operation that waits for the name of a table, by which it waits for itself.
fn waits_in_circle(planned: &[Planned], before: &[Vec<usize>]) -> Option<usize> {
    let stuck = stuck(before);
    let waits = |i: &usize| {
        let Some((_, table)) = takes(&planned[*i].operation) else {
            return false;
        };
        let free = Dep::TableFree(table.to_owned());
        let frees = |b: &&usize| free.is_met_by(&planned[**b].operation);
        let mut frees = before[*i].iter().filter(|b| stuck[**b]).filter(frees);
        frees.any(|b| leads_to(*b, *i, before))
    };
    (0..planned.len()).filter(|i| stuck[*i]).find(waits)
}

/// Which operations are in circles, or wait for those that are.
pub(super) fn stuck(before: &[Vec<usize>]) -> Vec<bool> {
    let mut waits: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); before.len()];
    for (i, list) in before.iter().enumerate() {
        list.iter().for_each(|b| after[*b].push(i));
    }
    let mut ready: Vec<usize> = (0..before.len()).filter(|i| waits[*i] == 0).collect();
    while let Some(i) = ready.pop() {
        for next in &after[i] {
            waits[*next] -= 1;
            if waits[*next] == 0 {
                ready.push(*next);
            }
        }
    }
    waits.iter().map(|w| *w > 0).collect()
}

/// Whether one operation waits for another, maybe by way of others.
pub(super) fn leads_to(from: usize, to: usize, before: &[Vec<usize>]) -> bool {
    let mut seen = vec![false; before.len()];
    let mut queue = vec![from];
    while let Some(i) = queue.pop() {
        if i == to {
            return true;
        }
        if !std::mem::replace(&mut seen[i], true) {
            queue.extend(&before[i]);
        }
    }
    false
}
