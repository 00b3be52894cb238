//! `migrate`: brings the database to the newest migration, or to the one named.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use orm::migrate::{
    Direction, InDoubt, MigrateOptions, Migration, Migrator, PlannedMigration, Progress, Ran, Step,
    Target,
};
use serde_json::json;

use super::{Context, database, known_app};
use crate::args::{self, StepInDoubt};
use crate::graph;
use crate::output::{Output, Style};
use crate::report::Failure;
use crate::store::Store;

/// A step that takes longer than this is shown while it runs.
const LONG: Duration = Duration::from_secs(2);

pub(super) fn run(context: &Context<'_>, args: &args::Migrate) -> Result<u8, Failure> {
    let project = context.place()?;
    let store = context.store(&project)?;
    let targets = targets(args, &store)?;
    let storage = context.storage(&project, &store)?;
    let output = context.output;
    database::wait(async {
        let db = database::connect(context, &project).await?;
        let progress = Shown {
            output,
            since: Mutex::new(None),
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
        if args.plan {
            let plan = migrator
                .plan(&targets)
                .await
                .map_err(|e| database::failure(&e))?;
            show_plan(output, &plan);
            return Ok(0);
        }
        let ran = migrator
            .run(&targets)
            .await
            .map_err(|e| database::failure(&e))?;
        report(output, &ran);
        Ok(0)
    })
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
            let text = if step.sql.is_empty() {
                &step.step.comment
            } else {
                &step.sql
            };
            output.say(format!("        {} {text}", output.paint(style, &grade)));
        }
    }
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
            })
        })
        .collect();
    json!({
        "app": planned.migration.app,
        "name": planned.migration.name,
        "direction": planned.direction.as_str(),
        "steps": steps,
    })
}

/// Shows a run as Django does: a line for each migration, closed when it is done.
struct Shown<'a> {
    output: &'a Output,
    /// When the step under way began.
    since: Mutex<Option<Instant>>,
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
        if let Ok(mut since) = self.since.lock() {
            *since = Some(Instant::now());
        }
        // What rewrites a table may take long: say so before, as nothing can be said meanwhile.
        if step.grade.as_str() != "instant" && std::io::stdout().is_terminal() {
            self.part(&format!("\n    step {number} of {total}: {}", step.comment));
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
