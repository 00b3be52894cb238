//! Queries on a model of the past.

use std::fmt;
use std::sync::Arc;

use super::row::{DynRow, settable};
use super::shape::Shape;
use super::values::{IntoColumn, fitting};
use super::{HistoricalError, Models, ProjectState};
use crate::ast::{
    AggregateFunc, Alias, BinaryOp, Delete, Expr, LikeKind, Order, Select, SelectItem, Statement,
    Update,
};
use crate::backend::{DbError, DbErrorKind, Executor};
use crate::migrate::recorder::render_error;
use crate::value::{DbType as _, Value};

const ROOT: Alias = Alias(0);

/// What a filter may ask of a column, written behind its name: `views__gt`.
const LOOKUPS: [&str; 12] = [
    "exact",
    "ne",
    "lt",
    "lte",
    "gt",
    "gte",
    "isnull",
    "contains",
    "icontains",
    "startswith",
    "endswith",
    "iexact",
];

/// The rows of a model as it was at a point of history: all of them, or those that filters leave.
#[derive(Clone)]
#[must_use = "it asks nothing before a method of it is awaited"]
pub struct ModelRows<'a> {
    db: &'a dyn Executor,
    pub(super) shape: Arc<Shape>,
    filters: Vec<Expr>,
    order: Vec<(usize, bool)>,
    limit: Option<u64>,
}

impl fmt::Debug for ModelRows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelRows")
            .field("model", &self.shape.label)
            .field("filters", &self.filters)
            .finish_non_exhaustive()
    }
}

impl<'a> ModelRows<'a> {
    pub(super) fn new(db: &'a dyn Executor, shape: Arc<Shape>) -> Self {
        Self {
            db,
            shape,
            filters: Vec::new(),
            order: Vec::new(),
            limit: None,
        }
    }

    /// Keeps the rows of which this holds: `"slug"`, or with a lookup behind it `"views__gt"`.
    ///
    /// Lookups: `exact` (also without a name; NULL finds NULL), `ne`, `lt`, `lte`, `gt`, `gte`,
    /// `isnull`, `contains`, `icontains`, `iexact`, `startswith`, `endswith`.
    ///
    /// # Errors
    /// [`HistoricalError::NoColumn`]; [`HistoricalError::Value`] if the value is not of the column's
    /// type; [`HistoricalError::Usage`] for an unknown lookup.
    ///
    /// Django: `QuerySet.filter`.
    pub fn filter(mut self, lookup: &str, value: impl IntoColumn) -> Result<Self, HistoricalError> {
        let test = self.test(lookup, value.into_column())?;
        self.filters.push(test);
        Ok(self)
    }

    /// Leaves out the rows of which this holds; those where it is not known stay.
    ///
    /// # Errors
    /// As [`filter`](Self::filter).
    pub fn exclude(
        mut self,
        lookup: &str,
        value: impl IntoColumn,
    ) -> Result<Self, HistoricalError> {
        let test = self.test(lookup, value.into_column())?;
        self.filters.push(Expr::IsNotTrue(Box::new(test)));
        Ok(self)
    }

    /// Keeps the rows that have any of these values in a column.
    ///
    /// # Errors
    /// As [`filter`](Self::filter).
    pub fn filter_in<T: IntoColumn>(
        mut self,
        column: &str,
        values: impl IntoIterator<Item = T>,
    ) -> Result<Self, HistoricalError> {
        let at = self.shape.column(column)?;
        let values = values.into_iter().map(IntoColumn::into_column);
        let values = values.filter(|v| !v.is_null());
        let list: Result<Vec<Value>, _> = values.map(|v| fitting(&self.shape, at, v)).collect();
        let expr = Box::new(self.column(at));
        self.filters.push(Expr::In { expr, list: list? });
        Ok(self)
    }

    /// Orders by a column, descending with a `-` before it; after those that were named already.
    /// Rows that are equal in all of them come by the primary key.
    ///
    /// # Errors
    /// [`HistoricalError::NoColumn`].
    pub fn order_by(mut self, column: &str) -> Result<Self, HistoricalError> {
        let (name, descending) = match column.strip_prefix('-') {
            Some(name) => (name, true),
            None => (column, false),
        };
        self.order.push((self.shape.column(name)?, descending));
        Ok(self)
    }

