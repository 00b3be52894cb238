//! Statements that go to the backend in one trip, which runs them in turn and no further than the first
//! that it refuses, as an aggregator does with those of one packet. One by one, a packet would cost
//! trips that are the gate's own.

use super::plan::{Effect, Plan, Send};
use super::reply::{Outcome, Passing, encode};
use super::{Alive, Ended, Session};
use crate::options::Role;
use crate::sql::Sql;
use crate::wire::{Status, command};

/// Whose text says all that is to be done: nothing has to happen between two of them.
const TOGETHER: &[&str] = &["BEGIN", "START", "COMMIT", "INSERT", "UPDATE", "DELETE"];

impl Session {
    /// Runs the statements of one packet in one trip. `false`, and nothing done, where something may
    /// have to happen between two of them.
    pub(super) async fn together(&mut self, statements: &[Sql]) -> Alive<bool> {
        let plain = statements.iter().all(|s| s.any_word(0, TOGETHER));
        if !plain || !self.several || !self.is_calm() {
            return Ok(false);
        }
        let mut sends = Vec::with_capacity(statements.len());
        for sql in statements {
            match self.plan(sql).await? {
                Plan::Send(send) if is_plain(&send) => sends.push(send),
                _ => return Ok(false),
            }
        }
        let mut whole = String::new();
        for send in &mut sends {
            // Ids that a refused statement leaves unused are a gap, as any other.
            match self.ids_for(send).await? {
                Ok(set) => send.before.extend(set),
                Err(_) => return Ok(false),
            }
            for text in send.before.iter().chain([&send.text]) {
                whole.push_str(if whole.is_empty() { "" } else { "; " });
                whole.push_str(text);
            }
        }
        self.ask_later(&whole).await?;
        self.backend.flush().await?;
        for (sql, send) in statements.iter().zip(&sends) {
            let shape = sql.shape();
            self.shared.state().stats.statement(&sql.text, shape);
            let outcome = self.one_of_several(send).await?;
            if !outcome.ok {
                self.timed_out(outcome).await?;
                break;
            }
        }
        self.status.clear(Status::MORE_RESULTS);
        Ok(true)
    }

    /// Nothing strikes between statements, and none is refused for what those before it did.
    fn is_calm(&self) -> bool {
        let state = self.shared.state();
        !state.faults.is_armed()
            && state.moved == 0
            && state.epoch == self.epoch
            && state.role == Role::Master
    }

    /// The answers to a statement and to those of the gate's own in front of it.
    async fn one_of_several(&mut self, send: &Send) -> Alive<Outcome> {
        let passing = Passing {
            affected: send.affected,
            ..Passing::default()
        };
        for _ in &send.before {
            if !self.unseen().await? {
                return Err(Ended);
            }
        }
        Ok(self.relay_one(passing).await?.0)
    }

    /// Reads an answer that the client does not see; whether it was a success.
    pub(super) async fn unseen(&mut self) -> Alive<bool> {
        Ok(self.answer().await?.is_ok())
    }

    /// Writes a statement that goes out with what follows it.
    pub(super) async fn ask_later(&mut self, text: &str) -> Alive<()> {
        let mut packet = Vec::with_capacity(text.len() + 1);
        packet.push(command::QUERY);
        encode(text, &mut packet);
        self.backend.seq = 0;
        self.backend.write(&packet).await?;
        Ok(())
    }
}

fn is_plain(send: &Send) -> bool {
    !send.ddl
        && !send.recursive
        && send.before.is_empty()
        && send.follow.is_none()
        && matches!(send.effect, Effect::None)
}
