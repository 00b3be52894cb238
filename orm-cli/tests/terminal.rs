//! `makemigrations` on a terminal: questions are asked there, and answered by a person.
#![cfg(unix)]

mod support;

use rexpect::session::{PtySession, spawn_command};
use support::Crate;

const BLOG: &str = "use orm::prelude::*;

#[derive(Model)]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 200)]
    pub title: String,
    pub views: Option<i64>,
}
";

/// A crate with one migration.
fn migrated() -> Crate {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    krate
}

/// A command that hangs fails the test.
const PATIENCE_MS: u64 = 20_000;

fn on_terminal(krate: &Crate, args: &[&str]) -> PtySession {
    let mut command = krate.command(args);
    command
        .env("TERM", "dumb")
        .stdin(std::process::Stdio::inherit());
    spawn_command(command, Some(PATIENCE_MS)).expect("a terminal")
}

/// Waits for the end; the rest of the output and the exit code.
fn end(mut session: PtySession) -> (String, i32) {
    use rexpect::process::wait::WaitStatus;
    let rest = session.exp_eof().expect("it ends");
    match session.process.wait().expect("it ended") {
        WaitStatus::Exited(_, code) => (rest, code),
        WaitStatus::Signaled(_, signal, _) => (rest, 128 + signal as i32),
        other => panic!("{other:?}"),
    }
}

/// The files of migrations.
fn migrations(krate: &Crate) -> Vec<String> {
    let names = std::fs::read_dir(krate.path("migrations/blog")).expect("the folder");
    let mut names: Vec<String> = names
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|n| n.ends_with(".toml"))
        .collect();
    names.sort();
    names
}

fn renamed_field(krate: &Crate) {
    krate.write("src/lib.rs", &BLOG.replace("title", "headline"));
}

#[test]
fn a_renamed_field_is_asked_for_and_kept() {
    let krate = migrated();
    renamed_field(&krate);
    let mut session = on_terminal(&krate, &["makemigrations"]);
    session
        .exp_string("Was blog.Article.title renamed to headline? [y/N]")
        .expect("the question");
    session.send_line("y").expect("answers");
    let (rest, code) = end(session);
    assert_eq!(code, 0, "{rest}");
    assert!(
        rest.contains("Rename field title on Article to headline"),
        "{rest}"
    );
    let file = krate.read(&format!("migrations/blog/{}", migrations(&krate)[1]));
    assert!(file.contains("op = \"rename_field\""), "{file}");
    assert!(!file.contains("remove_field"), "{file}");
}

#[test]
fn an_answer_that_is_none_is_asked_for_again() {
    let krate = migrated();
    renamed_field(&krate);
    let mut session = on_terminal(&krate, &["makemigrations"]);
    for wrong in ["maybe", "1", "yes please"] {
        session.exp_string("[y/N]").expect("the question");
        session.send_line(wrong).expect("answers");
        session
            .exp_string("Please answer yes or no.")
            .expect("again");
    }
    session.exp_string("[y/N]").expect("the question");
    session.send_line("YES").expect("answers");
    let (rest, code) = end(session);
    assert_eq!(code, 0, "{rest}");
    assert_eq!(migrations(&krate).len(), 2);
}

/// No is the answer where none is given: the field is new then, and its value is asked for.
#[test]
fn a_field_that_was_not_renamed_is_new() {
    let krate = migrated();
    renamed_field(&krate);
    let mut session = on_terminal(&krate, &["makemigrations"]);
    session.exp_string("[y/N]").expect("the question");
    session.send_line("").expect("answers");
    session
        .exp_string("blog.Article.headline is new, not NULL and has no default")
        .expect("the value is asked for");
    session.exp_string("empty: stop here").expect("the way out");
    session.send_line("it's new").expect("answers");
    let (rest, code) = end(session);
    assert_eq!(code, 0, "{rest}");
    let file = krate.read(&format!("migrations/blog/{}", migrations(&krate)[1]));
    assert!(
        file.contains("remove_field") && file.contains("add_field"),
        "{file}"
    );
    assert!(
        file.contains("it's new") && file.contains("preserve_default = false"),
        "{file}"
    );
}

#[test]
fn a_value_of_the_wrong_type_is_asked_for_again() {
    let krate = migrated();
    krate.write(
        "src/lib.rs",
        &BLOG.replace(
            "views: Option<i64>",
            "likes: i32,\n    pub views: Option<i64>",
        ),
    );
    let mut session = on_terminal(&krate, &["makemigrations"]);
    for wrong in ["many", "1.5", "99999999999"] {
        session
            .exp_string("which value do rows get")
            .expect("the question");
        session.exp_string(">").expect("the prompt");
        session.send_line(wrong).expect("answers");
    }
    session
        .exp_string("which value do rows get")
        .expect("the question");
    session.exp_string(">").expect("the prompt");
    session.send_line("7").expect("answers");
    let (rest, code) = end(session);
    assert_eq!(code, 0, "{rest}");
    let file = krate.read(&format!("migrations/blog/{}", migrations(&krate)[1]));
    assert!(file.contains("default = 7"), "{file}");
}

#[test]
fn an_empty_value_stops_and_writes_nothing() {
    let krate = migrated();
    krate.write(
        "src/lib.rs",
        &BLOG.replace("pub views", "pub likes: i32,\n    pub views"),
    );
    let mut session = on_terminal(&krate, &["makemigrations"]);
    session
        .exp_string("empty: stop here")
        .expect("the question");
    session.send_line("").expect("answers");
    let (rest, code) = end(session);
    assert_eq!(code, 4, "{rest}");
    assert!(
        rest.contains("--default blog.Article.likes=VALUE"),
        "{rest}"
    );
    assert_eq!(migrations(&krate).len(), 1);
}

