//! A run of `migrate` as it is shown: lines for people, or one JSON document and notes on the way.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use orm::migrate::{Action, Direction, Migration, Moved, Progress, Step};
use serde_json::json;

use crate::output::{Output, Style};

/// A step that takes longer than this is shown while it runs.
const LONG: Duration = Duration::from_secs(2);
/// Between two lines about rows that are moved, off a terminal.
const LINE: Duration = Duration::from_secs(10);
/// Between two pictures of the bar, on a terminal.
const FRAME: Duration = Duration::from_millis(200);

/// Shows a run as Django does: a line for each migration, closed when it is done.
pub(super) struct Shown<'a> {
    output: &'a Output,
    moving: Mutex<Moving>,
    /// What steps moved, in order.
    rows: Mutex<Vec<Rows>>,
}

/// The rows that a step moved, or that code was called for.
#[derive(Clone, Default)]
pub(super) struct Rows {
    /// The application.
    pub(super) app: String,
    /// The migration.
    pub(super) name: String,
    step: usize,
    steps: usize,
    of: String,
    rows: u64,
    total: u64,
}

impl Rows {
    pub(super) fn json(&self) -> serde_json::Value {
        json!({ "step": self.step, "steps": self.steps, "of": self.of, "rows": self.rows, "total": self.total })
    }
}

/// What is shown of a step that moves rows.
#[derive(Default)]
struct Moving {
    last: Option<Instant>,
    /// Whether a bar stands in the terminal's last line.
    bar: bool,
    /// The migration at work.
    migration: (String, String),
}

impl<'a> Shown<'a> {
    pub(super) fn new(output: &'a Output) -> Self {
        Self {
            output,
            moving: Mutex::default(),
            rows: Mutex::default(),
        }
    }

    /// What steps moved.
    pub(super) fn rows(&self) -> Vec<Rows> {
        self.rows.lock().map(|r| r.clone()).unwrap_or_default()
    }

    fn is_at_work(&self, rows: &Rows) -> bool {
        let moving = self.moving.lock();
        moving.is_ok_and(|m| (&m.migration.0, &m.migration.1) == (&rows.app, &rows.name))
    }

    /// Notes how far a step is; the same as JSON, with the migration's name.
    fn noted(&self, step: usize, steps: usize, moved: &Moved<'_>) -> serde_json::Value {
        let (app, name) = match self.moving.lock() {
            Ok(moving) => moving.migration.clone(),
            Err(_) => return serde_json::Value::Null,
        };
        let now = Rows {
            app,
            name,
            step,
            steps,
            of: moved.table.to_owned(),
            rows: moved.rows,
            total: moved.total,
        };
        let mut json = now.json();
        json["migration"] = format!("{}.{}", now.app, now.name).into();
        if let Ok(mut all) = self.rows.lock() {
            let same = |r: &&mut Rows| {
                (&r.app, &r.name, r.step, &r.of) == (&now.app, &now.name, now.step, &now.of)
            };
            match all.iter_mut().rev().find(same) {
                Some(noted) => *noted = now,
                None => all.push(now),
            }
        }
        json
    }

    fn part(&self, text: &str) {
        if !self.output.json() {
            let mut out = std::io::stdout().lock();
            // A reader that went away is no reason to stop a migration.
            let _ = write!(out, "{text}");
            let _ = out.flush();
        }
    }
}

/// `[#####.....] 1,000 of 2,000 rows, 500 a second, 2 s left`.
fn bar(moved: &Moved<'_>) -> String {
    const WIDTH: u64 = 30;
    let full = (moved.rows * WIDTH)
        .checked_div(moved.total)
        .unwrap_or(WIDTH)
        .min(WIDTH) as usize;
    format!(
        "[{}{}] {}",
        "#".repeat(full),
        ".".repeat(WIDTH as usize - full),
        figures(moved)
    )
}

