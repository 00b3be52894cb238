//! Loads TPC-H and prints the times of the 22 queries beside those of the specification's SQL.
//!
//! `cargo run --release -p tpch -- --scale 0.1`; `DATABASE_URL` names a database that is empty.
//! `--query 4 --query 20` runs those alone, `--show` prints what is sent, on SQLite with its plan.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use orm::Db;
use orm::dialect::Sql;
use orm::prelude::*;
use orm::value::Value;
use tpch::{data, queries, sql, table};

/// Runs of each side, in turns; the fastest counts.
const RUNS: usize = 7;

/// What the command line asks for.
struct Asked {
    scale: f64,
    queries: Vec<usize>,
    show: bool,
}

fn asked() -> anyhow::Result<Asked> {
    let mut asked = Asked {
        scale: 0.01,
        queries: Vec::new(),
        show: false,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--scale" => asked.scale = number(args.next(), "--scale 0.1")?,
            "--query" => asked.queries.push(number(args.next(), "--query 4")?),
            "--show" => asked.show = true,
            other => {
                bail!("`{other}` is no option; there are `--scale 0.01`, `--query 1`, `--show`")
            }
        }
    }
    if !(0.001..=100.0).contains(&asked.scale) {
        bail!("the scale is between 0.001 and 100");
    }
    if asked.queries.is_empty() {
        asked.queries = (1..=22).collect();
    }
    Ok(asked)
}

fn number<T: std::str::FromStr>(value: Option<String>, example: &str) -> anyhow::Result<T> {
    let value = value.with_context(|| format!("a number is missing, as in `{example}`"))?;
    let number = value.parse().ok();
    number.with_context(|| format!("`{value}` is no number for `{example}`"))
}

/// Prints what is sent for a query, and what SQLite makes of it.
#[expect(clippy::print_stdout, reason = "the program's purpose")]
async fn show(db: &Db, number: usize) -> anyhow::Result<()> {
    let recorder = db.record();
    queries::answer(db, number).await?;
    sql::answer(db, number).await?;
    let sent = recorder.statements();
    drop(recorder);
    for text in sent {
        println!("\n-- query {number}\n{text}");
        if db.dialect().name() != "sqlite" {
            continue;
        }
        let plan = Sql {
            // No literal of these queries holds a question mark.
            params: vec![Value::Null; text.matches('?').count()],
            text: format!("EXPLAIN QUERY PLAN {text}").into(),
            ..Sql::default()
        };
        let rows = db.fetch(plan).await?;
        for row in rows.values.chunks(rows.columns.len().max(1)) {
            if let [Value::Int(id), Value::Int(parent), _, Value::Text(step)] = row {
                println!("  {parent:>3} {id:>3} {step}");
            }
        }
    }
    Ok(())
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the program's purpose")]
async fn main() -> anyhow::Result<()> {
    let asked = asked()?;
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite::memory:".to_owned());
    let db = Db::connect(&url).await?;
    let start = Instant::now();
    let rows = data::load(&db, asked.scale).await?;
    println!(
        "loaded {rows} rows in {:.1} s",
        start.elapsed().as_secs_f64()
    );
    if asked.show {
        for number in &asked.queries {
            show(&db, *number).await?;
        }
    }
    println!("query   builder  by hand  ratio   rows");
    let mut ratios = Vec::new();
    for number in asked.queries {
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
        f64::midpoint(ratios[(ratios.len() - 1) / 2], ratios[ratios.len() / 2])
    );
    Ok(())
}
