//! What ALTER TABLE refuses, and so which way a change goes. Sources stand at the rules.

use orm_schema::{ColumnDef, StorageType, TableDef, TableIndexDef};

use super::super::diff::{ColumnDelta, TableDiff};
use super::{kind, shard_key};

/// The way of a change.
pub(super) enum Way<'a> {
    /// By ALTER TABLE alone.
    InPlace,
    /// By ALTER TABLE, with a second column in place of this one.
    Column {
        delta: &'a ColumnDelta,
        reason: String,
    },
    /// By a second table.
    Copy { reason: String },
}

/// The cheapest way that the server accepts.
pub(super) fn way(diff: &TableDiff) -> Way<'_> {
    if let Some(reason) = why_copy(diff) {
        return Way::Copy { reason };
    }
    let kind = kind(&diff.carried);
    let refused = |d: &'_ &ColumnDelta| why_not_altered(diff, d, kind).is_some();
    let refused: Vec<&ColumnDelta> = diff.modified.iter().filter(refused).collect();
    let [first, more @ ..] = refused.as_slice() else {
        return Way::InPlace;
    };
    let mut reason = why_not_altered(diff, first, kind).unwrap_or_default();
    if more.is_empty() && has_understudy(diff, first, kind) {
        return Way::Column {
            delta: first,
            reason,
        };
    }
    for other in more {
        let why = why_not_altered(diff, other, kind).unwrap_or_default();
        reason = format!("{reason}; {why}");
    }
    Way::Copy { reason }
}

/// Whether a second column can be filled and take the place of this one: nothing may hold the
/// column in the table but indexes that can be made again.
fn has_understudy(diff: &TableDiff, delta: &ColumnDelta, kind: StorageType) -> bool {
    let column = &delta.new.name;
    let held = |table: &TableDef| {
        table.primary_key.contains(column)
            || shard_key(table).contains(column)
            || table.storage.sort_key.iter().any(|(c, _)| c == column)
            || table.uniques.iter().any(|u| u.columns.contains(column))
            // An expression may name it.
            || table.columns.iter().any(|c| c.computed.is_some())
    };
    let apart = |i: &TableIndexDef| kind.is_rowstore() || i.columns.len() == 1;
    let mut indexes = diff.new.indexes.iter().chain(&diff.carried.indexes);
    let free = indexes.all(|i| !i.columns.contains(column) || apart(i));
    free && !held(&diff.carried) && !held(&diff.new) && !delta.auto()
}

/// The reason for which a second table is needed, apart from its columns' definitions.
fn why_copy(diff: &TableDiff) -> Option<String> {
    let kind = kind(&diff.carried);
    if diff.storage() {
        return Some("storage type, shard key and sort key cannot be altered".into());
    }
    if diff.primary_key() {
        return Some("the primary key cannot be altered".into());
    }
    if diff.comment() {
        return Some("the table's comment cannot be altered".into());
    }
    // "ALTER TABLE which adds unique/primary/foreign index" on columnstore (django-singlestore).
    let new_uniques = diff.uniques.changed() && !diff.uniques.add.is_empty();
    if (new_uniques || !diff.uniques.rename.is_empty()) && !kind.is_rowstore() {
        return Some("a unique key cannot be added to a columnstore table".into());
    }
    if let Some(column) = diff.added.iter().find(|c| c.auto_increment) {
        return Some(format!(
            "AUTO_INCREMENT column {} cannot be added",
            column.name
        ));
    }
    let auto = |name: &&String| {
        let old = diff.carried.column(name);
        old.is_some_and(|c| c.auto_increment)
    };
    if let Some(column) = diff.dropped.iter().find(auto) {
        return Some(format!(
            "AUTO_INCREMENT column {column} cannot be dropped with its index"
        ));
    }
    if let Some(column) = diff
        .added
        .iter()
        .find(|c| c.computed.is_some() && kind.is_rowstore())
    {
        return Some(format!(
            "computed column {} cannot be added to a rowstore table",
            column.name
        ));
    }
    let pinned = |c: &ColumnDef| c.auto_increment && kind.is_reference();
    if let Some((column, _)) = diff.renamed.iter().find(|(c, _)| pinned(c)) {
        return Some(format!(
            "AUTO_INCREMENT column {} of a reference table cannot be renamed",
            column.name
        ));
    }
    let renamed = diff.renamed.iter().map(|(c, _)| &c.name);
    let read = |column: &&String| may_be_read(diff, column);
    if let Some(column) = diff.dropped.iter().chain(renamed).find(read) {
        return Some(format!(
            "another column may be computed from {column}, which so cannot be dropped or renamed"
        ));
    }
    why_copy_indexes(diff, kind)
}

