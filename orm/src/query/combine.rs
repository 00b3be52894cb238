//! Union, intersection and difference.

use std::fmt;
use std::marker::PhantomData;

use super::load::Loads;
use super::order::without_repeats;
use super::plan::{OrderRule, Plan, ROOT};
use super::read::{ReadRow, push_object, read_all};
use super::select::tuple;
use super::source::{Derived, OUTWARD, column_name, refers_outward};
use super::{Columns, Handles, Ordering, Query, QuerySet, Rows, SelectQuery, Selection, Source};
use crate::ast::{
    Expr, From, Func, Name, Order, Select, SelectItem, SetOp, SetOperation, Statement,
};
use crate::backend::Executor;
use crate::dialect::{Dialect, Sql};
use crate::error::{Error, Result};
use crate::model::{Model, ModelMeta};

/// Two or more queries combined; made by [`QuerySet::union`] and its like.
///
/// The rows come in the model's order, tuples by their columns from the left, or as
/// [`order_by`](Self::order_by) says. `C` is what they are rows of.
pub struct SetQuery<T, C> {
    meta: &'static ModelMeta,
    operation: SetOperation,
    /// The names of the columns.
    names: Vec<Name>,
    /// What tells rows apart: all that they hold.
    tie: Vec<Order>,
    read: ReadRow<T>,
    misuse: Option<String>,
    marker: PhantomData<fn() -> C>,
}

impl<T, C> Clone for SetQuery<T, C> {
    fn clone(&self) -> Self {
        Self {
            meta: self.meta,
            operation: self.operation.clone(),
            names: self.names.clone(),
            tie: self.tie.clone(),
            read: self.read,
            misuse: self.misuse.clone(),
            marker: PhantomData,
        }
    }
}

impl<T, C> fmt::Debug for SetQuery<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SetQuery").field(&self.operation).finish()
    }
}

/// A query that can be combined with others of the same rows: query sets of one model, selects of
/// equal tuples, and what was combined of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be combined with a query for `{T}`",
    label = "the rows of combined queries are alike: the same model, or tuples of the same types"
)]
pub trait Part<T> {
    /// The selects, one unless they are combined by this operation, and a mistake in building them.
    #[doc(hidden)]
    fn parts(&self, op: SetOp) -> (Vec<Select>, Option<String>);
}

/// A part: without an order of its own unless a limit cuts by it.
fn part(mut select: Select) -> Select {
    if select.limit.is_none() && select.offset.is_none() {
        select.order_by.clear();
    }
    select
}

fn named(name: impl Into<Name>, descending: bool) -> Order {
    Order {
        expr: Expr::Named(name.into()),
        descending,
    }
}

impl<M: Model> Part<M> for QuerySet<M> {
    fn parts(&self, _: SetOp) -> (Vec<Select>, Option<String>) {
        let loads = !self.loads.is_empty() || !self.prefetches.is_empty();
        let misuse = loads.then(|| {
            "combined queries load no related objects: leave out `with` and `prefetch`".to_owned()
        });
        let misuse = misuse.or_else(|| self.plan.misuse.clone());
        let mut select = self.to_select();
        // Said even where the column has that name: in a join SQLite finds no `id` of two tables.
        for (item, column) in select.columns.iter_mut().zip(M::META.columns) {
            item.alias = Some(column.column.into());
        }
        (vec![part(select)], misuse)
    }
}

impl<Q: Source, S: Selection<Q>> Part<S::Row> for SelectQuery<Q, S> {
    fn parts(&self, _: SetOp) -> (Vec<Select>, Option<String>) {
        let mut select = self.to_select();
        for (n, item) in select.columns.iter_mut().enumerate() {
            item.alias = Some(numbered(n));
        }
        (vec![part(select)], self.plan.misuse.clone())
    }
}

impl<T, C> Part<T> for SetQuery<T, C> {
    fn parts(&self, op: SetOp) -> (Vec<Select>, Option<String>) {
        let operation = &self.operation;
        let cut = operation.limit.is_some() || operation.offset.is_some();
        if operation.op == op && !cut {
            return (operation.parts.clone(), self.misuse.clone());
        }
        // Databases disagree on which of several operations comes first: brackets say it.
        let items = self.names.iter().map(|name| SelectItem {
            expr: Expr::column(ROOT, name.clone()),
            alias: Some(name.clone()),
        });
        let select = Select {
            columns: items.collect(),
            from: Some(self.as_source()),
            ..Select::empty()
        };
        (vec![select], self.misuse.clone())
    }
}

fn numbered(n: usize) -> Name {
    format!("c{n}").into()
}

