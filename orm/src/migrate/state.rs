//! What migrations say the project is.

use std::collections::BTreeMap;

use orm_schema::{ModelDef, ModelId};

/// All models, by application and lower-case name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProjectState {
    models: BTreeMap<(String, String), ModelDef>,
}

impl ProjectState {
    /// The models, by application and name.
    pub fn models(&self) -> impl Iterator<Item = &ModelDef> {
        self.models.values()
    }

    /// The model of this id; names compare without case.
    pub fn model(&self, id: &ModelId) -> Option<&ModelDef> {
        self.models.get(&Self::key(id))
    }

    /// The model of this id, mutably.
    pub fn model_mut(&mut self, id: &ModelId) -> Option<&mut ModelDef> {
        self.models.get_mut(&Self::key(id))
    }

    /// Puts a model in, in place of one of the same id.
    pub fn insert(&mut self, model: ModelDef) -> Option<ModelDef> {
        self.models.insert(Self::key(&model.id()), model)
    }

    /// Takes a model out.
    pub fn remove(&mut self, id: &ModelId) -> Option<ModelDef> {
        self.models.remove(&Self::key(id))
    }

    fn key(id: &ModelId) -> (String, String) {
        (id.app.clone(), id.name.to_lowercase())
    }
}
