//! Rows that are moved part by part: copies of tables, and columns that are filled.
//!
//! Each part is noted before it is moved, in statements that need no transaction (reference tables
//! of SingleStore are refused in one). What was copied is summed up: in the copy itself, or, where
//! that says it in other types, in the source *before* its rows are taken. A change by others in
//! between makes the copy newer than its sum, which is seen later and only costs a second copy; a
//! sum of the source taken after would hide the change.

mod lookup;
mod pace;

use std::time::{Duration, Instant};

use pace::Pace;

use super::code::{Moved, Progress};
use crate::ast::{CopySource, Copying, KeyRange};
use crate::backend::{Connection, DbError, DbErrorKind, Executor as _};
use crate::migrate::lock::MigrationLock;
use crate::migrate::parts::{Part, Parts};
use crate::migrate::probe;
use crate::migrate::recorder::{plain, render_error};
use crate::migrate::{ColumnFill, TableCopy};
use crate::value::Value;

/// A copy that took longer than this is looked over before the source is renamed, so that little is
/// left to do while nobody can write.
const LONG: Duration = Duration::from_secs(10);
/// How often at most.
const LOOKS: usize = 4;
/// How often a part is copied again when others write to it all the time.
const ATTEMPTS: usize = 8;

/// Why moving rows stopped.
pub(super) enum Stop {
    Db(DbError),
    LockLost(DbError),
    /// Source and target differ, and copying again does not help.
    Unequal(String),
    /// Several rows have the same value.
    Duplicates {
        table: String,
        column: String,
        values: Vec<(String, u64)>,
    },
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

/// Moves the rows of one step.
pub(super) struct Mover<'a> {
    pub(super) db: &'a Connection,
    pub(super) lock: &'a MigrationLock,
    pub(super) parts: Parts<'a>,
    pub(super) progress: &'a dyn Progress,
    /// Rows of a part, where they do not follow from its time.
    pub(super) part_rows: Option<u64>,
    /// The step's number and how many there are.
    pub(super) step: (usize, usize),
}

