//! One statement after the other: counting, faults, the plan, the answer.

use super::plan::{Answer, Effect, Followed, Plan, Send};
use super::reply::{Outcome, Passing, decode};
use super::{Alive, Ended, STRICT, Session};
use crate::control::Control;
use crate::faults::{Action, Fault, When};
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::stats::Note;
use crate::wire::{Status, error_packet, ok_packet, result_set};

impl Session {
    /// COM_QUERY: one statement, or several between semicolons.
    pub(super) async fn text_query(&mut self, bytes: &[u8]) -> Alive<()> {
        let sql = Sql::new(decode(bytes), self.mode);
        let several = (0..sql.len()).any(|i| sql.symbol(i, ";"));
        let statements: Vec<String> = match several {
            true => sql.split().into_iter().map(str::to_owned).collect(),
            false => Vec::new(),
        };
        if statements.is_empty() {
            self.statement(&sql, false).await?;
            return Ok(());
        }
        let last = statements.len() - 1;
        let of_mode = |text: &String| Sql::new(text.clone(), self.mode);
        if last > 0 {
            let all: Vec<Sql> = statements.iter().map(of_mode).collect();
            if self.together(&all).await? {
                return Ok(());
            }
        }
        for (i, text) in statements.into_iter().enumerate() {
            // The one before may have changed the mode.
            let sql = Sql::new(text, self.mode);
            if !self.statement(&sql, i < last).await? {
                break;
            }
        }
        Ok(())
    }

    /// Runs a statement; whether it succeeded.
    async fn statement(&mut self, sql: &Sql, more: bool) -> Alive<bool> {
        if sql.word(0, "GATE") {
            return self.control(sql, more).await;
        }
        let fault = self.count(sql);
        if let Some(refusal) = self.before(fault.as_ref()).await? {
            return self.answer_with(Answer::Refuse(refusal), more).await;
        }
        let plan = self.plan(sql).await?;
        self.run_plan(sql, plan, fault, more).await
    }

    /// Does what a plan says, and what a fault does after it.
    async fn run_plan(
        &mut self,
        sql: &Sql,
        plan: Plan,
        fault: Option<Fault>,
        more: bool,
    ) -> Alive<bool> {
        let send = match plan {
            Plan::Answer(answer) => {
                if let Answer::Refuse(_) = &answer {
                    self.note(Note::Refused, &sql.text);
                }
                if let Some(refusal) = self.after(fault.as_ref()).await? {
                    return self.answer_with(Answer::Refuse(refusal), more).await;
                }
                return self.answer_with(answer, more).await;
            }
            Plan::Send(send) => send,
        };
        self.mute = hides(fault.as_ref());
        let guard = send.ddl.then(|| self.shared.catalog.ddl());
        let set = match self.prelude(&send).await? {
            Ok(set) => set,
            Err(refusal) => {
                if let Some(guard) = guard {
                    guard.answered();
                }
                self.mute = false;
                return self.answer_with(Answer::Refuse(refusal), more).await;
            }
        };
        let passing = Passing {
            shuffle: send.shuffle,
            more,
            affected: send.affected,
        };
        self.recursive = send.recursive;
        let outcome = self.send(set.as_deref(), &send.text, passing).await?;
        self.recursive = false;
        if let Some(guard) = guard {
            guard.answered();
        }
        self.timed_out(outcome).await?;
        if outcome.ok {
            self.take_effect(&send).await?;
            self.follow(&send).await?;
        }
        self.mute = false;
        if let Some(refusal) = self.after(fault.as_ref()).await? {
            return self.answer_with(Answer::Refuse(refusal), more).await;
        }
        Ok(outcome.ok)
    }

    /// Runs what must run before; hands back what goes along with an INSERT that generates ids.
    async fn prelude(&mut self, send: &Send) -> Alive<Result<Option<String>, Refusal>> {
        for text in &send.before {
            if let Err((code, text)) = self.ask(text).await? {
                return Ok(Err(Refusal::new(code, text)));
            }
        }
        self.ids_for(send).await
    }

