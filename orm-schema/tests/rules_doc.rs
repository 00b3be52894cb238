//! `docs/rules.md` says what the rule book says.

use std::fmt::Write as _;
use std::path::Path;

use orm_schema::check::{Caught, RULES, Rule};

const HEAD: &str = "# Rules

What databases refuse in a schema, found before a statement is sent. Each rule keeps its id across releases. `S` rules are
SingleStore's: errors when a configured database is SingleStore or `--dialect singlestore` is given, else warnings. `G` rules
hold for every backend, but for two: G012 is SQLite's and an error where a database is SQLite, else a warning; G014 is a
warning, given where one is MySQL or MariaDB. G013 is a warning everywhere. Where nothing says which database there is, SQLite
is one as soon as its file is there; `migrate` on SQLite refuses what breaks G012 in any case.

A rule that is caught by the derive is a compile error, at the field, where the struct names its `storage_type`. Where the
storage type comes from the application (`orm.toml`, `ORM_STORAGE_TYPE_<APP>`) or is the server's own, `orm-cli check` and
`makemigrations` catch it, with file and line; so they do with what only the models together show. `migrate` and `sqlmigrate`
ask once more, for migration files that somebody wrote by hand.

This file is written from `orm_schema::check`: `ORM_BLESS=1 cargo test -p orm-schema --test rules_doc`.
";

fn section(out: &mut String, rule: &Rule) {
    let first = match rule.first {
        Caught::Derive => "the derive",
        _ => "`check` and `makemigrations`",
    };
    write!(
        out,
        "\n### {}: {}\n\n- Caught first by: {first}\n- Source: {}\n- Way out: {}\n",
        rule.id, rule.title, rule.source, rule.hint
    )
    .expect("a string takes all");
}

fn text() -> String {
    let mut out = HEAD.to_owned();
    for (letter, title) in [('S', "SingleStore"), ('G', "Every backend")] {
        write!(out, "\n## {title}\n").expect("a string takes all");
        for rule in RULES.iter().filter(|r| r.id.starts_with(letter)) {
            section(&mut out, rule);
        }
    }
    out
}

#[test]
fn the_page_is_the_rule_book() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules.md");
    let text = text();
    if std::env::var_os("ORM_BLESS").is_some() {
        std::fs::write(&path, &text).expect("writes");
    }
    let held = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        held == text,
        "{} is behind the rules: review, then ORM_BLESS=1",
        path.display()
    );
}

#[test]
fn every_rule_has_a_source_and_a_way_out() {
    for rule in RULES {
        assert!(rule.source.len() > 10, "{rule:?}");
        assert!(rule.hint.len() > 10, "{rule:?}");
        for text in [rule.title, rule.source, rule.hint] {
            assert!(!text.ends_with('.') && !text.contains('\n'), "{text}");
        }
    }
}
