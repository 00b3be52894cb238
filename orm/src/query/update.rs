//! Updates of sets.

use std::fmt;

use super::plan::{ROOT, fetch, is_short, joins, key_equals, key_order, rendered};
use super::{Assignment, Assignments, QuerySet, change, validate};
use crate::ast::{Alias, Expr, Func, Lock, Select, SelectItem, Statement, Update};
use crate::backend::{Executor, Transaction};
use crate::dialect::{Dialect, Sql, no_selects, single_table};
use crate::error::{Error, Result};
use crate::model::{At, ColumnMeta, Here, Joins, Model, Scope};
use crate::schema::FieldType;
use crate::value::Value;

/// The alias of the changed table where the rows are chosen by a select inside.
const OUTER: Alias = Alias(u16::MAX);

/// An update of all rows of a query; made by [`QuerySet::update`].
pub struct UpdateQuery<M> {
    query: QuerySet<M>,
    assignments: Vec<Assignment<M>>,
    alias: Alias,
    /// What the new values read beside the row itself.
    joins: Joins,
}

impl<M> Clone for UpdateQuery<M> {
    fn clone(&self) -> Self {
        Self {
            query: self.query.clone(),
            assignments: self.assignments.clone(),
            alias: self.alias,
            joins: self.joins.clone(),
        }
    }
}

impl<M> fmt::Debug for UpdateQuery<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateQuery")
            .field("query", &self.query)
            .field("set", &self.assignments)
            .finish_non_exhaustive()
    }
}

fn is_known(node: &Expr) -> bool {
    matches!(node, Expr::Value(_))
}

/// The value as the column keeps it: servers round decimals when they store them.
fn as_kept(column: &ColumnMeta, node: Expr) -> Expr {
    match column.ty {
        FieldType::Decimal { scale, .. } => Expr::Func {
            func: Func::DecimalRound,
            args: vec![node, Expr::Value(Value::Int(scale.into()))],
        },
        _ => node,
    }
}

impl<M: Model> UpdateQuery<M> {
    pub(crate) fn new<A: Assignments<M>>(
        mut query: QuerySet<M>,
        set: impl FnOnce(&M::Fields<M, Here>) -> A,
    ) -> Self {
        let plain = query.plan.joins.nodes.is_empty()
            && query.plan.limit.is_none()
            && query.plan.offset.is_none();
        let alias = if plain { ROOT } else { OUTER };
        let scope = Scope::new(Joins::default(), query.plan.next_alias);
        let mut assignments = Vec::new();
        set(&At::table(scope.clone(), M::META, alias).into()).collect(&mut assignments);
        #[cfg(feature = "json")]
        let mut assignments = super::json_edit::joined(assignments);
        let (joins, next) = scope.finish();
        query.plan.next_alias = next;
        for assignment in &mut assignments {
            assignment.node = std::mem::replace(&mut assignment.node, Err(String::new()))
                .map(|node| query.plan.adopt(node));
        }
        Self {
            query,
            assignments,
            alias,
            joins,
        }
    }

    /// Also sets the columns that follow the time.
    pub(crate) fn touched(mut self) -> Self {
        let now = crate::value::now();
        for (i, column) in M::META.columns.iter().enumerate() {
            if column.auto_now && !self.assignments.iter().any(|a| a.column == i) {
                let value = super::record::clock_value(column.ty.clone(), now);
                let assignment = Assignment::new(i, true, Ok(Expr::Value(value)));
                self.assignments.push(assignment);
            }
        }
        self
    }

    /// The columns and their new values, checked.
    fn changes<T>(&mut self, named: impl Fn(usize) -> T) -> Result<Vec<(T, Expr)>> {
        self.query.plan.check_write()?;
        let mut set = Vec::with_capacity(self.assignments.len());
        let mut seen = Vec::with_capacity(self.assignments.len());
        for assignment in std::mem::take(&mut self.assignments) {
            let column = &M::META.columns[assignment.column];
            if !assignment.own {
                return Err(Error::Usage(format!(
                    "an update of {} sets its own columns only, not those of related models",
                    M::META.name
                )));
            }
            // Databases take the first value or the last, or refuse both.
            if seen.contains(&assignment.column) {
                return Err(Error::Usage(format!(
                    "an update of {} sets `{}` twice: leave one value out",
                    M::META.name,
                    column.field
                )));
            }
            seen.push(assignment.column);
            let node = assignment.node.map_err(Error::Usage)?;
            let node = match node {
                Expr::Value(value) => {
                    validate::check(M::META, column, &value)?;
                    Expr::Value(value)
                }
                computed => validate::fitted(column, computed),
            };
            set.push((named(assignment.column), node));
        }
        Ok(set)
    }

    fn statement(mut self) -> Result<Statement> {
        let set = self.changes(|c| M::META.columns[c].column.into())?;
        let filter = if self.alias == ROOT {
            self.query.plan.take_condition()
        } else {
            Some(self.query.plan.key_filter(OUTER))
        };
        Ok(Update {
            table: M::META.table.into(),
            alias: self.alias,
            set,
            joins: joins(&self.joins).collect(),
            filter,
        }
        .into())
    }

    /// Whether it changes one row at most, found by its key, and leaves the key as it is.
    fn is_point(&self) -> bool {
        let short = |a: &Assignment<M>| {
            !M::META.key.contains(&a.column) && a.node.as_ref().is_ok_and(is_short)
        };
        self.joins.nodes.is_empty()
            && self.query.plan.is_point()
            && self.assignments.iter().all(short)
    }

