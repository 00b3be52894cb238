//! UPDATE.

use super::{Result, Target, Writer, late};
use crate::ast::{Alias, Expr, Join, Name, Update};

impl<'s> Writer<'s> {
    pub(super) fn update(&mut self, update: &'s Update) -> Result {
        let features = self.d.features();
        if !features.joined_writes && (!update.joins.is_empty() || late::values(update)) {
            return self.update_found(update);
        }
        let late = features.late_reads && late::update(update);
        self.target = Some(Target {
            alias: Some(update.alias),
            table: &update.table,
        });
        self.push("UPDATE ");
        if late {
            self.read_first();
        }
        self.name(&update.table);
        for join in &update.joins {
            self.join_of_write(join)?;
        }
        self.push(" SET ");
        self.qualified = late || !update.joins.is_empty();
        self.assignments(&update.set)?;
        if let Some(filter) = &update.filter {
            self.push(" WHERE ");
            self.expr(filter)?;
        }
        Ok(())
    }

    /// A table of one row in front of the written one: MySQL's family writes rows while it finds them in
    /// the first table alone, in others when all are found. A UNION, since it looks past a constant.
    pub(super) fn read_first(&mut self) {
        let alias = self.wrap_alias();
        self.push("(SELECT 1 AS ");
        self.name("one");
        self.push(" UNION SELECT 1) AS ");
        self.push(&alias);
        self.push(" STRAIGHT_JOIN ");
    }

    /// `UPDATE t SET c = w0.v0 FROM (SELECT t0._rowid_ AS r, … FROM t AS t0 …) AS w0 WHERE …`: all
    /// values are computed before the first row changes.
    fn update_found(&mut self, update: &Update) -> Result {
        let wrap = self.wrap_alias();
        self.push("UPDATE ");
        self.name(&update.table);
        self.push(" SET ");
        for (i, (column, _)) in update.set.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.name(column);
            self.push(" = ");
            self.push(&wrap);
            self.push(".v");
            self.number(i);
        }
        self.push(" FROM (SELECT ");
        self.row_id(update.alias);
        self.push(" AS r");
        for (i, (_, value)) in update.set.iter().enumerate() {
            self.push(", ");
            self.assigned(value)?;
            self.push(" AS v");
            self.number(i);
        }
        self.found(
            &update.table,
            update.alias,
            &update.joins,
            update.filter.as_ref(),
        )?;
        self.push(") AS ");
        self.push(&wrap);
        self.push(" WHERE ");
        self.name(&update.table);
        self.push("._rowid_ = ");
        self.push(&wrap);
        self.push(".r");
        Ok(())
    }

    /// `t0._rowid_`
    pub(super) fn row_id(&mut self, alias: Alias) {
        self.alias(alias);
        self.push("._rowid_");
    }

    /// ` FROM t AS t0 LEFT JOIN … WHERE …`
    pub(super) fn found(
        &mut self,
        table: &str,
        alias: Alias,
        joins: &[Join],
        filter: Option<&Expr>,
    ) -> Result {
        self.push(" FROM ");
        self.name(table);
        self.push(" AS ");
        self.alias(alias);
        for join in joins {
            self.join(join)?;
        }
        if let Some(filter) = filter {
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
        if let (true, Some(target)) = (self.qualified, self.target) {
            self.name(target.table);
            self.push(".");
        }
        self.name(column);
        self.push(" = ");
        self.assigned(value)
    }

    fn assigned(&mut self, value: &Expr) -> Result {
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
