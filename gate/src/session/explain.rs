//! EXPLAIN and PROFILE.

use super::plan::{Plan, Planned};
use super::{Alive, Session};
use crate::refusal::Refusal;
use crate::sql::{Edits, Sql};

impl Session {
    /// `EXPLAIN [JSON] query`, `PROFILE query`; `EXPLAIN FORMAT=JSON` is a syntax error.
    pub(super) async fn plan_explain(&mut self, sql: &Sql) -> Alive<Planned> {
        if sql.any_word(1, &["FORMAT", "EXTENDED", "PARTITIONS", "ANALYZE"]) {
            return Ok(Err(Refusal::syntax(sql.slice(1, sql.len()))));
        }
        let mut at = 1;
        let json = sql.word(1, "JSON");
        at += usize::from(json);
        let query = Sql::new(sql.slice(at, sql.len()), self.mode);
        if query.any_word(0, &["SELECT", "WITH"])
            && let Err(refusal) = self.check_query(&query).await?
        {
            return Ok(Err(refusal));
        }
        let mut edits = Edits::default();
        if let Err(refusal) = self.rewrite(&query, &mut edits) {
            return Ok(Err(refusal));
        }
        let words = if json {
            "EXPLAIN FORMAT=JSON"
        } else {
            "EXPLAIN"
        };
        Ok(Ok(Plan::send(format!(
            "{words} {}",
            edits.apply(&query.text)
        ))))
    }
}
