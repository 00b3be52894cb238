//! Named tables, which a statement computes before all else, and those that find their rows step by
//! step.

use std::sync::Arc;

use super::plan::{Plan, ROOT};
use super::source::{column_name, column_of, exact, refers_outward};
use super::{
    Column, Columns, Derived, Expression, Query, SelectQuery, Selection, Source, Windowed,
};
use crate::ast::{
    BinaryOp, CastTo, Expr, From, JoinKind, Order, Select, SelectItem, Step, Wide, WithTable,
};
use crate::backend::Executor;
use crate::dialect::{WithWrites, is_recursive};
use crate::model::{Here, Maybe, ModelMeta};
use crate::value::Value;
use orm_schema::FieldType;

/// The column that counts the steps.
const DEPTH: &str = "depth";
/// Names of tables are no longer than this anywhere.
const LONGEST_NAME: usize = 64;

/// What the step of a recursive table selects: columns like those of its first query.
#[diagnostic::on_unimplemented(
    message = "the step of a recursive table must select columns like those of its first query",
    label = "the step selects `{Self}`",
    note = "the first query selects `{First}`",
    note = "select as many columns of the same types: `.select(|(c, (_, depth))| (c.id(), depth + 1))` after `(c.id(), value(0_i64))`"
)]
pub trait Continues<First> {}

/// Whether a column of a step fits in the first query's: one that may be NULL only in such a one.
#[diagnostic::on_unimplemented(
    message = "the step of a recursive table may give NULL in a column that is never NULL in its first query",
    note = "give it a value, `.coalesce(…)`, or let the first query's column be one that may be NULL"
)]
pub trait NullAs<First> {}

impl NullAs<Here> for Here {}
impl NullAs<Maybe> for Here {}
impl NullAs<Maybe> for Maybe {}

impl<R, R0, T, N: NullAs<N0>, N0, K, K0> Continues<Expression<R0, T, N0, K0>>
    for Expression<R, T, N, K>
{
}
impl<R, R0, T, N: NullAs<N0>, N0, K> Continues<Column<R0, T, N0>> for Expression<R, T, N, K> {}
impl<R, R0, T, N: NullAs<N0>, N0, K0> Continues<Expression<R0, T, N0, K0>> for Column<R, T, N> {}
impl<R, R0, T, N: NullAs<N0>, N0> Continues<Column<R0, T, N0>> for Column<R, T, N> {}
impl<R, R0, T, N: NullAs<N0>, N0, K> Continues<Windowed<R0, T, N0>> for Expression<R, T, N, K> {}
impl<R, R0, T, N: NullAs<N0>, N0> Continues<Windowed<R0, T, N0>> for Column<R, T, N> {}

macro_rules! tuples {
    ($($($name:ident $first:ident),+;)*) => {$(
        impl<$($name: Continues<$first>, $first),+> Continues<($($first,)+)> for ($($name,)+) {}
    )*};
}
tuples! {
    A A0;
    A A0, B B0;
    A A0, B B0, C C0;
    A A0, B B0, C C0, D D0;
    A A0, B B0, C C0, D D0, E E0;
    A A0, B B0, C C0, D D0, E E0, F F0;
    A A0, B B0, C C0, D D0, E E0, F F0, G G0;
    A A0, B B0, C C0, D D0, E E0, F F0, G G0, H H0;
}

