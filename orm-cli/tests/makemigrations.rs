//! `makemigrations` as a black box.

mod support;

use support::{BLOG, Crate};

/// A crate whose first migration is written.
fn migrated() -> Crate {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    krate
}

#[test]
fn the_first_migration_is_written() {
    let krate = Crate::new(BLOG);
    let done = krate.expect(0, &["makemigrations"]);
    assert_eq!(
        done.out,
        "Migrations for 'blog':\n  migrations/blog/0001_initial.toml\n    + Create model Author\n    + Create model Article\n"
    );
    assert_eq!(krate.read("migrations/blog/HEAD"), "0001_initial\n");
    insta::assert_snapshot!(krate.read("migrations/blog/0001_initial.toml"), @r#"
    format = 1

    [[operations]]
    op = "create_model"
    model = "Author"
    fields = [
      { name = "id", type = "bigint", auto = true },
      { name = "name", type = "varchar", max_length = 100 },
    ]
    primary_key = ["id"]

    [[operations]]
    op = "create_model"
    model = "Article"
    fields = [
      { name = "id", type = "bigint", auto = true },
      { name = "title", type = "varchar", max_length = 200 },
      { name = "author", type = "foreign_key", to = "blog.Author" },
    ]
    primary_key = ["id"]
    "#);
    assert_eq!(
        krate.expect(0, &["makemigrations"]).out,
        "No changes detected\n"
    );
    assert_eq!(
        krate.expect(0, &["makemigrations", "blog"]).out,
        "No changes detected in app 'blog'\n"
    );
    let left: Vec<_> = std::fs::read_dir(krate.path("migrations/blog"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 2);
}

#[test]
fn a_dry_run_and_a_check_write_nothing() {
    let krate = Crate::new(BLOG);
    assert!(
        krate
            .expect(0, &["makemigrations", "--dry-run"])
            .out
            .contains("+ Create model Author")
    );
    assert!(
        krate
            .expect(1, &["makemigrations", "--check"])
            .out
            .contains("+ Create model Author")
    );
    assert!(!krate.exists("migrations"));
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["makemigrations", "--check"]);
}

#[test]
fn the_json_has_the_shape_of_the_file() {
    let krate = migrated();
    krate.write(
        "src/lib.rs",
        &BLOG.replace(
            "pub author",
            "#[field(max_length = 200)]\n    pub subtitle: Option<String>,\n    pub author",
        ),
    );
    let json = krate.json(0, &["makemigrations", "--dry-run"]);
    assert_eq!(
        json,
        serde_json::json!({
            "migrations": [{
                "app": "blog",
                "name": "0002_article_subtitle",
                "depends_on": ["blog.0001_initial"],
                "operations": [{
                    "op": "add_field",
                    "model": "Article",
                    "field": { "name": "subtitle", "type": "varchar", "max_length": 200, "null": true },
                }],
            }],
            "questions": [],
        })
    );
    let json = krate.json(0, &["makemigrations", "--name", "more"]);
    assert_eq!(json["migrations"][0]["name"], "0002_more");
    assert_eq!(krate.read("migrations/blog/HEAD"), "0002_more\n");
    assert_eq!(
        krate.json(0, &["makemigrations"]),
        serde_json::json!({ "migrations": [], "questions": [] })
    );
}

#[test]
fn a_new_column_without_a_value_is_refused_until_one_is_given() {
    let krate = migrated();
    krate.write(
        "src/lib.rs",
        &BLOG.replace("pub author", "pub views: i64,\n    pub author"),
    );
    let done = krate.expect(4, &["makemigrations"]);
    assert!(
        done.err
            .contains("blog.Article.views is new, not NULL and has no default"),
        "{}",
        done.err
    );
    assert!(
        done.err.contains("--default blog.Article.views=VALUE"),
        "{}",
        done.err
    );
    assert!(!krate.exists("migrations/blog/0002_article_views.toml"));
    let json = krate.json(4, &["makemigrations", "--dry-run"]);
    assert_eq!(
        json["questions"],
        serde_json::json!([{ "kind": "default", "app": "blog", "model": "Article", "field": "views", "answer": null }])
    );
    krate.expect(
        2,
        &["makemigrations", "--default", "blog.Article.views=many"],
    );
    krate.expect(2, &["makemigrations", "--default", "blog.Article.vews=1"]);
    let json = krate.json(0, &["makemigrations", "--default", "blog.Article.views=7"]);
    assert_eq!(json["questions"][0]["answer"], 7);
    let field = &json["migrations"][0]["operations"][0];
    assert_eq!(field["field"]["default"], 7);
    assert_eq!(field["preserve_default"], false);
    krate.expect(0, &["makemigrations", "--check"]);
}

#[test]
fn renames_are_made_only_when_they_are_said() {
    let krate = migrated();
    krate.write("src/lib.rs", &BLOG.replace("pub title", "pub headline"));
    krate.expect(4, &["makemigrations"]);
    krate.expect(
        2,
        &["makemigrations", "--rename", "blog.Article.titel=headline"],
    );
    krate.expect(2, &["makemigrations", "--rename", "nonsense"]);
    let done = krate.expect(
        0,
        &["makemigrations", "--rename", "blog.Article.title=headline"],
    );
    assert!(
        done.out
            .contains("~ Rename field title on Article to headline"),
        "{}",
        done.out
    );
    let text = BLOG
        .replace("pub title", "pub headline")
        .replace("Author", "Writer");
    krate.write("src/lib.rs", &text);
    let done = krate.expect(0, &["makemigrations", "--rename", "blog.Author=Writer"]);
    assert!(
        done.out.contains("~ Rename model Author to Writer"),
        "{}",
        done.out
    );
    krate.expect(0, &["makemigrations", "--check"]);
}

#[test]
fn dropping_all_tables_needs_a_word() {
    let krate = migrated();
    krate.write("src/lib.rs", "");
    let done = krate.expect(4, &["makemigrations"]);
    assert!(done.err.contains("--allow-drop"), "{}", done.err);
    let done = krate.expect(0, &["makemigrations", "--allow-drop"]);
    assert!(done.out.contains("- Delete model Author"), "{}", done.out);
    krate.expect(0, &["makemigrations", "--check"]);
}

#[test]
fn an_empty_migration_is_for_hand_work() {
    let krate = migrated();
    krate.expect(2, &["makemigrations", "--empty"]);
    krate.expect(2, &["makemigrations", "--empty", "blgo"]);
    krate.expect(0, &["makemigrations", "--empty", "blog", "--name", "fill"]);
    let text = krate.read("migrations/blog/0002_fill.toml");
    assert!(
        text.starts_with("format = 1\ndepends_on = [\"blog.0001_initial\"]\n"),
        "{text}"
    );
    assert_eq!(krate.read("migrations/blog/HEAD"), "0002_fill\n");
    krate.expect(0, &["makemigrations", "--check"]);
}

#[test]
fn unknown_apps_are_refused_with_the_nearest() {
    let krate = migrated();
    let done = krate.expect(2, &["makemigrations", "blgo"]);
    assert!(
        done.err.contains("no app `blgo`") && done.err.contains("did you mean `blog`?"),
        "{}",
        done.err
    );
}

#[test]
fn faults_in_the_source_have_their_line() {
    let krate = Crate::new(
        &BLOG
            .replace("max_length = 200", "max_lenght = 200")
            .replace("<Author>", "<Autor>"),
    );
    let done = krate.expect(2, &["makemigrations"]);
    assert!(done.err.contains("src/lib.rs:15:"), "{}", done.err);
    assert!(
        done.err.contains("#[field(max_lenght = 200)]"),
        "{}",
        done.err
    );
    assert!(done.err.contains("max_length"), "{}", done.err);
    assert!(!krate.exists("migrations"));
}

#[test]
fn a_broken_migration_file_has_its_line() {
    let krate = migrated();
    krate.write(
        "migrations/blog/0001_initial.toml",
        "format = 1\n\n[[operations]]\nop = \"create_modle\"\n",
    );
    let done = krate.expect(2, &["makemigrations"]);
    assert!(
        done.err.contains("migrations/blog/0001_initial.toml:4:"),
        "{}",
        done.err
    );
    // `HEAD` names that file, and it is there.
    assert!(!done.err.contains("is not there"), "{}", done.err);
    krate.write(
        "migrations/blog/0001_initial.toml",
        "format = 1\n<<<<<<< ours\n",
    );
    krate.expect(2, &["makemigrations"]);
}

/// The name is that of a file, and of nothing else than one in its folder.
#[test]
fn names_of_migrations_are_names_of_files() {
    let krate = migrated();
    let long = "x".repeat(201);
    for wrong in ["", "../x", "a/b", "a b", ".x", "a.toml", long.as_str()] {
        for mode in [
            &["makemigrations", "blog", "--empty"][..],
            &["makemigrations"],
        ] {
            let done = krate.expect(2, &[mode, &["--name", wrong]].concat());
            assert!(done.err.contains("a migration's name"), "{}", done.err);
        }
        let squash = ["squashmigrations", "blog", "0001", "--squashed-name", wrong];
        krate.expect(2, &squash);
    }
    krate.expect(
        0,
        &[
            "makemigrations",
            "blog",
            "--empty",
            "--name",
            "fill_2nd-time",
        ],
    );
    assert!(krate.exists("migrations/blog/0002_fill_2nd-time.toml"));
}

#[test]
fn a_lost_migration_is_missed() {
    let krate = migrated();
    krate.write("migrations/blog/HEAD", "0002_gone\n");
    let done = krate.expect(2, &["makemigrations"]);
    assert!(
        done.err.contains("0002_gone.toml is not there"),
        "{}",
        done.err
    );
}

#[test]
fn singlestore_rules_stop_where_singlestore_is_a_target() {
    let krate = Crate::new(&BLOG.replace(
        "#[field(max_length = 100)]",
        "#[field(max_length = 100, unique)]",
    ));
    krate.expect(0, &["makemigrations", "--dry-run"]);
    let done = krate.expect(
        2,
        &[
            "makemigrations",
            "--dry-run",
            "--url",
            "singlestore://u:p@h:3306/d",
        ],
    );
    assert!(done.err.contains("S001"), "{}", done.err);
    let json = krate.json(0, &["check"]);
    let finding = &json["findings"][0];
    assert_eq!(finding["id"], "S001");
    assert_eq!(finding["level"], "warning");
    assert_eq!(finding["file"], "src/lib.rs");
    assert_eq!(finding["line"], 8);
    assert_eq!(finding["model"], "blog.Author");
    assert_eq!(finding["field"], "name");
    let json = krate.json(1, &["check", "--dialect", "singlestore"]);
    assert_eq!(json["findings"][0]["level"], "error");
    let done = krate.expect(1, &["check", "--dialect", "singlestore"]);
    assert!(
        done.out.contains("src/lib.rs:8:") && done.out.contains("1 error"),
        "{}",
        done.out
    );
}

/// Two branches, each with a migration of its own on the first.
fn branched(left: &str, right: &str) -> Crate {
    let krate = migrated();
    krate.write("src/lib.rs", left);
    krate.expect(0, &["makemigrations", "--name", "left"]);
    let file = krate.read("migrations/blog/0002_left.toml");
    std::fs::remove_file(krate.path("migrations/blog/0002_left.toml")).unwrap();
    krate
        .write("migrations/blog/HEAD", "0001_initial\n")
        .write("src/lib.rs", right);
    krate.expect(0, &["makemigrations", "--name", "right"]);
    krate.write("migrations/blog/0002_left.toml", &file);
    krate
}

fn with_field(field: &str) -> String {
    BLOG.replace("pub author", &format!("pub {field},\n    pub author"))
}

#[test]
fn two_newest_migrations_are_joined_when_they_commute() {
    let krate = branched(&with_field("a: Option<i64>"), &with_field("b: Option<i64>"));
    for command in [
        &["makemigrations"][..],
        &["makemigrations", "--empty", "blog"],
    ] {
        let done = krate.expect(2, command);
        assert!(done.err.contains("0002_left, 0002_right"), "{}", done.err);
        assert!(done.err.contains("--merge"), "{}", done.err);
    }
    let done = krate.expect(0, &["makemigrations", "--merge"]);
    assert!(
        done.out
            .contains("migrations/blog/0003_merge_left_right.toml"),
        "{}",
        done.out
    );
    assert_eq!(
        krate.read("migrations/blog/0003_merge_left_right.toml"),
        "format = 1\ndepends_on = [\"blog.0002_left\", \"blog.0002_right\"]\n"
    );
    assert_eq!(
        krate.read("migrations/blog/HEAD"),
        "0003_merge_left_right\n"
    );
    assert_eq!(
        krate.expect(0, &["makemigrations", "--merge"]).out,
        "No conflicts detected to merge.\n"
    );
    krate.write(
        "src/lib.rs",
        &with_field("a: Option<i64>, pub b: Option<i64>"),
    );
    krate.expect(0, &["makemigrations", "--check"]);
}

#[test]
fn two_newest_migrations_that_clash_are_not_joined() {
    let krate = branched(&with_field("a: Option<i64>"), &with_field("a: Option<i32>"));
    let done = krate.expect(2, &["makemigrations", "--merge"]);
    assert!(done.err.contains("cannot be merged"), "{}", done.err);
    assert!(!krate.exists("migrations/blog/0003_merge_left_right.toml"));
}

#[test]
fn sqlmigrate_needs_no_database() {
    let krate = migrated();
    let done = krate.expect(0, &["sqlmigrate", "blog", "0001"]);
    assert!(
        done.out.starts_with("BEGIN;\n") && done.out.contains("CREATE TABLE \"blog_author\""),
        "{}",
        done.out
    );
    assert!(!krate.exists("db.sqlite3"));
    let json = krate.json(
        0,
        &[
            "sqlmigrate",
            "blog",
            "0001_initial",
            "--dialect",
            "singlestore",
        ],
    );
    assert_eq!(json["dialect"], "singlestore");
    assert!(
        json["statements"][0]["sql"]
            .as_str()
            .unwrap()
            .contains("CREATE TABLE"),
        "{json}"
    );
    let json = krate.json(0, &["sqlmigrate", "blog", "0001", "--backwards"]);
    assert!(
        json["statements"][0]["sql"]
            .as_str()
            .unwrap()
            .contains("DROP TABLE"),
        "{json}"
    );
    krate.expect(2, &["sqlmigrate", "blog", "0002"]);
    krate.expect(2, &["sqlmigrate", "blgo", "0001"]);
    krate.expect(2, &["sqlmigrate", "blog", "0001", "--dialect", "oracle"]);
}

#[test]
fn the_newest_migration_is_updated_until_it_is_applied() {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    krate.write("src/lib.rs", &with_field("views: i64"));
    krate.expect(4, &["makemigrations", "--update"]);
    krate.write("src/lib.rs", &with_field("views: Option<i64>"));
    let done = krate.expect(0, &["makemigrations", "--update"]);
    assert!(done.out.contains("migrations/blog/0001_initial.toml\n    + Create model Author\n    + Create model Article\n"), "{}", done.out);
    assert!(
        krate
            .read("migrations/blog/0001_initial.toml")
            .contains("name = \"views\"")
    );
    krate.expect(0, &["makemigrations", "--check"]);
    krate.write("src/lib.rs", &with_field("hits: Option<i64>"));
    krate.expect(0, &["makemigrations", "--update", "--name", "first"]);
    assert!(!krate.exists("migrations/blog/0001_initial.toml"));
    assert_eq!(krate.read("migrations/blog/HEAD"), "0001_first\n");
    krate.expect(0, &["migrate"]);
    krate.write("src/lib.rs", BLOG);
    let done = krate.expect(2, &["makemigrations", "--update"]);
    assert!(done.err.contains("it is applied"), "{}", done.err);
}

/// Two apps, of which the second refers to the first by what is given.
fn ants_and_bees(ants: &str, aphid: &str, bee: &str) -> String {
    let key = "#[field(primary_key)] pub id: Auto<i64>";
    let model = |app: &str, name: &str, rest: &str| {
        format!(
            "#[derive(Model)]\n#[model(app = \"{app}\")]\npub struct {name} {{ {key}, {rest} }}\n"
        )
    };
    let ants = ants.split(' ').filter(|a| !a.is_empty());
    let ants: String = ants.map(|a| model("a", a, "")).collect();
    let (aphid, bee) = (model("a", "Aphid", aphid), model("b", "Bee", bee));
    format!("use orm::prelude::*;\n{ants}{aphid}{bee}")
}

#[test]
fn an_update_that_takes_away_waits_for_those_that_used_it() {
    let krate = Crate::new(&ants_and_bees(
        "Ant",
        "",
        "pub ant: Option<ForeignKey<Ant>>",
    ));
    krate.expect(0, &["makemigrations"]);
    for (aphid, bee) in [
        ("", "pub n: Option<i64>"),
        ("pub n: Option<i64>", "pub n: Option<i64>"),
    ] {
        krate.write("src/lib.rs", &ants_and_bees("Ant", aphid, bee));
        krate.expect(0, &["makemigrations"]);
    }
    let second = krate.read("migrations/a/HEAD");
    let file = format!("migrations/a/{}.toml", second.trim());
    assert!(!krate.read(&file).contains("\"b.0002"));
    // What goes may be gone only after those that referred to it no longer do.
    let bee = "pub n: Option<i64>";
    krate.write("src/lib.rs", &ants_and_bees("", bee, bee));
    krate.expect(0, &["makemigrations", "--update"]);
    let text = krate.read(&file);
    assert!(
        text.contains("delete_model") && text.contains("\"b.0002"),
        "{text}"
    );
    krate.expect(0, &["makemigrations", "--check"]);
    krate.expect(0, &["migrate"]);
}

#[test]
fn an_update_by_which_migrations_would_need_each_other_is_refused() {
    let krate = Crate::new(&ants_and_bees(
        "Ant",
        "",
        "pub ant: Option<ForeignKey<Ant>>",
    ));
    krate.expect(0, &["makemigrations"]);
    let n = "pub n: Option<i64>";
    krate.write("src/lib.rs", &ants_and_bees("Ant", n, n));
    krate.expect(0, &["makemigrations"]);
    let bee = format!("{n}, pub wasp: Option<ForeignKey<Wasp>>");
    krate.write("src/lib.rs", &ants_and_bees("Wasp", n, &bee));
    let before = krate.read("migrations/b/HEAD");
    let done = krate.expect(2, &["makemigrations", "--update"]);
    assert!(
        done.err.contains("cannot go into the newest migrations")
            && done.err.contains("run it without --update"),
        "{}",
        done.err
    );
    assert_eq!(krate.read("migrations/b/HEAD"), before);
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["migrate"]);
}

