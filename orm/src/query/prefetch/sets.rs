//! The sets of objects that owners get.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use crate::model::HashKey;
use crate::value::Value;

/// The objects of each owner, in the order in which they came.
pub(super) struct Sets<M> {
    places: HashMap<HashKey, usize, foldhash::fast::RandomState>,
    sets: Vec<Vec<M>>,
}

impl<M> Sets<M> {
    pub(super) fn with_capacity(owners: usize) -> Self {
        Self {
            places: HashMap::with_capacity_and_hasher(owners, Default::default()),
            sets: Vec::with_capacity(owners),
        }
    }

    /// Makes room for an owner; `false` if it has some.
    pub(super) fn add_owner(&mut self, owner: Value) -> bool {
        let next = self.sets.len();
        let new = *self.places.entry(HashKey(owner)).or_insert(next) == next;
        if new {
            self.sets.push(Vec::new());
        }
        new
    }

    /// Puts each object into the set of its owner. Counts first, so that no set grows step by step.
    pub(super) fn sort(&mut self, objects: Vec<M>, mut owner: impl FnMut(usize, &M) -> Value) {
        let mut counts = vec![0_usize; self.sets.len()];
        let places: Vec<Option<usize>> = (objects.iter().enumerate())
            .map(|(i, object)| {
                let place = self.places.get(&HashKey(owner(i, object))).copied();
                if let Some(place) = place {
                    counts[place] += 1;
                }
                place
            })
            .collect();
        for (set, count) in self.sets.iter_mut().zip(counts) {
            set.reserve_exact(count);
        }
        for (object, place) in objects.into_iter().zip(places) {
            if let Some(place) = place {
                self.sets[place].push(object);
            }
        }
    }
}

impl<M: Send + Sync + 'static> Sets<M> {
    /// The set of each owner, to be shared.
    pub(super) fn shared(self) -> impl Fn(Value) -> Option<Arc<dyn Any + Send + Sync>> {
        let Self { places, sets } = self;
        let sets: Vec<Arc<dyn Any + Send + Sync>> = (sets.into_iter())
            .map(|set| Arc::new(set) as Arc<dyn Any + Send + Sync>)
            .collect();
        move |owner| {
            let place = places.get(&HashKey(owner))?;
            sets.get(*place).map(Arc::clone)
        }
    }
}
