//! A whole set of models, found by their ids.

use std::collections::HashMap;

use crate::{ModelDef, ModelId};

/// Models in the order they were given.
pub(super) struct Models<'a> {
    all: Vec<&'a ModelDef>,
    by_id: HashMap<(&'a str, String), &'a ModelDef>,
}

impl<'a> Models<'a> {
    pub(super) fn new(models: impl IntoIterator<Item = &'a ModelDef>) -> Self {
        let all: Vec<&ModelDef> = models.into_iter().collect();
        let by_id = all
            .iter()
            .map(|m| ((m.app.as_str(), m.name.to_lowercase()), *m))
            .collect();
        Self { all, by_id }
    }

    pub(super) fn all(&self) -> &[&'a ModelDef] {
        &self.all
    }

    /// The model of this id; names compare without case.
    pub(super) fn get(&self, id: &ModelId) -> Option<&'a ModelDef> {
        self.by_id
            .get(&(id.app.as_str(), id.name.to_lowercase()))
            .copied()
    }
}
