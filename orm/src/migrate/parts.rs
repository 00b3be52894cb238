//! The journal of steps that move rows part by part: `orm_migration_parts`, one row per part.
//!
//! A part is noted before its rows are moved, with what the source held then, so that a run that was
//! killed goes on behind the last part, and so that later changes of the source are seen.

use orm_schema::{ColumnDef, FieldType, TableDef};

use super::recorder::{RowJournal, eq, read, table, text};
use crate::ast::Expr;
use crate::backend::{DbError, DbErrorKind, Executor};
use crate::value::Value;

/// The table of parts.
pub(crate) const PARTS: &str = "orm_migration_parts";

/// One part of a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// Its number, from 0, in the order of the key.
    pub(crate) number: i64,
    /// The key that it begins behind.
    pub(crate) after: Option<Vec<Value>>,
    /// Its last key.
    pub(crate) upto: Option<Vec<Value>>,
    /// Rows in it, when it was moved.
    pub(crate) rows: u64,
    /// The sum over the source's rows, when it was moved.
    pub(crate) sum: String,
    /// Whether it is moved and was compared.
    pub(crate) done: bool,
}

/// The parts of one step.
pub(crate) struct Parts<'a> {
    pub(crate) db: &'a dyn Executor,
    pub(crate) app: &'a str,
    pub(crate) name: &'a str,
    pub(crate) position: i64,
}

const COLUMNS: [&str; 9] = [
    "app",
    "name",
    "position",
    "number",
    "after_key",
    "upto_key",
    "row_count",
    "row_sum",
    "done",
];

impl Parts<'_> {
    /// The parts so far, in order.
    pub(crate) async fn read(&self) -> Result<Vec<Part>, DbError> {
        let journal = RowJournal(self.db);
        let own = Some(Expr::And(self.key(None)));
        let mut rows = journal
            .select(PARTS, &COLUMNS[3..], own, &["number"])
            .await?;
        let raw = read(&mut rows, |row| {
            let number: i64 = row.get()?;
            let (after, upto): (Option<String>, Option<String>) = (row.get()?, row.get()?);
            let (rows, sum, done): (i64, String, i64) = (row.get()?, row.get()?, row.get()?);
            Ok((number, after, upto, rows, sum, done))
        })?;
        let part = |(number, after, upto, rows, sum, done): (
            _,
            Option<String>,
            Option<String>,
            i64,
            _,
            _,
        )| {
            let key = |text: Option<String>| text.map(|t| decode(&t)).transpose();
            Ok(Part {
                number,
                after: key(after)?,
                upto: key(upto)?,
                rows: rows.unsigned_abs(),
                sum,
                done: done != 0,
            })
        };
        raw.into_iter().map(part).collect()
    }

    /// Notes that a part is about to be moved, or as it is done; `again` if it is noted already.
    pub(crate) async fn started(&self, part: &Part, again: bool) -> Result<(), DbError> {
        let journal = RowJournal(self.db);
        let rows = Value::Int(part.rows as i64);
        if again {
            let set = vec![
                ("row_count", rows),
                ("row_sum", text(&part.sum)),
                ("done", Value::Int(0)),
            ];
            return journal
                .update(PARTS, set, self.key(Some(part.number)))
                .await;
        }
        let key = |key: &Option<Vec<Value>>| match key {
            Some(key) => Ok(text(&encode(key)?)),
            None => Ok::<_, DbError>(Value::Null),
        };
        let values = vec![
            text(self.app),
            text(self.name),
            Value::Int(self.position),
            Value::Int(part.number),
            key(&part.after)?,
            key(&part.upto)?,
            rows,
            text(&part.sum),
            Value::Int(i64::from(part.done)),
        ];
        journal.insert(PARTS, &COLUMNS, values).await
    }

    /// Notes that a part is moved.
    pub(crate) async fn done(&self, part: &Part) -> Result<(), DbError> {
        let set = vec![
            ("row_count", Value::Int(part.rows as i64)),
            ("row_sum", text(&part.sum)),
            ("done", Value::Int(1)),
        ];
        RowJournal(self.db)
            .update(PARTS, set, self.key(Some(part.number)))
            .await
    }

    /// Forgets the parts of this step.
    pub(crate) async fn clear(&self) -> Result<(), DbError> {
        RowJournal(self.db).delete(PARTS, self.key(None)).await
    }

    fn key(&self, number: Option<i64>) -> Vec<Expr> {
        let mut key = vec![
            eq("app", text(self.app)),
            eq("name", text(self.name)),
            eq("position", Value::Int(self.position)),
        ];
        key.extend(number.map(|n| eq("number", Value::Int(n))));
        key
    }
}

