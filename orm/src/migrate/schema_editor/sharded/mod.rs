//! Changes on a sharded server (SingleStore): each by the cheapest way that it accepts (facts §5).
//!
//! ALTER TABLE in place where it is accepted; else, if one column is all that stands in the way, a
//! second column that is filled and takes the first one's name; else a second table, to which the
//! rows are copied part by part. There is no atomic swap: what others write meanwhile is seen by
//! renaming the old away first and comparing it then, before the new one takes the name.

mod column;
pub(super) mod copy;
mod in_place;
mod why;

use orm_schema::{StorageType, TableDef};

use super::build::{create_table, drop_table};
use super::diff::TableDiff;
use super::tables::Changes;
use super::{EditError, Step};
use crate::dialect::Dialect;

use why::Way;

pub(super) fn steps(changes: &Changes, dialect: &dyn Dialect) -> Result<Vec<Step>, EditError> {
    let mut out = Vec::new();
    out.extend(changes.dropped.iter().map(|t| drop_table(&t.name)));
    for diff in &changes.changed {
        out.extend(change(diff, dialect)?);
    }
    for table in &changes.created {
        out.push(create_table(table));
    }
    out.extend(changes.lookups.steps());
    Ok(out)
}

fn change(diff: &TableDiff, dialect: &dyn Dialect) -> Result<Vec<Step>, EditError> {
    match why::way(diff) {
        Way::InPlace => in_place::steps(diff, None, dialect),
        Way::Column { delta, reason } => in_place::steps(diff, Some((delta, &reason)), dialect),
        Way::Copy { reason } => copy::steps(diff, dialect, &reason),
    }
}

/// How the table keeps its rows; without a word it is a columnstore (`default_table_type`).
fn kind(table: &TableDef) -> StorageType {
    table
        .storage
        .storage_type
        .unwrap_or(StorageType::Columnstore)
}

/// The columns by which rows are spread over the server.
fn shard_key(table: &TableDef) -> &[String] {
    table
        .storage
        .shard_key
        .as_deref()
        .unwrap_or(&table.primary_key)
}
