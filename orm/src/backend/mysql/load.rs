//! `LOAD DATA LOCAL INFILE` on one connection.

use futures_util::StreamExt;
use mysql_async::prelude::Queryable;
use mysql_async::{Error, ServerError};

use super::error::classify;
use super::session::MysqlSession;
use crate::backend::load::Feed;
use crate::backend::{DbError, Executed};
use crate::dialect::Sql;

impl MysqlSession {
    /// LOCAL has servers skip rows whose key is taken and change values that do not fit, and call both
    /// warnings: here the first of them is the error that an INSERT would have been.
    pub(super) async fn load_rows(&mut self, sql: Sql, feed: Feed) -> Result<Executed, DbError> {
        let Feed { asked, pieces } = feed;
        self.conn.set_infile_handler(async move {
            // Where nobody waits any more the pieces have ended as well.
            let _ = asked.send(());
            let file = futures_util::stream::unfold(pieces, |mut pieces| async move {
                let piece = pieces.recv().await?;
                Some((Ok(piece.into()), pieces))
            });
            Ok(file.boxed())
        });
        let mut done = Executed::default();
        let sent = self.send_text(sql.text.to_string(), &sql, &mut done).await;
        self.note(&sql.text, sent)?;
        if self.conn.get_warnings() == 0 {
            return Ok(done);
        }
        let warnings: Vec<(String, u16, String)> = self
            .conn
            .query("SHOW WARNINGS LIMIT 64")
            .await
            .map_err(|e| classify(e, Some("SHOW WARNINGS")))?;
        let serious = |(level, ..): &&(String, u16, String)| !level.eq_ignore_ascii_case("note");
        match warnings.iter().find(serious).or(warnings.first()) {
            None => Ok(done),
            Some((_, code, message)) => {
                let error = ServerError {
                    code: *code,
                    message: message.clone(),
                    state: "HY000".to_owned(),
                };
                Err(classify(Error::Server(error), Some(&sql.text)))
            }
        }
    }
}
