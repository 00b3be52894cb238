//! `migrate` and `showmigrations` on SQLite, as a black box.

mod support;

use support::Crate;

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
    #[field(max_length = 200)]
    pub title: String,
    pub author: ForeignKey<Author>,
}
";

/// A crate with two migrations, none of them applied.
fn two_migrations() -> Crate {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    krate.write(
        "src/lib.rs",
        &BLOG.replace("pub author", "pub views: Option<i64>,\n    pub author"),
    );
    krate.expect(0, &["makemigrations"]);
    krate
}

#[test]
fn migrations_are_applied_and_undone() {
    let krate = two_migrations();
    assert_eq!(
        krate.expect(0, &["showmigrations"]).out,
        "blog\n [ ] 0001_initial\n [ ] 0002_article_views\n"
    );
    assert_eq!(
        krate.expect(0, &["migrate"]).out,
        "  Applying blog.0001_initial... OK\n  Applying blog.0002_article_views... OK\n"
    );
    assert!(krate.exists("db.sqlite3"));
    assert_eq!(
        krate.expect(0, &["migrate"]).out,
        "  No migrations to apply.\n"
    );
    assert_eq!(
        krate.expect(0, &["showmigrations", "blog"]).out,
        "blog\n [X] 0001_initial\n [X] 0002_article_views\n"
    );
    assert_eq!(
        krate.expect(0, &["migrate", "blog", "0001"]).out,
        "  Undoing blog.0002_article_views... OK\n"
    );
    assert_eq!(
        krate.json(0, &["showmigrations"]),
        serde_json::json!({ "apps": [{ "app": "blog", "migrations": [
            { "name": "0001_initial", "applied": true, "remark": null },
            { "name": "0002_article_views", "applied": false, "remark": null },
        ]}]})
    );
    assert_eq!(
        krate.json(0, &["migrate", "blog", "zero"]),
        serde_json::json!({ "migrations": [
            { "app": "blog", "name": "0001_initial", "direction": "backwards", "faked": false },
        ]})
    );
    krate.expect(0, &["migrate", "blog"]);
}

#[test]
fn a_plan_runs_nothing() {
    let krate = two_migrations();
    let done = krate.expect(0, &["migrate", "--plan"]);
    assert!(
        done.out
            .contains("blog.0001_initial\n    Create model Author\n        [instant] CREATE TABLE"),
        "{}",
        done.out
    );
    let json = krate.json(0, &["migrate", "--plan"]);
    assert_eq!(json["plan"][0]["steps"][0]["grade"], "instant");
    assert_eq!(json["plan"][1]["name"], "0002_article_views");
    assert!(
        krate
            .expect(0, &["showmigrations"])
            .out
            .contains("[ ] 0001_initial")
    );
}

#[test]
fn faked_migrations_are_only_recorded() {
    let krate = two_migrations();
    let done = krate.expect(0, &["migrate", "--fake"]);
    assert!(
        done.out.contains("Applying blog.0001_initial... FAKED\n"),
        "{}",
        done.out
    );
    assert!(
        krate
            .expect(0, &["showmigrations"])
            .out
            .contains("[X] 0002_article_views")
    );
    // The tables are not there, so undoing in earnest fails, with the database's exit code.
    krate.expect(3, &["migrate", "blog", "zero"]);
    krate.expect(0, &["migrate", "blog", "zero", "--fake"]);
    krate.expect(0, &["migrate", "blog", "0001"]);
    krate.expect(0, &["migrate", "blog", "zero", "--fake"]);
    let done = krate.expect(0, &["migrate", "--fake-initial"]);
    assert!(
        done.out.contains("0001_initial... FAKED\n")
            && done.out.contains("0002_article_views... OK\n"),
        "{}",
        done.out
    );
    krate.expect(2, &["migrate", "--fake", "--fake-initial"]);
}

#[test]
fn wrong_targets_are_refused() {
    let krate = two_migrations();
    let done = krate.expect(2, &["migrate", "blgo"]);
    assert!(done.err.contains("did you mean `blog`?"), "{}", done.err);
    let done = krate.expect(2, &["migrate", "blog", "0003"]);
    assert!(
        done.err.contains("there is no migration blog.0003"),
        "{}",
        done.err
    );
    let done = krate.expect(2, &["migrate", "blog", "00"]);
    assert!(
        done.err.contains("0001_initial") && done.err.contains("0002_article_views"),
        "{}",
        done.err
    );
    assert!(!krate.exists("db.sqlite3"));
}