impl<M: Model> QuerySet<M> {
    fn combined(&self, op: SetOp, other: &impl Part<M>) -> SetQuery<M, M> {
        let columns = M::META.columns;
        let ordering = M::META.ordering.iter().copied();
        let keys = M::META.key.iter().map(|&c| (c, false));
        // Rows with equal keys are equal; the other columns say so to those who do not know it.
        let rest = (0..columns.len()).map(|c| (c, false));
        let tie = ordering.chain(keys).chain(rest);
        let tie = tie.map(|(c, descending)| named(columns[c].column, descending));
        let tie = without_repeats(tie.collect());
        let ordered = !matches!(self.plan.order, OrderRule::Unordered);
        SetQuery::of(
            M::META,
            (self.parts(op), op, right(op, other)),
            columns.iter().map(|c| c.column.into()).collect(),
            (tie, ordered),
            push_object::<M>,
        )
    }

    /// The objects of either query, each once; more can follow, `a.union(&b).union(&c)`. Django:
    /// `union`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let ann = Article::objects().filter(|a| a.author().name().eq("Ann"));
    /// let read = Article::objects().filter(|a| a.views().gt(100));
    /// assert_eq!(ann.union(&read).all(&db).await?.len(), 2);
    /// assert_eq!(ann.intersection(&read).all(&db).await?[0].title, "Hello");
    /// assert_eq!(ann.difference(&read).all(&db).await?[0].title, "Borrowing");
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn union(&self, other: &impl Part<M>) -> SetQuery<M, M> {
        self.combined(SetOp::Union, other)
    }

    /// The objects of either query, those of both twice. Django: `union(all=True)`.
    #[must_use]
    pub fn union_all(&self, other: &impl Part<M>) -> SetQuery<M, M> {
        self.combined(SetOp::UnionAll, other)
    }

    /// The objects of both queries. Django: `intersection`.
    #[must_use]
    pub fn intersection(&self, other: &impl Part<M>) -> SetQuery<M, M> {
        self.combined(SetOp::Intersect, other)
    }

    /// The objects of this query that are not in the other. Django: `difference`.
    #[must_use]
    pub fn difference(&self, other: &impl Part<M>) -> SetQuery<M, M> {
        self.combined(SetOp::Except, other)
    }
}

impl<Q: Source, S: Selection<Q>> SelectQuery<Q, S> {
    fn combined(&self, op: SetOp, other: &impl Part<S::Row>) -> SetQuery<S::Row, Derived<S>> {
        let names: Vec<Name> = (0..self.nodes.len()).map(numbered).collect();
        let mut exact = Vec::new();
        S::exact(&mut exact);
        let terms = names.iter().zip(exact).map(|(name, exact)| {
            let mut order = named(name.clone(), false);
            if exact {
                order.expr = Expr::Func {
                    func: Func::Exact,
                    args: vec![order.expr],
                };
            }
            order
        });
        let tie = terms.collect();
        let ordered = !matches!(self.plan.order, OrderRule::Unordered);
        SetQuery::of(
            self.plan.meta,
            (self.parts(op), op, right(op, other)),
            names,
            (tie, ordered),
            tuple::<Q, S>,
        )
    }

    /// The tuples of either query, equal ones once; also of different models. Django: `union`.
    #[must_use]
    pub fn union(&self, other: &impl Part<S::Row>) -> SetQuery<S::Row, Derived<S>> {
        self.combined(SetOp::Union, other)
    }

    /// The tuples of either query. Django: `union(all=True)`.
    #[must_use]
    pub fn union_all(&self, other: &impl Part<S::Row>) -> SetQuery<S::Row, Derived<S>> {
        self.combined(SetOp::UnionAll, other)
    }

    /// The tuples of both queries. Django: `intersection`.
    #[must_use]
    pub fn intersection(&self, other: &impl Part<S::Row>) -> SetQuery<S::Row, Derived<S>> {
        self.combined(SetOp::Intersect, other)
    }

    /// The tuples of this query that are not in the other. Django: `difference`.
    #[must_use]
    pub fn difference(&self, other: &impl Part<S::Row>) -> SetQuery<S::Row, Derived<S>> {
        self.combined(SetOp::Except, other)
    }
}

type Parts = (Vec<Select>, Option<String>);

/// What stands right of an operation. What is taken away in several steps is what they have together, not
/// what the first of them leaves.
fn right<T>(op: SetOp, other: &impl Part<T>) -> Parts {
    other.parts(match op {
        SetOp::Except => SetOp::Union,
        op => op,
    })
}

