//! What the commands that talk to a database share.

use orm::Db;
use orm::backend::DbErrorKind;
use orm::dialect::Dialect;
use orm::fixtures::FixtureError;
use orm::introspect::IntrospectError;
use orm::migrate::{MigrateError, MigrateOptions, Migrator, ProjectState};

use orm_schema::{FixtureDef, ModelDef};

use super::{Context, diffdb};
use crate::project::Project;
use crate::report::{Diagnostic, EXIT_DATABASE, EXIT_USAGE, Failure, chain};
use crate::source;

/// Runs a future to its end; commands are not async themselves.
pub(super) fn wait<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Failure::usage(format!("cannot start: {e}")))?;
    runtime.block_on(future)
}

/// Connects to the database that the flags or the configuration name.
pub(super) async fn connect(context: &Context<'_>, project: &Project) -> Result<Db, Failure> {
    let global = &context.cli.global;
    let url = project.database_url(global.database.as_deref(), global.url.as_deref())?;
    let origin = project.database_url_origin(global.database.as_deref(), global.url.as_deref());
    Db::connect(&url).await.map_err(|e| {
        let hint = match e.kind {
            DbErrorKind::Config => Some(
                "URLs: sqlite:FILE, sqlite::memory:, mysql://user:password@host:3306/database, mariadb://…, singlestore://…",
            ),
            DbErrorKind::Unreachable | DbErrorKind::ReadOnly if url.starts_with("sqlite:") => {
                Some("correct the path, or name another file")
            }
            DbErrorKind::Unreachable => Some("is the server running, and are host and port right?"),
            DbErrorKind::Auth => Some("check user and password in the URL"),
            DbErrorKind::NoSuchObject => Some("create the database first, or correct its name in the URL"),
            _ => None,
        };
        let hint = hint.map(|hint| format!("{hint} (the URL comes from {origin})"));
        let code = if e.kind == DbErrorKind::Config { EXIT_USAGE } else { EXIT_DATABASE };
        let mut fault = Diagnostic::new(chain(&e));
        fault.hint = hint;
        Failure::with_code(code, fault)
    })
}

/// The failure of a run: what is wrong with the files or the arguments is 2, what the database
/// holds or says is 3.
pub(super) fn failure(error: &MigrateError) -> Failure {
    let code = match error {
        MigrateError::Plan(_)
        | MigrateError::NoApp { .. }
        | MigrateError::NoMigration { .. }
        | MigrateError::Dependency { .. }
        | MigrateError::Load(_)
        | MigrateError::Graph(_)
        | MigrateError::NoCode { .. }
        | MigrateError::TwoCodes { .. } => EXIT_USAGE,
        _ => EXIT_DATABASE,
    };
    Failure::with_code(code, Diagnostic::new(chain(error)))
}

/// Connects to a database that must be there already: SQLite would make an empty file.
pub(super) async fn connect_existing(
    context: &Context<'_>,
    project: &Project,
) -> Result<Db, Failure> {
    let global = &context.cli.global;
    let url = project.database_url(global.database.as_deref(), global.url.as_deref())?;
    let file = url.strip_prefix("sqlite:").map(|path| {
        let path = path.split('?').next().unwrap_or(path);
        path.strip_prefix("//").unwrap_or(path)
    });
    if let Some(file) = file.filter(|f| !f.is_empty() && !f.starts_with(':'))
        && !std::path::Path::new(file).exists()
    {
        let fault = Diagnostic::new(format!("there is no database {file}"))
            .hint("`orm-cli migrate` makes it; or name another by --url, --database, orm.toml or DATABASE_URL");
        return Err(Failure::with_code(EXIT_DATABASE, fault));
    }
    connect(context, project).await
}

/// The failure of reading a catalog: a table that is not there is a wrong argument.
pub(super) fn catalog_failure(error: &IntrospectError) -> Failure {
    let mut fault = Diagnostic::new(chain(error));
    let code = match error {
        IntrospectError::NoTable { .. } => EXIT_USAGE,
        IntrospectError::Db(e) => {
            if matches!(e.kind, DbErrorKind::Auth | DbErrorKind::ReadOnly) {
                fault.hint =
                    Some("the user needs the right to SELECT the tables it shall read".to_owned());
            }
            EXIT_DATABASE
        }
        _ => EXIT_DATABASE,
    };
    Failure::with_code(code, fault)
}