    /// Takes so many rows at most.
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(self.limit.map_or(rows, |l| l.min(rows)));
        self
    }

    /// All rows, in memory.
    ///
    /// SQL: one `SELECT`.
    ///
    /// # Errors
    /// [`HistoricalError::Db`].
    pub async fn all(&self) -> Result<Vec<DynRow>, HistoricalError> {
        let mut select = self.select();
        select.order_by = self.ordered();
        self.fetch(select).await
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// [`HistoricalError::Db`].
    pub async fn first(&self) -> Result<Option<DynRow>, HistoricalError> {
        Ok(self.clone().limit(1).all().await?.pop())
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// [`HistoricalError::Db`]; [`HistoricalError::Usage`] with a limit.
    pub async fn count(&self) -> Result<u64, HistoricalError> {
        self.whole("count")?;
        let mut select = self.select();
        select.columns = vec![SelectItem {
            expr: Expr::Aggregate {
                func: AggregateFunc::Count,
                arg: None,
                distinct: false,
                decimal: false,
            },
            alias: None,
        }];
        let sql = self.db.dialect().render(&Statement::Select(select));
        let mut rows = self.db.fetch(sql.map_err(render_error)?).await?;
        let value = rows.values.pop().unwrap_or_default();
        Ok(u64::from_value(value)?)
    }

    /// The rows in batches of so many, in the order of the primary key: each batch is one `SELECT`
    /// that begins behind the last key of the one before, so that a table of any size is walked in
    /// constant memory, and rows that the code changes meanwhile neither move nor come twice.
    ///
    /// # Errors
    /// [`HistoricalError::Usage`] with an order of one's own or a limit, and for a model without a
    /// primary key.
    pub fn batches(&self, rows: u64) -> Result<Batches<'a>, HistoricalError> {
        self.shape.key()?;
        self.whole("batches")?;
        if !self.order.is_empty() {
            return Err(HistoricalError::Usage(format!(
                "batches of {} come in the order of its primary key; take `order_by` away",
                self.shape.label
            )));
        }
        Ok(Batches {
            rows: self.clone(),
            size: rows.max(1),
            after: None,
            upto: None,
            ended: false,
        })
    }

    /// Sets a column in all these rows; tells how many.
    ///
    /// SQL: one `UPDATE`. A column that a side table keeps unique is set row by row. Without foreign
    /// keys one `SELECT … LIMIT 1` for each relation that refers to the column.
    ///
    /// # Errors
    /// As [`DynRow::set`]; [`HistoricalError::Usage`] with a limit; [`HistoricalError::Db`], on every
    /// database a foreign key's error if rows refer to a value that would go.
    pub async fn update(
        &self,
        column: &str,
        value: impl IntoColumn,
    ) -> Result<u64, HistoricalError> {
        self.whole("update")?;
        let at = self.shape.column(column)?;
        let value = settable(&self.shape, at, value.into_column())?;
        if self.shape.columns[at].lookup {
            return self.each(Some((column, value))).await;
        }
        let filter = self.condition();
        let refused = self
            .shape
            .refuse_referred(self.db, at, filter.as_ref(), &value);
        refused.await?;
        let name = self.shape.columns[at].name.clone();
        let update = Update {
            table: self.shape.table.clone().into(),
            alias: ROOT,
            set: vec![(name.into(), Expr::Value(value))],
            joins: Vec::new(),
            filter,
        };
        self.execute(Statement::Update(update)).await
    }

    /// Deletes all these rows; tells how many. Rows that refer to them are not touched: where the
    /// database keeps foreign keys it does what those say, elsewhere delete them first.
    ///
    /// SQL: one `DELETE`. Rows with side tables are deleted one by one.
    ///
    /// # Errors
    /// [`HistoricalError::Usage`] with a limit; [`HistoricalError::Db`].
    pub async fn delete(&self) -> Result<u64, HistoricalError> {
        self.whole("delete")?;
        if self.shape.has_lookups() {
            return self.each(None).await;
        }
        let delete = Delete {
            table: self.shape.table.clone().into(),
            alias: ROOT,
            joins: Vec::new(),
            filter: self.condition(),
        };
        self.execute(Statement::Delete(delete)).await
    }

    /// A row that is not inserted yet: set its columns, then [`Models::insert`].
    pub fn new_row(&self) -> DynRow {
        DynRow::new(&self.shape)
    }

    /// Deletes the rows, or sets a column, one by one.
    async fn each(&self, set: Option<(&str, Value)>) -> Result<u64, HistoricalError> {
        let state = ProjectState::default();
        let models = Models::new(self.db, &state);
        let mut all = self.batches(500)?;
        let mut done = 0;
        while let Some(rows) = all.next().await? {
            for mut row in rows {
                match &set {
                    None => models.delete(&row).await?,
                    Some((column, value)) => {
                        row.set(column, value.clone())?;
                        models.save(&mut row).await?;
                    }
                }
                done += 1;
            }
        }
        Ok(done)
    }

    /// What must hold of all rows at once.
    fn whole(&self, what: &str) -> Result<(), HistoricalError> {
        match self.limit {
            None => Ok(()),
            Some(_) => Err(HistoricalError::Usage(format!(
                "{what} takes all rows of {} that the filters leave; take `limit` away",
                self.shape.label
            ))),
        }
    }

    fn column(&self, at: usize) -> Expr {
        Expr::column(ROOT, self.shape.columns[at].name.clone())
    }

    /// Column and lookup apart. A column whose own name looks like both is the column.
    fn test(&self, lookup: &str, value: Value) -> Result<Expr, HistoricalError> {
        let (at, name) = match (self.shape.column(lookup), lookup.rsplit_once("__")) {
            (Ok(at), _) => (at, "exact"),
            (Err(error), None) => return Err(error),
            (Err(_), Some((column, name))) => (self.shape.column(column)?, name),
        };
        let column = self.column(at);
        if name == "isnull" {
            let wanted = bool::from_value(value)
                .map_err(|_| HistoricalError::Usage(format!("`{lookup}` takes true or false")))?;
            let column = Box::new(column);
            return Ok(match wanted {
                true => Expr::IsNull(column),
                false => Expr::IsNotNull(column),
            });
        }
        if let Some((kind, ignore_case)) = like(name) {
            let Value::Text(text) = value else {
                return Err(HistoricalError::Usage(format!("`{lookup}` takes a text")));
            };
            return Ok(Expr::Like {
                expr: Box::new(column),
                kind,
                text,
                ignore_case,
            });
        }
        let op = match name {
            "exact" => BinaryOp::Eq,
            "ne" => BinaryOp::Ne,
            "lt" => BinaryOp::Lt,
            "lte" => BinaryOp::Le,
            "gt" => BinaryOp::Gt,
            "gte" => BinaryOp::Ge,
            _ => {
                return Err(HistoricalError::Usage(format!(
                    "there is no lookup `{name}` for {}; there are {}",
                    self.shape.label,
                    LOOKUPS.join(", ")
                )));
            }
        };
        if value.is_null() {
            return match op {
                BinaryOp::Eq => Ok(Expr::IsNull(Box::new(column))),
                BinaryOp::Ne => Ok(Expr::IsNotNull(Box::new(column))),
                _ => Err(HistoricalError::Usage(format!(
                    "`{lookup}` compares with NULL, which no row fulfils"
                ))),
            };
        }
        let value = fitting(&self.shape, at, value)?;
        Ok(Expr::binary(column, op, Expr::Value(value)))
    }

    fn condition(&self) -> Option<Expr> {
        (!self.filters.is_empty()).then(|| Expr::And(self.filters.clone()))
    }

    fn select(&self) -> Select {
        let mut select = Select::from_table(self.shape.table.clone(), ROOT);
        let item = |at| SelectItem {
            expr: self.column(at),
            alias: None,
        };
        select.columns = (0..self.shape.columns.len()).map(item).collect();
        select.filter = self.condition();
        select.limit = self.limit;
        select
    }

    /// The order that was asked for, or the model's; then the key, so that it is total.
    fn ordered(&self) -> Vec<Order> {
        let own = match self.order.is_empty() {
            true => &self.shape.ordering,
            false => &self.order,
        };
        let mut all = own.clone();
        for &at in &self.shape.key {
            if all.iter().all(|(have, _)| *have != at) {
                all.push((at, false));
            }
        }
        let order = all.into_iter().map(|(at, descending)| Order {
            expr: self.column(at),
            descending,
        });
        order.collect()
    }

    fn by_key(&self, descending: bool) -> Vec<Order> {
        let order = self.shape.key.iter().map(|&at| Order {
            expr: self.column(at),
            descending,
        });
        order.collect()
    }

    async fn fetch(&self, select: Select) -> Result<Vec<DynRow>, HistoricalError> {
        let sql = self.db.dialect().render(&Statement::Select(select));
        let mut rows = self.db.fetch(sql.map_err(render_error)?).await?;
        let width = self.shape.columns.len();
        if !rows.values.len().is_multiple_of(width.max(1)) {
            let text = format!("{} gave rows of another width", self.shape.table);
            return Err(DbError::new(DbErrorKind::Data { column: None }, text).into());
        }
        let all = rows.values.chunks_exact_mut(width.max(1));
        Ok(all.map(|v| DynRow::read(&self.shape, v)).collect())
    }

    async fn execute(&self, statement: Statement) -> Result<u64, HistoricalError> {
        let sql = self.db.dialect().render(&statement).map_err(render_error)?;
        Ok(self.db.execute(sql).await?.rows_affected)
    }

    /// The last key there is; `None` without rows.
    pub(crate) async fn last_key(&self) -> Result<Option<Vec<Value>>, HistoricalError> {
        let mut select = self.select();
        select.order_by = self.by_key(true);
        select.limit = Some(1);
        let last = self.fetch(select).await?.pop();
        Ok(last.and_then(|row| row.key()))
    }

    /// The rows behind one key and up to another, in the order of the key.
    pub(crate) async fn between(
        &self,
        after: Option<&[Value]>,
        upto: Option<&[Value]>,
        most: u64,
    ) -> Result<Vec<DynRow>, HistoricalError> {
        let mut filters = self.filters.clone();
        filters.extend(after.map(|key| self.behind(key)));
        filters.extend(upto.map(|key| Expr::Not(Box::new(self.behind(key)))));
        let mut select = self.select();
        select.filter = (!filters.is_empty()).then_some(Expr::And(filters));
        select.order_by = self.by_key(false);
        select.limit = Some(most);
        self.fetch(select).await
    }

    fn behind(&self, key: &[Value]) -> Expr {
        crate::migrate::behind(|at| self.column(self.shape.key[at]), key)
    }
}

