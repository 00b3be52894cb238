//! `diffdb`: compares what the applied migrations made with what the database holds.

mod columns;
mod keys;
mod mend;
mod print;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use orm::dialect::Dialect;
use orm::introspect::{
    Difference, Found, Part, Table, compare, expected_table, models_of, read_tables,
    spell_as_server,
};
use orm::migrate::{
    MappedTable, MigrateOptions, Migrator, ProjectState, StorageTypes, mapped_tables,
};
use orm::{Db, Executor as _};
use orm_schema::ModelDef;

use super::database::{self, catalog_failure};
use super::{Context, known_app};
use crate::args;
use crate::report::{EXIT_DIFFERENCE, Failure};
use crate::store::Store;
use mend::{Mend, Subject};

/// A difference with its place and what mends it.
struct Drift {
    table: String,
    /// App and model, if the table belongs to one.
    model: Option<(String, String)>,
    difference: Difference,
    mend: Mend,
}

pub(super) fn run(context: &Context<'_>, args: &args::DiffDb) -> Result<u8, Failure> {
    let project = context.place()?;
    let store = context.store(&project)?;
    for app in &args.apps {
        known_app(&store, app)?;
    }
    let storage = context.storage(&project, &store)?;
    let (drifts, dialect) = database::wait(async {
        let db = database::connect_existing(context, &project).await?;
        let migrator = Migrator::new(&db, &store.migrations, MigrateOptions::default())
            .map_err(|e| database::failure(&e))?;
        let applied = migrator.applied().await;
        let applied = applied.map_err(|e| database::failure(&e))?;
        let applied = applied.into_iter().map(|a| (a.app, a.name)).collect();
        let state = replayed(&store, &applied, &storage)?;
        if state.models().next().is_none() {
            let note = "note: no migration is applied here, so every table counts as one too many";
            context.output.note(note);
        }
        let mut found = read_tables(&db, None)
            .await
            .map_err(|e| catalog_failure(&e))?;
        let kept = migrator.kept().await.map_err(|e| database::failure(&e))?;
        // Copies that migrations keep until `migrate --prune` are no table too many.
        found
            .tables
            .retain(|t| !kept.iter().any(|k| k.table == t.name));
        let tables = expected(&db, &state, &found, &args.apps).await?;
        let drifts = drifts(&state, &tables, &found, &args.apps, db.dialect());
        Ok((drifts, db.dialect()))
    })?;
    print::report(context.output, &drifts, dialect);
    Ok(if drifts.is_empty() {
        0
    } else {
        EXIT_DIFFERENCE
    })
}

/// The state that the applied migrations make, with the storage types that apps give.
pub(super) fn replayed(
    store: &Store,
    applied: &BTreeSet<(String, String)>,
    storage: &StorageTypes,
) -> Result<ProjectState, Failure> {
    let graph = store.graph()?;
    let mut state = ProjectState::default();
    for migration in graph.migrations() {
        let replaced = !migration.replaces.is_empty()
            && migration.replaces.iter().all(|key| applied.contains(key));
        if applied.contains(&migration.key()) || replaced {
            migration
                .state_forward(&mut state)
                .map_err(|e| Failure::usage(e.to_string()))?;
        }
    }
    let models: Vec<ModelDef> = state.models().cloned().collect();
    Ok(models
        .into_iter()
        .map(|mut model| {
            if let Some(own) = storage.get(&model.app) {
                own.fill(&mut model);
            }
            model
        })
        .collect())
}

/// A table as it should be.
struct Expected<'a> {
    model: &'a ModelDef,
    mapped: MappedTable,
    table: Table,
}

/// The tables of the models of these apps as they should be.
fn described<'a>(
    state: &'a ProjectState,
    apps: &[String],
    rowstore: bool,
    dialect: &dyn Dialect,
) -> Result<Vec<Expected<'a>>, Failure> {
    let chosen = |m: &&ModelDef| apps.is_empty() || apps.contains(&m.app);
    let mut out = Vec::new();
    for model in state.models().filter(chosen) {
        let mapped = mapped_tables(state, model, dialect.features())
            .map_err(|e| Failure::usage(e.to_string()))?;
        for mapped in mapped {
            let table = expected_table(&mapped.table, dialect, rowstore)
                .map_err(|e| catalog_failure(&e))?;
            out.push(Expected {
                model,
                mapped,
                table,
            });
        }
    }
    Ok(out)
}

