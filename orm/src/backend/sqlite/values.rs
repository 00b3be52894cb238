//! Values in and out.

use rusqlite::Statement;
use rusqlite::types::{ToSqlOutput, ValueRef as Stored};

use super::error::classify;
use crate::backend::{DbError, DbErrorKind};
use crate::dialect::{Bound, Sql, Sqlite, bound};
use crate::value::ValueRef;

/// Binds the parameters in the forms that the dialect's literals have.
pub(super) fn bind(stmt: &mut Statement<'_>, sql: &Sql) -> Result<(), DbError> {
    let wanted = stmt.parameter_count();
    if wanted != sql.params.len() {
        let message = format!(
            "the statement has {wanted} parameters, {} were given",
            sql.params.len()
        );
        return Err(DbError::new(DbErrorKind::Render, message).with_statement(&sql.text));
    }
    for (i, value) in sql.params.iter().enumerate() {
        let bound =
            bound(&Sqlite, value).map_err(|e| DbError::from(e).with_statement(&sql.text))?;
        let value = match &bound {
            Bound::Null => Stored::Null,
            Bound::Int(v) => Stored::Integer(*v),
            // `bound` refuses what SQLite cannot hold; a number above i64 would become a float.
            Bound::UInt(v) => Stored::Integer(i64::try_from(*v).map_err(|_| {
                DbError::new(
                    DbErrorKind::Data { column: None },
                    format!("{v} is above SQLite's largest integer"),
                )
            })?),
            Bound::Double(v) => Stored::Real(*v),
            Bound::Decimal(v) | Bound::Text(v) => Stored::Text(v.as_bytes()),
            Bound::Short(v) => Stored::Text(v.as_str().as_bytes()),
            Bound::Bytes(v) => Stored::Blob(v),
        };
        stmt.raw_bind_parameter(i + 1, ToSqlOutput::Borrowed(value))
            .map_err(|e| classify(e, Some(&sql.text)))?;
    }
    Ok(())
}

/// Reads a value by its own type; SQLite's columns promise none.
///
/// # Errors
/// The driver's, if the row has no such column.
#[inline]
pub(super) fn read<'a>(
    row: &'a rusqlite::Row<'_>,
    i: usize,
    slot: &mut ValueRef<'a>,
) -> rusqlite::Result<()> {
    // Each is written where it stays: made elsewhere, it would be copied before its parts have left
    // the store buffer.
    match row.get_ref(i)? {
        Stored::Null => *slot = ValueRef::Null,
        Stored::Integer(v) => *slot = ValueRef::Int(v),
        Stored::Real(v) => *slot = ValueRef::Double(v),
        Stored::Text(v) => *slot = ValueRef::Text(one_by_one(v)),
        Stored::Blob(v) => *slot = ValueRef::Bytes(one_by_one(v)),
    }
    Ok(())
}

/// The same bytes, their place and their length read one after the other: read at once, as the compiler
/// would, they wait for both to be written by the call that handed them out, as long as for ten values.
#[inline]
fn one_by_one(bytes: &[u8]) -> &[u8] {
    let length = std::hint::black_box(bytes.len());
    bytes.get(..length).unwrap_or(bytes)
}
