//! Checks of values before they are sent: some servers cut silently, and SQLite keeps anything.

use orm_schema::FieldType;

use crate::ast::{Expr, Fits, Func, Statement};
use crate::backend::{DbError, DbErrorKind};
use crate::dialect::Features;
use crate::error::{Error, Result};
use crate::model::{ColumnMeta, ModelMeta};
use crate::value::{CivilDate, Value};

/// Checks a value against its column: NULL, length in characters or bytes, digits, years.
///
/// # Errors
/// `NotNull`, `DataTooLong` or `Data`, as the database itself would raise.
pub(crate) fn check(meta: &'static ModelMeta, column: &ColumnMeta, value: &Value) -> Result<()> {
    match fault(meta, column, value) {
        None => Ok(()),
        Some((kind, why)) => {
            Err(DbError::new(kind, format!("`{}` of {} {why}", column.field, meta.name)).into())
        }
    }
}

/// Why a value does not fit its column: the error that the database would raise, and words to stand
/// behind the field's name.
pub(super) fn fault(
    meta: &'static ModelMeta,
    column: &ColumnMeta,
    value: &Value,
) -> Option<(DbErrorKind, String)> {
    match (&column.ty, value) {
        (_, Value::Null) if !column.null && !column.auto => Some((
            DbErrorKind::NotNull {
                table: Some(meta.table.to_owned()),
                column: Some(column.column.to_owned()),
            },
            "is NULL, which the column does not accept".to_owned(),
        )),
        (FieldType::Varchar { max_length } | FieldType::Char { max_length }, Value::Text(text)) => {
            too_long(
                column,
                text_length(text, *max_length),
                *max_length,
                "characters",
            )
        }
        (
            FieldType::Binary {
                max_length: Some(max),
            },
            Value::Bytes(bytes),
        ) => too_long(column, bytes.len(), *max, "bytes"),
        (_, Value::Float(v)) if !v.is_finite() => not_finite(column, (*v).into()),
        (_, Value::Double(v)) if !v.is_finite() => not_finite(column, *v),
        (_, Value::Vector(v)) => vector_fault(column, v),
        (_, Value::Date(date)) => year_fault(column, date),
        (_, Value::DateTime(at)) => year_fault(column, &at.date),
        (FieldType::Decimal { precision, scale }, Value::Decimal(digits)) => {
            decimal_fault(column, digits, *precision, *scale)
        }
        _ => None,
    }
}

/// Refuses a written date before the first year that the database knows, with its column's name:
/// rendering would refuse the value, too, but sees no columns.
///
/// # Errors
/// `Data`.
pub(super) fn check_years(statement: &Statement, features: &Features) -> Result<()> {
    // The others keep all years that are checked for already.
    match features.min_year > 1 {
        true => early_year(statement, features).map_or(Ok(()), Err),
        false => Ok(()),
    }
}

fn early_year(statement: &Statement, features: &Features) -> Option<Error> {
    let early = |value: &&Value| match value {
        Value::Date(date) => date.year < features.min_year,
        Value::DateTime(at) => at.date.year < features.min_year,
        _ => false,
    };
    let (table, column, value) = match statement {
        Statement::Insert(insert) => {
            let at = insert.values.iter().position(|v| early(&v))?;
            let column = insert.columns.get(at % insert.columns.len().max(1))?;
            (&insert.table, column, &insert.values[at])
        }
        Statement::Update(update) => {
            let (column, value) = update.set.iter().find_map(|(c, e)| match e {
                Expr::Value(value) if early(&value) => Some((c, value)),
                _ => None,
            })?;
            (&update.table, column, value)
        }
        _ => return None,
    };
    let date = match value {
        Value::DateTime(at) => at.date,
        Value::Date(date) => *date,
        _ => return None,
    };
    let column = column.clone().into_owned();
    let why = format!(
        "`{column}` of {table} is {date}, and this database keeps the years {} to 9999 only",
        features.min_year
    );
    let column = Some(column);
    Some(DbError::new(DbErrorKind::Data { column }, why).into())
}

