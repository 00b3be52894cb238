//! Taking back what a refused write did so far, where no savepoint could.

use super::super::plan::execute;
use crate::ast::Statement;
use crate::backend::{DbErrorKind, Executor, Transaction};
use crate::error::{Error, Result};

/// What takes a write back, statement by statement.
#[derive(Debug, Default)]
pub(in super::super) struct Undo {
    statements: Vec<Statement>,
    /// Something was written that no statement takes back.
    lost: bool,
}

impl Undo {
    pub(super) fn push(&mut self, statement: impl Into<Statement>) {
        self.statements.push(statement.into());
    }

    /// From here on only the transaction as a whole can be taken back.
    pub(in super::super) fn give_up(&mut self) {
        self.lost = true;
    }

    async fn run(self, db: &dyn Executor) -> Result<()> {
        for statement in self.statements.into_iter().rev() {
            execute(db, &statement).await?;
        }
        Ok(())
    }
}

/// Ends the transaction of one write by its result. A nested one without a savepoint is not rolled
/// back, which would doom the outer one, if the refused write can be taken back by itself.
pub(in super::super) async fn end<T>(tx: Transaction, done: Result<T>, undo: Undo) -> Result<T> {
    let error = match done {
        Ok(value) => {
            tx.commit().await?;
            return Ok(value);
        }
        Err(error) => error,
    };
    let by_itself = tx.is_joined() && !undo.lost && is_refusal(&error);
    if !by_itself {
        // The caller's error is the one that matters.
        let _ = tx.rollback().await;
        return Err(error);
    }
    match undo.run(&tx).await {
        Ok(()) => {
            // It sends nothing: the outer transaction goes on.
            let _ = tx.commit().await;
            Err(error)
        }
        // Now the transaction is lost, which a refused write would not say.
        Err(lost) => {
            let _ = tx.rollback().await;
            Err(lost)
        }
    }
}

/// Whether the statement took no effect, and the transaction stands.
pub(in super::super) fn is_refusal(error: &Error) -> bool {
    match error {
        Error::Db(error) => {
            error.is_constraint_violation()
                || matches!(
                    error.kind,
                    DbErrorKind::Data { .. }
                        | DbErrorKind::DataTooLong { .. }
                        | DbErrorKind::Render
                )
        }
        // Raised before anything was sent.
        Error::Usage(_) | Error::Render(_) => true,
        _ => false,
    }
}