impl<T, C> SetQuery<T, C> {
    fn of(
        meta: &'static ModelMeta,
        (left, op, right): (Parts, SetOp, Parts),
        names: Vec<Name>,
        (tie, ordered): (Vec<Order>, bool),
        read: ReadRow<T>,
    ) -> Self {
        let (mut parts, wrong) = left;
        let (more, also_wrong) = right;
        parts.extend(more);
        let outward = parts.iter_mut().any(refers_outward);
        Self {
            meta,
            operation: SetOperation {
                op,
                parts,
                order_by: if ordered { tie.clone() } else { Vec::new() },
                limit: None,
                offset: None,
            },
            names,
            tie,
            read,
            misuse: wrong
                .or(also_wrong)
                .or_else(|| outward.then(|| OUTWARD.to_owned())),
            marker: PhantomData,
        }
    }

    fn combined(&self, op: SetOp, other: &impl Part<T>) -> Self {
        let ordered = !self.operation.order_by.is_empty();
        Self::of(
            self.meta,
            (self.parts(op), op, right(op, other)),
            self.names.clone(),
            (self.tie.clone(), ordered),
            self.read,
        )
    }

    /// The operation as a table among others.
    fn as_source(&self) -> From {
        let mut operation = Box::new(self.operation.clone());
        if operation.limit.is_none() && operation.offset.is_none() {
            operation.order_by.clear();
        }
        let mut source = From::Set {
            operation,
            alias: ROOT,
        };
        let mut next = 1;
        for select in source.selects_mut() {
            crate::ast::place_select(select, &mut next);
        }
        source
    }

    /// The rows of either, equal ones once. Operations are taken from the left, each with all before.
    #[must_use]
    pub fn union(&self, other: &impl Part<T>) -> Self {
        self.combined(SetOp::Union, other)
    }

    /// The rows of either.
    #[must_use]
    pub fn union_all(&self, other: &impl Part<T>) -> Self {
        self.combined(SetOp::UnionAll, other)
    }

    /// The rows of both.
    #[must_use]
    pub fn intersection(&self, other: &impl Part<T>) -> Self {
        self.combined(SetOp::Intersect, other)
    }

    /// The rows of this that are not in the other.
    #[must_use]
    pub fn difference(&self, other: &impl Part<T>) -> Self {
        self.combined(SetOp::Except, other)
    }

    /// The operation as the table of a plan.
    fn plan(&self) -> Plan {
        let mut source = self.as_source();
        let mut next = 1;
        let names: Vec<Name> = (0..self.names.len())
            .map(|n| column_name(n).into())
            .collect();
        if let From::Set { operation, .. } = &mut source {
            rename(operation, &self.names, &names);
            let parts = operation.parts.iter_mut();
            parts.for_each(|part| crate::ast::place_select(part, &mut next));
        }
        let mut plan = Plan::rooted(self.meta, source, Vec::new());
        plan.next_alias = next;
        plan.misuse = self.misuse.clone();
        plan
    }
}

/// Gives the columns of an operation other names.
fn rename(operation: &mut SetOperation, from: &[Name], to: &[Name]) {
    for part in &mut operation.parts {
        for (item, name) in part.columns.iter_mut().zip(to) {
            item.alias = Some(name.clone());
        }
    }
    for order in &mut operation.order_by {
        named_mut(&mut order.expr, &mut |name| {
            if let Some(place) = from.iter().position(|n| n == name) {
                *name = to[place].clone();
            }
        });
    }
}

fn named_mut(expr: &mut Expr, each: &mut dyn FnMut(&mut Name)) {
    if let Expr::Named(name) = expr {
        return each(name);
    }
    expr.parts_mut(&mut |e| named_mut(e, each), &mut |_| ());
}

/// Names the columns of one table by their names in a result; whether there is nothing else.
fn by_name(expr: &mut Expr, name_of: &dyn Fn(&Name) -> Name) -> bool {
    let known = match expr {
        Expr::Column { table: ROOT, name } => {
            *expr = Expr::Named(name_of(name));
            return true;
        }
        Expr::Column { .. } | Expr::Window(_) | Expr::Aggregate { .. } | Expr::Raw(_) => false,
        _ => true,
    };
    let mut good = known;
    let inside = std::cell::Cell::new(false);
    expr.parts_mut(&mut |e| good &= by_name(e, name_of), &mut |_| {
        inside.set(true)
    });
    good && !inside.get()
}

