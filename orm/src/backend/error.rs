//! Errors of databases, classified once.

use std::fmt;

use crate::dialect::RenderError;

/// An error that a database or the way to it raised.
#[derive(Debug)]
pub struct DbError {
    /// What kind of error it is.
    pub kind: DbErrorKind,
    /// The database's number, where there is one.
    pub code: Option<u32>,
    /// The database's or driver's own words.
    pub message: String,
    // Boxed to keep a `Result` small.
    context: Option<Box<Context>>,
}

#[derive(Debug, Default)]
struct Context {
    statement: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Kinds of database error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DbErrorKind {
    /// A value that must be unique is taken.
    UniqueViolation {
        /// The constraint or index, where the database names it.
        constraint: Option<String>,
        /// The table, where it is known.
        table: Option<String>,
        /// The columns, where the database names them.
        columns: Vec<String>,
    },
    /// NULL where none may be.
    NotNull {
        /// The table, where the database names it.
        table: Option<String>,
        /// The column, where the database names it.
        column: Option<String>,
    },
    /// A reference to a missing row, or a row that is still referred to.
    ForeignKey {
        /// The constraint, where the database names it.
        constraint: Option<String>,
    },
    /// A CHECK constraint does not hold.
    Check {
        /// The constraint, where the database names it.
        constraint: Option<String>,
    },
    /// A value is too long for its column.
    DataTooLong {
        /// The column, where the database names it.
        column: Option<String>,
    },
    /// A value is out of range or of the wrong form for its column.
    Data {
        /// The column, where the database names it.
        column: Option<String>,
    },
    /// The statement may succeed when its whole transaction is run again.
    Retryable(RetryCause),
    /// The connection was lost; whether the statement took effect is not known.
    ConnectionLost,
    /// No connection could be made: host, port, path, rights.
    Unreachable,
    /// Login refused.
    Auth,
    /// All connections of the pool were in use for too long.
    PoolTimeout {
        /// Who holds them.
        holders: Vec<String>,
    },
    /// A wait took longer than allowed.
    Timeout,
    /// The statement was cancelled.
    Cancelled,
    /// The database does not support it.
    Unsupported,
    /// A table or column does not exist.
    NoSuchObject,
    /// A table or index exists already.
    Exists,
    /// The statement does not parse.
    Syntax,
    /// The database or file is read-only, or rights are missing.
    ReadOnly,
    /// The database lacks memory or disk.
    Resource,
    /// The transaction is over, or was doomed by an earlier error.
    TransactionState,
    /// The URL or an option is wrong.
    Config,
    /// The dialect refused the statement or value before it was sent.
    Render,
    /// Anything else.
    Other,
}

/// Why a retry may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetryCause {
    /// A deadlock; the transaction was rolled back.
    Deadlock,
    /// A lock was not granted in time.
    LockTimeout,
    /// The cluster is moving work from a failed node.
    Failover,
}

impl DbError {
    /// Makes an error of a kind with a message.
    pub fn new(kind: DbErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: None,
            message: message.into(),
            context: None,
        }
    }

    /// Adds the database's number.
    #[must_use]
    pub fn with_code(mut self, code: u32) -> Self {
        self.code = Some(code);
        self
    }

    /// Adds the driver's error.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.context.get_or_insert_default().source = Some(source.into());
        self
    }

    /// Adds the statement, cut to a length fit for a log.
    #[must_use]
    pub fn with_statement(mut self, sql: &str) -> Self {
        const MAX: usize = 2000;
        let end = sql.char_indices().nth(MAX).map_or(sql.len(), |(i, _)| i);
        self.context.get_or_insert_default().statement = Some(sql[..end].to_owned());
        self
    }
}

/// Questions that programs really ask.
impl DbError {
    /// The statement that failed, without its parameters, cut to 2,000 characters.
    pub fn statement(&self) -> Option<&str> {
        self.context.as_ref()?.statement.as_deref()
    }

    /// A value that must be unique is taken.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self.kind, DbErrorKind::UniqueViolation { .. })
    }

    /// A constraint refused the row: unique, NOT NULL, foreign key or CHECK.
    pub fn is_constraint_violation(&self) -> bool {
        matches!(
            self.kind,
            DbErrorKind::UniqueViolation { .. }
                | DbErrorKind::NotNull { .. }
                | DbErrorKind::ForeignKey { .. }
                | DbErrorKind::Check { .. }
        )
    }

    /// NULL stood where none may be.
    pub fn is_not_null_violation(&self) -> bool {
        matches!(self.kind, DbErrorKind::NotNull { .. })
    }

    /// A reference to a missing row, or a row that is still referred to.
    pub fn is_foreign_key_violation(&self) -> bool {
        matches!(self.kind, DbErrorKind::ForeignKey { .. })
    }

    /// Running the whole transaction again may succeed.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, DbErrorKind::Retryable(_))
    }

    /// The connection was lost while a statement ran; whether it took effect is not known.
    pub fn is_connection_lost(&self) -> bool {
        self.kind == DbErrorKind::ConnectionLost
    }

    /// No connection could be made.
    pub fn is_unreachable(&self) -> bool {
        self.kind == DbErrorKind::Unreachable
    }

    /// A wait was too long: for a connection, for a lock, or for the statement.
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.kind,
            DbErrorKind::Timeout
                | DbErrorKind::PoolTimeout { .. }
                | DbErrorKind::Retryable(RetryCause::LockTimeout)
        )
    }

    /// A table, column or database does not exist.
    pub fn is_no_such_object(&self) -> bool {
        self.kind == DbErrorKind::NoSuchObject
    }

    /// A table, column or index exists already.
    pub fn is_already_exists(&self) -> bool {
        self.kind == DbErrorKind::Exists
    }
}

impl From<RenderError> for DbError {
    fn from(error: RenderError) -> Self {
        let kind = match &error {
            RenderError::Unsupported { .. } | RenderError::UnsupportedQueryShape { .. } => {
                DbErrorKind::Render
            }
            RenderError::Value { .. } => DbErrorKind::Data { column: None },
        };
        Self::new(kind, error.to_string())
    }
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(code) = self.code {
            write!(f, " (error {code})")?;
        }
        if let Some(statement) = self.statement() {
            write!(f, " in: {statement}")?;
        }
        Ok(())
    }
}

impl std::error::Error for DbError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.context.as_ref()?.source.as_deref()?;
        Some(source)
    }
}
