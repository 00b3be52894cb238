//! Prepared statements.

use super::plan::{Answer, Plan, Send};
use super::reply::{decode, encode};
use super::{Alive, Session};
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::stats::Note;
use crate::wire::command;

/// A statement that the backend holds.
#[derive(Debug)]
pub(super) struct Prepared {
    sql: Sql,
    send: Send,
    /// Generation of the catalog that the plan was made in.
    generation: u64,
}

impl Session {
    pub(super) async fn prepare(&mut self, bytes: &[u8]) -> Alive<()> {
        let sql = Sql::new(decode(bytes), self.mode);
        let accepts = {
            let mut state = self.shared.state();
            state.stats.prepared();
            state.prepare
        };
        let generation = self.shared.catalog.generation();
        let plan = if !accepts {
            Plan::refuse(Refusal::feature("Audit logging with binary protocol"))
        } else if !preparable(&sql) {
            Plan::refuse(Refusal::new(
                1295,
                "This command is not supported in the prepared statement protocol yet",
            ))
        } else {
            self.plan(&sql).await?
        };
        let send = match plan {
            Plan::Send(send) => send,
            Plan::Answer(Answer::Refuse(refusal)) => {
                self.note(Note::Refused, &sql.text);
                self.answer_with(Answer::Refuse(refusal), false).await?;
                return Ok(());
            }
            Plan::Answer(_) => {
                let text = "This command is not supported in the prepared statement protocol yet";
                let refusal = Refusal::new(1295, text);
                self.answer_with(Answer::Refuse(refusal), false).await?;
                return Ok(());
            }
        };
        let mut packet = vec![command::STMT_PREPARE];
        encode(&send.text, &mut packet);
        self.backend.command(&packet).await?;
        if let Some(id) = self.relay_prepared().await? {
            let prepared = Prepared {
                sql,
                send,
                generation,
            };
            self.statements.insert(id, prepared);
        }
        Ok(())
    }

    /// Passes the answer to COM_STMT_PREPARE on; the statement's number.
    async fn relay_prepared(&mut self) -> Alive<Option<u32>> {
        let mut packet = Vec::new();
        self.backend.read(&mut packet).await?;
        self.pass_on(&packet).await?;
        let [0, a, b, c, d, c0, c1, p0, p1, ..] = packet[..] else {
            return Ok(None);
        };
        let columns = u16::from_le_bytes([c0, c1]);
        let parameters = u16::from_le_bytes([p0, p1]);
        for count in [parameters, columns] {
            if count == 0 {
                continue;
            }
            let packets = u32::from(count) + u32::from(!self.deprecate_eof);
            for _ in 0..packets {
                self.backend.read(&mut packet).await?;
                self.pass_on(&packet).await?;
            }
        }
        Ok(Some(u32::from_le_bytes([a, b, c, d])))
    }

    pub(super) async fn execute(&mut self, packet: &[u8]) -> Alive<()> {
        let id = statement_id(&packet[1..]);
        let Some(mut prepared) = self.statements.remove(&id) else {
            self.pass_simple(packet).await?;
            return Ok(());
        };
        let result = self.execute_prepared(&mut prepared, packet).await;
        self.statements.insert(id, prepared);
        result
    }

    async fn execute_prepared(&mut self, prepared: &mut Prepared, packet: &[u8]) -> Alive<()> {
        let fault = self.count(&prepared.sql);
        if let Some(refusal) = self.before(fault.as_ref()).await? {
            self.answer_with(Answer::Refuse(refusal), false).await?;
            return Ok(());
        }
        let generation = self.shared.catalog.generation();
        if prepared.generation != generation {
            match self.plan(&prepared.sql).await? {
                Plan::Send(send) => prepared.send = send,
                Plan::Answer(answer) => {
                    self.answer_with(answer, false).await?;
                    return Ok(());
                }
            }
            prepared.generation = generation;
        }
        let cursor = packet.get(5).is_some_and(|flags| *flags != 0);
        let shuffle = prepared.send.shuffle && !cursor;
        self.run_prepared(&prepared.send, packet, fault, shuffle)
            .await
    }

    pub(super) fn close_statement(&mut self, id: &[u8]) {
        self.statements.remove(&statement_id(id));
    }
}

fn statement_id(bytes: &[u8]) -> u32 {
    match bytes {
        [a, b, c, d, ..] => u32::from_le_bytes([*a, *b, *c, *d]),
        _ => u32::MAX,
    }
}

/// Queries, DML and what goes with them; not SHOW, EXPLAIN, OPTIMIZE, CHECK, nor DDL.
fn preparable(sql: &Sql) -> bool {
    const KINDS: &[&str] = &[
        "SELECT",
        "WITH",
        "INSERT",
        "REPLACE",
        "UPDATE",
        "DELETE",
        "ANALYZE",
        "SET",
        "BEGIN",
        "START",
        "COMMIT",
        "ROLLBACK",
        "CALL",
        "DO",
        "USE",
        "KILL",
        "SAVEPOINT",
        "RELEASE",
    ];
    sql.any_word(0, KINDS) || sql.symbol(0, "(")
}
