//! `check`: looks for faults in the models, with no database, or with `--data` in the rows of one.

mod data;

use orm_schema::check::{Finding, check_databases, check_models, check_singlestore};
use orm_schema::{ModelDef, ModelId};
use serde_json::json;

use super::Context;
use crate::args;
use crate::output::{Output, Style};
use crate::project::Project;
use crate::report::{Diagnostic, EXIT_DIFFERENCE, Failure, Place, shown};
use crate::source::{self, SourceModels};

/// A rule that a model breaks, with its place.
pub(crate) struct Placed {
    pub(crate) model: ModelId,
    pub(crate) finding: Finding,
    pub(crate) place: Option<Place>,
    pub(crate) error: bool,
}

pub(super) fn run(context: &Context<'_>, args: &args::Check) -> Result<u8, Failure> {
    if args.data {
        return data::run(context, args);
    }
    let project = context.project()?;
    let singlestore = match args.dialect.as_deref() {
        Some(dialect) => dialect == "singlestore",
        None => targets_singlestore(context, &project),
    };
    let models = source::read(&project)?;
    let findings = findings(&project, &models, singlestore)?;
    report(context.output, &findings);
    let warnings = args.fail_level == args::FailLevel::Warning;
    let failed = findings.iter().any(|f| f.error || warnings);
    Ok(if failed { EXIT_DIFFERENCE } else { 0 })
}

/// Whether SingleStore's rules are errors: a configured database, or the one asked for, is one.
pub(crate) fn targets_singlestore(context: &Context<'_>, project: &Project) -> bool {
    let global = &context.cli.global;
    let asked = project.database_url(global.database.as_deref(), global.url.as_deref());
    asked.is_ok_and(|url| url.starts_with("singlestore:")) || project.has_singlestore()
}

/// Every rule that a model breaks; SingleStore's are warnings unless `singlestore`.
pub(crate) fn findings(
    project: &Project,
    models: &SourceModels,
    singlestore: bool,
) -> Result<Vec<Placed>, Failure> {
    let defs = with_storage(project, models)?;
    let related = |id: &ModelId| defs.iter().find(|d| d.id().same(id));
    let index = |id: &ModelId| {
        defs.binary_search_by(|d| (&d.app, &d.name).cmp(&(&id.app, &id.name)))
            .ok()
            .map(|i| &defs[i])
            .or_else(|| related(id))
    };
    let mut found: Vec<(ModelId, Finding, bool)> = check_models(&defs)
        .into_iter()
        .map(|(id, f)| (id, f, true))
        .collect();
    let apart = check_databases(&defs, &|app| project.holder(app));
    found.extend(apart.into_iter().map(|(id, f)| (id, f, true)));
    for def in &defs {
        let own = check_singlestore(def, &index);
        found.extend(own.into_iter().map(|f| (def.id(), f, singlestore)));
    }
    let placed = found.into_iter().map(|(model, finding, error)| {
        let source = models.model(&model);
        let place = source.map(|s| {
            let field = finding.field.as_ref().and_then(|f| s.fields.get(f));
            field.unwrap_or(&s.place).clone()
        });
        Placed {
            model,
            finding,
            place,
            error,
        }
    });
    Ok(placed.collect())
}

/// The models with what their app says of storage, in the order of their ids.
fn with_storage(project: &Project, models: &SourceModels) -> Result<Vec<ModelDef>, Failure> {
    let mut defs: Vec<ModelDef> = models.models.iter().map(|m| m.def.clone()).collect();
    for def in &mut defs {
        project.storage_of(&def.app)?.fill(def);
    }
    Ok(defs)
}

fn report(output: &Output, findings: &[Placed]) {
    if output.json() {
        let list: Vec<_> = findings.iter().map(json_of).collect();
        output.document(&json!({ "findings": list }));
        return;
    }
    for finding in findings {
        output.say(format!("{}\n", output.rendered(&diagnostic(finding))));
    }
    let errors = findings.iter().filter(|f| f.error).count();
    let warnings = findings.len() - errors;
    let line = match (errors, warnings) {
        (0, 0) => output.paint(Style::Green, "no faults found"),
        _ => format!(
            "{}, {}",
            counted(errors, "error"),
            counted(warnings, "warning")
        ),
    };
    output.say(line);
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// A finding as shown on a terminal.
pub(crate) fn diagnostic(finding: &Placed) -> Diagnostic {
    Diagnostic {
        message: format!("{}: {}", finding.finding.id, finding.finding.message),
        place: finding.place.clone(),
        hint: Some(finding.finding.hint.clone()),
        warning: !finding.error,
    }
}

fn json_of(placed: &Placed) -> serde_json::Value {
    json!({
        "id": placed.finding.id,
        "level": if placed.error { "error" } else { "warning" },
        "file": placed.place.as_ref().map(|p| shown(&p.file)),
        "line": placed.place.as_ref().map(Place::line),
        "model": placed.model.to_string(),
        "field": placed.finding.field,
        "message": placed.finding.message,
        "hint": placed.finding.hint,
    })
}
