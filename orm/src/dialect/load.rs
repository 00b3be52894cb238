//! `LOAD DATA LOCAL INFILE`: the statement, and the text of the file that it asks the client for.
//!
//! A row is a line, its fields divided by tabs; a backslash takes their meaning from both, and `\N` is
//! NULL. Bytes travel as hexadecimal digits, because the file as a whole is text in UTF-8.

use std::io::Write as _;

use orm_schema::FieldType;

use super::{Bound, Dialect, RenderError, Sql, bound};
use crate::value::Value;

/// A column that is loaded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoadColumn {
    name: &'static str,
    /// Whether its values are bytes.
    hex: bool,
}

impl LoadColumn {
    pub(crate) fn new(name: &'static str, ty: &FieldType) -> Self {
        let hex = match ty {
            FieldType::Binary { .. } => true,
            FieldType::Sql(words) => {
                let words = words.trim_start().to_ascii_lowercase();
                let head = words.split(|c: char| !c.is_ascii_alphabetic()).next();
                head.is_some_and(|w| w.ends_with("binary") || w.ends_with("blob"))
            }
            _ => false,
        };
        Self { name, hex }
    }
}

/// The statement; the columns that it does not name are left to the database.
///
/// # Errors
/// [`RenderError::Unsupported`] where there is none.
pub(crate) fn load_statement(
    dialect: &dyn Dialect,
    table: &str,
    columns: &[LoadColumn],
) -> Result<Sql, RenderError> {
    if !dialect.features().load_data {
        return Err(RenderError::Unsupported {
            dialect: dialect.name(),
            feature: "LOAD DATA".to_owned(),
            hint: "insert the rows by INSERT".to_owned(),
        });
    }
    // The name is told to the client alone, which opens no file.
    let mut text = String::from("LOAD DATA LOCAL INFILE 'rows' INTO TABLE ");
    dialect.write_identifier(&mut text, table);
    text.push_str(" CHARACTER SET utf8mb4");
    for (words, sign) in [
        (" FIELDS TERMINATED BY ", "\t"),
        (" ESCAPED BY ", "\\"),
        (" LINES TERMINATED BY ", "\n"),
    ] {
        text.push_str(words);
        dialect.write_literal(&mut text, &Value::Text(sign.to_owned()))?;
    }
    let mut set = String::new();
    for (i, column) in columns.iter().enumerate() {
        text.push_str(if i > 0 { ", " } else { " (" });
        if column.hex {
            text.push_str(&format!("@c{i}"));
            set.push_str(if set.is_empty() { " SET " } else { ", " });
            dialect.write_identifier(&mut set, column.name);
            set.push_str(&format!(" = UNHEX(@c{i})"));
        } else {
            dialect.write_identifier(&mut text, column.name);
        }
    }
    text.push(')');
    text.push_str(&set);
    Ok(Sql {
        text: text.into(),
        ..Sql::default()
    })
}

/// Appends a row, one value for each column. What stood in `out` before stays, also where a value is
/// refused.
///
/// # Errors
/// The number of the column, and why its value has no form.
pub(crate) fn write_row<'v>(
    dialect: &dyn Dialect,
    out: &mut Vec<u8>,
    columns: &[LoadColumn],
    values: impl IntoIterator<Item = &'v Value>,
) -> Result<(), (usize, RenderError)> {
    let start = out.len();
    for (i, (column, value)) in columns.iter().zip(values).enumerate() {
        if i > 0 {
            out.push(b'\t');
        }
        if let Err(error) = write_field(dialect, out, *column, value) {
            out.truncate(start);
            return Err((i, error));
        }
    }
    out.push(b'\n');
    Ok(())
}

/// The one escaping routine of loaded rows.
fn write_field(
    dialect: &dyn Dialect,
    out: &mut Vec<u8>,
    column: LoadColumn,
    value: &Value,
) -> Result<(), RenderError> {
    let digits = |out: &mut Vec<u8>, bytes: &[u8]| {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        for b in bytes {
            out.push(DIGITS[usize::from(b >> 4)]);
            out.push(DIGITS[usize::from(b & 15)]);
        }
    };
    // Writing to a Vec cannot fail.
    let _ = match bound(dialect, value)? {
        Bound::Null => out.write_all(b"\\N"),
        Bound::Text(text) if column.hex => {
            digits(out, text.as_bytes());
            Ok(())
        }
        Bound::Short(text) if column.hex => {
            digits(out, text.as_str().as_bytes());
            Ok(())
        }
        Bound::Bytes(bytes) if column.hex => {
            digits(out, bytes);
            Ok(())
        }
        Bound::Bytes(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|_| RenderError::Value {
                dialect: dialect.name(),
                reason: format!("the bytes are no UTF-8, and `{}` keeps text", column.name),
            })?;
            escape(out, text);
            Ok(())
        }
        Bound::Text(text) => {
            escape(out, &text);
            Ok(())
        }
        Bound::Short(text) => {
            escape(out, text.as_str());
            Ok(())
        }
        Bound::Int(v) => write!(out, "{v}"),
        Bound::UInt(v) => write!(out, "{v}"),
        Bound::Double(v) => write!(out, "{v:e}"),
        Bound::Decimal(v) => out.write_all(v.as_bytes()),
    };
    Ok(())
}

