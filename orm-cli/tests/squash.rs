//! `squashmigrations` and `optimizemigration`, as a black box.

mod support;

use support::Crate;

const BLOG: &str = "use orm::prelude::*;

#[derive(Model)]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    // more
}
";

/// A crate with three migrations, none of them applied.
fn three_migrations() -> Crate {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    for fields in [
        "pub a: Option<i64>,",
        "pub a: Option<i64>, pub b: Option<i64>,",
    ] {
        krate.write("src/lib.rs", &BLOG.replace("// more", fields));
        krate.expect(0, &["makemigrations"]);
    }
    krate
}

const OLD: [&str; 3] = [
    "migrations/blog/0001_initial.toml",
    "migrations/blog/0002_article_a.toml",
    "migrations/blog/0003_article_b.toml",
];

#[test]
fn several_migrations_become_one() {
    let krate = three_migrations();
    let plan = krate.expect(0, &["squashmigrations", "blog", "0003", "--dry-run"]);
    assert!(plan.out.contains("nothing was written"), "{}", plan.out);
    let done = krate.expect(0, &["squashmigrations", "blog", "0003"]);
    assert!(
        done.out.contains("Optimized from 3 operations to 1."),
        "{}",
        done.out
    );
    let file = krate.read("migrations/blog/0001_squashed_0003_article_b.toml");
    assert!(file.contains("replaces = ["), "{file}");
    assert_eq!(file.matches("[[operations]]").count(), 1, "{file}");
    assert_eq!(
        krate.read("migrations/blog/HEAD"),
        "0001_squashed_0003_article_b\n"
    );
    // Nothing is left to write, and the next number follows.
    krate.expect(0, &["makemigrations", "--check"]);
    krate.write(
        "src/lib.rs",
        &BLOG.replace(
            "// more",
            "pub a: Option<i64>, pub b: Option<i64>, pub c: Option<i64>,",
        ),
    );
    krate.expect(0, &["makemigrations"]);
    assert!(krate.exists("migrations/blog/0004_article_c.toml"));
    // A new database sees the one alone.
    assert_eq!(
        krate.expect(0, &["migrate"]).out,
        "  Applying blog.0001_squashed_0003_article_b... OK\n  Applying blog.0004_article_c... OK\n"
    );
    assert_eq!(
        krate.expect(0, &["migrate", "blog", "zero"]).out,
        "  Undoing blog.0004_article_c... OK\n  Undoing blog.0001_squashed_0003_article_b... OK\n"
    );
    assert_eq!(
        krate.expect(0, &["showmigrations"]).out,
        "blog\n [ ] 0001_squashed_0003_article_b  (3 squashed migrations)\n [ ] 0004_article_c\n"
    );
}

#[test]
fn a_database_that_has_all_parts_has_the_squashed_one() {
    let krate = three_migrations();
    krate.expect(0, &["migrate"]);
    krate.expect(0, &["squashmigrations", "blog", "0003"]);
    assert_eq!(
        krate.expect(0, &["showmigrations"]).out,
        "blog\n [X] 0001_squashed_0003_article_b  (3 squashed migrations, all applied)\n"
    );
    krate.expect(0, &["migrate", "--check"]);
    assert_eq!(
        krate.expect(0, &["migrate"]).out,
        "  No migrations to apply.\n"
    );
    // The end of it: the old files go, and `replaces` with them.
    for file in OLD {
        std::fs::remove_file(krate.path(file)).unwrap();
    }
    let file = "migrations/blog/0001_squashed_0003_article_b.toml";
    let text = krate.read(file);
    let without: String = text
        .lines()
        .filter(|l| !l.starts_with("replaces"))
        .map(|l| format!("{l}\n"))
        .collect();
    krate.write(file, &without);
    krate.expect(0, &["migrate", "--check"]);
    krate.expect(0, &["makemigrations", "--check"]);
    // And undone, it does not count as applied again.
    krate.expect(0, &["migrate", "blog", "zero"]);
    krate.expect(1, &["migrate", "--check"]);
}

#[test]
fn undoing_a_squashed_migration_undoes_its_parts() {
    let krate = three_migrations();
    krate.expect(0, &["migrate"]);
    krate.expect(0, &["squashmigrations", "blog", "0003"]);
    krate.expect(0, &["migrate"]);
    krate.expect(0, &["migrate", "blog", "zero"]);
    assert_eq!(
        krate.expect(1, &["migrate", "--check"]).out,
        "  Not applied: blog.0001_squashed_0003_article_b\n"
    );
    krate.expect(0, &["migrate"]);
}