#[test]
fn the_end_of_input_and_ctrl_c_write_nothing() {
    for (key, codes) in [('d', [4]), ('c', [130])] {
        let krate = migrated();
        krate.write(
            "src/lib.rs",
            &BLOG.replace("pub views", "pub likes: i32,\n    pub views"),
        );
        let mut session = on_terminal(&krate, &["makemigrations"]);
        session
            .exp_string("empty: stop here")
            .expect("the question");
        session.send_control(key).expect("the key");
        let (rest, code) = end(session);
        assert!(codes.contains(&code), "ctrl-{key}: {code} {rest}");
        assert_eq!(migrations(&krate).len(), 1, "ctrl-{key}");
        let left = std::fs::read_dir(krate.path("migrations/blog")).expect("the folder");
        assert_eq!(left.count(), 2, "the first migration and HEAD");
    }
}

#[test]
fn dropping_all_tables_is_asked_for() {
    let krate = migrated();
    krate.write("src/lib.rs", "");
    let mut session = on_terminal(&krate, &["makemigrations"]);
    session
        .exp_string("Drop the table of blog.Article with all its rows? [y/N]")
        .expect("the question");
    session.send_line("n").expect("answers");
    let (rest, code) = end(session);
    assert_eq!(code, 4, "{rest}");
    assert_eq!(migrations(&krate).len(), 1);
    let mut session = on_terminal(&krate, &["makemigrations"]);
    session.exp_string("[y/N]").expect("the question");
    session.send_line("y").expect("answers");
    let (rest, code) = end(session);
    assert_eq!(code, 0, "{rest}");
    assert_eq!(migrations(&krate).len(), 2);
}

#[test]
fn a_renamed_model_is_asked_for() {
    let krate = migrated();
    krate.write("src/lib.rs", &BLOG.replace("Article", "Story"));
    let mut session = on_terminal(&krate, &["makemigrations"]);
    session
        .exp_string("Was the model blog.Article renamed to Story? [y/N]")
        .expect("the question");
    session.send_line("y").expect("answers");
    let (rest, code) = end(session);
    assert_eq!(code, 0, "{rest}");
    let file = krate.read(&format!("migrations/blog/{}", migrations(&krate)[1]));
    assert!(
        file.contains("op = \"rename_model\"") && !file.contains("delete_model"),
        "{file}"
    );
}

/// On a terminal, too, `--no-input` asks nothing.
#[test]
fn no_input_asks_nothing() {
    let krate = migrated();
    renamed_field(&krate);
    let session = on_terminal(&krate, &["--no-input", "makemigrations"]);
    let (rest, code) = end(session);
    assert_eq!(code, 4, "{rest}");
    assert!(!rest.contains("[y/N]"), "{rest}");
}

#[test]
fn flush_takes_a_yes_and_nothing_else() {
    let krate = migrated();
    krate.expect(0, &["migrate"]);
    krate.sqlite("INSERT INTO blog_article (title) VALUES ('kept')");
    let count = || krate.sqlite_one("SELECT CAST(COUNT(*) AS TEXT) FROM blog_article");
    for (answer, code, left) in [("", 4, "1"), ("no", 4, "1"), ("yes", 0, "0")] {
        let mut session = on_terminal(&krate, &["flush"]);
        session
            .exp_string("Delete all rows of 1 table of sqlite:")
            .expect("it asks");
        session.exp_string("[y/N]").expect("it asks");
        session.send_line(answer).expect("an answer");
        assert_eq!(end(session).1, code, "{answer}");
        assert_eq!(count(), left, "{answer}");
    }
}

/// A unique field that every row has to get a value of its own in comes in three steps.
#[test]
fn a_new_unique_field_comes_in_steps() {
    let krate = migrated();
    krate.expect(0, &["migrate"]);
    krate.sqlite("INSERT INTO blog_article (title) VALUES ('a'), ('b')");
    let unique = BLOG.replace(
        "pub views",
        "#[field(unique, max_length = 40, default_fn = make)]\n    pub code: String,\n    pub views",
    );
    krate.write(
        "src/lib.rs",
        &format!("{unique}\nfn make() -> String {{ String::new() }}\n"),
    );
    let refused = krate.run(&["--no-input", "makemigrations"]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(refused.err.contains("go three steps"), "{}", refused.err);
    // Quitting, and an answer that is none.
    let mut session = on_terminal(&krate, &["makemigrations"]);
    session.exp_string("empty: stop here").expect("the choice");
    session.send_line("3").expect("answers");
    session.exp_string("Please answer 1 or 2.").expect("again");
    session.exp_string("empty: stop here").expect("the choice");
    session.send_line("").expect("answers");
    assert_eq!(end(session).1, 4);
    assert_eq!(migrations(&krate).len(), 1);
    // The first step.
    let mut session = on_terminal(&krate, &["makemigrations"]);
    session
        .exp_string("its default_fn fills in new rows only")
        .expect("the reason");
    session.exp_string("empty: stop here").expect("the choice");
    session.send_line("1").expect("answers");
    let (rest, code) = end(session);
    assert_eq!(code, 0, "{rest}");
    krate.expect(0, &["migrate"]);
    // The third one is refused before the second is done.
    krate.expect(0, &["--no-input", "makemigrations"]);
    let early = krate.run(&["migrate"]);
    assert_ne!(early.code, 0, "{}", early.err);
    krate.sqlite("UPDATE blog_article SET code = title");
    krate.expect(0, &["migrate"]);
    krate.expect(0, &["makemigrations", "--check"]);
    krate.expect(0, &["diffdb"]);
    assert_eq!(migrations(&krate).len(), 3);
}
