//! What receivers are told.

use std::fmt;

use crate::backend::Transaction;
use crate::error::Result;
use crate::model::{AnyModel, Model, ModelMeta};
use crate::value::{DbType, Value};

/// What sends signals: a model, or `dyn AnyModel` for all of them.
pub trait Sends: Send + Sync + 'static {
    /// The model; `None` is all.
    #[doc(hidden)]
    fn model() -> Option<&'static ModelMeta>;
    #[doc(hidden)]
    fn narrow(object: &dyn AnyModel) -> Option<&Self>;
    #[doc(hidden)]
    fn narrow_mut(object: &mut dyn AnyModel) -> Option<&mut Self>;
}

impl<M: Model> Sends for M {
    fn model() -> Option<&'static ModelMeta> {
        Some(M::META)
    }

    fn narrow(object: &dyn AnyModel) -> Option<&Self> {
        object.downcast_ref()
    }

    fn narrow_mut(object: &mut dyn AnyModel) -> Option<&mut Self> {
        object.downcast_mut()
    }
}

impl Sends for dyn AnyModel {
    fn model() -> Option<&'static ModelMeta> {
        None
    }

    fn narrow(object: &dyn AnyModel) -> Option<&Self> {
        Some(object)
    }

    fn narrow_mut(object: &mut dyn AnyModel) -> Option<&mut Self> {
        Some(object)
    }
}

/// Before an object is saved, by `create`, `insert`, `save`, `save_fields`, `save_changed` and what
/// creates or updates one object by them. The receiver may change it.
///
/// Where `create` leaves a field to the database, the object holds an empty value of its type (`0`, `""`)
/// until then; another one that the receiver puts there is saved. A type without an empty value makes it
/// an error that says what to do. What is put into computed columns is not kept.
///
/// Django: `pre_save`.
#[non_exhaustive]
pub struct PreSave<'a, O: Sends + ?Sized> {
    /// What is saved.
    pub object: &'a mut O,
    /// The transaction of the save.
    pub tx: &'a Transaction,
    /// The fields that alone are saved, of `save_fields` and `save_changed`; `None` is all. What a
    /// receiver changes of other fields is saved by `save_changed` only.
    pub update_fields: Option<&'a [&'static str]>,
}

/// After an object was saved, in the same transaction.
///
/// Django: `post_save`.
#[non_exhaustive]
pub struct PostSave<'a, O: Sends + ?Sized> {
    /// What was saved, with its key.
    pub object: &'a O,
    /// The transaction of the save. What is to happen only once it is committed, as a mail, goes to
    /// [`on_commit`](Transaction::on_commit).
    pub tx: &'a Transaction,
    /// Whether a row was inserted, and not updated.
    pub created: bool,
    /// As [`PreSave::update_fields`]; of `save_changed` with those that receivers have changed.
    pub update_fields: Option<&'a [&'static str]>,
}

/// Before anything of a delete is deleted: for each object that goes, those of cascades too, as its row
/// is at that time.
///
/// Django: `pre_delete`.
#[non_exhaustive]
pub struct PreDelete<'a, O: Sends + ?Sized> {
    /// What goes.
    pub object: &'a O,
    /// The transaction of the delete.
    pub tx: &'a Transaction,
    /// What was asked to be deleted.
    pub origin: Origin,
}

/// After the rows of a model were deleted: for each object that went, in the same transaction.
///
/// Django: `post_delete`.
#[non_exhaustive]
pub struct PostDelete<'a, O: Sends + ?Sized> {
    /// What went.
    pub object: &'a O,
    /// The transaction of the delete.
    pub tx: &'a Transaction,
    /// What was asked to be deleted.
    pub origin: Origin,
}

/// Where a delete began: with an object or a query of this model. An object of another model went by a
/// cascade.
///
/// Django: the argument `origin`.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Origin {
    /// `object.delete(…)`.
    Object(&'static ModelMeta),
    /// `query.delete(…)`, or objects taken out of a set whose table of pairs has a model.
    Query(&'static ModelMeta),
}

impl Origin {
    /// The model.
    pub fn model(&self) -> &'static ModelMeta {
        match self {
            Self::Object(meta) | Self::Query(meta) => meta,
        }
    }
}