impl<C: Columns> Query<Derived<C>> {
    /// Names the table, so that a statement that uses it several times says it once:
    /// `WITH name AS (…)`. Clones are uses of one table.
    ///
    /// On MariaDB and SingleStore an update or delete says it at each use instead. A statement cannot
    /// hold two tables of one name, nor read a table of the database of that name beside.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let written = Article::objects()
    ///     .group_by(|a| a.author_id())
    ///     .aggregate(|_| count())
    ///     .as_table()
    ///     .named("written");
    /// // Pairs of authors of whom one has written more.
    /// let pairs = written
    ///     .clone()
    ///     .join(written, |((_, n), (_, more))| n.lt(more))
    ///     .select(|((less, _), (more, _))| (less, more));
    /// assert_eq!(pairs.all(&db).await?, [(2, 1)]);
    /// let sql = pairs.to_sql(db.dialect())?;
    /// assert_eq!(sql.text.matches("COUNT(*)").count(), 1);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn named(self, name: &'static str) -> Self {
        let types = C::types();
        let mut tie = self.plan.tie.clone().unwrap_or_default();
        // Of a recursive table, whose depth is no column of its result.
        tie.retain(|order| order.expr != Expr::column(ROOT, DEPTH));
        let mut select = self.plan.result(types.len());
        let misuse = name_fault(name).or_else(|| outward_fault(&mut select, name));
        let table = WithTable {
            name: name.into(),
            select,
            step: None,
        };
        let mut plan = self.plan.beside(with(table), tie);
        plan.misuse = plan.misuse.or(misuse);
        Self::new(plan)
    }

    /// A table that begins with these rows and grows step by step: the closure gets the rows that the
    /// step before found and says which follow from them, `max_depth` times at most or until a step
    /// finds none. SQL: `WITH RECURSIVE name AS (… UNION ALL …)`.
    ///
    /// A row stands in it as often as steps lead to it; where they run in a circle, once for each round
    /// until `max_depth`. [`recursive_distinct`](Self::recursive_distinct) has each once. Texts in it
    /// compare character by character, decimals have ten digits behind the point.
    ///
    /// The step is a plain select that reads the rows found once, in a join, not as the side of a left
    /// join that may be missing; a mistake there is told when the query is sent. SingleStore takes at
    /// most 30 steps: more are refused with `UnsupportedQueryShape`. An update or delete of the rows that
    /// it finds reads their keys first there, in one transaction; new values cannot be taken from it.
    ///
    /// ```
    /// # use orm::query::value;
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// // The articles before and after which an author has written another, counted through.
    /// let series = Article::objects()
    ///     .filter(|a| a.id().eq(1))
    ///     .select(|a| (a.id(), a.author_id(), value(1_i64)))
    ///     .as_table()
    ///     .recursive("series", 10, |found| {
    ///         found
    ///             .join(Article::objects(), |((id, author, _), a)| {
    ///                 a.author_id().eq(author) & a.id().gt(id)
    ///             })
    ///             .select(|((_, author, n), a)| (a.id(), author, n + 1))
    ///     });
    /// let ids = series.order_by(|(_, _, n)| n).select(|(id, _, n)| (n, id)).all(&db).await?;
    /// assert_eq!(ids, [(1, 1), (2, 2)]);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn recursive<Q, S>(
        self,
        name: &'static str,
        max_depth: u32,
        step: impl FnOnce(Self) -> SelectQuery<Q, S>,
    ) -> Self
    where
        Q: Source,
        S: Selection<Q> + Continues<C>,
    {
        let types = C::types();
        let (table, mut plan) = self.growing(name, max_depth, step, false);
        let mut tie: Vec<Order> = ties(&types).collect();
        tie.push(ascending(Expr::column(ROOT, DEPTH)));
        let misuse = plan.misuse.take();
        let mut plan = plan.beside(with(table), tie);
        plan.misuse = misuse;
        Self::new(plan)
    }

    /// As [`recursive`](Self::recursive), but each row once, however many ways lead to it: rows that
    /// refer to each other in a circle come to an end by themselves.
    ///
    /// Rows are equal if all of their columns are, so count no steps in one. Where SingleStore computes
    /// it, all ways are walked: among rows that many ways lead to, keep `max_depth` small.
    #[must_use]
    pub fn recursive_distinct<Q, S>(
        self,
        name: &'static str,
        max_depth: u32,
        step: impl FnOnce(Self) -> SelectQuery<Q, S>,
    ) -> Self
    where
        Q: Source,
        S: Selection<Q> + Continues<C>,
    {
        let types = C::types();
        let (table, mut plan) = self.growing(name, max_depth, step, true);
        let inner = crate::ast::Alias(1);
        let item = |n| SelectItem {
            expr: Expr::column(inner, column_name(n)),
            alias: Some(column_name(n).into()),
        };
        let select = Select {
            distinct: true,
            columns: (0..types.len()).map(item).collect(),
            from: Some(From::With {
                table: Arc::new(table),
                alias: inner,
            }),
            ..Select::empty()
        };
        let source = From::Subquery {
            select: Box::new(select),
            alias: ROOT,
        };
        let misuse = plan.misuse.take();
        let mut plan = plan.beside(source, ties(&types).collect());
        plan.next_alias = 2;
        plan.misuse = misuse;
        Self::new(plan)
    }

    /// The recursive table, and the plan of its first rows with the mistakes made.
    fn growing<Q, S>(
        self,
        name: &'static str,
        max_depth: u32,
        step: impl FnOnce(Self) -> SelectQuery<Q, S>,
        distinct: bool,
    ) -> (WithTable, Plan)
    where
        Q: Source,
        S: Selection<Q> + Continues<C>,
    {
        let types = C::types();
        let found = From::Found {
            name: name.into(),
            alias: ROOT,
        };
        let step = step(Self::new(Plan::rooted(
            self.plan.meta,
            found,
            ties(&types).collect(),
        )));
        let mut following = step.to_select();
        let mut first = first_rows(self.plan.result(types.len()), &types);
        let misuse = (self.plan.misuse.clone())
            .or_else(|| name_fault(name))
            .or_else(|| step.plan.misuse.clone())
            .or_else(|| step_fault(&mut following, &step.plan, name))
            .or_else(|| outward_fault(&mut first, name))
            .or_else(|| outward_fault(&mut following, name));
        if misuse.is_none() {
            continued(&mut following, &types, max_depth);
        }
        let table = WithTable {
            name: name.into(),
            select: first,
            step: Some(Step {
                select: following,
                distinct,
                max_depth,
            }),
        };
        let mut plan = self.plan;
        plan.misuse = misuse;
        (table, plan)
    }
}

