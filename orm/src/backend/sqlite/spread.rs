//! Variance and standard deviation, which SQLite lacks.

use rusqlite::functions::{Aggregate, Context};
use rusqlite::{Connection, Result};

use super::functions::{PURE, number};

/// Registers the aggregates, under their names on servers.
pub(super) fn register(conn: &Connection) -> Result<()> {
    for (name, sample, root) in [
        ("variance", false, false),
        ("var_samp", true, false),
        ("stddev_pop", false, true),
        ("stddev_samp", true, true),
    ] {
        conn.create_aggregate_function(name, 1, PURE, Spread { sample, root })?;
    }
    Ok(())
}

struct Spread {
    /// Whether the values are a sample, so that there is one degree of freedom less.
    sample: bool,
    /// Whether the deviation is asked for and not the variance.
    root: bool,
}

/// Welford's running moments: count, mean, sum of squared distances from it.
#[derive(Default)]
struct Moments(f64, f64, f64);

impl Aggregate<Moments, Option<f64>> for Spread {
    fn init(&self, _: &mut Context<'_>) -> Result<Moments> {
        Ok(Moments::default())
    }

    fn step(&self, ctx: &mut Context<'_>, m: &mut Moments) -> Result<()> {
        if let Some(x) = number(ctx, 0)? {
            m.0 += 1.0;
            let off = x - m.1;
            m.1 += off / m.0;
            m.2 += off * (x - m.1);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, m: Option<Moments>) -> Result<Option<f64>> {
        let m = m.unwrap_or_default();
        let freedom = if self.sample { m.0 - 1.0 } else { m.0 };
        if freedom <= 0.0 {
            return Ok(None);
        }
        let variance = m.2 / freedom;
        Ok(Some(if self.root { variance.sqrt() } else { variance }))
    }
}
