//! What can go wrong when migrations run.

use crate::backend::DbError;
use crate::migrate::{Direction, GraphError, LoadError, PlanError};

/// A run of migrations that stopped, or did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// The database raised an error outside of a migration's own statements.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A migration cannot be turned into steps.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// There is no such application.
    #[error("there are no migrations of application `{app}`{}", hint(.near))]
    NoApp {
        /// The application.
        app: String,
        /// One of like name.
        near: Option<String>,
    },
    /// There is no such migration, or more than one.
    #[error("{} migrations of `{app}` begin with `{name}`{}; give the whole name", .found.len(), listed(.found))]
    NoMigration {
        /// The application.
        app: String,
        /// The name asked for.
        name: String,
        /// Those that begin with it.
        found: Vec<String>,
    },
    /// Migrations depend on one that is missing, or on each other.
    #[error("{migration} depends on {dependency}, {problem}")]
    Dependency {
        /// The migration.
        migration: String,
        /// What it depends on.
        dependency: String,
        /// What is wrong with that.
        problem: &'static str,
    },
    /// An applied migration depends on one that is not.
    #[error(
        "the history is inconsistent: {migration} is applied, but {dependency}, which it depends on, is not; apply it with `migrate --fake` if its tables are there, or undo {migration}"
    )]
    History {
        /// The applied migration.
        migration: String,
        /// The one that is not applied.
        dependency: String,
    },
    /// Files that the program carries are no migrations.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Migrations that do not make a graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A squashed migration whose parts are applied in part, and the rest of their files is gone.
    #[error(
        "{done} of the {total} migrations that {migration} stands for are applied, and the file of {missing} is gone; bring the old files back, migrate, and remove them when every database has them all"
    )]
    HalfSquashed {
        /// The squashed migration.
        migration: String,
        /// How many of its parts are applied.
        done: usize,
        /// How many it has.
        total: usize,
        /// One that is not applied and not there.
        missing: String,
    },
    /// A migration is under way, and the run would not finish it.
    #[error("{migration} stopped {direction} after {done} of {total} steps; finish it first: `migrate {app} {name}`", direction = .direction.as_str())]
    HalfDone {
        /// The migration, as `app.name`.
        migration: String,
        /// Its application.
        app: String,
        /// The target that finishes it.
        name: String,
        /// The way it went.
        direction: Direction,
        /// Steps done.
        done: usize,
        /// Steps noted.
        total: usize,
    },
    /// A migration under way is no longer what it was when it began.
    #[error(
        "{migration} stopped after {done} steps, and {what} has changed since; bring back the old file to finish it"
    )]
    ChangedHalfWay {
        /// The migration.
        migration: String,
        /// Steps done.
        done: usize,
        /// What changed.
        what: String,
    },
    /// Nobody knows whether a step took effect.
    #[error(
        "{migration} was interrupted in step {step} of {total}, and whether this took effect cannot be told from the catalog: {statement}; look, then run again and say that the step is done, or is to be done again"
    )]
    InDoubt {
        /// The migration.
        migration: String,
        /// The step's number, from 1.
        step: usize,
        /// Steps in all.
        total: usize,
        /// Its statement.
        statement: String,
    },
    /// Rows are in the way of an operation; nothing has run.
    #[error("{migration}: cannot apply \"{operation}\": {}", refusal(.table, .column, *.rows, *.nulls))]
    Rows {
        /// The migration.
        migration: String,
        /// The operation.
        operation: String,
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// How many.
        rows: u64,
        /// Whether they are rows with NULL; else any rows.
        nulls: bool,
    },
    /// Several rows have the same value in a column that becomes unique.
    #[error("{migration}: cannot apply \"{operation}\": {table}.{column} becomes unique, but several rows have {}; change or delete rows until each value is there once, then migrate again", same_values(.values))]
    Duplicates {
        /// The migration.
        migration: String,
        /// The operation.
        operation: String,
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Values, and how many rows have each; ten at most are told, an eleventh says that there are
        /// more.
        values: Vec<(String, u64)>,
    },
    /// A unique column is added with one value for all rows; nothing has run.
    #[error(
        "{migration}: cannot apply \"{operation}\": {table} has {rows} rows, which would all get the same value in the unique column {column}; add it with NULL allowed, fill it by run_code or run_sql, then make it unique"
    )]
    SameForAll {
        /// The migration.
        migration: String,
        /// The operation.
        operation: String,
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// How many rows there are.
        rows: u64,
    },
    /// A table stands where the operation needs a name for its own; nothing has run.
    #[error(
        "{migration}: cannot apply \"{operation}\": it copies a table and needs the name `{table}`, which a table has that no migration made; rename or drop it"
    )]
    InTheWay {
        /// The migration.
        migration: String,
        /// The operation.
        operation: String,
        /// The table.
        table: String,
    },
    /// The program does not hold the code of a migration; nothing has run.
    #[error("{migration} ({}) runs the code `{code}`, which this program does not hold{}; run the program that links it, or register it: #[orm::data_migration(\"{code}\")] async fn {}(models: &orm::migrate::Models<'_>) -> orm::Result<()>", file(.migration), held(.known), function(.code))]
    NoCode {
        /// The migration.
        migration: String,
        /// The code's name.
        code: String,
        /// Names that the program holds.
        known: Vec<String>,
    },
    /// The program registers code twice under one name; nothing has run.
    #[error(
        "{migration} runs the code `{code}`, which this program registers twice: #[orm::data_migration(\"{code}\")] stands on two functions, of which one needs another name"
    )]
    TwoCodes {
        /// The migration.
        migration: String,
        /// The code's name.
        code: String,
    },
    /// The code of a migration failed.
    #[error("{migration}: the code `{code}` failed: {source}{}", after_code(*.undone, *.stays))]
    Code {
        /// The migration.
        migration: String,
        /// The code's name.
        code: String,
        /// Its error.
        source: Box<dyn std::error::Error + Send + Sync>,
        /// Whether the whole migration was undone.
        undone: bool,
        /// Rows of earlier batches, which stay.
        stays: u64,
    },
    /// A statement of a migration failed.
    #[error("{migration}: step {step} of {total} failed ({comment}): {source}{}", after_failure(*.undone))]
    Statement {
        /// The migration.
        migration: String,
        /// The step's number, from 1.
        step: usize,
        /// Steps in all.
        total: usize,
        /// What the step was for.
        comment: String,
        /// Whether the whole migration was undone.
        undone: bool,
        /// The database's error.
        source: Box<DbError>,
    },
    /// A table and its copy are not the same; the copy has not taken the table's place.
    #[error(
        "{migration}: step {step} of {total} stopped ({comment}): {problem}; nothing is lost, and the next run goes on from here"
    )]
    Unequal {
        /// The migration.
        migration: String,
        /// The step's number, from 1.
        step: usize,
        /// Steps in all.
        total: usize,
        /// What the step was for.
        comment: String,
        /// What differs.
        problem: String,
    },
    /// What a table's rebuild took away cannot be made again; the migration was undone.
    #[error(
        "{migration} makes a table anew, and `{name}`, which stood on it, does not fit the new one, so it was undone: {source}; drop `{name}` by run_sql before, and make it again after"
    )]
    NotRestored {
        /// The migration.
        migration: String,
        /// The trigger or index.
        name: String,
        /// The database's error.
        source: Box<DbError>,
    },
    /// Rows refer to rows that are not there; the migration was undone.
    #[error("{migration} leaves rows that refer to nothing, so it was undone: {}", .orphans.join("; "))]
    Orphans {
        /// The migration.
        migration: String,
        /// Which.
        orphans: Vec<String>,
    },
    /// Somebody else migrates this database.
    #[error("another run migrates this database: {owner}; wait for it to end")]
    Locked {
        /// Who, and since when.
        owner: String,
    },
    /// The lock was lost on the way.
    #[error("the lock on migrations was lost, so no further step is run: {0}")]
    LockLost(#[source] DbError),
}