fn escape(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest
        .iter()
        .position(|b| matches!(b, b'\\' | b'\t' | b'\n' | b'\r' | 0))
    {
        out.extend_from_slice(&rest[..at]);
        out.push(b'\\');
        out.push(match rest[at] {
            b'\t' => b't',
            b'\n' => b'n',
            b'\r' => b'r',
            0 => b'0',
            other => other,
        });
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{MariaDb, NoBackslashEscapes, SingleStore, Sqlite};
    use proptest::prelude::*;

    fn column(ty: &FieldType) -> LoadColumn {
        LoadColumn::new("c", ty)
    }

    #[test]
    fn the_statement_names_its_columns() {
        let columns = [
            LoadColumn::new("id", &FieldType::BigInt { unsigned: false }),
            LoadColumn::new("b`", &FieldType::Binary { max_length: None }),
            LoadColumn::new("t", &FieldType::Text),
            LoadColumn::new("k", &FieldType::Sql("VARBINARY(16)".into())),
        ];
        let expected = "LOAD DATA LOCAL INFILE 'rows' INTO TABLE `x` CHARACTER SET utf8mb4 \
            FIELDS TERMINATED BY '\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\n' \
            (`id`, @c1, `t`, @c3) SET `b``` = UNHEX(@c1), `k` = UNHEX(@c3)";
        for dialect in [&MariaDb as &dyn Dialect, &SingleStore] {
            let sql = load_statement(dialect, "x", &columns).expect("renders");
            assert_eq!(&*sql.text, expected);
        }
        let plain = load_statement(&NoBackslashEscapes(MariaDb), "x", &columns).expect("renders");
        assert_eq!(&*plain.text, expected.replace("'\\\\'", "'\\'"));
        assert!(load_statement(&Sqlite, "x", &columns).is_err());
    }

    /// What a server reads of a line: its fields, the escapes taken out.
    fn read(line: &[u8]) -> Vec<Option<Vec<u8>>> {
        let line = line.strip_suffix(b"\n").expect("a line");
        let mut fields = vec![Some(Vec::new())];
        let mut bytes = line.iter();
        while let Some(b) = bytes.next() {
            match b {
                b'\t' => fields.push(Some(Vec::new())),
                b'\n' => panic!("a line within a line"),
                b'\\' => {
                    let escaped = *bytes.next().expect("something behind a backslash");
                    let field = fields.last_mut().expect("there is one");
                    if escaped == b'N' {
                        *field = None;
                        continue;
                    }
                    field.as_mut().expect("no NULL").push(match escaped {
                        b't' => b'\t',
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b'0' => 0,
                        other => other,
                    });
                }
                other => fields
                    .last_mut()
                    .expect("there is one")
                    .as_mut()
                    .expect("no NULL")
                    .push(*other),
            }
        }
        fields
    }

    fn unhex(digits: &[u8]) -> Vec<u8> {
        let digit = |d: &u8| char::from(*d).to_digit(16).expect("a digit") as u8;
        digits
            .chunks(2)
            .map(|p| digit(&p[0]) << 4 | digit(&p[1]))
            .collect()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            texts in prop::collection::vec(prop::option::of(any::<String>()), 1..5),
            bytes in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let mut columns = vec![column(&FieldType::Text); texts.len()];
            columns.push(column(&FieldType::Binary { max_length: None }));
            let mut values: Vec<Value> = texts
                .iter()
                .map(|t| t.clone().map_or(Value::Null, Value::Text))
                .collect();
            values.push(Value::Bytes(bytes.clone()));
            let mut out = b"before".to_vec();
            write_row(&MariaDb, &mut out, &columns, &values).expect("writes");
            let mut found = read(&out[6..]);
            let digits = found.pop().flatten().expect("digits");
            prop_assert_eq!(unhex(&digits), bytes);
            let expected: Vec<_> = texts.into_iter().map(|t| t.map(String::into_bytes)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_value_without_a_form_leaves_nothing() {
        let columns = [column(&FieldType::Text), column(&FieldType::Double)];
        let mut out = b"before".to_vec();
        let values = [Value::Text("x".into()), Value::Double(f64::NAN)];
        let (at, _) = write_row(&MariaDb, &mut out, &columns, &values).expect_err("NaN");
        assert_eq!((at, out.as_slice()), (1, b"before".as_slice()));
        let values = [Value::Bytes(vec![0xff]), Value::Double(1.0)];
        let (at, _) = write_row(&MariaDb, &mut out, &columns, &values).expect_err("no text");
        assert_eq!((at, out.as_slice()), (0, b"before".as_slice()));
    }
}
