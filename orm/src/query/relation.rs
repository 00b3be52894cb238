//! Field handles of relations.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::{Assignment, Column, Condition, Expression, Operand, Pred, QuerySet, RelationValue};
use crate::ast::{AggregateFunc, Alias, BinaryOp, Expr, From, Join, JoinKind, Select, SelectItem};
use crate::model::{At, Here, Model, ModelMeta, Nullable, Place, RelationKind, Scalar};
use crate::value::{DbType, Value};

/// A relation to one object of `M`, in a query on `R`: dereferences to the fields of `M`.
///
/// The related table is joined only when a column beyond its key is used.
///
/// `K` is the type of what the relation refers to: the key, or the field that `to_field` names.
pub struct ToOne<R: 'static, M: Model, P: Place, K = <M as Model>::Key> {
    fields: M::Fields<R, P>,
    pub(crate) at: At,
    owner: At,
    relation: usize,
    key: PhantomData<fn() -> K>,
}

impl<R: 'static, M: Model, P: Place, K> fmt::Debug for ToOne<R, M, P, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToOne<{}>", M::META.name)
    }
}

impl<R: 'static, M: Model, P: Place, K> Deref for ToOne<R, M, P, K> {
    type Target = M::Fields<R, P>;
    fn deref(&self) -> &Self::Target {
        &self.fields
    }
}

impl<R: 'static, M: Model, P: Place, K> ToOne<R, M, P, K> {
    /// The relation of this number, where `owner` stands; for the derive.
    pub fn at(owner: &At, relation: usize) -> Self {
        let at = owner.hop(relation, P::NULLABLE);
        Self {
            fields: at.clone().into(),
            at,
            owner: owner.clone(),
            relation,
            key: PhantomData,
        }
    }

    /// Whether the relation is one of the query's own table, and its number.
    pub(crate) fn place(&self) -> (bool, usize) {
        (self.owner.is_table(), self.relation)
    }

    fn column(&self) -> usize {
        self.owner
            .relation_column(self.relation)
            .unwrap_or_default()
    }

    /// Number of the other model's column that the relation refers to.
    fn referred(&self) -> usize {
        self.owner.relation(self.relation).referred()
    }

    /// The referring column.
    pub(super) fn expression(&self) -> Expression<R, K, P>
    where
        K: DbType,
    {
        Expression::typed(self.owner.column(self.column()))
    }

    /// Refers to this object. An object that is not saved matches nothing.
    pub fn is(&self, object: &M) -> Pred<R>
    where
        K: Scalar,
    {
        let value = match object.key() {
            Some(_) => object.value(self.referred()),
            None => Value::Null,
        };
        match value {
            Value::Null => Pred::new(Expr::Or(Vec::new()), false),
            value => {
                let column = self.owner.column(self.column());
                let node = Expr::binary(column, BinaryOp::Eq, Expr::Value(value));
                Pred::new(node, P::NULLABLE)
            }
        }
    }

    /// Refers to the object with this key.
    pub fn eq<E: Operand<R, K>>(&self, key: E) -> Pred<R>
    where
        K: DbType,
    {
        self.expression().eq(key)
    }

    /// Does not refer to the object with this key; also true for NULL.
    pub fn ne<E: Operand<R, K>>(&self, key: E) -> Pred<R>
    where
        K: DbType,
    {
        self.expression().ne(key)
    }

    /// Refers to an object with one of these keys.
    pub fn is_in<V: Operand<R, K>>(&self, keys: impl IntoIterator<Item = V>) -> Pred<R>
    where
        K: DbType,
    {
        self.expression().is_in(keys)
    }

    /// Sets the relation: to a key, an object, or on a nullable relation an `Option`.
    pub fn set<V: RelationValue<M, P, K>>(&self, value: V) -> Assignment<R> {
        Assignment::new(
            self.column(),
            self.owner.is_table(),
            value.relation_value(self.referred()).map(Expr::Value),
        )
    }
}

impl<R: 'static, M: Model, P: Place, K> ToOne<R, M, P, K> {
    /// Refers to no object.
    pub fn is_null(&self) -> Pred<R>
    where
        P: Nullable,
    {
        Pred::new(
            Expr::IsNull(Box::new(self.owner.column(self.column()))),
            false,
        )
    }

    /// Refers to an object.
    pub fn is_not_null(&self) -> Pred<R>
    where
        P: Nullable,
    {
        Pred::new(
            Expr::IsNotNull(Box::new(self.owner.column(self.column()))),
            false,
        )
    }
}

