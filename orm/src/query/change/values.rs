//! The new values of rows.

use std::collections::HashMap;

use super::{Change, MAX_ROWS, Row, hashed, keys_in};
use crate::ast::{BinaryOp, Expr, From, Join, Name, Select, SelectItem};
use crate::backend::Executor;
use crate::dialect::{no_selects, reads_table};
use crate::error::{Error, Result};
use crate::model::HashKey;
use crate::query::plan::{fetch, is_within, key_order, value_by_key};
use crate::value::Value;

impl Change {
    /// Decides which values are computed first, and which of these are written as they were computed.
    pub(super) fn plan_values(&mut self) {
        let asks_itself = self.asks_itself();
        for (column, expr) in &self.set.columns {
            if matches!(expr, Expr::Value(_)) {
                continue;
            }
            let noted = self.read.contains(column) || self.meta.key.contains(column);
            let own = self.is_own(expr);
            if noted || (asks_itself && !own) {
                self.computed.push(*column);
                if !own {
                    self.fixed.push(*column);
                }
            }
        }
    }

    /// Whether the value comes of the row alone, so that it is the same whatever other rows became.
    fn is_own(&self, expr: &Expr) -> bool {
        no_selects(expr) && is_within(expr, &[self.set.alias])
    }

    /// Whether values read other rows of the changed table.
    fn asks_itself(&self) -> bool {
        let table = self.meta.table;
        let joined = |join: &Join| match &join.source {
            From::Table { name, .. } => &**name == table,
            _ => true,
        };
        let mut exprs = self.set.columns.iter().map(|(_, expr)| expr);
        self.set.joins.iter().any(joined) || exprs.any(|e| reads_table(e, table))
    }

    /// The rows with their new values. Rows that the joins of the values do not find are none that the
    /// update changes.
    ///
    /// SQL: none if all values are known; else one `SELECT` for up to 512 rows.
    pub(super) async fn with_values(&self, tx: &dyn Executor, rows: Vec<Row>) -> Result<Vec<Row>> {
        let known = self.computed.is_empty() && self.referred.is_empty();
        if known && self.set.joins.is_empty() {
            return Ok(rows);
        }
        let mut out = Vec::with_capacity(rows.len());
        let mut rows = rows.into_iter();
        loop {
            let chunk: Vec<Row> = rows.by_ref().take(MAX_ROWS).collect();
            if chunk.is_empty() {
                return Ok(out);
            }
            let mut found = self.computed_of(tx, &chunk).await?;
            for mut row in chunk {
                let Some(mut new) = found.remove(&hashed(&row.key)) else {
                    if self.locks && self.set.joins.is_empty() {
                        return Err(Error::Usage(format!(
                            "a row of {} was gone while it was updated",
                            self.meta.name
                        )));
                    }
                    continue;
                };
                let same = new.split_off(self.computed.len());
                row.same = same.iter().map(is_true).collect();
                row.new = new;
                out.push(row);
            }
        }
    }

    /// The computed values of some rows, and whether those referred to are the old ones, by their keys.
    async fn computed_of(
        &self,
        tx: &dyn Executor,
        rows: &[Row],
    ) -> Result<HashMap<Vec<HashKey>, Vec<Value>>> {
        let (meta, alias) = (self.meta, self.set.alias);
        let mut columns: Vec<SelectItem> = meta.key.iter().map(|&c| self.item(c)).collect();
        for (at, &column) in self.computed.iter().enumerate() {
            columns.push(SelectItem {
                expr: self.expr(column).clone(),
                alias: Some(format!("new_{at}").into()),
            });
        }
        for (at, &column) in self.referred.iter().enumerate() {
            let old = Expr::column(alias, meta.columns[column].column);
            columns.push(SelectItem {
                expr: Expr::binary(old, BinaryOp::NullSafeEq, self.expr(column).clone()),
                alias: Some(format!("same_{at}").into()),
            });
        }
        let keys: Vec<Vec<Value>> = rows.iter().map(|r| r.key.clone()).collect();
        let select = Select {
            columns,
            joins: self.set.joins.clone(),
            filter: Some(keys_in(meta, alias, &keys)),
            order_by: key_order(meta, alias).collect(),
            ..Select::from_table(meta.table, alias)
        };
        let width = select.columns.len();
        let parts = meta.key.len();
        let values = fetch(tx, &select.into()).await?.values;
        let rows = values.chunks_exact(width);
        Ok(rows
            .map(|row| (hashed(&row[..parts]), row[parts..].to_vec()))
            .collect())
    }

    pub(super) fn expr(&self, column: usize) -> &Expr {
        static NONE: Expr = Expr::Value(Value::Null);
        let mut set = self.set.columns.iter();
        set.find(|(c, _)| *c == column).map_or(&NONE, |(_, e)| e)
    }

    /// What a column of which other tables speak had.
    pub(super) fn old<'r>(&self, row: &'r Row, column: usize) -> &'r Value {
        let place = self.read.iter().position(|c| *c == column);
        place.and_then(|at| row.old.get(at)).unwrap_or(&Value::Null)
    }

    /// What a column gets that is set to a value, or computed.
    pub(super) fn new_value<'r>(&'r self, row: &'r Row, column: usize) -> &'r Value {
        if let Expr::Value(value) = self.expr(column) {
            return value;
        }
        let place = self.computed.iter().position(|c| *c == column);
        place.and_then(|at| row.new.get(at)).unwrap_or(&Value::Null)
    }

    /// The assignments for some rows, and the joins that they still read.
    pub(super) fn assignments(&self, rows: &[Row]) -> (Vec<(Name, Expr)>, Vec<Join>) {
        let mut joined = false;
        let assignment = |(column, expr): &(usize, Expr)| {
            let name = Name::from(self.meta.columns[*column].column);
            if self.fixed.contains(column) {
                let values = rows.iter().map(|r| (&*r.key, self.new_value(r, *column)));
                return (
                    name,
                    value_by_key(self.meta, self.set.alias, *column, values),
                );
            }
            joined |= !is_within(expr, &[self.set.alias]);
            (name, expr.clone())
        };
        let set = self.set.columns.iter().map(assignment).collect();
        let joins = match joined {
            true => self.set.joins.clone(),
            false => Vec::new(),
        };
        (set, joins)
    }
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(v) => *v,
        Value::Int(v) => *v != 0,
        Value::UInt(v) => *v != 0,
        _ => false,
    }
}
