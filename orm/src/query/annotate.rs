//! Objects with values beside them.

use std::fmt;
use std::marker::PhantomData;

use super::load::Loads;
use super::read::{object, read_all};
use super::select::numbered;
use super::{QuerySet, Selection};
use crate::ast::{Expr, Select};
use crate::backend::Executor;
use crate::dialect::{Dialect, Sql};
use crate::error::Result;
use crate::model::{Here, Model};
use crate::value::{DecodeError, RowReader};

/// A query for objects and values computed for each; made by [`QuerySet::annotate`].
pub struct Annotated<M, S> {
    query: QuerySet<M>,
    nodes: Vec<Expr>,
    marker: PhantomData<fn() -> S>,
}

impl<M, S> fmt::Debug for Annotated<M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Annotated")
            .field("query", &self.query)
            .field("values", &self.nodes)
            .finish_non_exhaustive()
    }
}

fn pair<M: Model, S: Selection<M>>(
    loads: &Loads,
    row: &mut RowReader<'_>,
) -> Result<(M, S::Row), DecodeError> {
    let object = object::<M>(loads, row)?;
    Ok((object, S::read(row)?))
}

impl<M: Model> QuerySet<M> {
    /// Hands out each object with values computed for it. Django: `annotate`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let authors = Author::objects().annotate(|a| a.articles().count()).all(&db).await?;
    /// let (ann, articles) = &authors[0];
    /// assert_eq!((ann.name.as_str(), *articles), ("Ann", 2));
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn annotate<S: Selection<M>>(
        mut self,
        values: impl FnOnce(&M::Fields<M, Here>) -> S,
    ) -> Annotated<M, S> {
        let mut nodes = Vec::new();
        self.with_fields(|f| values(f).nodes(&mut nodes));
        let nodes = nodes.into_iter().map(|n| self.plan.adopt(n)).collect();
        Annotated {
            query: self,
            nodes,
            marker: PhantomData,
        }
    }
}

impl<M: Model, S: Selection<M>> Annotated<M, S> {
    fn to_select(&self) -> Select {
        let mut select = self.query.to_select();
        select.columns.extend(numbered(&self.nodes, "n"));
        select
    }

    /// The SQL that [`all`](Self::all) would send.
    ///
    /// # Errors
    /// [`Error::Render`](crate::Error::Render) if the dialect has no form of the query.
    pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<Sql> {
        self.query.plan.check()?;
        Ok(dialect.render(&self.to_select().into())?)
    }

    /// The objects, each with its values.
    ///
    /// SQL: one `SELECT`, and one for each prefetched relation.
    ///
    /// # Errors
    /// [`Error::Db`](crate::Error::Db); [`Error::Decode`](crate::Error::Decode) if a row does not fit.
    pub async fn all(&self, db: &impl Executor) -> Result<Vec<(M, S::Row)>> {
        self.query.plan.check()?;
        if self.query.plan.none {
            return Ok(Vec::new());
        }
        let statement = self.to_select().into();
        let rows = read_all(db, &statement, &self.query.loads, pair::<M, S>).await?;
        if self.query.prefetches.is_empty() {
            return Ok(rows);
        }
        let (mut objects, values): (Vec<M>, Vec<S::Row>) = rows.into_iter().unzip();
        for prefetch in &self.query.prefetches {
            prefetch.run(db, &mut objects).await?;
        }
        Ok(objects.into_iter().zip(values).collect())
    }
}