#[test]
fn a_database_that_has_a_part_goes_on_with_the_old_files() {
    let krate = three_migrations();
    krate.expect(0, &["migrate", "blog", "0002"]);
    krate.expect(0, &["squashmigrations", "blog", "0003"]);
    assert_eq!(
        krate.expect(0, &["showmigrations"]).out,
        "blog\n [X] 0001_initial\n [X] 0002_article_a\n [ ] 0003_article_b\n"
    );
    // Without the file that is still needed nothing runs.
    let text = krate.read(OLD[2]);
    std::fs::remove_file(krate.path(OLD[2])).unwrap();
    let error = krate.expect(3, &["migrate"]).err;
    assert!(
        error.contains("2 of the 3 migrations that blog.0001_squashed_0003_article_b stands for are applied, and the file of blog.0003_article_b is gone"),
        "{error}"
    );
    krate.write(OLD[2], &text);
    assert_eq!(
        krate.expect(0, &["migrate"]).out,
        "  Applying blog.0003_article_b... OK\n"
    );
    assert_eq!(
        krate.expect(0, &["migrate"]).out,
        "  No migrations to apply.\n"
    );
    assert_eq!(
        krate.expect(0, &["showmigrations"]).out,
        "blog\n [X] 0001_squashed_0003_article_b  (3 squashed migrations)\n"
    );
}

#[test]
fn what_cannot_be_squashed_is_told() {
    let krate = three_migrations();
    let error = |args: &[&str]| krate.expect(2, args).err;
    assert!(error(&["squashmigrations", "blog", "0001"]).contains("one migration alone"));
    assert!(error(&["squashmigrations", "blog", "0009"]).contains("there is no migration"));
    assert!(error(&["squashmigrations", "blog", "0003", "0002"]).contains("does not come before"));
    assert!(error(&["squashmigrations", "blug", "0003"]).contains("no app `blug`"));
    let json = krate.json(
        0,
        &["squashmigrations", "blog", "0002", "0003", "--no-optimize"],
    );
    assert_eq!(json["operations"], 2);
    assert_eq!(json["name"], "0002_article_a_squashed_0003_article_b");
}

#[test]
fn the_operations_of_one_migration_become_fewer() {
    let krate = three_migrations();
    assert_eq!(
        krate.expect(0, &["optimizemigration", "blog", "0002"]).out,
        "No optimizations possible.\n"
    );
    let squashed = krate.json(0, &["squashmigrations", "blog", "0003", "--no-optimize"]);
    let name = squashed["name"].as_str().unwrap();
    let file = format!("migrations/blog/{name}.toml");
    let before = krate.read(&file);
    assert_eq!(
        krate
            .expect(1, &["optimizemigration", "blog", name, "--check"])
            .out,
        "3 operations could be 1.\n"
    );
    assert_eq!(krate.read(&file), before);
    krate.expect(0, &["optimizemigration", "blog", name]);
    let after = krate.read(&file);
    assert_eq!(after.matches("[[operations]]").count(), 1, "{after}");
    assert!(after.contains("replaces = ["), "{after}");
    krate.expect(0, &["makemigrations", "--check"]);

    // What a database has is left alone.
    krate.write(&file, &before);
    krate.expect(0, &["migrate"]);
    let error = krate.expect(2, &["optimizemigration", "blog", name]).err;
    assert!(
        error.contains("cannot be optimized: it is applied"),
        "{error}"
    );
}

#[test]
fn the_order_of_all_is_shown_with_what_each_needs() {
    let krate = three_migrations();
    krate.expect(0, &["migrate", "blog", "0001"]);
    assert_eq!(
        krate.expect(0, &["showmigrations", "--plan"]).out,
        "[X]  blog.0001_initial\n[ ]  blog.0002_article_a  (blog.0001_initial)\n[ ]  blog.0003_article_b  (blog.0002_article_a)\n"
    );
    let json = krate.json(0, &["showmigrations", "-p", "blog"]);
    assert_eq!(json["plan"][0]["applied"], true);
    assert_eq!(json["plan"][2]["depends_on"][0], "blog.0002_article_a");
}

#[test]
fn what_is_not_applied_is_a_difference() {
    let krate = three_migrations();
    assert_eq!(
        krate.expect(1, &["migrate", "--check"]).out,
        "  Not applied: blog.0001_initial\n  Not applied: blog.0002_article_a\n  Not applied: blog.0003_article_b\n"
    );
    krate.expect(1, &["migrate", "--check", "--plan"]);
    krate.expect(0, &["migrate"]);
    let done = krate.expect(0, &["migrate", "--check"]);
    assert_eq!(done.out, "  No migrations to apply.\n");
    assert_eq!(krate.expect(0, &["migrate"]).err, "");
    // Models that no migration holds are told of.
    krate.write("src/lib.rs", BLOG);
    let note = krate.expect(0, &["migrate"]).err;
    assert!(
        note.contains("the models have changes that no migration holds"),
        "{note}"
    );
}

