//! Changes by ALTER TABLE, where columns and constraints can be altered in place (MySQL, MariaDB).
//!
//! The order matters in few places, each for a refusal of InnoDB: a foreign key goes before the type
//! of its columns or the key it leans on changes, and comes back last; an index that a foreign key
//! needs is dropped only after its successor stands; AUTO_INCREMENT goes before the key that it
//! needs changes, and comes after.

use orm_schema::{ColumnDef, ColumnDefault, FieldType, ForeignKeyDef, TableIndexDef};

use super::build::{
    add_foreign_key, create_index, create_table, drop_column, drop_foreign_key, drop_index,
    drop_one_off_default, drop_table, drop_unique, fill_nulls, modify, plain_add_column,
    rename_column, rename_index, rename_table,
};
use super::diff::{ColumnDelta, TableDiff};
use super::tables::Changes;
use super::{Grade, Requirement, Step};
use crate::ast::Ddl;
use crate::dialect::Features;
use crate::migrate::canon::same_name;

pub(super) fn steps(changes: &Changes, features: &Features) -> Vec<Step> {
    let shaken = shaken_foreign_keys(changes);
    let mut out = Vec::new();
    for (diff, keys) in changes.changed.iter().zip(&shaken) {
        for key in diff.foreign_keys.drop.iter().chain(keys) {
            out.push(drop_foreign_key(&diff.original.name, key));
        }
        for (key, _) in &diff.foreign_keys.rename {
            out.push(drop_foreign_key(&diff.original.name, key));
        }
    }
    for table in &changes.dropped {
        out.push(drop_table(&table.name));
    }
    for diff in &changes.changed {
        out.extend(renames(diff));
    }
    for diff in &changes.changed {
        out.extend(alter_table(diff, features));
    }
    for table in &changes.created {
        out.push(create_table(table));
    }
    for (diff, keys) in changes.changed.iter().zip(&shaken) {
        let table = &diff.new.name;
        let renamed = diff.foreign_keys.rename.iter();
        let renamed = renamed.map(|(key, name)| ForeignKeyDef {
            name: name.clone(),
            ..key.clone()
        });
        for key in diff
            .foreign_keys
            .add
            .iter()
            .chain(keys)
            .cloned()
            .chain(renamed)
        {
            out.push(add_foreign_key(table, key));
        }
    }
    out
}

/// Per table, the foreign keys that stay but must be away while a column or key under them changes.
fn shaken_foreign_keys(changes: &Changes) -> Vec<Vec<ForeignKeyDef>> {
    let find = |table: &str| changes.changed.iter().find(|d| d.new.name == table);
    let changes_under = |diff: &TableDiff, columns: &[String]| {
        let typed = |d: &ColumnDelta| (d.ty() || d.auto()) && columns.contains(&d.new.name);
        let keyed = diff.primary_key() && diff.carried.primary_key.starts_with(columns);
        let freed = diff
            .uniques
            .drop
            .iter()
            .any(|u| u.columns.starts_with(columns));
        diff.modified.iter().any(typed) || keyed || freed
    };
    let shaken = |diff: &TableDiff| -> Vec<ForeignKeyDef> {
        let stays = |k: &&ForeignKeyDef| diff.carried.foreign_keys.contains(k);
        let moves = |k: &&ForeignKeyDef| {
            let typed = |d: &ColumnDelta| d.ty() && k.columns.contains(&d.new.name);
            diff.modified.iter().any(typed)
                || find(&k.ref_table).is_some_and(|d| changes_under(d, &k.ref_columns))
        };
        diff.new
            .foreign_keys
            .iter()
            .filter(stays)
            .filter(moves)
            .cloned()
            .collect()
    };
    changes.changed.iter().map(shaken).collect()
}

/// Renames of the table, then of its columns.
pub(super) fn renames(diff: &TableDiff) -> Vec<Step> {
    let mut out = Vec::new();
    if diff.renamed_table() {
        out.push(rename_table(&diff.original.name, &diff.new.name));
    }
    for (column, to) in &diff.renamed {
        out.push(rename_column(&diff.new.name, column, to));
    }
    out
}