/// An expression that the database refuses to store where it does not fit the column.
pub(crate) fn fitted(column: &ColumnMeta, expr: Expr) -> Expr {
    let fits = match &column.ty {
        FieldType::SmallInt { unsigned: false } => Fits::Int(i16::MIN.into(), i16::MAX.into()),
        FieldType::SmallInt { unsigned: true } => Fits::Int(0, u16::MAX.into()),
        FieldType::Int { unsigned: false } => Fits::Int(i32::MIN.into(), i32::MAX.into()),
        FieldType::Int { unsigned: true } => Fits::Int(0, u32::MAX.into()),
        FieldType::BigInt { unsigned: false } | FieldType::Duration => {
            Fits::Int(i64::MIN, i64::MAX)
        }
        FieldType::BigInt { unsigned: true } => Fits::Int(0, i64::MAX),
        FieldType::Float | FieldType::Double => Fits::Double,
        FieldType::Char { max_length } | FieldType::Varchar { max_length } => {
            Fits::Chars(*max_length)
        }
        FieldType::Binary {
            max_length: Some(max),
        } => Fits::Bytes(*max),
        FieldType::Decimal { precision, scale } => Fits::Decimal(*precision, *scale),
        _ => return expr,
    };
    Expr::Func {
        func: Func::Fit(fits, column.column),
        args: vec![expr],
    }
}

/// Characters; not counted where the bytes alone show that there are few enough.
fn text_length(text: &str, max: u32) -> usize {
    if text.len() <= max as usize {
        text.len()
    } else {
        text.chars().count()
    }
}

fn too_long(
    column: &ColumnMeta,
    len: usize,
    max: u32,
    unit: &str,
) -> Option<(DbErrorKind, String)> {
    (len > max as usize).then(|| {
        (
            DbErrorKind::DataTooLong {
                column: Some(column.column.to_owned()),
            },
            format!("has {len} {unit}, at most {max} fit"),
        )
    })
}

fn data(column: &ColumnMeta, why: String) -> Option<(DbErrorKind, String)> {
    let column = Some(column.column.to_owned());
    Some((DbErrorKind::Data { column }, why))
}

fn not_finite(column: &ColumnMeta, value: f64) -> Option<(DbErrorKind, String)> {
    data(
        column,
        format!("is {value}, which no database holds: use NULL in its place"),
    )
}

fn vector_fault(column: &ColumnMeta, elements: &[f32]) -> Option<(DbErrorKind, String)> {
    if let FieldType::Vector { dim } = column.ty
        && elements.len() != dim as usize
    {
        let found = elements.len();
        return data(
            column,
            format!("has {found} elements, the column holds {dim}"),
        );
    }
    let bad = elements.iter().find(|x| !x.is_finite())?;
    data(
        column,
        format!(
            "holds {bad}, which no vector of a database does: leave it out, or put 0 in its place"
        ),
    )
}

fn year_fault(column: &ColumnMeta, date: &CivilDate) -> Option<(DbErrorKind, String)> {
    if (1..=9999).contains(&date.year) {
        return None;
    }
    data(
        column,
        format!("is {date}, and only the years 1 to 9999 can be kept"),
    )
}

fn decimal_fault(
    column: &ColumnMeta,
    digits: &str,
    precision: u8,
    scale: u8,
) -> Option<(DbErrorKind, String)> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole
        .trim_start_matches(['-', '+'])
        .trim_start_matches('0')
        .len();
    let fraction = fraction.trim_end_matches('0').len();
    let fits = fraction <= scale.into() && whole <= precision.saturating_sub(scale).into();
    if fits {
        return None;
    }
    data(
        column,
        format!("is {digits}, which does not fit {precision} digits with {scale} after the point"),
    )
}

/// Checks a whole row; `unset` columns are left to the database.
pub(crate) fn check_row(meta: &'static ModelMeta, values: &[Value], unset: &[usize]) -> Result<()> {
    for (i, (column, value)) in meta.columns.iter().zip(values).enumerate() {
        if !unset.contains(&i) {
            check(meta, column, value)?;
        }
    }
    Ok(())
}
