//! Figures as people read them.

use std::time::Duration;

use crate::work::{Contender, Figure, Work};

/// What the figures were measured on.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown");
    let build = if cfg!(debug_assertions) {
        "DEBUG BUILD: figures mean nothing, use --release"
    } else {
        "release build"
    };
    format!(
        "{build}; {cores} cores, load {load}; medians of interleaved rounds; ratio = orm / raw, below 1 is faster"
    )
}

/// Says which sides there are.
pub(crate) fn heading(title: &str, sides: &[Contender]) {
    let names: Vec<&str> = sides.iter().map(|s| s.name).collect();
    println!("\n{title}: {}", names.join(" | "));
}

/// Prints one work's figures, and the ratio of the last side to each other.
pub(crate) fn figures(work: Work, figures: &[Figure]) {
    let (units, unit) = work.units();
    println!("\n  {}", work.title());
    let Some((last, raw)) = figures.split_last() else {
        return;
    };
    for figure in figures {
        let each = figure.time.as_secs_f64() * 1e6 / units as f64;
        println!(
            "    {:<22} {:>10}  {each:>9.2} us/{unit:<7} {:>8.1} allocations/{unit:<7} peak {:>8}",
            figure.name,
            millis(figure.time),
            figure.calls,
            bytes(figure.peak)
        );
    }
    for raw in raw {
        let ratio = last.time.as_secs_f64() / raw.time.as_secs_f64();
        println!("    {:<22} {ratio:>9.2}x", format!("to {}", raw.name));
    }
}

/// Prints how many statements orm sent, and how many different ones.
pub(crate) fn shapes(db: &orm::backend::Db) {
    println!(
        "\n  orm sent {} statements of {} shapes",
        db.statements(),
        db.shapes()
    );
}

fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

fn bytes(n: i64) -> String {
    if n >= 10 << 20 {
        format!("{} MiB", n >> 20)
    } else {
        format!("{} KiB", n >> 10)
    }
}
