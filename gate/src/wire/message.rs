//! What stands in the packets.

use std::ops::BitOr;

use crate::refusal::Refusal;

pub(crate) mod capability {
    pub(crate) const CLIENT_MYSQL: u32 = 1;
    pub(crate) const CONNECT_WITH_DB: u32 = 1 << 3;
    pub(crate) const COMPRESS: u32 = 1 << 5;
    pub(crate) const PROTOCOL_41: u32 = 1 << 9;
    pub(crate) const SSL: u32 = 1 << 11;
    pub(crate) const SECURE_CONNECTION: u32 = 1 << 15;
    pub(crate) const PLUGIN_AUTH_LENENC: u32 = 1 << 21;
    pub(crate) const SESSION_TRACK: u32 = 1 << 23;
    pub(crate) const MULTI_STATEMENTS: u32 = 1 << 16;
    pub(crate) const DEPRECATE_EOF: u32 = 1 << 24;
    /// Metadata left out, compression by zstd, query attributes: none of them is offered.
    pub(crate) const LATER: u32 = 0xfe00_0000;
}

/// Status flags in OK and EOF packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Status(pub(crate) u16);

impl Status {
    pub(crate) const AUTOCOMMIT: Self = Self(2);
    pub(crate) const MORE_RESULTS: Self = Self(8);
    pub(crate) const CURSOR_EXISTS: Self = Self(0x40);
    pub(crate) const NO_BACKSLASH_ESCAPES: Self = Self(0x200);
    pub(crate) const IN_TRANSACTION: Self = Self(1);

