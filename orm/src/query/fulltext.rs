//! Full-text search.

use std::fmt;

use orm_schema::IndexKind;

use super::functions::call;
use super::{Column, Condition, Expression, Pred};
use crate::ast::{Expr, Func};
use crate::model::{ModelMeta, Place};
use crate::value::Value;

/// Columns of texts that a full-text index is over: one, or a tuple of up to four.
#[diagnostic::on_unimplemented(
    message = "full text is searched in columns of texts, not in this",
    label = "found `{Self}`",
    note = "name the columns of one full-text index: `match_against((a.title(), a.body()), \"words\")`"
)]
pub trait SearchedTexts<R> {
    /// Whether one of them may be NULL.
    type Null: Place;
    /// The nodes of the AST.
    fn nodes(self) -> Vec<Expr>;
    /// The columns, by their models and numbers.
    fn places(&self) -> Vec<(&'static ModelMeta, usize)>;
}

impl<R, N: Place> SearchedTexts<R> for Column<R, String, N> {
    type Null = N;
    fn nodes(self) -> Vec<Expr> {
        vec![self.node.clone()]
    }
    fn places(&self) -> Vec<(&'static ModelMeta, usize)> {
        vec![(self.meta, self.index)]
    }
}

macro_rules! tuples {
    ($($first:ident $($name:ident)*: $null:ty;)*) => {$(
        impl<R, $first: Place, $($name: Place),*> SearchedTexts<R>
            for (Column<R, String, $first>, $(Column<R, String, $name>),*)
        {
            type Null = $null;
            fn nodes(self) -> Vec<Expr> {
                #[expect(non_snake_case, reason = "named as their types")]
                let ($first, $($name),*) = self;
                vec![$first.node.clone(), $($name.node.clone()),*]
            }
            fn places(&self) -> Vec<(&'static ModelMeta, usize)> {
                #[expect(non_snake_case, reason = "named as their types")]
                let ($first, $($name),*) = self;
                vec![($first.meta, $first.index), $(($name.meta, $name.index)),*]
            }
        }
    )*};
}
tuples! {
    A B: A::Or<B>;
    A B C: <A::Or<B> as Place>::Or<C>;
    A B C D: <<A::Or<B> as Place>::Or<C> as Place>::Or<D>;
}

/// A search for words; made by [`match_against`] and [`match_fields`](super::match_fields). It is a
/// condition, and has a score.
pub struct Search<R, N> {
    pub(super) condition: Expr,
    pub(super) score: Expression<R, f64, N>,
}

impl<R, N> Clone for Search<R, N> {
    fn clone(&self) -> Self {
        Self {
            condition: self.condition.clone(),
            score: self.score.clone(),
        }
    }
}

impl<R, N> fmt::Debug for Search<R, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.score.fmt(f)
    }
}

