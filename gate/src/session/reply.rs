//! Following the backend's answers: passing them on, holding rows back to shuffle them, and asking
//! on the gate's own behalf.

use super::{Alive, Ended, Session};
use crate::catalog::type_head;
use crate::refusal::Refusal;
use crate::wire::{
    Status, column_head, command, end_of_rows, error_packet, parse_error, parse_ok, patch_status,
    row_values, take_int, with_affected,
};

/// Rows are held back to be shuffled up to this many, and this many bytes.
const HELD_ROWS: usize = 8_192;
const HELD_BYTES: usize = 4 << 20;

/// Rows of text.
pub(crate) type Rows = Vec<Vec<Option<String>>>;

/// How a statement ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) ok: bool,
    /// The error's number where it failed.
    pub(super) error: u16,
}

impl Outcome {
    const OK: Self = Self { ok: true, error: 0 };

    fn failed(error: u16) -> Self {
        Self { ok: false, error }
    }
}

/// How an answer is passed on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Passing {
    pub(super) shuffle: bool,
    /// Another answer follows it.
    pub(super) more: bool,
    /// The count of rows that it gives.
    pub(super) affected: Option<u64>,
}

impl Session {
    pub(super) async fn pass_on(&mut self, packet: &[u8]) -> Alive<()> {
        if !self.mute {
            self.client.write(packet).await?;
        }
        Ok(())
    }

    /// Sends a statement and passes its answers on. `set` goes along in front of it.
    pub(super) async fn send(
        &mut self,
        set: Option<&str>,
        text: &str,
        passing: Passing,
    ) -> Alive<Outcome> {
        if let Some(set) = set {
            self.ask_later(set).await?;
        }
        let mut packet = Vec::with_capacity(text.len() + 1);
        packet.push(command::QUERY);
        encode(text, &mut packet);
        self.backend.command(&packet).await?;
        // A setting that fails is a session that is being killed.
        if set.is_some() && !self.unseen().await? {
            return Err(Ended);
        }
        self.relay(passing).await
    }

    /// Passes the answers to a query or an execution on.
    pub(super) async fn relay(&mut self, passing: Passing) -> Alive<Outcome> {
        loop {
            let (outcome, more) = self.relay_one(passing).await?;
            if !more {
                return Ok(outcome);
            }
        }
    }

    /// Passes one answer on; whether the backend has another.
    pub(super) async fn relay_one(&mut self, passing: Passing) -> Alive<(Outcome, bool)> {
        let mut packet = Vec::new();
        loop {
            self.backend.read(&mut packet).await?;
            match packet.first() {
                Some(0x00) => {
                    let ok = parse_ok(&packet);
                    self.set_status(ok.status);
                    let more = ok.status.has(Status::MORE_RESULTS);
                    if passing.more {
                        patch_status(&mut packet, self.deprecate_eof, Status::MORE_RESULTS);
                    }
                    if let Some(affected) = passing.affected {
                        packet = with_affected(&packet, affected);
                    }
                    self.pass_on(&packet).await?;
                    return Ok((Outcome::OK, more));
                }
                Some(0xff) => {
                    let (error, packet) = own_error(&packet, self.shared.options.leaf_errors);
                    self.pass_on(&packet).await?;
                    return Ok((Outcome::failed(error), false));
                }
                Some(0xfb) => self.relay_file(&packet).await?,
                _ => {
                    self.pass_on(&packet).await?;
                    let status = self.relay_result(&packet, passing).await?;
                    let Some(status) = status else {
                        return Ok((Outcome::failed(self.row_error), false));
                    };
                    return Ok((Outcome::OK, status.has(Status::MORE_RESULTS)));
                }
            }
        }
    }

    fn set_status(&mut self, status: Status) {
        self.status = status;
        self.mode.no_backslash_escapes = status.has(Status::NO_BACKSLASH_ESCAPES);
    }

    /// LOAD DATA LOCAL INFILE: the client sends the file, an empty packet ends it.
    async fn relay_file(&mut self, request: &[u8]) -> Alive<()> {
        self.client.write(request).await?;
        self.client.flush().await?;
        let mut packet = Vec::new();
        loop {
            self.client.read(&mut packet).await?;
            self.backend.seq = self.client.seq.wrapping_sub(1);
            self.backend.write(&packet).await?;
            if packet.is_empty() {
                return Ok(self.backend.flush().await?);
            }
        }
    }

    /// Columns and rows; `None` where an error ended them.
    async fn relay_result(&mut self, head: &[u8], passing: Passing) -> Alive<Option<Status>> {
        let mut rest = head;
        let columns = take_int(&mut rest).ok_or(Ended)?;
        let mut packet = Vec::new();
        for _ in 0..columns {
            self.backend.read(&mut packet).await?;
            self.retype(&mut packet);
            self.pass_on(&packet).await?;
        }
        if !self.deprecate_eof {
            self.backend.read(&mut packet).await?;
            self.pass_on(&packet).await?;
            let status = end_of_rows(&packet, false).unwrap_or_default();
            if status.has(Status::CURSOR_EXISTS) {
                return Ok(Some(status));
            }
        }
        if passing.shuffle {
            self.shuffled_rows(passing.more).await
        } else {
            self.relay_rows(passing.more).await
        }
    }

