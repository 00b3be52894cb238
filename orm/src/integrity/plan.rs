//! What to look for in which table.

use orm_schema::{ModelDef, ObjectDef, OnDelete, TableDef};

use super::{FaultKind, Result};
use crate::dialect::Features;
use crate::migrate::{MappedTable, ProjectState, related_tables};

/// A table and what is looked for in its rows.
pub(super) struct Checked {
    pub(super) app: String,
    pub(super) model: String,
    pub(super) table: String,
    pub(super) key: Vec<String>,
    pub(super) checks: Vec<Check>,
}

/// One thing to look for.
pub(super) enum Check {
    /// Rows without a partner in another table: orphans, lookups that miss, lookups that stray.
    Alone {
        kind: FaultKind,
        field: String,
        /// The table of the partners.
        other: String,
        /// Columns here and there that are equal in partners; those here are looked at when none is
        /// NULL.
        equal: Vec<(String, String)>,
        /// What repairs it.
        mend: Mend,
    },
    /// Values that stand in several rows.
    Duplicate { field: String, columns: Vec<String> },
}

/// How rows are repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mend {
    /// By setting a column to NULL.
    Null(String),
    /// By deleting the rows, which say nothing else.
    Delete,
    /// By inserting the partner.
    Insert,
    /// Not at all; the reason.
    No(&'static str),
}

/// The tables of a state in the order of its models. Side tables of lookups come before the tables
/// that they speak of, since what strays there is in the way of what misses.
pub(super) fn plan(state: &ProjectState, features: &Features) -> Result<Vec<Checked>> {
    let mut out = Vec::new();
    for model in state.models() {
        // What no foreign key holds is all the more looked at.
        let mapped = related_tables(state, model, features)?;
        let Some(own) = mapped.iter().find(|m| m.field.is_none()) else {
            continue;
        };
        for side in mapped.iter().filter(|m| m.lookup) {
            out.push(checked(model, side, vec![stray(own, side)]));
        }
        let mut checks = orphans(own, false);
        checks.extend(objects(state, model, own));
        checks.extend(duplicates(own, features));
        for side in mapped.iter().filter(|m| m.lookup) {
            checks.extend(lookup(own, side));
        }
        out.push(checked(model, own, checks));
        for pairs in mapped.iter().filter(|m| m.field.is_some() && !m.lookup) {
            out.push(checked(model, pairs, orphans(pairs, true)));
        }
    }
    out.retain(|c| !c.checks.is_empty());
    Ok(out)
}

fn checked(model: &ModelDef, mapped: &MappedTable, checks: Vec<Check>) -> Checked {
    Checked {
        app: model.app.clone(),
        model: model.name.clone(),
        table: mapped.table.name.clone(),
        key: mapped.table.primary_key.clone(),
        checks,
    }
}

/// The field of a column.
fn field_of(mapped: &MappedTable, column: &str) -> String {
    match &mapped.field {
        Some(field) => field.clone(),
        None => {
            let known = mapped.columns.iter().find(|(_, c)| c == column);
            known.map_or_else(|| column.to_owned(), |(field, _)| field.clone())
        }
    }
}

fn orphans(mapped: &MappedTable, pairs: bool) -> Vec<Check> {
    let table = &mapped.table;
    let of = |key: &orm_schema::ForeignKeyDef| {
        let columns = key.columns.iter().cloned();
        let first = key.columns.first().map_or("", String::as_str);
        Check::Alone {
            kind: FaultKind::Orphan,
            field: field_of(mapped, first),
            other: key.ref_table.clone(),
            equal: columns.zip(key.ref_columns.iter().cloned()).collect(),
            mend: match pairs {
                true => Mend::Delete,
                false => mend_orphan(table, first, key.on_delete),
            },
        }
    };
    table.foreign_keys.iter().map(of).collect()
}

/// Rows whose relation by several fields leads nowhere.
fn objects(state: &ProjectState, model: &ModelDef, own: &MappedTable) -> Vec<Check> {
    let column =
        |model: &ModelDef, field: &String| model.field(field).map(|f| f.column_name().into_owned());
    let one = |object: &ObjectDef| {
        let target = state.model(&object.to)?;
        let there = match object.to_fields.is_empty() {
            true => &target.primary_key,
            false => &object.to_fields,
        };
        let equal: Option<Vec<(String, String)>> = object
            .from_fields
            .iter()
            .zip(there)
            .map(|(from, to)| Some((column(model, from)?, column(target, to)?)))
            .collect();
        let equal = equal?;
        let may = |(own_column, _): &&(String, String)| {
            own.table.column(own_column).is_some_and(|c| c.null)
        };
        let cleared = equal.iter().find(may).or(equal.first())?.0.clone();
        Some(Check::Alone {
            kind: FaultKind::Orphan,
            field: object.name.clone(),
            other: target.table.clone(),
            mend: mend_orphan(&own.table, &cleared, object.on_delete),
            equal,
        })
    };
    model.objects.iter().filter_map(one).collect()
}

fn mend_orphan(table: &TableDef, column: &str, on_delete: OnDelete) -> Mend {
    match on_delete {
        OnDelete::SetNull if table.column(column).is_some_and(|c| c.null) => {
            Mend::Null(column.to_owned())
        }
        OnDelete::SetNull => Mend::No("the column may not be NULL"),
        OnDelete::Cascade => {
            Mend::No("on_delete = \"cascade\" would have deleted them; that is left to a person")
        }
        _ => Mend::No("their on_delete does not say what becomes of them"),
    }
}

/// Keys that the server is told not to check.
fn duplicates(own: &MappedTable, features: &Features) -> Vec<Check> {
    let unenforced = own.table.uniques.iter();
    unenforced
        .filter(|u| u.unenforced && features.sharded)
        .map(|u| duplicate(own, &u.columns))
        .collect()
}

fn duplicate(own: &MappedTable, columns: &[String]) -> Check {
    let fields: Vec<String> = columns.iter().map(|c| field_of(own, c)).collect();
    Check::Duplicate {
        field: fields.join(", "),
        columns: columns.to_vec(),
    }
}

/// The value's column in the model's table, and the columns of the side table that are equal to its.
fn sides(own: &MappedTable, side: &MappedTable) -> (String, Vec<(String, String)>) {
    let field = side.field.clone().unwrap_or_default();
    let known = own.columns.iter().find(|(f, _)| *f == field);
    let column = known.map_or(field, |(_, c)| c.clone());
    let names = side.table.columns.iter().map(|c| c.name.clone());
    let own_columns = std::iter::once(column.clone()).chain(own.table.primary_key.iter().cloned());
    (column, own_columns.zip(names).collect())
}

fn lookup(own: &MappedTable, side: &MappedTable) -> Vec<Check> {
    let (column, equal) = sides(own, side);
    vec![
        duplicate(own, &[column]),
        Check::Alone {
            kind: FaultKind::LookupMissing,
            field: side.field.clone().unwrap_or_default(),
            other: side.table.name.clone(),
            equal,
            mend: Mend::Insert,
        },
    ]
}

fn stray(own: &MappedTable, side: &MappedTable) -> Check {
    let (_, equal) = sides(own, side);
    Check::Alone {
        kind: FaultKind::LookupStray,
        field: side.field.clone().unwrap_or_default(),
        other: own.table.name.clone(),
        equal: equal.into_iter().map(|(own, side)| (side, own)).collect(),
        mend: Mend::Delete,
    }
}
