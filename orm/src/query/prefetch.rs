//! Related objects loaded by a statement of their own for each relation.

mod many;
mod one;
mod sets;

use std::fmt;
use std::sync::Arc;

pub use self::one::ToOneQuery;
use super::ToMany;
use crate::backend::{BoxFuture, Executor};
use crate::error::{Error, Result};
use crate::model::{At, Here, Joins, Model, Scope};

/// Keys of one statement. Lists that take too many parameters are written into the text, so a
/// level of a prefetch is one statement unless it has very many owners.
const KEYS_PER_STATEMENT: usize = 1 << 16;

/// The same for keys of several columns, which some databases only take as conditions joined by OR.
const ROWS_PER_STATEMENT: usize = 512;

/// How many values stand in one statement, of keys of so many columns.
fn values_per_statement(columns: usize) -> usize {
    match columns {
        0 | 1 => KEYS_PER_STATEMENT,
        many => many * ROWS_PER_STATEMENT,
    }
}

/// Loads relations of objects at hand: one statement for each relation and level.
///
/// What was loaded before is loaded anew. Django: `prefetch_related_objects`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let mut articles = Article::objects().order_by(|a| a.id()).all(&db).await?;
/// orm::prefetch_objects(&db, &mut articles, |a| (a.author(), a.tags())).await?;
/// assert_eq!(articles[0].author.get()?.name, "Ann");
/// assert_eq!(articles[0].tags.get()?[0].name, "rust");
/// # Ok(()) }) }
/// ```
///
/// # Errors
/// [`Error::Db`]; [`Error::Usage`] for a relation of another model than `M`.
pub async fn prefetch_objects<M: Model, P: PrefetchList<M>>(
    db: &impl Executor,
    objects: &mut [M],
    relations: impl FnOnce(&M::Fields<M, Here>) -> P,
) -> Result<()> {
    let mut nodes = Vec::new();
    let scope = Scope::new(Joins::default(), 1);
    relations(&At::table(scope, M::META, super::plan::ROOT).into()).collect(&mut nodes);
    for node in nodes {
        node.run(db, objects).await?;
    }
    Ok(())
}

/// The error for a relation that is not one of the query's own model.
fn not_own() -> Error {
    Error::Usage(
        "`prefetch` loads relations of the query's own model; the rest is prefetched by the query of the relation that leads there: `.prefetch(|a| a.author().query(|q| q.prefetch(|x| x.articles())))`".into(),
    )
}

/// What `prefetch` takes: a relation, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`prefetch` cannot load this",
    label = "found `{Self}`",
    note = "`prefetch` takes relations: `.prefetch(|a| a.tags())`, or `.prefetch(|a| (a.tags(), a.author()))`"
)]
pub trait PrefetchList<R> {
    /// Appends the relations.
    fn collect(self, nodes: &mut Vec<PrefetchNode<R>>);
}

/// One relation to load, its model erased.
pub struct PrefetchNode<R>(Arc<dyn Prefetch<R>>);

impl<R> Clone for PrefetchNode<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R> fmt::Debug for PrefetchNode<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrefetchNode")
    }
}

impl<R> PrefetchNode<R> {
    pub(crate) fn run<'a>(
        &'a self,
        db: &'a dyn Executor,
        owners: &'a mut [R],
    ) -> BoxFuture<'a, Result<()>> {
        self.0.run(db, owners)
    }
}

/// Loads a relation of many owners.
pub trait Prefetch<R>: Send + Sync {
    /// Runs the statements and fills the caches.
    fn run<'a>(&'a self, db: &'a dyn Executor, owners: &'a mut [R]) -> BoxFuture<'a, Result<()>>;
}

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)*) => {$(
        impl<R, $($name: PrefetchList<R>),+> PrefetchList<R> for ($($name,)+) {
            fn collect(self, nodes: &mut Vec<PrefetchNode<R>>) {
                $(self.$index.collect(nodes);)+
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
}