impl<T, C: Source> SetQuery<T, C> {
    /// Orders the rows by their columns and what is computed from them; the other columns break ties.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let ann = Article::filter(|a| a.author().name().eq("Ann"));
    /// let read = Article::filter(|a| a.views().gt(100));
    /// let both = ann.union(&read).order_by(|a| a.views());
    /// assert_eq!(both.first(&db).await?.map(|a| a.title).as_deref(), Some("Borrowing"));
    /// assert_eq!(both.count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn order_by<O: Ordering<C>>(mut self, order: impl FnOnce(Handles<C>) -> O) -> Self {
        let mut plan = Plan::new(self.meta);
        let mut terms = Vec::new();
        plan.with_source::<C, _>(|f| order(f).terms(&mut terms));
        let mut terms = plan.adopt_terms(terms);
        let names = &self.names;
        // Of tuples the handles count the columns; those of objects have their names.
        let name_of = |name: &Name| {
            let place = (0..names.len()).find(|&n| column_name(n) == **name);
            let counted = names.first().is_some_and(|n| *n == numbered(0));
            match place {
                Some(n) if counted => names[n].clone(),
                _ => name.clone(),
            }
        };
        let mut own = plan.joins.nodes.is_empty();
        for term in &mut terms {
            own &= by_name(&mut term.expr, &name_of);
        }
        if !own {
            self.misuse = Some("combined queries are ordered by their own columns and what is computed from them, not by relations, subqueries or windows: order the table of tuples, `.select(…).union(…).as_table()`".into());
        }
        self.misuse = self.misuse.or(plan.misuse);
        terms.extend(self.tie.iter().cloned());
        self.operation.order_by = without_repeats(terms);
        self
    }
}

impl<T, C: Columns> SetQuery<T, Derived<C>> {
    /// The result as a table to query, join and aggregate.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// // How many characters titles, names and tags have, all in all.
    /// let words = Article::objects()
    ///     .select(|a| a.title())
    ///     .union_all(&Author::objects().select(|a| a.name()))
    ///     .union_all(&Tag::objects().select(|t| t.name()));
    /// let letters = words.as_table().aggregate(|word| word.length().sum()).get(&db).await?;
    /// assert_eq!(letters, Some(33));
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn as_table(&self) -> Query<Derived<C>> {
        let mut plan = self.plan();
        plan.tie = Some(super::with::ties(&C::types()).collect());
        Query::new(plan)
    }
}

impl<T: Send + 'static, C> SetQuery<T, C> {
    /// At most `n` rows of the whole.
    #[must_use]
    pub fn limit(mut self, n: u64) -> Self {
        self.operation.limit = Some(n);
        self
    }

    /// Passes over the first `n` rows of the whole.
    #[must_use]
    pub fn offset(mut self, n: u64) -> Self {
        self.operation.offset = Some(n);
        self
    }

    /// The SQL that [`all`](Self::all) would send.
    ///
    /// # Errors
    /// [`Error::Render`] if the dialect has no form of the query.
    pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<Sql> {
        Ok(dialect.render(&self.statement()?)?)
    }

    fn statement(&self) -> Result<Statement> {
        match &self.misuse {
            Some(text) => Err(Error::Usage(text.clone())),
            None => Ok(self.operation.clone().into()),
        }
    }

    /// The rows.
    ///
    /// SQL: one `SELECT … UNION SELECT …`.
    ///
    /// # Errors
    /// [`Error::Db`]; [`Error::Decode`] if a value does not fit.
    pub async fn all(&self, db: &impl Executor) -> Result<Vec<T>> {
        read_all(db, &self.statement()?, &Loads::default(), self.read).await
    }

    /// The first row in order, or `None`.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn first(&self, db: &impl Executor) -> Result<Option<T>> {
        let most = self.operation.limit.unwrap_or(1).min(1);
        Ok(self.clone().limit(most).all(db).await?.pop())
    }

    /// The number of rows.
    ///
    /// SQL: one `SELECT COUNT(*) FROM (SELECT … UNION SELECT …)`. Django: `count`.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn count(&self, db: &impl Executor) -> Result<u64> {
        self.plan().count(db).await
    }

    /// Whether there is any row. Django: `exists`.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn exists(&self, db: &impl Executor) -> Result<bool> {
        self.plan().exists(db).await
    }

    /// The rows one by one, with constant memory.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn stream<'a>(&self, db: &'a impl Executor) -> Result<Rows<'a, T>> {
        Rows::of(db, self.to_sql(db.dialect())?, &Loads::default(), self.read).await
    }

    /// The database's plan for the query, a line each. Django: `explain`.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn explain(&self, db: &impl Executor) -> Result<Vec<String>> {
        super::raw::explain(db, self.to_sql(db.dialect())?).await
    }
}
