//! Questions to JSON documents, and changes of them.

use super::Expr;

/// A question to a document, or to what stands at a path in it; or the document changed there.
#[derive(Debug, Clone, PartialEq)]
pub struct Json {
    /// Which.
    pub op: JsonOp,
    /// The document.
    pub doc: Expr,
    /// Where in the document; the whole of it where there is no step.
    pub path: Vec<JsonStep>,
    /// The document that [`JsonOp::Same`], [`JsonOp::Contains`] and their like compare with; the
    /// member that [`JsonOp::Set`] puts there.
    pub other: Option<Expr>,
}

/// A step into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonStep {
    /// The value of a key of an object.
    Key(String),
    /// The element of an array, from 0.
    Item(u32),
}

impl Json {
    /// Of a document that is changed: the one before any change. Changes of one statement keep out of
    /// each other's way, so that it tells for each of them what stands where.
    pub fn unchanged(&self) -> &Expr {
        let mut doc = &self.doc;
        while let Expr::Json(json) = doc
            && matches!(json.op, JsonOp::Set | JsonOp::Remove)
        {
            doc = &json.doc;
        }
        doc
    }
}

/// What is asked. All but [`Exists`](Self::Exists), which is never NULL, are NULL where nothing stands
/// at the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonOp {
    /// What stands there, as JSON: the word `null` for JSON's null.
    Get,
    /// The text of a string; NULL of anything else.
    Text,
    /// A whole number; NULL of anything else.
    Int,
    /// A number; NULL of anything else.
    Double,
    /// True or false; NULL of anything else.
    Bool,
    /// Whether anything stands there, JSON's null too.
    Exists,
    /// Whether JSON's null stands there.
    IsNull,
    /// Whether it is the same document as the other, whatever the order of keys.
    Same,
    /// Whether it contains the other, as `JSON_CONTAINS` of MySQL understands it.
    Contains,
    /// Whether the other contains it.
    ContainedBy,
    /// Whether it is an array that has the other among its elements.
    HasItem,
    /// The document with the other in the place of what stands at the path, or, as the value of a key,
    /// added to the object there. The document itself where the path leads nowhere.
    Set,
    /// The document without what stands at the path.
    Remove,
}

/// What becomes of a value in a document that is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonKind {
    /// `true` or `false`.
    Bool,
    /// A number.
    Digits,
    /// A number that is an exact decimal.
    Decimal,
    /// A string.
    Text,
    /// A string, of a date or a time.
    Time,
    /// The document that it is.
    Json,
    /// Nothing: there is no JSON of such a value.
    None,
}