fn like(name: &str) -> Option<(LikeKind, bool)> {
    Some(match name {
        "contains" => (LikeKind::Contains, false),
        "icontains" => (LikeKind::Contains, true),
        "iexact" => (LikeKind::Exact, true),
        "startswith" => (LikeKind::StartsWith, false),
        "endswith" => (LikeKind::EndsWith, false),
        _ => return None,
    })
}

/// Rows batch by batch; see [`ModelRows::batches`].
#[derive(Debug)]
pub struct Batches<'a> {
    rows: ModelRows<'a>,
    size: u64,
    after: Option<Vec<Value>>,
    /// The last key that there was at the beginning, so that rows that the code adds end no walk.
    upto: Option<Vec<Value>>,
    ended: bool,
}

impl Batches<'_> {
    /// The next batch; `None` behind the last one.
    ///
    /// # Errors
    /// [`HistoricalError::Db`].
    pub async fn next(&mut self) -> Result<Option<Vec<DynRow>>, HistoricalError> {
        if self.ended {
            return Ok(None);
        }
        if self.upto.is_none() {
            self.upto = self.rows.last_key().await?;
        }
        let (after, upto) = (self.after.as_deref(), self.upto.as_deref());
        let rows = match upto {
            None => Vec::new(),
            some => self.rows.between(after, some, self.size).await?,
        };
        self.ended = (rows.len() as u64) < self.size;
        match rows.last() {
            None => Ok(None),
            Some(last) => {
                self.after = last.key();
                Ok(Some(rows))
            }
        }
    }
}
