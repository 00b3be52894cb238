//! Pages by place: what follows a row in the query's total order.

mod cursor;

use std::fmt;
use std::marker::PhantomData;

use super::load::Loads;
use super::plan::{OrderRule, Plan, ROOT};
use super::prefetch::PrefetchNode;
use super::read::{ReadRow, object, read_all};
use super::{QuerySet, SelectQuery, Selection, Source};
use crate::ast::{BinaryOp, Expr, Func, Order, Select, SelectItem};
use crate::backend::Executor;
use crate::dialect::{Dialect, Sql};
use crate::error::{Error, Result};
use crate::model::{ColumnMeta, Model};
use crate::value::{DecodeError, RowReader, Value};
use cursor::Cursor;
use orm_schema::FieldType;

/// Some rows of a query, and the cursors of the pages beside them.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows, in the query's order whichever way the page was asked for.
    pub rows: Vec<T>,
    /// For `page_after`, if rows follow.
    pub next: Option<String>,
    /// For `page_before`, if rows come before.
    pub previous: Option<String>,
}

/// A row and its place in the order.
type Placed<T> = (T, Vec<Value>);

/// A query for one page; made by [`QuerySet::page_after`] and its like.
pub struct PageQuery<T> {
    select: Result<Select, Error>,
    none: bool,
    order: OrderMark,
    way: Way,
    size: u64,
    /// Whether a cursor was given, so that there are rows on its side.
    from_cursor: bool,
    loads: Loads,
    read: ReadRow<Placed<T>>,
    marker: PhantomData<fn() -> T>,
}

/// What a cursor says of the order it was made for.
#[derive(Debug, Clone, Copy)]
struct OrderMark(u32);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    After,
    Before,
}

impl<T> fmt::Debug for PageQuery<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageQuery")
            .field("way", &self.way)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// The values of the order's terms, which stand behind all else.
fn place(row: &mut RowReader<'_>) -> Result<Vec<Value>, DecodeError> {
    (0..row.remaining()).map(|_| row.get_with(Ok)).collect()
}

fn placed_object<M: Model>(
    loads: &Loads,
    row: &mut RowReader<'_>,
    rows: &mut Vec<Placed<M>>,
) -> Result<(), DecodeError> {
    rows.push((object::<M>(loads, row)?, place(row)?));
    Ok(())
}

fn placed_tuple<Q, S: Selection<Q>>(
    _: &Loads,
    row: &mut RowReader<'_>,
    rows: &mut Vec<Placed<S::Row>>,
) -> Result<(), DecodeError> {
    rows.push((S::read(row)?, place(row)?));
    Ok(())
}

impl Plan {
    /// The model's column that an expression is, and whether a join may have left it out.
    fn column_at(&self, expr: &Expr) -> Option<(&'static ColumnMeta, bool)> {
        let Expr::Column { table, name } = expr else {
            return None;
        };
        // Sources of other kinds tell nothing of their columns.
        if self.tie.is_some() {
            return None;
        }
        let (meta, missing) = if *table == ROOT {
            (self.meta, false)
        } else {
            let node = self.joins.nodes.iter().find(|n| n.alias == *table)?;
            (node.to, node.nullable)
        };
        let column = meta.columns.iter().find(|c| c.column == name)?;
        Some((column, missing))
    }

    fn may_be_null(&self, expr: &Expr) -> bool {
        if matches!(expr, Expr::IsNull(_)) {
            return false;
        }
        self.column_at(expr)
            .is_none_or(|(column, missing)| column.null || missing)
    }