/// The definition of `orm_migration_parts`.
pub(crate) fn parts_table() -> TableDef {
    let bigint = || FieldType::BigInt { unsigned: false };
    let mut columns = super::recorder::key_columns();
    columns.push(ColumnDef::new("position", bigint()));
    columns.push(ColumnDef::new("number", bigint()));
    for name in ["after_key", "upto_key"] {
        let mut column = ColumnDef::new(name, FieldType::Text);
        column.null = true;
        columns.push(column);
    }
    columns.push(ColumnDef::new("row_count", bigint()));
    columns.push(ColumnDef::new(
        "row_sum",
        FieldType::Varchar { max_length: 200 },
    ));
    columns.push(ColumnDef::new("done", bigint()));
    table(PARTS, columns, &["app", "name", "position", "number"])
}

/// A key as text: for each value its kind, its length in bytes and its text.
fn encode(key: &[Value]) -> Result<String, DbError> {
    let mut out = String::new();
    for value in key {
        let (kind, text) = match value {
            Value::Int(v) => ('i', v.to_string()),
            Value::UInt(v) => ('u', v.to_string()),
            Value::Bool(v) => ('i', i64::from(*v).to_string()),
            Value::Decimal(v) => ('d', v.clone()),
            Value::Text(v) => ('t', v.clone()),
            Value::Bytes(v) => ('b', digits(v)),
            // As it is stored.
            Value::Uuid(v) => ('t', digits(v)),
            // Dates and times compare by their text.
            Value::Date(v) => ('t', v.to_string()),
            Value::Time(v) => ('t', v.to_string()),
            Value::DateTime(v) => ('t', v.to_string()),
            other => {
                let text = format!("a key of {} cannot be noted", other.kind());
                return Err(DbError::new(DbErrorKind::Data { column: None }, text));
            }
        };
        out.push_str(&format!("{kind}{}:{text}", text.len()));
    }
    Ok(out)
}

fn decode(text: &str) -> Result<Vec<Value>, DbError> {
    let wrong = || {
        let message = format!("{PARTS} holds a key that cannot be read: {text:?}");
        DbError::new(DbErrorKind::Data { column: None }, message)
    };
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(kind) = rest.chars().next() {
        let (length, behind) = rest[kind.len_utf8()..].split_once(':').ok_or_else(wrong)?;
        let length: usize = length.parse().map_err(|_| wrong())?;
        let (value, behind) = behind.split_at_checked(length).ok_or_else(wrong)?;
        out.push(match kind {
            'i' => Value::Int(value.parse().map_err(|_| wrong())?),
            'u' => Value::UInt(value.parse().map_err(|_| wrong())?),
            'd' => Value::Decimal(value.to_owned()),
            't' => Value::Text(value.to_owned()),
            'b' => Value::Bytes(bytes(value).ok_or_else(wrong)?),
            _ => return Err(wrong()),
        });
        rest = behind;
    }
    Ok(out)
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    (0..hex.len()).step_by(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::value::Value;

    #[test]
    fn keys_come_back_as_they_were() {
        let key = vec![
            Value::Int(-5),
            Value::UInt(u64::MAX),
            Value::Decimal("-12.50".into()),
            Value::Text("a:b'3\\ é\n".into()),
            Value::Text(String::new()),
            Value::Bytes(vec![0, 255, 16]),
        ];
        assert_eq!(decode(&encode(&key).unwrap()).unwrap(), key);
        assert!(encode(&[Value::Null]).is_err());
        for wrong in ["i", "i3:12", "x1:a", "iab:1", "b1:a", "b2:é", "t1:é"] {
            assert!(decode(wrong).is_err(), "{wrong}");
        }
    }
}
