//! The works that are measured, and how.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures_util::future::{LocalBoxFuture, try_join_all};

use crate::alloc::{Mark, Use};
use crate::data::{self, Row};
use crate::side::Side;

/// Tasks of the concurrent work; the pools hold [`POOL`] connections.
const TASKS: i64 = 32;
/// Connections of each side's pool.
pub(crate) const POOL: usize = 8;
const GETS: i64 = 500;
const GETS_EACH: i64 = 100;
const JOINS: u64 = 20;
const UPDATES: i64 = 2000;

/// A work, and what its figures are for one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    BulkInsert,
    BulkLoad,
    LoadLines,
    Select,
    SelectThere,
    Stream,
    StreamThere,
    Get,
    GetConcurrently,
    Join,
    Prefetch,
    Group,
    Updates,
    UpdatesTogether,
}

impl Work {
    /// All works; updates come last, since they change what the others read.
    pub(crate) const ALL: [Self; 14] = [
        Self::BulkInsert,
        Self::BulkLoad,
        Self::LoadLines,
        Self::Select,
        Self::SelectThere,
        Self::Stream,
        Self::StreamThere,
        Self::Get,
        Self::GetConcurrently,
        Self::Join,
        Self::Prefetch,
        Self::Group,
        Self::Updates,
        Self::UpdatesTogether,
    ];

    /// Its short name, as `--only` takes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BulkInsert => "insert",
            Self::BulkLoad => "load",
            Self::LoadLines => "load-lines",
            Self::Select => "select",
            Self::SelectThere => "select-closure",
            Self::Stream => "stream",
            Self::StreamThere => "stream-closure",
            Self::Get => "get",
            Self::GetConcurrently => "get-32",
            Self::Join => "join",
            Self::Prefetch => "prefetch",
            Self::Group => "group",
            Self::Updates => "update",
            Self::UpdatesTogether => "update-closure",
        }
    }

    /// What it does, in words.
    pub(crate) fn title(self) -> String {
        match self {
            Self::BulkInsert => format!("bulk insert of {} rows", data::ARTICLES),
            Self::BulkLoad => format!(
                "bulk load of {} rows, raw by multi-row INSERT",
                data::ARTICLES
            ),
            Self::LoadLines => format!(
                "bulk load of {} rows, raw by LOAD DATA of lines written by hand",
                data::ARTICLES
            ),
            Self::Select => format!("select {} rows of 7 columns into structs", data::ARTICLES),
            Self::SelectThere => format!(
                "select {} rows of 7 columns, raw in one closure that folds them on its thread",
                data::ARTICLES
            ),
            Self::Stream => format!("stream {} rows to the program", data::EVENTS),
            Self::StreamThere => format!(
                "stream {} rows, raw in one closure on its thread",
                data::EVENTS
            ),
            Self::Get => "point get, one after the other".to_owned(),
            Self::GetConcurrently => format!("point get, {TASKS} tasks on a pool of {POOL}"),
            Self::Join => "filter, join, order, limit 50".to_owned(),
            Self::Prefetch => format!("prefetch {} x {}", data::AUTHORS, data::ARTICLES_EACH),
            Self::Group => "count and mean by group".to_owned(),
            Self::Updates => format!("{UPDATES} updates in one transaction, each awaited"),
            Self::UpdatesTogether => {
                format!("{UPDATES} updates in one transaction, raw in one closure on its thread")
            }
        }
    }

    /// How many units one run has, and what a unit is.
    pub(crate) fn units(self) -> (i64, &'static str) {
        match self {
            Self::BulkInsert
            | Self::BulkLoad
            | Self::LoadLines
            | Self::Select
            | Self::SelectThere
            | Self::Prefetch => (data::ARTICLES, "row"),
            Self::Stream | Self::StreamThere => (data::EVENTS, "row"),
            Self::Get => (GETS, "get"),
            Self::GetConcurrently => (TASKS * GETS_EACH, "get"),
            Self::Join => (JOINS.cast_signed(), "query"),
            Self::Group => (data::AUTHORS, "group"),
            Self::Updates | Self::UpdatesTogether => (UPDATES, "update"),
        }
    }

    /// Whether the raw side goes to where the rows are, which only an embedded database allows.
    pub(crate) fn is_embedded(self) -> bool {
        matches!(
            self,
            Self::SelectThere | Self::StreamThere | Self::UpdatesTogether
        )
    }

    /// Whether a server is needed: elsewhere a load is the multi-row insert that `insert` measures.
    pub(crate) fn is_served(self) -> bool {
        matches!(self, Self::BulkLoad | Self::LoadLines)
    }

    /// Whether the articles are emptied before each run.
    pub(crate) fn starts_empty(self) -> bool {
        matches!(self, Self::BulkInsert | Self::BulkLoad | Self::LoadLines)
    }

    /// Does it once; hands back a checksum that all sides must agree on.
    async fn run<S: Side>(self, side: &S, rows: &[Row]) -> Result<u64> {
        let id = |n: i64| n * 7919 % data::ARTICLES + 1;
        let mut sum = 0;
        match self {
            Self::BulkInsert => return side.bulk_insert(rows).await,
            Self::BulkLoad => return side.bulk_load(rows).await,
            Self::LoadLines => return side.load_lines(rows).await,
            Self::Select => return side.select().await,
            Self::SelectThere => return side.select_there().await,
            Self::Stream => return side.stream().await,
            Self::StreamThere => return side.stream_there().await,
            Self::Prefetch => return side.prefetch().await,
            Self::Group => return side.group().await,
            Self::Updates => {
                let ids: Vec<i64> = (0..UPDATES).map(id).collect();
                return side.updates(&ids).await;
            }
            Self::UpdatesTogether => {
                let ids: Vec<i64> = (0..UPDATES).map(id).collect();
                return side.updates_together(&ids).await;
            }
            Self::Get => {
                for n in 0..GETS {
                    sum = data::fold(sum, side.get(id(n)).await?);
                }
            }
            Self::Join => {
                for n in 0..JOINS {
                    sum = data::fold(
                        sum,
                        side.join(
                            ["de", "fr", "pl", "se"][(n % 4) as usize],
                            n.cast_signed() * 100,
                        )
                        .await?,
                    );
                }
            }
            Self::GetConcurrently => {
                let tasks = (0..TASKS).map(|task| {
                    let side = side.clone();
                    tokio::spawn(async move {
                        let mut sum = 0;
                        for n in 0..GETS_EACH {
                            sum = data::fold(sum, side.get(id(task * GETS_EACH + n)).await?);
                        }
                        anyhow::Ok(sum)
                    })
                });
                for part in try_join_all(tasks).await? {
                    sum = data::fold(sum, part?);
                }
            }
        }
        Ok(sum)
    }
}

