//! What every command has: help with examples, and one JSON document.

mod support;

use std::process::Stdio;

use support::{Crate, Done};

const BLOG: &str = "use orm::prelude::*;

#[derive(Model)]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100, unique)]
    pub name: String,
}
";

/// A crate with two migrations, the second one empty.
fn krate() -> Crate {
    let krate = Crate::new(BLOG);
    krate.write(
        "rows.json",
        r#"{"model": "blog.author", "fields": {"name": "Ann"}}"#,
    );
    krate
}

/// The commands, as the help lists them.
fn commands(krate: &Crate) -> Vec<String> {
    let help = krate.expect(0, &["--help"]).out;
    let (_, list) = help.split_once("Commands:\n").expect("a list");
    let names = list.lines().take_while(|l| l.starts_with("  "));
    names
        .filter_map(|l| l.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_has_help_with_examples() {
    let krate = krate();
    let commands = commands(&krate);
    assert!(commands.len() >= 19, "{commands:?}");
    for command in &commands {
        let help = krate.expect(0, &[command, "--help"]).out;
        let (_, examples) = help.split_once("Examples:\n").unwrap_or_else(|| {
            panic!("{command} shows no example:\n{help}");
        });
        let own = examples.lines().filter(|l| l.contains("orm-cli "));
        for line in own {
            let words = line.split_whitespace();
            assert!(
                words.into_iter().any(|w| w == command) || *command == "diffdb",
                "{command}: {line}"
            );
        }
    }
}

/// The lines of the page: a command, and the keys of its document.
fn documented() -> Vec<(String, Vec<String>)> {
    let page = include_str!("../../docs/commands.md");
    let rows = page.lines().filter_map(|l| l.strip_prefix("| `"));
    rows.map(|row| {
        let mut cells = row.split(" | ");
        let command = cells.next().expect("a command").trim_end_matches('`');
        let keys = cells.next().expect("keys").split(", ");
        let keys = keys.filter_map(|k| k.strip_prefix('`')?.strip_suffix('`'));
        let mut keys: Vec<String> = keys.map(str::to_owned).collect();
        keys.sort_unstable();
        (command.to_owned(), keys)
    })
    .collect()
}

#[test]
fn every_command_writes_the_document_that_the_page_shows() {
    let krate = krate();
    let documented = documented();
    for command in commands(&krate) {
        let own = format!("{command} ");
        assert!(
            documented
                .iter()
                .any(|(line, _)| format!("{line} ").starts_with(&own)),
            "docs/commands.md has no line of {command}"
        );
    }
    for (line, keys) in documented {
        if line == "squashmigrations blog 0002 --dry-run" {
            krate.expect(0, &["makemigrations", "blog", "--empty", "--name", "two"]);
        }
        let mut args = vec!["--format", "json", "--no-input"];
        args.extend(line.split(' '));
        let done = krate.run(&args);
        let wanted = i32::from(line.ends_with("--check"));
        assert_eq!(done.code, wanted, "{line}: {}", done.err);
        let document: serde_json::Value =
            serde_json::from_str(&done.out).unwrap_or_else(|e| panic!("{line}: {e}: {}", done.out));
        let mut found: Vec<String> = match &document {
            serde_json::Value::Object(map) => map.keys().cloned().collect(),
            other => {
                assert!(other.is_array() && line == "dumpdata", "{line}: {other}");
                Vec::new()
            }
        };
        found.sort_unstable();
        assert_eq!(found, keys, "{line}");
    }
}

#[test]
fn a_failure_is_one_line_of_json_and_nothing_else() {
    let krate = krate();
    krate.write("orm.toml", "[databases.default\n");
    for command in commands(&krate) {
        let arguments: &[&str] = match command.as_str() {
            "sqlmigrate" | "squashmigrations" | "optimizemigration" => &["blog", "0001"],
            "loaddata" => &["rows.json"],
            // Needs no project.
            "completions" => continue,
            _ => &[],
        };
        let mut args = vec!["--format", "json", "--no-input", command.as_str()];
        args.extend(arguments);
        let Done { code, out, err } = krate.run(&args);
        assert_eq!((code, out.as_str()), (2, ""), "{command}: {err}");
        let last = err.lines().last().unwrap_or_default();
        let document: serde_json::Value =
            serde_json::from_str(last).unwrap_or_else(|e| panic!("{command}: {e}: {err}"));
        assert_eq!(document["code"], 2, "{command}");
        let file = document["errors"][0]["file"].as_str().unwrap_or_default();
        assert!(file.ends_with("orm.toml"), "{command}: {last}");
        assert_eq!(document["errors"][0]["line"], 1, "{command}: {last}");
    }
}

#[test]
fn files_that_are_no_text_are_named() {
    let krate = krate();
    krate.expect(0, &["makemigrations"]);
    let spoil = |name: &str| {
        let before = krate.read(name);
        std::fs::write(krate.path(name), [before.as_bytes(), b"\xff"].concat())
            .expect("is written");
        before
    };
    let said = |args: &[&str], file: &str| {
        let mut all = vec!["--format", "json"];
        all.extend(args);
        let done = krate.expect(2, &all);
        let document: serde_json::Value = serde_json::from_str(done.err.trim()).expect("JSON");
        let errors = document["errors"].as_array().expect("a list");
        assert_eq!(errors.len(), 1, "{args:?}: {document}");
        assert_eq!(errors[0]["file"], file, "{args:?}: {document}");
    };
    let migration = "migrations/blog/0001_initial.toml";
    let before = spoil(migration);
    said(&["migrate"], migration);
    said(&["sqlmigrate", "blog", "0001"], migration);
    krate.write(migration, &before);
    // What names the newest migration is read like them.
    let head = "migrations/blog/HEAD";
    let before = spoil(head);
    said(&["makemigrations"], head);
    said(&["showmigrations"], head);
    krate.write(head, &before);
    spoil("src/lib.rs");
    said(&["makemigrations"], "src/lib.rs");
    krate.write("src/lib.rs", BLOG);
    krate.write("orm.toml", "");
    spoil("orm.toml");
    said(&["migrate"], "orm.toml");
}

/// A name that is wrong is told of also where nothing would be done.
#[test]
fn rebase_knows_the_migration_that_is_named() {
    let krate = krate();
    krate.expect(0, &["makemigrations"]);
    let done = krate.expect(2, &["rebase", "blog", "0009"]);
    assert!(
        done.err.contains("there is no migration blog.0009"),
        "{}",
        done.err
    );
    krate.expect(0, &["rebase", "blog", "0001"]);
}

/// A full disk takes no more: what is lost is told of, and a script does not go on with a part.
#[cfg(target_os = "linux")]
#[test]
fn output_that_is_lost_is_told_of() {
    let krate = krate();
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["migrate"]);
    krate.expect(0, &["loaddata", "rows.json"]);
    for args in [
        &["sqlmigrate", "blog", "0001"][..],
        &["showmigrations"],
        &["graph"],
        &["dumpdata"],
        &["inspectdb"],
        &["completions", "bash"],
        &["--format", "json", "check"],
    ] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("it is there");
        let mut command = krate.command(args);
        command.stdout(full).stderr(Stdio::piped());
        let done = Done::of(command.output().expect("it runs"));
        assert_eq!(done.code, 2, "{args:?}: {}", done.err);
        assert!(
            done.err.contains("No space left on device"),
            "{args:?}: {}",
            done.err
        );
    }
}