    /// The order of pages: total, and made of what can be compared again.
    fn page_order(&self) -> Result<Vec<Order>> {
        self.check()?;
        let usage = |text: String| Err(Error::Usage(text));
        if matches!(self.order, OrderRule::Unordered) {
            return usage("pages need an order: leave `unordered` out".into());
        }
        if self.limit.is_some() || self.offset.is_some() {
            return usage(
                "a page has its own size: leave `limit` and `offset` out of a query for pages"
                    .into(),
            );
        }
        if self.lock.is_some() {
            return usage("a page locks no rows: lock them by their keys".into());
        }
        let order = self.row_order();
        for term in &order {
            if !per_row(&term.expr) {
                return usage(
                    "pages are ordered by what each row has by itself: a window or an aggregate depends on the rows beside it, and a random number is another each time".into(),
                );
            }
            let Some((column, _)) = self.column_at(&term.expr) else {
                continue;
            };
            if matches!(
                column.ty,
                FieldType::Float | FieldType::Json | FieldType::Vector { .. }
            ) {
                return usage(format!(
                    "pages cannot be ordered by `{}`: a {} is not found again by its value; order by another column",
                    column.field,
                    column.ty.name()
                ));
            }
        }
        Ok(order)
    }

    /// Tells orders apart: the table, and the terms with the tables they name.
    fn order_mark(&self, order: &[Order]) -> OrderMark {
        let mut text = String::from(self.meta.table);
        for term in order {
            let way = if term.descending { "desc" } else { "asc" };
            text.push_str(&format!("|{:?} {way}", term.expr));
        }
        OrderMark(cursor::sum(text.as_bytes()))
    }

    /// The select of a page, one row longer than the page.
    fn page(&self, items: Vec<SelectItem>, at: Option<&str>, way: Way, n: u64) -> Result<Select> {
        let mut order = self.page_order()?;
        if n == 0 {
            return Err(Error::Usage(
                "a page of no rows: ask for at least one".into(),
            ));
        }
        let mark = self.order_mark(&order);
        let mut columns = items;
        columns.extend(order.iter().enumerate().map(|(i, term)| SelectItem {
            expr: term.expr.clone(),
            alias: Some(format!("p{i}").into()),
        }));
        if way == Way::Before {
            for term in &mut order {
                term.descending = !term.descending;
            }
        }
        let mut select = self.bare(columns);
        if let Some(text) = at {
            let values = Cursor::read(text, mark.0, order.len())?.values;
            let terms: Vec<(&Order, Value)> = order.iter().zip(values).collect();
            let behind = self.behind(&terms);
            select.filter = Some(match select.filter.take() {
                Some(Expr::And(mut all)) => {
                    all.extend(behind);
                    Expr::And(all)
                }
                Some(filter) => Expr::And(std::iter::once(filter).chain(behind).collect()),
                None => Expr::And(behind),
            });
        }
        select.order_by = order;
        select.limit = Some(n.saturating_add(1));
        Ok(select)
    }

    /// `a >= x AND (a > x OR (b >= y AND (b > y OR …)))`: as long as the order, and its first part is a
    /// range that an index or a sort key finds. NULLs stand where they stand in the order.
    fn behind(&self, terms: &[(&Order, Value)]) -> Vec<Expr> {
        let Some(((term, value), rest)) = terms.split_first() else {
            return vec![Expr::Or(Vec::new())];
        };
        let beyond = self.beyond(term, value);
        if rest.is_empty() {
            return vec![beyond];
        }
        let null = || Expr::IsNull(Box::new(term.expr.clone()));
        let mut either = match beyond {
            Expr::Or(any) => any,
            one => vec![one],
        };
        let mut inner = self.behind(rest);
        either.push(if inner.len() == 1 {
            inner.remove(0)
        } else {
            Expr::And(inner)
        });
        let mut out = Vec::with_capacity(2);
        match (value, term.descending) {
            // Every row is from here on.
            (Value::Null, false) => {
                let same = either.pop().unwrap_or(Expr::And(Vec::new()));
                either.push(Expr::And(vec![null(), same]));
            }
            (Value::Null, true) => out.push(null()),
            (value, descending) => {
                let op = if descending {
                    BinaryOp::Le
                } else {
                    BinaryOp::Ge
                };
                let bound = Expr::binary(term.expr.clone(), op, Expr::Value(value.clone()));
                if descending && self.may_be_null(&term.expr) {
                    out.push(Expr::Or(vec![bound, null()]));
                } else {
                    out.push(bound);
                }
            }
        }
        out.push(Expr::Or(either));
        out
    }

