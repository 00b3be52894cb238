//! The command line's grammar.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Migrations for models written in Rust: SingleStore, MySQL, MariaDB, SQLite.
#[derive(Debug, Parser)]
#[command(
    name = "orm-cli",
    version,
    about,
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Folder of the crate or workspace [default: the nearest one upwards]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) project: Option<PathBuf>,
    /// Database of orm.toml to use [default: default]
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "url")]
    pub(crate) database: Option<String>,
    /// URL of the database to use: sqlite:FILE, mysql://…, mariadb://…, singlestore://…
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Form of the output; json is one document on standard output, jsonl is for dumpdata
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Ask nothing, even on a terminal
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    /// Use colours; auto is on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub(crate) color: ColorChoice,
    /// Features of the crate to read its source with, beside the default ones
    #[arg(long, global = true, value_delimiter = ',', value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// Read the source without the crate's default features
    #[arg(long, global = true)]
    pub(crate) no_default_features: bool,
}

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    // Without a doc comment, which would make every command's help the long form.
    Jsonl,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write an orm.toml with what holds without it, to be changed
    #[command(after_help = "\
Examples:
  orm-cli init
  orm-cli --project crates/shop init")]
    Init,
    /// Compare the models with the migrations and write what is missing
    Makemigrations(MakeMigrations),
    /// Put one of two branches of migrations on top of the other, by new numbers
    Rebase(Rebase),
    /// Bring the database to the newest migration, or to the one named
    Migrate(Migrate),
    /// List the migrations and which of them are applied
    Showmigrations(ShowMigrations),
    /// Print the SQL of a migration, without a database
    Sqlmigrate(SqlMigrate),
    /// Join several migrations of an app in one that stands for them
    Squashmigrations(SquashMigrations),
    /// Make the operations of one migration fewer
    Optimizemigration(OptimizeMigration),
    /// Look for faults in the models, or with --data in the rows of a database
    Check(Check),
    /// Print models for the tables of a database
    Inspectdb(InspectDb),
    /// Compare the database with what its applied migrations made
    Diffdb(DiffDb),
    /// Write the rows of the database as JSON records
    Dumpdata(DumpData),
    /// Load records that dumpdata, or Django, wrote
    Loaddata(LoadData),
    /// Empty all tables that the migrations made
    #[command(after_help = "\
Examples:
  orm-cli flush                                asks on a terminal
  orm-cli --no-input --url sqlite:test.db flush    means yes
The history of the migrations stays.")]
    Flush,
    /// Print the SQL that flush would run, without a database
    Sqlflush(SqlFlush),
    /// Print the SQL that lets automatic keys go on behind those written by hand
    Sqlsequencereset(SqlSequenceReset),
    /// Open the database's own client
    Dbshell(DbShell),
    /// Draw the models and what they refer to, or the migrations
    Graph(Graph),
    /// Print the completions of a shell
    Completions(Completions),
}

/// Arguments of `makemigrations`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli makemigrations
  orm-cli makemigrations blog --name slugs --dry-run
  orm-cli makemigrations --check                       in CI: exit code 1 if something is missing
  orm-cli --no-input makemigrations --rename blog.Article.text=body --default blog.Article.slug=")]
pub(crate) struct MakeMigrations {
    /// Apps to write migrations for [default: all]
    #[arg(value_name = "APP")]
    pub(crate) apps: Vec<String>,
    /// Name of the migration, after its number
    #[arg(long, short, value_name = "NAME", value_parser = migration_name)]
    pub(crate) name: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write nothing; exit with 1 if something is missing
    #[arg(long)]
    pub(crate) check: bool,
    /// Write an empty migration, to be filled by hand
    #[arg(long, conflicts_with_all = ["merge", "update", "check"])]
    pub(crate) empty: bool,
    /// Join two newest migrations of one app
    #[arg(long, conflicts_with_all = ["update"])]
    pub(crate) merge: bool,
    /// Put the changes into the newest migration, which must not be applied yet
    #[arg(long)]
    pub(crate) update: bool,
    /// Accept that several tables, or all of an app, are dropped
    #[arg(long)]
    pub(crate) allow_drop: bool,
    /// Say that something was renamed: app.Old=New, or app.Model.old=new (the model's new name)
    #[arg(long, value_name = "OLD=NEW")]
    pub(crate) rename: Vec<String>,
    /// Value that existing rows get in a new column: app.Model.field=value
    #[arg(long = "default", value_name = "FIELD=VALUE")]
    pub(crate) defaults: Vec<String>,
}

