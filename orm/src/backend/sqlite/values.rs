//! Values in and out.

use rusqlite::Statement;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::error::classify;
use crate::backend::{DbError, DbErrorKind};
use crate::dialect::{Bound, Sql, Sqlite, bound};
use crate::value::Value;

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
            Bound::Null => ValueRef::Null,
            Bound::Int(v) => ValueRef::Integer(*v),
            // `bound` refuses what SQLite cannot hold; a number above i64 would become a float.
            Bound::UInt(v) => ValueRef::Integer(i64::try_from(*v).map_err(|_| {
                DbError::new(
                    DbErrorKind::Data { column: None },
                    format!("{v} is above SQLite's largest integer"),
                )
            })?),
            Bound::Double(v) => ValueRef::Real(*v),
            Bound::Decimal(v) | Bound::Text(v) => ValueRef::Text(v.as_bytes()),
            Bound::Bytes(v) => ValueRef::Blob(v),
        };
        stmt.raw_bind_parameter(i + 1, ToSqlOutput::Borrowed(value))
            .map_err(|e| classify(e, Some(&sql.text)))?;
    }
    Ok(())
}

/// Reads a value by its own type; SQLite's columns promise none.
pub(super) fn read(row: &rusqlite::Row<'_>, i: usize) -> Result<Value, DbError> {
    Ok(match row.get_ref(i).map_err(|e| classify(e, None))? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(v) => Value::Int(v),
        ValueRef::Real(v) => Value::Double(v),
        ValueRef::Text(v) => Value::Text(String::from_utf8(v.to_vec()).map_err(|e| {
            let column = row.as_ref().column_name(i).ok().map(str::to_owned);
            let message = format!("text in the database is not UTF-8: {e}");
            DbError::new(DbErrorKind::Data { column }, message)
        })?),
        ValueRef::Blob(v) => Value::Bytes(v.to_vec()),
    })
}
