//! The statement that chooses an isolation level.

use super::{DbError, DbErrorKind};
use crate::dialect::{Dialect, Isolation};

/// What is sent before BEGIN; nothing where the database knows no other level than this.
pub(super) fn statement(
    dialect: &dyn Dialect,
    isolation: Isolation,
) -> Result<Option<String>, DbError> {
    let levels = dialect.features().isolation;
    if !levels.contains(&isolation) {
        let words: Vec<&str> = levels.iter().map(|l| l.words()).collect();
        let message = format!(
            "{} has no transactions of the level {}, only {}",
            dialect.name(),
            isolation.words(),
            words.join(", ")
        );
        return Err(DbError::new(DbErrorKind::Unsupported, message));
    }
    let text = || format!("SET TRANSACTION ISOLATION LEVEL {}", isolation.words());
    Ok((levels.len() > 1).then(text))
}
