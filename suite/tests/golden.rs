//! The SQL of every model of the suite and of every migration of the examples, for all dialects, with
//! no database. `ORM_BLESS=1` writes the files instead; the difference is then reviewed like code.

#[path = "shared/storage.rs"]
#[allow(dead_code, reason = "only the definitions are wanted here")]
mod storage;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use orm::dialect::{self, Dialect, RenderError};
use orm::migrate::{
    AnswerTable, Arrangement, Graph, Hints, Migration, PlanProblem, ProjectState, detect,
    load_folders, sql_for,
};
use orm::schema::check::check_singlestore;
// Linked, so that the models are registered.
use suite as _;

fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name);
    if std::env::var_os("ORM_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("writes");
        std::fs::write(&path, text).expect("writes");
        return;
    }
    let held = std::fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; ORM_BLESS=1 writes it", path.display()));
    assert_eq!(text, held, "{}: review, then ORM_BLESS=1", path.display());
}

/// The statements of a migration, each with its purpose.
fn sql(migration: &Migration, before: &ProjectState, to: &dyn Dialect, back: bool) -> String {
    let mut out = String::new();
    let statements = match sql_for(migration, before, to, back) {
        Ok(statements) => statements,
        // A model for one database is refused by another; how, is part of what is held.
        Err(error)
            if matches!(
                *error.problem,
                PlanProblem::Render(RenderError::Unsupported { .. })
            ) =>
        {
            return format!("-- refused: {error}\n");
        }
        Err(error) => panic!("{} on {}: {error}", migration.name, to.name()),
    };
    for (text, purpose) in statements {
        writeln!(out, "-- {purpose}\n{text};\n").expect("writes to a string");
    }
    out
}

/// The first migrations of the suite's models.
fn first_migrations() -> Vec<Migration> {
    let changes = detect(
        &ProjectState::default(),
        &orm::linked_state(),
        &Hints::default(),
        &mut AnswerTable::default(),
    );
    changes
        .expect("nothing is asked")
        .arrange(&Arrangement::default())
}

#[test]
fn every_model_of_the_suite() {
    for to in dialect::ALL {
        let mut state = ProjectState::default();
        for migration in first_migrations() {
            let text = sql(&migration, &state, to, false);
            golden(
                &format!("{}/{}.{}.sql", migration.app, migration.name, to.name()),
                &text,
            );
            migration.state_forward(&mut state).expect("it applies");
        }
    }
}

#[test]
fn the_suite_is_legal_on_singlestore() {
    let state = orm::linked_state();
    let models: Vec<_> = state.models().collect();
    let mut found = Vec::new();
    for model in &models {
        let related = |id: &orm::schema::ModelId| models.iter().find(|m| m.id().same(id)).copied();
        for finding in check_singlestore(model, &related) {
            found.push(format!("{} {}", finding.id, finding.message));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The columns in the brackets of a key's line.
fn columns(line: &str) -> Vec<String> {
    let list = line.rsplit_once('(').map_or("", |(_, list)| list);
    let list = list.trim_end_matches(',').trim_end_matches(')');
    let plain = |c: &str| {
        c.trim()
            .trim_end_matches(" DESC")
            .trim_matches('`')
            .to_owned()
    };
    list.split(',').map(plain).collect()
}

/// What the server refuses in a CREATE TABLE, by `check_singlestore`'s sources but read off the SQL.
fn legal_table(table: &str) {
    let head = table
        .lines()
        .find(|l| l.starts_with("CREATE"))
        .expect("a table");
    let reference = head.contains("REFERENCE TABLE");
    let line = |word: &str| {
        let mut lines = table.lines().map(str::trim);
        lines.find(|l| l.starts_with(word)).map(columns)
    };
    assert!(line("PRIMARY KEY").is_some(), "no key: {table}");
    let shard = line("SHARD KEY");
    assert_eq!(shard.is_none(), reference, "{table}");
    assert!(
        line("SORT KEY").is_none() || !head.contains("ROWSTORE"),
        "{table}"
    );
    let unique = table.lines().map(str::trim).filter(|l| {
        l.starts_with("PRIMARY KEY") || (l.starts_with("UNIQUE KEY") && !l.contains("UNENFORCED"))
    });
    for key in unique {
        let has = columns(key);
        for column in shard.iter().flatten() {
            assert!(has.contains(column), "{key} lacks `{column}`: {table}");
        }
    }
    for line in table.lines() {
        let is_text =
            line.contains("VARCHAR(") || line.contains("LONGTEXT") || line.contains(" CHAR(");
        assert!(!is_text || line.contains("COLLATE"), "no collation: {line}");
        assert!(
            !line.contains("AUTO_INCREMENT") || line.contains(" BIGINT "),
            "{line}"
        );
        assert!(
            !line.contains("DATETIME") || line.contains("DATETIME(6)"),
            "{line}"
        );
    }
}

#[test]
fn singlestore_gets_what_it_takes() {
    let to = dialect::by_name("singlestore").expect("it exists");
    let mut texts = Vec::new();
    let mut state = ProjectState::default();
    for migration in first_migrations() {
        texts.push(sql(&migration, &state, to, false));
        migration.state_forward(&mut state).expect("it applies");
    }
    for folder in example_migrations() {
        let graph = Graph::new(load_folders(&folder).expect("they parse")).expect("they fit");
        for migration in graph.migrations() {
            texts.push(sql(migration, &before(&graph, migration), to, false));
        }
    }
    let all = texts.concat();
    assert!(
        !all.contains("FOREIGN KEY") && !all.contains("REFERENCES"),
        "{all}"
    );
    for kind in [
        "CREATE TABLE ",
        "CREATE REFERENCE TABLE ",
        "CREATE ROWSTORE TABLE ",
        "CREATE ROWSTORE REFERENCE TABLE ",
        "SORT KEY (`at` DESC, `tenant`)",
        "SHARD KEY (`tenant`)",
    ] {
        assert!(all.contains(kind), "no {kind}");
    }
    let tables: Vec<&str> = all
        .split(";\n")
        .filter(|t| t.contains("\nCREATE "))
        .collect();
    assert!(tables.len() > 25, "{}", tables.len());
    tables.into_iter().for_each(legal_table);
}

/// Folders of migrations below the examples.
fn example_migrations() -> Vec<PathBuf> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(examples)
        .expect("there are examples")
        .filter_map(|e| Some(e.ok()?.path().join("migrations")))
        .filter(|p| p.is_dir())
        .collect();
    folders.sort();
    folders
}

#[test]
fn every_migration_of_the_examples() {
    let folders = example_migrations();
    assert!(!folders.is_empty(), "the examples have migrations");
    for folder in folders {
        let graph = Graph::new(load_folders(&folder).expect("they parse")).expect("they fit");
        for migration in graph.migrations() {
            let before = before(&graph, migration);
            for to in dialect::ALL {
                for (back, way) in [(false, "forwards"), (true, "backwards")] {
                    let text = sql(migration, &before, to, back);
                    let name = format!(
                        "{}/{}.{}.{way}.sql",
                        migration.app,
                        migration.name,
                        to.name()
                    );
                    golden(&format!("examples/{name}"), &text);
                }
            }
        }
    }
}

/// The state that a migration starts from.
fn before(graph: &Graph, migration: &Migration) -> ProjectState {
    let plan = graph
        .forwards_plan(&migration.app, &migration.name)
        .expect("it is in the graph");
    let mut state = ProjectState::default();
    for earlier in plan.into_iter().filter(|m| m.key() != migration.key()) {
        earlier.state_forward(&mut state).expect("it applies");
    }
    state
}