    /// A column's type on the wire where SingleStore's differs: JSON is 245, ENUM and SET are 253.
    fn retype(&self, packet: &mut [u8]) {
        const BLOB: u8 = 252;
        const JSON: u8 = 245;
        const VAR_STRING: u8 = 253;
        const ENUM_OR_SET: u16 = 0x100 | 0x800;
        const BINARY: u16 = 63;
        let Some(head) = column_head(packet) else {
            return;
        };
        let at = head.ty_at;
        if head.flags & ENUM_OR_SET != 0 {
            packet[at] = VAR_STRING;
        } else if head.ty == BLOB && head.charset != BINARY && !head.table.is_empty() {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let (schema, table) = (text(head.schema), text(head.table));
            let column = text(head.column);
            let known = self.shared.catalog.get(&schema, &table).flatten();
            let is_json = known.is_some_and(|t| {
                t.column(&column)
                    .is_some_and(|c| type_head(&c.ty) == "JSON")
            });
            if is_json {
                packet[at] = JSON;
            }
        }
    }

    /// Packets up to and with the one that ends the rows.
    pub(super) async fn relay_rows(&mut self, more: bool) -> Alive<Option<Status>> {
        let mut packet = Vec::new();
        loop {
            self.backend.read(&mut packet).await?;
            if let Some(end) = self.row_end(&mut packet, more) {
                let end = self.overrun(end, &mut packet).await?;
                self.pass_on(&packet).await?;
                return Ok(end);
            }
            self.pass_on(&packet).await?;
        }
    }

    /// Ends rows with an error where the recursive query that they come of was cut: MariaDB only warns.
    async fn overrun(
        &mut self,
        end: Option<Status>,
        packet: &mut Vec<u8>,
    ) -> Alive<Option<Status>> {
        const CUT: &str = "1931";
        if !self.recursive || end.is_none() {
            return Ok(end);
        }
        let warnings = self.ask("SHOW WARNINGS").await?.unwrap_or_default();
        let mut codes = warnings.iter().filter_map(|row| row.get(1)?.as_deref());
        if !codes.any(|code| code == CUT) {
            return Ok(end);
        }
        self.row_error = 2741;
        *packet = error_packet(&Refusal::new(
            2741,
            "Recursive CTE iteration limit reached: max_recursive_cte_iterations",
        ));
        Ok(None)
    }

    /// Whether a packet ends the rows: with an error, or with a status.
    fn row_end(&mut self, packet: &mut [u8], more: bool) -> Option<Option<Status>> {
        if packet.first() == Some(&0xff) {
            self.row_error = parse_error(packet).0;
            return Some(None);
        }
        let status = end_of_rows(packet, self.deprecate_eof)?;
        self.set_status(status);
        if more {
            patch_status(packet, self.deprecate_eof, Status::MORE_RESULTS);
        }
        Some(Some(status))
    }

    async fn shuffled_rows(&mut self, more: bool) -> Alive<Option<Status>> {
        let mut held: Vec<Vec<u8>> = Vec::new();
        let mut bytes = 0;
        loop {
            let mut packet = Vec::new();
            self.backend.read(&mut packet).await?;
            let end = self.row_end(&mut packet, more);
            if end.is_some() || held.len() >= HELD_ROWS || bytes >= HELD_BYTES {
                self.random.shuffle(&mut held);
                for row in held.drain(..) {
                    if !self.mute {
                        self.client.write(&row).await?;
                    }
                }
                bytes = 0;
            }
            if let Some(end) = end {
                let end = self.overrun(end, &mut packet).await?;
                self.pass_on(&packet).await?;
                return Ok(end);
            }
            bytes += packet.len();
            held.push(packet);
        }
    }

    /// Asks the backend on the gate's own behalf: the rows, or number and text of an error.
    pub(crate) async fn ask(&mut self, text: &str) -> Alive<Result<Rows, (u16, String)>> {
        let mut packet = vec![command::QUERY];
        encode(text, &mut packet);
        self.backend.command(&packet).await?;
        self.answer().await
    }