/// A relation to many objects of `M`, in a query on `R`.
///
/// In conditions only as `any`, `all`, `none`, `exists` and `count`: no row is ever doubled.
pub struct ToMany<R, M> {
    pub(crate) owner: At,
    pub(crate) relation: usize,
    pub(crate) query: Option<QuerySet<M>>,
    marker: PhantomData<fn() -> (R, M)>,
}

impl<R, M: Model> fmt::Debug for ToMany<R, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToMany<{}>", M::META.name)
    }
}

impl<R: 'static, M: Model> ToMany<R, M> {
    /// The relation of this number, where `owner` stands; for the derive.
    pub fn at(owner: &At, relation: usize) -> Self {
        Self {
            owner: owner.clone(),
            relation,
            query: None,
            marker: PhantomData,
        }
    }

    /// For `prefetch`: loads only what this query matches, in its order, with what it prefetches.
    #[must_use]
    pub fn query(mut self, query: impl FnOnce(QuerySet<M>) -> QuerySet<M>) -> Self {
        self.query = Some(query(self.query.take().unwrap_or_default()));
        self
    }

    /// At least one of the objects meets the condition.
    pub fn any<C: Condition<M>>(
        &self,
        condition: impl FnOnce(&M::Fields<M, Here>) -> C,
    ) -> Pred<R> {
        self.owner_among(Some(condition), |pred| pred)
    }

    /// None of the objects meets the condition.
    pub fn none<C: Condition<M>>(
        &self,
        condition: impl FnOnce(&M::Fields<M, Here>) -> C,
    ) -> Pred<R> {
        !self.any(condition)
    }

    /// All of the objects meet the condition; also true where there is none.
    pub fn all<C: Condition<M>>(
        &self,
        condition: impl FnOnce(&M::Fields<M, Here>) -> C,
    ) -> Pred<R> {
        !self.owner_among(Some(condition), |pred| !pred)
    }

    /// There is at least one object.
    pub fn exists(&self) -> Pred<R> {
        #[expect(clippy::type_complexity, reason = "a type for `None`")]
        let no_condition: Option<fn(&M::Fields<M, Here>) -> Pred<M>> = None;
        self.owner_among(no_condition, |pred| pred)
    }

    /// The number of objects, by a subquery.
    pub fn count(&self) -> Expression<R, i64> {
        let link = link(self.owner.meta(), self.relation);
        let mut inner = Inner::new(self, false);
        let mut count = count_item();
        // An own table of pairs may hold a pair several times, which then counts once.
        if let Link::Pairs(pairs) = link
            && pairs.through.is_some()
            && let (Expr::Aggregate { arg, distinct, .. }, Expr::Column { table, .. }) =
                (&mut count.expr, &inner.owner)
        {
            *arg = Some(Box::new(Expr::column(*table, pairs.to)));
            *distinct = true;
        }
        inner.select.columns = vec![count];
        inner.select.filter = Some(Expr::binary(inner.owner, BinaryOp::Eq, self.owner_key()));
        Expression::typed(Expr::Scalar(Box::new(inner.select)))
    }

    fn owner_key(&self) -> Expr {
        self.owner.column(self.owner_column())
    }

    /// Number of the owner's column by which the objects name it.
    fn owner_column(&self) -> usize {
        let meta = self.owner.meta();
        meta.owner_column(self.relation).unwrap_or(meta.key[0])
    }

    /// The owner's key is among those that the matching objects belong to. Not correlated: SingleStore
    /// refuses most correlated subselects.
    fn owner_among<C: Condition<M>>(
        &self,
        condition: Option<impl FnOnce(&M::Fields<M, Here>) -> C>,
        change: impl FnOnce(Pred<M>) -> Pred<M>,
    ) -> Pred<R> {
        let mut inner = Inner::new(self, condition.is_some());
        let mut filter = vec![Expr::IsNotNull(Box::new(inner.owner.clone()))];
        if let Some(condition) = condition {
            let scope = self.owner.scope().inner();
            let at = At::table(scope.clone(), M::META, inner.target);
            let pred = change(condition(&at.into()).into_pred());
            filter.push(pred.node);
            let (joins, _) = scope.finish();
            inner.select.joins.extend(super::plan::joins(&joins));
        }
        inner.select.columns = vec![SelectItem {
            expr: inner.owner,
            alias: None,
        }];
        inner.select.filter = Some(Expr::And(filter));
        Pred::new(
            Expr::InSelect {
                expr: Box::new(self.owner_key()),
                select: Box::new(inner.select),
            },
            !self.owner.is_table() || self.owner.meta().columns[self.owner_column()].null,
        )
    }
}