    /// Strictly behind a value.
    fn beyond(&self, term: &Order, value: &Value) -> Expr {
        let expr = || Box::new(term.expr.clone());
        let compare = |op| Expr::binary(term.expr.clone(), op, Expr::Value(value.clone()));
        match (value, term.descending) {
            (Value::Null, false) => Expr::IsNotNull(expr()),
            (Value::Null, true) => Expr::Or(Vec::new()),
            (_, false) => compare(BinaryOp::Gt),
            (_, true) if self.may_be_null(&term.expr) => {
                Expr::Or(vec![compare(BinaryOp::Lt), Expr::IsNull(expr())])
            }
            (_, true) => compare(BinaryOp::Lt),
        }
    }

    fn page_query<T>(
        &self,
        items: Vec<SelectItem>,
        (at, way): (Option<&str>, Way),
        size: u64,
        read: ReadRow<Placed<T>>,
    ) -> PageQuery<T> {
        let order = self.order_mark(&self.row_order());
        PageQuery {
            select: self.page(items, at, way, size),
            none: self.none,
            order,
            way,
            size,
            from_cursor: at.is_some(),
            loads: Loads::default(),
            read,
            marker: PhantomData,
        }
    }
}

/// Whether an expression has a value for a row by itself, and the same one for the next page.
fn per_row(expr: &Expr) -> bool {
    let random = matches!(expr, Expr::Func { func, .. } if *func == Func::Random);
    if random
        || matches!(
            expr,
            Expr::Window(_) | Expr::Aggregate { .. } | Expr::GroupConcat { .. }
        )
    {
        return false;
    }
    let mut good = true;
    expr.clone()
        .parts_mut(&mut |e| good &= per_row(e), &mut |_| ());
    good
}

impl<T: Send + 'static> PageQuery<T> {
    /// The SQL that [`all`](Self::all) would send.
    ///
    /// # Errors
    /// As [`all`](Self::all), but those of the database.
    pub fn to_sql(self, dialect: &dyn Dialect) -> Result<Sql> {
        Ok(dialect.render(&self.select?.into())?)
    }

    /// The page.
    ///
    /// SQL: one `SELECT … LIMIT n + 1`, whose cost does not grow with the rows before the page.
    ///
    /// # Errors
    /// [`Error::Cursor`] for a cursor that is damaged, or of a query with another order;
    /// [`Error::Usage`] for a query that has no order, a limit, a lock, or no order that is found again
    /// by value; [`Error::Db`]; [`Error::Decode`].
    pub async fn all(self, db: &impl Executor) -> Result<Page<T>> {
        self.page(db).await
    }

    async fn page(self, db: &dyn Executor) -> Result<Page<T>> {
        let select = self.select?;
        let mut found = if self.none {
            Vec::new()
        } else {
            read_all(db, &select.into(), &self.loads, self.read).await?
        };
        let more = found.len() as u64 > self.size;
        found.truncate(usize::try_from(self.size).unwrap_or(usize::MAX));
        if self.way == Way::Before {
            found.reverse();
        }
        let cursor = |at: Option<&Placed<T>>, there: bool| {
            at.filter(|_| there)
                .map(|(_, values)| Cursor::write(values, self.order.0))
        };
        let (before, after) = match self.way {
            Way::After => (self.from_cursor, more),
            Way::Before => (more, self.from_cursor),
        };
        Ok(Page {
            previous: cursor(found.first(), before),
            next: cursor(found.last(), after),
            rows: found.into_iter().map(|(row, _)| row).collect(),
        })
    }
}

/// A query for one page of objects; made by [`QuerySet::page_after`].
#[derive(Debug)]
pub struct ObjectPage<M> {
    query: PageQuery<M>,
    prefetches: Vec<PrefetchNode<M>>,
}

impl<M: Model> ObjectPage<M> {
    /// The SQL that [`all`](Self::all) would send for the objects.
    ///
    /// # Errors
    /// As [`PageQuery::to_sql`].
    pub fn to_sql(self, dialect: &dyn Dialect) -> Result<Sql> {
        self.query.to_sql(dialect)
    }