#[test]
fn databases_are_named_by_flags_configuration_and_environment() {
    let krate = two_migrations();
    krate.expect(0, &["migrate", "--url", "sqlite:other.sqlite3"]);
    assert!(krate.exists("other.sqlite3") && !krate.exists("db.sqlite3"));
    let out = krate
        .command(&["migrate"])
        .env("DATABASE_URL", "sqlite:env.sqlite3")
        .output()
        .unwrap();
    assert!(out.status.success() && krate.exists("env.sqlite3"));
    krate.write(
        "orm.toml",
        "[databases.default]\nurl = \"env:BLOG_URL\"\n[databases.archive]\nurl = \"sqlite:archive.sqlite3\"\n",
    );
    krate.expect(0, &["migrate", "--database", "archive"]);
    assert!(krate.exists("archive.sqlite3"));
    let done = krate.expect(2, &["migrate"]);
    assert!(done.err.contains("BLOG_URL is not set"), "{}", done.err);
    let done = krate.expect(2, &["migrate", "--database", "archiv"]);
    assert!(
        done.err.contains("did you mean `--database archive`?"),
        "{}",
        done.err
    );
    krate.expect(
        2,
        &["migrate", "--database", "archive", "--url", "sqlite:x"],
    );
    let out = krate
        .command(&["migrate"])
        .env("BLOG_URL", "sqlite:blog.sqlite3")
        .output()
        .unwrap();
    assert!(out.status.success() && krate.exists("blog.sqlite3"));
    // The file lies beside orm.toml, wherever the command runs.
    std::fs::remove_file(krate.path("archive.sqlite3")).unwrap();
    let out = krate
        .command(&["migrate", "--database", "archive"])
        .current_dir(krate.path("src"))
        .output()
        .unwrap();
    assert!(out.status.success() && krate.exists("archive.sqlite3"));
}

#[test]
fn bad_and_unreachable_databases_are_told_apart() {
    let krate = two_migrations();
    let done = krate.expect(2, &["migrate", "--url", "oracle://x"]);
    assert!(done.err.contains("sqlite:FILE"), "{}", done.err);
    let done = krate.expect(
        3,
        &["showmigrations", "--url", "mysql://u:secret@127.0.0.1:1/d"],
    );
    assert!(
        done.err.contains("127.0.0.1") && !done.err.contains("secret"),
        "{}",
        done.err
    );
    krate.expect(3, &["migrate", "--url", "sqlite:no/such/folder/db.sqlite3"]);
}

#[test]
fn a_failing_statement_leaves_nothing_behind() {
    let krate = two_migrations();
    krate.expect(0, &["migrate"]);
    krate.expect(0, &["makemigrations", "--empty", "blog", "--name", "bad"]);
    krate.write(
        "migrations/blog/0003_bad.toml",
        "format = 1\ndepends_on = [\"blog.0002_article_views\"]\n\n[[operations]]\nop = \"run_sql\"\nsql = { default = \"CREATE TABLE t (a INTEGER); SELECT * FROM nowhere\" }\n",
    );
    let done = krate.expect(3, &["migrate"]);
    assert!(
        done.err.contains("blog.0003_bad") && done.err.contains("nowhere"),
        "{}",
        done.err
    );
    assert!(
        krate
            .expect(0, &["showmigrations"])
            .out
            .contains("[ ] 0003_bad")
    );
    let done = krate.expect(3, &["migrate"]);
    assert!(!done.err.contains("already exists"), "{}", done.err);
}

#[test]
fn a_changed_file_is_shown() {
    let krate = two_migrations();
    krate.expect(0, &["migrate"]);
    let text = krate.read("migrations/blog/0001_initial.toml");
    krate.write(
        "migrations/blog/0001_initial.toml",
        &text.replace("max_length = 100", "max_length = 90"),
    );
    let done = krate.expect(0, &["showmigrations"]);
    assert!(
        done.out
            .contains("[X] 0001_initial  (its file has changed since it was applied)"),
        "{}",
        done.out
    );
}

#[test]
fn code_that_is_not_linked_is_refused_before_anything_runs() {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["makemigrations", "--empty", "blog", "--name", "fill"]);
    krate.write(
        "migrations/blog/0002_fill.toml",
        "format = 1\ndepends_on = [\"blog.0001_initial\"]\n\n[[operations]]\nop = \"run_code\"\nname = \"fill\"\n",
    );
    let done = krate.expect(2, &["migrate"]);
    assert!(done.err.contains("runs the code `fill`"), "{}", done.err);
    assert!(
        krate
            .expect(0, &["showmigrations"])
            .out
            .contains("[ ] 0001_initial")
    );
}
