//! The one public error.

use crate::backend::{DbError, DbErrorKind, MayRetry};
use crate::dialect::RenderError;
#[cfg(all(feature = "migrate", feature = "json"))]
use crate::fixtures::FixtureError;
#[cfg(feature = "migrate")]
use crate::migrate::{HistoricalError, MigrateError};
use crate::model::{NotLoaded, ValidationErrors};
use crate::value::DecodeError;

/// Everything that can go wrong in the ORM.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database, or the way to it.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A value from the database that does not fit the Rust type.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The database has no form of what was asked for.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A relation was used that no query loaded.
    #[error(transparent)]
    NotLoaded(#[from] NotLoaded),
    /// An object is not valid.
    #[error(transparent)]
    Validation(#[from] ValidationErrors),
    /// A query for one object found none.
    #[error("no {model} matches the query")]
    DoesNotExist {
        /// The model.
        model: &'static str,
    },
    /// A query for one object found several.
    #[error("more than one {model} matches the query")]
    MultipleObjectsReturned {
        /// The model.
        model: &'static str,
    },
    /// Rows that refer to the ones to be deleted stand in the way.
    #[error(
        "cannot delete {model}: {count} {by} refer to it by `{field}` (on_delete = \"{rule}\"), with the key{} {}{}",
        if objects.len() == 1 { "" } else { "s" }, objects.join("; "),
        if *count > objects.len() as u64 { "; …" } else { "" }
    )]
    Protected {
        /// The model to be deleted from.
        model: &'static str,
        /// The model that refers to it.
        by: &'static str,
        /// The field by which it does.
        field: &'static str,
        /// `protect` or `restrict`.
        rule: &'static str,
        /// How many rows.
        count: u64,
        /// The keys of the first ten of them.
        objects: Vec<String>,
    },
    /// A receiver of a signal refused; what it heard of is undone.
    #[error("the receiver `{receiver}` of {signal} of {model} refused: {cause}")]
    Receiver {
        /// The name under which it is connected.
        receiver: String,
        /// `pre_save`, `post_save`, `pre_delete`, `post_delete` or `m2m_changed`.
        signal: &'static str,
        /// The model.
        model: &'static str,
        /// What it returned.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Migrations did not run.
    #[cfg(feature = "migrate")]
    #[error(transparent)]
    Migrate(Box<MigrateError>),
    /// Rows of a text could not be loaded or written.
    #[cfg(all(feature = "migrate", feature = "json"))]
    #[error(transparent)]
    Fixture(Box<FixtureError>),
    /// A cursor that `page_after` cannot begin at. It comes from outside, so it is the asker's fault.
    #[error("the cursor is not usable: {0}")]
    Cursor(String),
    /// The query or the object cannot be used in this way.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// The database's error, if it is one.
    pub fn as_db(&self) -> Option<&DbError> {
        match self {
            Self::Db(e) => Some(e),
            _ => None,
        }
    }

    /// Whether a query for one object found none.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::DoesNotExist { .. })
    }

    /// Whether a value that must be unique is taken.
    pub fn is_unique_violation(&self) -> bool {
        self.as_db()
            .is_some_and(|e| matches!(e.kind, DbErrorKind::UniqueViolation { .. }))
    }

    /// The database's error, also where it is a receiver whose statement met it.
    fn met(&self) -> Option<&DbError> {
        let Self::Receiver { cause, .. } = self else {
            return self.as_db();
        };
        let inner = cause.downcast_ref::<Self>().and_then(Self::met);
        inner.or_else(|| cause.downcast_ref())
    }

    /// Whether running the whole transaction again may help, also if a receiver met a deadlock.
    pub fn is_retryable(&self) -> bool {
        self.met()
            .is_some_and(|e| matches!(e.kind, DbErrorKind::Retryable(_)))
    }

    /// Whether the connection was lost.
    pub fn is_connection_lost(&self) -> bool {
        self.met()
            .is_some_and(|e| matches!(e.kind, DbErrorKind::ConnectionLost))
    }
}

#[cfg(all(feature = "migrate", feature = "json"))]
impl From<FixtureError> for Error {
    fn from(error: FixtureError) -> Self {
        Self::Fixture(Box::new(error))
    }
}

#[cfg(feature = "migrate")]
impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        Self::Migrate(Box::new(error))
    }
}

#[cfg(feature = "migrate")]
impl From<HistoricalError> for Error {
    fn from(error: HistoricalError) -> Self {
        match error {
            HistoricalError::Db(e) => Self::Db(e),
            HistoricalError::Decode(e) => Self::Decode(e),
            other => Self::Usage(other.to_string()),
        }
    }
}

impl MayRetry for Error {
    fn may_retry(&self) -> bool {
        self.is_retryable()
    }

    fn lost_connection(&self) -> bool {
        self.is_connection_lost()
    }
}

/// The ORM's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_receiver_met_decides_over_another_try_and_nothing_else() {
        let receiver = |cause| Error::Receiver {
            receiver: "r".to_owned(),
            signal: "pre_save",
            model: "M",
            cause,
        };
        let deadlock = || {
            let kind = DbErrorKind::Retryable(crate::backend::RetryCause::Deadlock);
            DbError::new(kind, "deadlock")
        };
        assert!(receiver(Box::new(deadlock())).is_retryable());
        assert!(receiver(Box::new(Error::Db(deadlock()))).is_retryable());
        let nested = receiver(Box::new(Error::Db(deadlock())));
        assert!(receiver(Box::new(nested)).may_retry());
        let lost = DbError::new(DbErrorKind::ConnectionLost, "lost");
        assert!(receiver(Box::new(Error::Db(lost))).is_connection_lost());
        assert!(!receiver("no".into()).is_retryable());
        // Its own duplicate is not one of the object that was saved.
        let kind = DbErrorKind::UniqueViolation {
            constraint: None,
            table: None,
            columns: Vec::new(),
        };
        let taken = receiver(Box::new(Error::Db(DbError::new(kind, "taken"))));
        assert!(!taken.is_unique_violation() && taken.as_db().is_none());
    }
}
