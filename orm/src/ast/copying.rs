//! Statements that move a table's rows in the order of a key, a part at a time, and compare them.

use super::CopySource;
use crate::value::Value;

/// A part of a table: the rows whose key lies above one value and up to another.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KeyRange {
    /// The columns of the key, none of them NULL. Without any the part is the whole table.
    pub key: Vec<String>,
    /// The key that the part begins behind; `None` is the table's beginning.
    pub after: Option<Vec<Value>>,
    /// The last key of the part; `None` is the table's end.
    pub upto: Option<Vec<Value>>,
}

/// A statement that moves or compares a part of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Copying {
    /// Copies the part into another table: one INSERT … SELECT.
    Insert {
        /// The source.
        from: String,
        /// The target.
        to: String,
        /// Target column, and what it gets.
        columns: Vec<(String, CopySource)>,
        /// The part, by the source's key.
        range: KeyRange,
    },
    /// Sets one column of the part from others: one UPDATE.
    Fill {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What it gets.
        source: CopySource,
        /// The part.
        range: KeyRange,
        /// Only rows in which the column is something else; texts are compared by their bytes
        /// if this says so.
        differing: Option<Comparison>,
    },
    /// Notes the part in the side table of a lookup: one INSERT … SELECT, which leaves out what is
    /// noted already and rows whose value is NULL.
    Lookup {
        /// The source.
        from: String,
        /// The side table.
        to: String,
        /// Columns of the side table and the source's; the value is the first.
        columns: Vec<(String, String)>,
        /// The part.
        range: KeyRange,
    },
    /// Deletes the part.
    Delete {
        /// The table.
        table: String,
        /// The part.
        range: KeyRange,
    },
    /// Looks for the key that ends the next part: one row with the key's columns, or none.
    Bound {
        /// The table.
        table: String,
        /// What is left of the table.
        range: KeyRange,
        /// Rows of the part; `None` asks for the last key of all.
        rows: Option<u64>,
    },
    /// Counts the part and sums up what is in it: one row `(n, s0, …)`, with a sum for each list of
    /// sources. Equal parts have equal sums, and unequal ones by a chance of 1 in 2³². A sum is NULL
    /// without rows or sources.
    Sum {
        /// The table.
        table: String,
        /// What of each row counts, in order.
        sums: Vec<Vec<CopySource>>,
        /// The part.
        range: KeyRange,
    },
}

/// How two values are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// As values.
    Values,
    /// As texts, byte by byte, whatever the collation takes as equal.
    Bytes,
}
