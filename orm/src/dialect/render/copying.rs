//! Statements that move or compare parts of a table.

use super::{Result, Spelling, Writer, unsupported};
use crate::ast::{Comparison, CopySource, Copying, KeyRange};
use crate::value::Value;

/// Between the columns of a row that is summed up, and in place of NULL: control characters, which
/// hardly occur in values.
const SEPARATOR: &str = "\u{1f}";
const NULL: &str = "\u{1e}";

/// Renders a statement that moves or compares a part of a table.
pub(in crate::dialect) fn render(d: &dyn Spelling, copying: &Copying) -> Result<String> {
    let mut w = Writer::new(d);
    match copying {
        Copying::Insert {
            from,
            to,
            columns,
            range,
        } => {
            w.copy_rows(from, to, columns)?;
            w.range(range)?;
        }
        Copying::Fill {
            table,
            column,
            source,
            range,
            differing,
        } => w.fill(table, column, source, range, *differing)?,
        Copying::Lookup {
            from,
            to,
            columns,
            range,
        } => w.lookup(from, to, columns, range)?,
        Copying::Delete { table, range } => {
            w.push("DELETE FROM ");
            w.name(table);
            w.range(range)?;
        }
        Copying::Bound { table, range, rows } => w.bound(table, range, *rows)?,
        Copying::Sum { table, sums, range } => w.sum(table, sums, range)?,
    }
    Ok(w.out)
}

impl Writer<'_> {
    /// ` WHERE key > after AND key <= upto`.
    fn range(&mut self, range: &KeyRange) -> Result {
        let mut word = " WHERE ";
        for (bound, op, last) in [(&range.after, " > ", " > "), (&range.upto, " < ", " <= ")] {
            let Some(bound) = bound else { continue };
            self.push(word);
            self.beyond(&range.key, bound, op, last)?;
            word = " AND ";
        }
        Ok(())
    }

    /// Compares a key with a value, column by column. Row values do not use indexes everywhere, and
    /// SingleStore's own clients disagree about them.
    fn beyond(&mut self, key: &[String], bound: &[Value], op: &str, last: &str) -> Result {
        let n = key.len().min(bound.len());
        if n > 1 {
            // Follows from the rest, but lets an index be used.
            self.push("(");
            self.name(&key[0]);
            self.push(op.trim_end());
            self.push("= ");
            self.literal(&bound[0])?;
            self.push(" AND (");
        }
        for i in 0..n {
            self.push(if i > 0 { " OR (" } else { "" });
            for j in 0..i {
                self.name(&key[j]);
                self.push(" = ");
                self.literal(&bound[j])?;
                self.push(" AND ");
            }
            self.name(&key[i]);
            self.push(if i + 1 == n { last } else { op });
            self.literal(&bound[i])?;
            self.push(if i > 0 { ")" } else { "" });
        }
        self.push(if n > 1 { "))" } else { "" });
        Ok(())
    }

    fn bound(&mut self, table: &str, range: &KeyRange, rows: Option<u64>) -> Result {
        self.push("SELECT ");
        self.names(&range.key);
        self.push(" FROM ");
        self.name(table);
        self.range(range)?;
        self.push(" ORDER BY ");
        self.list(&range.key, |w, column| {
            w.name(column);
            w.push(if rows.is_none() { " DESC" } else { "" });
            Ok(())
        })?;
        self.push(" LIMIT 1");
        if let Some(rows) = rows {
            self.push(" OFFSET ");
            self.number(rows.saturating_sub(1));
        }
        Ok(())
    }

    fn fill(
        &mut self,
        table: &str,
        column: &str,
        source: &CopySource,
        range: &KeyRange,
        differing: Option<Comparison>,
    ) -> Result {
        self.push("UPDATE ");
        self.name(table);
        self.push(" SET ");
        self.name(column);
        self.push(" = ");
        self.copy_source(source)?;
        self.range(range)?;
        let Some(comparison) = differing else {
            return Ok(());
        };
        let limited = range.after.is_some() || range.upto.is_some();
        self.push(if limited {
            " AND NOT ("
        } else {
            " WHERE NOT ("
        });
        let (open, close) = match comparison {
            Comparison::Values => ("", ""),
            Comparison::Bytes => ("HEX(CONCAT(", "))"),
        };
        self.push(open);
        self.name(column);
        self.push(close);
        let equal = self.d.null_safe_eq();
        self.push(equal);
        self.push(open);
        self.copy_source(source)?;
        self.push(close);
        self.push(")");
        Ok(())
    }

    fn lookup(
        &mut self,
        from: &str,
        to: &str,
        columns: &[(String, String)],
        range: &KeyRange,
    ) -> Result {
        if !self.d.features().sharded {
            return Err(unsupported(
                self.d.dialect(),
                "side tables of lookups",
                "a unique key does the same here",
            ));
        }
        self.push("INSERT IGNORE INTO ");
        self.name(to);
        self.push(" (");
        self.list(columns, |w, (side, _)| {
            w.name(side);
            Ok(())
        })?;
        self.push(") SELECT ");
        self.list(columns, |w, (_, own)| {
            w.name(own);
            Ok(())
        })?;
        self.push(" FROM ");
        self.name(from);
        self.range(range)?;
        let limited = range.after.is_some() || range.upto.is_some();
        let Some((_, value)) = columns.first() else {
            return Ok(());
        };
        self.push(if limited { " AND " } else { " WHERE " });
        self.name(value);
        self.push(" IS NOT NULL");
        Ok(())
    }

    fn sum(&mut self, table: &str, sums: &[Vec<CopySource>], range: &KeyRange) -> Result {
        if self.d.features().transactional_ddl {
            return Err(unsupported(
                self.d.dialect(),
                "checksums of rows",
                "copy the rows within the transaction of the migration",
            ));
        }
        self.push("SELECT COUNT(*) AS n");
        for (at, sources) in sums.iter().enumerate() {
            if sources.is_empty() {
                self.push(&format!(", NULL AS s{at}"));
                continue;
            }
            // CRC32 alone is linear: two rows that swap their values would often have the old sum.
            self.push(", SUM(CRC32(MD5(");
            self.row_text(sources)?;
            self.push(&format!("))) AS s{at}"));
        }
        self.push(" FROM ");
        self.name(table);
        self.range(range)
    }

    /// All values of a row in one text.
    fn row_text(&mut self, sources: &[CopySource]) -> Result {
        self.push("CONCAT_WS(");
        self.literal(&Value::Text(SEPARATOR.to_owned()))?;
        for source in sources {
            // As text first: not every type stands beside a text in COALESCE.
            self.push(", COALESCE(CONCAT(");
            self.copy_source(source)?;
            self.push("), ");
            self.literal(&Value::Text(NULL.to_owned()))?;
            self.push(")");
        }
        self.push(")");
        Ok(())
    }
}
