//! Keys that change, and what refers to them.
//!
//! A relation, and each side of a set, is a column of the type of the key that it refers to. So it
//! comes when the key is one field, and goes before the key becomes several.

use orm_schema::{FieldDef, ModelDef, ModelId};

use super::create;
use super::deps::{self, Dep};
use super::plan;
use super::tables::{leads_to, stuck};
use super::{Detector, Operation};

/// A value that rows get for a relation is one of the type that the field has in the end.
fn altered(model: &ModelId, field: &str) -> Dep {
    Dep::FieldAltered(model.clone(), field.to_owned()).rather()
}

impl Detector<'_> {
    /// What a field of the model needs for its relation.
    pub(super) fn of_relation(&self, model: &ModelId, field: &FieldDef) -> Vec<Dep> {
        let mut deps = deps::of_relation(field);
        let Some(relation) = field.ty.relation() else {
            return deps;
        };
        match &relation.to_field {
            Some(name) => deps.push(altered(&relation.to, name)),
            None => deps.extend(self.of_key(&relation.to)),
        }
        if !field.ty.has_column() {
            deps.extend(self.of_key(model));
        }
        deps
    }

    /// What has to come before something refers to the key of a model.
    fn of_key(&self, id: &ModelId) -> Vec<Dep> {
        let (Some(old), Some(new)) = (self.old.model(id), self.new.model(id)) else {
            return Vec::new();
        };
        let mut deps: Vec<Dep> = new.primary_key.iter().map(|f| altered(id, f)).collect();
        let changed = Dep::KeyChanged(id.clone());
        match (old.primary_key.len(), new.primary_key.len()) {
            (1, _) | (_, 2..) => deps.push(changed.rather()),
            _ => deps.push(changed),
        }
        deps
    }

    /// What has to come before the key of a model becomes several fields.
    pub(super) fn relations_gone(&self, old: &ModelDef) -> Vec<Dep> {
        let sets = old.fields.iter().filter(|f| !f.ty.has_column());
        let sets = sets.map(|f| (old.id(), f.name.clone()));
        let all = self.referring(old, None).into_iter().chain(sets);
        all.map(|(model, field)| Dep::RelationGone(model, field))
            .collect()
    }

    /// Opens a circle in which a new model waits for a key, or for a model that does, and that in
    /// the end needs the model: its relation comes later. Whether there was one.
    pub(super) fn open_key_circle(&mut self, before: &[Vec<usize>]) -> bool {
        let Some((place, later)) = self.waits_for_key(before) else {
            return false;
        };
        let Operation::CreateModel(model) = &self.planned[place].operation else {
            return false;
        };
        let id = model.id();
        let (created, rest) = create::split(model, &later);
        let needs = |f: &FieldDef| self.of_relation(&id, f);
        let kept: Vec<Dep> = created.fields.iter().flat_map(needs).collect();
        let gone = model.fields.iter().filter(|f| later.contains(&f.name));
        let gone: Vec<Dep> = gone.flat_map(needs).collect();
        let planned = &mut self.planned[place];
        planned
            .deps
            .retain(|d| kept.contains(d) || !gone.contains(d));
        planned.operation = Operation::CreateModel(created);
        for operation in rest {
            let mut deps = match &operation {
                Operation::AddField { field, .. } => self.of_relation(&id, field),
                Operation::AddIndex { index, .. } => self.free_index(&index.name),
                _ => Vec::new(),
            };
            deps.extend(deps::of_parts(&id.app, &operation));
            deps.push(Dep::Planned(place));
            self.before_its_like(&id, &operation);
            self.plan(&id.app, operation, deps);
        }
        true
    }

    /// What was taken out before goes on where the operation, which is planned next, ends.
    fn before_its_like(&mut self, id: &ModelId, operation: &Operation) {
        use Operation as O;
        if !matches!(
            operation,
            O::AlterUniqueTogether { .. } | O::AlterStorage { .. }
        ) {
            return;
        }
        let next = Dep::Planned(self.planned.len());
        let kind = std::mem::discriminant(operation);
        for planned in &mut self.planned {
            let own = deps::model_of(&planned.app, &planned.operation);
            let same = own.is_some_and(|own| own.same(id));
            if same && std::mem::discriminant(&planned.operation) == kind {
                planned.deps.push(next.clone());
            }
        }
    }

    /// A new model with its fields, beside those of its key, by whose relations it waits for itself.
    fn waits_for_key(&self, before: &[Vec<usize>]) -> Option<(usize, Vec<String>)> {
        let stuck = stuck(before);
        (0..before.len()).filter(|i| stuck[*i]).find_map(|i| {
            let Operation::CreateModel(model) = &self.planned[i].operation else {
                return None;
            };
            let id = model.id();
            let meets = |dep: &Dep| {
                let meets = |b: &&usize| stuck[**b] && deps::meets(dep, &self.planned[**b]);
                let mut meeting = before[i].iter().filter(meets);
                !matches!(dep, Dep::Rather(_)) && meeting.any(|b| leads_to(*b, i, before))
            };
            let circular = |f: &&FieldDef| {
                !model.primary_key.contains(&f.name) && self.of_relation(&id, f).iter().any(meets)
            };
            let fields = model.fields.iter().filter(circular);
            let fields: Vec<String> = fields.map(|f| f.name.clone()).collect();
            (!fields.is_empty()).then_some((i, fields))
        })
    }

    /// Opens a circle in which a key, or a model that goes, waits for a model to go that refers to
    /// it, and that waits for the other: its relation goes first. Whether there was one.
    pub(super) fn open_deletion_circle(&mut self, before: &[Vec<usize>]) -> bool {
        let Some((place, field)) = self.waits_for_deletion(before) else {
            return false;
        };
        let planned = &mut self.planned[place];
        let Operation::DeleteModel(model) = &mut planned.operation else {
            return false;
        };
        let id = model.id();
        let (left, adds) = create::split(model, std::slice::from_ref(&field));
        *model = left;
        let removals: Vec<Operation> = adds.iter().rev().filter_map(|o| o.inverse().ok()).collect();
        for operation in removals {
            let mut deps = Vec::new();
            if let Operation::RemoveField { field, .. } = &operation {
                deps.extend(deps::of_old_relation(field));
                deps.push(Dep::Unnamed(id.clone(), field.name.clone()));
            }
            let at = Dep::Planned(self.planned.len());
            self.planned[place].deps.push(at);
            self.plan(&id.app, operation, deps);
        }
        true
    }

    /// A model that goes, and its field for which another operation waits, by which it waits for
    /// itself.
    fn waits_for_deletion(&self, before: &[Vec<usize>]) -> Option<(usize, String)> {
        let stuck = stuck(before);
        let deletes = |i: &usize, field: &str| match &self.planned[*i].operation {
            // A part of the model's own key cannot go before it.
            Operation::DeleteModel(m) => m.primary_key.iter().all(|k| k != field),
            _ => false,
        };
        let waits = (0..before.len()).filter(|i| stuck[*i]);
        waits.into_iter().find_map(|i| {
            let mut deps = self.planned[i].deps.iter();
            deps.find_map(|dep| {
                let Dep::RelationGone(_, field) = dep else {
                    return None;
                };
                let meets = |b: &&usize| {
                    stuck[**b]
                        && deletes(b, field)
                        && deps::meets(dep, &self.planned[**b])
                        && leads_to(**b, i, before)
                };
                let place = before[i].iter().find(meets)?;
                Some((*place, field.clone()))
            })
        })
    }

    /// Drops what should come before an operation and cannot; whether there was something.
    pub(super) fn drop_wish(&mut self, before: &[Vec<usize>]) -> bool {
        let stuck = stuck(before);
        if !stuck.contains(&true) {
            return false;
        }
        let met = plan::resolve_by(&self.planned);
        for i in (0..self.planned.len()).filter(|i| stuck[*i]) {
            let deps = &mut self.planned[i].deps;
            let circular = |(dep, met): (&Dep, &Vec<usize>)| {
                let mut met = met.iter().filter(|b| stuck[**b]);
                matches!(dep, Dep::Rather(_)) && met.any(|b| leads_to(*b, i, before))
            };
            if let Some(at) = deps.iter().zip(&met[i]).position(circular) {
                deps.remove(at);
                return true;
            }
        }
        false
    }
}
