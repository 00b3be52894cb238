//! Large projects: the limits are wide, as this is a debug build on a shared machine; `benches`
//! prints the figures of a release build.

mod support;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use orm_cli::generate::{Size, generate_crate};
use support::Crate;

/// About twenty times what a release build takes.
const LIMIT: Duration = Duration::from_secs(20);

#[track_caller]
fn within(limit: Duration, what: &str, run: impl FnOnce()) {
    let start = Instant::now();
    run();
    let took = start.elapsed();
    assert!(took < limit, "{what} took {took:?}");
}

#[test]
fn a_thousand_models() {
    let krate = Crate::empty();
    generate_crate(krate.root(), Size::LARGE).unwrap();
    within(LIMIT, "the first run", || {
        krate.expect(0, &["makemigrations"]);
    });
    let file = std::fs::read_dir(krate.path("src"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| std::fs::read_to_string(p).is_ok_and(|t| t.contains("Option<String>")))
        .expect("a file with models");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("Option<String>", "Option<i32>", 1)).unwrap();
    within(LIMIT, "a run with one change", || {
        let json = krate.json(0, &["makemigrations"]);
        let migrations = json["migrations"].as_array().unwrap();
        assert_eq!(migrations.len(), 1, "{json}");
        assert_eq!(
            migrations[0]["operations"].as_array().unwrap().len(),
            1,
            "{json}"
        );
    });
}

#[test]
fn two_thousand_migrations() {
    let krate = Crate::empty();
    krate.write(
        "Cargo.toml",
        "[package]\nname = \"blog\"\nversion = \"0.1.0\"\n[dependencies]\norm = \"0.1\"\n",
    );
    let mut fields = String::new();
    let mut before = None;
    for number in 1..=2_000 {
        let name = match number {
            1 => "0001_initial".to_owned(),
            _ => format!("{number:04}_article_f{number}"),
        };
        let mut text = "format = 1\n".to_owned();
        if let Some(before) = before.replace(name.clone()) {
            writeln!(text, "depends_on = [\"blog.{before}\"]").unwrap();
        }
        text.push_str("\n[[operations]]\n");
        if number == 1 {
            text.push_str("op = \"create_model\"\nmodel = \"Article\"\nfields = [{ name = \"id\", type = \"bigint\", auto = true }]\nprimary_key = [\"id\"]\n");
        } else {
            // Fields come and go, so that the model stays one that a database can hold.
            let (op, of) = match number % 2 {
                0 => ("add_field", number),
                _ => ("remove_field", number - 1),
            };
            writeln!(text, "op = \"{op}\"\nmodel = \"Article\"\nfield = {{ name = \"f{of}\", type = \"bigint\", null = true }}").unwrap();
            if number == 2_000 {
                writeln!(fields, "pub f{of}: Option<i64>,").unwrap();
            }
        }
        krate.write(&format!("migrations/blog/{name}.toml"), &text);
    }
    krate.write(
        "src/lib.rs",
        &format!("use orm::prelude::*;\n#[derive(Model)]\npub struct Article {{\n#[field(primary_key)]\npub id: Auto<i64>,\n{fields}}}\n"),
    );
    within(LIMIT, "the replay", || {
        let done = krate.expect(0, &["makemigrations", "--check"]);
        assert_eq!(done.out, "No changes detected\n");
    });
}
