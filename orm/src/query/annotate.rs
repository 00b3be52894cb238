//! Objects with values beside them.

use std::fmt;
use std::marker::PhantomData;

use super::load::Loads;
use super::read::{object, read_all};
use super::select::numbered;
use super::{QuerySet, Rows, Selection};
use crate::ast::{Expr, Select};
use crate::backend::Executor;
use crate::dialect::{Dialect, Sql};
use crate::error::{Error, Result};
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
    rows: &mut Vec<(M, S::Row)>,
) -> Result<(), DecodeError> {
    rows.push((object::<M>(loads, row)?, S::read(row)?));
    Ok(())
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
    /// [`Error::Render`] if the dialect has no form of the query.
    pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<Sql> {
        self.query.plan.check()?;
        Ok(dialect.render(&self.to_select().into())?)
    }

    /// The objects, each with its values.
    ///
    /// SQL: one `SELECT`, and one for each prefetched relation.
    ///
    /// # Errors
    /// [`Error::Db`]; [`Error::Decode`] if a row does not fit.
    pub async fn all(&self, db: &impl Executor) -> Result<Vec<(M, S::Row)>> {
        self.at_most(None, db).await
    }

    /// The pairs, or the first `n` of them.
    async fn at_most(&self, n: Option<u64>, db: &dyn Executor) -> Result<Vec<(M, S::Row)>> {
        let QuerySet { plan, loads, .. } = &self.query;
        plan.check_on(db)?;
        if plan.none {
            return Ok(Vec::new());
        }
        let mut select = self.to_select();
        select.limit = select.limit.into_iter().chain(n).min();
        if super::locking::in_steps(&select, db.dialect())
            && !super::locking::lock_first(plan, &mut select, db).await?
        {
            return Ok(Vec::new());
        }
        let rows = read_all(db, &select.into(), loads, pair::<M, S>).await?;
        if self.query.prefetches.is_empty() {
            return Ok(rows);
        }
        let (mut objects, values): (Vec<M>, Vec<S::Row>) = rows.into_iter().unzip();
        for prefetch in &self.query.prefetches {
            prefetch.run(db, &mut objects).await?;
        }
        Ok(objects.into_iter().zip(values).collect())
    }

    /// The one object of the query with its values.
    ///
    /// SQL: one `SELECT … LIMIT 2`. Rows: exactly 1.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let counted = Author::filter(|a| a.name().eq("Ann")).annotate(|a| a.articles().count());
    /// let (ann, articles) = counted.get(&db).await?;
    /// assert_eq!((ann.name.as_str(), articles), ("Ann", 2));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`], [`Error::MultipleObjectsReturned`]; as [`all`](Self::all).
    pub async fn get(&self, db: &impl Executor) -> Result<(M, S::Row)> {
        let model = M::META.name;
        (self.get_opt(db).await?).ok_or(Error::DoesNotExist { model })
    }

    /// The one object of the query with its values, or `None`.
    ///
    /// # Errors
    /// [`Error::MultipleObjectsReturned`] if more than one row matches; as [`all`](Self::all).
    pub async fn get_opt(&self, db: &impl Executor) -> Result<Option<(M, S::Row)>> {
        let model = M::META.name;
        let mut pairs = self.at_most(Some(2), db).await?;
        match pairs.len() {
            0 | 1 => Ok(pairs.pop()),
            _ => Err(Error::MultipleObjectsReturned { model }),
        }
    }

    /// The first object in order with its values, or `None`.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn first(&self, db: &impl Executor) -> Result<Option<(M, S::Row)>> {
        Ok(self.at_most(Some(1), db).await?.pop())
    }

    /// The objects with their values one by one, with constant memory.
    ///
    /// # Errors
    /// [`Error::Usage`] with `prefetch`, which needs all rows at hand; as [`all`](Self::all).
    pub async fn stream<'a>(&self, db: &'a impl Executor) -> Result<Rows<'a, (M, S::Row)>> {
        let QuerySet { plan, loads, .. } = &self.query;
        self.query.check_stream(db)?;
        if plan.none {
            return Ok(Rows::empty());
        }
        let sql = db.dialect().render(&self.to_select().into())?;
        Rows::of(db, sql, loads, pair::<M, S>).await
    }

    /// The database's plan for the query, a line each. Django: `explain`.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn explain(&self, db: &impl Executor) -> Result<Vec<String>> {
        super::raw::explain(db, self.to_sql(db.dialect())?).await
    }
}
