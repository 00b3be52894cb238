//! Steps: what a migration does to a database, one statement each.

use std::fmt;

use orm_schema::LOOKUP_VALUE;

use crate::ast::{Comparison, CopySource, Copying, Ddl, KeyRange};
use crate::migrate::ProjectState;

/// One step of a migration on one database.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// What it is for, in words.
    pub comment: String,
    /// What it costs.
    pub grade: Grade,
    /// What must hold before, looked at before anything runs.
    pub requires: Option<Requirement>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every action is a statement on the schema"
)]
pub enum Action {
    /// A statement that the schema editor planned.
    Ddl(Ddl),
    /// A statement of a `run_sql`, in the database's own words.
    Sql(String),
    /// Code that the program registered.
    Code(CodeStep),
    /// Rows are copied into another table, part by part in the order of a key, while others may
    /// read and write the source.
    Copy(TableCopy),
    /// Parts of the source that changed since they were copied are copied again, and both tables
    /// compared. Nobody may write the source any more: it was renamed.
    Settle(TableCopy),
    /// One column is filled from another, part by part.
    Fill(ColumnFill),
    /// A side table gets the rows that it lacks, part by part.
    Lookup(LookupFill),
    /// The table is kept until somebody prunes.
    Keep {
        /// The table.
        table: String,
        /// The table whose rows it held.
        of: String,
    },
    /// A table that an earlier migration kept is dropped, if there is one.
    Unkeep {
        /// The table.
        table: String,
    },
}

/// Code that is run.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeStep {
    /// The name under which the program registered it.
    pub name: String,
    /// The models as they are where it runs.
    pub state: ProjectState,
}

/// A copy of a table's rows.
#[derive(Debug, Clone, PartialEq)]
pub struct TableCopy {
    /// The source.
    pub from: String,
    /// The target.
    pub to: String,
    /// Target column, and what it gets.
    pub columns: Vec<(String, CopySource)>,
    /// The key whose order the copy follows: its columns in the source and in the target. Empty: all
    /// rows are one part.
    pub key: Vec<(String, String)>,
    /// Target columns that hold what their source says, byte by byte; what others hold has another
    /// type, so that the database alone can compare it.
    pub alike: Vec<String>,
}

/// A column that is filled from another of its table.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnFill {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// What it gets.
    pub source: CopySource,
    /// The columns of the key whose order is followed. Empty: all rows are one part.
    pub key: Vec<String>,
    /// Only rows where the column does not hold it yet, by this comparison.
    pub differing: Option<Comparison>,
}

/// A side table of a lookup that is filled from the table it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupFill {
    /// The table with the unique column.
    pub from: String,
    /// The unique column.
    pub column: String,
    /// The side table.
    pub to: String,
    /// The columns of the table's primary key, and of the side table's owner.
    pub owner: Vec<(String, String)>,
    /// The columns of the key whose order is followed. Empty: all rows are one part.
    pub key: Vec<String>,
}

/// What a step costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grade {
    /// The time does not grow with the table.
    Instant,
    /// Every row is read or written; others can go on.
    Rewrite,
    /// Every row is read or written, and writers wait, or must be kept out.
    Lock,
    /// Data is gone afterwards.
    LosesData,
    /// The database cannot do it.
    Impossible,
}

impl Grade {
    /// The grade in words: `instant`, `rewrite`, `lock`, `loses data`, `impossible`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Rewrite => "rewrite",
            Self::Lock => "lock",
            Self::LosesData => "loses data",
            Self::Impossible => "impossible",
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What must hold before a step can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// No row has NULL in the column, which becomes NOT NULL.
    NoNulls {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The table has no row, because a column without any value for them is added.
    NoRows {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// No two rows have the same value in the column, which becomes unique.
    NoDuplicates {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The table has one row at most, because a unique column with one value for all is added.
    OneRow {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
}

impl LookupFill {
    /// The statement that fills in a part.
    pub(crate) fn statement(&self, range: KeyRange) -> Copying {
        Copying::Lookup {
            from: self.from.clone(),
            to: self.to.clone(),
            columns: std::iter::once((LOOKUP_VALUE.to_owned(), self.column.clone()))
                .chain(
                    self.owner
                        .iter()
                        .map(|(own, side)| (side.clone(), own.clone())),
                )
                .collect(),
            range,
        }
    }
}

impl ColumnFill {
    /// The statement that fills a part of the table.
    pub(crate) fn statement(&self, range: KeyRange) -> Copying {
        Copying::Fill {
            table: self.table.clone(),
            column: self.column.clone(),
            source: self.source.clone(),
            range,
            differing: self.differing,
        }
    }
}

impl Step {
    /// The table whose rows the step reads and writes one by one, by its name at that point.
    pub fn moves(&self) -> Option<&str> {
        match &self.action {
            Action::Copy(copy) => Some(&copy.from),
            Action::Fill(fill) if fill.differing.is_none() => Some(&fill.table),
            Action::Lookup(fill) => Some(&fill.from),
            Action::Ddl(Ddl::CopyRows { from, .. }) => Some(from),
            Action::Ddl(Ddl::FillNulls { table, .. }) => Some(table),
            _ => None,
        }
    }

    /// Something that is no single statement.
    pub(super) fn of(action: Action, comment: impl Into<String>, grade: Grade) -> Self {
        Self {
            action,
            comment: comment.into(),
            grade,
            requires: None,
        }
    }

    /// A statement that takes no time worth a word.
    pub(super) fn instant(ddl: Ddl, comment: impl Into<String>) -> Self {
        Self::graded(ddl, comment, Grade::Instant)
    }

    /// A statement.
    pub(super) fn graded(ddl: Ddl, comment: impl Into<String>, grade: Grade) -> Self {
        Self {
            action: Action::Ddl(ddl),
            comment: comment.into(),
            grade,
            requires: None,
        }
    }

    /// Adds what must hold before.
    #[must_use]
    pub(super) fn requiring(mut self, requirement: Option<Requirement>) -> Self {
        self.requires = requirement;
        self
    }
}