/// Arguments of `rebase`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli rebase                 the branch that is not applied goes on top
  orm-cli rebase blog 0003_tags --dry-run")]
pub(crate) struct Rebase {
    /// App to look at [default: all]
    #[arg(value_name = "APP")]
    pub(crate) app: Option<String>,
    /// Newest migration of the branch that moves [default: the one that is not applied]
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Show the new names, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `migrate`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli migrate                all apps, to their newest migration
  orm-cli migrate --plan         what would run, and what it costs
  orm-cli migrate blog 0002      to 0002, forwards or backwards
  orm-cli migrate blog zero      undoes all of blog")]
pub(crate) struct Migrate {
    /// App to migrate [default: all]
    #[arg(value_name = "APP")]
    pub(crate) app: Option<String>,
    /// Migration to go to, forwards or backwards, by its name or number; `zero` undoes all
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Show the steps and what they cost, and run nothing
    #[arg(long)]
    pub(crate) plan: bool,
    /// Run nothing, and exit with 1 if something is not applied
    #[arg(long, conflicts_with_all = ["fake", "fake_initial", "prune", "in_doubt"])]
    pub(crate) check: bool,
    /// Record the migrations as applied without running them
    #[arg(long)]
    pub(crate) fake: bool,
    /// Record first migrations as applied where their tables are already there
    #[arg(long, conflicts_with = "fake")]
    pub(crate) fake_initial: bool,
    /// Drop the tables that earlier migrations copied and kept, and migrate nothing
    #[arg(long, conflicts_with_all = ["app", "fake", "fake_initial", "in_doubt"])]
    pub(crate) prune: bool,
    /// Whether a step that was interrupted is done or shall be done again, when the database cannot tell
    #[arg(long, value_enum, value_name = "ANSWER")]
    pub(crate) in_doubt: Option<StepInDoubt>,
}

/// What became of a step that was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StepInDoubt {
    Done,
    Again,
}

/// Arguments of `showmigrations`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli showmigrations
  orm-cli showmigrations blog --plan")]
pub(crate) struct ShowMigrations {
    /// Apps to list [default: all]
    #[arg(value_name = "APP")]
    pub(crate) apps: Vec<String>,
    /// List them app by app; this is what it does anyway
    #[arg(long, short)]
    pub(crate) list: bool,
    /// List them in the order in which they run, with what each one needs
    #[arg(long, short, conflicts_with = "list")]
    pub(crate) plan: bool,
}

/// Arguments of `squashmigrations`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli squashmigrations blog 0004         all up to 0004
  orm-cli squashmigrations blog 0002 0004    from 0002 to 0004
