//! Full-text search by fields: SingleStore's second version.

use std::fmt;
use std::marker::PhantomData;

use orm_schema::IndexKind;

use super::fulltext::{Search, plain};
use super::functions::call;
use super::subquery::wrong;
use super::{Column, Expression};
use crate::ast::{Expr, Func};
use crate::model::{Here, Model, ModelMeta, Place};
use crate::value::Value;

/// What [`match_fields`] searches for, in fields of one model that a full-text index of version 2 is
/// over.
///
/// `&` asks for both, `|` for any, [`without`](Self::without) leaves out. Words are letters and digits;
/// no other sign means anything, and neither does case. A search for no words finds nothing, and
/// changes nothing beside another by `|`.
pub struct TextQuery<R> {
    /// A column of the table, and the numbers of all that are searched.
    column: Expr,
    fields: Vec<usize>,
    /// In the server's language; nothing finds nothing.
    text: Option<String>,
    fault: Option<String>,
    marker: PhantomData<fn() -> R>,
}

impl<R> Clone for TextQuery<R> {
    fn clone(&self) -> Self {
        Self {
            column: self.column.clone(),
            fields: self.fields.clone(),
            text: self.text.clone(),
            fault: self.fault.clone(),
            marker: PhantomData,
        }
    }
}

impl<R> fmt::Debug for TextQuery<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TextQuery").field(&self.text).finish()
    }
}

impl<R: Model> TextQuery<R> {
    /// Any of the words.
    pub fn any_word<N: Place>(column: Column<R, String, N>, words: &str) -> Self {
        Self::words(&column, words, " OR ", |_, word| word.to_owned())
    }

    /// All of the words, in any order.
    pub fn all_words<N: Place>(column: Column<R, String, N>, words: &str) -> Self {
        Self::words(&column, words, " AND ", |_, word| word.to_owned())
    }

    /// All of the words, the last of them as the beginning of one: what is typed so far.
    pub fn prefix<N: Place>(column: Column<R, String, N>, words: &str) -> Self {
        Self::words(&column, words, " AND ", |last, word| match last {
            true => format!("{word}*"),
            false => word.to_owned(),
        })
    }

    /// All of the words, each with at most this many letters wrong: 1 or 2.
    pub fn fuzzy<N: Place>(column: Column<R, String, N>, words: &str, letters: u8) -> Self {
        let mut query = Self::words(&column, words, " AND ", |_, word| {
            format!("{word}~{letters}")
        });
        if !matches!(letters, 1 | 2) {
            query.fault = Some(format!(
                "a fuzzy search allows 1 or 2 wrong letters, not {letters}"
            ));
        }
        query
    }

    /// The words next to each other, in this order.
    pub fn phrase<N: Place>(column: Column<R, String, N>, words: &str) -> Self {
        Self::quoted(&column, words, "")
    }

    /// The words with at most so many others between them.
    pub fn near<N: Place>(column: Column<R, String, N>, words: &str, between: u32) -> Self {
        Self::quoted(&column, words, &format!("~{between}"))
    }

    /// What this finds, but what the other finds too.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        self.joined(other, " AND NOT ", |own, other| {
            (own.is_some() && other.is_none()).then_some(own)
        })
    }

    fn quoted<N: Place>(column: &Column<R, String, N>, words: &str, suffix: &str) -> Self {
        let words = plain(words);
        Self::of(column, |field| {
            (!words.is_empty()).then(|| format!("{field}:\"{words}\"{suffix}"))
        })
    }

    fn words<N: Place>(
        column: &Column<R, String, N>,
        words: &str,
        between: &str,
        term: impl Fn(bool, &str) -> String,
    ) -> Self {
        let words = plain(words);
        let words: Vec<&str> = words.split(' ').filter(|w| !w.is_empty()).collect();
        Self::of(column, |field| {
            let last = words.len().checked_sub(1)?;
            let terms = words.iter().enumerate();
            let terms = terms.map(|(i, word)| format!("{field}:{}", term(i == last, word)));
            let terms: Vec<String> = terms.collect();
            Some(match terms.as_slice() {
                [one] => one.clone(),
                many => format!("({})", many.join(between)),
            })
        })
    }

    fn of<N: Place>(
        column: &Column<R, String, N>,
        text: impl FnOnce(&str) -> Option<String>,
    ) -> Self {
        let mut query = Self {
            column: column.node.clone(),
            fields: Vec::new(),
            text: None,
            fault: None,
            marker: PhantomData,
        };
        if !column.own {
            query.fault = Some("`match_fields` searches the query's own model: search a related one by a query of its own, `x.related().is_among(&found)`".to_owned());
            return query;
        }
        let name = R::META.columns[column.index].column;
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !name.chars().all(is_word) {
            query.fault = Some(format!(
                "the column `{name}` cannot be named in a full-text search: give it a name of letters, digits and underscores"
            ));
        }
        query.fields.push(column.index);
        query.text = text(name);
        query
    }

    /// Both in one; `alone` says what is left where one of them is for no words.
    fn joined(
        mut self,
        other: Self,
        word: &str,
        alone: impl FnOnce(Option<String>, &Option<String>) -> Option<Option<String>>,
    ) -> Self {
        let new = |f: &usize| !self.fields.contains(f);
        let more: Vec<_> = other.fields.into_iter().filter(new).collect();
        self.fields.extend(more);
        self.fault = self.fault.or(other.fault);
        self.text = match (self.text, other.text) {
            (Some(a), Some(b)) => Some(format!("({a}{word}{b})")),
            (a, b) => alone(a, &b).flatten(),
        };
        self
    }
}

