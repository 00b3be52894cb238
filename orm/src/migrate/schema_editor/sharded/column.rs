//! A second column in place of the first: add, fill, rename away, compare, rename into place.

use orm_schema::{ColumnDefault, FieldType, TableIndexDef, shorten};

use super::super::alter::no_nulls;
use super::super::build::{
    create_index, drop_column, drop_index, drop_one_off_default, plain_add_column, rename_column,
};
use super::super::diff::{ColumnDelta, TableDiff};
use super::copy::own_key;
use super::in_place::zero;
use crate::ast::{Comparison, CopySource};
use crate::dialect::{Dialect, literal_value};
use crate::migrate::schema_editor::{Action, ColumnFill, EditError, Grade, Step};

pub(super) fn steps(
    diff: &TableDiff,
    delta: &ColumnDelta,
    dialect: &dyn Dialect,
    reason: &str,
) -> Result<Vec<Step>, EditError> {
    let table = &diff.new.name;
    let name = &delta.new.name;
    let away = shorten(&format!("{name}__old"));
    let mut second = delta.new.clone();
    second.name = shorten(&format!("{name}__new"));
    // NOT NULL could not be said later, so that old rows need a value until they are filled.
    let bare = !second.null && second.default.is_none();
    if bare {
        second.default = Some(ColumnDefault::Literal(zero(&second.ty)));
    }
    let value = diff.fills.get(name).filter(|_| delta.tightened());
    let value = value.map(|v| literal_value(dialect, &delta.new.ty, v));
    let (source, requires) = match value.transpose()? {
        Some(value) => (CopySource::ColumnOr(name.clone(), value), None),
        None => {
            let requires = delta.tightened().then(|| no_nulls(diff, name));
            (CopySource::Column(name.clone()), requires)
        }
    };
    let after = match &source {
        CopySource::ColumnOr(_, value) => CopySource::ColumnOr(away.clone(), value.clone()),
        _ => CopySource::Column(away.clone()),
    };
    let fill = |source, differing| {
        Action::Fill(ColumnFill {
            table: table.clone(),
            column: second.name.clone(),
            source,
            key: own_key(&diff.carried),
            differing,
        })
    };
    let add = plain_add_column(table, &second);
    let mut out: Vec<Step> = held(diff, name)
        .map(|i| drop_index(table, &i.name))
        .collect();
    out.push(Step {
        comment: format!("{} ({reason})", add.comment),
        ..add
    });
    out.push(
        Step::of(
            fill(source, None),
            format!("fill {table}.{} from {name}, part by part", second.name),
            Grade::Rewrite,
        )
        .requiring(requires),
    );
    out.push(rename_column(table, &delta.old, &away));
    out.push(Step::of(
        fill(after, Some(comparison(delta))),
        format!("what others wrote into {name} meanwhile is filled in as well"),
        Grade::Lock,
    ));
    out.push(rename_column(table, &second, name));
    if bare {
        out.push(drop_one_off_default(table, &delta.new));
    }
    out.push(Step {
        grade: Grade::Instant,
        comment: format!("the old {name} of {table}, whose values are in the new one"),
        ..drop_column(table, &away)
    });
    out.extend(held(diff, name).map(|i| create_index(table, i, Grade::Rewrite)));
    Ok(out)
}

/// The indexes on the column that stay: they go before it and are made again after.
fn held<'a>(diff: &'a TableDiff, name: &'a str) -> impl Iterator<Item = &'a TableIndexDef> {
    let own = diff.new.indexes.iter();
    own.filter(move |i| i.columns.iter().any(|c| c == name) && diff.carried.indexes.contains(i))
}

/// Texts may be equal by their collation and yet not the same, and a number equals a text as a float
/// does.
fn comparison(delta: &ColumnDelta) -> Comparison {
    let is_text = |ty: &FieldType| {
        matches!(
            ty,
            FieldType::Char { .. }
                | FieldType::Varchar { .. }
                | FieldType::Text
                | FieldType::Binary { .. }
        )
    };
    if is_text(&delta.old.ty) || is_text(&delta.new.ty) {
        Comparison::Bytes
    } else {
        Comparison::Values
    }
}
