//! Loads TPC-H and prints the times of the 22 queries beside those of the specification's SQL.
//!
//! `cargo run --release -p tpch -- --scale 0.1`; `DATABASE_URL` names a database that is empty.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use orm::Db;
use tpch::{data, queries, sql, table};

/// Runs of each side; the fastest counts.
const RUNS: usize = 3;

fn scale() -> anyhow::Result<f64> {
    let mut scale = 0.01;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--scale" => {
                let value = args
                    .next()
                    .context("--scale needs a number, as in `--scale 0.1`")?;
                scale = value
                    .parse()
                    .with_context(|| format!("`{value}` is no number"))?;
            }
            other => bail!("`{other}` is no option; there is `--scale 0.01`"),
        }
    }
    if !(0.001..=100.0).contains(&scale) {
        bail!("the scale is between 0.001 and 100");
    }
    Ok(scale)
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the program's purpose")]
async fn main() -> anyhow::Result<()> {
    let scale = scale()?;
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite::memory:".to_owned());
    let db = Db::connect(&url).await?;
    let start = Instant::now();
    let rows = data::load(&db, scale).await?;
    println!(
        "loaded {rows} rows in {:.1} s",
        start.elapsed().as_secs_f64()
    );
    println!("query   builder  by hand  ratio   rows");
    let mut ratios = Vec::new();
    for number in 1..=22 {
        let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
        let mut answer = Vec::new();
        for _ in 0..RUNS {
            let start = Instant::now();
            answer = queries::answer(&db, number).await?;
            ours = ours.min(start.elapsed());
            let start = Instant::now();
            let by_hand = sql::answer(&db, number).await?;
            theirs = theirs.min(start.elapsed());
            if let Some(difference) = table::difference(&answer, &by_hand) {
                bail!("query {number}: {difference}");
            }
        }
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        ratios.push(ratio);
        println!(
            "{number:>5} {:>7.1} ms {:>5.1} ms {ratio:>6.2} {:>6}",
            ours.as_secs_f64() * 1e3,
            theirs.as_secs_f64() * 1e3,
            answer.len()
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "median of the ratios: {:.2}",
        f64::midpoint(ratios[10], ratios[11])
    );
    Ok(())
}