    /// The setting by which an INSERT gets its ids. It costs no trip: an aggregator has its ids at hand.
    pub(super) async fn ids_for(&mut self, send: &Send) -> Alive<Result<Option<String>, Refusal>> {
        let Some(insert) = &send.insert else {
            return Ok(Ok(None));
        };
        let shared = std::sync::Arc::clone(&self.shared);
        let grant = shared
            .ids
            .grant(&insert.uid, insert.rows, &mut self.random)
            .await;
        let Ok(grant) = grant else {
            let refusal = Refusal::new(1777, "no ids: the backend does not answer");
            return Ok(Err(refusal));
        };
        Ok(Ok(Some(format!(
            "SET auto_increment_increment = {}, auto_increment_offset = {}, insert_id = {}",
            grant.stride,
            grant.first % grant.stride + u64::from(grant.first % grant.stride == 0) * grant.stride,
            grant.first
        ))))
    }

    async fn take_effect(&mut self, send: &Send) -> Alive<()> {
        match &send.effect {
            Effect::None => {}
            Effect::Use(database) => self.database.clone_from(database),
            Effect::Temporary(table) => {
                let key = (table.database.clone(), table.name.clone());
                self.temporary.insert(key, std::sync::Arc::clone(table));
            }
            Effect::Dropped(database, table) => {
                self.temporary.remove(&(database.clone(), table.clone()));
            }
            Effect::SqlMode => self.check_mode().await?,
        }
        Ok(())
    }

    /// 1205 may have lost the transaction.
    pub(super) async fn timed_out(&mut self, outcome: Outcome) -> Alive<()> {
        if outcome.error == 1205 && self.shared.options.lock_timeout_rolls_back {
            let _ = self.ask("ROLLBACK").await?;
        }
        Ok(())
    }

    /// Moves a counter behind ids that were given.
    async fn follow(&mut self, send: &Send) -> Alive<()> {
        if let Some(Followed(database, table, column)) = &send.follow {
            let _ = self.sync_table(database, table, column).await?;
        }
        Ok(())
    }

    /// `STRICT_ALL_TABLES` is always on, whatever the client set.
    async fn check_mode(&mut self) -> Alive<()> {
        let strict = format!("SET SESSION sql_mode = CONCAT(@@sql_mode, ',{STRICT}')");
        let _ = self.ask(&strict).await?;
        if let Ok(rows) = self.ask("SELECT @@sql_mode").await? {
            let mode = rows
                .into_iter()
                .flatten()
                .flatten()
                .next()
                .unwrap_or_default();
            self.mode.ansi_quotes = mode.contains("ANSI_QUOTES");
            self.mode.no_backslash_escapes = mode.contains("NO_BACKSLASH_ESCAPES");
        }
        Ok(())
    }

    /// Counts a statement; the fault that strikes at it.
    pub(super) fn count(&mut self, sql: &Sql) -> Option<Fault> {
        let shape = sql.shape();
        let mut state = self.shared.state();
        state.stats.statement(&sql.text, shape);
        state.faults.strike(&sql.text)
    }

    pub(super) fn note(&self, note: Note, text: &str) {
        self.shared.state().stats.note(note, text);
    }

    /// What a fault does before the statement: an error in its place, or the end.
    pub(super) async fn before(&mut self, fault: Option<&Fault>) -> Alive<Option<Refusal>> {
        if let Some(refusal) = self.moved().await? {
            return Ok(Some(refusal));
        }
        match fault {
            Some(fault) if fault.when == When::Before => self.strike(&fault.action).await,
            _ => Ok(None),
        }
    }

    pub(super) async fn after(&mut self, fault: Option<&Fault>) -> Alive<Option<Refusal>> {
        match fault {
            Some(fault) if fault.when == When::After => self.strike(&fault.action).await,
            _ => Ok(None),
        }
    }

