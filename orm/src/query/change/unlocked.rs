//! Rows that are not locked, since the lock would be in the way of what writes them: a transaction
//! that a child aggregator has, whose writes to reference tables travel by another connection.
//!
//! What was read of a row is asked for again by the statement that writes it, which therefore leaves
//! alone what others have changed since. If it wrote none, all is done again.

use super::{Change, Chosen, Row, keys_in};
use crate::ast::{BinaryOp, Expr};
use crate::backend::{DbError, DbErrorKind, Executor, RetryCause};
use crate::error::{Error, Result};
use crate::query::lookup::Undo;
use crate::value::Value;

/// How often all is done again.
const TRIES: usize = 8;

/// What is the same of the rows that one condition can name: which of the columns that were read are
/// NULL, and which keep their values though rows may refer to them.
type Kind = Vec<(bool, bool)>;

impl Change {
    /// Changes the rows without a lock; tells how many there were. `None`: more than `most`, and nothing
    /// was changed.
    pub(super) async fn run_unlocked(
        &self,
        tx: &dyn Executor,
        chosen: &Chosen,
        undo: &mut Undo,
        most: usize,
    ) -> Result<Option<u64>> {
        for _ in 0..TRIES {
            let rows = self.read(tx, chosen.clone()).await?;
            let rows = self.with_values(tx, rows).await?;
            if rows.len() > most {
                return Ok(None);
            }
            let matched = self.apply(tx, &rows, undo).await?;
            let all = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            if matched >= all {
                return Ok(Some(matched));
            }
            if matched > 0 || !self.is_one_table() {
                return Err(self.changed(DbErrorKind::Other, matched, all));
            }
        }
        // As a lock that is never granted.
        let kind = DbErrorKind::Retryable(RetryCause::LockTimeout);
        Err(self.changed(kind, 0, 1))
    }

    fn changed(&self, kind: DbErrorKind, matched: u64, all: u64) -> Error {
        let name = self.meta.name;
        let what = match matched {
            0 => format!(
                "rows of {name} were changed by others while they were updated, and are as those left them"
            ),
            _ => format!(
                "{matched} of {all} rows of {name} were updated; others had changed the rest meanwhile, and it is as they left it"
            ),
        };
        Error::Db(DbError::new(kind, format!("{what}: update them again")))
    }

    /// The rows with these keys; without a lock, only if nothing was changed of what was concluded from.
    pub(super) fn still(&self, rows: &[Row]) -> Expr {
        if self.locks || self.read.is_empty() {
            let keys: Vec<Vec<Value>> = rows.iter().map(|r| r.key.clone()).collect();
            return keys_in(self.meta, self.set.alias, &keys);
        }
        let mut kinds: Vec<(Kind, Vec<&Row>)> = Vec::new();
        for row in rows {
            let kind = self.kind(row);
            match kinds.iter_mut().find(|(k, _)| *k == kind) {
                Some((_, rows)) => rows.push(row),
                None => kinds.push((kind, vec![row])),
            }
        }
        let mut kinds: Vec<Expr> = kinds
            .iter()
            .map(|(k, rows)| self.of_kind(k, rows))
            .collect();
        match kinds.len() {
            1 => kinds.remove(0),
            _ => Expr::Or(kinds),
        }
    }

    fn kind(&self, row: &Row) -> Kind {
        let kind = self.read.iter().map(|&column| {
            let at = self.referred.iter().position(|r| *r == column);
            let same = at.is_some_and(|at| row.same.get(at) == Some(&true));
            let null = self.old(row, column).is_null();
            (null, same && !self.is_constant(column))
        });
        kind.collect()
    }

    /// Whether the value that is written was known before, so that it is what was compared.
    fn is_constant(&self, column: usize) -> bool {
        matches!(self.expr(column), Expr::Value(_)) || self.fixed.contains(&column)
    }

    fn of_kind(&self, kind: &Kind, rows: &[&Row]) -> Expr {
        let column = |c: usize| Expr::column(self.set.alias, self.meta.columns[c].column);
        let read = || self.read.iter().copied().zip(kind);
        let has_value: Vec<usize> = read()
            .filter(|(c, (null, _))| !null && !self.meta.key.contains(c))
            .map(|(c, _)| c)
            .collect();
        let list = |row: &&Row| {
            let values = has_value.iter().map(|&c| self.old(row, c).clone());
            row.key.iter().cloned().chain(values).collect()
        };
        let exprs = self.meta.key.iter().chain(&has_value).map(|&c| column(c));
        let mut parts = vec![Expr::InRows {
            exprs: exprs.collect(),
            rows: rows.iter().map(list).collect(),
        }];
        for (c, (null, same)) in read() {
            if *null {
                parts.push(Expr::IsNull(Box::new(column(c))));
            }
            // Nobody was asked who refers to it.
            if *same {
                let new = self.expr(c).clone();
                parts.push(Expr::binary(column(c), BinaryOp::NullSafeEq, new));
            }
        }
        Expr::And(parts)
    }
}
