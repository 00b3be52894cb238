//! JSON documents: paths into them, and documents made of columns.

use std::fmt;
use std::marker::PhantomData;

use orm_schema::FieldType;

use super::functions::call;
use super::{Contains, Expression, Lift, PerRow, Pred};
use crate::ast::{Expr, Func, Json as Node, JsonKind, JsonOp, JsonStep};
use crate::model::{Here, Maybe, Place};
use crate::value::{DbType, Json, Value};

/// Types whose values are JSON documents: `serde_json::Value` and [`Json`].
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` is no JSON document, so nothing stands at a path in it",
    label = "expected a column of type `serde_json::Value` or `Json<…>`"
)]
pub trait Document: DbType {}

impl Document for serde_json::Value {}
impl<T> Document for Json<T> where Self: DbType {}

/// Contains another document, as [`JsonPath::contains`] says.
#[diagnostic::do_not_recommend]
impl<V: Into<serde_json::Value>> Contains<V> for serde_json::Value {
    fn node(of: Expr, other: V) -> Expr {
        node(JsonOp::Contains, &of, &[], Some(document(other)))
    }
}

#[diagnostic::do_not_recommend]
impl<T, V: Into<serde_json::Value>> Contains<V> for Json<T>
where
    Self: DbType,
{
    fn node(of: Expr, other: V) -> Expr {
        <serde_json::Value as Contains<V>>::node(of, other)
    }
}

pub(super) fn node(op: JsonOp, doc: &Expr, path: &[JsonStep], other: Option<Expr>) -> Expr {
    Expr::Json(Box::new(Node {
        op,
        doc: doc.clone(),
        path: path.to_vec(),
        other,
    }))
}

fn document(value: impl Into<serde_json::Value>) -> Expr {
    Expr::Value(Value::Json(value.into().to_string()))
}

/// A place in a JSON document, in a query on `R`; made by `.key(…)` and `.item(…)`.
///
/// What stands there is read by the `as_…` methods, each of which is NULL of anything else than it
/// says: of a key that is missing, of JSON's null, of a number where a text is asked for. From there
/// on all lookups of texts and numbers, orders and aggregates work. Django: `data__owner__0__name`.
///
/// ```
/// # use orm::prelude::*;
/// use serde_json::json;
///
/// #[derive(Model, Debug)]
/// #[model(app = "shop")]
/// struct Product {
///     #[field(primary_key)]
///     id: Auto<i64>,
///     data: serde_json::Value,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// # let db = Db::connect("sqlite::memory:").await?;
/// # orm::create_tables(&db, &[Product::META]).await?;
/// for data in [
///     json!({"name": "Chair", "size": {"height": 90}, "tags": ["wood", "old"]}),
///     json!({"name": "Lamp", "size": {"height": 40}, "tags": null}),
/// ] {
///     Product::create(&db, new!(Product { data: data })).await?;
/// }
/// let high = Product::objects()
///     .filter(|p| p.data().key("size").key("height").as_int().gt(50))
///     .filter(|p| p.data().key("name").as_text().istartswith("ch"))
///     .select(|p| (p.data().key("name").as_text(), p.data().key("tags").item(0).as_text()))
///     .get(&db)
///     .await?;
/// assert_eq!(high, (Some("Chair".into()), Some("wood".into())));
///
/// // A key that is missing, and JSON's null.
/// assert_eq!(Product::filter(|p| p.data().has_key("tags")).count(&db).await?, 2);
/// assert_eq!(Product::filter(|p| p.data().key("tags").is_json_null()).count(&db).await?, 1);
/// assert_eq!(Product::filter(|p| p.data().key("tags").has_item("old")).count(&db).await?, 1);
/// # Ok(()) }
/// ```
pub struct JsonPath<R, N, K = PerRow> {
    pub(super) doc: Expr,
    pub(super) path: Vec<JsonStep>,
    #[expect(clippy::type_complexity, reason = "a marker of its three parameters")]
    marker: PhantomData<fn() -> (R, N, K)>,
}

impl<R, N, K> Clone for JsonPath<R, N, K> {
    fn clone(&self) -> Self {
        Self {
            doc: self.doc.clone(),
            path: self.path.clone(),
            marker: PhantomData,
        }
    }
}

impl<R, N, K> fmt::Debug for JsonPath<R, N, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonPath")
            .field("doc", &self.doc)
            .field("path", &self.path)
            .finish()
    }
}

impl<R, T: DbType, N: Place, K> Expression<R, T, N, K> {
    /// What stands in the document at a key, which can be any text.
    pub fn key(&self, key: impl Into<String>) -> JsonPath<R, N, K>
    where
        T: Document,
    {
        self.whole().key(key)
    }

    /// The element of the document, which is an array, at a place counted from 0.
    pub fn item(&self, place: u32) -> JsonPath<R, N, K>
    where
        T: Document,
    {
        self.whole().item(place)
    }

    fn whole(&self) -> JsonPath<R, N, K> {
        JsonPath {
            doc: self.node.clone(),
            path: Vec::new(),
            marker: PhantomData,
        }
    }
}