    async fn strike(&mut self, action: &Action) -> Alive<Option<Refusal>> {
        match action {
            Action::Cut => Err(Ended),
            Action::Kill { down } => {
                self.shared.kill(*down);
                Err(Ended)
            }
            Action::Error(refusal) => Ok(Some(refusal.clone())),
            Action::Delay(time) => {
                tokio::time::sleep(*time).await;
                Ok(None)
            }
            Action::MasterMoved { statements } => {
                {
                    let mut state = self.shared.state();
                    // This statement is one of them.
                    state.moved = statements.saturating_add(1);
                    state.epoch += 1;
                }
                self.moved().await
            }
        }
    }

    /// After the master moved: transactions are lost, and statements fail for a while.
    async fn moved(&mut self) -> Alive<Option<Refusal>> {
        let (fails, lost) = {
            let mut state = self.shared.state();
            let fails = state.moved > 0;
            state.moved = state.moved.saturating_sub(1);
            let lost = self.epoch != state.epoch && self.status.has(Status::IN_TRANSACTION);
            self.epoch = state.epoch;
            (fails, lost)
        };
        if lost {
            let _ = self.ask("ROLLBACK").await?;
        }
        let text = "Partition has no master instance: the operation failed since the master moved";
        Ok((fails || lost).then(|| Refusal::new(1777, text)))
    }

    /// Sends an answer of the gate's own; whether it is a success.
    pub(super) async fn answer_with(&mut self, answer: Answer, more: bool) -> Alive<bool> {
        let status = if more {
            self.status | Status::MORE_RESULTS
        } else {
            self.status
        };
        match answer {
            Answer::Ok { warnings } => {
                self.client.write(&ok_packet(status, warnings)).await?;
                Ok(true)
            }
            Answer::Rows { columns, rows } => {
                let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
                for packet in result_set(&columns, &rows, self.deprecate_eof, status) {
                    self.client.write(&packet).await?;
                }
                Ok(true)
            }
            Answer::Refuse(refusal) => {
                self.client.write(&error_packet(&refusal)).await?;
                Ok(false)
            }
        }
    }

    /// `GATE command`: the control connection in SQL's clothes; not counted.
    async fn control(&mut self, sql: &Sql, more: bool) -> Alive<bool> {
        let line = sql.slice(1, sql.len()).to_owned();
        let control = Control {
            shared: std::sync::Arc::clone(&self.shared),
        };
        let answer = match control.command(&line) {
            Ok(lines) => Answer::Rows {
                columns: vec!["gate".to_owned()],
                rows: lines.into_iter().map(|l| vec![Some(l)]).collect(),
            },
            Err(error) => Answer::Refuse(Refusal::new(1064, error)),
        };
        self.answer_with(answer, more).await
    }

    /// Runs what was prepared, as [`statement`](Self::statement) does text.
    pub(super) async fn run_prepared(
        &mut self,
        send: &Send,
        packet: &[u8],
        fault: Option<Fault>,
        shuffle: bool,
    ) -> Alive<()> {
        self.mute = hides(fault.as_ref());
        match self.prelude(send).await? {
            Ok(Some(set)) => self.ask_later(&set).await?,
            Ok(None) => {}
            Err(refusal) => {
                self.mute = false;
                self.answer_with(Answer::Refuse(refusal), false).await?;
                return Ok(());
            }
        }
        self.backend.command(packet).await?;
        if send.insert.is_some() && !self.unseen().await? {
            return Err(Ended);
        }
        let passing = Passing {
            shuffle,
            more: false,
            affected: send.affected,
        };
        self.recursive = send.recursive;
        let outcome = self.relay(passing).await?;
        self.recursive = false;
        self.timed_out(outcome).await?;
        if outcome.ok {
            self.follow(send).await?;
        }
        self.mute = false;
        if let Some(refusal) = self.after(fault.as_ref()).await? {
            self.answer_with(Answer::Refuse(refusal), false).await?;
        }
        Ok(())
    }
}

/// Whether a fault replaces the answer that the statement itself has.
fn hides(fault: Option<&Fault>) -> bool {
    fault.is_some_and(|f| f.when == When::After && !matches!(f.action, Action::Delay(_)))
}