/// `COUNT(*) AS n`.
pub(crate) fn count_item() -> SelectItem {
    SelectItem {
        expr: Expr::Aggregate {
            func: AggregateFunc::Count,
            arg: None,
            distinct: false,
            decimal: false,
        },
        alias: Some("n".into()),
    }
}

/// A select of the objects of a relation.
pub(crate) struct Inner {
    /// The select; no columns and no filter yet.
    pub(crate) select: Select,
    /// The column with the owner's key.
    pub(crate) owner: Expr,
    /// The alias of the objects' table.
    pub(crate) target: Alias,
}

impl Inner {
    fn new<R, M: Model>(relation: &ToMany<R, M>, with_target: bool) -> Self {
        let scope = relation.owner.scope();
        let link = link(relation.owner.meta(), relation.relation);
        Self::of(&link, M::META, with_target, || scope.alias())
    }

    pub(crate) fn of(
        link: &Link,
        target_meta: &'static ModelMeta,
        with_target: bool,
        mut alias: impl FnMut() -> Alias,
    ) -> Self {
        match *link {
            Link::Column(column) => {
                let target = alias();
                Self {
                    select: Select::from_table(target_meta.table, target),
                    owner: Expr::column(target, target_meta.columns[column].column),
                    target,
                }
            }
            Link::Pairs(Pairs {
                table, from, to, ..
            }) => {
                let pairs = alias();
                let target = alias();
                let mut select = Select::from_table(table, pairs);
                if with_target {
                    select.joins.push(Join {
                        kind: JoinKind::Inner,
                        source: From::Table {
                            name: target_meta.table.into(),
                            alias: target,
                        },
                        on: Expr::binary(
                            Expr::column(target, target_meta.single_key().map_or("", |k| k.column)),
                            BinaryOp::Eq,
                            Expr::column(pairs, to),
                        ),
                    });
                }
                Self {
                    select,
                    owner: Expr::column(pairs, from),
                    target,
                }
            }
        }
    }
}

/// How the objects of a to-many relation name their owner.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Link {
    /// By a column of their own.
    Column(usize),
    /// By a table of pairs.
    Pairs(Pairs),
}

/// A table of pairs, seen from one side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pairs {
    /// The table.
    pub(crate) table: &'static str,
    /// Its column with the owner's key.
    pub(crate) from: &'static str,
    /// Its column with the object's key.
    pub(crate) to: &'static str,
    /// The table's own model, if it has one.
    pub(crate) through: Option<&'static ModelMeta>,
    /// Whether each pair stands there in both directions.
    pub(crate) symmetrical: bool,
}

impl Pairs {
    fn of(kind: &RelationKind) -> Option<Self> {
        match *kind {
            RelationKind::ManyToMany {
                table,
                from,
                to,
                through,
                symmetrical,
            } => Some(Self {
                table,
                from,
                to,
                through: through.map(|meta| meta()),
                symmetrical,
            }),
            _ => None,
        }
    }

    /// The same seen from the other side.
    fn turned(self) -> Self {
        Self {
            from: self.to,
            to: self.from,
            ..self
        }
    }
}

pub(crate) fn link(owner: &'static ModelMeta, relation: usize) -> Link {
    let relation = &owner.relations[relation];
    match relation.kind {
        RelationKind::Reverse { by, .. } => {
            let target = (relation.target)();
            let other = target.relations.iter().find(|r| r.field == by);
            match other.and_then(|r| Pairs::of(&r.kind)) {
                Some(pairs) => Link::Pairs(pairs.turned()),
                None => Link::Column(target.to_one_column(by).unwrap_or_default()),
            }
        }
        RelationKind::ToOne { column, .. } => Link::Column(column),
        RelationKind::ManyToMany { .. } => match Pairs::of(&relation.kind) {
            Some(pairs) => Link::Pairs(pairs),
            None => Link::Column(0),
        },
    }
}

/// What `to_field` may name in the other model: a column, or a relation, of type `K`.
#[diagnostic::on_unimplemented(
    message = "the field that `to_field` names is not of type `{K}`, which this relation holds",
    label = "not the type of the field referred to",
    note = "its type stands second in the relation's type: `ForeignKey<Country, String>` where the field is a `String`"
)]
pub trait Referred<K> {}

impl<R, K, P: Place> Referred<K> for Column<R, K, P> {}
impl<R, M: Model, P: Place, K> Referred<K> for ToOne<R, M, P, K> {}

/// Checks the type of the field that `to_field` names; for the derive.
pub fn referred<K>(_: &impl Referred<K>) {}
