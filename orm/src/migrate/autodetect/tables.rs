//! Tables that change their names, also with each other.

use orm_schema::{ModelDef, ModelId};

use super::deps::{self, Dep};
use super::exchange;
use super::{Detector, Operation};
use crate::migrate::state::ProjectState;

impl<'a> Detector<'a> {
    /// A new name for a model's table, if it is not exchanged with others.
    pub(super) fn changed_table(&mut self, old: &ModelDef, new: &ModelDef) {
        if old.table != new.table && !self.exchanging.iter().any(|id| id.same(&old.id())) {
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

    /// Plans the tables that exchange their names, over all applications.
    pub(super) fn exchanged_tables(&mut self, old: &ProjectState) {
        let models = self.moved_tables(old);
        let pairs = tables(&models);
        for circle in exchange::circles(&pairs, |a, b| a == b) {
            let members: Vec<_> = circle.iter().map(|i| models[*i]).collect();
            let aside = |table: &str| self.table_aside(table);
            let moves = exchange::ordered(&tables(&members), |a, b| a == b, aside);
            let mut places = Vec::new();
            for step in moves {
                let (_, new) = members[step.item];
                let mut deps: Vec<Dep> = step
                    .after
                    .iter()
                    .map(|i| Dep::Planned(places[*i]))
                    .collect();
                deps.extend(self.freed.table(&step.to));
                places.push(self.planned.len());
                let operation = Operation::AlterModelTable {
                    model: new.name.clone(),
                    from: step.from,
                    to: step.to,
                };
                self.plan(&new.app, operation, deps);
            }
        }
    }

    /// The models whose tables exchange their names.
    pub(super) fn exchanging(&self, old: &ProjectState) -> Vec<ModelId> {
        let models = self.moved_tables(old);
        let circles = exchange::circles(&tables(&models), |a, b| a == b);
        circles
            .iter()
            .flatten()
            .map(|i| models[*i].0.id())
            .collect()
    }

    /// The models whose tables change their names, as they are and as they shall be.
    fn moved_tables<'b>(&self, old: &'b ProjectState) -> Vec<(&'b ModelDef, &'a ModelDef)> {
        let new = self.new;
        let both = old.models().filter_map(|m| Some((m, new.model(&m.id())?)));
        both.filter(|(old, new)| old.table != new.table).collect()
    }

    /// Puts the table of a new model aside, where its name is free only when the model is there:
    /// that of a model that goes, once what referred to it refers to a new model.
    ///
    /// Returns what gives the table its name, and the name.
    pub(super) fn table_comes_later(&self, model: &mut ModelDef) -> Option<(Operation, String)> {
        if !self.is_freed_late(&model.table) {
            return None;
        }
        let table = model.table.clone();
        model.table = self.table_aside(&table);
        let operation = Operation::AlterModelTable {
            model: model.name.clone(),
            from: model.table.clone(),
            to: table.clone(),
        };
        Some((operation, table))
    }

    /// Whether a table's name is free only when new models are there: by the model that has it, or
    /// since that takes the name of another such table.
    fn is_freed_late(&self, table: &str) -> bool {
        let mut table = table.to_owned();
        let mut seen: Vec<String> = Vec::new();
        while !seen.contains(&table) {
            let Some(holder) = self.old.models().find(|m| m.table == table) else {
                return false;
            };
            let Some(new) = self.new.model(&holder.id()) else {
                return self.waits_for_new_models(&holder.id());
            };
            seen.push(std::mem::replace(&mut table, new.table.clone()));
        }
        false
    }

    /// Whether a model can go only when new models are there: one that refers to it, maybe by way
    /// of others that go, stays and refers to a new one then.
    fn waits_for_new_models(&self, gone: &ModelId) -> bool {
        let mut queue = vec![gone.clone()];
        let mut seen = queue.clone();
        while let Some(id) = queue.pop() {
            for model in self.old.models().filter(|m| !m.id().same(&id)) {
                let mut leads = model.fields.iter().filter(|f| deps::leads_to(f, &id));
                let Some(new) = self.new.model(&model.id()) else {
                    let known = seen.iter().any(|s| s.same(&model.id()));
                    if leads.next().is_some() && !known {
                        seen.push(model.id());
                        queue.push(model.id());
                    }
                    continue;
                };
                let now = leads.filter_map(|f| new.field(&f.name)?.ty.relation());
                let mut now = now.flat_map(|r| std::iter::once(&r.to).chain(&r.through));
                if now.any(|id| self.old.model(id).is_none()) {
                    return true;
                }
            }
        }
        false
    }

    /// A name for a table that none has, now or later.
    pub(super) fn table_aside(&self, table: &str) -> String {
        let planned = |o: &Operation| match o {
            Operation::AlterModelTable { to, .. } => Some(to.clone()),
            Operation::CreateModel(m) => Some(m.table.clone()),
            _ => None,
        };
        let aside: Vec<String> = self
            .planned
            .iter()
            .filter_map(|p| planned(&p.operation))
            .collect();
        let models = || self.old.models().chain(self.new.models());
        exchange::aside(table, "_aside", |name| {
            models().any(|m| m.table == name) || aside.iter().any(|t| t == name)
        })
    }
}

fn tables(models: &[(&ModelDef, &ModelDef)]) -> Vec<(String, String)> {
    let pair = |(old, new): &(&ModelDef, &ModelDef)| (old.table.clone(), new.table.clone());
    models.iter().map(pair).collect()
}
