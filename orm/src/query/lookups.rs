//! Lookups: what makes a condition of an expression.

use super::{Condition, Expression, List, Operand, Pred};
use crate::ast::{BinaryOp, Expr, LikeKind};
use crate::model::{Nullable, Place, Scalar};
use crate::value::{DbType, Value};
use orm_schema::FieldType;

/// Whether values of a type are JSON documents, which are compared as such and not as texts.
fn is_document<T: DbType>() -> bool {
    matches!(T::TYPE, FieldType::Json)
}

impl<R, T: DbType, N: Place, K> Expression<R, T, N, K> {
    fn compare<E: Operand<R, T, K>>(&self, op: BinaryOp, other: E) -> Pred<R, K> {
        Pred::new(
            Expr::binary(self.node.clone(), op, other.into_node()),
            N::NULLABLE || E::NULLABLE,
        )
    }

    /// `=`; of JSON documents, whether they are the same. Django: `exact`.
    pub fn eq<E: Operand<R, T, K>>(&self, other: E) -> Pred<R, K> {
        if is_document::<T>() {
            let node = Expr::same_document(self.node.clone(), other.into_node());
            return Pred::new(node, N::NULLABLE || E::NULLABLE);
        }
        self.compare(BinaryOp::Eq, other)
    }

    /// The complement of [`eq`](Self::eq): also true where either side is NULL.
    pub fn ne<E: Operand<R, T, K>>(&self, other: E) -> Pred<R, K> {
        if N::NULLABLE || E::NULLABLE || is_document::<T>() {
            !self.eq(other)
        } else {
            self.compare(BinaryOp::Ne, other)
        }
    }

    /// `>`. Django: `gt`.
    pub fn gt<E: Operand<R, T, K>>(&self, other: E) -> Pred<R, K> {
        self.compare(BinaryOp::Gt, other)
    }

    /// `>=`. Django: `gte`.
    pub fn gte<E: Operand<R, T, K>>(&self, other: E) -> Pred<R, K> {
        self.compare(BinaryOp::Ge, other)
    }

    /// `<`. Django: `lt`.
    pub fn lt<E: Operand<R, T, K>>(&self, other: E) -> Pred<R, K> {
        self.compare(BinaryOp::Lt, other)
    }

    /// `<=`. Django: `lte`.
    pub fn lte<E: Operand<R, T, K>>(&self, other: E) -> Pred<R, K> {
        self.compare(BinaryOp::Le, other)
    }

    /// `BETWEEN`, both ends included. Django: `range`.
    pub fn between<A: Operand<R, T, K>, B: Operand<R, T, K>>(&self, low: A, high: B) -> Pred<R, K> {
        Pred::new(
            Expr::Between {
                expr: Box::new(self.node.clone()),
                low: Box::new(low.into_node()),
                high: Box::new(high.into_node()),
            },
            N::NULLABLE || A::NULLABLE || B::NULLABLE,
        )
    }

    /// `IN`; an empty list matches no row. Django: `in`.
    pub fn is_in<V: Operand<R, T, K>>(&self, list: impl List<V>) -> Pred<R, K> {
        let list = list.values().map(Operand::into_node);
        if is_document::<T>() {
            let same = |e| Expr::same_document(self.node.clone(), e);
            let node = Expr::Or(list.map(same).collect());
            return Pred::new(node, N::NULLABLE || V::NULLABLE);
        }
        let (mut values, mut rest) = (Vec::new(), Vec::new());
        for node in list {
            match node {
                Expr::Value(value) => values.push(value),
                other => rest.push(other),
            }
        }
        let list = Expr::In {
            expr: Box::new(self.node.clone()),
            list: values,
        };
        // A column among the values is a comparison of its own.
        let node = if rest.is_empty() {
            list
        } else {
            let compare = |e| Expr::binary(self.node.clone(), BinaryOp::Eq, e);
            Expr::Or(
                std::iter::once(list)
                    .chain(rest.into_iter().map(compare))
                    .collect(),
            )
        };
        Pred::new(node, N::NULLABLE || V::NULLABLE)
    }

