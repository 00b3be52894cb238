//! The command line of `orm`: a library, so that a project may have a `manage` binary of its own,
//! and the binary `orm-cli`.

mod args;
mod commands;
pub mod generate;
mod graph;
pub mod measure;
mod output;
pub mod project;
pub mod report;
pub mod source;
pub mod store;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use orm::migrate::EmbeddedMigrations;

use args::Cli;
use output::Output;

/// Runs a command with the arguments given, the program's name first.
///
/// Exit codes: 0 done; 1 a difference was found, or `check` found errors; 2 wrong usage,
/// configuration or source; 3 the database refused; 4 it would lose data and nobody confirmed.
pub fn run<I, T>(args: I) -> ExitCode
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    run_with(args, None)
}

/// The `main` of a project's own `manage` binary: the same commands, run by the program that holds
/// the code of data migrations, with the migrations that it carries. On a machine without source it
/// migrates the database that `DATABASE_URL` names.
///
/// ```no_run
/// const MIGRATIONS: orm::migrate::EmbeddedMigrations<'static> = &[];
///
/// fn main() -> std::process::ExitCode {
///     orm_cli::main(MIGRATIONS)
/// }
/// ```
pub fn main(migrations: EmbeddedMigrations<'_>) -> ExitCode {
    run_with(std::env::args_os(), Some(migrations))
}

/// Runs a command; `embedded` are the migrations that the program carries.
pub fn run_with<I, T>(args: I, embedded: Option<EmbeddedMigrations<'_>>) -> ExitCode
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(e) => {
            let code = u8::try_from(e.exit_code()).unwrap_or(report::EXIT_USAGE);
            // A closed pipe is no fault of ours.
            let _ = e.print();
            return ExitCode::from(code);
        }
    };
    let output = Output::new(&cli.global);
    let done = commands::run(&cli, &output, embedded, args.get(1..).unwrap_or_default());
    match done.and_then(|code| output.lost().map_or(Ok(code), Err)) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.code)
        }
    }
}
