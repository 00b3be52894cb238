//! Assignments: column and new value.

use std::fmt;
use std::marker::PhantomData;

use super::{Column, Expression, Operand};
use crate::ast::Expr;
use crate::model::{Auto, Here, Key, Maybe, Model, Place, Scalar};
use crate::value::{DbType, Value};

/// A column of `R` and its new value.
pub struct Assignment<R> {
    pub(crate) column: usize,
    /// Whether the column is one of `R`'s own table.
    pub(crate) own: bool,
    /// The value; an error says why there is none.
    pub(crate) node: Result<Expr, String>,
    marker: PhantomData<fn() -> R>,
}

impl<R> Clone for Assignment<R> {
    fn clone(&self) -> Self {
        Self::new(self.column, self.own, self.node.clone())
    }
}

impl<R> fmt::Debug for Assignment<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {} = {:?}", self.column, self.node)
    }
}

impl<R> Assignment<R> {
    pub(crate) fn new(column: usize, own: bool, node: Result<Expr, String>) -> Self {
        Self {
            column,
            own,
            node,
            marker: PhantomData,
        }
    }
}

/// What a column of type `T` can be set to; `N` says whether NULL is allowed.
#[diagnostic::on_unimplemented(
    message = "cannot set a column of type `{T}` to `{Self}`",
    label = "expected `{T}`, or an expression of type `{T}` of the same query",
    note = "a nullable column also takes `Option<{T}>`; for text give `\"…\"` or `Some(String)`, of an `Option<&str>` `.map(str::to_owned)`"
)]
pub trait IntoValue<R, T, N> {
    /// The node of the AST.
    fn into_assigned(self) -> Expr;
}

// Not one impl for all operands: it would overlap with that for `Option`.
impl<R, T: Scalar, N> IntoValue<R, T, N> for T {
    fn into_assigned(self) -> Expr {
        Expr::Value(self.into_value())
    }
}

impl<R, T: Scalar, N> IntoValue<R, T, N> for &T {
    fn into_assigned(self) -> Expr {
        Expr::Value(self.to_value())
    }
}

impl<R, N> IntoValue<R, String, N> for &str {
    fn into_assigned(self) -> Expr {
        Operand::<R, String>::into_node(self)
    }
}

impl<R, T, N, P: Place> IntoValue<R, T, N> for Expression<R, T, P> {
    fn into_assigned(self) -> Expr {
        self.node
    }
}

impl<R, T, N, P: Place> IntoValue<R, T, N> for Column<R, T, P> {
    fn into_assigned(self) -> Expr {
        self.expr().node
    }
}

#[diagnostic::do_not_recommend]
impl<R, T, N, P: Place> IntoValue<R, T, N> for &Expression<R, T, P> {
    fn into_assigned(self) -> Expr {
        self.node.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<R, T, N, P: Place> IntoValue<R, T, N> for &Column<R, T, P> {
    fn into_assigned(self) -> Expr {
        self.node.clone()
    }
}

impl<R, T: Scalar> IntoValue<R, T, Maybe> for Option<T> {
    fn into_assigned(self) -> Expr {
        Expr::Value(self.into_value())
    }
}

impl<R, T: DbType, N: Place> Column<R, T, N> {
    /// Sets the column: to a value, an expression, or on a nullable column an `Option`.
    pub fn set<V: IntoValue<R, T, N>>(&self, value: V) -> Assignment<R> {
        Assignment::new(self.index, self.own, Ok(value.into_assigned()))
    }
}

/// What a relation to one `M` can be set to; `N` says whether NULL is allowed, `K` is the type of the
/// key, or of the field that `to_field` names.
#[diagnostic::on_unimplemented(
    message = "a relation to `{M}` cannot be set to `{Self}`",
    label = "expected `&{M}` or a key of type `{K}`",
    note = "a relation that may be NULL is an `Option<ForeignKey<{M}>>` in its struct, and takes an `Option`"
)]
pub trait RelationValue<M: Model, N = Here, K = <M as Model>::Key> {
    /// The value to refer to; `referred` is the number of the column that the relation refers to.
    ///
    /// # Errors
    /// The message for an object that nothing can refer to.
    fn relation_value(self, referred: usize) -> Result<Value, String>;