/// Whether the expression of a computed column that stays may read this one: it is text in SQL, so
/// the name anywhere in it counts.
fn may_be_read(diff: &TableDiff, column: &str) -> bool {
    let name = column.to_ascii_lowercase();
    let mut stay = diff
        .carried
        .columns
        .iter()
        // One that goes takes its expression along.
        .filter(|c| !diff.dropped.contains(&c.name));
    stay.any(|c| {
        let expression = c.computed.as_ref();
        expression.is_some_and(|e| e.to_ascii_lowercase().contains(&name))
    })
}

/// The reason for which ALTER TABLE does not change a column.
fn why_not_altered(diff: &TableDiff, delta: &ColumnDelta, kind: StorageType) -> Option<String> {
    let column = &delta.new.name;
    // A computed column may be dropped and added again; see there.
    if is_recomputed(diff, delta, kind) {
        return None;
    }
    if delta.auto() {
        return Some(format!("AUTO_INCREMENT of {column} cannot be altered"));
    }
    if delta.computed() || delta.new.computed.is_some() {
        return Some(format!("computed column {column} cannot be altered"));
    }
    if delta.ty() && !kind.is_rowstore() {
        return Some(format!(
            "the type of {column} cannot be altered on a columnstore table"
        ));
    }
    let keyed = |t: &TableDef| t.primary_key.contains(column) || shard_key(t).contains(column);
    if delta.ty() && keyed(&diff.carried) {
        // Rows are spread, and found, by its values.
        return Some(format!("the type of {column} is that of a key"));
    }
    if delta.tightened() && kind != StorageType::RowstoreReference {
        return Some(format!("{column} cannot be altered from NULL to NOT NULL"));
    }
    None
}

/// Whether a computed column gets another expression by being dropped and added again: its values
/// come from the others, so nothing is lost (EF Core provider's notes).
pub(super) fn is_recomputed(diff: &TableDiff, delta: &ColumnDelta, kind: StorageType) -> bool {
    let column = &delta.new.name;
    let names = |t: &TableDef| {
        t.primary_key.contains(column)
            || shard_key(t).contains(column)
            || t.storage.sort_key.iter().any(|(c, _)| c == column)
            || t.uniques.iter().any(|u| u.columns.contains(column))
            || t.indexes.iter().any(|i| i.columns.contains(column))
    };
    let both = delta.old.computed.is_some() && delta.new.computed.is_some();
    both && !kind.is_rowstore() && !names(&diff.carried) && !names(&diff.new)
}

/// "Adding an INDEX with multiple columns on a columnstore table where any column in the new index
/// is already in an index" (EF Core provider's notes).
fn why_copy_indexes(diff: &TableDiff, kind: StorageType) -> Option<String> {
    if kind.is_rowstore() {
        return None;
    }
    let renamed = diff.indexes.rename.iter().map(|(index, _)| index);
    let mut added = diff.indexes.add.iter().chain(renamed.clone());
    let stays =
        |i: &&TableIndexDef| !diff.indexes.drop.contains(i) && !renamed.clone().any(|r| r == *i);
    let indexed = |column: &String| {
        diff.carried.primary_key.contains(column)
            || diff
                .carried
                .uniques
                .iter()
                .any(|u| u.columns.contains(column))
            || diff
                .carried
                .indexes
                .iter()
                .filter(stays)
                .any(|i| i.columns.contains(column))
    };
    let index = added.find(|i| i.columns.len() > 1 && i.columns.iter().any(indexed))?;
    Some(format!("index {} shares a column with another", index.name))
}
