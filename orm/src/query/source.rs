//! What rows come from: models, joins of them, and the results of other queries.

use std::marker::PhantomData;

use super::plan::{Extra, Plan, ROOT, key_order};
use super::{Column, Concat, Expression, GroupBy, QuerySet, SelectQuery, Selection};
use crate::ast::{Alias, Expr, From, Func, JoinKind, Order, Select, place_select};
use crate::model::{At, Here, Model, Place, Scope};
use crate::value::DbType;
use orm_schema::FieldType;

/// A source of rows, with typed handles of its columns.
pub trait Source: Sized + 'static {
    /// The handles in a query on `R`, where the rows may be missing as `P` says.
    type In<R: 'static, P: Place>;
    /// What messages call it.
    const NAME: &'static str;
    /// The handles; each table takes the next alias.
    fn at<R: 'static, P: Place>(
        scope: &Scope,
        aliases: &mut dyn Iterator<Item = Alias>,
    ) -> Self::In<R, P>;
}

/// What the closures of a query on `S` get.
pub type Handles<S> = <S as Source>::In<S, Here>;

impl<M: Model> Source for M {
    type In<R: 'static, P: Place> = M::Fields<R, P>;
    const NAME: &'static str = M::META.name;
    fn at<R: 'static, P: Place>(
        scope: &Scope,
        aliases: &mut dyn Iterator<Item = Alias>,
    ) -> M::Fields<R, P> {
        At::table(scope.clone(), M::META, aliases.next().unwrap_or(ROOT)).into()
    }
}

/// The rows of `A`, each with those of `B` that belong to it; closures get a pair of handles.
#[derive(Debug)]
#[expect(clippy::type_complexity, reason = "a marker of its three parameters")]
pub struct Joined<A, B, P = Here>(PhantomData<fn() -> (A, B, P)>);

impl<A: Source, B: Source, J: Place> Source for Joined<A, B, J> {
    type In<R: 'static, P: Place> = (A::In<R, P>, B::In<R, P::Or<J>>);
    const NAME: &'static str = A::NAME;
    fn at<R: 'static, P: Place>(
        scope: &Scope,
        aliases: &mut dyn Iterator<Item = Alias>,
    ) -> Self::In<R, P> {
        let left = A::at(scope, aliases);
        (left, B::at(scope, aliases))
    }
}

/// The result of a query as a source; closures get its columns, those of groups as keys and
/// aggregates.
#[derive(Debug)]
pub struct Derived<C>(PhantomData<fn() -> C>);

impl<C: Columns> Source for Derived<C> {
    type In<R: 'static, P: Place> = C::In<R, P>;
    const NAME: &'static str = "a derived table";
    fn at<R: 'static, P: Place>(
        _: &Scope,
        aliases: &mut dyn Iterator<Item = Alias>,
    ) -> C::In<R, P> {
        C::at(aliases.next().unwrap_or(ROOT), &mut 0)
    }
}

/// What a query selected, as columns of its result.
pub trait Columns: 'static {
    /// The handles.
    type In<R: 'static, P: Place>;
    /// The handles, whose names count from `next`.
    fn at<R: 'static, P: Place>(table: Alias, next: &mut usize) -> Self::In<R, P>;
    /// Appends the types of the columns.
    fn push_types(out: &mut Vec<FieldType>);
    /// The types of the columns.
    fn types() -> Vec<FieldType> {
        let mut types = Vec::new();
        Self::push_types(&mut types);
        types
    }
}

pub(super) fn derived<R, T: DbType, N: Place>(
    table: Alias,
    next: &mut usize,
) -> Expression<R, T, N> {
    let column = column_of(table, *next);
    *next += 1;
    Expression::typed(exact(&T::TYPE, column))
}

/// A value that may be a decimal: SQLite keeps it as a text, and only a column of a table in the database
/// knows that it is a number.
pub(super) fn exact(ty: &FieldType, column: Expr) -> Expr {
    match ty {
        FieldType::Decimal { .. } => Expr::Func {
            func: Func::Exact,
            args: vec![column],
        },
        _ => column,
    }
}

pub(super) fn column_of(table: Alias, n: usize) -> Expr {
    Expr::column(table, column_name(n))
}

pub(super) fn column_name(n: usize) -> String {
    format!("d{n}")
}

impl<R0: 'static, T: DbType, N: Place, K: 'static> Columns for Expression<R0, T, N, K> {
    type In<R: 'static, P: Place> = Expression<R, T, P::Or<N>>;
    fn at<R: 'static, P: Place>(table: Alias, next: &mut usize) -> Self::In<R, P> {
        derived(table, next)
    }
    fn push_types(out: &mut Vec<FieldType>) {
        out.push(T::TYPE);
    }
}