/// A search for any of some words in columns that a full-text index is over, all of its columns:
/// `#[model(index(fields(title, body), kind = "fulltext"))]`. An index of `version = 2` is searched by
/// [`match_fields`](super::match_fields). Case does not matter, and neither does
/// anything but letters and digits: no sign is an operator.
///
/// It is a condition, `.filter(|a| match_against((a.title(), a.body()), "green tea"))`, and `.score()`
/// orders by how well a row matches. What counts as a word, which words are too common, and the scale
/// of the score are the server's: compare scores of one query with each other alone.
///
/// SQL: `MATCH (title, body) AGAINST ('green tea')`: in natural language on MySQL and MariaDB, by the
/// first version of full text on SingleStore, which is what migrations make there. SingleStore finds
/// new rows after a while, or at once after
/// [`optimize_table`](super::Maintain::optimize_table). SQLite has no such search of ordinary tables:
/// migrations make the table without the index, and the query is refused when it is rendered.
///
/// ```
/// use orm::dialect::{MariaDb, Sqlite};
/// use orm::prelude::*;
/// use orm::query::match_against;
///
/// #[derive(Model, Debug)]
/// #[model(index(fields(title, body), kind = "fulltext"))]
/// struct Note {
///     #[field(primary_key)]
///     id: i64,
///     #[field(max_length = 100)]
///     title: String,
///     body: String,
/// }
///
/// let query = Note::objects()
///     .filter(|n| match_against((n.title(), n.body()), "+green \"tea\""))
///     .order_by(|n| match_against((n.title(), n.body()), "green tea").score().desc())
///     .select(|n| n.id());
/// assert_eq!(
///     query.to_sql(&MariaDb)?.text.split(" WHERE ").nth(1),
///     Some("MATCH (t0.`title`, t0.`body`) AGAINST (?) \
///           ORDER BY MATCH (t0.`title`, t0.`body`) AGAINST (?) DESC, t0.`id`"),
/// );
/// let error = query.to_sql(&Sqlite).unwrap_err();
/// assert!(error.to_string().contains("search by `contains`"), "{error}");
/// # Ok::<(), orm::Error>(())
/// ```
///
/// # Errors
/// [`RenderError::Unsupported`](crate::dialect::RenderError::Unsupported) on SQLite, for columns of
/// several tables, and on SingleStore for columns that only an index of version 2 is over. The database's own error where no full-text index is over just these columns.
///
/// Django: `SearchVector`, `SearchQuery`, `SearchRank`.
pub fn match_against<R, C: SearchedTexts<R>>(columns: C, words: &str) -> Search<R, C::Null> {
    let words = plain(words);
    let func = match is_of_second_version(&columns.places()) {
        true => Func::MatchUnindexed,
        false => Func::Match,
    };
    let mut args = columns.nodes();
    // No row holds any of no words; what a server says to an empty search is its own.
    let node = if words.is_empty() {
        Expr::Value(Value::Double(0.0))
    } else {
        args.push(Expr::Value(Value::Text(words)));
        call(func, args)
    };
    Search {
        condition: node.clone(),
        score: Expression::typed(node),
    }
}

/// Whether a full-text index is over some of the columns, and none of the first version over any.
fn is_of_second_version(columns: &[(&'static ModelMeta, usize)]) -> bool {
    let versions = columns.iter().flat_map(|(meta, column)| {
        let field = meta.columns[*column].field;
        let indexes = meta.extra.indexes.iter();
        let over =
            indexes.filter(move |i| i.2 == Some(IndexKind::Fulltext) && i.1.contains(&field));
        over.map(|i| i.3.version)
    });
    let versions: Vec<_> = versions.collect();
    !versions.is_empty() && versions.iter().all(|v| *v == Some(2))
}

/// The words alone, in small letters: what else stands between them would be an operator somewhere,
/// and so would be AND, OR and NOT in large ones.
pub(super) fn plain(words: &str) -> String {
    let words = words.split(|c: char| !c.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

impl<R, N: Place> Search<R, N> {
    /// How well a row matches; 0 where it does not.
    pub fn score(&self) -> Expression<R, f64, N> {
        self.score.clone()
    }
}

impl<R, N: Place> Condition<R> for Search<R, N> {
    fn into_pred(self) -> Pred<R> {
        match self.condition {
            Expr::Value(_) => Pred::new(Expr::Or(Vec::new()), false),
            search => Pred::new(search, N::NULLABLE),
        }
    }
}

impl<R, N: Place> std::ops::Not for Search<R, N> {
    type Output = Pred<R>;
    fn not(self) -> Pred<R> {
        !self.into_pred()
    }
}

macro_rules! joined {
    ($($trait:ident $method:ident;)*) => {$(
        impl<R, N: Place> std::ops::$trait<Pred<R>> for Search<R, N> {
            type Output = Pred<R>;
            fn $method(self, other: Pred<R>) -> Pred<R> {
                std::ops::$trait::$method(self.into_pred(), other)
            }
        }

        impl<R, N: Place> std::ops::$trait<Search<R, N>> for Pred<R> {
            type Output = Pred<R>;
            fn $method(self, other: Search<R, N>) -> Pred<R> {
                std::ops::$trait::$method(self, other.into_pred())
            }
        }
    )*};
}
joined! {
    BitAnd bitand;
    BitOr bitor;
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn words_are_all_that_is_left() {
        for (given, left) in [
            ("Green tea", "green tea"),
            (
                "+a -b \"c d\"* title:(e OR f)^2 ~g",
                "a b c d title e or f 2 g",
            ),
            ("NOT", "not"),
            ("Grüße, 日本", "grüße 日本"),
            ("'\\%_", ""),
            ("", ""),
        ] {
            assert_eq!(plain(given), left);
        }
    }
}