fn alter_table(diff: &TableDiff, features: &Features) -> Vec<Step> {
    let table = &diff.new.name;
    let mut out = Vec::new();
    let (late, early): (Vec<_>, Vec<_>) = dropped_keys(diff).into_iter().partition(|k| k.late);
    out.extend(early.into_iter().map(|k| k.step));
    for column in &diff.added {
        out.extend(add_column(diff, column));
    }
    let (gains, others): (Vec<_>, Vec<_>) = diff
        .modified
        .iter()
        .partition(|d| d.auto() && d.new.auto_increment);
    for delta in others {
        out.extend(modify_column(diff, delta));
    }
    out.extend(add_keys(diff));
    if diff.primary_key() {
        out.push(alter_primary_key(diff));
    }
    for delta in gains {
        out.extend(modify_column(diff, delta));
    }
    out.extend(rename_keys(diff, features));
    out.extend(late.into_iter().map(|k| k.step));
    for column in &diff.dropped {
        out.push(drop_column(table, column));
    }
    if diff.comment() {
        out.push(Step::instant(
            Ddl::TableComment {
                table: table.clone(),
                comment: diff.new.comment.clone(),
            },
            format!("comment on {table}"),
        ));
    }
    out
}

struct DroppedKey {
    step: Step,
    /// Whether its successor must stand first, for a foreign key that leans on it.
    late: bool,
}

fn dropped_keys(diff: &TableDiff) -> Vec<DroppedKey> {
    let table = &diff.new.name;
    let leaned_on = |columns: &[String]| {
        diff.carried
            .foreign_keys
            .iter()
            .any(|k| columns.starts_with(&k.columns))
    };
    let name_again = |name: &str| {
        diff.uniques.add.iter().any(|k| k.name == name)
            || diff.indexes.add.iter().any(|k| k.name == name)
    };
    let auto = |column: &String| {
        let old = diff.carried.column(column);
        old.is_some_and(|c| c.auto_increment)
    };
    // The key that an automatic column needs goes when another has come, or with the column.
    let needed = |columns: &[String]| columns.first().is_some_and(auto);
    let late = |columns: &[String], name: &str| {
        (leaned_on(columns) || needed(columns)) && !name_again(name)
    };
    let goes =
        |columns: &[String]| matches!(columns, [one] if auto(one) && diff.dropped.contains(one));
    let uniques = diff.uniques.drop.iter().filter(|k| !goes(&k.columns));
    let indexes = diff.indexes.drop.iter().filter(|k| !goes(&k.columns));
    let uniques = uniques.map(|k| DroppedKey {
        step: drop_unique(table, &k.name),
        late: late(&k.columns, &k.name),
    });
    let indexes = indexes.map(|k| DroppedKey {
        step: drop_index(table, &k.name),
        late: late(&k.columns, &k.name),
    });
    uniques.chain(indexes).collect()
}

pub(super) fn add_keys(diff: &TableDiff) -> Vec<Step> {
    let table = &diff.new.name;
    let mut out = Vec::new();
    for unique in &diff.uniques.add {
        out.push(Step::graded(
            Ddl::AddUnique {
                table: table.clone(),
                unique: unique.clone(),
            },
            format!("make {} of {table} unique", unique.columns.join(", ")),
            Grade::Lock,
        ));
    }
    let with_column = |i: &&TableIndexDef| {
        let auto = diff.added.iter().filter(|c| c.auto_increment);
        auto.filter_map(|c| auto_index(diff, c))
            .any(|own| own == *i)
    };
    for index in diff.indexes.add.iter().filter(|i| !with_column(i)) {
        out.push(create_index(table, index, Grade::Rewrite));
    }
    out
}

fn rename_keys(diff: &TableDiff, features: &Features) -> Vec<Step> {
    let table = &diff.new.name;
    let mut out = Vec::new();
    for (unique, to) in &diff.uniques.rename {
        if features.rename_index {
            out.push(rename_index(table, &unique.name, to));
            continue;
        }
        let mut renamed = unique.clone();
        renamed.name.clone_from(to);
        let add = Step::graded(
            Ddl::AddUnique {
                table: table.clone(),
                unique: renamed,
            },
            format!("unique key {to} in place of {}", unique.name),
            Grade::Lock,
        );
        let drop = drop_unique(table, &unique.name);
        out.extend(in_place(add, drop, &unique.name, to));
    }
    for (index, to) in &diff.indexes.rename {
        if features.rename_index {
            out.push(rename_index(table, &index.name, to));
            continue;
        }
        let mut renamed = index.clone();
        renamed.name.clone_from(to);
        let add = create_index(table, &renamed, Grade::Rewrite);
        let drop = drop_index(table, &index.name);
        out.extend(in_place(add, drop, &index.name, to));
    }
    out
}

