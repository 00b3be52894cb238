//! `dumpdata` and `flush` that are killed: what they leave, and what the next run makes of it.
#![cfg(unix)]

mod support;

use std::fs::File;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use support::{Crate, Done, Server};

const BLOG: &str = "use orm::prelude::*;

#[derive(Model)]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub name: String,
}

#[derive(Model)]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub author: ForeignKey<Author>,
}
";

/// Rows that take a moment to be written.
fn krate(rows: u32) -> Crate {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["migrate"]);
    krate.sqlite(&format!(
        "INSERT INTO blog_author (id, name) WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {rows}) SELECT n, printf('%090d', n) FROM c"
    ));
    krate
}

fn spawn(krate: &Crate, args: &[&str]) -> Child {
    let mut command = krate.command(args);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().expect("it runs")
}

/// Waits until it is so; at most a minute.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The names of files that begin so.
fn files(krate: &Crate, start: &str) -> Vec<String> {
    let entries = std::fs::read_dir(krate.root())
        .expect("it is there")
        .flatten();
    let names = entries.map(|e| e.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|n| n.starts_with(start)).collect();
    names.sort();
    names
}

#[test]
fn a_killed_dump_leaves_the_old_file_and_the_next_cleans_up() {
    let krate = krate(60_000);
    krate.write("all.jsonl", "what was before");
    // A download of somebody else.
    krate.write("other.part", "half");
    let part = "all.jsonl.dumpdata-part";
    let mut child = spawn(&krate, &["dumpdata", "-o", "all.jsonl"]);
    let begun = || std::fs::metadata(krate.path(part)).is_ok_and(|m| m.len() > 0);
    until("the dump begins", begun);
    child.kill().expect("it is there");
    let status = child.wait().expect("it ends");
    assert!(!status.success(), "it was through: more rows are needed");
    assert_eq!(files(&krate, "all"), ["all.jsonl", part]);
    assert_eq!(krate.read("all.jsonl"), "what was before");
    // To another file, in the same folder.
    let done = krate.expect(0, &["dumpdata", "-o", "new.jsonl"]);
    let note = format!("note: removed {part}, which a dumpdata that was killed left\n");
    assert!(done.err.starts_with(&note), "{}", done.err);
    assert_eq!(files(&krate, "all"), ["all.jsonl"]);
    assert_eq!(krate.read("new.jsonl").lines().count(), 60_000);
    assert_eq!(krate.read("other.part"), "half");
    let done = krate.expect(0, &["dumpdata", "-o", "all.jsonl"]);
    assert!(!done.err.contains("removed"), "{}", done.err);
    assert_eq!(krate.read("all.jsonl"), krate.read("new.jsonl"));
    assert_eq!(files(&krate, "new"), ["new.jsonl"]);
}

/// What another run writes just now is neither taken over nor removed.
#[test]
fn a_dump_that_runs_is_left_alone() {
    let krate = krate(10);
    krate.write("all.json", "what was before");
    let part = "all.json.dumpdata-part";
    krate.write(part, "half");
    let running = File::options().write(true).open(krate.path(part));
    let running = running.expect("it is there");
    running.lock().expect("nobody else holds it");
    let done = krate.expect(2, &["dumpdata", "-o", "all.json"]);
    assert!(
        done.err
            .contains("another dumpdata writes all.json just now"),
        "{}",
        done.err
    );
    let done = krate.expect(0, &["dumpdata", "-o", "other.json"]);
    assert!(!done.err.contains("removed"), "{}", done.err);
    assert_eq!(
        (krate.read(part), krate.read("all.json")),
        ("half".into(), "what was before".into())
    );
    // It ended: the next run for the same file begins anew.
    drop(running);
    krate.write(part, &"half".repeat(10_000));
    krate.expect(0, &["dumpdata", "-o", "all.json"]);
    assert_eq!(krate.read("all.json"), krate.read("other.json"));
    assert_eq!(files(&krate, "all"), ["all.json"]);
}

#[test]
fn links_stay_links_and_pipes_stay_pipes() {
    let krate = krate(10);
    let rows = krate.expect(0, &["dumpdata"]).out;
    krate.write("kept/real.json", "what was before");
    std::os::unix::fs::symlink("kept/real.json", krate.path("link.json")).expect("a link");
    krate.expect(0, &["dumpdata", "-o", "link.json"]);
    assert!(krate.path("link.json").is_symlink());
    assert_eq!(krate.read("kept/real.json"), rows);
    // Also where there is no such file yet, over several links.
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(to, krate.path(name)).expect("a link");
    };
    link("../kept/new.json", "kept/second.json");
    link("kept/second.json", "first.json");
    krate.expect(0, &["dumpdata", "-o", "first.json"]);
    assert!(krate.path("first.json").is_symlink() && krate.path("kept/second.json").is_symlink());
    assert_eq!(krate.read("kept/new.json"), rows);
    assert_eq!(files(&krate, "first"), ["first.json"]);
    link("around.json", "around.json");
    link("absent/new.json", "astray.json");
    for (name, why) in [
        ("around.json", "cannot write around.json: "),
        ("astray.json", "absent/new.json"),
    ] {
        let done = krate.expect(2, &["dumpdata", "-o", name]);
        assert!(done.err.contains(why), "{}", done.err);
        assert!(krate.path(name).is_symlink());
    }
    let pipe = krate.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("it runs").success());
    let child = spawn(&krate, &["dumpdata", "-o", "pipe"]);
    assert_eq!(std::fs::read_to_string(&pipe).expect("a text"), rows);
    let done = Done::of(child.wait_with_output().expect("it ends"));
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(files(&krate, "pipe"), ["pipe"]);
    let done = krate.expect(2, &["dumpdata", "-o", "kept"]);
    assert!(done.err.contains("cannot write kept: "), "{}", done.err);
}

/// The program itself, killed while the server is at its second table. `orm`'s own tests end a flush
/// before and after every statement.
#[test]
fn a_killed_flush_is_ended_by_the_next() {
    let Some(server) = Server::start("flush") else {
        return;
    };
    let krate = krate(1);
    let at = ["--url", server.url()];
    krate.expect(0, &["migrate", at[0], at[1]]);
    server.run("INSERT INTO blog_author (id, name) VALUES (1, 'ann'); INSERT INTO blog_article (id, author_id) VALUES (1, 1)");
    let count = |table: &str| server.one(&format!("SELECT CAST(COUNT(*) AS CHAR) FROM {table}"));
    let counts = || (count("blog_article"), count("blog_author"));
    let some = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let held = server.hold("LOCK TABLES blog_author READ");
    let mut child = spawn(&krate, &["flush", "--no-input", at[0], at[1]]);
    // The server does not see that who sent a statement that waits is gone: it is ended there as well.
    let waits = "SELECT COALESCE(CAST(MAX(ID) AS CHAR), '') FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND STATE LIKE 'Waiting%' AND INFO LIKE 'TRUNCATE%'";
    let mut waiting = String::new();
    until("the second table is waited for", || {
        waiting = server.one(waits);
        !waiting.is_empty()
    });
    child.kill().expect("it is there");
    assert!(!child.wait().expect("it ends").success());
    server.run(&format!("KILL {waiting}"));
    drop(held);
    assert_eq!(counts(), some("0", "1"));
    let done = krate.expect(0, &["flush", "--no-input", at[0], at[1]]);
    assert_eq!(done.out, "2 tables emptied\n");
    assert_eq!(counts(), some("0", "0"));
    krate.expect(0, &["migrate", "--check", at[0], at[1]]);
}
