//! `completions`: what a shell needs to complete commands and flags.

use clap::CommandFactory as _;
use serde_json::json;

use super::Context;
use crate::args::{self, Cli};
use crate::report::Failure;

pub(super) fn run(context: &Context<'_>, args: &args::Completions) -> Result<u8, Failure> {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut text);
    let text = String::from_utf8_lossy(&text);
    if context.output.json() {
        let shell = args.shell.to_string();
        let document = json!({ "shell": shell, "script": text });
        context.output.document(&document);
    } else {
        context.output.write(text.trim_end());
    }
    Ok(0)
}
