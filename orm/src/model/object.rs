//! Relations to one object by several fields.

use std::fmt;
use std::marker::PhantomData;

use super::relation::{Bound, Loaded};
use super::{Model, ModelMeta, NotLoaded, RelationMeta, RelationSlot};
use crate::value::Value;

/// A reference to one object of `M` by fields that stand beside it: `#[field(from_fields(tenant,
/// number))]`. It is how models with keys of several columns are referred to.
///
/// It has no column of its own, no index and no foreign key; the fields are set as any others are, and
/// it goes by what they were when the row was read or written last. Django: `ForeignObject`.
pub struct ForeignObject<M> {
    bound: Bound,
    relation: Option<&'static RelationMeta>,
    /// `None` until a query loaded it; then the object, if there is one.
    loaded: Option<Option<Loaded>>,
    model: PhantomData<fn() -> M>,
}

/// What a [`ForeignObject`] refers by in a query: no value that could be compared with.
#[derive(Debug, Clone, Copy)]
pub struct SeveralFields;

impl<M> ForeignObject<M> {
    /// A relation of an object that is not in the database yet.
    pub const fn new() -> Self {
        Self {
            bound: Bound::One(Value::Null),
            relation: None,
            loaded: None,
            model: PhantomData,
        }
    }

    /// Whether a query loaded it.
    pub fn is_loaded(&self) -> bool {
        self.loaded.is_some()
    }

    pub(crate) fn bound(&self) -> (Option<&'static RelationMeta>, &Bound) {
        (self.relation, &self.bound)
    }
}

impl<M: Model> ForeignObject<M> {
    /// The object, if a query loaded it; `None` where a field is NULL or no row has these values.
    ///
    /// # Errors
    /// [`NotLoaded`], which says what to add to the query.
    pub fn get(&self) -> Result<Option<&M>, NotLoaded> {
        let Some(loaded) = &self.loaded else {
            return Err(NotLoaded {
                model: M::META.name,
                hint: match self.relation {
                    None => "the object it belongs to is not saved".to_owned(),
                    Some(RelationMeta { field, .. }) => format!(
                        "add `.with(|x| x.{field}())` to the query, or call `.{field}.fetch(&db)`"
                    ),
                },
            });
        };
        Ok(loaded.as_ref().and_then(|l| l.downcast_ref::<M>()))
    }
}

impl<M> Default for ForeignObject<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> Clone for ForeignObject<M> {
    fn clone(&self) -> Self {
        Self {
            bound: self.bound.clone(),
            relation: self.relation,
            loaded: self.loaded.clone(),
            model: PhantomData,
        }
    }
}

/// What is referred to, other fields say.
impl<M> PartialEq for ForeignObject<M> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<M> Eq for ForeignObject<M> {}

impl<M> std::hash::Hash for ForeignObject<M> {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

impl<M: Model> fmt::Debug for ForeignObject<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Ok(Some(_)) => write!(f, "[{}]", M::META.name),
            Ok(None) => write!(f, "[no {}]", M::META.name),
            Err(_) => write!(f, "[{}, not loaded]", M::META.name),
        }
    }
}

impl<M: Model> RelationSlot for ForeignObject<M> {
    fn fill(&mut self, object: Option<Loaded>) {
        self.loaded = Some(object);
    }

    fn bind(&mut self, owner: Bound, meta: &'static ModelMeta, relation: usize) {
        // An object that was loaded by other values is another one.
        if self.bound.values() != owner.values() {
            self.loaded = None;
        }
        self.bound = owner;
        self.relation = meta.relations.get(relation);
    }
}
