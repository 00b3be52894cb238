//! The one place that every statement passes: counted, timed, traced, recorded.

use std::collections::HashSet;
use std::future::Future;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use super::pool::lock;
use super::{DbError, DbErrorKind, Executed};
use crate::dialect::{Sql, Text};
use crate::value::RowSink;

/// Shapes beyond this are not told apart, so that memory stays bounded.
const MAX_SHAPES: usize = 65_536;

/// Counters of one database handle and all its clones.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    statements: AtomicU64,
    shapes: Mutex<HashSet<u64>>,
    last_shape: AtomicU64,
    recorders: Mutex<Vec<Weak<Mutex<Vec<String>>>>>,
    recording: AtomicUsize,
}

/// The texts of statements since [`Db::record`](super::Db::record), without parameters.
#[derive(Debug)]
pub struct Recorder {
    texts: Arc<Mutex<Vec<String>>>,
    meter: Arc<Meter>,
}

impl Recorder {
    /// The statements so far, transaction control (`BEGIN`, `COMMIT`, …) left out.
    pub fn statements(&self) -> Vec<String> {
        lock(&self.texts)
            .iter()
            .filter(|t| !is_control(t))
            .cloned()
            .collect()
    }

    /// Everything that was sent so far, transaction control included.
    pub fn all(&self) -> Vec<String> {
        lock(&self.texts).clone()
    }

    /// How many statements there were, transaction control left out.
    pub fn count(&self) -> usize {
        lock(&self.texts).iter().filter(|t| !is_control(t)).count()
    }

    /// Forgets what was recorded so far.
    pub fn clear(&self) {
        lock(&self.texts).clear();
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.meter.recording.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The first word of a statement, comments and opening brackets skipped.
pub(crate) fn first_word(sql: &str) -> &str {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '(' || c == ';');
        let next = if rest.starts_with("--") || rest.starts_with('#') {
            rest.find('\n').map(|at| at + 1)
        } else if rest.starts_with("/*") {
            rest.find("*/").map(|at| at + 2)
        } else {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            return &rest[..end.unwrap_or(rest.len())];
        };
        match next {
            Some(at) => rest = &rest[at..],
            None => return "",
        }
    }
}

fn is_control(sql: &str) -> bool {
    // What nearly every statement begins with.
    if let Some(b"SELECT" | b"INSERT" | b"UPDATE" | b"DELETE") = sql.as_bytes().first_chunk::<6>() {
        return false;
    }
    let word = first_word(sql);
    [
        "begin",
        "start",
        "commit",
        "rollback",
        "savepoint",
        "release",
    ]
    .iter()
    .any(|w| word.eq_ignore_ascii_case(w))
}

/// How much a result holds, for the trace.
pub(crate) trait Size {
    fn rows(&self) -> u64;
}

impl Size for Box<dyn RowSink> {
    fn rows(&self) -> u64 {
        self.as_ref().len() as u64
    }
}

impl Size for Executed {
    fn rows(&self) -> u64 {
        self.rows_affected
    }
}

impl Size for Vec<Executed> {
    fn rows(&self) -> u64 {
        self.iter().map(|e| e.rows_affected).sum()
    }
}

impl Size for () {
    fn rows(&self) -> u64 {
        0
    }
}

/// Tells texts apart, quickly; two that are not would be counted as one shape.
fn digest(text: &str) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = text.len() as u64;
    for chunk in text.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
        hash ^= hash >> 29;
    }
    hash
}

/// Whether somebody reads the trace of statements.
pub(crate) fn is_traced() -> bool {
    tracing::enabled!(target: "orm::sql", tracing::Level::DEBUG)
}

impl Meter {
    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    pub(crate) fn shapes(&self) -> usize {
        lock(&self.shapes).len()
    }

    pub(crate) fn record(self: &Arc<Self>) -> Recorder {
        let texts = Arc::default();
        let mut recorders = lock(&self.recorders);
        recorders.retain(|r| r.strong_count() > 0);
        recorders.push(Arc::downgrade(&texts));
        self.recording.fetch_add(1, Ordering::Relaxed);
        Recorder {
            texts,
            meter: Arc::clone(self),
        }
    }

