//! Queries.

use super::plan::{Plan, Planned, Send};
use super::{Alive, Session};
use crate::refusal::Refusal;
use crate::sql::{Edits, Sql};

impl Session {
    pub(super) async fn plan_query(&mut self, sql: &Sql) -> Alive<Planned> {
        if let Err(refusal) = self.check_query(sql).await? {
            return Ok(Err(refusal));
        }
        let mut edits = Edits::default();
        if let Err(refusal) = self.rewrite(sql, &mut edits) {
            return Ok(Err(refusal));
        }
        let ordered = sql
            .find(0, sql.len(), |i| sql.words(i, "ORDER BY"))
            .is_some();
        Ok(Ok(Plan::Send(Send {
            text: edits.apply(&sql.text),
            shuffle: !ordered && self.shared.options.shuffle,
            ..Send::default()
        })))
    }

    pub(super) async fn check_query(&mut self, _sql: &Sql) -> Alive<Result<(), Refusal>> {
        Ok(Ok(()))
    }
}
