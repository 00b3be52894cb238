//! Golden SQL: every case in every dialect, in `tests/golden/dialect/<group>/<dialect>.sql`.
//!
//! `ORM_BLESS=1` writes the files instead; the difference is then reviewed like code.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use orm::dialect::{ALL, Dialect};

use crate::cases::{self, What};

/// The text of a case: its SQL, or why there is none.
fn text(dialect: &dyn Dialect, what: &What) -> String {
    let rendered = match what {
        What::Rows(statement) => dialect.render(statement).map(|sql| {
            let marks: Vec<usize> = sql.marks.iter().map(|m| *m as usize).collect();
            assert_eq!(marks.len(), sql.params.len());
            assert!(
                marks.iter().all(|m| sql.text.as_bytes()[*m] == b'?'),
                "{sql:?}"
            );
            sql.text.into_owned()
        }),
        What::Schema(ddl) => dialect.render_ddl(ddl),
        What::Copying(copying) => dialect.render_copying(copying),
    };
    match rendered {
        Ok(sql) => format!("{sql};"),
        Err(error) => format!("-- {error}"),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/dialect")
}

#[test]
fn every_case_is_spelled_as_its_golden_file_says() {
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    for case in cases::all() {
        for dialect in ALL {
            let path = folder()
                .join(case.group)
                .join(format!("{}.sql", dialect.name()));
            let file = files.entry(path).or_default();
            let _ = write!(file, "-- {}\n{}\n\n", case.name, text(dialect, &case.what));
        }
    }
    if std::env::var_os("ORM_BLESS").is_some() {
        for (path, content) in &files {
            std::fs::create_dir_all(path.parent().expect("has a folder")).expect("folder is made");
            std::fs::write(path, content).expect("file is written");
        }
    }
    for (path, content) in &files {
        let golden = std::fs::read_to_string(path).unwrap_or_default();
        for (is, was) in content.split("\n\n").zip(golden.split("\n\n")) {
            assert_eq!(is, was, "{}: review, then ORM_BLESS=1", path.display());
        }
        assert_eq!(
            content.len(),
            golden.len(),
            "{}: ORM_BLESS=1",
            path.display()
        );
    }
}

#[test]
fn no_golden_file_is_left_over() {
    let groups: Vec<&str> = cases::all().iter().map(|c| c.group).collect();
    for entry in std::fs::read_dir(folder()).expect("the golden folder") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_str().expect("a UTF-8 name");
        assert!(groups.contains(&name), "no case has the group {name}");
    }
}

#[test]
fn equal_shapes_have_equal_text() {
    use orm::ast::{Alias, Expr, Select, Statement};
    use orm::value::Value;
    let with = |n: usize| {
        let list = (0..n as i64).map(Value::Int).collect();
        let expr = Box::new(Expr::column(Alias(0), "id"));
        Statement::Select(Select {
            filter: Some(Expr::In { expr, list }),
            ..Select::from_table("author", Alias(0))
        })
    };
    for dialect in ALL {
        let render = |n| dialect.render(&with(n)).expect("renders");
        assert_eq!(render(5).text, render(8).text);
        assert_ne!(render(4).text, render(5).text);
        // The padding repeats the last value, so that it changes nothing.
        assert_eq!(render(3).params, [0, 1, 2, 2].map(Value::Int));
    }
}
