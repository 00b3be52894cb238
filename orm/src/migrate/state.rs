//! What migrations say the project is.

use std::collections::BTreeMap;
use std::sync::Arc;

use orm_schema::{ModelDef, ModelId};

use super::canon;
use super::error::{StateError, StateProblem};

/// All models, by application and lower-case name.
///
/// A clone shares its models until one of them is changed: a plan holds the state before and after
/// each operation, also of a thousand models.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProjectState {
    models: BTreeMap<Arc<(String, String)>, Arc<ModelDef>>,
}

impl ProjectState {
    /// The models, by application and name.
    pub fn models(&self) -> impl Iterator<Item = &ModelDef> {
        self.models.values().map(Arc::as_ref)
    }

    /// The models, mutably; an id must not be changed through this.
    pub(crate) fn models_mut(&mut self) -> impl Iterator<Item = &mut ModelDef> {
        self.models.values_mut().map(Arc::make_mut)
    }

    /// The model of this id; names compare without case.
    pub fn model(&self, id: &ModelId) -> Option<&ModelDef> {
        self.models.get(&Self::key(id)).map(Arc::as_ref)
    }

    /// The model of this id, mutably.
    pub fn model_mut(&mut self, id: &ModelId) -> Option<&mut ModelDef> {
        self.models.get_mut(&Self::key(id)).map(Arc::make_mut)
    }

    /// Puts a model in, in place of one of the same id.
    pub fn insert(&mut self, model: ModelDef) -> Option<ModelDef> {
        let key = Arc::new(Self::key(&model.id()));
        self.models
            .insert(key, Arc::new(model))
            .map(Arc::unwrap_or_clone)
    }

    /// Takes a model out.
    pub fn remove(&mut self, id: &ModelId) -> Option<ModelDef> {
        self.models.remove(&Self::key(id)).map(Arc::unwrap_or_clone)
    }

    /// The applications that have models, in order, each once.
    pub fn apps(&self) -> impl Iterator<Item = &str> {
        let mut last = None;
        self.models.keys().filter_map(move |key| {
            let app = &key.0;
            let new = last.replace(app.as_str()) != Some(app.as_str());
            new.then_some(app.as_str())
        })
    }

    /// Whether two states are the same for migrations: names of models compare without case, a
    /// column spelled out as its default is no other column, and the order of fields, indexes,
    /// constraints and groups says nothing.
    pub fn same(&self, other: &Self) -> bool {
        self.first_difference(other).is_none()
    }

    /// The first model that is not the same in both.
    pub(crate) fn first_difference(&self, other: &Self) -> Option<ModelId> {
        let same = |(key, model): (&Arc<(String, String)>, &Arc<ModelDef>)| {
            other
                .models
                .get(key)
                .is_some_and(|o| Arc::ptr_eq(model, o) || canon::same_model(model, o))
        };
        let mine = self.models.iter().find(|pair| !same(*pair));
        let theirs = other
            .models
            .iter()
            .find(|(key, _)| !self.models.contains_key(*key));
        mine.or(theirs).map(|(_, m)| m.id())
    }

    /// Checks that every relation leads to a model, and `to_field` to a field.
    ///
    /// # Errors
    /// [`StateError`] for the first one that does not.
    pub fn check_relations(&self) -> Result<(), StateError> {
        for model in self.models() {
            for field in &model.fields {
                let Some(relation) = field.ty.relation() else {
                    continue;
                };
                let missing = |target: String| StateProblem::NoTarget {
                    model: model.id().to_string(),
                    field: field.name.clone(),
                    target,
                };
                let to = self
                    .model(&relation.to)
                    .ok_or_else(|| missing(format!("model {}", relation.to)))?;
                if let Some(name) = &relation.to_field
                    && to.field(name).is_none()
                {
                    return Err(missing(format!("field {name} of {}", relation.to)).into());
                }
                if let Some(through) = &relation.through
                    && self.model(through).is_none()
                {
                    return Err(missing(format!("model {through}")).into());
                }
            }
        }
        Ok(())
    }

    fn key(id: &ModelId) -> (String, String) {
        (id.app.clone(), id.name.to_lowercase())
    }
}

impl FromIterator<ModelDef> for ProjectState {
    fn from_iter<T: IntoIterator<Item = ModelDef>>(models: T) -> Self {
        let mut state = Self::default();
        for model in models {
            state.insert(model);
        }
        state
    }
}