impl Plan {
    /// What a query on a table of `width` columns gives, as a select of its own.
    fn result(&self, width: usize) -> Select {
        if let Some((From::Subquery { select, .. }, _)) = self.clone().only_root() {
            return *select;
        }
        let item = |n| SelectItem {
            expr: Expr::column(ROOT, column_name(n)),
            alias: Some(column_name(n).into()),
        };
        let mut select = self.rows((0..width).map(item).collect());
        if select.limit.is_none() && select.offset.is_none() {
            select.order_by.clear();
        }
        select
    }

    /// Whether a statement that writes these rows cannot say itself which they are, so that their keys
    /// are read first: where it has no place for the recursive tables that find them.
    pub(super) fn is_read_first(&self, db: &dyn Executor) -> bool {
        db.dialect().features().with_writes == WithWrites::Inlined
            && is_recursive(&self.bare(Vec::new()))
    }

    /// A plan on another table in the place of this one.
    fn beside(self, root: From, tie: Vec<Order>) -> Self {
        let mut plan = Self::rooted(self.meta, root, tie);
        plan.none = self.none;
        plan.misuse = self.misuse;
        plan
    }

    pub(super) fn rooted(meta: &'static ModelMeta, root: From, tie: Vec<Order>) -> Self {
        let mut plan = Self::new(meta);
        plan.root = Some(root);
        plan.tie = Some(tie);
        plan
    }
}

fn with(table: WithTable) -> From {
    From::With {
        table: Arc::new(table),
        alias: ROOT,
    }
}

fn ascending(expr: Expr) -> Order {
    Order {
        expr,
        descending: false,
    }
}

/// All columns: nothing else tells the rows of a recursive table apart.
pub(super) fn ties(types: &[FieldType]) -> impl Iterator<Item = Order> + '_ {
    (types.iter().enumerate()).map(|(n, ty)| ascending(exact(ty, column_of(ROOT, n))))
}

/// The first rows, each column wide enough for all that follow, and their depth.
fn first_rows(select: Select, types: &[FieldType]) -> Select {
    let plain = !select.distinct
        && select.group_by.is_empty()
        && select.order_by.is_empty()
        && select.limit.is_none()
        && select.offset.is_none();
    let mut select = if plain {
        select
    } else {
        let columns = (0..types.len()).map(|n| SelectItem {
            expr: column_of(ROOT, n),
            alias: None,
        });
        let mut next = 1;
        let mut inner = select;
        crate::ast::place_select(&mut inner, &mut next);
        Select {
            columns: columns.collect(),
            from: Some(From::Subquery {
                select: Box::new(inner),
                alias: ROOT,
            }),
            ..Select::empty()
        }
    };
    widened(&mut select, types);
    select.columns.push(SelectItem {
        expr: as_wide(Expr::Value(Value::Int(0)), Wide::Int),
        alias: Some(DEPTH.into()),
    });
    select
}

/// Names the columns and makes room in them.
fn widened(select: &mut Select, types: &[FieldType]) {
    for (n, (item, ty)) in select.columns.iter_mut().zip(types).enumerate() {
        item.alias = Some(column_name(n).into());
        if let Some(wide) = wide(ty) {
            let expr = std::mem::replace(&mut item.expr, Expr::And(Vec::new()));
            item.expr = as_wide(expr, wide);
        }
    }
}

fn as_wide(expr: Expr, wide: Wide) -> Expr {
    Expr::Cast {
        expr: Box::new(expr),
        to: CastTo::Wide(wide),
    }
}

fn wide(ty: &FieldType) -> Option<Wide> {
    Some(match ty {
        FieldType::SmallInt { unsigned }
        | FieldType::Int { unsigned }
        | FieldType::BigInt { unsigned } => match unsigned {
            true => Wide::UInt,
            false => Wide::Int,
        },
        FieldType::Duration => Wide::Int,
        FieldType::Float | FieldType::Double => Wide::Double,
        FieldType::Decimal { .. } => Wide::Decimal,
        FieldType::Char { .. } | FieldType::Varchar { .. } | FieldType::Text => Wide::Text,
        FieldType::Binary { .. } => Wide::Bytes,
        FieldType::Date => Wide::Date,
        FieldType::Time => Wide::Time,
        FieldType::DateTime => Wide::DateTime,
        // Of one width, or of the widest there is.
        _ => return None,
    })
}