impl<R0: 'static, T: DbType, N: Place> Columns for Column<R0, T, N> {
    type In<R: 'static, P: Place> = Expression<R, T, P::Or<N>>;
    fn at<R: 'static, P: Place>(table: Alias, next: &mut usize) -> Self::In<R, P> {
        derived(table, next)
    }
    fn push_types(out: &mut Vec<FieldType>) {
        out.push(T::TYPE);
    }
}

macro_rules! tuples {
    ($($($name:ident),+;)*) => {$(
        impl<$($name: Columns),+> Columns for ($($name,)+) {
            type In<R: 'static, P: Place> = ($($name::In<R, P>,)+);
            fn at<R: 'static, P: Place>(table: Alias, next: &mut usize) -> Self::In<R, P> {
                ($($name::at::<R, P>(table, next),)+)
            }
            fn push_types(out: &mut Vec<FieldType>) {
                $($name::push_types(out);)+
            }
        }
    )*};
}
tuples! {
    A;
    A, B;
    A, B, C;
    A, B, C, D;
    A, B, C, D, E;
    A, B, C, D, E, F;
    A, B, C, D, E, F, G;
    A, B, C, D, E, F, G, H;
}

/// What can be joined: a query set, or a query on one source.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be joined",
    label = "expected a query set, or the table of a query",
    note = "`.join(Tag::objects(), |(a, t)| …)`; the result of a query is a table by `.as_table()`"
)]
pub trait Joinable {
    /// The source.
    type Source: Source;
    /// The rows, and what tells them apart.
    fn joined(self, alias: Alias, next: &mut u16) -> Result<(From, Vec<Order>), String>;
}

impl<M: Model> Joinable for QuerySet<M> {
    type Source = M;
    fn joined(self, alias: Alias, next: &mut u16) -> Result<(From, Vec<Order>), String> {
        if let Some(misuse) = self.plan.misuse {
            return Err(misuse);
        }
        let source = if self.plan.is_whole() {
            From::Table {
                name: M::META.table.into(),
                alias,
            }
        } else {
            let mut columns = self.plan.own_columns();
            for (item, meta) in columns.iter_mut().zip(M::META.columns) {
                item.alias = Some(meta.column.into());
            }
            let mut select = self.plan.rows(columns);
            if select.limit.is_none() && select.offset.is_none() {
                select.order_by.clear();
            }
            if refers_outward(&mut select) {
                return Err(OUTWARD.into());
            }
            place_select(&mut select, next);
            From::Subquery {
                select: Box::new(select),
                alias,
            }
        };
        Ok((source, key_order(M::META, alias).collect()))
    }
}

impl<C: Columns> Joinable for super::Query<Derived<C>> {
    type Source = Derived<C>;
    fn joined(self, alias: Alias, next: &mut u16) -> Result<(From, Vec<Order>), String> {
        let plan = self.plan;
        if let Some(misuse) = plan.misuse {
            return Err(misuse);
        }
        let Some((mut source, tie)) = plan.only_root() else {
            return Err("a table that was filtered, ordered or joined is joined no further: filter after the join, or give it a name (`.named(…)`)".into());
        };
        for select in source.selects_mut() {
            place_select(select, next);
        }
        *source.alias_mut() = alias;
        let tie = tie.into_iter().map(|mut order| {
            rename(&mut order.expr, alias);
            order
        });
        Ok((source, tie.collect()))
    }
}

/// A table among others sees none of a row around them.
pub(super) const OUTWARD: &str = "a table that is joined or made of a query refers to the query around it by `outer`: say that in a filter behind the join, or of the table";

/// Whether a select names columns of a query around it.
pub(super) fn refers_outward(select: &mut Select) -> bool {
    let mut outward = false;
    for source in select.sources_mut() {
        for select in source.selects_mut() {
            outward |= refers_outward(select);
        }
    }
    select.exprs_mut(&mut |e| outward |= names_outward(e));
    outward
}

fn names_outward(expr: &mut Expr) -> bool {
    let outward = std::cell::Cell::new(matches!(expr, Expr::Outer(_)));
    expr.parts_mut(
        &mut |e| outward.set(outward.get() | names_outward(e)),
        &mut |s| outward.set(outward.get() | refers_outward(s)),
    );
    outward.get()
}

/// Names another table in a column, which an [`Func::Exact`] may be around.
fn rename(expr: &mut Expr, alias: Alias) {
    match expr {
        Expr::Column { table, .. } => *table = alias,
        other => other.parts_mut(&mut |e| rename(e, alias), &mut |_| ()),
    }
}

