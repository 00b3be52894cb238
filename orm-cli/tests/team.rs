//! Three people change the same models in branches, and git brings them together: the steps of
//! docs/migrations.md.

mod support;

use std::process::Command;

use support::Crate;

const BLOG: &str = "use orm::prelude::*;

#[derive(Model)]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub title: String,

    // A place for each branch, so that git joins the source by itself.
    // ann

    // bo

    // eve
}
";

fn git(krate: &Crate, args: &[&str]) -> (bool, String) {
    let done = Command::new("git")
        .args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@localhost",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(args)
        .current_dir(krate.root())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git runs");
    let text =
        String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    (done.status.success(), text)
}

#[track_caller]
fn ok(krate: &Crate, args: &[&str]) {
    let (done, text) = git(krate, args);
    assert!(done, "git {args:?}\n{text}");
}

/// A branch from `main` that changes the models, and its migration.
fn branch(krate: &Crate, name: &str, change: &[(&str, &str)], flags: &[&str]) {
    ok(krate, &["checkout", "-q", "-b", name, "main"]);
    let mut text = BLOG.to_owned();
    for (from, to) in change {
        text = text.replace(from, to);
    }
    krate.write("src/lib.rs", &text);
    let mut args = vec!["makemigrations", "--name", name];
    args.extend(flags);
    krate.expect(0, &args);
    ok(krate, &["add", "-A"]);
    ok(krate, &["commit", "-qm", name]);
    ok(krate, &["checkout", "-q", "main"]);
}

#[test]
fn three_branches_become_one_history() {
    let krate = Crate::new(BLOG);
    krate.write(".gitignore", "db.sqlite3\n");
    krate.expect(0, &["makemigrations"]);
    ok(&krate, &["init", "-q"]);
    ok(&krate, &["add", "-A"]);
    ok(&krate, &["commit", "-qm", "initial"]);
    branch(&krate, "ann", &[("// ann", "pub views: Option<i64>,")], &[]);
    branch(&krate, "bo", &[("// bo", "pub likes: Option<i64>,")], &[]);
    branch(
        &krate,
        "eve",
        &[
            ("pub title", "pub headline"),
            ("// eve", "pub note: Option<String>,"),
        ],
        &["--rename", "blog.Article.title=headline"],
    );
    // Ann comes first, and production has her migration.
    ok(&krate, &["merge", "-q", "ann"]);
    krate.expect(0, &["migrate"]);

    // Bo is next: git shows the conflict in HEAD, and nothing else.
    let (clean, text) = git(&krate, &["merge", "-q", "bo"]);
    assert!(!clean && text.contains("migrations/blog/HEAD"), "{text}");
    assert_eq!(text.matches("CONFLICT").count(), 1, "{text}");
    let told = krate.expect(2, &["migrate"]).err;
    assert!(
        told.contains("0002_ann, 0002_bo") && told.contains("--merge"),
        "{told}"
    );
    krate.expect(0, &["makemigrations", "--merge"]);
    krate.expect(0, &["makemigrations", "--check"]);
    ok(&krate, &["add", "-A"]);
    ok(&krate, &["commit", "-qm", "merge bo"]);
    assert_eq!(
        krate.expect(0, &["migrate"]).out,
        "  Applying blog.0002_bo... OK\n  Applying blog.0003_merge_ann_bo... OK\n"
    );

    // Eve is put on top, which also works where the order matters.
    let (clean, _) = git(&krate, &["merge", "-q", "eve"]);
    assert!(!clean);
    krate.expect(0, &["rebase"]);
    assert!(krate.exists("migrations/blog/0004_eve.toml"));
    assert!(!krate.exists("migrations/blog/0002_eve.toml"));
    krate.expect(0, &["makemigrations", "--check"]);
    assert_eq!(krate.read("migrations/blog/HEAD"), "0004_eve\n");
    ok(&krate, &["add", "-A"]);
    ok(&krate, &["commit", "-qm", "merge eve"]);
    krate.expect(0, &["migrate"]);
    krate.expect(0, &["diffdb"]);

    // A new database comes to the same, and there is a way back over all of it.
    krate.expect(0, &["migrate", "--url", "sqlite:new.sqlite3"]);
    krate.expect(0, &["diffdb", "--url", "sqlite:new.sqlite3"]);
    krate.expect(0, &["migrate", "blog", "zero"]);
}

#[test]
fn branches_that_exclude_each_other_are_explained() {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    ok(&krate, &["init", "-q"]);
    ok(&krate, &["add", "-A"]);
    ok(&krate, &["commit", "-qm", "initial"]);
    branch(&krate, "ann", &[("// ann", "pub views: Option<i64>,")], &[]);
    branch(&krate, "bo", &[("// bo", "pub views: Option<i32>,")], &[]);
    ok(&krate, &["merge", "-q", "ann"]);
    let (clean, _) = git(&krate, &["merge", "-q", "bo"]);
    assert!(!clean);
    // Which of the two fields it shall be, a person decides.
    krate.write(
        "src/lib.rs",
        &BLOG.replace("// ann", "pub views: Option<i64>,"),
    );
    let told = krate.expect(2, &["makemigrations", "--merge"]).err;
    assert!(
        told.contains("cannot be merged") && told.contains("rebase"),
        "{told}"
    );
    let told = krate.expect(2, &["rebase", "blog", "0002_bo"]).err;
    assert!(told.contains("views"), "{told}");
}