    /// The page.
    ///
    /// SQL: one `SELECT … LIMIT n + 1`, and one for each prefetched relation.
    ///
    /// # Errors
    /// As [`PageQuery::all`].
    pub async fn all(self, db: &impl Executor) -> Result<Page<M>> {
        let mut page = self.query.page(db).await?;
        for prefetch in &self.prefetches {
            prefetch.run(db, &mut page.rows).await?;
        }
        Ok(page)
    }
}

impl<M: Model> QuerySet<M> {
    fn page(&self, at: (Option<&str>, Way), n: u64) -> ObjectPage<M> {
        let items = self.to_select().columns;
        let mut query = self.plan.page_query(items, at, n, placed_object::<M>);
        query.loads = self.loads.clone();
        ObjectPage {
            query,
            prefetches: self.prefetches.clone(),
        }
    }

    /// The `n` objects behind a cursor, in the query's order; the first ones for `None`.
    ///
    /// Keyset pagination: the cursor holds the values of the order's terms in the last row of a page,
    /// and the next page begins behind them, whatever was inserted or deleted meanwhile. It is text for
    /// links: letters and digits, not secret and not signed. The same query must be built for each page;
    /// a cursor of another order is refused.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let by_views = Article::objects().order_by(|a| a.views().desc());
    /// let first = by_views.page_after(None, 2).all(&db).await?;
    /// assert_eq!(first.rows.len(), 2);
    /// let second = by_views.page_after(first.next.as_deref(), 2).all(&db).await?;
    /// assert_eq!(second.rows[0].title, "Kettles");
    /// assert_eq!(second.next, None);
    /// let back = by_views.page_before(second.previous.as_deref(), 2).all(&db).await?;
    /// assert_eq!(back.rows[0].title, first.rows[0].title);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn page_after(&self, cursor: Option<&str>, n: u64) -> ObjectPage<M> {
        self.page((cursor, Way::After), n)
    }

    /// The `n` objects in front of a cursor, in the query's order; the last ones for `None`.
    #[must_use]
    pub fn page_before(&self, cursor: Option<&str>, n: u64) -> ObjectPage<M> {
        self.page((cursor, Way::Before), n)
    }

    /// The cursor of an object at hand, for `page_after` and `page_before`.
    ///
    /// # Errors
    /// [`Error::Usage`] where the order has terms that are no columns of the object itself: take the
    /// cursors of a page.
    pub fn cursor_of(&self, object: &M) -> Result<String> {
        let order = self.plan.page_order()?;
        let value = |term: &Order| match &term.expr {
            Expr::Column { table, name } if *table == ROOT => {
                let column = M::META.columns.iter().position(|c| c.column == name)?;
                Some(object.value(column))
            }
            _ => None,
        };
        let values: Option<Vec<Value>> = order.iter().map(value).collect();
        let Some(values) = values else {
            return Err(Error::Usage(format!(
                "the order goes beyond the columns of {}, so the object does not know its place: take the cursors of a page",
                M::META.name
            )));
        };
        Ok(Cursor::write(&values, self.plan.order_mark(&order).0))
    }
}

impl<Q: Source, S: Selection<Q>> SelectQuery<Q, S> {
    fn page(&self, at: (Option<&str>, Way), n: u64) -> PageQuery<S::Row> {
        let select = self.to_select();
        let distinct = select.distinct;
        let items = select.columns;
        let mut query = self.plan.page_query(items, at, n, placed_tuple::<Q, S>);
        if distinct {
            query.select = Err(Error::Usage(
                "pages of distinct tuples: group by the columns, or make a table of them first, `.distinct().as_table()`".into(),
            ));
        }
        query
    }

    /// The `n` tuples behind a cursor, in the query's order; the first ones for `None`. As
    /// [`QuerySet::page_after`].
    #[must_use]
    pub fn page_after(&self, cursor: Option<&str>, n: u64) -> PageQuery<S::Row> {
        self.page((cursor, Way::After), n)
    }

    /// The `n` tuples in front of a cursor, in the query's order; the last ones for `None`.
    #[must_use]
    pub fn page_before(&self, cursor: Option<&str>, n: u64) -> PageQuery<S::Row> {
        self.page((cursor, Way::Before), n)
    }
}
