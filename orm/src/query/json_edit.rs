//! Changes at places in JSON documents.

use std::ops::Deref;

use super::json::{JsonPath, member, node};
use super::{Assignment, Column, Lift};
use crate::ast::{Expr, JsonOp, JsonStep};
use crate::model::Place;
use crate::value::DbType;

use super::Document;

/// A place in the JSON document of a column: a [`JsonPath`] at which an update can change it.
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
///     sold: i64,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// # let db = Db::connect("sqlite::memory:").await?;
/// # orm::create_tables(&db, &[Product::META]).await?;
/// let data = json!({"size": {"height": 90}, "tags": ["wood", "old"], "draft": true});
/// Product::create(&db, new!(Product { data: data, sold: 3 })).await?;
/// Product::objects()
///     .update(|p| (
///         p.data().key("size").key("height").set(95),
///         p.data().key("sold").set(p.sold()),
///         p.data().key("tags").item(0).set("oak"),
///         p.data().key("draft").remove(),
///     ))
///     .exec(&db)
///     .await?;
/// let data = Product::objects().select(|p| p.data()).get(&db).await?;
/// assert_eq!(data, json!({"size": {"height": 95}, "tags": ["oak", "old"], "sold": 3}));
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct ColumnPath<R, N> {
    path: JsonPath<R, N>,
    index: usize,
    own: bool,
}

impl<R, N> Clone for ColumnPath<R, N> {
    fn clone(&self) -> Self {
        Self {
            path: self.path.clone(),
            ..*self
        }
    }
}

impl<R, N> Deref for ColumnPath<R, N> {
    type Target = JsonPath<R, N>;
    fn deref(&self) -> &Self::Target {
        &self.path
    }
}

impl<R, T: DbType, N: Place> Column<R, T, N> {
    /// What stands in the document at a key, which can be any text.
    pub fn key(&self, key: impl Into<String>) -> ColumnPath<R, N>
    where
        T: Document,
    {
        self.at_path(self.expr().key(key))
    }

    /// The element of the document, which is an array, at a place counted from 0.
    pub fn item(&self, place: u32) -> ColumnPath<R, N>
    where
        T: Document,
    {
        self.at_path(self.expr().item(place))
    }

    fn at_path(&self, path: JsonPath<R, N>) -> ColumnPath<R, N> {
        ColumnPath {
            path,
            index: self.index,
            own: self.own,
        }
    }
}

impl<R, N: Place> ColumnPath<R, N> {
    /// What stands there at a key, which can be any text.
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Self {
        Self {
            path: self.path.key(key),
            ..self
        }
    }

    /// The element of the array there, at a place counted from 0.
    #[must_use]
    pub fn item(self, place: u32) -> Self {
        Self {
            path: self.path.item(place),
            ..self
        }
    }

    /// Puts a value there, in an update: a value, a column or an expression, which becomes JSON as in
    /// [`json_object`](super::json_object); NULL becomes JSON's null.
    ///
    /// The value of a key is replaced, or added to the object; an element of an array is replaced.
    /// Nothing else is made: where the object or the element is not there, the document stays as it is,
    /// and so does NULL. `.filter(…)` by `.exists()` chooses the rows where it is. Several places of a
    /// document are changed in one update as long as none lies in another.
    ///
    /// SQL: `JSON_SET`, `JSON_REPLACE`; on SingleStore `JSON_SET_JSON`, at most four places in one
    /// update.
    pub fn set<V: Member<R>>(self, value: V) -> Assignment<R> {
        self.edit(JsonOp::Set, Some(value.member()))
    }

    /// Takes away what stands there, in an update: a key with its value, or an element of an array,
    /// whose later elements move up. Where nothing stands there, the document stays as it is.
    pub fn remove(self) -> Assignment<R> {
        self.edit(JsonOp::Remove, None)
    }

    fn edit(self, op: JsonOp, value: Option<Expr>) -> Assignment<R> {
        let node = node(op, &self.path.doc, &self.path.path, value);
        Assignment::new(self.index, self.own, Ok(node))
    }
}

/// What an update can put into a JSON document.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be put into a JSON document",
    label = "expected a value, a column or an expression of the query, or a document",
    note = "anything else becomes a document by `json!(…)` or `serde_json::to_value(…)`: `.set(json!([1, 2]))`"
)]
pub trait Member<R> {
    /// The node of the AST.
    fn member(self) -> Expr;
}

#[diagnostic::do_not_recommend]
impl<R, V: Lift<R>> Member<R> for V {
    fn member(self) -> Expr {
        member(self)
    }
}

fn is_edit(node: &Result<Expr, String>) -> bool {
    matches!(node, Ok(Expr::Json(json)) if matches!(json.op, JsonOp::Set | JsonOp::Remove))
}

/// Makes one assignment of several changes of a column's document: databases keep only one of them,
/// or do them one after the other, each as it likes.
pub(crate) fn joined<R>(assignments: Vec<Assignment<R>>) -> Vec<Assignment<R>> {
    let mut out: Vec<Assignment<R>> = Vec::with_capacity(assignments.len());
    for assignment in assignments {
        let same = |a: &&mut Assignment<R>| {
            a.own == assignment.own
                && a.column == assignment.column
                && (is_edit(&a.node) || is_edit(&assignment.node))
        };
        match out.iter_mut().find(same) {
            None => out.push(assignment),
            Some(earlier) => {
                let before = std::mem::replace(&mut earlier.node, Err(String::new()));
                earlier.node = both(before, assignment.node);
            }
        }
    }
    out
}

fn both(before: Result<Expr, String>, after: Result<Expr, String>) -> Result<Expr, String> {
    let (before, after) = (before?, after?);
    let (Expr::Json(first), Expr::Json(mut last)) = (&before, after) else {
        return Err(WHOLE.into());
    };
    if !matches!(last.op, JsonOp::Set | JsonOp::Remove) {
        return Err(WHOLE.into());
    }
    let mut earlier = Some(first);
    while let Some(edit) = earlier {
        if !matches!(edit.op, JsonOp::Set | JsonOp::Remove) {
            return Err(WHOLE.into());
        }
        if meet(edit, &last) {
            return Err(
                "an update changes a JSON document at a place that lies in another which it changes too, or moves: set the outer one to all of it, or make two updates".into(),
            );
        }
        earlier = match &edit.doc {
            Expr::Json(inner) => Some(inner),
            _ => None,
        };
    }
    last.doc = before;
    Ok(Expr::Json(last))
}

const WHOLE: &str =
    "an update sets a JSON column as a whole and at a place in it: choose one of them";

/// Whether what one does to a document changes what stands at the other's place.
fn meet(one: &crate::ast::Json, other: &crate::ast::Json) -> bool {
    // The elements behind a removed one move.
    let moves = |edit: &crate::ast::Json, other: &[JsonStep]| {
        let (JsonOp::Remove, Some((JsonStep::Item(_), array))) = (edit.op, edit.path.split_last())
        else {
            return false;
        };
        other.starts_with(array) && matches!(other.get(array.len()), Some(JsonStep::Item(_)))
    };
    one.path.starts_with(&other.path)
        || other.path.starts_with(&one.path)
        || moves(one, &other.path)
        || moves(other, &one.path)
}
