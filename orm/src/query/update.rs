//! Updates of sets.

use std::fmt;

use super::plan::{ROOT, fetch, is_short, joins, key_order, rendered};
use super::{Assignment, Assignments, QuerySet, change, validate};
use crate::ast::{Alias, Expr, Select, SelectItem, Statement, Update};
use crate::backend::Executor;
use crate::dialect::{Dialect, Sql, no_selects};
use crate::error::{Error, Result};
use crate::model::{At, Here, Joins, Model, Scope};

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
        self.query.plan.check()?;
        let mut set = Vec::with_capacity(self.assignments.len());
        for assignment in std::mem::take(&mut self.assignments) {
            let column = &M::META.columns[assignment.column];
            if !assignment.own {
                return Err(Error::Usage(format!(
                    "an update of {} sets its own columns only, not those of related models",
                    M::META.name
                )));
            }
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

    /// Gives one object of the query the values that the update would give its row, and tells which
    /// columns. SQL: one `SELECT` of the values that the program does not know, if there are any.
    pub(super) async fn apply(mut self, db: &dyn Executor, object: &mut M) -> Result<Vec<usize>> {
        let set = self.changes(|c| c)?;
        if let Some((column, _)) = set.iter().find(|(c, _)| M::META.key.contains(c)) {
            return Err(Error::Usage(format!(
                "`{}` is part of the key of {}, which stays as it is where receivers hear of the save: use `update` of a query",
                M::META.columns[*column].field,
                M::META.name
            )));
        }
        let known = |node: &Expr| matches!(node, Expr::Value(_));
        let asked = set.iter().filter(|(_, node)| !known(node));
        let items = asked.map(|(_, node)| SelectItem {
            expr: node.clone(),
            alias: None,
        });
        let items: Vec<SelectItem> = items.collect();
        let mut told = Vec::new().into_iter();
        if !items.is_empty() {
            let select = Select {
                columns: items,
                joins: joins(&self.joins).collect(),
                filter: self.query.plan.take_condition(),
                order_by: key_order(M::META, ROOT).collect(),
                ..Select::from_table(M::META.table, ROOT)
            };
            let values = fetch(db, &select.into()).await?.values;
            if values.is_empty() {
                // The row is there, but none that its values are to come from.
                return Err(Error::DoesNotExist {
                    model: M::META.name,
                });
            }
            told = values.into_iter();
        }
        let mut columns = Vec::with_capacity(set.len());
        for (column, node) in set {
            let value = match node {
                Expr::Value(value) => value,
                _ => told.next().unwrap_or_default(),
            };
            object.put(column, value)?;
            columns.push(column);
        }
        Ok(columns)
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