fn figures(moved: &Moved<'_>) -> String {
    let left = moved.left().as_secs();
    let left = match left {
        0..60 => format!("{left} s"),
        60..3600 => format!("{} min {} s", left / 60, left % 60),
        _ => format!("{} h {} min", left / 3600, left / 60 % 60),
    };
    format!(
        "{} of {} rows of {}, {} a second, {left} left",
        grouped(moved.rows),
        grouped(moved.total),
        moved.table,
        grouped(moved.rate() as u64)
    )
}

impl Progress for Shown<'_> {
    fn migration_begins(
        &self,
        migration: &Migration,
        direction: Direction,
        steps: usize,
        done: usize,
    ) {
        let verb = match direction {
            Direction::Forwards => "Applying",
            Direction::Backwards => "Undoing",
        };
        let resumed = if done > 0 {
            format!(" (goes on after {done} of {steps} steps)")
        } else {
            String::new()
        };
        if let Ok(mut moving) = self.moving.lock() {
            moving.migration = (migration.app.clone(), migration.name.clone());
        }
        self.part(&format!(
            "  {verb} {}.{}{resumed}...",
            migration.app, migration.name
        ));
    }

    fn step_begins(&self, number: usize, total: usize, step: &Step, _sql: &str) {
        if let Ok(mut moving) = self.moving.lock() {
            moving.last = Some(Instant::now());
            moving.bar = false;
        }
        // What rewrites a table may take long: say so before, as nothing can be said meanwhile.
        if step.grade.as_str() != "instant" && std::io::stdout().is_terminal() {
            self.part(&format!("\n    step {number} of {total}: {}", step.comment));
        }
    }

    fn rows_moved(&self, number: usize, total: usize, moved: &Moved<'_>) {
        let shown = self.noted(number, total, moved);
        let terminal = std::io::stdout().is_terminal();
        let pause = if terminal { FRAME } else { LINE };
        let Ok(mut moving) = self.moving.lock() else {
            return;
        };
        if moving.last.is_some_and(|l| l.elapsed() < pause) {
            return;
        }
        moving.last = Some(Instant::now());
        if self.output.json() {
            self.output.note(json!({ "progress": shown }).to_string());
        } else if terminal {
            let begin = if moving.bar { "\r" } else { "\n" };
            // The rest of a longer line is wiped.
            self.part(&format!("{begin}    {}\u{1b}[K", bar(moved)));
            moving.bar = true;
        } else {
            self.part(&format!(
                "\n    step {number} of {total}: {}",
                figures(moved)
            ));
        }
    }

    fn step_ends(&self, number: usize, total: usize, step: &Step, took: Duration) {
        if matches!(step.action, Action::Code(_))
            && let Ok(rows) = self.rows.lock()
            && let Some(last) = rows.last().filter(|r| r.step == number)
            && self.is_at_work(last)
        {
            let (rows, of) = (grouped(last.rows), &last.of);
            self.part(&format!(
                "\n    step {number} of {total}: {rows} rows of {of}"
            ));
        }
        if took >= LONG {
            self.part(&format!(
                "\n    step {number} of {total} took {:.1} s: {}",
                took.as_secs_f64(),
                step.comment
            ));
        }
    }

    fn migration_ends(
        &self,
        migration: &Migration,
        direction: Direction,
        _took: Duration,
        faked: bool,
    ) {
        if faked {
            let verb = match direction {
                Direction::Forwards => "Applying",
                Direction::Backwards => "Undoing",
            };
            self.part(&format!("  {verb} {}.{}...", migration.app, migration.name));
            self.part(&format!(" {}\n", self.output.paint(Style::Yellow, "FAKED")));
        } else {
            self.part(&format!(" {}\n", self.output.paint(Style::Green, "OK")));
        }
    }

    fn note(&self, text: &str) {
        self.output.note(format!("note: {text}"));
    }
}

/// A number with commas, for people.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(n), text);
        }
    }
}