impl Mover<'_> {
    /// Copies what is not copied yet.
    pub(super) async fn copy(&self, copy: &TableCopy) -> Result<(), Stop> {
        let started = Instant::now();
        let parts = self.parts.read().await?;
        if parts.is_empty() && probe::rows(self.db, &copy.to).await? > 0 {
            // Of a copy that another plan began.
            self.delete(&copy.to, KeyRange::default()).await?;
        }
        for part in parts.iter().filter(|p| !p.done) {
            self.copy_part(copy, part.clone(), true).await?;
        }
        self.copy_rest(copy, &parts).await?;
        for _ in 0..LOOKS {
            if started.elapsed() < LONG {
                break;
            }
            let parts = self.parts.read().await?;
            let again = self.copy_changed(copy, &parts).await?;
            self.copy_rest(copy, &parts).await?;
            if again.len() * 20 <= parts.len() {
                break;
            }
        }
        Ok(())
    }

    /// Copies what changed since it was copied, now that nobody can write, and compares.
    pub(super) async fn settle(&self, copy: &TableCopy) -> Result<(), Stop> {
        let parts = self.parts.read().await?;
        let again = self.copy_changed(copy, &parts).await?;
        let more = self.copy_rest(copy, &parts).await?;
        if !again.is_empty() || more > 0 {
            self.progress.note(&format!(
                "others wrote to {} while it was copied: {} of {} parts were copied again, and {more} added",
                copy.from,
                again.len(),
                parts.len()
            ));
            // Now that nobody writes, what is copied must be what is there.
            let changed = |p: &Part| again.contains(&p.number) || p.number >= parts.len() as i64;
            let mut now = self.parts.read().await?;
            now.retain(changed);
            let still = self.copy_changed(copy, &now).await?;
            if !still.is_empty() {
                return Err(Stop::Unequal(format!(
                    "parts {still:?} of {} and its copy {} differ, however often they are copied",
                    copy.from, copy.to
                )));
            }
        }
        let rows = probe::rows(self.db, &copy.from).await?;
        let copied = probe::rows(self.db, &copy.to).await?;
        if rows != copied {
            return Err(Stop::Unequal(format!(
                "{} has {rows} rows and its copy {} has {copied}",
                copy.from, copy.to
            )));
        }
        Ok(())
    }

    /// Fills a column.
    pub(super) async fn fill(&self, fill: &ColumnFill) -> Result<(), Stop> {
        let statement = |range| fill.statement(range);
        self.each_part(&fill.table, &fill.key, statement).await
    }

    /// Runs a statement for each part of a table, from the one that was begun last on.
    async fn each_part(
        &self,
        table: &str,
        key: &[String],
        statement: impl Fn(KeyRange) -> Copying + Sync,
    ) -> Result<(), Stop> {
        let parts = self.parts.read().await?;
        let mut walk = self.walk(table, key, &parts).await?;
        if let Some(open) = parts.last().filter(|p| !p.done) {
            let statement = statement(range(key, open));
            self.run_part(&statement, open, true).await?;
        }
        while let Some(part) = walk.next(self).await? {
            let statement = statement(range(key, &part));
            let rows = self.run_part(&statement, &part, false).await?;
            walk.moved(&part, rows, self);
        }
        Ok(())
    }

    async fn run_part(&self, statement: &Copying, part: &Part, again: bool) -> Result<u64, Stop> {
        self.lock.check().await.map_err(Stop::LockLost)?;
        self.parts.started(part, again).await?;
        let rows = self.execute(statement).await?;
        let moved = Part {
            rows,
            ..part.clone()
        };
        self.parts.done(&moved).await?;
        Ok(rows)
    }

    /// Copies what lies behind the last part; says how many parts that made.
    async fn copy_rest(&self, copy: &TableCopy, parts: &[Part]) -> Result<usize, Stop> {
        let mut walk = self.walk(&copy.from, &source_key(copy), parts).await?;
        let mut made = 0;
        while let Some(part) = walk.next(self).await? {
            let rows = self.copy_part(copy, part.clone(), false).await?;
            made += 1;
            walk.moved(&part, rows, self);
        }
        Ok(made)
    }

    /// Copies the parts again in which the source is no longer what was copied; says which.
    async fn copy_changed(&self, copy: &TableCopy, parts: &[Part]) -> Result<Vec<i64>, Stop> {
        let key = source_key(copy);
        let all = sources(copy);
        let mut again = Vec::new();
        for part in parts {
            let range = range(&key, part);
            let (rows, sums) = self.sum(&copy.from, vec![all.clone()], range).await?;
            if part.done && rows == part.rows && sums == [part.sum.as_str()] {
                continue;
            }
            self.copy_part(copy, part.clone(), true).await?;
            again.push(part.number);
        }
        Ok(again)
    }

    /// Copies one part until source and target say the same; says how many rows it has.
    async fn copy_part(
        &self,
        copy: &TableCopy,
        mut part: Part,
        mut again: bool,
    ) -> Result<u64, Stop> {
        let source = range(&source_key(copy), &part);
        let keys: Vec<String> = copy.key.iter().map(|(_, target)| target.clone()).collect();
        let target = range(&keys, &part);
        let mut differed = String::new();
        let whole = sources(copy) == alike_sources(copy);
        for attempt in 0..ATTEMPTS {
            self.lock.check().await.map_err(Stop::LockLost)?;
            // Where the copy says all that the source does, the copy's own sum says what was copied.
            let mut before = None;
            if !whole {
                let sums = vec![sources(copy), alike_sources(copy)];
                let (rows, sums) = self.sum(&copy.from, sums, source.clone()).await?;
                part.rows = rows;
                part.sum.clone_from(&sums[0]);
                before = sums.into_iter().nth(1);
            }
            self.parts.started(&part, again).await?;
            if again {
                self.delete(&copy.to, target.clone()).await?;
            }
            again = true;
            let inserted = self
                .execute(&Copying::Insert {
                    from: copy.from.clone(),
                    to: copy.to.clone(),
                    columns: copy.columns.clone(),
                    range: source.clone(),
                })
                .await;
            match inserted {
                // The statement of a run that was killed may still have been at work.
                Err(error) if attempt == 0 && is_duplicate(&error) => continue,
                other => other?,
            };
            let (rows, sums) = self
                .sum(&copy.to, vec![alike_targets(copy)], target.clone())
                .await?;
            let sum = sums.into_iter().next().unwrap_or_default();
            if before.is_none() {
                (part.rows, part.sum) = (rows, sum);
            } else if rows != part.rows || before.as_ref() != Some(&sum) {
                differed = format!("{} rows and {rows}", part.rows);
                continue;
            }
            self.parts.done(&part).await?;
            return Ok(rows);
        }
        Err(Stop::Unequal(format!(
            "a part of {} and its copy in {} still differ after {ATTEMPTS} attempts ({differed}); if others write to it all the time, run migrate when they do less",
            copy.from, copy.to
        )))
    }

    async fn delete(&self, table: &str, range: KeyRange) -> Result<(), Stop> {
        let table = table.to_owned();
        self.execute(&Copying::Delete { table, range }).await?;
        Ok(())
    }

    async fn execute(&self, statement: &Copying) -> Result<u64, DbError> {
        let sql = self.db.dialect().render_copying(statement);
        let done = self.db.execute(plain(sql.map_err(render_error)?)).await?;
        Ok(done.rows_affected)
    }

    /// The range of the next part; `None` if nothing is left.
    async fn next(&self, table: &str, next: &Next, pace: &Pace) -> Result<Option<KeyRange>, Stop> {
        if next.key.is_empty() {
            let whole = KeyRange::default();
            return Ok((next.number == 0).then_some(whole));
        }
        let mut range = KeyRange {
            key: next.key.clone(),
            after: next.after.clone(),
            upto: None,
        };
        for rows in [Some(pace.rows()), None] {
            range.upto = self.bound(table, &range, rows).await?;
            if range.upto.is_some() {
                return Ok(Some(range));
            }
        }
        Ok(None)
    }

    async fn bound(
        &self,
        table: &str,
        rest: &KeyRange,
        rows: Option<u64>,
    ) -> Result<Option<Vec<Value>>, DbError> {
        let statement = Copying::Bound {
            table: table.to_owned(),
            range: KeyRange {
                upto: None,
                ..rest.clone()
            },
            rows,
        };
        let sql = self.db.dialect().render_copying(&statement);
        let found = self.db.fetch(plain(sql.map_err(render_error)?)).await?;
        let width = rest.key.len();
        Ok(found.values.get(..width).map(<[Value]>::to_vec))
    }

    async fn sum(
        &self,
        table: &str,
        sums: Vec<Vec<CopySource>>,
        range: KeyRange,
    ) -> Result<(u64, Vec<String>), DbError> {
        let width = sums.len();
        let statement = Copying::Sum {
            table: table.to_owned(),
            sums,
            range,
        };
        let sql = self.db.dialect().render_copying(&statement);
        let found = self.db.fetch(plain(sql.map_err(render_error)?)).await?;
        let Some((n, sums)) = found.values.split_first().filter(|(_, s)| s.len() == width) else {
            let message = format!("summing up {table} gave {} values", found.values.len());
            return Err(DbError::new(DbErrorKind::Other, message));
        };
        let n = match n {
            Value::UInt(n) => *n,
            Value::Int(n) => n.unsigned_abs(),
            other => {
                let message = format!("counting {table} gave {other:?}");
                return Err(DbError::new(DbErrorKind::Other, message));
            }
        };
        Ok((n, sums.iter().map(number).collect()))
    }

    /// The parts behind those that are noted.
    async fn walk(&self, table: &str, key: &[String], parts: &[Part]) -> Result<Walk, DbError> {
        Ok(Walk {
            next: Next::behind(parts, key),
            pace: Pace::new(self.part_rows),
            tally: self.tally(table, parts).await?,
            begun: Instant::now(),
        })
    }

    async fn tally(&self, table: &str, parts: &[Part]) -> Result<Tally, DbError> {
        Ok(Tally {
            table: table.to_owned(),
            before: parts.iter().map(|p| p.rows).sum(),
            moved: 0,
            total: probe::rows(self.db, table).await?,
            begun: Instant::now(),
        })
    }
}