/// Before or after objects are put into a many-to-many set or taken out, from either side. The model
/// that declares the field is the one that sends it.
///
/// Django: `m2m_changed`.
#[derive(Debug)]
#[non_exhaustive]
pub struct M2mChanged<'a> {
    /// What happens.
    pub action: M2mAction,
    /// The field, by its name in the model that declares it.
    pub field: &'static str,
    /// Whether the set is changed from its other side: the owner is of the model that the field names.
    pub reverse: bool,
    /// The model of the object whose set it is.
    pub owner_model: &'static ModelMeta,
    /// The key of that object.
    pub owner: &'a Value,
    /// The model of the objects in the set.
    pub model: &'static ModelMeta,
    /// The keys of the objects: of those that were not in the set before an add; of those that a remove
    /// names. None on clear. Django: `pk_set`.
    pub keys: &'a [Value],
    /// The transaction of the change.
    pub tx: &'a Transaction,
}

impl M2mChanged<'_> {
    /// The key of the object whose set it is.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) if keys of that model are of another type.
    pub fn owner_as<K: DbType>(&self) -> Result<K> {
        Ok(K::from_value(self.owner.clone())?)
    }

    /// The keys of the objects.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) if keys of their model are of another type.
    pub fn keys_as<K: DbType>(&self) -> Result<Vec<K>> {
        let keys = self.keys.iter().cloned();
        Ok(keys.map(K::from_value).collect::<Result<_, _>>()?)
    }
}

/// What happens to a many-to-many set. `set` removes and then adds, as far as there is something to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum M2mAction {
    /// Objects will be put in.
    PreAdd,
    /// Objects were put in.
    PostAdd,
    /// Objects will be taken out.
    PreRemove,
    /// Objects were taken out.
    PostRemove,
    /// All objects will be taken out.
    PreClear,
    /// All objects were taken out.
    PostClear,
}

/// The type of an event, whatever it borrows: `PreSave<'static, Article>` stands for all
/// `PreSave<'_, Article>`.
pub trait Event: Sized + 'static {
    /// The event itself.
    type At<'a>;
    /// The same of any model.
    #[doc(hidden)]
    type Any: Event;
    #[doc(hidden)]
    fn narrow<'a>(event: <Self::Any as Event>::At<'a>) -> Option<Self::At<'a>>;
}

impl<O: Sends + ?Sized> Event for PreSave<'static, O> {
    type At<'a> = PreSave<'a, O>;
    type Any = PreSave<'static, dyn AnyModel>;

    fn narrow<'a>(event: <Self::Any as Event>::At<'a>) -> Option<Self::At<'a>> {
        Some(PreSave {
            object: O::narrow_mut(event.object)?,
            tx: event.tx,
            update_fields: event.update_fields,
        })
    }
}

impl<O: Sends + ?Sized> Event for PostSave<'static, O> {
    type At<'a> = PostSave<'a, O>;
    type Any = PostSave<'static, dyn AnyModel>;

    fn narrow<'a>(event: <Self::Any as Event>::At<'a>) -> Option<Self::At<'a>> {
        Some(PostSave {
            object: O::narrow(event.object)?,
            tx: event.tx,
            created: event.created,
            update_fields: event.update_fields,
        })
    }
}

macro_rules! deletes {
    ($($name:ident)*) => {$(
        impl<O: Sends + ?Sized> Event for $name<'static, O> {
            type At<'a> = $name<'a, O>;
            type Any = $name<'static, dyn AnyModel>;

            fn narrow<'a>(event: <Self::Any as Event>::At<'a>) -> Option<Self::At<'a>> {
                Some($name {
                    object: O::narrow(event.object)?,
                    tx: event.tx,
                    origin: event.origin,
                })
            }
        }
    )*};
}
deletes!(PreDelete PostDelete);

impl Event for M2mChanged<'static> {
    type At<'a> = M2mChanged<'a>;
    type Any = Self;

    fn narrow<'a>(event: <Self::Any as Event>::At<'a>) -> Option<Self::At<'a>> {
        Some(event)
    }
}

macro_rules! debug {
    ($($name:ident: $($field:ident)*;)*) => {$(
        impl<O: Sends + ?Sized> fmt::Debug for $name<'_, O> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let model = O::model().map_or("any model", |m| m.name);
                f.debug_struct(stringify!($name))
                    .field("model", &model)
                    $(.field(stringify!($field), &self.$field))*
                    .finish_non_exhaustive()
            }
        }
    )*};
}
debug! {
    PreSave: update_fields;
    PostSave: created update_fields;
    PreDelete: origin;
    PostDelete: origin;
}
