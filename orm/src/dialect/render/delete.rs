//! DELETE.

use super::{Result, Target, Writer};
use crate::ast::Delete;

impl<'s> Writer<'s> {
    pub(super) fn delete(&mut self, delete: &'s Delete) -> Result {
        self.target = Some(Target {
            alias: Some(delete.alias),
            table: &delete.table,
        });
        self.push("DELETE FROM ");
        self.name(&delete.table);
        if let Some(filter) = &delete.filter {
            self.push(" WHERE ");
            self.expr(filter)?;
        }
        Ok(())
    }
}