/// The step as part of the table: its columns in order, one deeper than the rows it reads, and no
/// deeper than it may.
fn continued(select: &mut Select, types: &[FieldType], max_depth: u32) {
    let found = (select.from.iter())
        .chain(select.joins.iter().map(|join| &join.source))
        .find(|source| matches!(source, From::Found { .. }));
    let Some(depth) = found.map(|source| Expr::column(source.alias(), DEPTH)) else {
        return;
    };
    widened(select, types);
    select.columns.push(SelectItem {
        expr: Expr::binary(depth.clone(), BinaryOp::Add, Expr::Value(Value::Int(1))),
        alias: Some(DEPTH.into()),
    });
    let further = Expr::binary(
        depth,
        BinaryOp::Lt,
        Expr::Value(Value::Int(max_depth.into())),
    );
    select.filter = Some(match select.filter.take() {
        Some(Expr::And(mut all)) => {
            all.push(further);
            Expr::And(all)
        }
        Some(filter) => Expr::And(vec![filter, further]),
        None => further,
    });
}

fn name_fault(name: &str) -> Option<String> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    (name.is_empty() || name.len() > LONGEST_NAME || !plain).then(|| {
        format!(
            "`{name}` is no name for a table: letters, digits and `_`, at most {LONGEST_NAME} of them and no digit first"
        )
    })
}

/// A named table stands in front of the statement, where there is no row around it.
fn outward_fault(select: &mut Select, name: &str) -> Option<String> {
    refers_outward(select).then(|| {
        format!(
            "the named table `{name}` refers to the query around it by `outer`: say that in a filter of the table where it is used"
        )
    })
}

/// What of a step no database computes, or not all alike; takes out its order, which means nothing.
fn step_fault(select: &mut Select, plan: &Plan, name: &str) -> Option<String> {
    let wrong = |what: &str| Some(format!("the step of the recursive table `{name}` {what}"));
    let cut = select.limit.is_some() || select.offset.is_some();
    if select.distinct || cut || select.lock.is_some() || plan.options.is_some() {
        return wrong(
            "is a plain select: leave out `distinct`, limits, locks and hints, and say them of the whole table",
        );
    }
    select.order_by.clear();
    let mut windows = false;
    select.exprs_mut(&mut |e| window_in(e, &mut windows));
    if windows {
        return wrong(
            "has a window, which would see the rows of one step only: select it from the whole table",
        );
    }
    let found = |source: &From| matches!(source, From::Found { name: n, .. } if n == name);
    let own = (select.from.iter())
        .chain(select.joins.iter().map(|join| &join.source))
        .filter(|source| found(source))
        .count();
    let missing =
        (select.joins.iter()).any(|join| join.kind == JoinKind::Left && found(&join.source));
    if own != 1 || found_within(select) > 0 {
        return wrong(
            "reads the rows found once, as a table that it joins: `found.join(…)`, not in a subquery and not twice",
        );
    }
    if missing {
        return wrong("cannot left-join the rows found: begin with them, `found.left_join(…)`");
    }
    None
}

fn window_in(expr: &mut Expr, windows: &mut bool) {
    *windows |= matches!(expr, Expr::Window(_));
    expr.parts_mut(&mut |e| window_in(e, windows), &mut |_| ());
}

/// How often rows found are read in the selects within one.
fn found_within(select: &mut Select) -> usize {
    let mut n = 0;
    for source in select.sources_mut() {
        n += match source {
            From::Subquery { .. } | From::Set { .. } => source.selects_mut().map(found_in).sum(),
            From::With { table, .. } => {
                let mut table = (**table).clone();
                // Its own step reads its own rows.
                found_in(&mut table.select)
            }
            _ => 0,
        };
    }
    select.exprs_mut(&mut |e| found_in_expr(e, &mut n));
    n
}

fn found_in(select: &mut Select) -> usize {
    let own = (select.sources_mut())
        .filter(|source| matches!(source, From::Found { .. }))
        .count();
    own + found_within(select)
}

fn found_in_expr(expr: &mut Expr, n: &mut usize) {
    let n = std::cell::RefCell::new(n);
    expr.parts_mut(&mut |e| found_in_expr(e, &mut n.borrow_mut()), &mut |s| {
        **n.borrow_mut() += found_in(s)
    });
}
