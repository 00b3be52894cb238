//! `migrate`: brings the database to the newest migration, or to the one named.

mod shown;

use orm::migrate::{
    Direction, InDoubt, MigrateError, MigrateOptions, Migrator, PlannedMigration, PlannedStep, Ran,
    Target,
};
use orm::routing::targets_of;
use orm_schema::check::check_sqlite;
use serde_json::json;

use shown::{Rows, Shown, grouped};

use super::{Context, database, known_app, makemigrations, manage};
use crate::args::{self, StepInDoubt};
use crate::graph;
use crate::output::{Output, Style};
use crate::project::Project;
use crate::report::{Diagnostic, EXIT_DIFFERENCE, Failure};
use crate::store::Store;

pub(super) fn run(context: &Context<'_>, args: &args::Migrate) -> Result<u8, Failure> {
    let project = context.place()?;
    let store = context.store(&project)?;
    let targets = targets(context, &project, args, &store)?;
    let storage = context.storage(&project, &store)?;
    // Where indexes are not part of their tables, as on SQLite, their names are the database's.
    let dialect = database::dialect_of(context, &project, None).ok();
    let makes = args.name.is_none() && !args.prune && !args.fake;
    if makes && dialect.is_some_and(|d| !d.features().inline_indexes) {
        refuse_names(context, &project, &store)?;
    }
    let output = context.output;
    let code = database::wait(async {
        // A child aggregator of SingleStore refuses DDL.
        let db = database::connect(context, &project).await?;
        let db = db
            .master()
            .await
            .map_err(|e| database::failure(&e.into()))?;
        let progress = Shown::new(output);
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
        report(output, &ran, &progress.rows());
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

/// Refuses names of indexes that SQLite would refuse in the middle of a run.
fn refuse_names(context: &Context<'_>, project: &Project, store: &Store) -> Result<(), Failure> {
    let global = &context.cli.global;
    let (name, url) = (global.database.as_deref(), global.url.as_deref());
    // What does not fit is told by the plan, if it is part of one.
    let Ok(state) = store.graph()?.state() else {
        return Ok(());
    };
    let here = state.models();
    let here = here.filter(|m| project.elsewhere(name, url, &m.app).is_none());
    let found = check_sqlite(here).into_iter();
    let faults: Vec<Diagnostic> = found
        .map(|(_, f)| Diagnostic::new(format!("{}: {}", f.id, f.message)).hint(f.hint))
        .collect();
    match faults.is_empty() {
        true => Ok(()),
        false => Err(faults.into()),
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

fn targets(
    context: &Context<'_>,
    project: &Project,
    args: &args::Migrate,
    store: &Store,
) -> Result<Vec<Target>, Failure> {
    let graph = store.graph()?;
    graph.check_conflicts().map_err(|e| graph::failure(&e))?;
    let global = &context.cli.global;
    let (name, url) = (global.database.as_deref(), global.url.as_deref());
    if let (None, Some(fault)) = (
        url,
        project.check_held(store.apps.keys().map(String::as_str)),
    ) {
        return Err(fault);
    }
    let elsewhere = |app: &str| project.elsewhere(name, url, app);
    let Some(app) = &args.app else {
        if store.migrations.iter().all(|m| elsewhere(&m.app).is_none()) {
            return Ok(vec![Target::All]);
        }
        let name = name.unwrap_or("default");
        let holds = |app: &str| elsewhere(app).is_none();
        return targets_of(name, &store.migrations, holds)
            .map_err(|e| Diagnostic::new(e.message).into());
    };
    known_app(store, app)?;
    if let Some(other) = elsewhere(app) {
        return Err(Diagnostic::new(format!(
            "the tables of {app} are not in this database: `apps` in orm.toml gives them to `{other}`"
        ))
        .hint(format!("orm-cli migrate {app} --database {other}"))
        .into());
    }
    Ok(vec![match args.name.as_deref() {
        None => Target::App(app.clone()),
        Some("zero") => Target::Zero(app.clone()),
        Some(name) => {
            let migration = graph.find(app, name).map_err(|e| graph::failure(&e))?;
            Target::Migration(app.clone(), migration.name.clone())
        }
    }])
}

fn report(output: &Output, ran: &[Ran], rows: &[Rows]) {
    if output.json() {
        let one = |r: &Ran| {
            let mut one = json!({ "app": r.app, "name": r.name, "direction": r.direction.as_str(), "faked": r.faked });
            let own = rows
                .iter()
                .filter(|m| (&m.app, &m.name) == (&r.app, &r.name));
            let moved: Vec<_> = own.map(Rows::json).collect();
            if !moved.is_empty() {
                one["moved"] = moved.into();
            }
            one
        };
        let list: Vec<_> = ran.iter().map(one).collect();
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
