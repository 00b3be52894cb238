//! `loaddata`: records into the database.

mod progress;

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use orm::fixtures::{Input, LoadOptions, Loaded, load_all};
use serde_json::json;

use super::{Context, counted, database};
use crate::args;
use crate::report::{Diagnostic, Failure, shown};
use progress::Watched;

/// Bytes that are read at once.
const BUFFER: usize = 1 << 16;

pub(super) fn run(context: &Context<'_>, args: &args::LoadData) -> Result<u8, Failure> {
    let mut options = LoadOptions::default();
    options.exclude.clone_from(&args.exclude);
    options.ignore_unknown = args.ignorenonexistent;
    // Before anything is written: a name may be wrong.
    let mut files = Vec::with_capacity(args.files.len());
    for file in &args.files {
        files.push(open(file)?);
    }
    let loaded = database::wait(async {
        let project = context.place()?;
        let db = database::connect_existing(context, &project).await?;
        let state = database::fixture_state(context, &project, &db).await?;
        let inputs = files.iter_mut().map(|(name, text)| Input {
            name: name.clone(),
            text: &mut **text,
        });
        let mut inputs: Vec<Input<'_>> = inputs.collect();
        let loaded = load_all(&db, &state, &options, &mut inputs).await;
        loaded.map_err(|e| database::fixture_failure(&e))
    })?;
    report(context, &loaded);
    Ok(0)
}

type Text = Box<dyn BufRead + Send>;

fn open(file: &Path) -> Result<(String, Text), Failure> {
    if file.as_os_str() == "-" {
        let text = BufReader::with_capacity(BUFFER, io::stdin());
        return Ok(("standard input".to_owned(), Box::new(text)));
    }
    let name = shown(file);
    let packed = ["gz", "bz2", "xz", "zst", "zip"];
    if let Some(end) = file
        .extension()
        .and_then(|e| e.to_str())
        .filter(|e| packed.contains(e))
    {
        return Err(Diagnostic::new(format!("{name} is packed ({end})"))
            .hint(format!(
                "unpack it on the way: zcat {name} | orm-cli loaddata -"
            ))
            .into());
    }
    let opened =
        File::open(file).map_err(|e| Diagnostic::new(format!("cannot read {name}: {e}")))?;
    // A pipe has no length.
    let length = opened.metadata().map_or(0, |m| m.len());
    let text = BufReader::with_capacity(BUFFER, opened);
    let watched = Watched::new(text, name.clone(), length);
    Ok((name, Box::new(watched)))
}

fn report(context: &Context<'_>, loaded: &Loaded) {
    if context.output.json() {
        context.output.document(&json!({
            "records": loaded.records,
            "inserted": loaded.inserted,
            "updated": loaded.updated,
            "passed": loaded.passed,
            "tables": loaded.tables,
        }));
        return;
    }
    for (table, rows) in &loaded.tables {
        context
            .output
            .say(format!("{table}: {}", counted(*rows, "row")));
    }
    let passed = match loaded.passed {
        0 => String::new(),
        n => format!(", {n} passed over"),
    };
    context.output.say(format!(
        "{}: {} new, {} changed{passed}",
        counted(loaded.records, "record"),
        loaded.inserted,
        loaded.updated,
    ));
}