/// The new one first, so that there is always one; but where only the case of the name changes, it is
/// free only when the old one has gone.
fn in_place(add: Step, drop: Step, from: &str, to: &str) -> [Step; 2] {
    match same_name(from, to) {
        true => [drop, add],
        false => [add, drop],
    }
}

/// Types that cannot have a literal default everywhere in the family (MySQL 1101).
fn no_literal_default(ty: &FieldType) -> bool {
    matches!(
        ty,
        FieldType::Text
            | FieldType::Binary { max_length: None }
            | FieldType::Json
            | FieldType::Geography
            | FieldType::Vector { .. }
            | FieldType::Sql(_)
    )
}

/// Adds a column; rows that are there get the field's default, which does not stay in the table.
fn add_column(diff: &TableDiff, column: &ColumnDef) -> Vec<Step> {
    let table = &diff.new.name;
    if let Some(index) = auto_index(diff, column) {
        return vec![Step::graded(
            Ddl::AddAutoColumn {
                table: table.clone(),
                column: column.clone(),
                index: index.clone(),
            },
            format!("add column {} to {table} and number its rows", column.name),
            Grade::Lock,
        )];
    }
    let fill = diff
        .fills
        .get(&column.name)
        .filter(|_| column.computed.is_none());
    let Some(value) = fill else {
        let bare = !column.null
            && column.default.is_none()
            && column.computed.is_none()
            && !column.auto_increment;
        let requires = bare.then(|| Requirement::NoRows {
            table: diff.original.name.clone(),
            column: column.name.clone(),
        });
        return vec![plain_add_column(table, column).requiring(requires)];
    };
    if !no_literal_default(&column.ty) {
        let mut first = column.clone();
        first.default = Some(ColumnDefault::Literal(value.clone()));
        let mut steps = vec![plain_add_column(table, &first)];
        steps.push(drop_one_off_default(table, column));
        return steps;
    }
    let mut first = column.clone();
    first.null = true;
    let mut steps = vec![plain_add_column(table, &first)];
    steps.push(fill_nulls(table, column, value));
    if !column.null {
        steps.push(Step::graded(
            Ddl::ModifyColumn {
                table: table.clone(),
                column: column.clone(),
            },
            format!("{table}.{} becomes NOT NULL", column.name),
            Grade::Lock,
        ));
    }
    steps
}

/// The index that comes with a new automatic column: the server adds none without the other.
fn auto_index<'a>(diff: &'a TableDiff, column: &ColumnDef) -> Option<&'a TableIndexDef> {
    let added = |c: &&ColumnDef| c.auto_increment && c.name == column.name;
    diff.added.iter().find(added)?;
    let leads = |i: &&TableIndexDef| i.columns.first() == Some(&column.name);
    diff.indexes.add.iter().find(leads)
}

fn modify_column(diff: &TableDiff, delta: &ColumnDelta) -> Vec<Step> {
    let table = &diff.new.name;
    let name = &delta.new.name;
    let mut out = Vec::new();
    let mut requires = None;
    if delta.tightened() {
        match diff.fills.get(name) {
            // Filled while the column still has its old type, which the value was not written for
            // when both change: then the type goes first.
            Some(value) => {
                if delta.ty() {
                    let mut loose = delta.new.clone();
                    loose.null = true;
                    out.push(modify(table, loose, Grade::Lock));
                }
                out.push(fill_nulls(table, &delta.new, value));
            }
            None => requires = Some(no_nulls(diff, name)),
        }
    }
    let grade = if delta.only_notes() {
        Grade::Instant
    } else {
        Grade::Lock
    };
    out.push(modify(table, delta.new.clone(), grade).requiring(requires));
    out
}

/// The requirement that a column holds no NULL, by the names before the operation.
pub(super) fn no_nulls(diff: &TableDiff, column: &str) -> Requirement {
    Requirement::NoNulls {
        table: diff.original.name.clone(),
        column: diff.old_name(column).to_owned(),
    }
}

fn alter_primary_key(diff: &TableDiff) -> Step {
    let table = &diff.new.name;
    Step::graded(
        Ddl::AlterPrimaryKey {
            table: table.clone(),
            drop: !diff.carried.primary_key.is_empty(),
            columns: diff.new.primary_key.clone(),
        },
        format!(
            "the primary key of {table} becomes {}",
            diff.new.primary_key.join(", ")
        ),
        Grade::Lock,
    )
}
