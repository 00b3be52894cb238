//! The commands.

mod check;
mod init;
mod makemigrations;

use crate::args::{Cli, Command};
use crate::output::Output;
use crate::project::Project;
use crate::report::{EXIT_DIFFERENCE, Failure};

/// What every command works with.
pub(crate) struct Context<'a> {
    pub(crate) cli: &'a Cli,
    pub(crate) output: &'a Output,
}

impl Context<'_> {
    /// The project, as the flags say.
    pub(crate) fn project(&self) -> Result<Project, Failure> {
        let mut project = Project::find(self.cli.global.project.as_deref())?;
        project.features.clone_from(&self.cli.global.features);
        project.no_default_features = self.cli.global.no_default_features;
        Ok(project)
    }
}

/// Runs the command; the exit code when it did what was asked.
pub(crate) fn run(cli: &Cli, output: &Output) -> Result<u8, Failure> {
    let context = Context { cli, output };
    match &cli.command {
        Command::Init => init::run(&context),
        Command::Check(args) => check::run(&context, args),
        Command::Makemigrations(args) => makemigrations::run(&context, args),
        _ => Ok(EXIT_DIFFERENCE),
    }
}
