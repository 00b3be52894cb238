//! Statements that travel in one trip: a BEGIN with the first of its transaction, a COMMIT with the
//! last. Always as text: the prepared protocol takes one statement at a time.
//!
//! A server runs them in turn and goes no further than the first that it refuses, so that a COMMIT
//! behind a refused statement is not run.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, QueryResult, Row, TextProtocol};

use super::session::{MysqlSession, Receive};
use crate::backend::session::{Session, Unfinished};
use crate::backend::{DbError, Executed};
use crate::dialect::Sql;

const BEGIN: &str = "BEGIN; ";

impl MysqlSession {
    /// Begins a transaction by its first statement; `false` if that one is too long to take anything
    /// along: the transaction is begun then, and the statement still to be sent.
    pub(super) async fn begin_with<R: Receive>(
        &mut self,
        sql: &Sql,
        into: &mut R,
    ) -> Result<bool, DbError> {
        self.begins = false;
        let text = match self.inline(sql) {
            Ok(text) => text,
            // Of no effect on a transaction, which is open then as after any such error.
            Err(error) => {
                self.begin_alone().await?;
                return Err(error);
            }
        };
        if !self.fits(BEGIN.len() + text.len()) {
            self.begin_alone().await?;
            return Ok(false);
        }
        let sent = self
            .send_behind_begin(format!("{BEGIN}{text}"), sql, into)
            .await;
        self.note(&sql.text, sent)?;
        // What is told of the first statement is what will be told of the others.
        self.tells_transaction |= self.tells_open();
        Ok(true)
    }

    async fn begin_alone(&mut self) -> Result<(), DbError> {
        let sent = self.conn.query_drop("BEGIN").await;
        self.note("BEGIN", sent)
    }

    async fn send_behind_begin<R: Receive>(
        &mut self,
        whole: String,
        sql: &Sql,
        into: &mut R,
    ) -> Result<(), Error> {
        let mut result = self.conn.query_iter(whole).await?;
        self.in_transaction = true;
        // On from the answer to BEGIN.
        result.collect::<Row>().await?;
        drop(result);
        let refused = self.conn.last_ok_packet().is_none();
        let result = QueryResult::<TextProtocol>::new(&mut *self.conn);
        match refused {
            // The driver keeps a later answer's error until somebody asks for that answer.
            true => result.drop_result().await,
            false => into.take(result, &mut self.names, &sql.text).await,
        }
    }

    fn fits(&self, bytes: usize) -> bool {
        self.shared.check_size(bytes, "").is_ok()
    }

    /// Runs statements and COMMIT, behind the BEGIN if that is still to be sent.
    pub(super) async fn run_unit(&mut self, unit: Vec<Sql>) -> Result<Vec<Executed>, Unfinished> {
        let begins = std::mem::take(&mut self.begins);
        let mut texts = Vec::with_capacity(unit.len());
        for (at, sql) in unit.iter().enumerate() {
            match self.inline(sql) {
                Ok(text) => texts.push(text),
                Err(error) => {
                    if begins {
                        self.begin_alone().await.map_err(|e| (at, e))?;
                    }
                    return Err((at, error));
                }
            }
        }
        let head = if begins { BEGIN } else { "" };
        let whole = format!("{head}{}; COMMIT", texts.join("; "));
        if !self.fits(whole.len()) {
            return self.run_one_by_one(begins, unit).await;
        }
        let before = usize::from(begins);
        let mut seen = Vec::with_capacity(before + unit.len() + 1);
        let sent = self
            .send_unit(whole, before + unit.len() + 1, &mut seen)
            .await;
        if let Err(error) = sent {
            // Without an answer to BEGIN nothing is open.
            self.in_transaction |= !seen.is_empty();
            let at = seen.len().saturating_sub(before);
            let text = unit.get(at).map_or("COMMIT", |sql| &*sql.text);
            return Err((at, self.failed(text, error)));
        }
        self.in_transaction = false;
        seen.truncate(before + unit.len());
        Ok(seen.split_off(before))
    }

    /// Sends them and notes each answer as it comes.
    async fn send_unit(
        &mut self,
        whole: String,
        count: usize,
        seen: &mut Vec<Executed>,
    ) -> Result<(), Error> {
        let mut result = self.conn.query_iter(whole).await?;
        while seen.len() < count {
            let executed = Executed {
                rows_affected: result.affected_rows(),
                last_insert_id: result.last_insert_id().filter(|id| *id != 0),
            };
            // Raises the answer's error, if it is one, and goes on to the next.
            result.collect::<Row>().await?;
            seen.push(executed);
        }
        result.drop_result().await
    }

    /// The same where they are too long for one trip.
    async fn run_one_by_one(
        &mut self,
        begins: bool,
        unit: Vec<Sql>,
    ) -> Result<Vec<Executed>, Unfinished> {
        if begins {
            self.begin_alone().await.map_err(|e| (0, e))?;
        }
        let mut done = Vec::with_capacity(unit.len());
        for (at, sql) in unit.into_iter().enumerate() {
            done.push(self.execute(sql).await.map_err(|e| (at, e))?);
        }
        let sent = self.conn.query_drop("COMMIT").await;
        self.note("COMMIT", sent).map_err(|e| (done.len(), e))?;
        Ok(done)
    }
}
