//! Functions of texts that SQLite lacks.

use md5::Md5;
use rusqlite::functions::{Aggregate, Context};
use rusqlite::{Connection, Result};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::functions::{PURE, text, user};

/// Characters of a text that a function makes at most, as a server's `max_allowed_packet` would say.
const MOST: usize = 16 << 20;

/// Registers the functions.
pub(super) fn register(conn: &Connection) -> Result<()> {
    conn.create_scalar_function("orm_right", 2, PURE, |ctx| {
        let n: usize = ctx.get::<u32>(1)? as usize;
        Ok(text(ctx.get_raw(0))?.map(|t| {
            let skip = t.chars().count().saturating_sub(n);
            t.chars().skip(skip).collect::<String>()
        }))
    })?;
    // SQLite's own begins one character before the text where it is told 0, servers find nothing there.
    conn.create_scalar_function("orm_substr", 3, PURE, |ctx| {
        let (from, n): (u32, u32) = (ctx.get(1)?, ctx.get(2)?);
        let Some(t) = text(ctx.get_raw(0))? else {
            return Ok(None);
        };
        let Some(skip) = from.checked_sub(1) else {
            return Ok(Some(String::new()));
        };
        let part = t.chars().skip(skip as usize).take(n as usize);
        Ok(Some(part.collect()))
    })?;
    conn.create_scalar_function("orm_reverse", 1, PURE, |ctx| {
        Ok(text(ctx.get_raw(0))?.map(|t| t.chars().rev().collect::<String>()))
    })?;
    conn.create_scalar_function("orm_repeat", 2, PURE, |ctx| {
        let n: usize = ctx.get::<u32>(1)? as usize;
        Ok(text(ctx.get_raw(0))?
            .filter(|t| t.len().saturating_mul(n) <= MOST)
            .map(|t| t.repeat(n)))
    })?;
    conn.create_scalar_function("orm_pad_start", 3, PURE, |ctx| pad(ctx, true))?;
    conn.create_scalar_function("orm_pad_end", 3, PURE, |ctx| pad(ctx, false))?;
    conn.create_scalar_function("orm_sha2", 2, PURE, |ctx| {
        let bits: u16 = ctx.get(1)?;
        Ok(text(ctx.get_raw(0))?.map(|t| match bits {
            384 => hex(&Sha384::digest(t.as_bytes())),
            512 => hex(&Sha512::digest(t.as_bytes())),
            _ => hex(&Sha256::digest(t.as_bytes())),
        }))
    })?;
    conn.create_scalar_function("orm_md5", 1, PURE, |ctx| {
        Ok(text(ctx.get_raw(0))?.map(|t| hex(&Md5::digest(t.as_bytes()))))
    })?;
    conn.create_scalar_function("orm_sha1", 1, PURE, |ctx| {
        Ok(text(ctx.get_raw(0))?.map(|t| hex(&Sha1::digest(t.as_bytes()))))
    })?;
    conn.create_aggregate_function("orm_texts", 1, PURE, Texts)?;
    conn.create_scalar_function("orm_join", 2, PURE, |ctx| {
        let (Some(texts), Some(separator)) = (text(ctx.get_raw(0))?, text(ctx.get_raw(1))?) else {
            return Ok(None);
        };
        let parts = split(&texts).ok_or_else(|| user("the texts are no list".to_owned()))?;
        Ok(Some(parts.join(&separator)))
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Text, length, filling: cut or filled to the length; NULL where there is nothing to fill with.
fn pad(ctx: &Context<'_>, start: bool) -> Result<Option<String>> {
    let n = ctx.get::<u32>(1)? as usize;
    let (Some(t), Some(fill)) = (text(ctx.get_raw(0))?, text(ctx.get_raw(2))?) else {
        return Ok(None);
    };
    let has = t.chars().count();
    if has >= n {
        return Ok(Some(t.chars().take(n).collect()));
    }
    if fill.is_empty() || n > MOST {
        return Ok(None);
    }
    let filling: String = fill.chars().cycle().take(n - has).collect();
    Ok(Some(if start {
        filling + &t
    } else {
        t.into_owned() + &filling
    }))
}

/// The texts of a group as `5:first6:second`, so that any text can stand in it.
struct Texts;

impl Aggregate<Option<String>, Option<String>> for Texts {
    fn init(&self, _: &mut Context<'_>) -> Result<Option<String>> {
        Ok(None)
    }

    fn step(&self, ctx: &mut Context<'_>, list: &mut Option<String>) -> Result<()> {
        if let Some(t) = text(ctx.get_raw(0))? {
            let list = list.get_or_insert_default();
            list.push_str(&format!("{}:{t}", t.len()));
        }
        Ok(())
    }

    fn finalize(
        &self,
        _: &mut Context<'_>,
        list: Option<Option<String>>,
    ) -> Result<Option<String>> {
        Ok(list.flatten())
    }
}

fn split(mut list: &str) -> Option<Vec<&str>> {
    let mut out = Vec::new();
    while !list.is_empty() {
        let (length, rest) = list.split_once(':')?;
        let length: usize = length.parse().ok()?;
        out.push(rest.get(..length)?);
        list = &rest[length..];
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn lists_hold_any_text() {
        assert_eq!(split("2:a:0:3:1:b"), Some(vec!["a:", "", "1:b"]));
        assert_eq!(split(""), Some(vec![]));
        for bad in ["2:a", "x:a", "1", "1:é"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }
}