    /// The complement of [`is_in`](Self::is_in).
    pub fn not_in<V: Operand<R, T, K>>(&self, list: impl List<V>) -> Pred<R, K> {
        !self.is_in(list)
    }
}

impl<R, T: Scalar, N: Place, K> Expression<R, T, N, K> {
    /// Equality with a value that may be NULL: `None` matches NULL.
    pub fn eq_opt(&self, other: Option<T>) -> Pred<R, K> {
        let node = match other {
            None => Expr::IsNull(Box::new(self.node.clone())),
            Some(v) if is_document::<T>() => {
                Expr::same_document(self.node.clone(), Expr::Value(v.into_value()))
            }
            Some(v) => Expr::binary(self.node.clone(), BinaryOp::Eq, Expr::Value(v.into_value())),
        };
        Pred::new(node, N::NULLABLE)
    }
}

impl<R, T: DbType, N: Place, K> Expression<R, T, N, K> {
    /// `IS NULL`; only nullable expressions have it. Django: `isnull=True`.
    pub fn is_null(&self) -> Pred<R, K>
    where
        N: Nullable,
    {
        Pred::new(Expr::IsNull(Box::new(self.node.clone())), false)
    }

    /// `IS NOT NULL`. Django: `isnull=False`.
    pub fn is_not_null(&self) -> Pred<R, K>
    where
        N: Nullable,
    {
        Pred::new(Expr::IsNotNull(Box::new(self.node.clone())), false)
    }
}

impl<R, N: Place, K> Expression<R, bool, N, K> {
    /// True.
    pub fn is_true(&self) -> Pred<R, K> {
        Pred::new(
            Expr::binary(
                self.node.clone(),
                BinaryOp::Eq,
                Expr::Value(Value::Bool(true)),
            ),
            N::NULLABLE,
        )
    }

    /// False, not NULL.
    pub fn is_false(&self) -> Pred<R, K> {
        Pred::new(
            Expr::binary(
                self.node.clone(),
                BinaryOp::Eq,
                Expr::Value(Value::Bool(false)),
            ),
            N::NULLABLE,
        )
    }
}

impl<M, N: Place> std::ops::Not for super::Column<M, bool, N> {
    type Output = Pred<M>;
    fn not(self) -> Pred<M> {
        !self.into_pred()
    }
}

impl<M, N: Place> std::ops::BitAnd<Pred<M>> for super::Column<M, bool, N> {
    type Output = Pred<M>;
    fn bitand(self, other: Pred<M>) -> Pred<M> {
        self.into_pred() & other
    }
}

impl<M, N: Place> std::ops::BitAnd<super::Column<M, bool, N>> for Pred<M> {
    type Output = Pred<M>;
    fn bitand(self, other: super::Column<M, bool, N>) -> Pred<M> {
        self & other.into_pred()
    }
}

impl<M, N: Place> std::ops::BitOr<Pred<M>> for super::Column<M, bool, N> {
    type Output = Pred<M>;
    fn bitor(self, other: Pred<M>) -> Pred<M> {
        self.into_pred() | other
    }
}

impl<M, N: Place> std::ops::BitOr<super::Column<M, bool, N>> for Pred<M> {
    type Output = Pred<M>;
    fn bitor(self, other: super::Column<M, bool, N>) -> Pred<M> {
        self | other.into_pred()
    }
}

/// Types of texts.
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` is no text",
    label = "expected a column of texts",
    note = "`.cast::<String>()` makes a text of a number or a date; numbers and dates themselves are compared by `eq`, `gt`, `between`, …"
)]
pub trait Texts: DbType {}
impl Texts for String {}

/// Types whose values can contain a `V`: texts contain texts, JSON documents other documents.
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` cannot be asked whether it contains this",
    label = "texts contain texts, JSON documents what becomes JSON",
    note = "`.cast::<String>()` makes a text of a number or a date"
)]
pub trait Contains<V>: DbType {
    /// The condition.
    fn node(of: Expr, other: V) -> Expr;
}