/// Walks over a table part by part, each as large as the time that the ones before took says.
struct Walk {
    next: Next,
    pace: Pace,
    tally: Tally,
    /// When the part at hand was begun.
    begun: Instant,
}

impl Walk {
    /// The next part; `None` behind the last one.
    async fn next(&mut self, mover: &Mover<'_>) -> Result<Option<Part>, Stop> {
        let range = mover.next(&self.tally.table, &self.next, &self.pace);
        let Some(range) = range.await? else {
            return Ok(None);
        };
        self.begun = Instant::now();
        Ok(Some(Part {
            number: self.next.number,
            after: range.after,
            upto: range.upto,
            rows: 0,
            sum: String::new(),
            done: false,
        }))
    }

    /// Goes on behind a part that is done, of so many rows.
    fn moved(&mut self, part: &Part, rows: u64, mover: &Mover<'_>) {
        self.next.follow(part);
        self.pace.took(self.begun.elapsed());
        self.tally.add(rows, mover);
    }
}

/// Where the next part begins.
struct Next {
    key: Vec<String>,
    number: i64,
    after: Option<Vec<Value>>,
}

impl Next {
    fn behind(parts: &[Part], key: &[String]) -> Self {
        let last = parts.last();
        Self {
            key: key.to_vec(),
            number: last.map_or(0, |p| p.number + 1),
            after: last.and_then(|p| p.upto.clone()),
        }
    }