impl Plan {
    /// Joins a source; the condition follows by [`Plan::on`].
    pub(super) fn join(&mut self, other: impl Joinable, kind: JoinKind) -> Alias {
        let alias = Alias(self.next_alias);
        self.next_alias += 1;
        if self.tie.is_none() {
            self.tie = Some(key_order(self.meta, ROOT).collect());
        }
        match other.joined(alias, &mut self.next_alias) {
            Ok((source, tie)) => {
                self.tie.get_or_insert_default().extend(tie);
                self.extra.push(Extra {
                    kind,
                    source,
                    alias,
                    on: Expr::And(Vec::new()),
                });
            }
            Err(misuse) => self.misuse = Some(misuse),
        }
        alias
    }

    /// The condition of the last join. An equality does not stand bare, as that of a relation does, whose
    /// columns have one type and collation: rewrite passes let one of those stand for the other.
    pub(super) fn on(&mut self, condition: Expr) {
        if let Some(last) = self.extra.last_mut() {
            last.on = match condition {
                Expr::Binary { .. } => Expr::And(vec![condition]),
                other => other,
            };
        }
    }
}

impl Plan {
    /// A plan on the result of a select of this one, whose columns are named by their number; `tie`
    /// makes an order of them total.
    pub(super) fn derived(&self, mut select: Select, tie: Vec<Order>) -> Self {
        for (n, item) in select.columns.iter_mut().enumerate() {
            item.alias = Some(column_name(n).into());
        }
        if select.limit.is_none() && select.offset.is_none() {
            select.order_by.clear();
        }
        let outward = refers_outward(&mut select).then(|| OUTWARD.to_owned());
        let mut next = 1;
        place_select(&mut select, &mut next);
        let root = From::Subquery {
            select: Box::new(select),
            alias: ROOT,
        };
        let mut outer = Self::rooted(self.meta, root, tie);
        outer.next_alias = next;
        outer.none = self.none;
        outer.misuse = self.misuse.clone().or(outward);
        outer
    }

    /// The same to count the rows: it locks none, and options are those of the whole.
    pub(super) fn counted(&self, mut select: Select) -> Self {
        select.lock = None;
        let options = select.options.take();
        let mut outer = self.derived(select, Vec::new());
        outer.options = options;
        outer
    }
}

/// A query on the result of a select, of which the first columns tell rows apart.
fn table<C: Columns>(
    plan: &Plan,
    select: Select,
    tie: usize,
    exact: &[bool],
) -> super::Query<Derived<C>> {
    let ties = (0..tie).map(|n| {
        let column = column_of(ROOT, n);
        Order {
            expr: if exact[n] {
                Expr::Func {
                    func: Func::Exact,
                    args: vec![column],
                }
            } else {
                column
            },
            descending: false,
        }
    });
    super::Query::new(plan.derived(select, ties.collect()))
}

impl<Q: Source, S: Selection<Q> + Columns> SelectQuery<Q, S> {
    /// The result as a table to query, join and aggregate.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let top_two = Article::objects().order_by(|a| a.views().desc()).select(|a| a.views()).limit(2);
    /// let mean = top_two.as_table().aggregate(|views| views.avg()).get(&db).await?;
    /// assert_eq!(mean, Some(100.0));
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn as_table(&self) -> super::Query<Derived<S>> {
        let select = self.to_select();
        let exact = exact_columns::<Q, S>();
        table(&self.plan, select, self.nodes.len(), &exact)
    }
}

impl<Q: Source, S: Selection<Q> + Columns, A> GroupBy<Q, S, A>
where
    A: Selection<Q, super::PerGroup> + Columns,
    S::Tuple: Concat<A::Tuple>,
{
    /// The groups as a table: `.as_table().filter(|(keys, aggregates)| …)`; aggregates over aggregates.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// // How many authors have written how many articles.
    /// let spread = Article::objects()
    ///     .group_by(|a| a.author_id())
    ///     .aggregate(|_| count())
    ///     .as_table()
    ///     .group_by(|(_, n)| n)
    ///     .aggregate(|_| count())
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(spread, [(1, 1), (2, 1)]);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn as_table(&self) -> super::Query<Derived<(S, A)>> {
        let exact = exact_columns::<Q, S>();
        table(&self.plan, self.to_select(), self.keys.len(), &exact)
    }
}

/// Which of the columns are exact decimals.
fn exact_columns<Q, S: Selection<Q>>() -> Vec<bool> {
    let mut out = Vec::new();
    S::exact(&mut out);
    out
}
