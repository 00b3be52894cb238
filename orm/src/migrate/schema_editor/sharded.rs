//! Changes on a sharded server (SingleStore): what ALTER TABLE refuses there is done by a copy of
//! the table. Which is which: facts §5; sources stand at the rules.

use orm_schema::{
    ColumnDef, ColumnDefault, FieldType, Literal, StorageType, TableDef, TableIndexDef, shorten,
};

use super::alter::{add_keys, no_nulls, renames};
use super::build::{
    create_index, create_table, drop_column, drop_index, drop_one_off_default, drop_table,
    drop_unique, fill_nulls, modify, plain_add_column, rename_table,
};
use super::diff::{ColumnDelta, TableDiff};
use super::rebuild::copy_rows;
use super::tables::Changes;
use super::{EditError, Grade, Requirement, Step};
use crate::ast::Ddl;
use crate::dialect::Dialect;

pub(super) fn steps(changes: &Changes, dialect: &dyn Dialect) -> Result<Vec<Step>, EditError> {
    let mut out = Vec::new();
    out.extend(changes.dropped.iter().map(|t| drop_table(&t.name)));
    for diff in &changes.changed {
        match why_copy(diff) {
            Some(reason) => out.extend(copy_table(diff, dialect, &reason)?),
            None => out.extend(in_place(diff)),
        }
    }
    for table in &changes.created {
        out.push(create_table(table));
    }
    Ok(out)
}

/// How the table keeps its rows; without a word it is a columnstore (`default_table_type`).
fn kind(table: &TableDef) -> StorageType {
    table
        .storage
        .storage_type
        .unwrap_or(StorageType::Columnstore)
}

/// The reason for which a copy is needed, if ALTER TABLE does not do.
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
    if let Some(reason) = diff.modified.iter().find_map(|d| why_copy_column(d, kind)) {
        return Some(reason);
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
    let computed_from = diff.carried.columns.iter().any(|c| c.computed.is_some());
    if computed_from && !(diff.dropped.is_empty() && diff.renamed.is_empty()) {
        return Some(
            "columns that others may be computed from cannot be dropped or renamed".into(),
        );
    }
    why_copy_indexes(diff, kind)
}

