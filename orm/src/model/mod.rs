//! What the derive implements: the [`Model`] trait, its metadata, and the relation types.
//!
//! No I/O here. The one decision behind it: a relation holds the key and a type-erased cache, so
//! that the auto traits of a model never depend on those of the models it refers to.

mod auto;
mod checks;
mod def;
mod erased;
mod invalid;
mod key;
mod meta;
mod object;
mod path;
mod place;
mod registry;
mod relation;
mod to_many;
pub mod validators;

pub use auto::Auto;
pub(crate) use checks::same_text;
pub use checks::{
    check_name, check_object, check_reverse, check_to_field, reverse_owner, through_column,
};
pub use erased::{AnyModel, View};
pub use invalid::{Invalid, ValidationErrors, not_decoded};
pub use key::{HashKey, Key, Scalar};
pub use meta::{
    ColumnExtra, ColumnMeta, Default as DefaultMeta, IndexMeta, LiteralMeta, ModelExtra, ModelMeta,
    RelationKind, RelationMeta, ValidateColumn, ValidateObject,
};
pub use object::{ForeignObject, SeveralFields};
pub use path::{At, JoinNode, Joins, Scope};
pub use place::{Here, Maybe, Nullable, Place};
pub(crate) use registry::is_reference_table;
pub use registry::{Registered, registered, registered_model};
pub use relation::{Bound, ForeignKey, NotLoaded, OneToOne, RefersTo, RelationSlot};
pub use to_many::{ManyToMany, Reverse};

use crate::value::{DecodeError, RowReader, Value};

/// A struct that is kept in a table; implemented by `#[derive(Model)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "put `#[derive(Model)]` on the struct"
)]
pub trait Model: Sized + Send + Sync + 'static {
    /// The type of the primary key: that of its column, or a tuple for several.
    type Key: Key;
    /// The typed field handles that closures get.
    type Fields<R: 'static, P: Place>: From<At>;
    /// Table, columns and relations.
    const META: &'static ModelMeta;

    /// Reads one object from the next columns of a row, in the order of [`ModelMeta::columns`].
    ///
    /// # Errors
    /// [`DecodeError`] if a value does not fit its field.
    fn from_row(row: &mut RowReader<'_>) -> Result<Self, DecodeError>;

    /// The primary key; `None` while a part of it is not known, as before an insert.
    fn key(&self) -> Option<Self::Key>;

    /// The value of a column.
    fn value(&self, column: usize) -> Value;

    /// Appends the values of all columns, reusing what `self` owns.
    fn into_values(self, out: &mut Vec<Value>);

    /// Changes the value of a column.
    ///
    /// # Errors
    /// [`DecodeError`] if the value does not fit the field.
    fn put(&mut self, column: usize, value: Value) -> Result<(), DecodeError>;

    /// The relation of this number, to fill its cache.
    fn slot(&mut self, relation: usize) -> Option<&mut dyn RelationSlot>;
}

/// Tells the to-many relations of an object whose they are; called after each read.
pub fn bind<M: Model>(object: &mut M) {
    for (i, relation) in M::META.relations.iter().enumerate() {
        if !matches!(relation.kind, RelationKind::ToOne { .. }) {
            bind_one(object, i);
        }
    }
}

/// Tells all relations of an object whose they are; called after each insert.
pub(crate) fn bind_all<M: Model>(object: &mut M) {
    for i in 0..M::META.relations.len() {
        bind_one(object, i);
    }
}

/// Tells the relations that go by other fields than the key what their values are now; called after
/// each update.
pub(crate) fn rebind<M: Model>(object: &mut M) {
    for i in 0..M::META.relations.len() {
        let columns = M::META.bound_columns(i);
        if columns.iter().any(|c| !M::META.key.contains(c)) {
            bind_one(object, i);
        }
    }
}

fn bind_one<M: Model>(object: &mut M, relation: usize) {
    let owner = Bound::of(object, M::META.bound_columns(relation));
    if let Some(slot) = object.slot(relation) {
        slot.bind(owner, M::META, relation);
    }
}

/// The type of a field of an abstract base, by its number; for the derive.
pub trait BaseField<const FIELD: usize> {
    /// The whole type.
    type Type;
    /// The type without `Option` or `Auto`.
    type Inner;
}

/// Relations by number, for code that does not know the model's type.
pub trait Slots {
    /// The relation of this number, to fill its cache.
    fn slot_of(&mut self, relation: usize) -> Option<&mut dyn RelationSlot>;

    /// What finds an object of this type behind a pointer that has forgotten it.
    fn view(&self) -> View;
}

impl<M: Model> Slots for M {
    fn slot_of(&mut self, relation: usize) -> Option<&mut dyn RelationSlot> {
        self.slot(relation)
    }

    fn view(&self) -> View {
        erased::view::<M>
    }
}

/// Fills the relations of an object that was just read, from the columns after its own.
pub type FillFn<'f> =
    &'f mut dyn FnMut(&mut dyn Slots, &mut RowReader<'_>) -> Result<(), DecodeError>;

/// Reads an object whose type only its metadata knows.
pub type ReadFn =
    for<'f> fn(&mut RowReader<'_>, FillFn<'f>) -> Result<relation::Loaded, DecodeError>;

/// Reads one object: the reader of many rows alone has the code of `from_row` in itself.
#[inline(never)]
pub(crate) fn read_one<M: Model>(row: &mut RowReader<'_>) -> Result<M, DecodeError> {
    M::from_row(row)
}

/// The [`ReadFn`] of a model; for the derive.
///
/// # Errors
/// [`DecodeError`] if a value does not fit its field.
pub fn read_erased<M: Model>(
    row: &mut RowReader<'_>,
    fill: FillFn<'_>,
) -> Result<std::sync::Arc<dyn std::any::Any + Send + Sync>, DecodeError> {
    let mut object: M = read_one(row)?;
    fill(&mut object, row)?;
    Ok(std::sync::Arc::new(object))
}