#[test]
fn what_has_no_way_back_is_refused_before_anything_runs() {
    let krate = three_migrations();
    let before = krate.read("migrations/blog/HEAD");
    krate.write(
        "migrations/blog/0004_data.toml",
        &format!(
            "format = 1\ndepends_on = [\"blog.{}\"]\n\n[[operations]]\nop = \"run_sql\"\nsql = {{ default = \"UPDATE blog_article SET a = 1\" }}\n",
            before.trim()
        ),
    );
    krate.write(
        "migrations/blog/0005_more.toml",
        "format = 1\ndepends_on = [\"blog.0004_data\"]\n\n[[operations]]\nop = \"run_sql\"\nsql = { default = \"UPDATE blog_article SET b = 1\" }\nreverse = { default = \"UPDATE blog_article SET b = 2\" }\n",
    );
    krate.expect(0, &["migrate"]);
    let error = krate.expect(2, &["migrate", "blog", "0003"]).err;
    assert!(
        error.contains("blog.0004_data") && error.contains("cannot be undone"),
        "{error}"
    );
    // The later one has a way back, and stays all the same.
    let shown = krate.expect(0, &["showmigrations"]).out;
    assert!(shown.contains("[X] 0005_more"), "{shown}");
    krate.expect(0, &["migrate", "blog", "0004"]);
}

/// When a squash is over, its parts go, `replaces` goes, and migrations of other apps name the squashed
/// one: nothing that is applied is another one by that, and nothing says so ever after.
#[test]
fn the_end_of_a_squash_changes_no_file_that_is_applied() {
    let krate = Crate::new(&format!("pub mod shop;\n{BLOG}"));
    let shop = "use orm::prelude::*;\n\n#[derive(Model)]\n#[model(app = \"shop\")]\npub struct Order {\n    #[field(primary_key)]\n    pub id: Auto<i64>,\n    pub article: ForeignKey<crate::Article>,\n}\n";
    krate.write("src/shop.rs", shop);
    krate.expect(0, &["makemigrations"]);
    let more = |fields: &str| format!("pub mod shop;\n{}", BLOG.replace("// more", fields));
    krate.write("src/lib.rs", &more("pub a: Option<i64>,"));
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["migrate"]);
    let done = krate.expect(0, &["squashmigrations", "blog", "0002", "--dry-run"]);
    assert!(
        done.out.ends_with(
            "and then `blog.0001_squashed_0002_article_a` in its place:\n - shop.0001_initial\n"
        ),
        "{}",
        done.out
    );
    let json = krate.json(0, &["squashmigrations", "blog", "0002"]);
    assert_eq!(json["dependents"], serde_json::json!(["shop.0001_initial"]));
    krate.write(
        "src/lib.rs",
        &more("pub a: Option<i64>, pub b: Option<i64>,"),
    );
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["migrate"]);
    for file in &OLD[..2] {
        std::fs::remove_file(krate.path(file)).unwrap();
    }
    let edit = |file: &str, was: &str, is: &str| {
        let text = krate.read(file);
        assert!(text.contains(was), "{text}");
        krate.write(file, &text.replace(was, is));
    };
    let squashed = "migrations/blog/0001_squashed_0002_article_a.toml";
    let line = krate.read(squashed);
    let line = line.lines().find(|l| l.starts_with("replaces")).unwrap();
    edit(squashed, &format!("{line}\n"), "");
    let shop = "migrations/shop/0001_initial.toml";
    edit(
        shop,
        "blog.0001_initial",
        "blog.0001_squashed_0002_article_a",
    );
    krate.expect(0, &["check"]);
    for _ in 0..2 {
        let done = krate.expect(0, &["migrate"]);
        assert_eq!(
            (done.out.as_str(), done.err.as_str()),
            ("  No migrations to apply.\n", "")
        );
    }
    let shown = krate.expect(0, &["showmigrations"]).out;
    assert!(!shown.contains("changed"), "{shown}");
    // What a file does is another thing.
    edit(
        shop,
        "to = \"blog.Article\"",
        "to = \"blog.Article\", on_delete = \"protect\"",
    );
    let done = krate.expect(0, &["migrate"]);
    assert!(
        done.err
            .contains("the file of shop.0001_initial has changed"),
        "{}",
        done.err
    );
}
