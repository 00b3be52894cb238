//! Sorting inside an application, splitting between applications.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use orm_schema::ModelId;

use super::changes::{Draft, DraftDependency};
use super::deps::{Dep, Planned, model_of};
use crate::migrate::canon;
use crate::migrate::operation::Operation;
use crate::migrate::optimizer::optimize;
use crate::migrate::state::ProjectState;

/// Sorts and splits what was found into the migrations to come, by application.
pub(super) fn split(planned: Vec<Planned>, old: &ProjectState) -> BTreeMap<String, Vec<Draft>> {
    let mut before = resolve(&planned);
    let mut queues: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, p) in planned.iter().enumerate() {
        queues.entry(&p.app).or_default().push(i);
    }
    for queue in queues.values_mut() {
        *queue = sorted(queue, &before, &planned);
        // A circle inside an application is cut where the order cuts it.
        let mut passed = BTreeSet::new();
        for i in queue {
            let app = &planned[*i].app;
            before[*i].retain(|b| planned[*b].app != *app || passed.contains(b));
            passed.insert(*i);
        }
    }
    let mut places: Vec<Option<(String, usize)>> = vec![None; planned.len()];
    let mut out: BTreeMap<String, Vec<Draft>> = BTreeMap::new();
    let mut chop = false;
    // A pass takes whole applications; only when that leads nowhere it takes what can be taken.
    while queues.values().any(|q| !q.is_empty()) {
        let mut moved = false;
        for (app, queue) in &mut queues {
            let taken = takeable(queue, &before, &places);
            if taken.is_empty() || (taken.len() < queue.len() && !chop) {
                continue;
            }
            let set: BTreeSet<usize> = taken.iter().copied().collect();
            queue.retain(|i| !set.contains(i));
            let drafts = out.entry((*app).to_owned()).or_default();
            let draft = draft(app, &taken, &planned, &before, &places, old);
            taken
                .iter()
                .for_each(|i| places[*i] = Some(((*app).to_owned(), drafts.len())));
            drafts.push(draft);
            moved = true;
            if chop {
                break;
            }
        }
        if !moved && chop {
            // What needs each other over applications cannot be ordered; the first one goes first.
            force(&mut queues, &mut places, &planned, &mut out);
        }
        chop = !moved;
    }
    out
}

/// The operations of one queue, in its order, that wait for nothing but each other.
fn takeable(
    queue: &[usize],
    before: &[Vec<usize>],
    places: &[Option<(String, usize)>],
) -> Vec<usize> {
    let mut set = BTreeSet::new();
    let ready = |i: &usize, set: &BTreeSet<usize>| {
        before[*i]
            .iter()
            .all(|b| places[*b].is_some() || set.contains(b))
    };
    let mut taken = Vec::new();
    for i in queue {
        if ready(i, &set) {
            set.insert(*i);
            taken.push(*i);
        }
    }
    taken
}

/// Moves the first operation of the first queue, though it waits for another application.
fn force(
    queues: &mut BTreeMap<&str, Vec<usize>>,
    places: &mut [Option<(String, usize)>],
    planned: &[Planned],
    out: &mut BTreeMap<String, Vec<Draft>>,
) {
    if let Some((app, queue)) = queues.iter_mut().find(|(_, q)| !q.is_empty()) {
        let i = queue.remove(0);
        let drafts = out.entry((*app).to_owned()).or_default();
        places[i] = Some(((*app).to_owned(), drafts.len()));
        drafts.push(Draft {
            operations: vec![planned[i].operation.clone()],
            depends_on: BTreeSet::new(),
        });
    }
}

