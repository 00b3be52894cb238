//! `migrate`: brings the database to the newest migration, or to the one named.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use orm::migrate::{
    Direction, InDoubt, MigrateError, MigrateOptions, Migration, Migrator, Moved, PlannedMigration,
    PlannedStep, Progress, Ran, Step, Target,
};
use serde_json::json;

use super::{Context, database, known_app, makemigrations, manage};
use crate::args::{self, StepInDoubt};
use crate::graph;
use crate::output::{Output, Style};
use crate::project::Project;
use crate::report::{EXIT_DIFFERENCE, Failure};
use crate::store::Store;

/// A step that takes longer than this is shown while it runs.
const LONG: Duration = Duration::from_secs(2);

pub(super) fn run(context: &Context<'_>, args: &args::Migrate) -> Result<u8, Failure> {
    let project = context.place()?;
    let store = context.store(&project)?;
    let targets = targets(args, &store)?;
    let storage = context.storage(&project, &store)?;
    let output = context.output;
    let code = database::wait(async {
        let db = database::connect(context, &project).await?;
        let progress = Shown {
            output,
            moving: Mutex::default(),
        };
        let options = MigrateOptions {
            fake: args.fake,
            fake_initial: args.fake_initial,
            progress: &progress,
            storage: &storage,
            in_doubt: args.in_doubt.map(|answer| match answer {
                StepInDoubt::Done => InDoubt::Done,
                StepInDoubt::Again => InDoubt::Again,
            }),
            ..MigrateOptions::default()
        };
        let migrator =
            Migrator::new(&db, &store.migrations, options).map_err(|e| database::failure(&e))?;
        if args.prune {
            return prune(output, &migrator, args.plan).await.map(Ok);
        }
        if args.plan {
            let plan = migrator
                .plan(&targets)
                .await
                .map_err(|e| database::failure(&e))?;
            show_plan(output, &plan);
            return Ok(Ok(open(args, &plan)));
        }
        if args.check {
            let plan = migrator.plan(&targets).await;
            let plan = plan.map_err(|e| database::failure(&e))?;
            list_open(output, &plan);
            return Ok(Ok(open(args, &plan)));
        }
        let ran = match migrator.run(&targets).await {
            // Nothing has run, and the lock is free.
            Err(error @ MigrateError::NoCode { .. }) => return Ok(Err(error)),
            other => other.map_err(|e| database::failure(&e))?,
        };
        report(output, &ran);
        // Only where nothing else is to be told, as reading the source takes a moment.
        if ran.is_empty()
            && !output.json()
            && context.embedded.is_none()
            && makemigrations::unwritten(&project, &store) == Some(true)
        {
            output.note("note: the models have changes that no migration holds; `orm-cli makemigrations` writes it");
        }
        Ok(Ok(0))
    })?;
    match code {
        Ok(code) => Ok(code),
        Err(error) => by_manage(context, &project, &error),
    }
}

/// Goes on by the project's `manage` binary, which holds the code that this one does not.
fn by_manage(
    context: &Context<'_>,
    project: &Project,
    error: &MigrateError,
) -> Result<u8, Failure> {
    if context.embedded.is_none()
        && let Some(code) = manage::run(context, project)?
    {
        return Ok(code);
    }
    let mut failure = database::failure(error);
    if context.embedded.is_none() {
        for fault in &mut failure.diagnostics {
            fault.hint.get_or_insert_with(|| manage::HINT.to_owned());
        }
    }
    Err(failure)
}

