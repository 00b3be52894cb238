//! DELETE.

use super::{Result, Target, Writer, late};
use crate::ast::Delete;

impl<'s> Writer<'s> {
    pub(super) fn delete(&mut self, delete: &'s Delete) -> Result {
        let features = self.d.features();
        if !features.joined_writes && !delete.joins.is_empty() {
            return self.delete_found(delete);
        }
        let late = features.late_reads && late::delete(delete);
        self.target = Some(Target {
            alias: Some(delete.alias),
            table: &delete.table,
        });
        self.push("DELETE ");
        if late || !delete.joins.is_empty() {
            self.name(&delete.table);
            self.push(" ");
        }
        self.push("FROM ");
        if late {
            self.read_first();
        }
        self.name(&delete.table);
        for join in &delete.joins {
            self.join_of_write(join)?;
        }
        if let Some(filter) = &delete.filter {
            self.push(" WHERE ");
            self.expr(filter)?;
        }
        Ok(())
    }

    /// `DELETE FROM t WHERE _rowid_ IN (SELECT t0._rowid_ FROM t AS t0 JOIN …)`
    fn delete_found(&mut self, delete: &Delete) -> Result {
        self.push("DELETE FROM ");
        self.name(&delete.table);
        self.push(" WHERE _rowid_ IN (SELECT ");
        self.row_id(delete.alias);
        self.found(
            &delete.table,
            delete.alias,
            &delete.joins,
            delete.filter.as_ref(),
        )?;
        self.push(")");
        Ok(())
    }
}
