//! Relations to one object.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use orm_schema::FieldType;

use super::{Key, Model, ModelMeta, RelationMeta, Scalar};
use crate::value::{DbType, DecodeError, RowReader, Value, ValueRef};

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

    /// Says whose relation it is.
    fn bind(&mut self, owner: Bound, meta: &'static ModelMeta, relation: usize) {
        let _ = (owner, meta, relation);
    }
}

/// The values by which a relation finds its objects, as the row has them.
#[derive(Debug, Clone)]
pub enum Bound {
    /// Of one column.
    One(Value),
    /// Of several.
    Many(Vec<Value>),
}

impl Bound {
    /// The values of some columns.
    pub(crate) fn of<M: Model>(object: &M, columns: &[usize]) -> Self {
        match columns {
            [] => Self::One(Value::Null),
            &[one] => Self::One(object.value(one)),
            many => Self::Many(many.iter().map(|&c| object.value(c)).collect()),
        }
    }

    /// The values.
    pub(crate) fn values(&self) -> &[Value] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }

    /// Whether any of them is NULL, so that there is nothing to find.
    pub(crate) fn is_null(&self) -> bool {
        self.values().iter().any(Value::is_null)
    }
}

/// A relation to one object, as the type of a field.
pub trait RefersTo: Sized {
    /// The type of the column referred to.
    type Key: Key;

    /// Refers to the object with this key by this relation of the model.
    fn by(key: Self::Key, relation: &'static RelationMeta) -> Self;

    /// Reads the key from the next column, and makes the rest where it stays.
    ///
    /// # Errors
    /// [`DecodeError`] if the value is no such key.
    #[inline]
    fn read(row: &mut RowReader<'_>, relation: &'static RelationMeta) -> Result<Self, DecodeError>
    where
        Self::Key: DbType,
    {
        Ok(Self::by(row.get()?, relation))
    }
}

impl<T: RefersTo> RefersTo for Option<T> {
    type Key = T::Key;

    #[inline]
    fn by(key: T::Key, relation: &'static RelationMeta) -> Self {
        Some(T::by(key, relation))
    }

    #[inline]
    fn read(row: &mut RowReader<'_>, relation: &'static RelationMeta) -> Result<Self, DecodeError>
    where
        T::Key: DbType,
    {
        let key: Option<T::Key> = row.get()?;
        Ok(key.map(|key| T::by(key, relation)))
    }
}

macro_rules! to_one {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<M: Model, K = <M as Model>::Key> {
            key: K,
            loaded: Option<Loaded>,
            /// Which relation it is; `None` until a row was read or written.
            relation: Option<&'static RelationMeta>,
            model: PhantomData<fn() -> M>,
        }

        impl<M: Model, K: Key> RefersTo for $name<M, K> {
            type Key = K;

            #[inline]
            fn by(key: K, relation: &'static RelationMeta) -> Self {
                Self {
                    key,
                    loaded: None,
                    relation: Some(relation),
                    model: PhantomData,
                }
            }
        }

        impl<M: Model, K: Key> $name<M, K> {
            /// Refers to the object with this key: the value of its primary key, or of the field that
            /// `to_field` names.
            pub fn new(key: K) -> Self {
                Self {
                    key,
                    loaded: None,
                    relation: None,
                    model: PhantomData,
                }
            }

            /// The key of the object referred to.
            pub fn id(&self) -> &K {
                &self.key
            }

            /// Which relation it is, once a row was read or written.
            pub(crate) fn relation(&self) -> Option<&'static RelationMeta> {
                self.relation
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
                        hint: match self.relation {
                            None => "call `.fetch(&db)`".to_owned(),
                            Some(RelationMeta { field, .. }) => format!(
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
            pub fn set(&mut self, key: K) {
                if key != self.key {
                    self.loaded = None;
                }
                self.key = key;
            }
        }

        impl<M: Model, K: Clone> Clone for $name<M, K> {
            fn clone(&self) -> Self {
                Self {
                    key: self.key.clone(),
                    loaded: self.loaded.clone(),
                    relation: self.relation,
                    model: PhantomData,
                }
            }
        }

        /// Two relations are equal when they refer to the same key.
        impl<M: Model, K: PartialEq> PartialEq for $name<M, K> {
            fn eq(&self, other: &Self) -> bool {
                self.key == other.key
            }
        }

        impl<M: Model, K: Eq> Eq for $name<M, K> {}

        impl<M: Model, K: std::hash::Hash> std::hash::Hash for $name<M, K> {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.key.hash(state);
            }
        }

        impl<M: Model, K: fmt::Debug> fmt::Debug for $name<M, K> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", M::META.name, self.key)
            }
        }

        impl<M: Model, K: Key + Scalar> DbType for $name<M, K> {
            const TYPE: FieldType = K::TYPE;
            fn to_value(&self) -> Value {
                self.key.to_value()
            }
            #[inline]
            fn from_value(value: Value) -> Result<Self, DecodeError> {
                K::from_value(value).map(Self::new)
            }
            #[inline]
            fn from_ref(value: ValueRef<'_>) -> Result<Self, DecodeError> {
                K::from_ref(value).map(Self::new)
            }
        }

        impl<M: Model, K: Key> RelationSlot for $name<M, K> {
            fn fill(&mut self, object: Option<Loaded>) {
                self.loaded = object;
            }

            fn bind(&mut self, _: Bound, meta: &'static ModelMeta, relation: usize) {
                self.relation = meta.relations.get(relation);
            }
        }

        impl<M: Model, K: Key> RelationSlot for Option<$name<M, K>> {
            fn fill(&mut self, object: Option<Loaded>) {
                if let Some(relation) = self {
                    relation.fill(object);
                }
            }

            fn bind(&mut self, owner: Bound, meta: &'static ModelMeta, relation: usize) {
                if let Some(slot) = self {
                    slot.bind(owner, meta, relation);
                }
            }
        }
    };
}

to_one! {
    /// A reference to one object of `M`; many objects may refer to the same one.
    ///
    /// Holds the key, and once a query loaded it, the object. With `to_field` it holds the value of
    /// that field, whose type stands second: `ForeignKey<Country, String>`.
    ForeignKey
}

to_one! {
    /// A reference to one object of `M` that no other object of this model refers to.
    ///
    /// Holds the key, and once a query loaded it, the object. With `to_field` it holds the value of
    /// that field, whose type stands second: `OneToOne<Country, String>`.
    OneToOne
}