    pub(crate) fn clear(&mut self, other: Self) {
        self.0 &= !other.0;
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Status {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Rewrites the backend's greeting: another version, and no capability that the proxy does not
/// follow (TLS, compression, session tracking, MariaDB's own).
pub(crate) fn greeting(backend: &[u8], version: &str) -> Option<Vec<u8>> {
    let (&protocol, rest) = backend.split_first()?;
    let end = rest.iter().position(|b| *b == 0)?;
    let mut tail = rest[end + 1..].to_vec();
    // connection id 4, salt 8, filler 1, capabilities 2, charset 1, status 2, capabilities 2,
    // length of salt 1, reserved 10
    if protocol != 10 || tail.len() < 31 {
        return None;
    }
    let offered = u32::from_le_bytes([tail[13], tail[14], tail[18], tail[19]]);
    let hidden =
        capability::SSL | capability::COMPRESS | capability::SESSION_TRACK | capability::LATER;
    let offered = ((offered & !hidden) | capability::CLIENT_MYSQL).to_le_bytes();
    tail[13..15].copy_from_slice(&offered[..2]);
    tail[18..20].copy_from_slice(&offered[2..]);
    tail[21..31].fill(0);
    let mut payload = vec![protocol];
    payload.extend_from_slice(version.as_bytes());
    payload.push(0);
    payload.extend_from_slice(&tail);
    Some(payload)
}

/// An OK packet, or the OK that ends rows.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OkPacket {
    pub(crate) status: Status,
}

/// Takes a length-encoded integer off the front.
pub(crate) fn take_int(bytes: &mut &[u8]) -> Option<u64> {
    let (&first, rest) = bytes.split_first()?;
    let width = match first {
        0..=0xfa => {
            *bytes = rest;
            return Some(u64::from(first));
        }
        0xfc => 2,
        0xfd => 3,
        0xfe => 8,
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(width)?;
    *bytes = rest;
    let mut whole = [0; 8];
    whole[..width].copy_from_slice(value);
    Some(u64::from_le_bytes(whole))
}

/// Takes a length-encoded string off the front.
pub(crate) fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(take_int(bytes)?).ok()?;
    let (value, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(value)
}

pub(crate) fn parse_ok(payload: &[u8]) -> OkPacket {
    let parse = || {
        let mut rest = payload.get(1..)?;
        take_int(&mut rest)?;
        take_int(&mut rest)?;
        let status = u16::from_le_bytes(rest.get(..2)?.try_into().ok()?);
        Some(OkPacket {
            status: Status(status),
        })
    };
    parse().unwrap_or_default()
}

/// Number and message of an ERR packet.
pub(crate) fn parse_error(payload: &[u8]) -> (u16, String) {
    let code = match payload {
        [_, low, high, ..] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    };
    let text = payload.get(3..).unwrap_or_default();
    let text = if text.first() == Some(&b'#') {
        text.get(6..).unwrap_or_default()
    } else {
        text
    };
    (code, String::from_utf8_lossy(text).into_owned())
}

/// Whether a packet among rows ends them, and with what status.
pub(crate) fn end_of_rows(payload: &[u8], deprecate_eof: bool) -> Option<Status> {
    if payload.first() != Some(&0xfe) {
        return None;
    }
    if deprecate_eof {
        return (payload.len() < 0xff_ffff).then(|| parse_ok(payload).status);
    }
    match payload {
        [_, _, _, low, high] => Some(Status(u16::from_le_bytes([*low, *high]))),
        _ if payload.len() < 9 => Some(Status::default()),
        _ => None,
    }
}

/// The column of a table that a column definition names, and where its type stands.
#[derive(Debug)]
pub(crate) struct ColumnHead<'a> {
    pub(crate) schema: &'a [u8],
    pub(crate) table: &'a [u8],
    pub(crate) column: &'a [u8],
    pub(crate) charset: u16,
    pub(crate) ty: u8,
    pub(crate) flags: u16,
    pub(crate) ty_at: usize,
}

pub(crate) fn column_head(packet: &[u8]) -> Option<ColumnHead<'_>> {
    let mut rest = packet;
    take_bytes(&mut rest)?;
    let schema = take_bytes(&mut rest)?;
    take_bytes(&mut rest)?;
    let table = take_bytes(&mut rest)?;
    take_bytes(&mut rest)?;
    let column = take_bytes(&mut rest)?;
    let [_, c0, c1, _, _, _, _, ty, f0, f1, ..] = *rest else {
        return None;
    };
    Some(ColumnHead {
        schema,
        table,
        column,
        charset: u16::from_le_bytes([c0, c1]),
        ty,
        flags: u16::from_le_bytes([f0, f1]),
        ty_at: packet.len() - rest.len() + 7,
    })
}

/// Sets flags in an OK or EOF packet.
pub(crate) fn patch_status(payload: &mut [u8], deprecate_eof: bool, set: Status) {
    let at = if payload.first() == Some(&0xfe) && !deprecate_eof {
        3
    } else {
        let mut rest = payload.get(1..).unwrap_or_default();
        if take_int(&mut rest)
            .and_then(|_| take_int(&mut rest))
            .is_none()
        {
            return;
        }
        payload.len() - rest.len()
    };
    if let Some([low, high]) = payload.get_mut(at..at + 2) {
        *low |= set.0.to_le_bytes()[0];
        *high |= set.0.to_le_bytes()[1];
    }
}

/// An OK packet with another count of rows.
pub(crate) fn with_affected(packet: &[u8], affected: u64) -> Vec<u8> {
    let mut rest = packet.get(1..).unwrap_or_default();
    if take_int(&mut rest).is_none() {
        return packet.to_vec();
    }
    let mut out = vec![0];
    put_int(&mut out, affected);
    out.extend_from_slice(rest);
    out
}

pub(crate) fn ok_packet(status: Status, warnings: u16) -> Vec<u8> {
    let mut out = vec![0, 0, 0];
    out.extend_from_slice(&status.0.to_le_bytes());
    out.extend_from_slice(&warnings.to_le_bytes());
    out
}

pub(crate) fn error_packet(refusal: &Refusal) -> Vec<u8> {
    let mut out = vec![0xff];
    out.extend_from_slice(&refusal.code.to_le_bytes());
    out.push(b'#');
    out.extend_from_slice(refusal.state.as_bytes());
    out.extend_from_slice(refusal.message.as_bytes());
    out
}

fn put_int(out: &mut Vec<u8>, n: u64) {
    let bytes = n.to_le_bytes();
    match n {
        0..=0xfa => out.push(bytes[0]),
        0xfb..=0xffff => {
            out.push(0xfc);
            out.extend_from_slice(&bytes[..2]);
        }
        0x1_0000..=0xff_ffff => {
            out.push(0xfd);
            out.extend_from_slice(&bytes[..3]);
        }
        _ => {
            out.push(0xfe);
            out.extend_from_slice(&bytes);
        }
    }
}

fn put_lenenc_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_int(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// The packets of a result set of text columns.
pub(crate) fn result_set(
    columns: &[&str],
    rows: &[Vec<Option<String>>],
    deprecate_eof: bool,
    status: Status,
) -> Vec<Vec<u8>> {
    let eof = |ends: bool| {
        if deprecate_eof {
            let mut ok = ok_packet(status, 0);
            ok[0] = 0xfe;
            ends.then_some(ok)
        } else {
            let [low, high] = status.0.to_le_bytes();
            Some(vec![0xfe, 0, 0, low, high])
        }
    };
    let mut out = vec![vec![columns.len() as u8]];
    for column in columns {
        let mut def = Vec::new();
        for text in ["def", "", "", "", column, ""] {
            put_lenenc_bytes(&mut def, text.as_bytes());
        }
        def.push(0x0c);
        def.extend_from_slice(&45u16.to_le_bytes()); // utf8mb4_general_ci
        def.extend_from_slice(&0xffffu32.to_le_bytes());
        def.extend_from_slice(&[0xfd, 0, 0, 0, 0, 0]); // VAR_STRING
        out.push(def);
    }
    out.extend(eof(false));
    for row in rows {
        let mut packet = Vec::new();
        for value in row {
            match value {
                None => packet.push(0xfb),
                Some(text) => put_lenenc_bytes(&mut packet, text.as_bytes()),
            }
        }
        out.push(packet);
    }
    out.extend(eof(true));
    out
}

/// The values of a row in the text protocol.
pub(crate) fn row_values(mut row: &[u8]) -> Vec<Option<String>> {
    let mut out = Vec::new();
    while let Some(first) = row.first() {
        if *first == 0xfb {
            row = &row[1..];
            out.push(None);
            continue;
        }
        let Some(value) = take_bytes(&mut row) else {
            break;
        };
        out.push(Some(String::from_utf8_lossy(value).into_owned()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_come_back() {
        for n in [
            0,
            250,
            251,
            0xffff,
            0x1_0000,
            0xff_ffff,
            0x100_0000,
            u64::MAX,
        ] {
            let mut out = Vec::new();
            put_int(&mut out, n);
            let mut rest = &out[..];
            assert_eq!((take_int(&mut rest), rest), (Some(n), &[][..]));
        }
    }

    #[test]
    fn broken_packets_are_no_panic() {
        for packet in [
            &[][..],
            &[0],
            &[0, 0xfc, 1],
            &[0xff],
            &[0xfe, 1],
            &[0xfe, 0, 0, 2],
        ] {
            parse_ok(packet);
            parse_error(packet);
            end_of_rows(packet, true);
            end_of_rows(packet, false);
            column_head(packet);
            with_affected(packet, 3);
            patch_status(&mut packet.to_vec(), true, Status::MORE_RESULTS);
            assert!(greeting(packet, "5.7.32").is_none());
            row_values(packet);
        }
    }
}
