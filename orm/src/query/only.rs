//! Objects in part: structs that hold some of a model's columns.

use super::{QuerySet, Row, SelectQuery, Selection};
use crate::model::{Here, Model};

/// A [`Row`] that holds some of the columns of `M`, each field that of its name; made by
/// `#[derive(Row)]` with `#[row(model = …)]`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// #[derive(Row, Debug, PartialEq)]
/// #[row(model = Article)]
/// struct Headline {
///     title: String,
///     author_id: i64,
/// }
///
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let headlines = Article::filter(|a| a.views().gt(100)).only::<Headline>().all(&db).await?;
/// assert_eq!(headlines, [Headline { title: "Hello".into(), author_id: 1 }]);
/// # Ok(()) }) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a part of `{M}`",
    note = "say so at the struct: `#[derive(Row)] #[row(model = {M})]`; its fields are named like those of the model"
)]
pub trait Only<M: Model>: Row {
    /// The column of each field.
    fn columns(fields: M::Fields<M, Here>) -> impl Selection<M, Row = Self>;
}

impl<M: Model> QuerySet<M> {
    /// Reads only the columns that a struct has fields for: columns that are large, or are not needed,
    /// stay in the database. Django: `only`, `defer`.
    ///
    /// SQL: one `SELECT` of these columns. See [`Only`].
    #[must_use]
    pub fn only<T: Only<M>>(self) -> SelectQuery<M, impl Selection<M, Row = T> + use<M, T>> {
        self.selected(T::columns)
    }

    fn selected<S: Selection<M>>(
        mut self,
        columns: impl FnOnce(M::Fields<M, Here>) -> S,
    ) -> SelectQuery<M, S> {
        let mut nodes = Vec::new();
        self.plan
            .with_root(|at| columns(at.into()).nodes(&mut nodes));
        SelectQuery::new(self.plan, nodes)
    }
}
