//! A second table in place of the first: create, copy, rename away, compare, rename into place.

use orm_schema::{ColumnDef, FieldType, TableDef, shorten};

use super::super::build::{create_table, rename_table};
use super::super::diff::TableDiff;
use super::super::rebuild::copied_columns;
use crate::ast::{CopySource, Ddl};
use crate::dialect::Dialect;
use crate::migrate::schema_editor::{Action, EditError, Grade, Step, TableCopy};

pub(super) fn steps(
    diff: &TableDiff,
    dialect: &dyn Dialect,
    reason: &str,
) -> Result<Vec<Step>, EditError> {
    let old = &diff.original.name;
    let table = &diff.new.name;
    let mut fresh = diff.new.clone();
    fresh.name = shorten(&format!("{table}__new"));
    let away = shorten(&format!("{table}__old"));
    let (columns, requires) = copied_columns(diff, dialect, |c| diff.old_name(c).to_owned())?;
    let copy = TableCopy {
        from: old.clone(),
        to: fresh.name.clone(),
        alike: alike(diff, &columns),
        key: key(diff, &columns),
        columns,
    };
    let order = match copy.key.as_slice() {
        [] => "in one part, as there is no key to go by".to_owned(),
        key => {
            let names: Vec<&str> = key.iter().map(|(source, _)| source.as_str()).collect();
            format!("part by part in the order of {}", names.join(", "))
        }
    };
    let settled = TableCopy {
        from: away.clone(),
        ..copy.clone()
    };
    let create = create_table(&fresh);
    let mut out = vec![
        Step::of(
            Action::Unkeep {
                table: away.clone(),
            },
            format!("a copy of {table} that an earlier migration kept goes, if there is one"),
            Grade::Instant,
        ),
        Step {
            comment: format!("{} ({reason})", create.comment),
            ..create
        },
        Step::of(
            Action::Copy(copy),
            format!("copy the rows of {old} {order}"),
            Grade::Rewrite,
        )
        .requiring(requires),
        rename_table(old, &away),
        Step::of(
            Action::Settle(settled),
            format!(
                "compare {} with {away}, and copy again what others wrote meanwhile",
                fresh.name
            ),
            Grade::Lock,
        ),
        rename_table(&fresh.name, table),
    ];
    if fresh.columns.iter().any(|c| c.auto_increment) {
        // Copied numbers do not move the counter (facts §4).
        out.push(Step::instant(
            Ddl::Raw("AGGREGATOR SYNC AUTO_INCREMENT".into()),
            "new numbers start above the copied ones",
        ));
    }
    let gone = match diff.dropped.as_slice() {
        [] => String::new(),
        dropped => format!(", and holds the values of {}", dropped.join(", ")),
    };
    out.push(Step::of(
        Action::Keep {
            table: away.clone(),
            of: table.clone(),
        },
        format!("{away} is kept until `migrate --prune`{gone}"),
        if diff.dropped.is_empty() {
            Grade::Instant
        } else {
            Grade::LosesData
        },
    ));
    Ok(out)
}

/// The target columns that hold what their source says, in the same bytes.
fn alike(diff: &TableDiff, columns: &[(String, CopySource)]) -> Vec<String> {
    let same = |(name, source): &&(String, CopySource)| match source {
        CopySource::Column(_) | CopySource::ColumnOr(..) => {
            let (old, new) = (diff.carried.column(name), diff.new.column(name));
            let pair = old.zip(new);
            pair.is_some_and(|(old, new)| old.ty == new.ty && old.collation == new.collation)
        }
        CopySource::Value(_) | CopySource::RowNumber => false,
    };
    let names = columns.iter().filter(same).map(|(name, _)| name.clone());
    names.collect()
}

/// The key whose order the copy follows: one that no two rows share and that goes over as it is, so
/// that a part of the source is the same part of the target.
fn key(diff: &TableDiff, columns: &[(String, CopySource)]) -> Vec<(String, String)> {
    let carried = &diff.carried;
    let enforced = carried.uniques.iter().filter(|u| !u.unenforced);
    let keys = std::iter::once(&carried.primary_key).chain(enforced.map(|u| &u.columns));
    let goes_over = |name: &String| {
        let source = columns.iter().find(|(target, _)| target == name);
        let Some((_, CopySource::Column(source))) = source else {
            return None;
        };
        let old = carried.column(name)?;
        let fits = !old.null && keeps_order(old, diff.new.column(name)?);
        fits.then(|| (source.clone(), name.clone()))
    };
    keys.filter(|key| !key.is_empty())
        .find_map(|key| key.iter().map(goes_over).collect::<Option<Vec<_>>>())
        .unwrap_or_default()
}

/// Whether values that go from one column to the other keep their order, and their being different.
pub(super) fn keeps_order(old: &ColumnDef, new: &ColumnDef) -> bool {
    use FieldType as T;
    let collated = old.collation == new.collation;
    match (&old.ty, &new.ty) {
        // Not exact in text, or without an order.
        (T::Float | T::Double | T::Json | T::Geography | T::Vector { .. } | T::Sql(_), _) => false,
        (a, b) if a == b => collated,
        (a, b) if a.is_integer() && b.is_integer() => true,
        (T::Varchar { .. } | T::Text, T::Varchar { .. } | T::Text) => collated,
        (T::Decimal { scale: a, .. }, T::Decimal { scale: b, .. }) => a <= b,
        _ => false,
    }
}

/// The columns of a key of the table in whose order its rows can be walked.
pub(in super::super) fn own_key(table: &TableDef) -> Vec<String> {
    let enforced = table.uniques.iter().filter(|u| !u.unenforced);
    let mut keys = std::iter::once(&table.primary_key).chain(enforced.map(|u| &u.columns));
    let ordered = |name: &String| {
        let column = table.column(name);
        column.is_some_and(|c| !c.null && keeps_order(c, c))
    };
    keys.find(|key| !key.is_empty() && key.iter().all(ordered))
        .cloned()
        .unwrap_or_default()
}
