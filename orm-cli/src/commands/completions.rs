//! `completions`: what a shell needs to complete commands and flags.

use std::io::{self, Write as _};

use clap::CommandFactory as _;

use crate::args::{self, Cli};
use crate::report::Failure;

pub(super) fn run(args: &args::Completions) -> Result<u8, Failure> {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut text);
    // A reader that went away is no fault of ours.
    let _ = io::stdout().lock().write_all(&text);
    Ok(0)
}
