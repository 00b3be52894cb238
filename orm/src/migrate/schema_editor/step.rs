//! Steps: what a migration does to a database, one statement each.

use std::fmt;

use crate::ast::Ddl;

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
    /// Code that the program registered by this name.
    Code(String),
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
}

impl Step {
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