    /// The SQL that [`exec`](Self::exec) would send.
    ///
    /// # Errors
    /// [`Error::Usage`] for assignments that are none of the model's own columns.
    pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<Sql> {
        Ok(dialect.render(&self.clone().statement()?)?)
    }

    /// Changes the rows and tells how many matched.
    ///
    /// SQL: one `UPDATE`; none if nothing is to be set. Values of related rows, as in
    /// `.update(|a| a.views().set(a.author().score()))`, are joined on MySQL's family and taken from a
    /// derived table on SQLite; the number is that of the matched rows on both. Where a side table keeps a lookup among the
    /// columns unique, or relations refer to one of them and no foreign key watches, the rows are read and
    /// locked first, new values computed, and the side table is written in the same transaction. So are
    /// rows that a recursive table finds, on SingleStore.
    ///
    /// # Errors
    /// [`Error::Db`], of kind `ForeignKey` where rows refer to a value that would go; [`Error::Usage`] for
    /// assignments that are none of the model's own columns.
    pub async fn exec(self, db: &impl Executor) -> Result<u64> {
        if self.assignments.is_empty() || self.query.plan.none {
            return Ok(0);
        }
        let columns = self.assignments.iter().map(|a| a.column);
        if change::concerns(db.dialect().features(), M::META, columns)
            || (self.reads_its_row() && self.query.plan.is_read_first(db))
        {
            return self.exec_in_steps(db).await;
        }
        let point = self.is_point();
        let mut sql = rendered(db, &self.statement()?)?;
        sql.point = point;
        Ok(db.execute(sql).await?.rows_affected)
    }

    /// Whether the new values come of the row itself, so that parts of the rows can be changed one after
    /// the other.
    fn reads_its_row(&self) -> bool {
        let own = |a: &Assignment<M>| a.node.as_ref().is_ok_and(no_selects);
        self.joins.nodes.is_empty() && self.assignments.iter().all(own)
    }

    /// The columns that it sets. One of a related model is none of them: it is refused later.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        let own = self.assignments.iter().filter(|a| a.own);
        own.map(|a| a.column)
    }

    /// Sets a column to this value, whatever it was to be set to.
    pub(super) fn put(&mut self, column: usize, value: &Value) {
        let assignments = self.assignments.iter_mut();
        for assignment in assignments.filter(|a| a.column == column) {
            assignment.node = Ok(Expr::Value(value.clone()));
        }
    }

    /// The same of one row of the query, by its key.
    #[must_use]
    pub(super) fn of_row(mut self, key: Vec<Value>) -> Self {
        self.query.plan.filter = vec![key_equals(M::META, ROOT, key)];
        self
    }

    /// Gives one object of the query the values that the update would give its row. SQL: one `SELECT` of
    /// the values that the program does not know, if there are any.
    pub(super) async fn apply(&self, tx: &Transaction, object: &mut M, locks: bool) -> Result<()> {
        let mut own = self.clone();
        let set = own.changes(|c| c)?;
        let asked = set.iter().filter(|(_, node)| !is_known(node));
        let items = asked.map(|(column, node)| SelectItem {
            expr: as_kept(&M::META.columns[*column], node.clone()),
            alias: None,
        });
        let items: Vec<SelectItem> = items.collect();
        let mut told = Vec::new().into_iter();
        if !items.is_empty() {
            let mut select = Select {
                columns: items,
                joins: joins(&own.joins).collect(),
                filter: own.query.plan.take_condition(),
                order_by: key_order(M::META, ROOT).collect(),
                ..Select::from_table(M::META.table, ROOT)
            };
            // The snapshot of a transaction may be older than the row that it has locked. Where only one
            // table can be locked there are no snapshots.
            let lockable = tx.dialect().features().lock_joins || single_table(&select);
            select.lock = (locks && lockable).then_some(Lock::Update);
            let values = fetch(tx, &select.into()).await?.values;
            if values.is_empty() {
                // The row is there, but none that its values are to come from.
                return Err(Error::DoesNotExist {
                    model: M::META.name,
                });
            }
            told = values.into_iter();
        }
        for (column, node) in set {
            let value = match node {
                Expr::Value(value) => value,
                _ => told.next().unwrap_or_default(),
            };
            if let Err(error) = object.put(column, value) {
                // The database refuses what the column does not hold, as it does where nobody hears.
                self.clone().exec(tx).await?;
                return Err(error.into());
            }
        }
        Ok(())
    }

    async fn exec_in_steps(mut self, db: &dyn Executor) -> Result<u64> {
        let set = change::Set {
            columns: self.changes(|c| c)?,
            joins: joins(&self.joins).collect(),
            alias: self.alias,
        };
        let plan = &mut self.query.plan;
        let chosen = if self.alias == ROOT && change::is_plain(&plan.filter) {
            change::Chosen::Where(plan.take_condition())
        } else {
            let keys = plan.meta.key.iter().map(|&c| SelectItem {
                expr: Expr::column(ROOT, plan.meta.columns[c].column),
                alias: None,
            });
            change::Chosen::Keys(Box::new(plan.rows(keys.collect())))
        };
        change::update(db, M::META, set, chosen).await
    }
}