    /// The values of the whole primary key of `M`, for sets of its objects.
    ///
    /// # Errors
    /// As [`relation_value`](Self::relation_value).
    fn key_values(self) -> Result<Vec<Value>, String>
    where
        Self: Sized,
    {
        match M::META.key {
            &[key] => Ok(vec![self.relation_value(key)?]),
            _ => Err(format!("`{}` has a key of several columns", M::META.name)),
        }
    }
}

macro_rules! tuple_keys {
    ($($($name:ident . $index:tt),+;)*) => {$(
        impl<M: Model, $($name: Scalar),+> RelationValue<M, Here, ($($name,)+)> for ($($name,)+) {
            fn relation_value(self, _: usize) -> Result<Value, String> {
                Err(format!("`{}` has a key of several columns", M::META.name))
            }

            fn key_values(self) -> Result<Vec<Value>, String> {
                Ok(vec![$(self.$index.into_value()),+])
            }
        }
    )*};
}
tuple_keys! {
    A.0, B.1;
    A.0, B.1, C.2;
    A.0, B.1, C.2, D.3;
}

impl<M: Model, N, K: Scalar> RelationValue<M, N, K> for K {
    fn relation_value(self, _: usize) -> Result<Value, String> {
        Ok(self.into_value())
    }
}

/// The key of an object at hand.
impl<M: Model, N, K: Scalar> RelationValue<M, N, K> for Auto<K> {
    fn relation_value(self, _: usize) -> Result<Value, String> {
        match self.to_value() {
            Value::Null => Err(format!(
                "the {} is not saved, so nothing can refer to it",
                M::META.name
            )),
            key => Ok(key),
        }
    }
}

impl<M: Model, N> RelationValue<M, N, String> for &str {
    fn relation_value(self, _: usize) -> Result<Value, String> {
        Ok(Value::Text(self.to_owned()))
    }
}

impl<M: Model, K, V: RelationValue<M, Here, K>> RelationValue<M, Maybe, K> for Option<V> {
    fn relation_value(self, referred: usize) -> Result<Value, String> {
        self.map_or(Ok(Value::Null), |value| value.relation_value(referred))
    }
}

/// The value of an object that a relation refers to; for the derive.
///
/// # Errors
/// The message for an object that is not saved, or that has NULL there.
pub fn object_key<M: Model>(object: &M, referred: usize) -> Result<Value, String> {
    let name = M::META.name;
    if object.key().is_none() {
        return Err(format!(
            "the {name} is not saved, so nothing can refer to it"
        ));
    }
    match object.value(referred) {
        Value::Null => Err(format!(
            "`{}` of the {name} is NULL, so nothing can refer to it",
            M::META.columns[referred].field
        )),
        value => Ok(value),
    }
}

/// The values of an object's whole key; for the derive.
///
/// # Errors
/// The message for an object that is not saved.
pub fn object_keys<M: Model>(object: &M) -> Result<Vec<Value>, String> {
    match object.key() {
        Some(key) => Ok(key.to_values()),
        None => Err(format!(
            "the {} is not saved, so it is in no set",
            M::META.name
        )),
    }
}

/// What `update` takes: an assignment, a tuple or a list of them.
#[diagnostic::on_unimplemented(
    message = "`update` needs assignments to columns of `{R}`",
    label = "found `{Self}`",
    note = "`.update(|x| (x.views().set(x.views() + 1), x.title().set(\"…\")))`"
)]
pub trait Assignments<R> {
    /// Appends the assignments.
    fn collect(self, out: &mut Vec<Assignment<R>>);
}

impl<R> Assignments<R> for Assignment<R> {
    fn collect(self, out: &mut Vec<Assignment<R>>) {
        out.push(self);
    }
}

impl<R> Assignments<R> for Vec<Assignment<R>> {
    fn collect(self, out: &mut Vec<Assignment<R>>) {
        out.extend(self);
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)*) => {$(
        impl<R, $($name: Assignments<R>),+> Assignments<R> for ($($name,)+) {
            fn collect(self, out: &mut Vec<Assignment<R>>) {
                $(self.$index.collect(out);)+
            }
        }
    )*};
}
tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
}
