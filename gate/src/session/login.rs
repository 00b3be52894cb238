//! The greeting, the login, and changing the user.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::net::TcpStream;

use super::{Alive, Ended, Session, Vars};
use crate::server::Shared;
use crate::sql::Mode;
use crate::wire::{self, Status, Stream, capability, parse_ok};

/// What `VERSION()` says on 8.x and 9.x.
pub(crate) const MYSQL_VERSION: &str = "5.7.32";

/// Relays the login. `None` where the backend refuses it.
pub(super) async fn login(socket: TcpStream, shared: Arc<Shared>) -> Alive<Option<Session>> {
    let mut client = Stream::new(socket)?;
    let mut backend = Stream::new(TcpStream::connect(&shared.backend).await?)?;
    let mut packet = Vec::new();
    backend.read(&mut packet).await?;
    if packet.first() == Some(&0xff) {
        client.write(&packet).await?;
        client.flush().await?;
        return Ok(None);
    }
    let greeting = wire::greeting(&packet, MYSQL_VERSION).ok_or(Ended)?;
    client.write(&greeting).await?;
    client.flush().await?;
    client.read(&mut packet).await?;
    let answer = Answer::parse(&packet).ok_or(Ended)?;
    let random = shared.random();
    let vars = Vars::new(&shared);
    let epoch = shared.state().epoch;
    let mut session = Session {
        shared,
        client,
        backend,
        random,
        deprecate_eof: answer.capabilities & capability::DEPRECATE_EOF != 0,
        several: answer.capabilities & capability::MULTI_STATEMENTS != 0,
        database: answer.database,
        mode: Mode::default(),
        status: Status::AUTOCOMMIT,
        vars,
        temporary: HashMap::new(),
        statements: HashMap::new(),
        mute: false,
        row_error: 0,
        recursive: false,
        epoch,
    };
    session.backend.seq = 1;
    session.backend.write(&packet).await?;
    session.backend.flush().await?;
    let welcome = session.authenticate().await?;
    Ok(welcome.then_some(session))
}

/// A client's answer to the greeting.
struct Answer {
    capabilities: u32,
    database: String,
}

impl Answer {
    fn parse(packet: &[u8]) -> Option<Self> {
        let capabilities = u32::from_le_bytes(packet.get(..4)?.try_into().ok()?);
        if capabilities & capability::PROTOCOL_41 == 0 {
            return None;
        }
        let mut rest = packet.get(32..)?;
        take_until_nul(&mut rest)?;
        if capabilities & capability::PLUGIN_AUTH_LENENC != 0 {
            wire::take_bytes(&mut rest)?;
        } else if capabilities & capability::SECURE_CONNECTION != 0 {
            let length = usize::from(*rest.first()?);
            rest = rest.get(1 + length..)?;
        } else {
            take_until_nul(&mut rest)?;
        }
        let database = if capabilities & capability::CONNECT_WITH_DB != 0 {
            take_until_nul(&mut rest).unwrap_or_default()
        } else {
            String::new()
        };
        Some(Self {
            capabilities,
            database,
        })
    }
}

fn take_until_nul(bytes: &mut &[u8]) -> Option<String> {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    *bytes = bytes.get(end + 1..).unwrap_or_default();
    Some(text)
}

impl Session {
    /// Relays packets both ways until the backend says yes or no; sets the session up after a yes.
    async fn authenticate(&mut self) -> Alive<bool> {
        let mut packet = Vec::new();
        loop {
            self.backend.read(&mut packet).await?;
            self.client.seq = self.backend.seq.wrapping_sub(1);
            match packet.first() {
                Some(0x00) => {
                    self.status = parse_ok(&packet).status;
                    self.set_up().await?;
                    self.client.write(&packet).await?;
                    self.client.flush().await?;
                    return Ok(true);
                }
                Some(0xff) => {
                    self.client.write(&packet).await?;
                    self.client.flush().await?;
                    return Ok(false);
                }
                _ => {}
            }
            self.client.write(&packet).await?;
            self.client.flush().await?;
            self.client.read(&mut packet).await?;
            self.backend.seq = self.client.seq.wrapping_sub(1);
            self.backend.write(&packet).await?;
            self.backend.flush().await?;
        }
    }

    pub(super) async fn change_user(&mut self, packet: &[u8]) -> Alive<()> {
        let mut rest = &packet[1..];
        take_until_nul(&mut rest);
        let length = rest.first().map_or(0, |n| usize::from(*n));
        rest = rest.get(1 + length..).unwrap_or_default();
        let database = take_until_nul(&mut rest).unwrap_or_default();
        self.backend.command(packet).await?;
        self.vars = Vars::new(&self.shared);
        self.temporary.clear();
        self.statements.clear();
        if self.authenticate().await? {
            self.database = database;
            Ok(())
        } else {
            Err(Ended)
        }
    }
}