    /// Reads one answer that the client does not see.
    pub(super) async fn answer(&mut self) -> Alive<Result<Rows, (u16, String)>> {
        let mut packet = Vec::new();
        self.backend.read(&mut packet).await?;
        match packet.first() {
            Some(0x00) => {
                self.set_status(parse_ok(&packet).status);
                return Ok(Ok(Vec::new()));
            }
            Some(0xff) => return Ok(Err(parse_error(&packet))),
            _ => {}
        }
        let columns = take_int(&mut &packet[..]).ok_or(Ended)?;
        let heads = columns + u64::from(!self.deprecate_eof);
        for _ in 0..heads {
            self.backend.read(&mut packet).await?;
        }
        let mut rows = Vec::new();
        loop {
            self.backend.read(&mut packet).await?;
            if packet.first() == Some(&0xff) {
                return Ok(Err(parse_error(&packet)));
            }
            if end_of_rows(&packet, self.deprecate_eof).is_some() {
                return Ok(Ok(rows));
            }
            rows.push(row_values(&packet));
        }
    }

    /// Sends a command that is answered with OK or an error, and passes that on.
    pub(super) async fn pass_simple(&mut self, packet: &[u8]) -> Alive<bool> {
        self.backend.command(packet).await?;
        let outcome = self.relay(Passing::default()).await?;
        Ok(outcome.ok)
    }

    /// Sends a command that is answered with one packet, whatever it is.
    pub(super) async fn pass_one(&mut self, packet: &[u8]) -> Alive<()> {
        self.backend.command(packet).await?;
        let mut answer = Vec::new();
        self.backend.read(&mut answer).await?;
        self.pass_on(&answer).await
    }

    /// Sends a command; only an error is passed on.
    pub(super) async fn pass_muted(&mut self, packet: &[u8]) -> Alive<bool> {
        self.backend.command(packet).await?;
        let mut answer = Vec::new();
        self.backend.read(&mut answer).await?;
        let ok = answer.first() != Some(&0xff);
        if !ok {
            self.pass_on(&answer).await?;
        }
        Ok(ok)
    }
}

/// Errors of execution, which leaves raise: a value, a lock.
const OF_LEAVES: &[u16] = &[
    1048, 1062, 1205, 1242, 1264, 1265, 1292, 1364, 1366, 1406, 1690,
];

/// An error of the backend's as SingleStore would word it, with its number.
fn own_error(packet: &[u8], leaf: bool) -> (u16, Vec<u8>) {
    let (code, mut text) = parse_error(packet);
    // The check of a JSON column; there are no others.
    if code == 4025 {
        let refusal = Refusal::new(1366, format!("Invalid JSON value: {text}"));
        return (1366, error_packet(&refusal));
    }
    let of_leaf = leaf && OF_LEAVES.contains(&code);
    if !of_leaf && !text.contains("MariaDB") {
        return (code, packet.to_vec());
    }
    let head = packet.len().saturating_sub(text.len());
    let mut out = packet[..head].to_vec();
    text = text.replace("MariaDB", "MySQL");
    if of_leaf {
        text.insert_str(0, "Leaf Error (127.0.0.1:3307): ");
    }
    out.extend_from_slice(text.as_bytes());
    (code, out)
}

/// Bytes that are not UTF-8 are carried through the text as characters of a private plane, and so are
/// the bytes of these characters themselves.
const PRIVATE: u32 = 0x10_F000;
/// The first byte of that plane's characters.
const PRIVATE_LEAD: u8 = 0xf4;

fn is_private(c: char) -> bool {
    (PRIVATE..PRIVATE + 256).contains(&u32::from(c))
}

/// Text of bytes, each byte that is not UTF-8 as a private character.
pub(super) fn decode(bytes: &[u8]) -> String {
    if !bytes.contains(&PRIVATE_LEAD)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return text.to_owned();
    }
    let private = |b: &u8| char::from_u32(PRIVATE + u32::from(*b));
    let mut out = String::with_capacity(bytes.len());
    let mut buffer = [0; 4];
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_private(c) {
                let bytes = c.encode_utf8(&mut buffer).as_bytes();
                out.extend(bytes.iter().filter_map(private));
            } else {
                out.push(c);
            }
        }
        out.extend(chunk.invalid().iter().filter_map(private));
    }
    out
}

/// The bytes of [`decode`]d text.
pub(super) fn encode(text: &str, out: &mut Vec<u8>) {
    if !text.as_bytes().contains(&PRIVATE_LEAD) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let mut buffer = [0; 4];
    for c in text.chars() {
        if is_private(c) {
            out.push((u32::from(c) - PRIVATE) as u8);
        } else {
            out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_text_come_through() {
        let bytes = b"SELECT _binary'\xff\x00\xc3' , '\xc3\xa4'";
        let mut out = Vec::new();
        encode(&decode(bytes), &mut out);
        assert_eq!(out, bytes);
    }

    #[test]
    fn characters_that_stand_for_bytes_come_through() {
        let text = "'\u{10EFFF}''\u{10F000}\u{10F05C}\u{10F027}\u{10F0FF}\u{10F100}\u{10FFFF}'";
        let mut out = Vec::new();
        encode(&decode(text.as_bytes()), &mut out);
        assert_eq!(out, text.as_bytes());
    }
}
