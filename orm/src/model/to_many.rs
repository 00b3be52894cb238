//! Relations to many objects.

use std::fmt;
use std::marker::PhantomData;

use super::relation::{Bound, Loaded};
use super::{Model, ModelMeta, NotLoaded, RelationMeta, RelationSlot};
use crate::value::Value;

macro_rules! to_many {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<M> {
            owner: Bound,
            side: Option<(&'static ModelMeta, usize)>,
            loaded: Option<Loaded>,
            model: PhantomData<fn() -> M>,
        }

        impl<M: Model> $name<M> {
            /// A relation of an object that is not in the database yet.
            pub const fn new() -> Self {
                Self {
                    owner: Bound::One(Value::Null),
                    side: None,
                    loaded: None,
                    model: PhantomData,
                }
            }

            /// The objects, if `.prefetch(…)` loaded them.
            ///
            /// # Errors
            /// [`NotLoaded`], which says what to add to the query.
            pub fn get(&self) -> Result<&[M], NotLoaded> {
                self.loaded
                    .as_ref()
                    .and_then(|l| l.downcast_ref::<Vec<M>>())
                    .map(Vec::as_slice)
                    .ok_or_else(|| NotLoaded {
                        model: M::META.name,
                        hint: match self.relation() {
                            Some((_, r)) => format!(
                                "add `.prefetch(|x| x.{}())` to the query, or call `.query()`",
                                r.field
                            ),
                            None => "the object it belongs to is not saved".to_owned(),
                        },
                    })
            }

            /// Whether `.prefetch(…)` loaded the objects.
            pub fn is_loaded(&self) -> bool {
                self.loaded.is_some()
            }

            fn relation(&self) -> Option<(&'static ModelMeta, &'static RelationMeta)> {
                let (meta, i) = self.side?;
                Some((meta, meta.relations.get(i)?))
            }

            /// The owner's model, and the number of the relation.
            pub(crate) fn side(&self) -> Option<(&'static ModelMeta, usize)> {
                self.side
            }

            pub(crate) fn owner(&self) -> &Bound {
                &self.owner
            }
        }

        impl<M: Model> Default for $name<M> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<M> Clone for $name<M> {
            fn clone(&self) -> Self {
                Self {
                    owner: self.owner.clone(),
                    side: self.side,
                    loaded: self.loaded.clone(),
                    model: PhantomData,
                }
            }
        }

        /// The objects of a relation are no part of what an object is.
        impl<M> PartialEq for $name<M> {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }

        impl<M> Eq for $name<M> {}

        impl<M: Model> fmt::Debug for $name<M> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.get() {
                    Ok(objects) => write!(f, "[{} × {}]", objects.len(), M::META.name),
                    Err(_) => write!(f, "[{}, not loaded]", M::META.name),
                }
            }
        }

        impl<M: Model> RelationSlot for $name<M> {
            fn fill(&mut self, object: Option<Loaded>) {
                self.loaded = object;
            }

            fn bind(&mut self, owner: Bound, meta: &'static ModelMeta, relation: usize) {
                self.owner = owner;
                self.side = Some((meta, relation));
            }
        }
    };
}

to_many! {
    /// The objects of `M` that refer to this one.
    Reverse
}

to_many! {
    /// A set of objects of `M`, kept in a table of pairs.
    ManyToMany
}
