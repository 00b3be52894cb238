//! Changes by ALTER TABLE, where the server accepts it.

use orm_schema::{ColumnDef, ColumnDefault, FieldType, Literal};

use super::super::alter::{add_keys, no_nulls, renames};
use super::super::build::{
    create_index, drop_column, drop_index, drop_one_off_default, drop_unique, fill_nulls, modify,
    plain_add_column,
};
use super::super::diff::{ColumnDelta, TableDiff};
use super::why::is_recomputed;
use super::{column, kind};
use crate::ast::Ddl;
use crate::dialect::Dialect;
use crate::migrate::schema_editor::{EditError, Grade, Requirement, Step};

/// The steps; `swapped` is the column that gets its new definition by a second column, and why.
pub(super) fn steps(
    diff: &TableDiff,
    swapped: Option<(&ColumnDelta, &str)>,
    dialect: &dyn Dialect,
) -> Result<Vec<Step>, EditError> {
    let table = &diff.new.name;
    let mut out = renames(diff);
    out.extend(dropped_keys(diff));
    for column in &diff.added {
        out.extend(add_column(diff, column));
    }
    for delta in &diff.modified {
        match swapped {
            Some((swapped, reason)) if swapped == delta => {
                out.extend(column::steps(diff, delta, dialect, reason)?);
            }
            _ if is_recomputed(diff, delta, kind(&diff.carried)) => {
                out.push(Step {
                    grade: Grade::Instant,
                    comment: format!("column {} of {table} is computed anew", delta.new.name),
                    ..drop_column(table, &delta.new.name)
                });
                out.push(plain_add_column(table, &delta.new));
            }
            _ => out.extend(modify_column(diff, delta)),
        }
    }
    out.extend(added_keys(diff));
    out.extend(diff.dropped.iter().map(|c| drop_column(table, c)));
    Ok(out)
}

fn dropped_keys(diff: &TableDiff) -> Vec<Step> {
    let table = &diff.new.name;
    let uniques = &diff.uniques;
    let uniques = uniques
        .drop
        .iter()
        .chain(uniques.rename.iter().map(|(u, _)| u));
    let indexes = &diff.indexes;
    let indexes = indexes
        .drop
        .iter()
        .chain(indexes.rename.iter().map(|(i, _)| i));
    let uniques = uniques.map(|u| drop_unique(table, &u.name));
    uniques
        .chain(indexes.map(|i| drop_index(table, &i.name)))
        .collect()
}

fn added_keys(diff: &TableDiff) -> Vec<Step> {
    let table = &diff.new.name;
    let mut out = add_keys(diff);
    for (unique, to) in &diff.uniques.rename {
        let mut unique = unique.clone();
        unique.name.clone_from(to);
        let comment = format!("unique key {to}");
        let table = table.clone();
        out.push(Step::graded(
            Ddl::AddUnique { table, unique },
            comment,
            Grade::Lock,
        ));
    }
    for (index, to) in &diff.indexes.rename {
        let mut index = index.clone();
        index.name.clone_from(to);
        out.push(create_index(table, &index, Grade::Rewrite));
    }
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
pub(super) fn zero(ty: &FieldType) -> Literal {
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
