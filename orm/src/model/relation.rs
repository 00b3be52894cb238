//! Relations to one object.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use orm_schema::FieldType;

use super::{Model, ModelMeta, Scalar};
use crate::value::{DbType, DecodeError, Value, ValueRef};

/// What a loaded relation is kept as: type-erased, so that models do not depend on one another's
/// auto traits.
pub(crate) type Loaded = Arc<dyn Any + Send + Sync>;

/// An access to a relation that was not loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{model}` is not loaded: {hint}")]
pub struct NotLoaded {
    pub(crate) model: &'static str,
    pub(crate) hint: String,
}

/// A relation's cache, filled by the query layer.
pub trait RelationSlot {
    /// Puts the loaded object in; `None` is a NULL relation.
    fn fill(&mut self, object: Option<Arc<dyn Any + Send + Sync>>);

    /// Says whose relation it is; only to-many relations need to know.
    fn bind(&mut self, owner: Value, meta: &'static ModelMeta, relation: usize) {
        let _ = (owner, meta, relation);
    }
}

/// A relation that knows the name of its field, for messages.
pub trait Named: Sized {
    /// Says the name.
    #[must_use]
    fn named(self, field: &'static str) -> Self;
}

impl<T: Named> Named for Option<T> {
    fn named(self, field: &'static str) -> Self {
        self.map(|relation| relation.named(field))
    }
}

macro_rules! to_one {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<M: Model> {
            key: M::Key,
            loaded: Option<Loaded>,
            /// The field, for messages; empty until a row was read.
            field: &'static str,
            model: PhantomData<fn() -> M>,
        }

        impl<M: Model> Named for $name<M> {
            fn named(mut self, field: &'static str) -> Self {
                self.field = field;
                self
            }
        }

        impl<M: Model> $name<M> {
            /// Refers to the object with this key.
            pub fn new(key: M::Key) -> Self {
                Self {
                    key,
                    loaded: None,
                    field: "",
                    model: PhantomData,
                }
            }

            /// The key of the object referred to.
            pub fn id(&self) -> &M::Key {
                &self.key
            }

            /// The object, if a query loaded it.
            ///
            /// # Errors
            /// [`NotLoaded`], which says what to add to the query.
            pub fn get(&self) -> Result<&M, NotLoaded> {
                self.loaded
                    .as_ref()
                    .and_then(|l| l.downcast_ref::<M>())
                    .ok_or_else(|| NotLoaded {
                        model: M::META.name,
                        hint: match self.field {
                            "" => "call `.fetch(&db)`".to_owned(),
                            field => format!(
                                "add `.with(|x| x.{field}())` to the query, or call `.{field}.fetch(&db)`"
                            ),
                        },
                    })
            }

            /// Whether a query loaded the object.
            pub fn is_loaded(&self) -> bool {
                self.loaded.is_some()
            }

            /// Refers to another key; a loaded object is forgotten when the key changes.
            pub fn set(&mut self, key: M::Key) {
                if key != self.key {
                    self.loaded = None;
                }
                self.key = key;
            }
        }

        impl<M: Model> Clone for $name<M> {
            fn clone(&self) -> Self {
                Self {
                    key: self.key.clone(),
                    loaded: self.loaded.clone(),
                    field: self.field,
                    model: PhantomData,
                }
            }
        }

        /// Two relations are equal when they refer to the same key.
        impl<M: Model> PartialEq for $name<M> {
            fn eq(&self, other: &Self) -> bool {
                self.key == other.key
            }
        }

        impl<M: Model> Eq for $name<M> {}

        impl<M: Model> std::hash::Hash for $name<M> {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.key.hash(state);
            }
        }

        impl<M: Model> fmt::Debug for $name<M> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", M::META.name, self.key)
            }
        }

        impl<M: Model> DbType for $name<M>
        where
            M::Key: Scalar,
        {
            const TYPE: FieldType = <M::Key as DbType>::TYPE;
            fn to_value(&self) -> Value {
                self.key.to_value()
            }
            fn from_value(value: Value) -> Result<Self, DecodeError> {
                M::Key::from_value(value).map(Self::new)
            }
            #[inline]
            fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
                M::Key::from_ref(value).map(Self::new)
            }
        }

        impl<M: Model> RelationSlot for $name<M> {
            fn fill(&mut self, object: Option<Loaded>) {
                self.loaded = object;
            }
        }

        impl<M: Model> RelationSlot for Option<$name<M>> {
            fn fill(&mut self, object: Option<Loaded>) {
                if let Some(relation) = self {
                    relation.loaded = object;
                }
            }
        }
    };
}

to_one! {
    /// A reference to one object of `M`; many objects may refer to the same one.
    ///
    /// Holds the key, and once a query loaded it, the object.
    ForeignKey
}

to_one! {
    /// A reference to one object of `M` that no other object of this model refers to.
    ///
    /// Holds the key, and once a query loaded it, the object.
    OneToOne
}
