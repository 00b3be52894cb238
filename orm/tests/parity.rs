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

/// Names of the tests in the workspace's Rust files, alone and behind the name of their file: functions
/// of a folder or file of tests, elsewhere those that are marked as one.
fn functions(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            functions(&path, names);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).expect("a readable file");
            let file = name.trim_end_matches(".rs");
            let all = path.components().any(|part| part.as_os_str() == "tests") || file == "tests";
            for (at, _) in text.match_indices("fn ") {
                let before = text[..at].trim_end_matches("async ").trim_end();
                let marked = before.ends_with("test]") || before.ends_with("test)]");
                let Some((name, _)) = text[at + 3..].split_once(['(', '<']) else {
                    continue;
                };
                if all || marked {
                    names.insert(name.to_owned());
                    names.insert(format!("{file}::{name}"));
                }
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

/// The words in backticks of a cell, behind `flags` and behind `tests`.
fn proofs(cell: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut flags, mut tests) = (Vec::new(), Vec::new());
    for part in cell.split("flag").skip(1) {
        let own = part.split("test").next().unwrap_or_default();
        flags.extend(own.split('`').skip(1).step_by(2));
    }
    for part in cell.split("test").skip(1) {
        let own = part.split("flag").next().unwrap_or_default();
        tests.extend(own.split('`').skip(1).step_by(2));
    }
    (flags, tests)
}

/// What is wrong with a row of `docs/backends.md`.
fn unheld(
    row: &str,
    is_flag: impl Fn(&str) -> bool,
    is_test: impl Fn(&str) -> bool,
) -> Vec<String> {
    let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
    let (flags, tests) = proofs(cells.last().unwrap_or(&""));
    let mut faults = Vec::new();
    if cells.len() != 5 {
        faults.push(format!("{} cells, not 5: {row}", cells.len()));
    }
    if flags.is_empty() && tests.is_empty() {
        faults.push(format!("nothing holds this row: {row}"));
    }
    let unknown = |word: &str, name: &str| format!("there is no {word} `{name}`: {row}");
    faults.extend(
        flags
            .iter()
            .filter(|f| !is_flag(f))
            .map(|f| unknown("flag", f)),
    );
    faults.extend(
        tests
            .iter()
            .filter(|t| !is_test(t))
            .map(|t| unknown("test", t)),
    );
    faults
}

#[test]
fn each_difference_between_backends_names_what_holds_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let page = fs::read_to_string(root.join("docs/backends.md")).expect("the page");
    let features = fs::read_to_string(root.join("orm/src/dialect/features.rs")).expect("the flags");
    let mut names = BTreeSet::new();
    functions(root, &mut names);
    let is_row = |line: &&str| {
        line.starts_with("| ") && !line.starts_with("| |") && !line.starts_with("| ---")
    };
    let rows: Vec<&str> = page.lines().filter(is_row).collect();
    assert!(rows.len() > 20, "{}", rows.len());
    let is_flag = |flag: &str| features.contains(&format!("    pub {flag}: "));
    let faults: Vec<String> = rows
        .iter()
        .flat_map(|row| unheld(row, is_flag, |test| names.contains(test)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_difference_that_nothing_holds_is_found() {
    let check = |row| unheld(row, |f| f == "savepoints", |t| t == "nested").len();
    assert_eq!(
        check("| a | b | c | d | flag `savepoints`, test `nested` |"),
        0
    );
    for bad in [
        "| a | b | c | d | the docs |",
        "| a | b | c | d | flag `nested` |",
        "| a | b | c | d | tests `nested`, `savepoints` |",
        "| a | b | c | flag `savepoints` |",
    ] {
        assert_eq!(check(bad), 1, "{bad}");
    }
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
