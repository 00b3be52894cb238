//! SHOW and DESCRIBE.

use super::plan::{Plan, Planned};
use super::{Alive, Session};
use crate::sql::Sql;

impl Session {
    pub(super) async fn plan_show(&mut self, sql: &Sql) -> Alive<Planned> {
        Ok(Ok(Plan::send(&*sql.text)))
    }
}