type Run = Box<dyn Fn(Work, Arc<Vec<Row>>) -> LocalBoxFuture<'static, Result<Measured>>>;

/// One side of a contest.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    run: Run,
}

/// What one run of one side took.
#[derive(Debug, Clone, Copy)]
struct Measured {
    checksum: u64,
    time: Duration,
    memory: Use,
}

impl Contender {
    /// Hides the side's type.
    pub(crate) fn new<S: Side>(side: S) -> Self {
        Self {
            name: side.name(),
            run: Box::new(move |work, rows| {
                let side = side.clone();
                Box::pin(async move {
                    if work.starts_empty() {
                        side.clear().await?;
                    }
                    let mark = Mark::now();
                    let start = Instant::now();
                    let checksum = work.run(&side, &rows).await?;
                    Ok(Measured {
                        checksum,
                        time: start.elapsed(),
                        memory: mark.used(),
                    })
                })
            }),
        }
    }
}

/// The figures of one side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    /// The median of the rounds.
    pub(crate) time: Duration,
    /// Median of allocations for each unit.
    pub(crate) calls: f64,
    /// Median of the most bytes in use above the start.
    pub(crate) peak: i64,
}

/// Runs a work on all sides in turn, `rounds` times after one that warms up, each round beginning
/// with another side, so that a slow moment of the machine falls on all alike.
pub(crate) async fn contest(
    work: Work,
    sides: &[Contender],
    rounds: usize,
    rows: &Arc<Vec<Row>>,
) -> Result<Vec<Figure>> {
    let mut runs: Vec<Vec<Measured>> = vec![Vec::new(); sides.len()];
    let mut checksum = None;
    for round in 0..=rounds {
        for turn in 0..sides.len() {
            let at = (round + turn) % sides.len();
            let run = (sides[at].run)(work, Arc::clone(rows)).await?;
            let expected = *checksum.get_or_insert(run.checksum);
            ensure!(
                run.checksum == expected,
                "{}: {} did other work than the first side (checksum {} for {expected})",
                work.title(),
                sides[at].name,
                run.checksum
            );
            if round > 0 {
                runs[at].push(run);
            }
        }
    }
    let (units, _) = work.units();
    Ok(sides
        .iter()
        .zip(runs)
        .map(|(side, runs)| Figure {
            name: side.name,
            time: median(runs.iter().map(|r| r.time)),
            calls: median(runs.iter().map(|r| r.memory.calls)) as f64 / units as f64,
            peak: median(runs.iter().map(|r| r.memory.peak)),
        })
        .collect())
}

/// The middle one.
pub(crate) fn median<T: Ord + Copy>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort();
    values[values.len() / 2]
}
