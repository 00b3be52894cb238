//! Looks for rows that contradict each other where no server watches over them: references to rows
//! that are gone, values of keys that are not enforced, side tables of lookups.
//!
//! It works on the description that migrations make, part by part in the order of the key, and asks
//! the server to compare: what is equal there is equal here. Of what is wrong it keeps a count and a
//! few examples, so its memory does not grow with the rows.

mod find;
mod mend;
mod plan;
mod sql;

use crate::backend::{DbError, Executor};
use crate::dialect::RenderError;
use crate::migrate::{ProjectState, TableError};

use self::plan::Check;

/// How many keys of rows a fault names.
pub(crate) const EXAMPLES: usize = 10;

/// What is wrong with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// They refer to rows that are gone.
    Orphan,
    /// They share values that must be unique.
    Duplicate,
    /// The side table of a lookup does not know their value.
    LookupMissing,
    /// Rows of the side table of a lookup speak of a value that no row has.
    LookupStray,
}

impl FaultKind {
    /// `D001` to `D004`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Orphan => "D001",
            Self::Duplicate => "D002",
            Self::LookupMissing => "D003",
            Self::LookupStray => "D004",
        }
    }
}

/// Rows of one table with the same fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The application.
    pub app: String,
    /// The model.
    pub model: String,
    /// The fields, with commas between.
    pub field: String,
    /// The table.
    pub table: String,
    /// How many rows; of duplicates, how many values.
    pub count: u64,
    /// The keys of the first ten of them; of duplicates, the values.
    pub examples: Vec<String>,
    /// How many were repaired.
    pub repaired: u64,
    /// What is wrong, in words.
    pub message: String,
    /// What repairs it: what was done, where something was.
    pub hint: String,
}

impl Fault {
    /// Whether nothing is left of it.
    pub fn is_repaired(&self) -> bool {
        self.repaired >= self.count
    }
}

/// How to look.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DataOptions {
    /// Whether to repair what can be repaired without loss: references with `on_delete = "set_null"`
    /// become NULL, pairs with a side that is gone are deleted, lookups are written anew.
    pub fix: bool,
    /// Rows of one part.
    pub rows: u64,
}

impl Default for DataOptions {
    fn default() -> Self {
        Self {
            fix: false,
            rows: 10_000,
        }
    }
}

/// How far the check is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataProgress<'a> {
    /// The table.
    pub table: &'a str,
    /// Rows looked at.
    pub done: u64,
    /// Rows of the table when the check began.
    pub total: u64,
}

/// Why the check could not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntegrityError {
    /// The description makes no tables.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The database has no form of a statement.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

type Result<T> = std::result::Result<T, IntegrityError>;

/// Looks at all rows of the models of a state: that of the applied migrations, or
/// [`linked_state`](crate::linked_state).
///
/// SQL: for each part of each table one `SELECT` of its bounds and one for each relation, unenforced
/// key and lookup. Repairs run in a transaction for each part.
///
/// ```standalone_crate
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// use orm::integrity::{DataOptions, check_data};
/// let state = orm::linked_state();
/// let faults = check_data(&db, &state, &DataOptions::default(), &mut |_| {}).await.expect("looks");
/// assert_eq!(faults, []);
/// # Ok(()) }) }
/// ```
///
/// # Errors
/// [`IntegrityError::Db`], as when a table is missing: migrate first.
pub async fn check_data(
    db: &impl Executor,
    state: &ProjectState,
    options: &DataOptions,
    progress: &mut (dyn FnMut(DataProgress<'_>) + Send),
) -> Result<Vec<Fault>> {
    let db: &dyn Executor = db;
    let mut faults = Vec::new();
    for checked in plan::plan(state, db.dialect().features())? {
        for check in &checked.checks {
            if let Check::Duplicate { .. } = check {
                faults.extend(find::duplicates(db, &checked, check).await?);
            }
        }
        faults.extend(find::rows(db, &checked, options, progress).await?);
    }
    Ok(faults)
}

/// As [`check_data`], of these tables alone, and without repairs.
#[cfg(feature = "json")]
pub(crate) async fn check_written(
    db: &dyn Executor,
    state: &ProjectState,
    tables: &std::collections::BTreeSet<String>,
) -> Result<Vec<Fault>> {
    let options = DataOptions::default();
    let mut faults = Vec::new();
    for checked in plan::plan(state, db.dialect().features())? {
        if !tables.contains(&checked.table) {
            continue;
        }
        for check in &checked.checks {
            faults.extend(find::duplicates(db, &checked, check).await?);
        }
        faults.extend(find::rows(db, &checked, &options, &mut |_| {}).await?);
    }
    Ok(faults)
}
