//! `check --data`: looks for rows that contradict each other, and with `--fix` repairs what is safe.

use std::io::{IsTerminal as _, Write as _};

use orm::integrity::{DataOptions, DataProgress, Fault, IntegrityError, check_data};
use orm::migrate::{MigrateOptions, Migrator, ProjectState};
use orm_schema::ModelId;
use serde_json::json;

use crate::args;
use crate::commands::{Context, database, diffdb};
use crate::output::Style;
use crate::report::{Diagnostic, EXIT_DATABASE, EXIT_DIFFERENCE, Failure, Place, chain, shown};
use crate::source::{self, SourceModels};

pub(super) fn run(context: &Context<'_>, args: &args::Check) -> Result<u8, Failure> {
    let project = context.place()?;
    let store = context.store(&project)?;
    let storage = context.storage(&project, &store)?;
    // The database may be checked where there is no source; it only says where models stand.
    let source = context.project().ok().and_then(|p| source::read(&p).ok());
    let faults = database::wait(async {
        let db = database::connect_existing(context, &project).await?;
        let migrator = Migrator::new(&db, &store.migrations, MigrateOptions::default())
            .map_err(|e| database::failure(&e))?;
        let applied = migrator.applied().await;
        let applied = applied.map_err(|e| database::failure(&e))?;
        let applied = applied.into_iter().map(|a| (a.app, a.name)).collect();
        let mut state = diffdb::replayed(&store, &applied, &storage)?;
        add_objects(&mut state, source.as_ref());
        if state.models().next().is_none() {
            let note = "note: no migration is applied here, so there is no table to look at";
            context.output.note(note);
        }
        let mut options = DataOptions::default();
        options.fix = args.fix;
        let mut shown = Shown::new(context);
        let found = check_data(&db, &state, &options, &mut |p| shown.progress(&p)).await;
        shown.end();
        found.map_err(|e| failure(&e))
    })?;
    report(context, &faults, source.as_ref());
    Ok(if faults.is_empty() {
        0
    } else {
        EXIT_DIFFERENCE
    })
}

/// Adds the relations by several fields, which change no table and stand in the source alone.
fn add_objects(state: &mut ProjectState, source: Option<&SourceModels>) {
    for declared in source.iter().flat_map(|s| &s.models) {
        if declared.def.objects.is_empty() {
            continue;
        }
        if let Some(mut known) = state.model(&declared.def.id()).cloned() {
            known.objects.clone_from(&declared.def.objects);
            state.insert(known);
        }
    }
}

fn failure(error: &IntegrityError) -> Failure {
    let fault = Diagnostic::new(chain(error))
        .hint("`orm-cli diffdb` says whether the tables are as the migrations made them");
    Failure::with_code(EXIT_DATABASE, fault)
}

fn report(context: &Context<'_>, faults: &[Fault], source: Option<&SourceModels>) {
    let output = context.output;
    if output.json() {
        let list: Vec<_> = faults.iter().map(|f| json_of(f, source)).collect();
        output.document(&json!({ "findings": list }));
        return;
    }
    for fault in faults {
        let diagnostic = Diagnostic {
            message: format!("{}: {}", fault.kind.id(), fault.message),
            place: place_of(fault, source),
            hint: Some(fault.hint.clone()),
            warning: fault.is_repaired(),
        };
        output.say(format!("{}\n", output.rendered(&diagnostic)));
    }
    let left = faults.iter().filter(|f| !f.is_repaired()).count();
    output.say(match (faults.len(), left) {
        (0, _) => output.paint(Style::Green, "no faults found in the data"),
        (n, 0) => format!("{}, all repaired", super::counted(n, "fault")),
        (n, left) if left < n => format!("{}, {left} left", super::counted(n, "fault")),
        (n, _) => super::counted(n, "fault"),
    });
}

fn place_of(fault: &Fault, source: Option<&SourceModels>) -> Option<Place> {
    let model = source?.model(&ModelId::new(&fault.app, &fault.model))?;
    let first = fault.field.split(", ").next().unwrap_or_default();
    Some(model.fields.get(first).unwrap_or(&model.place).clone())
}

fn json_of(fault: &Fault, source: Option<&SourceModels>) -> serde_json::Value {
    let place = place_of(fault, source);
    json!({
        "id": fault.kind.id(),
        "level": if fault.is_repaired() { "warning" } else { "error" },
        "file": place.as_ref().map(|p| shown(&p.file)),
        "line": place.as_ref().map(Place::line),
        "model": format!("{}.{}", fault.app, fault.model),
        "field": fault.field,
        "message": fault.message,
        "hint": fault.hint,
    })
}

/// Shows how far the check is: on a terminal in one line, else a line for each large table.
struct Shown<'a> {
    context: &'a Context<'a>,
    terminal: bool,
    table: String,
    /// The last tenth that was told of.
    tenth: u64,
}

/// Tables of fewer rows are not worth a line.
const LARGE: u64 = 100_000;

impl<'a> Shown<'a> {
    fn new(context: &'a Context<'a>) -> Self {
        Self {
            context,
            terminal: std::io::stderr().is_terminal(),
            table: String::new(),
            tenth: 0,
        }
    }

    fn progress(&mut self, progress: &DataProgress<'_>) {
        let DataProgress { table, done, total } = progress;
        if *table != self.table {
            (*table).clone_into(&mut self.table);
            self.tenth = 0;
        }
        if *total < LARGE {
            return;
        }
        let percent = done.saturating_mul(100) / total.max(&1);
        if self.terminal {
            bar(&format!("{table}: {done} of {total} rows, {percent} %"));
        } else if percent / 10 > self.tenth {
            self.tenth = percent / 10;
            let line = format!("{table}: {done} of {total} rows, {percent} %");
            self.context.output.note(line);
        }
    }

    fn end(&self) {
        if self.terminal {
            bar("");
        }
    }
}

/// Writes over the line before. A terminal that went away is no fault of ours.
fn bar(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = write!(out, "\r\x1b[K{text}");
    let _ = out.flush();
}