/// The exit code of a run that only looks.
fn open(args: &args::Migrate, plan: &[PlannedMigration<'_>]) -> u8 {
    if args.check && !plan.is_empty() {
        EXIT_DIFFERENCE
    } else {
        0
    }
}

/// What is not applied, without its steps.
fn list_open(output: &Output, plan: &[PlannedMigration<'_>]) {
    if output.json() {
        let list: Vec<_> = plan
            .iter()
            .map(|p| json!({ "app": p.migration.app, "name": p.migration.name, "direction": p.direction.as_str() }))
            .collect();
        output.document(&json!({ "migrations": list }));
        return;
    }
    for planned in plan {
        let verb = match planned.direction {
            Direction::Forwards => "Not applied",
            Direction::Backwards => "Not undone",
        };
        output.say(format!("  {verb}: {}", planned.label()));
    }
    if plan.is_empty() {
        output.say("  No migrations to apply.");
    }
}

/// Drops the tables that migrations kept, or only says which.
async fn prune(output: &Output, migrator: &Migrator<'_>, only_show: bool) -> Result<u8, Failure> {
    let tables = match only_show {
        true => migrator.kept().await,
        false => migrator.prune().await,
    };
    let tables = tables.map_err(|e| database::failure(&e))?;
    if output.json() {
        let list: Vec<_> = tables
            .iter()
            .map(|k| json!({ "table": k.table, "of": k.of, "since": k.since.to_string() }))
            .collect();
        output.document(&json!({ "pruned": !only_show, "tables": list }));
        return Ok(0);
    }
    if tables.is_empty() {
        output.say("  No tables to prune.");
    }
    let verb = if only_show { "Would drop" } else { "Dropped" };
    for kept in &tables {
        let since = kept.since.to_string();
        let since = since.split('.').next().unwrap_or_default();
        output.say(format!(
            "  {verb} {}: the rows of {} until {since} UTC",
            kept.table, kept.of
        ));
    }
    Ok(0)
}

fn targets(args: &args::Migrate, store: &Store) -> Result<Vec<Target>, Failure> {
    let graph = store.graph()?;
    graph.check_conflicts().map_err(|e| graph::failure(&e))?;
    let Some(app) = &args.app else {
        return Ok(vec![Target::All]);
    };
    known_app(store, app)?;
    Ok(vec![match args.name.as_deref() {
        None => Target::App(app.clone()),
        Some("zero") => Target::Zero(app.clone()),
        Some(name) => {
            let migration = graph.find(app, name).map_err(|e| graph::failure(&e))?;
            Target::Migration(app.clone(), migration.name.clone())
        }
    }])
}

fn report(output: &Output, ran: &[Ran]) {
    if output.json() {
        let list: Vec<_> = ran
            .iter()
            .map(|r| json!({ "app": r.app, "name": r.name, "direction": r.direction.as_str(), "faked": r.faked }))
            .collect();
        output.document(&json!({ "migrations": list }));
    } else if ran.is_empty() {
        output.say("  No migrations to apply.");
    }
}

fn show_plan(output: &Output, plan: &[PlannedMigration<'_>]) {
    if output.json() {
        let list: Vec<_> = plan.iter().map(planned_json).collect();
        output.document(&json!({ "plan": list }));
        return;
    }
    if plan.is_empty() {
        output.say("No planned migration operations.");
        return;
    }
    output.say(output.paint(Style::Bold, "Planned operations:"));
    for planned in plan {
        let undo = if planned.direction == Direction::Backwards {
            "undo "
        } else {
            ""
        };
        output.say(output.paint(Style::Bold, &format!("{undo}{}", planned.label())));
        if let Some(why) = &planned.impossible {
            let grade = output.paint(Style::Red, "[impossible]");
            output.say(format!("        {grade} {why}"));
        }
        let mut operation = None;
        for step in &planned.steps {
            if operation != Some(step.operation_number) {
                operation = Some(step.operation_number);
                output.say(format!("    {}", step.operation));
            }
            let grade = format!("[{}]", step.step.grade);
            let style = match step.step.grade.as_str() {
                "instant" => Style::Green,
                "rewrite" | "lock" => Style::Yellow,
                _ => Style::Red,
            };
            let painted = output.paint(style, &grade);
            let why = reason(step);
            if step.sql.is_empty() {
                output.say(format!("        {painted} {why}"));
                continue;
            }
            output.say(format!("        {painted} {}", step.sql));
            if step.step.grade.as_str() != "instant" || why.contains('(') {
                output.say(output.paint(Style::Dim, &format!("            -- {why}")));
            }
        }
    }
}

/// What a step is for, and the rows that it moves.
fn reason(step: &PlannedStep) -> String {
    match step.rows {
        Some(1) => format!("{}: 1 row", step.step.comment),
        Some(rows) => format!("{}: {} rows", step.step.comment, grouped(rows)),
        None => step.step.comment.clone(),
    }
}

/// A number with commas, for people.
fn grouped(n: u64) -> String {
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

fn planned_json(planned: &PlannedMigration<'_>) -> serde_json::Value {
    let steps: Vec<_> = planned
        .steps
        .iter()
        .map(|s| {
            json!({
                "operation": s.operation,
                "grade": s.step.grade.as_str(),
                "sql": s.sql,
                "comment": s.step.comment,
                "rows": s.rows,
            })
        })
        .collect();
    json!({
        "app": planned.migration.app,
        "name": planned.migration.name,
        "direction": planned.direction.as_str(),
        "steps": steps,
        "impossible": planned.impossible,
    })
}

/// Between two lines about rows that are moved, off a terminal.
const LINE: Duration = Duration::from_secs(10);
/// Between two pictures of the bar, on a terminal.
const FRAME: Duration = Duration::from_millis(200);

/// Shows a run as Django does: a line for each migration, closed when it is done.
struct Shown<'a> {
    output: &'a Output,
    moving: Mutex<Moving>,
}

/// What is shown of a step that moves rows.
#[derive(Default)]
struct Moving {
    last: Option<Instant>,
    /// Whether a bar stands in the terminal's last line.
    bar: bool,
}

impl Shown<'_> {
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
        self.part(&format!(
            "  {verb} {}.{}{resumed}...",
            migration.app, migration.name
        ));
    }

    fn step_begins(&self, number: usize, total: usize, step: &Step, _sql: &str) {
        if let Ok(mut moving) = self.moving.lock() {
            *moving = Moving {
                last: Some(Instant::now()),
                bar: false,
            };
        }
        // What rewrites a table may take long: say so before, as nothing can be said meanwhile.
        if step.grade.as_str() != "instant" && std::io::stdout().is_terminal() {
            self.part(&format!("\n    step {number} of {total}: {}", step.comment));
        }
    }

    fn rows_moved(&self, number: usize, total: usize, moved: &Moved<'_>) {
        let terminal = std::io::stdout().is_terminal();
        let pause = if terminal { FRAME } else { LINE };
        let Ok(mut moving) = self.moving.lock() else {
            return;
        };
        if moving.last.is_some_and(|l| l.elapsed() < pause) {
            return;
        }
        moving.last = Some(Instant::now());
        if terminal {
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
