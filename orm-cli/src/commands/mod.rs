//! The commands.

mod check;
mod completions;
mod database;
mod dbshell;
mod diffdb;
mod dumpdata;
mod flush;
mod graph;
mod init;
mod inspectdb;
mod loaddata;
mod makemigrations;
mod manage;
mod migrate;
mod optimizemigration;
mod rebase;
mod showmigrations;
mod sqlflush;
mod sqlmigrate;
mod sqlsequencereset;
mod squashmigrations;

use std::ffi::OsString;

use orm::migrate::{EmbeddedMigrations, StorageTypes};

use crate::args::{Cli, Command, Format};
use crate::output::Output;
use crate::project::{self, Project};
use crate::report::Failure;
use crate::store::Store;

/// What every command works with.
pub(crate) struct Context<'a> {
    pub(crate) cli: &'a Cli,
    pub(crate) output: &'a Output,
    /// The migrations that the program carries.
    pub(crate) embedded: Option<EmbeddedMigrations<'a>>,
    /// The command line, without the program's name.
    pub(crate) arguments: &'a [OsString],
}

impl Context<'_> {
    /// The project, as the flags say.
    pub(crate) fn project(&self) -> Result<Project, Failure> {
        let mut project = Project::find(self.cli.global.project.as_deref())?;
        project.features.clone_from(&self.cli.global.features);
        project.no_default_features = self.cli.global.no_default_features;
        project.check_features()?;
        Ok(project)
    }

    /// The project, or the bare working directory for a program that carries its migrations.
    pub(crate) fn place(&self) -> Result<Project, Failure> {
        if self.embedded.is_some() && self.cli.global.project.is_none() && !Project::is_here() {
            return Ok(Project::bare(std::env::current_dir().unwrap_or_default()));
        }
        self.project()
    }

    /// What apps say of the storage of their models; says aloud what is for tests alone.
    pub(crate) fn storage(
        &self,
        project: &Project,
        store: &Store,
    ) -> Result<StorageTypes, Failure> {
        let mut types = StorageTypes::new();
        for app in store.apps.keys() {
            let storage = project.storage_of(app)?;
            if storage.unenforced_unique {
                self.output.note(format!(
                    "warning: {} is set: SingleStore is told to check no unique key of `{app}` but the \
                     primary ones, which is for tests",
                    project::unenforced_variable(app)
                ));
            }
            types.insert(app.clone(), storage);
        }
        Ok(types)
    }

    /// The migrations: those that the program carries, else those in the project's folders. No
    /// source is asked, so that production images need none.
    pub(crate) fn store(&self, project: &Project) -> Result<Store, Failure> {
        match self.embedded {
            Some(files) => Store::embedded(files),
            None => Store::read(project.known_apps()),
        }
    }
}

/// A number and what it counts.
pub(crate) fn counted(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Refuses an app that has no migrations.
pub(crate) fn known_app(store: &Store, app: &str) -> Result<(), Failure> {
    if store.apps.contains_key(app) {
        return Ok(());
    }
    Err(makemigrations::unknown_app(
        app,
        store.apps.keys().map(String::as_str),
    ))
}

/// Runs the command; the exit code when it did what was asked.
pub(crate) fn run(
    cli: &Cli,
    output: &Output,
    embedded: Option<EmbeddedMigrations<'_>>,
    arguments: &[OsString],
) -> Result<u8, Failure> {
    let context = Context {
        cli,
        output,
        embedded,
        arguments,
    };
    // What loaddata reads it sees by itself.
    let rows = matches!(cli.command, Command::Dumpdata(_) | Command::Loaddata(_));
    if cli.global.format == Format::Jsonl && !rows {
        return Err(Failure::usage(
            "`--format jsonl` is for dumpdata: other commands write text or json",
        ));
    }
    match &cli.command {
        Command::Init => init::run(&context),
        Command::Check(args) => check::run(&context, args),
        Command::Inspectdb(args) => inspectdb::run(&context, args),
        Command::Diffdb(args) => diffdb::run(&context, args),
        Command::Dumpdata(args) => dumpdata::run(&context, args),
        Command::Loaddata(args) => loaddata::run(&context, args),
        Command::Flush => flush::run(&context),
        Command::Sqlflush(args) => sqlflush::run(&context, args),
        Command::Sqlsequencereset(args) => sqlsequencereset::run(&context, args),
        Command::Dbshell(args) => dbshell::run(&context, args),
        Command::Graph(args) => graph::run(&context, args),
        Command::Completions(args) => completions::run(&context, args),
        Command::Makemigrations(args) => makemigrations::run(&context, args),
        Command::Rebase(args) => rebase::run(&context, args),
        Command::Migrate(args) => migrate::run(&context, args),
        Command::Showmigrations(args) => showmigrations::run(&context, args),
        Command::Squashmigrations(args) => squashmigrations::run(&context, args),
        Command::Optimizemigration(args) => optimizemigration::run(&context, args),
        Command::Sqlmigrate(args) => sqlmigrate::run(&context, args),
    }
}