#[diagnostic::do_not_recommend]
impl<V: Into<String>> Contains<V> for String {
    fn node(of: Expr, other: V) -> Expr {
        Expr::Like {
            expr: Box::new(of),
            kind: LikeKind::Contains,
            text: other.into(),
            ignore_case: false,
        }
    }
}

impl<R, T: DbType, N: Place, K> Expression<R, T, N, K> {
    /// Contains the text, or the document as `JsonPath::contains` understands it. Django: `contains`.
    pub fn contains<V>(&self, other: V) -> Pred<R, K>
    where
        T: Contains<V>,
    {
        Pred::new(T::node(self.node.clone(), other), N::NULLABLE)
    }
}

/// Lookups on text. Wildcards in the text are taken literally.
impl<R, T: DbType, N: Place, K> Expression<R, T, N, K> {
    fn text(&self, kind: LikeKind, text: impl Into<String>, ignore_case: bool) -> Pred<R, K> {
        Pred::new(
            Expr::Like {
                expr: Box::new(self.node.clone()),
                kind,
                text: text.into(),
                ignore_case,
            },
            N::NULLABLE,
        )
    }

    /// Equal but for case. Django: `iexact`.
    pub fn iexact(&self, text: impl Into<String>) -> Pred<R, K>
    where
        T: Texts,
    {
        self.text(LikeKind::Exact, text, true)
    }

    /// Contains the text but for case. Django: `icontains`.
    pub fn icontains(&self, text: impl Into<String>) -> Pred<R, K>
    where
        T: Texts,
    {
        self.text(LikeKind::Contains, text, true)
    }

    /// Starts with the text. Django: `startswith`.
    pub fn startswith(&self, text: impl Into<String>) -> Pred<R, K>
    where
        T: Texts,
    {
        self.text(LikeKind::StartsWith, text, false)
    }

    /// Starts with the text but for case. Django: `istartswith`.
    pub fn istartswith(&self, text: impl Into<String>) -> Pred<R, K>
    where
        T: Texts,
    {
        self.text(LikeKind::StartsWith, text, true)
    }

    /// Ends with the text. Django: `endswith`.
    pub fn endswith(&self, text: impl Into<String>) -> Pred<R, K>
    where
        T: Texts,
    {
        self.text(LikeKind::EndsWith, text, false)
    }

    /// Ends with the text but for case. Django: `iendswith`.
    pub fn iendswith(&self, text: impl Into<String>) -> Pred<R, K>
    where
        T: Texts,
    {
        self.text(LikeKind::EndsWith, text, true)
    }

    /// Matches a regular expression. Django: `regex`.
    ///
    /// The pattern is the database's: POSIX extended on SingleStore, so use `[0-9]`, not `\d`.
    pub fn regex(&self, pattern: impl Into<String>) -> Pred<R, K>
    where
        T: Texts,
    {
        self.matches(pattern.into(), false)
    }

    /// Matches a regular expression but for case. Django: `iregex`.
    pub fn iregex(&self, pattern: impl Into<String>) -> Pred<R, K>
    where
        T: Texts,
    {
        self.matches(pattern.into(), true)
    }

    /// Matches a pattern: `%` stands for any text, `_` for one character. Nothing else in it is
    /// special, and case matters.
    pub fn like(&self, pattern: impl Into<String>) -> Pred<R, K>
    where
        T: Texts,
    {
        self.text(LikeKind::Pattern, pattern, false)
    }

    fn matches(&self, pattern: String, ignore_case: bool) -> Pred<R, K> {
        Pred::new(
            Expr::Regex {
                expr: Box::new(self.node.clone()),
                pattern,
                ignore_case,
            },
            N::NULLABLE,
        )
    }
}