fn draft(
    app: &str,
    taken: &[usize],
    planned: &[Planned],
    before: &[Vec<usize>],
    places: &[Option<(String, usize)>],
    old: &ProjectState,
) -> Draft {
    let mut depends_on = BTreeSet::new();
    for i in taken {
        for place in before[*i].iter().filter_map(|b| places[*b].as_ref()) {
            if place.0 != app {
                depends_on.insert(DraftDependency::Run {
                    app: place.0.clone(),
                    index: place.1,
                });
            }
        }
        for dep in &planned[*i].deps {
            if let Dep::Model(id) | Dep::Field(id, _) = dep
                && id.app != app
                && old.model(id).is_some()
            {
                depends_on.insert(DraftDependency::Newest {
                    app: id.app.clone(),
                });
            }
        }
    }
    // What runs in this run comes after what is there.
    let running: BTreeSet<String> = depends_on
        .iter()
        .filter(|d| matches!(d, DraftDependency::Run { .. }))
        .map(|d| d.app().to_owned())
        .collect();
    depends_on.retain(|d| matches!(d, DraftDependency::Run { .. }) || !running.contains(d.app()));
    let operations: Vec<Operation> = taken
        .iter()
        .map(|i| planned[*i].operation.clone())
        .collect();
    Draft {
        operations: optimize(app, operations),
        depends_on,
    }
}

/// For each operation, those that have to come before it.
pub(super) fn resolve(planned: &[Planned]) -> Vec<Vec<usize>> {
    resolve_by(planned).into_iter().map(all_of).collect()
}

/// What comes before an operation, whatever it is for.
fn all_of(by_dep: Vec<Vec<usize>>) -> Vec<usize> {
    let mut before = by_dep.concat();
    before.sort_unstable();
    before.dedup();
    before
}

/// For each operation and each of its dependencies, the operations that meet it.
pub(super) fn resolve_by(planned: &[Planned]) -> Vec<Vec<Vec<usize>>> {
    let mut by_model: HashMap<ModelId, Vec<usize>> = HashMap::new();
    for (i, p) in planned.iter().enumerate() {
        if let Some(id) = model_of(&p.app, &p.operation) {
            by_model.entry(canon::id(&id)).or_default().push(i);
        }
    }
    let all: Vec<usize> = (0..planned.len()).collect();
    let find = |i: usize, dep: &Dep| -> Vec<usize> {
        if let Dep::Planned(at) = dep {
            return vec![*at];
        }
        let candidates = match dep.model() {
            Some(id) => by_model.get(&canon::id(id)).map_or(&[][..], Vec::as_slice),
            None => &all,
        };
        let met = candidates
            .iter()
            .copied()
            .filter(|c| *c != i && dep.is_met_by(&planned[*c].operation));
        let met: Vec<usize> = met.collect();
        // A relation that is taken off beforehand need not wait for the model to go.
        let deletes = |c: &usize| matches!(planned[*c].operation, Operation::DeleteModel(_));
        if matches!(dep, Dep::RelationGone(..)) && met.iter().any(|c| !deletes(c)) {
            return met.into_iter().filter(|c| !deletes(c)).collect();
        }
        met
    };
    planned
        .iter()
        .enumerate()
        .map(|(i, p)| p.deps.iter().map(|d| find(i, d)).collect())
        .collect()
}

/// Sorts one application's operations; what need not move keeps its place.
fn sorted(queue: &[usize], before: &[Vec<usize>], planned: &[Planned]) -> Vec<usize> {
    let own: BTreeSet<usize> = queue.iter().copied().collect();
    let mut waits: HashMap<usize, usize> = HashMap::new();
    let mut after: HashMap<usize, Vec<usize>> = HashMap::new();
    for i in queue {
        let inside = before[*i].iter().filter(|b| own.contains(b));
        for b in inside {
            debug_assert_eq!(planned[*b].app, planned[*i].app);
            after.entry(*b).or_default().push(*i);
            *waits.entry(*i).or_default() += 1;
        }
    }
    let mut ready: BinaryHeap<Reverse<usize>> = queue
        .iter()
        .filter(|i| !waits.contains_key(i))
        .map(|i| Reverse(*i))
        .collect();
    let mut out = Vec::with_capacity(queue.len());
    let mut left = own;
    while let Some(first) = left.first().copied() {
        // With a circle nothing is ready; then the first one found goes first.
        let i = ready.pop().map_or(first, |Reverse(i)| i);
        if !left.remove(&i) {
            continue;
        }
        out.push(i);
        for next in after.remove(&i).unwrap_or_default() {
            let count = waits.entry(next).or_default();
            *count = count.saturating_sub(1);
            if *count == 0 {
                ready.push(Reverse(next));
            }
        }
    }
    out
}
