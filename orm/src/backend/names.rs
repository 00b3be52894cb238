//! Column names by statement, so that a repeated statement allocates none.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use crate::dialect::mix::Mix;

/// Kept per connection.
#[derive(Debug, Default)]
pub(crate) struct Names(HashMap<String, Arc<[String]>, BuildHasherDefault<Mix>>);

impl Names {
    const MAX: usize = 256;

    /// The names as the database gives them now: DDL can change them under a kept statement.
    pub(crate) fn of<'a>(
        &mut self,
        sql: &str,
        names: impl ExactSizeIterator<Item = &'a str> + Clone,
    ) -> Arc<[String]> {
        let same = |known: &&Arc<[String]>| {
            known.len() == names.len() && names.clone().eq(known.iter().map(String::as_str))
        };
        if let Some(known) = self.0.get(sql).filter(same) {
            return Arc::clone(known);
        }
        let fresh: Arc<[String]> = names.map(str::to_owned).collect();
        if self.0.len() >= Self::MAX {
            self.0.clear();
        }
        self.0.insert(sql.to_owned(), Arc::clone(&fresh));
        fresh
    }
}
