//! `dumpdata`: the rows of the database as JSON records.

mod part;
mod progress;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use orm::fixtures::{DumpOptions, Dumped, FixtureError, dump};
use serde_json::json;

use super::{Context, database};
use crate::args::{self, Format};
use crate::report::{Failure, shown};
use part::{Part, cannot};
use progress::Watched;

pub(super) fn run(context: &Context<'_>, args: &args::DumpData) -> Result<u8, Failure> {
    let mut options = DumpOptions::default();
    options.only.clone_from(&args.labels);
    options.exclude.clone_from(&args.exclude);
    options.keys.clone_from(&args.pks);
    let named = |file: &PathBuf| file.extension().is_some_and(|e| e == "jsonl");
    options.lines = match context.cli.global.format {
        Format::Jsonl => true,
        Format::Json => false,
        Format::Text => args.output.as_ref().is_some_and(named),
    };
    options.natural_foreign = args.natural_foreign;
    options.natural_primary = args.natural_primary;
    options.indent = args.indent.map(usize::from);
    if options.lines && options.indent.is_some() {
        return Err(Failure::usage(
            "`--indent` is for a list: a record of JSON lines is one line",
        ));
    }
    let Some(file) = &args.output else {
        let mut out = BufWriter::new(io::stdout());
        return match write(context, &options, &mut out) {
            // A reader that went away (`| head`) is no fault of ours.
            Err(Wrong::Fixture(FixtureError::Io(e))) if e.kind() == io::ErrorKind::BrokenPipe => {
                Ok(0)
            }
            Err(Wrong::Fixture(FixtureError::Io(e))) => {
                Err(Failure::usage(format!("cannot write standard output: {e}")))
            }
            other => other.map(|_| 0).map_err(Wrong::into_failure),
        };
    };
    let dumped = to_file(context, &options, file)?;
    if context.output.json() {
        let tables: BTreeMap<&str, u64> = dumped
            .tables
            .iter()
            .map(|(n, r)| (n.as_str(), *r))
            .collect();
        context
            .output
            .document(&json!({ "file": shown(file), "records": dumped.records, "tables": tables }));
        return Ok(0);
    }
    context.output.note(format!(
        "{}: {}",
        shown(file),
        super::counted(dumped.records, "record")
    ));
    Ok(0)
}

/// Why nothing was written.
enum Wrong {
    Failure(Failure),
    Fixture(FixtureError),
}

impl Wrong {
    fn into_failure(self) -> Failure {
        match self {
            Self::Failure(failure) => failure,
            Self::Fixture(error) => database::fixture_failure(&error),
        }
    }
}

fn write(
    context: &Context<'_>,
    options: &DumpOptions,
    out: &mut (dyn Write + Send),
) -> Result<Dumped, Wrong> {
    let done = database::wait(async {
        let project = context.place()?;
        let db = database::connect_existing(context, &project).await?;
        let state = database::fixture_state(context, &project, &db).await?;
        Ok(dump(&db, &state, options, out).await)
    });
    done.map_err(Wrong::Failure)?.map_err(Wrong::Fixture)
}

/// Writes beside the file and puts it in its place when it is whole. What is no plain file, such as a
/// pipe, is written as it is.
fn to_file(context: &Context<'_>, options: &DumpOptions, file: &Path) -> Result<Dumped, Failure> {
    let target = led_to(file).map_err(|e| cannot("write", file, &e))?;
    if fs::metadata(&target).is_ok_and(|m| !m.is_file()) {
        let made = File::options().write(true).open(&target);
        let made = made.map_err(|e| cannot("write", file, &e))?;
        return to(context, options, &made, file, file);
    }
    for left in part::sweep(&target) {
        context.output.note(format!(
            "note: removed {}, which a dumpdata that was killed left",
            shown(&left)
        ));
    }
    let part = Part::begin(&target)?;
    let dumped = to(context, options, part.file(), file, part.path())?;
    part.finish(&target)?;
    Ok(dumped)
}

/// The file that a link leads to, which is written and not the link, also where it is not there yet.
fn led_to(file: &Path) -> io::Result<PathBuf> {
    // As many as systems follow.
    const LINKS: usize = 40;
    if let Ok(there) = fs::canonicalize(file) {
        return Ok(there);
    }
    let mut path = file.to_owned();
    for _ in 0..LINKS {
        let Ok(to) = fs::read_link(&path) else {
            return Ok(path);
        };
        // It is told as seen from the folder that the link lies in.
        path = path.parent().map_or(to.clone(), |folder| folder.join(&to));
    }
    Err(io::Error::other("its links lead to no file"))
}

/// Writes to `out`, which is called `name`; progress is told of `file`.
fn to(
    context: &Context<'_>,
    options: &DumpOptions,
    out: &File,
    file: &Path,
    name: &Path,
) -> Result<Dumped, Failure> {
    let mut out = BufWriter::new(Watched::new(out, shown(file)));
    let dumped = write(context, options, &mut out).map_err(|wrong| match wrong {
        Wrong::Fixture(FixtureError::Io(e)) => cannot("write", name, &e),
        other => other.into_failure(),
    });
    let watched = match &dumped {
        Ok(_) => out
            .into_inner()
            .map_err(|e| cannot("write", name, e.error()))?,
        // What is in the buffer is lost with the rest.
        Err(_) => out.into_parts().0,
    };
    watched.into_inner();
    dumped
}
