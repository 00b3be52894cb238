//! Field handles of relations.

mod owned;
pub(crate) mod ties;

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::{
    Assignment, Column, Condition, Expression, List, Operand, Pred, QuerySet, RelationValue,
};
use crate::ast::{AggregateFunc, Alias, BinaryOp, Expr, From, Join, JoinKind, Select, SelectItem};
use crate::model::{At, Here, Model, ModelMeta, Nullable, Place, RelationKind, Scalar};
use crate::value::DbType;

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

    fn ties(&self) -> Vec<(usize, usize)> {
        self.owner.relation(self.relation).ties()
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
    pub fn is(&self, object: &M) -> Pred<R> {
        let nothing = || Pred::new(Expr::Or(Vec::new()), false);
        if object.key().is_none() {
            return nothing();
        }
        let mut equal = Vec::new();
        for (here, there) in self.ties() {
            let value = object.value(there);
            if value.is_null() {
                return nothing();
            }
            let column = self.owner.column(here);
            equal.push(Expr::binary(column, BinaryOp::Eq, Expr::Value(value)));
        }
        let node = match equal.len() {
            1 => equal.remove(0),
            _ => Expr::And(equal),
        };
        Pred::new(node, P::NULLABLE)
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
    pub fn is_in<V: Operand<R, K>>(&self, keys: impl List<V>) -> Pred<R>
    where
        K: DbType,
    {
        self.expression().is_in(keys)
    }

    /// Sets the relation: to a key, an object, or on a nullable relation an `Option`.
    pub fn set<V: RelationValue<M, P, K>>(&self, value: V) -> Assignment<R>
    where
        K: Scalar,
    {
        Assignment::new(
            self.column(),
            self.owner.is_table(),
            value.relation_value(self.referred()).map(Expr::Value),
        )
    }
}

impl<R: 'static, M: Model, P: Place, K> ToOne<R, M, P, K> {
    /// Refers to no object: its column, or one of several, is NULL.
    pub fn is_null(&self) -> Pred<R>
    where
        P: Nullable,
    {
        let null = |(here, _)| Expr::IsNull(Box::new(self.owner.column(here)));
        let mut columns: Vec<Expr> = self.ties().into_iter().map(null).collect();
        let node = match columns.len() {
            1 => columns.remove(0),
            _ => Expr::Or(columns),
        };
        Pred::new(node, false)
    }

    /// Refers to an object.
    pub fn is_not_null(&self) -> Pred<R>
    where
        P: Nullable,
    {
        let there = |(here, _)| Expr::IsNotNull(Box::new(self.owner.column(here)));
        let mut columns: Vec<Expr> = self.ties().into_iter().map(there).collect();
        let node = match columns.len() {
            1 => columns.remove(0),
            _ => Expr::And(columns),
        };
        Pred::new(node, false)
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

    /// Only the objects that this query matches. For `prefetch`: in its order, with what it prefetches.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// // How many articles of each author are read. Django: `Count("articles", filter=Q(…))`.
    /// let read = Author::objects()
    ///     .annotate(|a| a.articles().query(|q| q.filter(|x| x.views().gt(100))).count())
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!((read[0].1, read[1].1), (1, 0));
    /// # Ok(()) }) }
    /// ```
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
        if self.query.is_some() {
            return self.aggregate(|_| super::count());
        }
        let link = link(self.owner.meta(), self.relation);
        let inner = Inner::new(self, false);
        let mut count = count_item();
        // An own table of pairs may hold a pair several times, which then counts once.
        if let Link::Pairs(pairs) = link
            && pairs.through.is_some()
            && let (Expr::Aggregate { arg, distinct, .. }, Some(Expr::Column { table, .. })) =
                (&mut count.expr, inner.owner.first())
        {
            *arg = Some(Box::new(Expr::column(*table, pairs.to)));
            *distinct = true;
        }
        let equal = self.equal(&inner);
        let select = Select {
            columns: vec![count],
            filter: Some(equal),
            ..inner.select
        };
        Expression::typed(Expr::Scalar(Box::new(select)))
    }

    /// The objects are this owner's.
    fn equal(&self, inner: &Inner) -> Expr {
        let pairs = inner.owner.iter().cloned().zip(self.owner_key());
        let mut equal = pairs.map(|(inner, own)| Expr::binary(inner, BinaryOp::Eq, own));
        match equal.len() {
            1 => equal.next().unwrap_or(Expr::And(Vec::new())),
            _ => Expr::And(equal.collect()),
        }
    }

    /// The owner's columns by which the objects name it.
    fn owner_key(&self) -> Vec<Expr> {
        let columns = self.owner_columns().iter();
        columns.map(|&c| self.owner.column(c)).collect()
    }

    fn owner_columns(&self) -> &'static [usize] {
        let meta = self.owner.meta();
        match meta.bound_columns(self.relation) {
            [] => meta.key,
            columns => columns,
        }
    }

    /// The owner's key is among those that the matching objects belong to. Not correlated: SingleStore
    /// refuses most correlated subselects.
    fn owner_among<C: Condition<M>>(
        &self,
        condition: Option<impl FnOnce(&M::Fields<M, Here>) -> C>,
        change: impl FnOnce(Pred<M>) -> Pred<M>,
    ) -> Pred<R> {
        if self.query.is_some() {
            return self.owned_meets(condition, change);
        }
        let mut inner = Inner::new(self, condition.is_some());
        let mut filter = Vec::new();
        if let Some(condition) = condition {
            let scope = self.owner.scope().inner();
            let at = At::table(scope.clone(), M::META, inner.target);
            let pred = change(condition(&at.into()).into_pred());
            filter.push(pred.node);
            let (joins, _) = scope.finish();
            inner.select.joins.extend(super::plan::joins(&joins));
        }
        let nullable = |&c: &usize| !self.owner.is_table() || self.owner.meta().columns[c].null;
        let (&[own], [owner]) = (self.owner_columns(), inner.owner.as_slice()) else {
            // By several columns: correlated by equalities alone, which every server takes.
            filter.insert(0, self.equal(&inner));
            inner.select.columns = vec![super::plan::one()];
            inner.select.filter = Some(Expr::And(filter));
            return Pred::new(Expr::Exists(Box::new(inner.select)), false);
        };
        filter.insert(0, Expr::IsNotNull(Box::new(owner.clone())));
        inner.select.columns = vec![SelectItem {
            expr: owner.clone(),
            alias: None,
        }];
        inner.select.filter = Some(Expr::And(filter));
        Pred::new(
            Expr::InSelect {
                expr: Box::new(self.owner.column(own)),
                select: Box::new(inner.select),
            },
            nullable(&own),
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
    /// The columns with the owner's key.
    pub(crate) owner: Vec<Expr>,
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
            Link::Columns(columns) => {
                let target = alias();
                let column = |&c: &usize| Expr::column(target, target_meta.columns[c].column);
                Self {
                    select: Select::from_table(target_meta.table, target),
                    owner: columns.iter().map(column).collect(),
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
                    owner: vec![Expr::column(pairs, from)],
                    target,
                }
            }
        }
    }
}

/// How the objects of a to-many relation name their owner.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Link {
    /// By columns of their own.
    Columns(&'static [usize]),
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
                None => Link::Columns(other.map_or(&[], |r| own_columns(&r.kind))),
            }
        }
        _ => match Pairs::of(&relation.kind) {
            Some(pairs) => Link::Pairs(pairs),
            None => Link::Columns(own_columns(&relation.kind)),
        },
    }
}

/// The columns by which a relation to one object refers.
fn own_columns(kind: &'static RelationKind) -> &'static [usize] {
    match kind {
        RelationKind::ToOne { column, .. } => std::slice::from_ref(column),
        RelationKind::Columns { own, .. } => own,
        RelationKind::Reverse { .. } | RelationKind::ManyToMany { .. } => &[],
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
