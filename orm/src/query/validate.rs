//! Checks of values before they are sent: some servers cut silently, and SQLite keeps anything.

use orm_schema::FieldType;

use crate::backend::{DbError, DbErrorKind};
use crate::error::Result;
use crate::model::{ColumnMeta, ModelMeta};
use crate::value::Value;

/// Checks a value against its column: NULL, length in characters or bytes, digits.
///
/// # Errors
/// `NotNull`, `DataTooLong` or `Data`, as the database itself would raise.
pub(crate) fn check(meta: &'static ModelMeta, column: &ColumnMeta, value: &Value) -> Result<()> {
    let fault = match (&column.ty, value) {
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
        (FieldType::Decimal { precision, scale }, Value::Decimal(digits)) => {
            decimal_fault(column, digits, *precision, *scale)
        }
        _ => None,
    };
    match fault {
        None => Ok(()),
        Some((kind, why)) => {
            Err(DbError::new(kind, format!("`{}` of {} {why}", column.field, meta.name)).into())
        }
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
    (!fits).then(|| {
        (
            DbErrorKind::Data {
                column: Some(column.column.to_owned()),
            },
            format!(
                "is {digits}, which does not fit {precision} digits with {scale} after the point"
            ),
        )
    })
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
