//! Unique constraints and indexes of a model.

use orm_schema::{ConstraintDef, IndexDef, IndexKind, hashed_name};

use super::InspectedModel;
use super::fields::mark_unique;
use crate::introspect::table::{Key, KeyKind, Table};

type Names<'a> = &'a dyn Fn(&[String]) -> Option<Vec<String>>;

pub(super) fn keys(table: &Table, model: &mut InspectedModel, names: Names<'_>) {
    for key in &table.keys {
        let fields = key.columns().and_then(|columns| {
            let fields = names(&columns)?;
            Some((columns, fields))
        });
        match fields {
            Some((columns, fields)) if key.unique => unique(table, key, &columns, fields, model),
            Some((columns, fields)) => index(table, key, &columns, fields, model),
            None => unsaid(key, model, ""),
        }
    }
}

/// A key that no model can describe.
fn unsaid(key: &Key, model: &mut InspectedModel, why: &str) {
    let what = if key.unique { "unique index" } else { "index" };
    let name = key.name.as_deref().unwrap_or_default();
    let text = format!(
        "{what} `{name}` {}{why}: not in the model, because indexes there are over whole columns; keep it by run_sql",
        key.describe()
    );
    model.remark(text);
}

fn unique(
    table: &Table,
    key: &Key,
    columns: &[String],
    fields: Vec<String>,
    model: &mut InspectedModel,
) {
    let own = hashed_name(&table.name, columns, "uniq");
    let by_itself = key.name.as_ref().is_none_or(|n| *n == own) && !key.unenforced;
    match fields.as_slice() {
        [one] if by_itself => {
            if let Some(field) = model.def.field_mut(one) {
                mark_unique(field);
            }
        }
        _ if by_itself => model.def.unique_together.push(fields),
        _ => model.def.constraints.push(ConstraintDef {
            name: key.name.clone().unwrap_or(own),
            fields,
            unenforced: key.unenforced,
        }),
    }
}

fn index(
    table: &Table,
    key: &Key,
    columns: &[String],
    fields: Vec<String>,
    model: &mut InspectedModel,
) {
    let kind = match key.kind {
        KeyKind::Usual => None,
        KeyKind::Hash => Some(IndexKind::Hash),
        KeyKind::Btree => Some(IndexKind::Btree),
        KeyKind::Fulltext => Some(IndexKind::Fulltext),
        KeyKind::Vector => Some(IndexKind::Vector),
        KeyKind::Spatial | KeyKind::MultiValue => {
            return unsaid(key, model, &format!(" ({})", key.kind.as_str()));
        }
    };
    if key.parts.iter().any(|p| p.descending) {
        model.remark(format!(
            "index {} descends in part; in the model it ascends",
            key.describe()
        ));
    }
    let own = hashed_name(&table.name, columns, "idx");
    let name = key.name.clone().unwrap_or_else(|| own.clone());
    if let [one] = fields.as_slice()
        && name == own
        && kind.is_none()
        && let Some(field) = model.def.field_mut(one)
    {
        // A relation has its index anyway.
        field.index = !field.ty.is_to_one();
        return;
    }
    let (options, fault) = key.options.fitting(kind);
    if let Some(fault) = fault {
        model.remark(format!(
            "options of the index `{name}` are left out: {}",
            fault.message
        ));
    }
    model.def.indexes.push(IndexDef {
        name,
        fields,
        kind,
        options,
    });
}
