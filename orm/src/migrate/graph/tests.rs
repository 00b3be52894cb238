//! Small graphs.

use std::collections::BTreeSet;

use super::{Graph, GraphError, MigrationKey};
use crate::migrate::{Migration, Operation};

fn key(text: &str) -> MigrationKey {
    let (app, name) = text.split_once('.').unwrap();
    (app.to_owned(), name.to_owned())
}

fn migration(name: &str, depends_on: &[&str]) -> Migration {
    let (app, name) = key(name);
    let mut m = Migration::new(app, name);
    m.depends_on = depends_on.iter().map(|d| key(d)).collect();
    m
}

fn graph(list: &[(&str, &[&str])]) -> Result<Graph, GraphError> {
    Graph::new(list.iter().map(|(n, d)| migration(n, d)).collect())
}

fn names(migrations: &[&Migration]) -> String {
    let names: Vec<String> = migrations
        .iter()
        .map(|m| format!("{}.{}", m.app, m.name))
        .collect();
    names.join(" ")
}

fn sample() -> Graph {
    graph(&[
        ("b.1", &[]),
        ("b.2", &["b.1", "a.2"]),
        ("a.3", &["a.2", "b.2"]),
        ("a.2", &["a.1"]),
        ("a.1", &[]),
    ])
    .unwrap()
}

#[test]
fn plans_hold_what_is_needed_in_order() {
    let g = sample();
    let all: Vec<&Migration> = g.migrations().iter().collect();
    assert_eq!(names(&all), "a.1 a.2 b.1 b.2 a.3");
    assert_eq!(
        names(&g.forwards_plan("b", "2").unwrap()),
        "a.1 a.2 b.1 b.2"
    );
    assert_eq!(names(&g.forwards_plan("b", "1").unwrap()), "b.1");
    assert_eq!(names(&g.backwards_plan("a", "2").unwrap()), "a.3 b.2 a.2");
    assert_eq!(names(&g.roots("a")), "a.1");
    assert_eq!(names(&g.leaves("b")), "b.2");
    let newest = g.newest().unwrap();
    assert_eq!((newest["a"].as_str(), newest["b"].as_str()), ("3", "2"));
}

#[test]
fn a_migration_is_found_by_the_start_of_its_name() {
    let g = graph(&[("a.0001_initial", &[]), ("a.0002_x", &["a.0001_initial"])]).unwrap();
    assert_eq!(g.find("a", "0002").unwrap().name, "0002_x");
    assert!(matches!(
        g.find("a", "000"),
        Err(GraphError::Ambiguous { .. })
    ));
    assert_eq!(
        g.find("a", "0001_inital").unwrap_err().to_string(),
        "there is no migration a.0001_inital; did you mean 0001_initial?"
    );
}

#[test]
fn what_is_no_graph_is_refused() {
    type Files<'a> = &'a [(&'a str, &'a [&'a str])];
    let refused: [(Files<'_>, &str); 4] = [
        (
            &[("a.1", &[]), ("a.1", &[])],
            "there are two migrations a.1; rename one of them",
        ),
        (
            &[("a.0001_initial", &[]), ("a.0002_x", &["a.0001_inital"])],
            "migration a.0002_x depends on a.0001_inital, which is not there; did you mean a.0001_initial?",
        ),
        (
            &[("a.1", &["b.7"])],
            "migration a.1 depends on b.7, which is not there",
        ),
        (
            &[
                ("a.1", &["b.1"]),
                ("b.1", &["a.2"]),
                ("a.2", &["a.1"]),
                ("c.1", &["a.1"]),
            ],
            "migrations depend on each other in a circle: a.1 -> b.1 -> a.2 -> a.1; \
             take one of the dependencies out",
        ),
    ];
    for (list, expected) in refused {
        assert_eq!(graph(list).unwrap_err().to_string(), expected);
    }
}

#[test]
fn several_newest_migrations_are_a_conflict() {
    let g = graph(&[
        ("a.1", &[]),
        ("a.2_x", &["a.1"]),
        ("a.2_y", &["a.1"]),
        ("b.1", &["a.2_x"]),
    ])
    .unwrap();
    assert_eq!(
        g.check_conflicts().unwrap_err(),
        GraphError::Conflict {
            app: "a".into(),
            leaves: vec!["2_x".into(), "2_y".into()]
        }
    );
    let text = g.check_conflicts().unwrap_err().to_string();
    assert!(
        text.contains("2_x, 2_y") && text.contains("--merge") && text.contains("rebase"),
        "{text}"
    );
    let merged = [
        ("a.1", &[][..]),
        ("a.2_x", &["a.1"]),
        ("a.2_y", &["a.1"]),
        ("a.3", &["a.2_x", "a.2_y"]),
    ];
    assert!(graph(&merged).unwrap().check_conflicts().is_ok());
}

fn squashed() -> Vec<Migration> {
    let mut squash = migration("a.1_squashed_2", &[]);
    squash.replaces = vec![key("a.1"), key("a.2")];
    vec![
        squash,
        migration("a.1", &[]),
        migration("a.2", &["a.1", "b.1"]),
        migration("a.3", &["a.2"]),
        migration("b.1", &[]),
    ]
}

#[test]
fn a_replacement_is_used_when_all_or_none_are_applied() {
    let plan = |applied: &[&str]| {
        let applied: BTreeSet<MigrationKey> = applied.iter().map(|n| key(n)).collect();
        let g = Graph::with_applied(squashed(), &applied).unwrap();
        names(&g.forwards_plan("a", "3").unwrap())
    };
    assert_eq!(plan(&[]), "b.1 a.1_squashed_2 a.3");
    assert_eq!(plan(&["a.1", "a.2"]), "b.1 a.1_squashed_2 a.3");
    assert_eq!(plan(&["a.1"]), "a.1 b.1 a.2 a.3");
}

#[test]
fn state_is_the_replay() {
    let create =
        |app: &str, name: &str| Operation::CreateModel(orm_schema::ModelDef::new(app, name));
    let mut one = migration("a.1", &[]);
    one.operations.push(create("a", "X"));
    let mut two = migration("a.2", &["a.1"]);
    two.operations.push(Operation::RenameModel {
        from: "X".into(),
        to: "Y".into(),
    });
    let g = Graph::new(vec![two.clone(), one]).unwrap();
    let model_names = |state: &crate::migrate::ProjectState| {
        state.models().map(|m| m.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(model_names(&g.state().unwrap()), ["Y"]);
    assert_eq!(
        model_names(&g.state_at("a", "2", true).unwrap().unwrap()),
        ["X"]
    );
    two.operations.push(create("a", "Y"));
    let broken = Graph::new(vec![two, migration("a.1", &[])]).unwrap();
    assert_eq!(
        broken.state().unwrap_err().migration.as_deref(),
        Some("a.2")
    );
}