The old files stay: databases that have a part of them go on with them. When every database has
them all, remove them, take `replaces` out of the new file, and name it in place of them in
`depends_on` of other files.")]
pub(crate) struct SquashMigrations {
    /// The app
    #[arg(value_name = "APP")]
    pub(crate) app: String,
    /// The last migration to join, by its name or number; the first one, if another one follows
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// The last migration to join, if the first one is named
    #[arg(value_name = "LAST")]
    pub(crate) end: Option<String>,
    /// Keep all operations as they are
    #[arg(long)]
    pub(crate) no_optimize: bool,
    /// Name of the new migration, after its number
    #[arg(long, value_name = "NAME", value_parser = migration_name)]
    pub(crate) squashed_name: Option<String>,
    /// Show what would be joined, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `optimizemigration`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli optimizemigration blog 0004
  orm-cli optimizemigration blog 0004 --check")]
pub(crate) struct OptimizeMigration {
    /// The app
    #[arg(value_name = "APP")]
    pub(crate) app: String,
    /// The migration, by its name or number
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Write nothing; exit with 1 if it could be shorter
    #[arg(long)]
    pub(crate) check: bool,
}

/// Arguments of `sqlmigrate`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli sqlmigrate blog 0002
  orm-cli sqlmigrate blog 0002 --backwards --dialect singlestore")]
pub(crate) struct SqlMigrate {
    /// The app
    #[arg(value_name = "APP")]
    pub(crate) app: String,
    /// The migration, by its name or number
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Print the way back
    #[arg(long)]
    pub(crate) backwards: bool,
    /// Dialect to write [default: the configured database's]
    #[arg(long, value_name = "DIALECT", value_parser = ["sqlite", "mysql", "mariadb", "singlestore"])]
    pub(crate) dialect: Option<String>,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli check
  orm-cli check --dialect singlestore --fail-level warning
  orm-cli check --data --fix
Reads the models' source, which need not compile, and the migration files, and asks no database. Files
that `migrate` would refuse are told as it would, with exit code 2; the rules are in docs/rules.md.
--data looks, in the database, for what no server watches over: references to rows that are gone
(D001), values of unenforced keys in several rows (D002), side tables of lookups that miss a value
(D003) or know one that no row has (D004). Exit code 1 when something is found.")]
pub(crate) struct Check {
    /// Dialect whose rules are errors [default: the configured databases']
    #[arg(long, value_name = "DIALECT", value_parser = ["sqlite", "mysql", "mariadb", "singlestore"])]
    pub(crate) dialect: Option<String>,
    /// What fails: errors alone, or warnings as well
    #[arg(long, value_enum, default_value_t = FailLevel::Error, value_name = "LEVEL")]
    pub(crate) fail_level: FailLevel,
    /// Look at the rows of the database instead of the models
    #[arg(long, conflicts_with = "dialect")]
    pub(crate) data: bool,
    /// Repair what can be repaired without loss, and say what was done
    #[arg(long, requires = "data")]
    pub(crate) fix: bool,
}

/// What makes `check` fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailLevel {
    Error,
    Warning,
}

/// Arguments of `inspectdb`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli inspectdb --url mysql://root@127.0.0.1:3306/shop > src/models.rs
  orm-cli inspectdb customer invoice
  orm-cli --format json inspectdb")]
pub(crate) struct InspectDb {
    /// Tables to print models for [default: all]
    #[arg(value_name = "TABLE")]
    pub(crate) tables: Vec<String>,
}

/// Arguments of `diffdb`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli diffdb
  orm-cli diffdb blog --url mysql://root@127.0.0.1:3306/shop
Exit code 1 when something differs. To take over a database that is already there:
  orm-cli inspectdb > src/models.rs    models of its tables, to be read and corrected
  orm-cli makemigrations               their first migration
  orm-cli migrate --fake               recorded as applied, since the tables are there
  orm-cli diffdb                       what still differs, and what mends it")]
pub(crate) struct DiffDb {
    /// Apps whose tables to compare [default: all, and tables of none are told of as well]
    #[arg(value_name = "APP")]
    pub(crate) apps: Vec<String>,
}

/// Arguments of `dumpdata`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli dumpdata > all.json
  orm-cli --format jsonl dumpdata blog --exclude blog.Draft --output blog.jsonl
  orm-cli dumpdata blog.Article --pks 1,7
  orm-cli dumpdata blog --natural-foreign --natural-primary > moved.json
Rows come in the order of their keys, tables after those that they refer to: equal rows give equal
files. A list unless --format is jsonl or the file is named so.")]
pub(crate) struct DumpData {
    /// Apps, models or many-to-many fields: app, app.Model, app.Model.field [default: all]
    #[arg(value_name = "LABEL")]
    pub(crate) labels: Vec<String>,
    /// What to leave out, named alike
    #[arg(long, short, value_name = "LABEL")]
    pub(crate) exclude: Vec<String>,
    /// Keys of the rows to write, of one model
    #[arg(long, value_delimiter = ',', value_name = "KEYS")]
    pub(crate) pks: Vec<String>,
    /// Write relations by the natural keys that models name: #[model(natural_key(…))]
    #[arg(long)]
    pub(crate) natural_foreign: bool,
    /// Leave out the keys that the database numbers, of models that name a natural key
    #[arg(long, requires = "natural_foreign")]
    pub(crate) natural_primary: bool,
    /// File to write [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Blanks at the start of a line for each level
    #[arg(long, value_name = "BLANKS", value_parser = clap::value_parser!(u8).range(0..=16))]
    pub(crate) indent: Option<u8>,
}

/// Arguments of `loaddata`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli loaddata all.json
  zcat all.json.gz | orm-cli loaddata -
Files are read as lists or as lines, whatever their name, and may refer to each other. All is loaded,
or nothing; rows whose key is there are changed, and none is deleted.")]
pub(crate) struct LoadData {
    /// Files to load, in this order; - is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Apps, models or many-to-many fields whose records to pass over
    #[arg(long, short, value_name = "LABEL")]
    pub(crate) exclude: Vec<String>,
    /// Pass over records of models, and fields, that are not there
    #[arg(long, short)]
    pub(crate) ignorenonexistent: bool,
}

/// Arguments of `sqlflush`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli sqlflush
  orm-cli sqlflush --dialect singlestore")]
pub(crate) struct SqlFlush {
    /// Dialect to write [default: the configured database's]
    #[arg(long, value_name = "DIALECT", value_parser = ["sqlite", "mysql", "mariadb", "singlestore"])]
    pub(crate) dialect: Option<String>,
}

/// Arguments of `sqlsequencereset`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli sqlsequencereset blog
  orm-cli sqlsequencereset --dialect singlestore")]
pub(crate) struct SqlSequenceReset {
    /// Apps [default: all]
    #[arg(value_name = "APP")]
    pub(crate) apps: Vec<String>,
    /// Dialect to write [default: the configured database's]
    #[arg(long, value_name = "DIALECT", value_parser = ["sqlite", "mysql", "mariadb", "singlestore"])]
    pub(crate) dialect: Option<String>,
}

/// Arguments of `dbshell`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli dbshell
  orm-cli dbshell -- -e 'SELECT 1'
The client is sqlite3, mysql, mariadb or singlestore, whichever the URL asks for and the machine
has. The password goes to it in the environment (MYSQL_PWD), not on its command line.
With --format json the client is not started, but told of.")]
pub(crate) struct DbShell {
    /// Arguments for the client
    #[arg(last = true, value_name = "ARGUMENTS")]
    pub(crate) arguments: Vec<std::ffi::OsString>,
}

/// Arguments of `graph`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli graph --draw svg > models.svg
  orm-cli graph blog --draw mermaid
  orm-cli graph --migrations --draw dot | dot -Tsvg > migrations.svg")]
pub(crate) struct Graph {
    /// Apps to draw [default: all]
    #[arg(value_name = "APP")]
    pub(crate) apps: Vec<String>,
    /// Draw the migrations and what they depend on, instead of the models
    #[arg(long)]
    pub(crate) migrations: bool,
    /// How to draw
    #[arg(long, value_enum, default_value_t = Drawing::Text, value_name = "HOW")]
    pub(crate) draw: Drawing,
}

/// How a graph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Drawing {
    Text,
    Mermaid,
    Dot,
    Svg,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  orm-cli completions bash > ~/.local/share/bash-completion/completions/orm-cli
  orm-cli completions zsh > ~/.zfunc/_orm-cli
  orm-cli completions fish > ~/.config/fish/completions/orm-cli.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// The longest part of a migration's name behind its number; what is noted of it has 255 characters.
const MAX_NAME: usize = 200;

/// Reads the name of a migration, which is that of a file too.
///
/// Django wants an identifier as well, which may not begin with a digit; behind the number it may.
fn migration_name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if text.is_empty() || !text.chars().all(fits) {
        return Err(
            "a migration's name is made of letters, digits, underscores and hyphens".to_owned(),
        );
    }
    if text.len() > MAX_NAME {
        return Err(format!(
            "a migration's name has {MAX_NAME} characters at most"
        ));
    }
    Ok(text.to_owned())
}
