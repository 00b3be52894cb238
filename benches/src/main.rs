//! Figures of orm: the same work through orm and through the raw driver, in one process.
//!
//! ```text
//! cargo run --release -p benches -- [--rounds N] [--only select,get] [--sqlite | --mysql]
//! ```
//!
//! SQLite needs nothing; MariaDB or MySQL is measured when `ORM_BENCH_URL` (or
//! `ORM_TEST_MARIADB_URL`) names a server whose user may create databases: `./test --server` starts
//! one. Rounds are interleaved and the median counts; what is printed are ratios.

#![expect(clippy::print_stdout, reason = "a program that prints figures")]

mod alloc;
mod build;
mod data;
mod ours;
mod project;
mod raw;
mod report;
mod side;
mod work;

use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::ours::Orm;
use crate::raw::{RawMysql, RawSqlite};
use crate::work::{Contender, POOL, Work, contest};

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

/// What is measured without a database: a query that is built, and whole projects.
const PROJECTS: [&str; 3] = ["build", "makemigrations", "compile"];

const DATABASE: &str = "orm_benches";

struct Options {
    rounds: usize,
    works: Vec<Work>,
    /// Of [`PROJECTS`].
    projects: Vec<&'static str>,
    sqlite: bool,
    mysql: bool,
}

fn options() -> Result<Options> {
    let mut options = Options {
        rounds: 7,
        works: Work::ALL.to_vec(),
        projects: PROJECTS.to_vec(),
        sqlite: true,
        mysql: true,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--rounds" => {
                options.rounds = args.next().context("--rounds takes a number")?.parse()?
            }
            "--only" => {
                let names = args
                    .next()
                    .context("--only takes names, joined by commas")?;
                let names: Vec<&str> = names.split(',').collect();
                let known: Vec<&str> = Work::ALL.iter().map(|w| w.name()).chain(PROJECTS).collect();
                if let Some(name) = names.iter().find(|n| !known.contains(n)) {
                    bail!("no work is called '{name}'; there are {}", known.join(", "));
                }
                options.works.retain(|w| names.contains(&w.name()));
                options.projects.retain(|p| names.contains(p));
            }
            "--sqlite" => options.mysql = false,
            "--mysql" => options.sqlite = false,
            other => bail!(
                "unknown argument '{other}'; there are --rounds N, --only NAMES, --sqlite, --mysql"
            ),
        }
    }
    if options.rounds == 0 {
        bail!("--rounds must be at least 1");
    }
    Ok(options)
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<()> {
    let options = options()?;
    println!("{}", report::machine());
    if options.sqlite && !options.works.is_empty() {
        sqlite(&options).await?;
    }
    if options.mysql && !options.works.is_empty() {
        mysql(&options).await?;
    }
    if options.projects.contains(&"build") {
        build::figures()?;
    }
    if options.projects.contains(&"makemigrations") {
        project::makemigrations()?;
    }
    if options.projects.contains(&"compile") {
        project::compile()?;
    }
    Ok(())
}

async fn sqlite(options: &Options) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("bench.sqlite3");
    raw::create_sqlite(&path)?;
    let db = ours::connect(&format!("sqlite:{}", path.display()), POOL).await?;
    let sides = [
        Contender::new(RawSqlite::open(&path, POOL)?),
        Contender::new(Orm::new(db.clone())),
    ];
    run("SQLite, file, WAL", &sides, options).await?;
    report::shapes(&db);
    Ok(())
}

async fn mysql(options: &Options) -> Result<()> {
    let url = std::env::var("ORM_BENCH_URL").or_else(|_| std::env::var("ORM_TEST_MARIADB_URL"));
    let Ok(url) = url else {
        println!(
            "\nMariaDB: SKIPPED, since ORM_BENCH_URL is not set (./test --server starts one and says its URL)"
        );
        return Ok(());
    };
    raw::create_mysql(&url, DATABASE).await?;
    let text = RawMysql::open(&url, DATABASE, POOL, false)?;
    let prepared = RawMysql::open(&url, DATABASE, POOL, true)?;
    let db = ours::connect(&format!("{}/{DATABASE}", url.trim_end_matches('/')), POOL).await?;
    let sides = [
        Contender::new(text.clone()),
        Contender::new(prepared.clone()),
        Contender::new(Orm::new(db.clone())),
    ];
    run("MariaDB", &sides, options).await?;
    report::shapes(&db);
    drop(sides);
    text.close().await?;
    prepared.close().await
}

/// Runs the works; the raw sides come first, orm last.
async fn run(title: &str, sides: &[Contender], options: &Options) -> Result<()> {
    let rows = Arc::new(data::articles());
    report::heading(title, sides);
    if !options.works.contains(&Work::BulkInsert) {
        // The others read what it writes.
        contest(Work::BulkInsert, &sides[..1], 1, &rows).await?;
    }
    let mut filled = false;
    for work in &options.works {
        if !work.starts_empty() && !std::mem::replace(&mut filled, true) {
            // Who wrote last has the rows' pages in its cache. Who has not takes memory for them between
            // the first rows that it reads, and finds its rows strewn between pages from then on.
            contest(Work::Group, sides, 1, &rows).await?;
        }
        let embedded = title.starts_with("SQLite");
        if (work.is_embedded() && !embedded) || (work.is_served() && embedded) {
            continue;
        }
        let figures = contest(*work, sides, options.rounds, &rows).await?;
        report::figures(*work, &figures);
    }
    Ok(())
}
