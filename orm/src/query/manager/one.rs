//! Relations to one object.

use std::any::Any;

use crate::ast::{BinaryOp, Expr};
use crate::backend::Executor;
use crate::error::{Error, Result};
use crate::model::{
    ForeignKey, ForeignObject, Key, Model, ModelMeta, OneToOne, RelationKind, RelationMeta, Scalar,
    registered,
};
use crate::query::plan::ROOT;
use crate::query::relation::ties::among;
use crate::query::{QuerySet, Record};

macro_rules! fetch {
    ($($name:ident),*) => {$(
        impl<M: Model, K: Key + Scalar> $name<M, K>
        where
            M::Key: Scalar,
        {
            /// Reads the object referred to, whether a query loaded it or not.
            ///
            /// SQL: one `SELECT`.
            ///
            /// # Errors
            /// [`Error::DoesNotExist`] if the row is gone. [`Error::Usage`] if the key was given by
            /// [`new`](Self::new) to a model that is also referred to by `to_field`, and nothing says
            /// yet which relation this is: a read or an insert of the object that holds it does.
            pub async fn fetch(&self, db: &impl Executor) -> Result<M> {
                match key_of::<M>(self.id(), self.relation())? {
                    Some(key) => <M as Record>::get(db, key).await,
                    None => by_field(self.id(), self.relation()).get(db).await,
                }
            }
        }

        impl<M: Model> $name<M> {
            /// Refers to a saved object, by its key.
            ///
            /// # Errors
            /// [`Error::Usage`] if the object is not saved, or if relations also refer to its model
            /// by `to_field`: write `new` with the value of the field.
            pub fn to(object: &M) -> Result<Self> {
                let name = M::META.name;
                if let Some(field) = named_by_others::<M>() {
                    return Err(Error::Usage(format!(
                        "a relation to {name} may refer to its key or to `{field}`: say the value by `new(…)`"
                    )));
                }
                object.key().map(Self::new).ok_or_else(|| {
                    Error::Usage(format!(
                        "the {name} is not saved, so nothing can refer to it"
                    ))
                })
            }
        }
    )*};
}
fetch!(ForeignKey, OneToOne);

impl<M: Model> ForeignObject<M> {
    /// Reads the object referred to, whether a query loaded it or not; `None` where a field is NULL or
    /// no row has these values. The fields count as the row had them when it was read or written last.
    ///
    /// SQL: one `SELECT`, or none.
    ///
    /// # Errors
    /// [`Error::Usage`] if the object that holds it is not saved.
    pub async fn fetch(&self, db: &impl Executor) -> Result<Option<M>> {
        let (Some(relation), bound) = self.bound() else {
            return Err(Error::Usage(format!(
                "this relation to {} belongs to an object that is not saved: insert it first",
                M::META.name
            )));
        };
        if bound.is_null() {
            return Ok(None);
        }
        let there = relation.ties().into_iter();
        let columns = there.map(|(_, c)| Expr::column(ROOT, M::META.columns[c].column));
        let mut query = QuerySet::<M>::new();
        query
            .plan
            .add_filter(among(columns.collect(), bound.values()));
        query.get_opt(db).await
    }
}

/// The key of the object referred to; `None` if the relation refers by another field.
fn key_of<M: Model>(
    held: &dyn Any,
    relation: Option<&'static RelationMeta>,
) -> Result<Option<M::Key>> {
    let key = held.downcast_ref::<M::Key>().cloned();
    match (relation, named_by_others::<M>()) {
        (Some(relation), _) if M::META.key == [relation.referred()] => Ok(key),
        (Some(_), _) => Ok(None),
        (None, None) => Ok(key),
        (None, Some(field)) => Err(Error::Usage(ambiguous::<M>(field))),
    }
}

/// A query by the field that the relation refers to.
fn by_field<M: Model>(held: &impl Scalar, relation: Option<&'static RelationMeta>) -> QuerySet<M> {
    let column = relation.map_or(M::META.key[0], RelationMeta::referred);
    let mut query = QuerySet::<M>::new();
    query.plan.add_filter(Expr::binary(
        Expr::column(ROOT, M::META.columns[column].column),
        BinaryOp::Eq,
        Expr::Value(held.to_value()),
    ));
    query
}

/// The field of `M` by which a linked model refers to it instead of by its key.
fn named_by_others<M: Model>() -> Option<&'static str> {
    registered()
        .flat_map(|m| m.relations)
        .find_map(|r| match r.kind {
            RelationKind::ToOne {
                to_field: Some(field),
                ..
            } if is::<M>((r.target)()) && M::META.key != [r.referred()] => Some(field),
            _ => None,
        })
}

fn is<M: Model>(meta: &ModelMeta) -> bool {
    (meta.app, meta.name) == (M::META.app, M::META.name)
}

fn ambiguous<M: Model>(field: &str) -> String {
    let name = M::META.name;
    format!(
        "a relation to {name} may refer to its key or to `{field}`, and nothing says yet which this one does: save or read the object that holds it first, or ask by `{name}::objects().filter(…)`"
    )
}
