//! Random histories, by their files: each run's migrations are written, read and replayed.

use proptest::prelude::*;

use super::files::written;
use super::property::{Agreeable, Told, run, states, told, way_back};
use crate::migrate::autodetect::{Answers, Arrangement, Hints, detect};
use crate::migrate::{Graph, Migration, Operation, ProjectState, SquashError, squash};

/// `PROPTEST_CASES` asks for more, or fewer.
fn config() -> ProptestConfig {
    let set = std::env::var_os("PROPTEST_CASES").is_some();
    let mut config = ProptestConfig::default();
    config.cases = if set { config.cases } else { 1_000 };
    config.failure_persistence = None;
    config
}

/// What `makemigrations` would write, as it is read again.
pub(super) fn next(
    files: &[Migration],
    to: &ProjectState,
    mut answers: impl Answers,
) -> Result<Vec<Migration>, String> {
    let graph = Graph::new(files.to_vec()).map_err(|e| e.to_string())?;
    let from = graph.state().map_err(|e| e.to_string())?;
    let with = Arrangement {
        newest: graph.newest().map_err(|e| e.to_string())?,
        name: None,
        date: "20260101_1200",
    };
    let changes = detect(&from, to, &Hints::default(), &mut answers)
        .map_err(|e| format!("{e}\n{}", written(&from, to)))?;
    let read = |m: Migration| {
        let text = m.to_toml();
        Migration::from_toml(&m.app, &m.name, "file", &text).map_err(|e| format!("{e}\n{text}"))
    };
    let mut migrations = changes.arrange(&with);
    graph.wait_for_users(&mut migrations);
    migrations.into_iter().map(read).collect()
}

pub(super) fn state(files: &[Migration]) -> Result<ProjectState, String> {
    let graph = Graph::new(files.to_vec()).map_err(|e| e.to_string())?;
    graph.state().map_err(|e| e.to_string())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn files_lead_there_and_back(
        history in prop::collection::vec(states(), 2..4),
        renames in any::<bool>(),
        told in told(),
    ) {
        let answers = Agreeable { renames, told };
        let quiet = Agreeable { renames, told: Told::Nothing };
        let fail = |text: String| TestCaseError::fail(text);
        let mut files: Vec<Migration> = Vec::new();
        for to in &history {
            let before = state(&files).map_err(fail)?;
            let new = next(&files, to, answers).map_err(fail)?;
            files.extend(new.iter().cloned());
            let there = state(&files).map_err(fail)?;
            prop_assert!(there.same(to), "the files make other models");
            prop_assert!(next(&files, to, quiet).map_err(fail)?.is_empty(), "not quiet");
            // Backwards, in the order in which the graph would undo them.
            let graph = Graph::new(files.clone()).map_err(|e| fail(e.to_string()))?;
            let made = graph.migrations().iter().filter(|m| new.iter().any(|n| n.key() == m.key()));
            let forwards: Vec<(String, Operation)> = made
                .flat_map(|m| m.operations.iter().map(|o| (m.app.clone(), o.clone())))
                .collect();
            let reached = run(&forwards, &before)?;
            prop_assert!(reached.same(to), "the files make other models");
            if let Some(back) = way_back(&forwards, &before) {
                prop_assert!(run(&back, &there)?.same(&before), "the way back leads elsewhere");
            }
        }
        // All of an application as one makes the same, or it is said what stands between.
        let graph = Graph::new(files).map_err(|e| fail(e.to_string()))?;
        for (app, newest) in graph.newest().map_err(|e| fail(e.to_string()))? {
            match squash(&graph, &app, None, &newest, None, true) {
                Ok(_) | Err(SquashError::One(_) | SquashError::Between { .. }) => {}
                Err(other) => return Err(fail(other.to_string())),
            }
        }
    }
}