#[test]
fn the_branch_that_is_not_applied_is_renumbered() {
    let krate = branched(&with_field("a: Option<i64>"), &with_field("b: Option<i64>"));
    let left = krate.read("migrations/blog/0002_left.toml");
    // Neither is applied: only the caller knows which one others have.
    let done = krate.expect(2, &["rebase"]);
    assert!(done.err.contains("orm-cli rebase blog"), "{}", done.err);
    krate.expect(2, &["rebase", "blog", "0001"]);
    std::fs::remove_file(krate.path("migrations/blog/0002_left.toml")).unwrap();
    krate.expect(0, &["migrate"]);
    krate.write(
        "migrations/blog/0002_left.toml",
        &format!("# A remark.\n{left}"),
    );
    krate.expect(2, &["migrate"]);
    assert!(
        krate
            .expect(0, &["rebase", "--dry-run"])
            .out
            .contains("nothing was written")
    );
    let done = krate.expect(0, &["rebase"]);
    assert_eq!(
        done.out,
        "  blog.0002_left -> migrations/blog/0003_left.toml\n"
    );
    let text = krate.read("migrations/blog/0003_left.toml");
    assert!(
        text.starts_with("# A remark.\nformat = 1\ndepends_on = [\"blog.0002_right\"]\n"),
        "{text}"
    );
    assert!(!krate.exists("migrations/blog/0002_left.toml"));
    assert_eq!(krate.read("migrations/blog/HEAD"), "0003_left\n");
    assert_eq!(
        krate.expect(0, &["migrate"]).out,
        "  Applying blog.0003_left... OK\n"
    );
    assert_eq!(krate.expect(0, &["rebase"]).out, "No branches to rebase.\n");
    krate.write(
        "src/lib.rs",
        &with_field("b: Option<i64>,\n    pub a: Option<i64>"),
    );
    krate.expect(0, &["makemigrations", "--check"]);
}