/// The models as the applied migrations made their tables, with what apps say of storage.
pub(super) async fn applied_state(
    context: &Context<'_>,
    project: &Project,
    db: &Db,
) -> Result<ProjectState, Failure> {
    let store = context.store(project)?;
    let storage = context.storage(project, &store)?;
    let migrator =
        Migrator::new(db, &store.migrations, MigrateOptions::default()).map_err(|e| failure(&e))?;
    let applied = migrator.applied().await.map_err(|e| failure(&e))?;
    let applied = applied.into_iter().map(|a| (a.app, a.name)).collect();
    let state = diffdb::replayed(&store, &applied, &storage)?;
    if state.models().next().is_none() {
        let fault = Diagnostic::new("no migration is applied here, so there is no table")
            .hint("`orm-cli migrate` makes them");
        return Err(Failure::with_code(EXIT_DATABASE, fault));
    }
    Ok(state)
}

/// As [`applied_state`], with what models say of their rows as text. That changes no table and stands
/// in no file, so it comes from the models that the program links, else from the source.
pub(super) async fn fixture_state(
    context: &Context<'_>,
    project: &Project,
    db: &Db,
) -> Result<ProjectState, Failure> {
    let mut state = applied_state(context, project, db).await?;
    let linked: Vec<ModelDef> = orm::linked_state().models().cloned().collect();
    let declared = match linked.is_empty() {
        false => linked,
        true => {
            let source = context.project().ok().map(|p| source::read(&p));
            match source {
                Some(Ok(source)) => source.models.into_iter().map(|m| m.def).collect(),
                // Rows may be written and loaded where there is no source, or one that is being changed.
                Some(Err(_)) if !project.packages.is_empty() => {
                    context.output.note(
                        "note: the source cannot be read (`orm-cli check` says why), so that natural keys are not known",
                    );
                    Vec::new()
                }
                _ => Vec::new(),
            }
        }
    };
    for model in declared
        .into_iter()
        .filter(|m| m.fixtures != FixtureDef::default())
    {
        let Some(mut known) = state.model(&model.id()).cloned() else {
            continue;
        };
        let fields = &model.fixtures.natural_key;
        if let Some(missing) = fields.iter().find(|f| known.field(f).is_none()) {
            context.output.note(format!(
                "note: the natural key of {} is not known here: no applied migration makes `{missing}`",
                model.id()
            ));
        }
        known.fixtures = model.fixtures;
        state.insert(known);
    }
    Ok(state)
}

/// The failure of reading or writing rows: what a person gave wrongly is 2, what the database holds
/// or says is 3.
pub(super) fn fixture_failure(error: &FixtureError) -> Failure {
    let cause = match error {
        FixtureError::In { error, .. } => error,
        other => other,
    };
    let (code, hint) = match cause {
        FixtureError::Unknown { .. } | FixtureError::Options(_) => (EXIT_USAGE, None),
        FixtureError::Record { .. } => (EXIT_USAGE, Some("nothing was kept")),
        FixtureError::Io(_) => (EXIT_USAGE, None),
        FixtureError::Row { .. } => (EXIT_DATABASE, Some("nothing was kept")),
        FixtureError::Faults { .. } => (
            EXIT_DATABASE,
            Some(
                "nothing was kept; `orm-cli check --data` tells which of the faults were there before",
            ),
        ),
        // No disk, no right to write, nobody there: the tables have no part in it.
        FixtureError::Db(e)
            if matches!(e.kind, DbErrorKind::Resource | DbErrorKind::ReadOnly)
                || e.is_connection_lost()
                || e.is_timeout()
                || e.is_retryable() =>
        {
            (EXIT_DATABASE, None)
        }
        _ => (
            EXIT_DATABASE,
            Some("`orm-cli diffdb` says whether the tables are as the migrations made them"),
        ),
    };
    let mut fault = Diagnostic::new(chain(error));
    fault.hint = hint.map(str::to_owned);
    Failure::with_code(code, fault)
}

/// The dialect that a flag names, else that of the database that the flags or the configuration name.
pub(super) fn dialect_of(
    context: &Context<'_>,
    project: &Project,
    flag: Option<&str>,
) -> Result<&'static dyn Dialect, Failure> {
    let global = &context.cli.global;
    let name = match flag {
        Some(name) => name.to_owned(),
        None => {
            let url = project.database_url(global.database.as_deref(), global.url.as_deref())?;
            url.split(':').next().unwrap_or_default().to_owned()
        }
    };
    orm::dialect::by_name(&name).ok_or_else(|| {
        Diagnostic::new(format!("`{name}` is no dialect"))
            .hint("give --dialect sqlite, mysql, mariadb or singlestore")
            .into()
    })
}

/// Whether a table is one in which migrations are recorded.
pub(super) fn is_bookkeeping(table: &str) -> bool {
    table == "orm_migrations" || table.starts_with("orm_migration_")
}