fn why_copy_column(delta: &ColumnDelta, kind: StorageType) -> Option<String> {
    let column = &delta.new.name;
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
    if delta.tightened() && kind != StorageType::RowstoreReference {
        return Some(format!("{column} cannot be altered from NULL to NOT NULL"));
    }
    None
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

fn in_place(diff: &TableDiff) -> Vec<Step> {
    let table = &diff.new.name;
    let mut out = renames(diff);
    for unique in diff
        .uniques
        .drop
        .iter()
        .chain(diff.uniques.rename.iter().map(|(u, _)| u))
    {
        out.push(drop_unique(table, &unique.name));
    }
    for index in diff
        .indexes
        .drop
        .iter()
        .chain(diff.indexes.rename.iter().map(|(i, _)| i))
    {
        out.push(drop_index(table, &index.name));
    }
    for column in &diff.added {
        out.extend(add_column(diff, column));
    }
    for delta in &diff.modified {
        out.extend(modify_column(diff, delta));
    }
    out.extend(add_keys(diff));
    for (unique, to) in &diff.uniques.rename {
        let mut unique = unique.clone();
        unique.name.clone_from(to);
        let comment = format!("unique key {to}");
        out.push(Step::graded(
            Ddl::AddUnique {
                table: table.clone(),
                unique,
            },
            comment,
            Grade::Lock,
        ));
    }
    for (index, to) in &diff.indexes.rename {
        let mut index = index.clone();
        index.name.clone_from(to);
        out.push(create_index(table, &index, Grade::Rewrite));
    }
    out.extend(diff.dropped.iter().map(|c| drop_column(table, c)));
    out
}

/// Adds a column; a NOT NULL one always with a default, which is taken away again (facts §5: what
/// old rows get without one is not documented).
fn add_column(diff: &TableDiff, column: &ColumnDef) -> Vec<Step> {
    let table = &diff.new.name;
    let fill = diff.fills.get(&column.name).cloned();
    let bare = fill.is_none() && !column.null && column.default.is_none();
    if column.computed.is_some() || (fill.is_none() && !bare) {
        return vec![plain_add_column(table, column)];
    }
    let requires = bare.then(|| Requirement::NoRows {
        table: diff.original.name.clone(),
        column: column.name.clone(),
    });
    let mut first = column.clone();
    first.default = Some(ColumnDefault::Literal(
        fill.unwrap_or_else(|| zero(&column.ty)),
    ));
    vec![
        plain_add_column(table, &first).requiring(requires),
        drop_one_off_default(table, column),
    ]
}

/// A value of the type, for a column whose table has no rows to hold it.
fn zero(ty: &FieldType) -> Literal {
    match ty {
        FieldType::Bool => Literal::Bool(false),
        t if t.is_integer() => Literal::Int(0),
        FieldType::Duration => Literal::Int(0),
        FieldType::Float | FieldType::Double => Literal::Float(0.0),
        FieldType::Decimal { .. } => Literal::Text("0".into()),
        FieldType::Date => Literal::Text("1970-01-01".into()),
        FieldType::Time => Literal::Text("00:00:00".into()),
        FieldType::DateTime => Literal::Text("1970-01-01 00:00:00".into()),
        FieldType::Json => Literal::Text("null".into()),
        FieldType::Uuid => Literal::Text("00000000-0000-0000-0000-000000000000".into()),
        FieldType::Ip => Literal::Text("0.0.0.0".into()),
        FieldType::Geography => Literal::Text("POINT(0 0)".into()),
        FieldType::Vector { dim } => {
            let zeros = vec!["0"; *dim as usize];
            Literal::Text(format!("[{}]", zeros.join(",")))
        }
        _ => Literal::Text(String::new()),
    }
}

fn modify_column(diff: &TableDiff, delta: &ColumnDelta) -> Vec<Step> {
    let table = &diff.new.name;
    let mut out = Vec::new();
    let mut requires = None;
    if delta.tightened() {
        match diff.fills.get(&delta.new.name) {
            Some(value) => out.push(fill_nulls(table, &delta.new, value)),
            None => requires = Some(no_nulls(diff, &delta.new.name)),
        }
    }
    let grade = if delta.ty() || delta.tightened() {
        Grade::Rewrite
    } else {
        Grade::Instant
    };
    out.push(modify(table, delta.new.clone(), grade).requiring(requires));
    out
}

/// Create, copy, rename away, rename into place, drop (facts §5: there is no atomic swap).
fn copy_table(
    diff: &TableDiff,
    dialect: &dyn Dialect,
    reason: &str,
) -> Result<Vec<Step>, EditError> {
    let old = &diff.original.name;
    let table = &diff.new.name;
    let mut fresh = diff.new.clone();
    fresh.name = shorten(&format!("{table}__new"));
    let away = shorten(&format!("{table}__old"));
    let because = |mut step: Step| {
        step.comment = format!("{} ({reason})", step.comment);
        step
    };
    let copy = copy_rows(diff, dialect, old, &fresh.name, |column| {
        diff.old_name(column).to_owned()
    })?;
    let mut out = vec![because(create_table(&fresh)), because(copy)];
    out.push(rename_table(old, &away));
    out.push(rename_table(&fresh.name, table));
    let grade = if diff.dropped.is_empty() {
        Grade::Instant
    } else {
        Grade::LosesData
    };
    out.push(Step {
        grade,
        comment: format!("the old {table}, whose rows are copied"),
        ..drop_table(&away)
    });
    if fresh.columns.iter().any(|c| c.auto_increment) {
        // Copied numbers do not move the counter (facts §4).
        out.push(Step::instant(
            Ddl::Raw("AGGREGATOR SYNC AUTO_INCREMENT".into()),
            "new numbers start above the copied ones",
        ));
    }
    Ok(out)
}
