//! INSERT.

use super::{Result, Target, Writer};
use crate::ast::Insert;

impl<'s> Writer<'s> {
    pub(super) fn insert(&mut self, insert: &'s Insert) -> Result {
        self.target = Some(Target {
            alias: None,
            table: &insert.table,
        });
        self.push("INSERT ");
        self.push(self.d.insert_modifier(insert));
        self.push("INTO ");
        self.name(&insert.table);
        if insert.columns.is_empty() {
            self.push(self.d.default_row());
        } else {
            self.push(" (");
            self.names(&insert.columns);
            self.push(") VALUES ");
            self.rows(insert);
        }
        if insert.on_conflict.is_some() {
            if insert.columns.is_empty() {
                return Err(self.refuse(
                    "a row of defaults that gives way to one in place",
                    "give the columns of the key",
                ));
            }
            self.d.on_conflict(self, insert)?;
        }
        if !insert.returning.is_empty() {
            if !self.d.features().returning {
                return Err(self.refuse(
                    "RETURNING",
                    "test the feature `returning`, and read the row back by its key",
                ));
            }
            self.push(" RETURNING ");
            self.names(&insert.returning);
        }
        Ok(())
    }

    /// The rows, each value a parameter.
    fn rows(&mut self, insert: &Insert) {
        let values = insert.values.len();
        self.params.reserve(values);
        self.marks.reserve(values);
        // A mark and a comma, and as much for the end of a row.
        self.out
            .reserve((values + values / insert.columns.len()) * "?, ".len());
        for (i, row) in insert.values.chunks(insert.columns.len()).enumerate() {
            self.push(if i > 0 { ", (" } else { "(" });
            for (j, value) in row.iter().enumerate() {
                if j > 0 {
                    self.push(", ");
                }
                self.mark(value.clone());
            }
            self.push(")");
        }
    }
}
