//! UPDATE.

use super::{Result, Target, Writer};
use crate::ast::{Expr, Name, Update};

impl<'s> Writer<'s> {
    pub(super) fn update(&mut self, update: &'s Update) -> Result {
        self.target = Some(Target {
            alias: Some(update.alias),
            table: &update.table,
        });
        self.push("UPDATE ");
        self.name(&update.table);
        if update.joins.is_empty() {
            self.push(" SET ");
            self.assignments(&update.set)?;
        } else {
            if !self.d.features().update_joins {
                return self.update_from(update);
            }
            self.joined_assignments(update)?;
        }
        if let Some(filter) = &update.filter {
            self.push(" WHERE ");
            self.expr(filter)?;
        }
        Ok(())
    }

    /// `column = value, …`, in an order in which every value sees the old columns.
    pub(in crate::dialect) fn assignments(&mut self, set: &[(Name, Expr)]) -> Result {
        if !self.d.features().sequential_assignment {
            return self.list(set, |w, (column, value)| w.assignment(column, value));
        }
        let order = self.assignment_order(set)?;
        self.list(&order, |w, &at| w.assignment(&set[at].0, &set[at].1))
    }

    /// `JOIN … SET table.column = value, …`.
    fn joined_assignments(&mut self, update: &Update) -> Result {
        for join in &update.joins {
            self.join(join)?;
        }
        self.push(" SET ");
        // The joined tables may have columns of the same names.
        let order = self.assignment_order(&update.set)?;
        self.list(&order, |w, &at| {
            let (column, value) = &update.set[at];
            w.name(&update.table);
            w.push(".");
            w.assignment(column, value)
        })
    }

    /// `SET … FROM (SELECT …) WHERE` for SQLite: the values are computed from all old rows before the
    /// first is changed. A subquery in SET would see rows of its own table that were changed already.
    fn update_from(&mut self, update: &'s Update) -> Result {
        let from = self.wrap_alias();
        self.push(" SET ");
        for (i, (column, _)) in update.set.iter().enumerate() {
            self.push(if i > 0 { ", " } else { "" });
            self.name(column);
            self.push(&format!(" = {from}.v{i}"));
        }
        self.push(" FROM (SELECT ");
        // Inside, the table has its alias.
        let target = self.target.take();
        self.alias(update.alias);
        self.push("._rowid_ AS r");
        for (i, (_, value)) in update.set.iter().enumerate() {
            self.push(", ");
            self.expr(value)?;
            self.push(&format!(" AS v{i}"));
        }
        self.push(" FROM ");
        self.name(&update.table);
        self.push(" AS ");
        self.alias(update.alias);
        for join in &update.joins {
            self.join(join)?;
        }
        if let Some(filter) = &update.filter {
            self.push(" WHERE ");
            self.expr(filter)?;
        }
        self.target = target;
        self.push(&format!(") AS {from} WHERE {from}.r = "));
        self.name(&update.table);
        self.push("._rowid_");
        Ok(())
    }

    fn assignment(&mut self, column: &str, value: &Expr) -> Result {
        self.name(column);
        self.push(" = ");
        match value {
            // The column's own type decides, so no cast is wanted.
            Expr::Value(v) => self.mark(v.clone()),
            other => self.expr(other)?,
        }
        Ok(())
    }

    /// Where assignments are made one after the other, an assignment stands after all those that
    /// read its column.
    fn assignment_order(&self, set: &[(Name, Expr)]) -> Result<Vec<usize>> {
        let mut left: Vec<usize> = (0..set.len()).collect();
        let mut order = Vec::with_capacity(set.len());
        while !left.is_empty() {
            let free = left.iter().position(|&at| {
                let column = &set[at].0;
                !left
                    .iter()
                    .any(|&other| other != at && self.reads_column(&set[other].1, column))
            });
            let Some(free) = free else {
                return Err(self.refuse(
                    format!(
                        "an UPDATE in which columns take each other's values (`{}`)",
                        set[left[0]].0
                    ),
                    "read the row, then write both columns as values",
                ));
            };
            order.push(left.remove(free));
        }
        Ok(order)
    }

    /// Whether the expression reads a column of the statement's target, also from a select inside.
    fn reads_column(&self, expr: &Expr, column: &str) -> bool {
        let alias = self.target.and_then(|t| t.alias);
        super::scope::any_column(expr, &mut |table, name| {
            name == column && alias.is_none_or(|a| a == table)
        })
    }
}
