//! The side table of `unique = "lookup"`: one layout, which migrations make, the ORM writes and
//! `check --data` reads.
//!
//! A server whose unique keys must contain the shard key cannot keep a column unique by itself. So
//! the table `t` with the unique column `c` gets a second table, named [`lookup_table`]`("t", "c")`:
//!
//! | column | what | keys |
//! | --- | --- | --- |
//! | `value` | the value of `c`, with its type and collation, never NULL | primary key and shard key |
//! | `owner`; of a key of several columns `owner_1`, `owner_2`, … | the key of the row of `t`, in the order of its primary key | the index [`LOOKUP_INDEX`] over all of them |
//!
//! There is one row for each row of `t` whose `c` is not NULL. Since `value` compares as `c` does,
//! two values are the same here where they would be the same to a unique key of `t`. The column `c`
//! itself has a plain index, so that finding rows by it costs what it costs elsewhere.
//!
//! The tables are there on servers whose [unique keys must contain the shard
//! key](crate::check), whatever the storage type of `t` is, because that may be chosen without
//! touching the code; a table that is a rowstore has its side tables in rowstore as well.

use std::borrow::Cow;

use crate::{ModelDef, Unique, hashed_name};

/// The column of a side table that holds the value.
pub const LOOKUP_VALUE: &str = "value";

/// The index of a side table over the owner's columns. Its name stays when the table's changes.
pub const LOOKUP_INDEX: &str = "by_owner";

/// The most bytes of a value: what every backend takes in a key. A character counts as four.
pub const MAX_LOOKUP_BYTES: u32 = 3072;

/// The side table of a column: `<table>_<column>_<hash>_lookup`.
///
/// ```
/// let name = orm_schema::lookup_table("blog_author", "email");
/// assert!(name.starts_with("blog_author_email_") && name.ends_with("_lookup"));
/// ```
pub fn lookup_table(table: &str, column: &str) -> String {
    hashed_name(table, &[column], "lookup")
}

/// The column of a side table that holds part `at` of a key of `parts` columns.
///
/// ```
/// use orm_schema::lookup_owner;
/// assert_eq!(lookup_owner(0, 1), "owner");
/// assert_eq!(lookup_owner(1, 2), "owner_2");
/// ```
pub fn lookup_owner(at: usize, parts: usize) -> Cow<'static, str> {
    if parts == 1 {
        "owner".into()
    } else {
        format!("owner_{}", at + 1).into()
    }
}

impl ModelDef {
    /// Whether a field of this model has a side table, where the server needs one. The primary key
    /// is unique without it.
    pub fn has_lookup(&self, field: &str) -> bool {
        self.managed
            && self.primary_key != [field]
            && self
                .field(field)
                .is_some_and(|f| f.unique == Unique::Lookup && f.ty.has_column())
    }
}
