//! What it costs to build a query and to render it, without a database.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Result;
use orm::dialect::{Dialect, MySql, SingleStore, Sqlite};

use crate::alloc::Mark;
use crate::ours::joined;
use crate::work::median;

/// Queries of one measurement, and measurements.
const QUERIES: u32 = 2_000;
const ROUNDS: usize = 31;

/// Prints the time of one query with filter, join, order and limit: built with other values each time,
/// as a program does, and rendered to its text and parameters.
pub(crate) fn figures() -> Result<()> {
    println!("\nBuild and render a query (filter, join, order, limit 50), other values each time");
    let dialects: [&dyn Dialect; 3] = [&Sqlite, &MySql, &SingleStore];
    for dialect in dialects {
        let mut calls = 0;
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let (time, used) = round(dialect)?;
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
    Ok(())
}

/// The time and the allocations of one measurement.
fn round(dialect: &dyn Dialect) -> Result<(Duration, u64)> {
    let mark = Mark::now();
    let start = Instant::now();
    for n in 0..QUERIES {
        let country = ["de", "fr", "pl", "se"][n as usize % 4];
        black_box(joined(country, i64::from(n)).to_sql(dialect)?);
    }
    Ok((start.elapsed(), mark.used().calls))
}
