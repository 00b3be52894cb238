//! Changes on a database that alters little in place (SQLite): what it cannot alter is done by a
//! rebuild of the table, with its rows, keys and the number that AUTOINCREMENT has reached.
//!
//! The executor switches the check of foreign keys off around the transaction and looks for orphans
//! before it commits, as the manual's procedure says (sqlite.org/lang_altertable.html, section 7):
//! with the check on, dropping the old table would delete its rows one by one.

use orm_schema::{ColumnDef, ColumnDefault, TableDef, UniqueDef, shorten};

use super::alter::{no_nulls, renames};
use super::build::{
    create_index, create_table, drop_column, drop_index, drop_table, plain_add_column, rename_table,
};
use super::diff::TableDiff;
use super::tables::Changes;
use super::{EditError, Grade, Requirement, Step};
use crate::ast::{CopySource, Ddl};
use crate::dialect::{Dialect, Features, literal_value};
use crate::value::Value;

pub(super) fn steps(changes: &Changes, dialect: &dyn Dialect) -> Result<Vec<Step>, EditError> {
    let features = dialect.features();
    let mut out = Vec::new();
    out.extend(changes.dropped.iter().map(|t| drop_table(&t.name)));
    for diff in &changes.changed {
        // To SQLite a name in another case is taken: by the table itself.
        let (old, new) = (&diff.original.name, &diff.new.name);
        let case_alone = diff.renamed_table() && old.eq_ignore_ascii_case(new);
        if case_alone {
            let aside = shorten(&format!("{new}__case"));
            out.extend([rename_table(old, &aside), rename_table(&aside, new)]);
        }
        out.extend(renames(diff).into_iter().skip(usize::from(case_alone)));
    }
    for diff in &changes.changed {
        if needs_rebuild(diff, features) {
            out.extend(rebuild(diff, dialect)?);
        } else {
            out.extend(in_place(diff));
        }
    }
    for table in &changes.created {
        out.push(create_table(table));
        for index in &table.indexes {
            out.push(create_index(&table.name, index, Grade::Instant));
        }
    }
    Ok(out)
}

/// Whether the table has to be made anew.
///
/// Names of unique keys and foreign keys alone are no reason: they stand in the table's definition
/// only, and nothing refers to them.
fn needs_rebuild(diff: &TableDiff, features: &Features) -> bool {
    let addable = |c: &ColumnDef| {
        let constant = matches!(c.default, None | Some(ColumnDefault::Literal(_)));
        let plain = c.computed.is_none() && !c.auto_increment && constant;
        plain && (c.null || c.default.is_some()) && !diff.fills.contains_key(&c.name)
    };
    let droppable = |name: &String| features.drop_column || !is_in_definition(&diff.carried, name);
    !diff.modified.is_empty()
        || diff.primary_key()
        || diff.uniques.changed()
        || diff.foreign_keys.changed()
        || !diff.added.iter().all(addable)
        || !diff.dropped.iter().all(droppable)
}

/// Whether the table's definition names the column outside its own line.
fn is_in_definition(table: &TableDef, column: &String) -> bool {
    let unique = |u: &UniqueDef| u.columns.contains(column);
    table.primary_key.contains(column)
        || table.uniques.iter().any(unique)
        || table.foreign_keys.iter().any(|k| k.columns.contains(column))
        // An expression may name it.
        || table.columns.iter().any(|c| c.computed.is_some())
}

fn in_place(diff: &TableDiff) -> Vec<Step> {
    let table = &diff.new.name;
    let mut out = Vec::new();
    let renamed = diff.indexes.rename.iter().map(|(index, _)| index);
    for index in diff.indexes.drop.iter().chain(renamed) {
        out.push(drop_index(table, &index.name));
    }
    out.extend(diff.added.iter().map(|c| plain_add_column(table, c)));
    out.extend(diff.dropped.iter().map(|c| drop_column(table, c)));
    for index in &diff.indexes.add {
        out.push(create_index(table, index, Grade::Lock));
    }
    for (index, to) in &diff.indexes.rename {
        let mut index = index.clone();
        index.name.clone_from(to);
        out.push(create_index(table, &index, Grade::Lock));
    }
    out
}

