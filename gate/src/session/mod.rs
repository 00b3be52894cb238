//! One client's connection and the backend's connection behind it.

mod batch;
mod ddl;
mod explain;
mod login;
mod plan;
mod prepared;
mod query;
mod reply;
mod run;
mod show;
mod write;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;

use crate::catalog::TableInfo;
use crate::options::TableType;
use crate::random::Random;
use crate::refusal::Refusal;
use crate::rewrite::HIDDEN;
use crate::server::Shared;
use crate::sql::Mode;
use crate::wire::{Status, Stream, command, error_packet, ok_packet};

use prepared::Prepared;

/// The mode that is always on, with what MariaDB needs beside it to refuse zero dates.
const STRICT: &str = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE";

/// A session; its sockets close with it, and the backend rolls back.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) shared: Arc<Shared>,
    client: Stream,
    backend: Stream,
    pub(crate) random: Random,
    deprecate_eof: bool,
    /// Whether the backend takes several statements in one packet: what the client asked for.
    several: bool,
    /// The current database; empty for none.
    pub(crate) database: String,
    pub(crate) mode: Mode,
    status: Status,
    pub(crate) vars: Vars,
    pub(crate) temporary: HashMap<(String, String), Arc<TableInfo>>,
    statements: HashMap<u32, Prepared>,
    /// Whether the answer is kept from the client, by a fault.
    mute: bool,
    /// The error that ended the last rows.
    row_error: u16,
    /// Whether the statement that is answered is recursive.
    recursive: bool,
    /// Moves of the master that this session has noticed.
    epoch: u64,
}

/// Settings of the session that only SingleStore has.
#[derive(Debug, Clone)]
pub(crate) struct Vars {
    pub(crate) warn_errors: Option<bool>,
    pub(crate) table_type: TableType,
    pub(crate) other: HashMap<String, String>,
}

/// The session ends: the socket broke, or a fault cut it.
#[derive(Debug)]
pub(crate) struct Ended;

impl From<io::Error> for Ended {
    fn from(_: io::Error) -> Self {
        Self
    }
}

pub(crate) type Alive<T> = Result<T, Ended>;

/// Serves a client until one of the sockets closes.
pub(crate) async fn run(socket: TcpStream, shared: Arc<Shared>) {
    if let Ok(Some(mut session)) = login::login(socket, shared).await {
        let _ended = session.serve().await;
    }
}

impl Session {
    async fn serve(&mut self) -> Alive<()> {
        let mut packet = Vec::new();
        loop {
            self.client.read(&mut packet).await?;
            let Some((&kind, rest)) = packet.split_first() else {
                return Err(Ended);
            };
            if matches!(
                kind,
                command::QUERY | command::STMT_PREPARE | command::STMT_EXECUTE
            ) {
                self.shared.state().stats.trip();
            }
            match kind {
                command::QUIT => {
                    self.backend.command(&packet).await?;
                    return Ok(());
                }
                command::QUERY => self.text_query(rest).await?,
                command::STMT_PREPARE => self.prepare(rest).await?,
                command::STMT_EXECUTE => self.execute(&packet).await?,
                command::STMT_CLOSE => {
                    self.close_statement(rest);
                    self.backend.command(&packet).await?;
                }
                command::STMT_SEND_LONG_DATA => self.backend.command(&packet).await?,
                command::STMT_FETCH => {
                    self.backend.command(&packet).await?;
                    self.relay_rows(false).await?;
                }
                command::INIT_DB => {
                    let name = String::from_utf8_lossy(rest).into_owned();
                    if HIDDEN.contains(&&*name) {
                        let refusal = Refusal::new(1049, format!("Unknown database '{name}'"));
                        self.client.write(&error_packet(&refusal)).await?;
                    } else if self.pass_simple(&packet).await? {
                        self.database = name;
                    }
                }
                command::PING | command::STMT_RESET | command::PROCESS_KILL => {
                    self.pass_simple(&packet).await?;
                }
                command::SET_OPTION | command::STATISTICS => self.pass_one(&packet).await?,
                command::FIELD_LIST => {
                    self.backend.command(&packet).await?;
                    self.relay_rows(false).await?;
                }
                command::RESET_CONNECTION => {
                    if self.pass_muted(&packet).await? {
                        self.reset().await?;
                        let ok = ok_packet(self.status, 0);
                        self.client.write(&ok).await?;
                    }
                }
                command::CHANGE_USER => self.change_user(&packet).await?,
                _ => {
                    let refusal = Refusal::new(1047, "Unknown command");
                    self.client.write(&error_packet(&refusal)).await?;
                }
            }
            self.client.flush().await?;
        }
    }

    /// Back to what a new session has; the backend has been reset.
    async fn reset(&mut self) -> Alive<()> {
        self.vars = Vars::new(&self.shared);
        self.temporary.clear();
        self.statements.clear();
        self.set_up().await
    }

    /// SingleStore's session settings, in MariaDB's words.
    async fn set_up(&mut self) -> Alive<()> {
        let wait = self.shared.options.lock_wait.as_secs().max(1);
        let setup = format!(
            "SET SESSION sql_mode = '{STRICT}', SESSION time_zone = '+00:00', \
             SESSION tx_isolation = 'READ-COMMITTED', SESSION innodb_strict_mode = OFF, \
             SESSION group_concat_max_len = 16777216, SESSION innodb_lock_wait_timeout = {wait}, \
             SESSION standard_compliant_cte = ON"
        );
        self.mode = Mode::default();
        match self.ask(&setup).await? {
            Ok(_) => Ok(()),
            Err(_) => Err(Ended),
        }
    }
}

impl Vars {
    pub(crate) fn new(shared: &Shared) -> Self {
        Self {
            warn_errors: None,
            table_type: shared.options.default_table_type,
            other: HashMap::new(),
        }
    }
}
