//! `check`: looks for faults in the models and in the migration files, with no database, or with
//! `--data` in the rows of one.

mod data;
mod files;
mod targets;

use orm_schema::check::{
    Finding, check_databases, check_models, check_mysql, check_one_to_one, check_singlestore,
    check_sqlite, check_through,
};
use orm_schema::{ModelDef, ModelId};
use serde_json::json;

use super::Context;
use crate::args;
use crate::output::{Output, Style};
use crate::project::Project;
use crate::report::{Diagnostic, EXIT_DIFFERENCE, Failure, Place, shown};
use crate::source::{self, SourceModels};
pub(crate) use targets::Targets;

/// A rule that a model breaks, with its place.
pub(crate) struct Placed {
    pub(crate) model: ModelId,
    pub(crate) finding: Finding,
    pub(crate) place: Option<Place>,
    /// Where the other model stands that has a part in it.
    pub(crate) other: Option<Place>,
    pub(crate) error: bool,
}

pub(super) fn run(context: &Context<'_>, args: &args::Check) -> Result<u8, Failure> {
    if args.data {
        return data::run(context, args);
    }
    let project = context.project()?;
    let targets = match args.dialect.as_deref() {
        Some(dialect) => Targets::dialect(dialect),
        None => Targets::of(context, &project),
    };
    // Faults of the files are told also where the source cannot be read.
    let models = source::read(&project);
    let apps = match &models {
        Ok(models) => models.apps.clone(),
        Err(_) => project.known_apps(),
    };
    let files = files::faults(context, &project, apps);
    let models = models.map_err(|mut failure| {
        failure.diagnostics.extend(files.iter().cloned());
        failure
    })?;
    let findings = findings(&project, &models, targets)?;
    if !files.is_empty() {
        let mut faults: Vec<Diagnostic> = findings.iter().map(diagnostic).collect();
        faults.extend(files);
        return Err(faults.into());
    }
    report(context.output, &findings);
    let warnings = args.fail_level == args::FailLevel::Warning;
    let failed = findings.iter().any(|f| f.error || warnings);
    Ok(if failed { EXIT_DIFFERENCE } else { 0 })
}

/// Every rule that a model breaks; those of one database are warnings unless it is a target.
pub(crate) fn findings(
    project: &Project,
    models: &SourceModels,
    targets: Targets,
) -> Result<Vec<Placed>, Failure> {
    let defs = with_storage(project, models)?;
    let related = |id: &ModelId| defs.iter().find(|d| d.id().same(id));
    let index = |id: &ModelId| {
        defs.binary_search_by(|d| (&d.app, &d.name).cmp(&(&id.app, &id.name)))
            .ok()
            .map(|i| &defs[i])
            .or_else(|| related(id))
    };
    let mut found = index_names(project, &defs, targets);
    let mut add = |faults: Vec<(ModelId, Finding)>, error: bool| {
        found.extend(faults.into_iter().map(|(id, f)| (id, f, error)));
    };
    add(check_models(&defs), true);
    let pairs = |id: &ModelId, field: &str| {
        let model = models.model(id)?;
        model.through_fields.get(field).cloned()
    };
    add(check_through(&defs, &pairs), true);
    add(check_databases(&defs, &|app| project.holder(app)), true);
    for def in &defs {
        let of_model = |faults: Vec<Finding>| faults.into_iter().map(|f| (def.id(), f)).collect();
        add(
            of_model(check_singlestore(def, &index)),
            targets.singlestore,
        );
        if targets.mysql {
            add(of_model(check_mysql(def, &index)), false);
        }
        add(of_model(check_one_to_one(def)), false);
    }
    let placed = found.into_iter().map(|(model, finding, error)| {
        let source = models.model(&model);
        let place = source.map(|s| {
            let field = finding.field.as_ref().and_then(|f| s.fields.get(f));
            field.unwrap_or(&s.place).clone()
        });
        let other = finding.other.as_ref().and_then(|id| models.model(id));
        Placed {
            model,
            other: other.map(|s| s.place.clone()),
            finding,
            place,
            error,
        }
    });
    Ok(placed.collect())
}

/// Names of indexes that are used twice in one database.
fn index_names(
    project: &Project,
    defs: &[ModelDef],
    targets: Targets,
) -> Vec<(ModelId, Finding, bool)> {
    let mut found: Vec<(ModelId, Finding, bool)> = Vec::new();
    let mut add = |models: Vec<&ModelDef>, error: bool| {
        for (id, finding) in check_sqlite(models) {
            match found.iter_mut().find(|f| f.0 == id && f.1 == finding) {
                Some(known) => known.2 |= error,
                None => found.push((id, finding, error)),
            }
        }
    };
    let databases = match targets.whole {
        true => Vec::new(),
        false => project.divided(),
    };
    if databases.is_empty() {
        add(defs.iter().collect(), targets.sqlite);
    }
    for database in databases {
        let here = defs.iter().filter(|d| project.is_held(database, &d.app));
        let error = match targets.by_dialect {
            true => targets.sqlite,
            false => {
                let url = project.database_url(Some(database), None);
                url.is_ok_and(|u| u.starts_with("sqlite:"))
            }
        };
        add(here.collect(), error);
    }
    found
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
    let mut message = format!("{}: {}", finding.finding.id, finding.finding.message);
    if let (Some(other), Some(place)) = (&finding.finding.other, &finding.other) {
        let (file, line) = (shown(&place.file), place.line());
        message.push_str(&format!(" (`{}` stands at {file}:{line})", other.name));
    }
    Diagnostic {
        message,
        place: finding.place.clone(),
        hint: Some(finding.finding.hint.clone()),
        warning: !finding.error,
    }
}

fn json_of(placed: &Placed) -> serde_json::Value {
    let other = placed.finding.other.as_ref().map(|id| {
        json!({
            "model": id.to_string(),
            "file": placed.other.as_ref().map(|p| shown(&p.file)),
            "line": placed.other.as_ref().map(Place::line),
        })
    });
    json!({
        "id": placed.finding.id,
        "level": if placed.error { "error" } else { "warning" },
        "file": placed.place.as_ref().map(|p| shown(&p.file)),
        "line": placed.place.as_ref().map(Place::line),
        "model": placed.model.to_string(),
        "field": placed.finding.field,
        "message": placed.finding.message,
        "hint": placed.finding.hint,
        "other": other,
    })
}