fn hint(near: &Option<String>) -> String {
    near.as_ref()
        .map(|n| format!("; did you mean `{n}`?"))
        .unwrap_or_default()
}

fn listed(found: &[String]) -> String {
    if found.is_empty() {
        String::new()
    } else {
        format!(" ({})", found.join(", "))
    }
}

fn held(known: &[String]) -> String {
    if known.is_empty() {
        " (it holds none)".to_owned()
    } else {
        format!(" (it holds {})", known.join(", "))
    }
}

fn same_values(values: &[(String, u64)]) -> String {
    let told = values.iter().take(super::prepare::SHOWN);
    let mut told: Vec<String> = told.map(|(v, n)| format!("{v} ({n} rows)")).collect();
    if values.len() > told.len() {
        told.push("and more".to_owned());
    }
    told.join(", ")
}

fn refusal(table: &str, column: &str, rows: u64, nulls: bool) -> String {
    if nulls {
        format!(
            "{rows} rows of {table} have NULL in {column}, which becomes NOT NULL; fill them first, or give the operation's field a default with `preserve_default = false`"
        )
    } else {
        format!(
            "{table} has {rows} rows, which would have no value in the new NOT NULL column {column}; give the operation's field a default with `preserve_default = false`"
        )
    }
}

/// The file of a migration, below the folder of all applications.
fn file(migration: &str) -> String {
    format!("{}.toml", migration.replacen('.', "/", 1))
}

/// A name for the function of code.
fn function(code: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    code.chars().map(plain).collect()
}

fn after_code(undone: bool, stays: u64) -> String {
    match stays {
        _ if undone => "; the migration was undone as a whole".to_owned(),
        0 => "; what it did was undone, and the next run does it again".to_owned(),
        n => format!(
            "; the {n} rows of the batches before stay, and the next run goes on behind them"
        ),
    }
}

fn after_failure(undone: bool) -> &'static str {
    if undone {
        "; the migration was undone as a whole"
    } else {
        "; the steps before it stay, and the next run goes on from here"
    }
}