/// [`described`], with expressions as the server spells them where it spells them otherwise.
async fn expected<'a>(
    db: &Db,
    state: &'a ProjectState,
    found: &Found,
    apps: &[String],
) -> Result<Vec<Expected<'a>>, Failure> {
    let dialect = db.dialect();
    let mut tables = described(state, apps, found.rowstore_by_default, dialect)?;
    let spelling = |d: &Difference| matches!(d.part, Part::Default | Part::Computed);
    for expected in &mut tables {
        let Some(actual) = table_of(found, &expected.table.name, dialect) else {
            continue;
        };
        let differences = compare(&expected.table, actual, dialect.features());
        if differences.iter().any(spelling) {
            let connection = db.acquire().await.map_err(|e| Failure::database(&e))?;
            spell_as_server(&connection, &expected.mapped.table, &mut expected.table)
                .await
                .map_err(|e| catalog_failure(&e))?;
        }
    }
    Ok(tables)
}

/// Every difference, by model and then by table.
fn drifts(
    state: &ProjectState,
    tables: &[Expected<'_>],
    found: &Found,
    apps: &[String],
    dialect: &'static dyn Dialect,
) -> Vec<Drift> {
    let inspected = models_of(found, &[], dialect);
    let mut out = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let unmanaged = state.models().filter(|m| !m.managed);
    known.extend(unmanaged.map(|m| m.table.clone()));
    for expected in tables {
        let (model, mapped) = (expected.model, &expected.mapped);
        let name = &mapped.table.name;
        let actual = table_of(found, name, dialect);
        known.insert(actual.map_or(name, |t| &t.name).clone());
        if let Some((name, error)) = found.unread.iter().find(|(n, _)| n == name) {
            let text = format!("cannot be compared: {error}");
            let difference = unreadable(name, &text);
            out.push(of_model(model, mapped, difference, Mend::default()));
            continue;
        }
        let subject = Subject {
            state,
            model,
            mapped,
            found: actual,
            inspected: actual.and_then(|t| inspected.iter().find(|m| m.def.table == t.name)),
            dialect,
        };
        let differences = differences(&expected.table, actual, dialect);
        let mut mends: Vec<Mend> = differences
            .iter()
            .map(|d| mend::mend(&subject, d))
            .collect();
        mend::plan(state, model, &mut mends, dialect);
        let both = differences.into_iter().zip(mends);
        out.extend(both.map(|(d, m)| of_model(model, mapped, d, m)));
    }
    if apps.is_empty() {
        let extra = found.tables.iter().filter(|t| !known.contains(&t.name));
        for table in extra.filter(|t| !database::is_bookkeeping(&t.name)) {
            out.push(extra_table(table, dialect));
        }
        for (name, error) in found.unread.iter().filter(|(n, _)| !known.contains(n)) {
            out.push(Drift {
                table: name.clone(),
                model: None,
                difference: unreadable(name, &format!("cannot be read: {error}")),
                mend: Mend::default(),
            });
        }
    }
    out
}

/// The table of this name; SQLite's names compare without case.
fn table_of<'f>(found: &'f Found, name: &str, dialect: &dyn Dialect) -> Option<&'f Table> {
    let same =
        |t: &&Table| dialect.features().transactional_ddl && t.name.eq_ignore_ascii_case(name);
    found.table(name).or_else(|| found.tables.iter().find(same))
}

fn differences(expected: &Table, found: Option<&Table>, dialect: &dyn Dialect) -> Vec<Difference> {
    match found {
        Some(found) => compare(expected, found, dialect.features()),
        None => vec![Difference {
            part: Part::Table,
            name: Some(expected.name.clone()),
            expected: Some(columns(expected)),
            found: None,
        }],
    }
}

fn columns(table: &Table) -> String {
    let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    format!("({})", names.join(", "))
}

fn unreadable(name: &str, text: &str) -> Difference {
    Difference {
        part: Part::Table,
        name: Some(name.to_owned()),
        expected: Some("as the migrations made it".to_owned()),
        found: Some(text.to_owned()),
    }
}

fn of_model(model: &ModelDef, mapped: &MappedTable, difference: Difference, mend: Mend) -> Drift {
    Drift {
        table: mapped.table.name.clone(),
        model: Some((model.app.clone(), model.name.clone())),
        difference,
        mend,
    }
}

fn extra_table(table: &Table, dialect: &dyn Dialect) -> Drift {
    let difference = Difference {
        part: Part::Table,
        name: Some(table.name.clone()),
        expected: None,
        found: Some(columns(table)),
    };
    let drop = orm::ast::Ddl::DropTable {
        name: table.name.clone(),
        if_exists: false,
    };
    let mut mend = Mend::ddl(&[drop], dialect);
    mend.note = Some(format!(
        "no applied migration makes it, and its rows would go with it; to have a model of it: orm-cli inspectdb {}",
        table.name
    ));
    Drift {
        table: table.name.clone(),
        model: None,
        difference,
        mend,
    }
}
