//! The order in which models that refer to each other are created and deleted.

use std::collections::HashSet;

use orm_schema::{FieldDef, FieldType, ModelDef, ModelId};

use crate::migrate::canon;
use crate::migrate::operation::Operation;

/// How hard it is to add a relation only after its model is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// A table of its own.
    ManyToMany,
    /// A column.
    Plain,
    /// A column of a unique constraint; some servers take those only when the table is created.
    Unique,
    /// A column of the shard key or sort key; some servers copy the table when those change.
    Storage,
    /// A column of the primary key.
    Key,
}

/// The operations that create these models, in order, each with its application.
pub(super) fn creations(models: &[&ModelDef]) -> Vec<(String, Operation)> {
    let set: HashSet<ModelId> = models.iter().map(|m| canon::id(&m.id())).collect();
    let mut done: HashSet<ModelId> = HashSet::new();
    let mut left: Vec<&ModelDef> = models.to_vec();
    let mut waiting: Vec<Waiting> = Vec::new();
    let mut out = Vec::new();
    while !left.is_empty() {
        let worst = |m: &ModelDef| missing(m, &set, &done).into_iter().map(|(_, s)| s).max();
        let free = left.iter().position(|m| worst(m).is_none());
        let best = free
            .or_else(|| (0..left.len()).min_by_key(|i| worst(left[*i])))
            .unwrap_or(0);
        let model = left.remove(best);
        let later: Vec<String> = missing(model, &set, &done)
            .into_iter()
            .map(|(f, _)| f)
            .collect();
        done.insert(canon::id(&model.id()));
        let (created, rest) = take_out(model, &later);
        out.push((model.app.clone(), Operation::CreateModel(created)));
        waiting.extend(rest);
        waiting.retain_mut(|w| !w.release(&done, &set, &mut out));
    }
    out
}

/// The operations that delete these models: the way back of creating them.
pub(super) fn deletions(models: &[&ModelDef]) -> Vec<(String, Operation)> {
    let created = creations(models);
    created
        .into_iter()
        .rev()
        .filter_map(|(app, o)| o.inverse().ok().map(|o| (app, o)))
        .collect()
}

/// The model without some fields that are not of its key, and the operations that add them.
pub(super) fn split(model: &ModelDef, later: &[String]) -> (ModelDef, Vec<Operation>) {
    let (created, rest) = take_out(model, later);
    let adds = rest.into_iter().flat_map(|rest| {
        let model = rest.model.clone();
        let fields = rest
            .fields
            .into_iter()
            .map(move |field| Operation::AddField {
                model: model.clone(),
                field,
                preserve_default: true,
            });
        fields.chain(rest.parts)
    });
    (created, adds.collect())
}

/// The fields that refer to models of the set that are not there yet.
fn missing(
    model: &ModelDef,
    set: &HashSet<ModelId>,
    done: &HashSet<ModelId>,
) -> Vec<(String, Strength)> {
    let own = canon::id(&model.id());
    let open =
        |f: &&FieldDef| targets(f).any(|t| t != own && set.contains(&t) && !done.contains(&t));
    model
        .fields
        .iter()
        .filter(open)
        .map(|f| (f.name.clone(), strength(model, f)))
        .collect()
}

fn targets(field: &FieldDef) -> impl Iterator<Item = ModelId> {
    let relation = field.ty.relation();
    relation
        .into_iter()
        .flat_map(|r| std::iter::once(&r.to).chain(&r.through))
        .map(canon::id)
}

fn strength(model: &ModelDef, field: &FieldDef) -> Strength {
    let name = &field.name;
    let shard = model.storage.shard_key.iter().flatten();
    let sort = model.storage.sort_key.iter().map(|o| &o.field);
    if matches!(field.ty, FieldType::ManyToMany(_)) {
        Strength::ManyToMany
    } else if model.primary_key.contains(name) {
        Strength::Key
    } else if shard.chain(sort).any(|k| k == name) {
        Strength::Storage
    } else if model.unique_together.iter().flatten().any(|f| f == name)
        || model.constraints.iter().any(|c| c.fields.contains(name))
    {
        Strength::Unique
    } else {
        Strength::Plain
    }
}

/// What is added to a model after it is created.
struct Waiting {
    app: String,
    model: String,
    fields: Vec<FieldDef>,
    /// What names one of the fields, and comes when all of them are there.
    parts: Vec<Operation>,
}

impl Waiting {
    /// Adds what can be added by now, and says whether that was all.
    fn release(
        &mut self,
        done: &HashSet<ModelId>,
        set: &HashSet<ModelId>,
        out: &mut Vec<(String, Operation)>,
    ) -> bool {
        let (app, model) = (self.app.clone(), self.model.clone());
        self.fields.retain(|field| {
            let ready = targets(field).all(|t| !set.contains(&t) || done.contains(&t));
            if ready {
                let (model, field) = (model.clone(), field.clone());
                let add = Operation::AddField {
                    model,
                    field,
                    preserve_default: true,
                };
                out.push((app.clone(), add));
            }
            !ready
        });
        if self.fields.is_empty() {
            out.extend(self.parts.drain(..).map(|o| (app.clone(), o)));
        }
        self.fields.is_empty()
    }
}

/// The model without some fields, and what adds them and the parts that name them.
fn take_out(model: &ModelDef, later: &[String]) -> (ModelDef, Option<Waiting>) {
    if later.is_empty() {
        return (model.clone(), None);
    }
    let has = |fields: &[String]| fields.iter().any(|f| later.contains(f));
    let mut out = model.clone();
    let mut parts = Vec::new();
    let name = || model.name.clone();
    out.unique_together.retain(|group| !has(group));
    if out.unique_together != model.unique_together {
        let (from, to) = (out.unique_together.clone(), model.unique_together.clone());
        parts.push(Operation::AlterUniqueTogether {
            model: name(),
            from,
            to,
        });
    }
    for index in out.indexes.extract_if(.., |i| has(&i.fields)) {
        parts.push(Operation::AddIndex {
            model: name(),
            index,
        });
    }
    for constraint in out.constraints.extract_if(.., |c| has(&c.fields)) {
        parts.push(Operation::AddConstraint {
            model: name(),
            constraint,
        });
    }
    if out.storage.shard_key.as_deref().is_some_and(has) {
        out.storage.shard_key = None;
    }
    out.storage.sort_key.retain(|o| !later.contains(&o.field));
    if out.storage != model.storage {
        parts.push(Operation::AlterStorage {
            model: name(),
            from: out.storage.clone(),
            to: model.storage.clone(),
        });
    }
    let keyed = |f: &FieldDef| later.contains(&f.name) && strength(model, f) != Strength::Key;
    let fields = out.fields.extract_if(.., |f| keyed(f)).collect();
    (
        out,
        Some(Waiting {
            app: model.app.clone(),
            model: name(),
            fields,
            parts,
        }),
    )
}
