//! Writes to reference tables of SingleStore, which a child aggregator takes in no transaction: refused
//! before they are sent where that is known, or sent apart where that is asked for.

use super::Handle;
use crate::backend::master::{role, show};
use crate::backend::pool::Lease;
use crate::backend::topology::{self, Aggregator, Part, Topology};
use crate::backend::{Db, DbError, DbErrorKind, Executed, Executor};
use crate::dialect::Sql;
use crate::value::RowSet;

impl Handle {
    /// The cluster of the connection, if the statement may not run in a transaction on some part of it.
    fn cluster(&self, level: Option<u64>, lease: &Lease, sql: &Sql) -> Option<&Db> {
        level?;
        let db = self.db.as_ref()?;
        lease.session()?.place()?;
        let topology = db.topology();
        topology
            .writes_reference(&sql.text, sql.reference)
            .then_some(db)
    }

    /// The database by which a statement is to be run outside of the transaction, if that is so.
    ///
    /// # Errors
    /// Where it must not run in the transaction, and is not to run elsewhere.
    pub(super) async fn apart(
        &self,
        level: Option<u64>,
        lease: &mut Lease,
        sql: &Sql,
    ) -> Result<Option<&Db>, DbError> {
        let Some(db) = self.cluster(level, lease, sql) else {
            return Ok(None);
        };
        match self.part(db.topology(), lease).await? {
            Part::Known(Aggregator::Child) if db.topology().autocommits() => Ok(Some(db)),
            Part::Known(Aggregator::Child) => Err(topology::refused(&sql.text)),
            _ => Ok(None),
        }
    }

    /// Whether any of these statements runs outside of the transaction, or may have to: then they travel
    /// one by one.
    ///
    /// # Errors
    /// As [`apart`](Self::apart).
    pub(super) async fn parts_ways(
        &self,
        level: Option<u64>,
        lease: &mut Lease,
        unit: &[Sql],
    ) -> Result<bool, DbError> {
        let mut parts = false;
        for sql in unit {
            let Some(db) = self.cluster(level, lease, sql) else {
                continue;
            };
            let part = self.part(db.topology(), lease).await?;
            if !db.topology().autocommits() {
                if part == Part::Known(Aggregator::Child) {
                    return Err(topology::refused(&sql.text));
                }
                continue;
            }
            parts |= part != Part::Known(Aggregator::Master);
        }
        Ok(parts)
    }

    /// Whether a write to a table runs outside of the transaction, or may have to: then it waits for what
    /// the transaction itself has locked. `reference`: whether it may be a reference table, as far as
    /// the models tell.
    ///
    /// # Errors
    /// As any statement of the transaction, where the cluster is asked.
    pub(crate) async fn may_write_apart(
        &self,
        level: Option<u64>,
        table: &str,
        reference: bool,
    ) -> Result<bool, DbError> {
        let Some(db) = self.db.as_ref().filter(|db| db.topology().autocommits()) else {
            return Ok(false);
        };
        if !reference && !db.topology().has_refused(table) {
            return Ok(false);
        }
        let mut guard = self.lease(level).await?;
        let Some(lease) = guard.as_mut().filter(|l| self.may_part(level, l)) else {
            return Ok(false);
        };
        self.clean(lease).await?;
        let part = self.part(db.topology(), lease).await?;
        Ok(part != Part::Known(Aggregator::Master))
    }

    /// Whether a statement that is refused may be run apart.
    pub(super) fn may_part(&self, level: Option<u64>, lease: &Lease) -> bool {
        let asked = self
            .db
            .as_ref()
            .is_some_and(|db| db.topology().autocommits());
        level.is_some() && asked && lease.session().is_some_and(|s| s.place().is_some())
    }

    /// Notes a refusal of this kind; the database by which the statement is to be run then, if it is.
    pub(super) fn note_refusal(
        &self,
        level: Option<u64>,
        lease: &Lease,
        text: &str,
        error: &DbError,
    ) -> Option<&Db> {
        if level.is_none() || !topology::is_refused(error) {
            return None;
        }
        let db = self.db.as_ref()?;
        let place = lease.session()?.place()?;
        db.topology().note_refused(place, text);
        db.topology().autocommits().then_some(db)
    }

    /// What the other side is; asked where the cluster can tell.
    async fn part(&self, topology: &Topology, lease: &mut Lease) -> Result<Part, DbError> {
        let place = |lease: &Lease| {
            lease
                .session()
                .and_then(|s| s.place())
                .map(|p| topology.part(p))
        };
        let known = place(lease).unwrap_or(Part::Unknown);
        if known != Part::Ask {
            return Ok(known);
        }
        let watch = self.meter.start(&show().text, self.statement_timeout);
        let asked = async {
            let sink = Box::new(RowSet::default());
            lease.start()?.read(show(), sink).await
        };
        let result = watch.run(asked).await;
        match self.is_deferred() {
            // No transaction is open over there, and none has ended.
            true if !matches!(&result, Err(e) if e.kind == DbErrorKind::Timeout) => lease.done(),
            true => {}
            false => self.settle(lease, &result),
        }
        let told = match result {
            Ok(sink) => RowSet::from_sink(sink).ok(),
            // Nothing was begun on a connection that the server had closed: the statement itself meets
            // that, and is sent by another one.
            Err(error) if error.is_connection_lost() && self.is_deferred() => {
                return Ok(Part::Unknown);
            }
            Err(error) if error.kind == DbErrorKind::ConnectionLost || error.is_timeout() => {
                return Err(error);
            }
            // Without the right to ask, the server itself says what it refuses.
            Err(error) => {
                tracing::debug!(target: "orm::pool", error = error.message, "the aggregators are not told");
                None
            }
        };
        let Some(own) = lease.session().and_then(|s| s.place()) else {
            return Ok(Part::Unknown);
        };
        let part = told.and_then(|told| role(&told, own.host, own.port));
        topology.note(own, part);
        Ok(part.map_or(Part::Unknown, Part::Known))
    }
}

/// Runs a statement by itself, on another connection than the transaction's.
pub(super) async fn run_apart(db: &Db, sql: Sql) -> Result<Executed, DbError> {
    tracing::debug!(target: "orm::sql", "a reference table is written outside of the transaction");
    db.execute(sql).await
}
