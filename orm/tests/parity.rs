//! Holds `docs/django-parity.md` to its form: each feature once, each with a status, and what is
//! said to be done names a test that exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Rows of Django's features; none may get lost.
const ROWS: usize = 932;

struct Row<'a> {
    id: &'a str,
    status: &'a str,
}

fn rows(page: &str) -> impl Iterator<Item = Row<'_>> {
    page.lines().filter_map(|line| {
        let (id, rest) = line.strip_prefix("| ")?.split_once(" | ")?;
        let numbered = id
            .split_once('-')
            .is_some_and(|(group, n)| group.len() == 2 && n.parse::<u16>().is_ok());
        let status = rest.strip_suffix(" |")?.rsplit_once(" | ")?.1;
        numbered.then_some(Row { id, status })
    })
}

/// Says what is wrong with a status; `known` tells which tests exist.
fn fault(status: &str, known: impl Fn(&str) -> bool) -> Option<String> {
    if status == "not yet" {
        return None;
    }
    if let Some(reason) = status.strip_prefix("different: ") {
        return reason.is_empty().then(|| "no reason".to_owned());
    }
    let Some(proof) = status.strip_prefix("done: ") else {
        return Some(format!("unknown status `{status}`"));
    };
    let Some((_, test)) = proof.rsplit_once("; test `") else {
        return Some("no test is named: write `done: the API; test `name``".to_owned());
    };
    let test = test.trim_end_matches('`');
    (!known(test)).then(|| format!("there is no test `{test}`"))
}

/// Names of all functions in the workspace's Rust files, alone and behind the name of their file.
fn functions(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            functions(&path, names);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).expect("a readable file");
            let file = name.trim_end_matches(".rs");
            for (name, _) in text.split("fn ").skip(1).filter_map(|s| s.split_once('(')) {
                names.insert(name.to_owned());
                names.insert(format!("{file}::{name}"));
            }
        }
    }
}

#[test]
fn each_feature_stands_once_with_a_status_and_its_proof() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let page = fs::read_to_string(root.join("docs/django-parity.md")).expect("the page");
    let mut names = BTreeSet::new();
    functions(root, &mut names);
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for row in rows(&page) {
        if !seen.insert(row.id) {
            faults.push(format!("{}: stands twice", row.id));
        }
        let found = fault(row.status, |test| names.contains(test));
        faults.extend(found.map(|f| format!("{}: {f}", row.id)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(seen.len(), ROWS, "rows were lost or added");
}

#[test]
fn a_status_without_proof_is_found() {
    let known = |test: &str| test == "it_works";
    for good in [
        "not yet",
        "different: tuples instead",
        "done: `a.b()`; test `it_works`",
    ] {
        assert_eq!(fault(good, known), None, "{good}");
    }
    for bad in [
        "",
        "done",
        "done: `a.b()`",
        "done: `a.b()`; test `it_works_not`",
        "different: ",
        "soon",
    ] {
        assert!(fault(bad, known).is_some(), "{bad}");
    }
}