impl<R: Model> std::ops::BitAnd for TextQuery<R> {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        self.joined(other, " AND ", |_, _| None)
    }
}

impl<R: Model> std::ops::BitOr for TextQuery<R> {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        self.joined(other, " OR ", |own, other| Some(own.or(other.clone())))
    }
}

/// A search of fields by words, phrases and near words, over a full-text index of version 2:
/// `#[model(index(fields(title, body), kind = "fulltext", version = 2))]`, on SingleStore from 8.7 on.
///
/// It is a condition, and `.score()` orders by how well a row matches, which is the server's BM25:
/// compare scores of one query with each other alone; of a row that does not match it is 0.
///
/// SQL: `MATCH (TABLE note) AGAINST ('(title:green AND body:"black tea")')`, the score
/// `BM25(note, '…')`. The search is a parameter; where statements are prepared, this one is sent as
/// text, because nobody has reported whether a server takes a parameter there. SingleStore finds new
/// rows after a while, or at once after [`optimize_table`](super::Maintain::optimize_table).
///
/// ```
/// use orm::dialect::{SingleStore, Sqlite};
/// use orm::prelude::*;
/// use orm::query::{TextQuery, match_fields};
///
/// #[derive(Model, Debug)]
/// #[model(index(fields(title, body), kind = "fulltext", version = 2))]
/// struct Note {
///     #[field(primary_key)]
///     id: i64,
///     #[field(max_length = 100)]
///     title: String,
///     body: String,
/// }
///
/// let query = Note::objects()
///     .filter(|n| {
///         let tea = TextQuery::any_word(n.title(), "Green tea") | TextQuery::phrase(n.body(), "tea pot");
///         match_fields(tea.without(TextQuery::fuzzy(n.body(), "coffee", 1)))
///     })
///     .order_by(|n| match_fields(TextQuery::prefix(n.title(), "gree")).score().desc())
///     .select(|n| n.id());
/// let sql = query.to_sql(&SingleStore)?;
/// assert_eq!(
///     sql.text.split(" WHERE ").nth(1),
///     Some("MATCH (TABLE t0) AGAINST (?) ORDER BY BM25(t0, ?) DESC, t0.`id`"),
/// );
/// let searches: Vec<String> = sql.params.iter().map(|p| format!("{p:?}")).collect();
/// assert_eq!(searches, [
///     r#"Text("(((title:green OR title:tea) OR body:\"tea pot\") AND NOT body:coffee~1)")"#,
///     r#"Text("title:gree*")"#,
/// ]);
/// assert!(query.to_sql(&Sqlite).unwrap_err().to_string().contains("full-text search"));
/// # Ok::<(), orm::Error>(())
/// ```
///
/// # Errors
/// On every database, before anything is sent: fields that no full-text index of version 2 of the model
/// is over, fields of a related model, and a fuzzy search of other than 1 or 2 letters.
/// [`RenderError::Unsupported`](crate::dialect::RenderError::Unsupported) on other databases.
///
/// Django: `SearchVector`, `SearchQuery`, `SearchRank`.
pub fn match_fields<R: Model>(query: TextQuery<R>) -> Search<R, Here> {
    let fault = query.fault.or_else(|| fault(R::META, &query.fields));
    let (condition, score) = match (fault, query.text) {
        (Some(fault), _) => (wrong(fault.clone()), wrong(fault)),
        (None, None) => {
            let nothing = Expr::Value(Value::Double(0.0));
            (nothing.clone(), nothing)
        }
        (None, Some(text)) => {
            let args = vec![query.column, Expr::Value(Value::Text(text))];
            (call(Func::MatchTable, args.clone()), call(Func::Bm25, args))
        }
    };
    Search {
        condition,
        score: Expression::typed(score),
    }
}

/// What keeps the fields from being searched.
fn fault(meta: &ModelMeta, fields: &[usize]) -> Option<String> {
    let model = meta.name;
    let indexes = meta.extra.indexes.iter();
    let mut of_fields =
        indexes.filter(|i| i.2 == Some(IndexKind::Fulltext) && i.3.version == Some(2));
    let searched = || -> Vec<&str> { fields.iter().map(|f| meta.columns[*f].field).collect() };
    let Some((name, over, ..)) = of_fields.next() else {
        return Some(format!(
            "`{model}` has no full-text index of version 2: add `index(fields({}), kind = \"fulltext\", version = 2)` to the model, or search by `match_against`",
            searched().join(", ")
        ));
    };
    let missing = searched().into_iter().find(|f| !over.contains(f))?;
    Some(format!(
        "the full-text index `{name}` of `{model}` is not over `{missing}`: add it to the index's `fields(…)`, as a table has one such index"
    ))
}
