//! AUTO_INCREMENT as a cluster hands it out: each aggregator from a range of its own, in strides.
//!
//! The ranges come from a counter in the backend, so that several gates share them; explicit ids do
//! not move it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};

use crate::catalog::SCHEMA;
use crate::random::Random;

/// Ids of one range.
const RANGE: u64 = 1_000;
/// Ranges that are open at once for a table, as if there were so many aggregators.
const AGGREGATORS: usize = 3;
/// Room for an INSERT … SELECT, whose number of rows is not known.
const UNKNOWN: u64 = 1 << 22;

#[derive(Debug)]
pub(crate) struct Ids {
    opts: Opts,
    open: Mutex<HashMap<String, Vec<Range<u64>>>>,
    conn: tokio::sync::Mutex<Option<Conn>>,
    contiguous: bool,
}

/// Where the rows of one INSERT get their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) first: u64,
    pub(crate) stride: u64,
}

impl Ids {
    pub(crate) fn new(opts: Opts, contiguous: bool) -> Self {
        Self {
            opts,
            open: Mutex::default(),
            conn: tokio::sync::Mutex::new(None),
            contiguous,
        }
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<Range<u64>>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ids for an INSERT of so many rows, `None` where their number is not known.
    pub(crate) async fn grant(
        &self,
        uid: &str,
        rows: Option<u64>,
        random: &mut Random,
    ) -> mysql_async::Result<Grant> {
        // The gap in front makes single rows skip ids, the stride makes those of one statement.
        let gap = 1 + random.below(3);
        let stride = if self.contiguous {
            1
        } else {
            2 + random.below(4)
        };
        let room = match rows {
            Some(rows) => gap + rows * stride,
            None => UNKNOWN,
        };
        if room <= RANGE
            && let Some(first) = self.take(uid, gap, room, random)
        {
            return Ok(Grant { first, stride });
        }
        let range = self.reserve(uid, room.max(RANGE)).await?;
        let first = range.start + gap;
        if room <= RANGE {
            let mut open = self.open();
            let ranges = open.entry(uid.to_owned()).or_default();
            ranges.push(range.start + room..range.end);
            if ranges.len() > AGGREGATORS {
                // The emptiest is given up with what is left of it: a gap.
                ranges.sort_by_key(|r| r.end - r.start);
                ranges.remove(0);
            }
        }
        Ok(Grant { first, stride })
    }

    /// From one of the open ranges; `None` while fewer are open than there are aggregators.
    fn take(&self, uid: &str, gap: u64, room: u64, random: &mut Random) -> Option<u64> {
        let mut open = self.open();
        let ranges = open.get_mut(uid).filter(|r| r.len() >= AGGREGATORS)?;
        let at = random.below(ranges.len() as u64) as usize;
        let range = &mut ranges[at];
        if range.end - range.start < room {
            return None;
        }
        let first = range.start + gap;
        range.start += room;
        Some(first)
    }

    /// Moves the table's counter and gives what lay in between.
    async fn reserve(&self, uid: &str, room: u64) -> mysql_async::Result<Range<u64>> {
        let mut conn = self.conn.lock().await;
        let result = reserve(&mut conn, &self.opts, uid, room).await;
        if result.is_err() {
            *conn = None;
        }
        result
    }

    /// AGGREGATOR SYNC AUTO_INCREMENT: the next ids lie above `highest`.
    pub(crate) async fn sync(&self, uid: &str, highest: u64) -> mysql_async::Result<()> {
        let mut slot = self.conn.lock().await;
        let conn = connected(&mut slot, &self.opts).await?;
        let sql = format!(
            "INSERT INTO {SCHEMA}.counters (uid, next) VALUES (?, ?) \
             ON DUPLICATE KEY UPDATE next = GREATEST(next, VALUES(next))"
        );
        let result = conn.exec_drop(sql, (uid, highest + 1)).await;
        if result.is_err() {
            *slot = None;
        }
        self.open().remove(uid);
        result
    }
}

async fn connected<'a>(
    slot: &'a mut Option<Conn>,
    opts: &Opts,
) -> mysql_async::Result<&'a mut Conn> {
    match slot {
        Some(conn) => Ok(conn),
        None => Ok(slot.insert(Conn::new(opts.clone()).await?)),
    }
}

async fn reserve(
    slot: &mut Option<Conn>,
    opts: &Opts,
    uid: &str,
    room: u64,
) -> mysql_async::Result<Range<u64>> {
    let conn = connected(slot, opts).await?;
    let sql = format!(
        "INSERT INTO {SCHEMA}.counters (uid, next) VALUES (?, LAST_INSERT_ID(1) + ?) \
         ON DUPLICATE KEY UPDATE next = LAST_INSERT_ID(next) + ?"
    );
    conn.exec_drop(sql, (uid, room, room)).await?;
    let start: Option<u64> = conn.query_first("SELECT LAST_INSERT_ID()").await?;
    let start = start.unwrap_or(1);
    Ok(start..start + room)
}