    fn follow(&mut self, part: &Part) {
        self.number = part.number + 1;
        self.after.clone_from(&part.upto);
    }
}

/// Counts rows for whoever watches.
struct Tally {
    table: String,
    before: u64,
    moved: u64,
    total: u64,
    begun: Instant,
}

impl Tally {
    fn add(&mut self, rows: u64, mover: &Mover<'_>) {
        self.moved += rows;
        let moved = Moved {
            table: &self.table,
            rows: self.before + self.moved,
            total: self.total.max(self.before + self.moved),
            now: self.moved,
            elapsed: self.begun.elapsed(),
        };
        mover
            .progress
            .rows_moved(mover.step.0, mover.step.1, &moved);
    }
}

fn range(key: &[String], part: &Part) -> KeyRange {
    KeyRange {
        key: key.to_vec(),
        after: part.after.clone(),
        upto: part.upto.clone(),
    }
}

/// All that the source says.
fn sources(copy: &TableCopy) -> Vec<CopySource> {
    let counts = |s: &&CopySource| !matches!(s, CopySource::RowNumber | CopySource::Value(_));
    let all = copy.columns.iter().map(|(_, s)| s);
    all.filter(counts).cloned().collect()
}

/// What source and copy say alike, as the source says it.
fn alike_sources(copy: &TableCopy) -> Vec<CopySource> {
    let alike = copy.columns.iter().filter(|(c, _)| copy.alike.contains(c));
    alike.map(|(_, s)| s.clone()).collect()
}

/// What source and copy say alike, as the copy says it.
fn alike_targets(copy: &TableCopy) -> Vec<CopySource> {
    let alike = copy.columns.iter().filter(|(c, _)| copy.alike.contains(c));
    alike.map(|(c, _)| CopySource::Column(c.clone())).collect()
}

fn source_key(copy: &TableCopy) -> Vec<String> {
    copy.key.iter().map(|(source, _)| source.clone()).collect()
}

fn is_duplicate(error: &DbError) -> bool {
    matches!(error.kind, DbErrorKind::UniqueViolation { .. })
}

/// A sum, whatever type the server gives it.
fn number(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Int(v) => v.to_string(),
        Value::UInt(v) => v.to_string(),
        Value::Double(v) => v.to_string(),
        Value::Decimal(v) | Value::Text(v) => v.clone(),
        other => format!("{other:?}"),
    }
}

#[cfg(all(test, feature = "mysql"))]
mod tests;