/// Makes the table anew under another name, copies its rows, and puts it in the old one's place.
fn rebuild(diff: &TableDiff, dialect: &dyn Dialect) -> Result<Vec<Step>, EditError> {
    let table = &diff.new.name;
    let mut fresh = diff.new.clone();
    fresh.name = shorten(&format!("{table}__new"));
    for column in &mut fresh.columns {
        column.auto_increment &= !is_plain_number(&diff.new, column, dialect.features());
    }
    let mut out: Vec<Step> = gone_indexes(diff);
    out.extend([
        create_table(&fresh),
        copy_rows(diff, dialect, table, &fresh.name, |column| {
            column.to_owned()
        })?,
    ]);
    if let Some(column) = fresh.columns.iter().find(|c| c.auto_increment)
        && diff
            .carried
            .column(&column.name)
            .is_some_and(|c| c.auto_increment)
        && !diff.primary_key()
    {
        out.extend(keep_sequence(table, &fresh.name));
    }
    let grade = if diff.dropped.is_empty() {
        Grade::Instant
    } else {
        Grade::LosesData
    };
    out.push(Step {
        grade,
        comment: format!("the old {table}, whose rows are copied"),
        ..drop_table(table)
    });
    out.push(rename_table(&fresh.name, table));
    for index in &diff.new.indexes {
        out.push(create_index(table, index, Grade::Lock));
    }
    Ok(out)
}

/// Drops the indexes that do not come back, so that whatever else stands on the old table is known
/// to be the user's own.
fn gone_indexes(diff: &TableDiff) -> Vec<Step> {
    let renamed = diff.indexes.rename.iter().map(|(index, _)| index);
    let gone = diff.indexes.drop.iter().chain(renamed);
    gone.map(|i| drop_index(&diff.new.name, &i.name)).collect()
}

/// The next number stays above that of every row ever deleted.
fn keep_sequence(old: &str, new: &str) -> [Step; 2] {
    let text = |name: &str| format!("'{}'", name.replace('\'', "''"));
    let clear = format!("DELETE FROM sqlite_sequence WHERE name = {}", text(new));
    let copy = format!(
        "INSERT INTO sqlite_sequence (name, seq) SELECT {}, seq FROM sqlite_sequence WHERE name = {}",
        text(new),
        text(old),
    );
    let comment = "keep the number that AUTOINCREMENT has reached";
    [clear, copy].map(|sql| Step::instant(Ddl::Raw(sql), comment))
}

/// Whether the column is to be automatic and cannot be yet: SQLite numbers rows by the whole primary
/// key only. It is an ordinary column then, numbered once; a later operation makes it the key.
fn is_plain_number(table: &TableDef, column: &ColumnDef, features: &Features) -> bool {
    !features.alter_column && column.auto_increment && table.primary_key != [column.name.as_str()]
}

/// Copies all rows. `source` leads from a column's new name to its name in the source.
fn copy_rows(
    diff: &TableDiff,
    dialect: &dyn Dialect,
    from: &str,
    to: &str,
    source: impl Fn(&str) -> String,
) -> Result<Step, EditError> {
    let (columns, requires) = copied_columns(diff, dialect, source)?;
    let ddl = Ddl::CopyRows {
        from: from.to_owned(),
        to: to.to_owned(),
        columns,
    };
    let comment = format!("copy the rows of {from}");
    Ok(Step::graded(ddl, comment, Grade::Lock).requiring(requires))
}

/// Target columns with what they get, and what must hold for that.
pub(super) type Copied = (Vec<(String, CopySource)>, Option<Requirement>);

/// What each column of the new table gets, and what must hold for that. `source` leads from a
/// column's new name to its name in the source.
pub(super) fn copied_columns(
    diff: &TableDiff,
    dialect: &dyn Dialect,
    source: impl Fn(&str) -> String,
) -> Result<Copied, EditError> {
    let mut columns = Vec::new();
    let mut requires = None;
    for column in diff.new.columns.iter().filter(|c| c.computed.is_none()) {
        let name = &column.name;
        let fill = match diff.fills.get(name) {
            Some(literal) => Some(literal_value(dialect, &column.ty, literal)?),
            None => None,
        };
        let value = match (diff.carried.column(name), fill) {
            (Some(old), Some(value)) if old.null && !column.null => {
                CopySource::ColumnOr(source(name), value)
            }
            (Some(old), _) => {
                if old.null && !column.null {
                    requires = Some(no_nulls(diff, name));
                }
                CopySource::Column(source(name))
            }
            (None, Some(value)) => CopySource::Value(value),
            (None, None) if is_plain_number(&diff.new, column, dialect.features()) => {
                CopySource::RowNumber
            }
            // The database fills it in: its default, its next number, or NULL.
            (None, None) if column.null || column.default.is_some() || column.auto_increment => {
                continue;
            }
            (None, None) => {
                let (table, column) = (diff.original.name.clone(), name.clone());
                requires = Some(Requirement::NoRows { table, column });
                CopySource::Value(Value::Null)
            }
        };
        columns.push((name.clone(), value));
    }
    Ok((columns, requires))
}