    /// Counts a statement that is about to be sent.
    pub(crate) fn note(&self, text: &str) {
        if !is_control(text) {
            self.statements.fetch_add(1, Ordering::Relaxed);
            let shape = digest(text);
            // The same statement again and again is the common case.
            if self.last_shape.swap(shape, Ordering::Relaxed) != shape {
                let mut shapes = lock(&self.shapes);
                if shapes.len() < MAX_SHAPES {
                    shapes.insert(shape);
                }
            }
        }
        if self.recording.load(Ordering::Relaxed) > 0 {
            for recorder in lock(&self.recorders).iter().filter_map(Weak::upgrade) {
                lock(&recorder).push(text.to_owned());
            }
        }
    }

    /// Counts statements that are about to be sent together, with a COMMIT behind them or without, and
    /// starts the clock of them all.
    pub(crate) fn start_all(&self, unit: &[Sql], commit: bool, limit: Option<Duration>) -> Watch {
        let commit = commit.then_some("COMMIT");
        let texts = || unit.iter().map(|s| &*s.text).chain(commit);
        texts().for_each(|text| self.note(text));
        let traced = is_traced();
        Watch {
            text: (traced || limit.is_some())
                .then(|| texts().collect::<Vec<_>>().join("; ").into()),
            limit,
            start: traced.then(Instant::now),
        }
    }

    /// Counts a statement that is about to be sent, and starts its clock.
    pub(crate) fn start(&self, text: &Text, limit: Option<Duration>) -> Watch {
        self.note(text);
        let traced = is_traced();
        Watch {
            text: (traced || limit.is_some()).then(|| text.clone()),
            limit,
            start: traced.then(Instant::now),
        }
    }
}

/// The clock of one statement.
#[derive(Debug)]
pub(crate) struct Watch {
    text: Option<Text>,
    limit: Option<Duration>,
    /// The clock is read only for those who want to know.
    start: Option<Instant>,
}

impl Watch {
    /// Waits for the statement, ends it when it takes too long, and traces it.
    pub(crate) async fn run<T: Size>(
        self,
        sent: impl Future<Output = Result<T, DbError>>,
    ) -> Result<T, DbError> {
        let result = match self.limit {
            None => sent.await,
            Some(limit) => match tokio::time::timeout(limit, sent).await {
                Ok(result) => result,
                Err(_) => Err(timed_out(limit, self.text.as_deref().unwrap_or_default())),
            },
        };
        self.finish(result.as_ref().map(Size::rows));
        result
    }

    /// Traces the end of the statement.
    pub(crate) fn finish(&self, rows: Result<u64, &DbError>) {
        if let (Some(start), Some(text)) = (self.start, &self.text) {
            trace(text, start.elapsed(), rows);
        }
    }
}

fn timed_out(limit: Duration, text: &str) -> DbError {
    let message = format!(
        "the statement was ended after {:.3} s, the statement_timeout",
        limit.as_secs_f64()
    );
    DbError::new(DbErrorKind::Timeout, message).with_statement(text)
}

fn trace(text: &str, elapsed: Duration, rows: Result<u64, &DbError>) {
    let micros = elapsed.as_micros() as u64;
    match rows {
        Ok(rows) => {
            tracing::debug!(target: "orm::sql", statement = text, rows, micros, "statement")
        }
        // Not the message: of a duplicate, a server's words hold the value.
        Err(error) => tracing::debug!(
            target: "orm::sql", statement = text, micros, error = ?error.kind, code = error.code, "statement failed"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_words() {
        for (sql, word) in [
            ("select 1", "select"),
            ("  -- x\n /* y */ (SELECT 1)", "SELECT"),
            ("COMMIT", "COMMIT"),
            ("/* open", ""),
            ("", ""),
        ] {
            assert_eq!(first_word(sql), word, "{sql}");
        }
    }
}
