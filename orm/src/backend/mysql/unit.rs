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

    /// Runs statements, and COMMIT where it is wanted, behind the BEGIN if that is still to be sent.
    pub(super) async fn run_unit(
        &mut self,
        unit: Vec<Sql>,
        commit: bool,
    ) -> Result<Vec<Executed>, Unfinished> {
        let begins = std::mem::take(&mut self.begins);
        let mut texts = Vec::with_capacity(unit.len());
        for sql in &unit {
            match self.inline(sql) {
                Ok(text) => texts.push(text),
                Err(error) => {
                    if begins {
                        self.begin_alone().await.map_err(|e| (Vec::new(), e))?;
                    }
                    return Err((Vec::new(), error));
                }
            }
        }
        let head = if begins { BEGIN } else { "" };
        let tail = if commit { "; COMMIT" } else { "" };
        let whole = format!("{head}{}{tail}", texts.join("; "));
        if !self.fits(whole.len()) {
            return self.run_one_by_one(begins, unit, commit).await;
        }
        let before = usize::from(begins);
        let count = before + unit.len() + usize::from(commit);
        let mut seen = Vec::with_capacity(count);
        let sent = self.send_unit(whole, count, &mut seen).await;
        let answered = seen.len();
        let mut done = seen.split_off(before.min(answered));
        if let Err(error) = sent {
            // Without an answer to BEGIN nothing is open.
            self.in_transaction |= answered > 0;
            let text = unit.get(done.len()).map_or("COMMIT", |sql| &*sql.text);
            return Err((done, self.failed(text, error)));
        }
        self.in_transaction = !commit;
        self.tells_transaction |= !commit && self.tells_open();
        done.truncate(unit.len());
        Ok(done)
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
        commit: bool,
    ) -> Result<Vec<Executed>, Unfinished> {
        if begins {
            self.begin_alone().await.map_err(|e| (Vec::new(), e))?;
        }
        let mut done = Vec::with_capacity(unit.len());
        for sql in unit {
            match self.execute(sql).await {
                Ok(executed) => done.push(executed),
                Err(error) => return Err((done, error)),
            }
        }
        if commit {
            let sent = self.conn.query_drop("COMMIT").await;
            if let Err(error) = self.note("COMMIT", sent) {
                return Err((done, error));
            }
        }
        Ok(done)
    }
}
