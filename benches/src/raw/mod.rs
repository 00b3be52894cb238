//! The drivers by hand, as a careful program uses them.

mod mysql;
mod sqlite;

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};

pub(crate) use mysql::{RawMysql, create as create_mysql};
pub(crate) use sqlite::{RawSqlite, create as create_sqlite};

pub(crate) const COLUMNS: &str = "id, title, author_id, views, score, published, published_at";
pub(crate) const INSERT: &str =
    "INSERT INTO bench_article (title, author_id, views, score, published, published_at) VALUES ";
pub(crate) const JOIN: &str = "SELECT a.id, a.title, a.author_id, a.views, a.score, a.published, a.published_at, u.name \
     FROM bench_article a JOIN bench_author u ON u.id = a.author_id \
     WHERE u.country = ? AND a.views > ? ORDER BY a.published_at DESC, a.id LIMIT 50";
pub(crate) const GROUP: &str = "SELECT u.name, COUNT(*), AVG(a.views) \
     FROM bench_article a JOIN bench_author u ON u.id = a.author_id GROUP BY u.name ORDER BY u.name";

/// Reads `YYYY-MM-DD HH:MM:SS.ffffff` by position: what a program that cares for speed does.
pub(crate) fn parse_time(text: &[u8]) -> Result<DateTime<Utc>> {
    let number = |from: usize, to: usize| -> Option<u32> {
        text.get(from..to)?.iter().try_fold(0, |sum: u32, byte| {
            let digit = byte.checked_sub(b'0').filter(|d| *d < 10)?;
            Some(sum * 10 + u32::from(digit))
        })
    };
    let read = || {
        let date =
            NaiveDate::from_ymd_opt(number(0, 4)?.cast_signed(), number(5, 7)?, number(8, 10)?)?;
        let time = date.and_hms_micro_opt(
            number(11, 13)?,
            number(14, 16)?,
            number(17, 19)?,
            number(20, 26)?,
        )?;
        Some(time.and_utc())
    };
    read().with_context(|| format!("not a time: {}", String::from_utf8_lossy(text)))
}
