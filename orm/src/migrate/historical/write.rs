//! Rows of the past written back.

use super::row::DynRow;
use super::values::fitting;
use super::{HistoricalError, Models};
use crate::ast::{Alias, BinaryOp, Delete, Expr, Insert, Name, Statement, Update};
use crate::backend::Executed;
use crate::dialect::literal_value;
use crate::migrate::recorder::render_error;
use crate::value::Value;

const ROOT: Alias = Alias(0);

impl Models<'_> {
    /// Writes the columns of a row that were set; of others that changed meanwhile nothing is
    /// written over.
    ///
    /// SQL: one `UPDATE` by the primary key, none if nothing was set; where a side table keeps a
    /// column unique that was set, two more. Without foreign keys one `SELECT … LIMIT 1` for each
    /// relation that refers to a column that was set.
    ///
    /// # Errors
    /// [`HistoricalError::Usage`] if the row was never in the table, or is gone;
    /// [`HistoricalError::Db`], on every database a foreign key's error if rows refer to a value that
    /// would go.
    pub async fn save(&self, row: &mut DynRow) -> Result<(), HistoricalError> {
        let key = self.standing(row)?;
        let set: Vec<usize> = (0..row.set.len()).filter(|&at| row.set[at]).collect();
        if set.is_empty() {
            return Ok(());
        }
        let shape = row.shape.clone();
        let filter = at_key(row, &key);
        for &at in &set {
            let new = row.values[at].as_ref().unwrap_or(&Value::Null);
            shape
                .refuse_referred(self.db, at, Some(&filter), new)
                .await?;
        }
        let pair = |&at: &usize| {
            let value = row.values[at].clone().unwrap_or_default();
            (shape.columns[at].name.clone().into(), Expr::Value(value))
        };
        let update = Update {
            table: shape.table.clone().into(),
            alias: ROOT,
            set: set.iter().map(pair).collect(),
            joins: Vec::new(),
            filter: Some(filter),
        };
        let done = self.run(Statement::Update(update)).await?;
        if done.rows_affected == 0 {
            return Err(HistoricalError::Usage(format!(
                "the row of {} that was to be saved is gone",
                shape.label
            )));
        }
        let moved = set.iter().any(|at| shape.key.contains(at));
        for at in 0..shape.columns.len() {
            if shape.columns[at].lookup && (moved || set.contains(&at)) {
                self.unclaim(row, at, &key).await?;
                self.claim(row, at).await?;
            }
        }
        row.set.fill(false);
        row.stands = row.key();
        Ok(())
    }

    /// Inserts a row that [`new_row`](super::ModelRows::new_row) made. Columns that were not set get
    /// the default that their field had then, NULL, or what the database gives them; an automatic key
    /// is known afterwards.
    ///
    /// SQL: one `INSERT`, and one for each side table.
    ///
    /// # Errors
    /// [`HistoricalError::Value`] if a column has to be given and was not; [`HistoricalError::Db`].
    pub async fn insert(&self, row: &mut DynRow) -> Result<(), HistoricalError> {
        let shape = row.shape.clone();
        let mut columns: Vec<Name> = Vec::new();
        let mut values = Vec::new();
        for (at, column) in shape.columns.iter().enumerate() {
            if row.values[at].is_none() {
                if let Some(literal) = &column.default {
                    let dialect = self.db.dialect();
                    let value =
                        literal_value(dialect, &column.ty, literal).map_err(render_error)?;
                    row.values[at] = Some(fitting(&shape, at, value)?);
                } else if column.null && !column.is_filled() {
                    row.values[at] = Some(Value::Null);
                } else if !(column.auto || column.is_filled()) {
                    return Err(shape.misfit(at, "has no default; set it before the insert"));
                }
            }
            if let Some(value) = &row.values[at]
                && !column.computed
            {
                columns.push(column.name.clone().into());
                values.push(value.clone());
            }
        }
        let insert = Insert {
            table: shape.table.clone().into(),
            columns,
            values,
            on_conflict: None,
            returning: Vec::new(),
        };
        let done = self.run(Statement::Insert(insert)).await?;
        let auto = (0..shape.columns.len()).find(|&at| shape.columns[at].auto);
        if let (Some(at), Some(id)) = (auto, done.last_insert_id)
            && row.values[at].is_none()
        {
            row.values[at] = Some(Value::UInt(id));
        }
        for at in 0..shape.columns.len() {
            if shape.columns[at].lookup {
                self.claim(row, at).await?;
            }
        }
        row.set.fill(false);
        row.stands = row.key();
        Ok(())
    }

    /// Deletes a row. Rows that refer to it are not touched: where the database keeps foreign keys
    /// it does what those say, elsewhere delete them first.
    ///
    /// SQL: one `DELETE` by the primary key, and one for each side table.
    ///
    /// # Errors
    /// [`HistoricalError::Usage`] if the row was never in the table; [`HistoricalError::Db`].
    pub async fn delete(&self, row: &DynRow) -> Result<(), HistoricalError> {
        let key = self.standing(row)?;
        for at in 0..row.shape.columns.len() {
            if row.shape.columns[at].lookup {
                self.unclaim(row, at, &key).await?;
            }
        }
        let delete = Delete {
            table: row.shape.table.clone().into(),
            alias: ROOT,
            joins: Vec::new(),
            filter: Some(at_key(row, &key)),
        };
        self.run(Statement::Delete(delete)).await.map(drop)
    }

    /// The key under which the row stands in its table.
    fn standing(&self, row: &DynRow) -> Result<Vec<Value>, HistoricalError> {
        row.shape.key()?;
        row.stands.clone().ok_or_else(|| {
            HistoricalError::Usage(format!(
                "the row of {} is not in the table: insert it first",
                row.shape.label
            ))
        })
    }

    /// Notes the row's value in the side table that keeps it unique.
    async fn claim(&self, row: &DynRow, at: usize) -> Result<(), HistoricalError> {
        let value = row.values[at].clone().unwrap_or_default();
        let (table, column, owner) = row.shape.side_table(at);
        let Some(key) = row.key().filter(|_| !value.is_null()) else {
            return Ok(());
        };
        let mut columns: Vec<Name> = vec![column.into()];
        columns.extend(owner.into_iter().map(Name::from));
        let mut values = vec![value];
        values.extend(key);
        let insert = Insert {
            table: table.into(),
            columns,
            values,
            on_conflict: None,
            returning: Vec::new(),
        };
        self.run(Statement::Insert(insert)).await.map(drop)
    }

    async fn unclaim(&self, row: &DynRow, at: usize, key: &[Value]) -> Result<(), HistoricalError> {
        let (table, _, owner) = row.shape.side_table(at);
        let all = owner.into_iter().zip(key).map(|(c, v)| equal(c, v));
        let delete = Delete {
            table: table.into(),
            alias: ROOT,
            joins: Vec::new(),
            filter: Some(Expr::And(all.collect())),
        };
        self.run(Statement::Delete(delete)).await.map(drop)
    }

    async fn run(&self, statement: Statement) -> Result<Executed, HistoricalError> {
        let sql = self.db.dialect().render(&statement).map_err(render_error)?;
        Ok(self.db.execute(sql).await?)
    }
}

fn at_key(row: &DynRow, key: &[Value]) -> Expr {
    let columns = row.shape.key.iter().map(|&at| &row.shape.columns[at].name);
    let all = columns.zip(key).map(|(c, v)| equal(c.clone(), v));
    Expr::And(all.collect())
}

fn equal(column: String, value: &Value) -> Expr {
    let column = Expr::column(ROOT, column);
    Expr::binary(column, BinaryOp::Eq, Expr::Value(value.clone()))
}
