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
        self.push(" SET ");
        self.assignments(&update.set)?;
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