macro_rules! questions {
    ($($(#[$meta:meta])* $name:ident($($arg:ident: $ty:ty),*);)*) => {
        /// Questions to the whole document.
        impl<R, T: Document, N: Place, K> Expression<R, T, N, K> {
            $($(#[$meta])* pub fn $name(&self, $($arg: $ty),*) -> Pred<R, K> {
                self.whole().$name($($arg),*)
            })*
        }
    };
}
questions! {
    /// Whether it is an object with a key, also one whose value is null. Django: `has_key`.
    has_key(key: impl Into<String>);
    /// Whether it has all of these keys. Django: `has_keys`.
    has_keys(keys: impl IntoIterator<Item = impl Into<String>>);
    /// Whether it has one of these keys at least. Django: `has_any_keys`.
    has_any_key(keys: impl IntoIterator<Item = impl Into<String>>);
    /// Whether it is JSON's null, not SQL's. Django: `JSONNull()`.
    is_json_null();
    /// Whether it is an array that has this among its elements.
    has_item(item: impl Into<serde_json::Value>);
    /// Whether another document contains it. Django: `contained_by`.
    contained_by(other: impl Into<serde_json::Value>);
}

impl<R, N: Place, K> JsonPath<R, N, K> {
    /// What stands there at a key, which can be any text.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.path.push(JsonStep::Key(key.into()));
        self
    }

    /// The element of the array there, at a place counted from 0.
    #[must_use]
    pub fn item(mut self, place: u32) -> Self {
        self.path.push(JsonStep::Item(place));
        self
    }

    fn value<T>(&self, op: JsonOp) -> Expression<R, T, Maybe, K> {
        Expression::typed(node(op, &self.doc, &self.path, None))
    }

    fn ask(&self, op: JsonOp, other: Option<Expr>) -> Pred<R, K> {
        // Unknown where nothing stands at the path; whether something does is always known.
        let nullable = match op {
            JsonOp::Exists => false,
            _ => N::NULLABLE || !self.path.is_empty(),
        };
        Pred::new(node(op, &self.doc, &self.path, other), nullable)
    }

    /// The text of a string; NULL of anything else. Django: `KT`.
    pub fn as_text(&self) -> Expression<R, String, Maybe, K> {
        self.value(JsonOp::Text)
    }

    /// A whole number, written without point or exponent; NULL of anything else.
    pub fn as_int(&self) -> Expression<R, i64, Maybe, K> {
        self.value(JsonOp::Int)
    }

    /// A number; NULL of anything else.
    pub fn as_float(&self) -> Expression<R, f64, Maybe, K> {
        self.value(JsonOp::Double)
    }

    /// True or false; NULL of anything else.
    pub fn as_bool(&self) -> Expression<R, bool, Maybe, K> {
        self.value(JsonOp::Bool)
    }

    /// What stands there as a document: `None` where nothing does, JSON's null as such.
    pub fn json(&self) -> Expression<R, serde_json::Value, Maybe, K> {
        self.value(JsonOp::Get)
    }

    /// What stands there, read into a type of one's own.
    pub fn as_type<T>(&self) -> Expression<R, Json<T>, Maybe, K>
    where
        Json<T>: DbType,
    {
        self.value(JsonOp::Get)
    }

    /// Whether anything stands there, JSON's null too. Django: `isnull=False`.
    pub fn exists(&self) -> Pred<R, K> {
        self.ask(JsonOp::Exists, None)
    }

    /// Whether nothing stands there; also of a document that is SQL's NULL. Django: `isnull=True`.
    pub fn is_missing(&self) -> Pred<R, K> {
        !self.exists()
    }

    /// Whether JSON's null stands there. Django: `exact` with `None`.
    pub fn is_json_null(&self) -> Pred<R, K> {
        self.ask(JsonOp::IsNull, None)
    }

    /// Whether it is the same as a document: whatever the order of keys, and `1` as `1.0`. Nothing is
    /// never the same.
    ///
    /// MariaDB compares documents from 10.7. SingleStore documents nothing of `1` and `1.0`: compare
    /// `.as_float()` where both occur. Django: `exact`.
    pub fn eq(&self, other: impl Into<serde_json::Value>) -> Pred<R, K> {
        self.ask(JsonOp::Same, Some(document(other)))
    }

    /// The complement of [`eq`](Self::eq): also true where nothing stands there.
    pub fn ne(&self, other: impl Into<serde_json::Value>) -> Pred<R, K> {
        !self.eq(other)
    }

    /// Whether it is the same as one of these; of none of them never. Django: `in`.
    pub fn is_in<V: Into<serde_json::Value>>(
        &self,
        list: impl IntoIterator<Item = V>,
    ) -> Pred<R, K> {
        let same = |v| node(JsonOp::Same, &self.doc, &self.path, Some(document(v)));
        Pred::new(Expr::Or(list.into_iter().map(same).collect()), true)
    }

    /// Whether an object with a key stands there, also one whose value is null. Django: `has_key`.
    pub fn has_key(&self, key: impl Into<String>) -> Pred<R, K> {
        self.clone().key(key).exists()
    }

    /// Whether it has all of these keys. Django: `has_keys`.
    pub fn has_keys(&self, keys: impl IntoIterator<Item = impl Into<String>>) -> Pred<R, K> {
        Pred::new(Expr::And(self.keys(keys)), false)
    }

    /// Whether it has one of these keys at least. Django: `has_any_keys`.
    pub fn has_any_key(&self, keys: impl IntoIterator<Item = impl Into<String>>) -> Pred<R, K> {
        Pred::new(Expr::Or(self.keys(keys)), false)
    }

    fn keys(&self, keys: impl IntoIterator<Item = impl Into<String>>) -> Vec<Expr> {
        keys.into_iter().map(|k| self.has_key(k).node).collect()
    }

    /// Whether an array stands there that has this among its elements.
    pub fn has_item(&self, item: impl Into<serde_json::Value>) -> Pred<R, K> {
        self.ask(JsonOp::HasItem, Some(document(item)))
    }

    /// Whether it contains another document: an object each key of the other with what it contains,
    /// an array each element of the other, or the other itself.
    ///
    /// SingleStore has no such question, which is refused there before it is sent. Django: `contains`.
    pub fn contains(&self, other: impl Into<serde_json::Value>) -> Pred<R, K> {
        self.ask(JsonOp::Contains, Some(document(other)))
    }

    /// Whether another document contains it; not on SingleStore. Django: `contained_by`.
    pub fn contained_by(&self, other: impl Into<serde_json::Value>) -> Pred<R, K> {
        self.ask(JsonOp::ContainedBy, Some(document(other)))
    }
}

/// A value as a member of a document.
pub(super) fn member<R, K, V: Lift<R, K>>(value: V) -> Expr {
    let kind = match V::Type::TYPE {
        FieldType::Bool => JsonKind::Bool,
        FieldType::SmallInt { .. }
        | FieldType::Int { .. }
        | FieldType::BigInt { .. }
        | FieldType::Float
        | FieldType::Double
        | FieldType::Duration => JsonKind::Digits,
        FieldType::Decimal { .. } => JsonKind::Decimal,
        FieldType::Date | FieldType::Time | FieldType::DateTime => JsonKind::Time,
        FieldType::Json => JsonKind::Json,
        FieldType::Char { .. }
        | FieldType::Varchar { .. }
        | FieldType::Text
        | FieldType::Uuid
        | FieldType::Ip => JsonKind::Text,
        _ => JsonKind::None,
    };
    call(Func::JsonMember(kind), vec![value.lift()])
}

/// What a JSON array is made of: a tuple of up to eight columns, expressions and values.
pub trait JsonItems<R, K = PerRow> {
    /// Appends the members.
    fn items(self, out: &mut Vec<Expr>);
}

/// What a JSON object is made of: a tuple of up to eight pairs of a key and a column, expression or
/// value.
#[diagnostic::on_unimplemented(
    message = "a JSON object cannot be made of this",
    label = "expected a tuple of pairs",
    note = "each key with its value: `json_object(((\"name\", a.name()), (\"age\", a.age())))`; of one pair `((\"name\", a.name()),)`"
)]
pub trait JsonPairs<R, K = PerRow> {
    /// Appends the keys and members in turn.
    fn pairs(self, out: &mut Vec<Expr>);
}

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)*) => {$(
        impl<R, K, $($name: Lift<R, K>),+> JsonItems<R, K> for ($($name,)+) {
            fn items(self, out: &mut Vec<Expr>) {
                $(out.push(member(self.$index));)+
            }
        }
        impl<R, K, $($name: Lift<R, K>),+> JsonPairs<R, K> for ($((&str, $name),)+) {
            fn pairs(self, out: &mut Vec<Expr>) {
                $(
                    out.push(Expr::Value(Value::Text(self.$index.0.to_owned())));
                    out.push(member(self.$index.1));
                )+
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

/// A JSON array of columns, expressions and values; NULL is JSON's null in it. Django: `JSONArray`.
pub fn json_array<R, K>(items: impl JsonItems<R, K>) -> Expression<R, serde_json::Value, Here, K> {
    let mut args = Vec::new();
    items.items(&mut args);
    Expression::typed(call(Func::JsonArray, args))
}

/// A JSON object of keys and columns, expressions and values; NULL is JSON's null in it. Dates and
/// times are texts as the database writes them. Django: `JSONObject`.
///
/// ```
/// # use orm::query::{json_array, json_object};
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let made = Article::objects()
///     .filter(|a| a.views().eq(120))
///     .select(|a| json_object((("title", a.title()), ("counts", json_array((a.views(), 1_i64))))))
///     .get(&db)
///     .await?;
/// assert_eq!(made, serde_json::json!({"title": "Hello", "counts": [120, 1]}));
/// # Ok(()) }) }
/// ```
pub fn json_object<R, K>(pairs: impl JsonPairs<R, K>) -> Expression<R, serde_json::Value, Here, K> {
    let mut args = Vec::new();
    pairs.pairs(&mut args);
    Expression::typed(call(Func::JsonObject, args))
}
