//! The command line of `orm`: a library, so that a project may have a `manage` binary of its own,
//! and the binary `orm-cli`.

mod args;
mod commands;
pub mod generate;
mod graph;
mod output;
pub mod project;
pub mod report;
pub mod source;
pub mod store;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

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
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) => {
            let code = u8::try_from(e.exit_code()).unwrap_or(report::EXIT_USAGE);
            // A closed pipe is no fault of ours.
            let _ = e.print();
            return ExitCode::from(code);
        }
    };
    let output = Output::new(&cli.global);
    match commands::run(&cli, &output) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.code)
        }
    }
}
