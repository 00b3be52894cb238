//! What it costs to build queries and to render them, without a database.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Result;
use orm::dialect::{Dialect, MySql, SingleStore, Sql, Sqlite};

use crate::alloc::Mark;
use crate::ours::{joined, ranked, worded};
use crate::work::median;

/// Queries of one measurement, and measurements.
const QUERIES: u32 = 2_000;
const ROUNDS: usize = 31;

/// A query with other values each time, rendered.
type Query = fn(&dyn Dialect, u32) -> Result<Sql>;

/// Prints the time of one query: built with other values each time, as a program does, and rendered to
/// its text and parameters.
pub(crate) fn figures() -> Result<()> {
    let queries: [(&str, Query); 3] = [
        ("filter, join, order, limit 50", |dialect, n| {
            let country = ["de", "fr", "pl", "se"][n as usize % 4];
            Ok(joined(country, i64::from(n)).to_sql(dialect)?)
        }),
        ("texts that contain another, limit 50", |dialect, n| {
            let word = ["tea", "100%", "milk", "sugar"][n as usize % 4];
            Ok(worded(word).to_sql(dialect)?)
        }),
        ("two windows, limit 50", |dialect, n| {
            Ok(ranked(i64::from(n), dialect)?)
        }),
    ];
    let dialects: [&dyn Dialect; 3] = [&Sqlite, &MySql, &SingleStore];
    for (what, query) in queries {
        println!("\nBuild and render a query ({what}), other values each time");
        for dialect in dialects {
            let mut calls = 0;
            let mut times = Vec::new();
            for _ in 0..ROUNDS {
                let (time, used) = round(dialect, query)?;
                calls = used;
                times.push(time);
            }
            let each = median(times.into_iter()).as_secs_f64() * 1e6 / f64::from(QUERIES);
            println!(
                "    {:<22} {each:>10.2} us/query {:>8.1} allocations/query",
                dialect.name(),
                calls as f64 / f64::from(QUERIES)
            );
        }
    }
    Ok(())
}

/// The time and the allocations of one measurement.
fn round(dialect: &dyn Dialect, query: Query) -> Result<(Duration, u64)> {
    let mark = Mark::now();
    let start = Instant::now();
    for n in 0..QUERIES {
        black_box(query(dialect, n)?);
    }
    Ok((start.elapsed(), mark.used().calls))
}
