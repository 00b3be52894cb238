//! What is known of the results of statements: the names of their columns, so that a repeated statement
//! allocates none, and how many rows came last.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use crate::dialect::mix::Mix;

/// Kept per connection.
#[derive(Debug, Default)]
pub(crate) struct Names(HashMap<String, Known, BuildHasherDefault<Mix>>);

#[derive(Debug)]
struct Known {
    names: Arc<[String]>,
    /// Rows of the last result, where they were many.
    rows: usize,
}

impl Names {
    const MAX: usize = 256;

    /// Results of fewer rows are not noted: what they grow through costs less than a look-up.
    const MANY: usize = 1024;

    /// The names as the database gives them now, since DDL can change them under a kept statement, and
    /// how many rows the last result had, where they were many.
    pub(crate) fn of<'a>(
        &mut self,
        sql: &str,
        names: impl ExactSizeIterator<Item = &'a str> + Clone,
    ) -> (Arc<[String]>, usize) {
        let same = |known: &&Known| {
            let known = &known.names;
            known.len() == names.len() && names.clone().eq(known.iter().map(String::as_str))
        };
        if let Some(known) = self.0.get(sql).filter(same) {
            return (Arc::clone(&known.names), known.rows);
        }
        let fresh: Arc<[String]> = names.map(str::to_owned).collect();
        if self.0.len() >= Self::MAX {
            self.0.clear();
        }
        let known = Known {
            names: Arc::clone(&fresh),
            rows: 0,
        };
        self.0.insert(sql.to_owned(), known);
        (fresh, 0)
    }

    /// Notes how many rows came where `expected` were.
    pub(crate) fn came(&mut self, sql: &str, rows: usize, expected: usize) {
        if rows.max(expected) >= Self::MANY
            && rows != expected
            && let Some(known) = self.0.get_mut(sql)
        {
            known.rows = if rows < Self::MANY { 0 } else { rows };
        }
    }
}
