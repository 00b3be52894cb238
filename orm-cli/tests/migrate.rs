//! `migrate` and `showmigrations` on SQLite, as a black box.

mod support;

use support::{BLOG, Crate};

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
fn each_database_gets_the_migrations_of_its_apps() {
    let krate = Crate::new("pub mod blog;\npub mod stats;\n");
    krate.write("src/blog.rs", BLOG);
    let stats = "use orm::prelude::*;

#[derive(Model)]
pub struct Hit {
    #[field(primary_key)]
    pub id: Auto<i64>,
}
";
    krate.write("src/stats.rs", stats);
    let toml = |stats: &str| {
        format!(
            "[databases.default]\nurl = \"sqlite:main.sqlite3\"\nreplicas = [\"sqlite:copy.sqlite3\"]\n\n\
             [databases.stats]\nurl = \"sqlite:stats.sqlite3\"\napps = [{stats}]\n\n\
             [apps.blog]\nsource = \"src/blog\"\n[apps.stats]\nsource = \"src/stats\"\n"
        )
    };
    krate.write("orm.toml", &toml("\"stats\""));
    krate.expect(0, &["makemigrations"]);
    let done = krate.expect(0, &["migrate"]);
    assert!(
        done.out.contains("blog.0001_initial") && !done.out.contains("stats."),
        "{}",
        done.out
    );
    let done = krate.expect(0, &["migrate", "--database", "stats"]);
    assert!(
        done.out.contains("stats.0001_initial") && !done.out.contains("blog."),
        "{}",
        done.out
    );
    let done = krate.expect(0, &["showmigrations"]);
    assert!(
        done.out.contains("blog") && !done.out.contains("stats"),
        "{}",
        done.out
    );
    let done = krate.expect(0, &["showmigrations", "stats"]);
    assert!(done.out.contains("[ ] 0001_initial"), "{}", done.out);
    let done = krate.expect(2, &["migrate", "stats"]);
    assert!(
        done.err.contains("orm-cli migrate stats --database stats"),
        "{}",
        done.err
    );
    // A URL by hand is no database of the file: all goes there.
    let done = krate.expect(0, &["migrate", "--url", "sqlite:all.sqlite3"]);
    assert!(
        done.out.contains("stats.0001_initial") && done.out.contains("blog.0001"),
        "{}",
        done.out
    );
    krate.write("orm.toml", &toml("3"));
    let done = krate.expect(2, &["migrate"]);
    assert!(done.err.contains("orm.toml:7"), "{}", done.err);
    // A list that names no app, or an app that no list names, would leave tables out in silence.
    krate.write("orm.toml", &toml("\"statz\""));
    let done = krate.expect(2, &["migrate"]);
    assert!(done.err.contains("did you mean `stats`?"), "{}", done.err);
    let listed = |apps: &str| {
        toml("\"stats\"").replacen("replicas", &format!("apps = [{apps}]\nreplicas"), 1)
    };
    krate.write("orm.toml", &listed("\"stats\""));
    let done = krate.expect(2, &["migrate"]);
    assert!(
        done.err
            .contains("is given to two databases, `default` and `stats`"),
        "{}",
        done.err
    );
    krate.write("orm.toml", &toml("\"stats\", \"blog\""));
    krate.expect(0, &["migrate", "--database", "stats", "--plan"]);
    let main = "[databases.default]\nurl = \"sqlite:main.sqlite3\"\nreplicas = [\"sqlite:copy.sqlite3\"]\n";
    krate.write("orm.toml", &toml("\"stats\"").replace(main, ""));
    let done = krate.expect(2, &["migrate", "--database", "stats"]);
    assert!(
        done.err
            .contains("no database of orm.toml holds the tables of blog"),
        "{}",
        done.err
    );
    // A migration cannot build on one that runs elsewhere.
    krate.write("orm.toml", &toml("\"stats\", \"blog\""));
    let refers = stats.replace(
        "    pub id: Auto<i64>,",
        "    pub id: Auto<i64>,\n    pub article: Option<ForeignKey<crate::blog::Article>>,",
    );
    krate.write("src/stats.rs", &refers);
    krate.expect(0, &["makemigrations"]);
    krate.write("orm.toml", &toml("\"stats\""));
    let found = krate.json(1, &["check"]);
    let found = found["findings"].as_array().expect("a list").clone();
    assert_eq!(found.len(), 1, "{found:?}");
    let at = refers.lines().position(|l| l.contains("pub article"));
    let wanted = serde_json::json!({
        "id": "G009",
        "level": "error",
        "file": "src/stats.rs",
        "line": at.expect("the field") + 1,
        "model": "stats.Hit",
        "field": "article",
        "message": "`article` of `stats.Hit` refers to `blog.Article`: the database `stats` holds the one, `default` the other",
        "hint": found[0]["hint"],
        "other": null,
    });
    assert_eq!(found[0], wanted);
    assert!(
        found[0]["hint"]
            .as_str()
            .is_some_and(|h| h.contains("orm.toml"))
    );
    let done = krate.expect(2, &["makemigrations"]);
    assert!(done.err.contains("G009"), "{}", done.err);
    let done = krate.expect(2, &["migrate", "--database", "stats"]);
    assert!(
        done.err.contains("builds on blog.0001_initial"),
        "{}",
        done.err
    );
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

#[test]
fn a_url_that_does_not_work_says_where_it_comes_from() {
    let krate = two_migrations();
    let with = |variable: &str, value: &str| {
        let out = krate.command(&["migrate"]).env(variable, value).output();
        support::Done::of(out.expect("the binary runs"))
    };
    for value in ["", "  ", "nonsense"] {
        let done = with("DATABASE_URL", value);
        assert_eq!(done.code, 2, "{value:?}");
        assert!(
            done.err.contains("the environment variable DATABASE_URL"),
            "{}",
            done.err
        );
    }
    let done = krate.expect(3, &["migrate", "--url", "sqlite:none/db.sqlite3"]);
    assert!(
        done.err.contains("the folder none does not exist")
            && done.err.contains("`--url`")
            && !done.err.contains("host"),
        "{}",
        done.err
    );
    let done = krate.expect(3, &["migrate", "--url", "mysql://u@127.0.0.1:1/d"]);
    assert!(
        done.err.contains("is the server running") && !done.err.contains("took effect"),
        "{}",
        done.err
    );
    krate.write("letter.txt", &"Dear reader, ".repeat(99));
    let done = krate.expect(3, &["migrate", "--url", "sqlite:letter.txt"]);
    assert_eq!(
        done.err.matches("file is not a database").count(),
        1,
        "{}",
        done.err
    );
    krate.write(
        "orm.toml",
        "[databases.default]\nurl = \"sqlite:none/x.db\"\n",
    );
    let done = krate.expect(3, &["migrate"]);
    assert!(
        done.err.contains("[databases.default] of orm.toml"),
        "{}",
        done.err
    );
}

/// Each command that reads migrations says what is wrong with them, and where.
#[test]
fn broken_files_and_conflicts_stop_every_command() {
    let krate = two_migrations();
    let file = "migrations/blog/0002_article_views.toml";
    let good = krate.read(file);
    let line = good
        .lines()
        .position(|l| l.starts_with("field"))
        .expect("a field")
        + 1;
    for (was, is, says) in [
        ("type = \"bigint\"", "type = \"bigant\"", "bigint"),
        ("field = {", "feild = {", "field"),
        ("null = true", "null = maybe", ""),
    ] {
        assert!(good.contains(was), "{good}");
        krate.write(file, &good.replace(was, is));
        for command in [
            &["migrate"][..],
            &["showmigrations"],
            &["makemigrations"],
            &["sqlmigrate", "blog", "0002"],
        ] {
            let done = krate.expect(2, command);
            assert!(
                done.err
                    .contains(&format!("0002_article_views.toml:{line}"))
                    && done.err.contains(says),
                "{command:?}: {}",
                done.err
            );
        }
    }
    assert!(!krate.exists("db.sqlite3"));
    krate.write(file, &good);
    krate.write(
        "migrations/blog/0002_other.toml",
        &good.replace("views", "likes"),
    );
    for command in [&["migrate"][..], &["makemigrations"]] {
        let done = krate.expect(2, command);
        assert!(
            done.err.contains("0002_article_views")
                && done.err.contains("0002_other")
                && done.err.contains("--merge"),
            "{command:?}: {}",
            done.err
        );
    }
    assert!(!krate.exists("db.sqlite3"));
}

/// Killed at any moment, the migration has happened as a whole or not at all, and the next run
/// ends it.
#[cfg(unix)]
#[test]
fn a_killed_run_is_finished_by_the_next() {
    let krate = two_migrations();
    krate.write(
        "migrations/blog/0003_rows.toml",
        "format = 1\ndepends_on = [\"blog.0002_article_views\"]\n\n\
         [[operations]]\nop = \"run_sql\"\n\
         sql = { default = \"INSERT INTO blog_author (id, name) VALUES (1, 'first')\" }\n\
         reverse = { default = \"\" }\n\n\
         [[operations]]\nop = \"run_sql\"\n\
         sql = { default = \"INSERT INTO blog_author (id, name) WITH RECURSIVE c(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM c WHERE n < 400000) SELECT n, 'x' FROM c\" }\n\
         reverse = { default = \"\" }\n",
    );
    krate.write("migrations/blog/HEAD", "0003_rows\n");
    let mut unfinished = 0;
    for wait in [5, 20, 40, 80, 160, 320] {
        let mut child = krate
            .command(&["migrate"])
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("the binary runs");
        std::thread::sleep(std::time::Duration::from_millis(wait));
        // What ends by itself in time is no loss.
        let _ = child.kill();
        let status = child.wait().expect("it ends");
        if !krate.exists("db.sqlite3") {
            continue;
        }
        let json = krate.json(0, &["showmigrations"]);
        let applied = json["apps"][0]["migrations"][2]["applied"].as_bool();
        assert!(applied == Some(true) || !status.success(), "{json}");
        unfinished += usize::from(applied == Some(false));
        if applied == Some(true) {
            krate.expect(0, &["migrate", "blog", "0002"]);
            krate.expect(0, &["migrate", "blog", "zero"]);
        }
    }
    assert!(unfinished > 0, "no run was killed in the middle");
    krate.expect(0, &["migrate"]);
    assert_eq!(
        krate.expect(0, &["migrate"]).out,
        "  No migrations to apply.\n"
    );
    let json = krate.json(0, &["showmigrations"]);
    for migration in json["apps"][0]["migrations"].as_array().expect("a list") {
        assert_eq!(migration["applied"], true, "{json}");
    }
}

/// A crate whose second migration changes the type of a column, which a columnstore of SingleStore
/// refuses to alter.
fn retyped() -> Crate {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    let longer = BLOG.replace("max_length = 200", "max_length = 250");
    krate.write("src/lib.rs", &longer);
    krate.expect(0, &["makemigrations", "--name", "longer"]);
    krate
}

#[test]
fn a_plan_says_why_and_how_many_rows() {
    let krate = retyped();
    krate.expect(0, &["migrate", "blog", "0001"]);
    let done = krate.expect(0, &["migrate", "--plan"]);
    assert!(
        done.out.contains("[lock] INSERT INTO")
            && done
                .out
                .contains("-- copy the rows of blog_article: 0 rows"),
        "{}",
        done.out
    );
    let json = krate.json(0, &["migrate", "--plan"]);
    let steps = json["plan"][0]["steps"].as_array().expect("steps");
    let rows: Vec<_> = steps.iter().filter_map(|s| s["rows"].as_u64()).collect();
    assert_eq!(rows, [0]);
    assert!(json["plan"][0]["impossible"].is_null());
    // On SingleStore the type of one column goes by a second one, and offline it says so too.
    let done = krate.expect(
        0,
        &["sqlmigrate", "blog", "0002", "--dialect", "singlestore"],
    );
    for part in [
        "-- [instant] add column title__new to blog_article (the type of title cannot be altered on a columnstore table)\n",
        "-- [rewrite] fill blog_article.title__new from title, part by part\nUPDATE `blog_article`",
        "-- [lock] what others wrote into title meanwhile is filled in as well\n",
    ] {
        assert!(done.out.contains(part), "{part}\n{}", done.out);
    }
}

#[test]
fn there_is_nothing_to_prune_where_nothing_was_kept() {
    let krate = two_migrations();
    krate.expect(0, &["migrate"]);
    assert_eq!(
        krate.expect(0, &["migrate", "--prune"]).out,
        "  No tables to prune.\n"
    );
    assert_eq!(
        krate.json(0, &["migrate", "--prune", "--plan"]),
        serde_json::json!({ "pruned": false, "tables": [] })
    );
    krate.expect(2, &["migrate", "blog", "--prune"]);
}

#[test]
fn a_table_that_was_copied_is_kept_until_it_is_pruned() {
    let Some(server) = support::Server::singlestore("prune") else {
        return;
    };
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    let sorted = BLOG.replacen(
        "#[derive(Model)]\npub struct Article",
        "#[derive(Model)]\n#[model(sort_key(title))]\npub struct Article",
        1,
    );
    krate.write("src/lib.rs", &sorted);
    krate.expect(0, &["makemigrations", "--name", "sorted"]);
    let url = ["--url", server.url()];
    let with = |args: &[&str]| krate.expect(0, &[&url, args].concat()).out;
    with(&["migrate", "blog", "0001"]);
    let plan = with(&["migrate", "--plan"]);
    for part in [
        "[instant] CREATE TABLE `blog_article__new`",
        "(storage type, shard key and sort key cannot be altered)",
        "-- copy the rows of blog_article part by part in the order of id: 0 rows",
        "[lock] compare blog_article__new with blog_article__old",
        "[instant] blog_article__old is kept until `migrate --prune`",
    ] {
        assert!(plan.contains(part), "{part}\n{plan}");
    }
    with(&["migrate"]);
    let shown = with(&["migrate", "--prune", "--plan"]);
    assert!(
        shown.starts_with("  Would drop blog_article__old: the rows of blog_article until "),
        "{shown}"
    );
    let done = with(&["migrate", "--prune"]);
    assert!(done.starts_with("  Dropped blog_article__old: "), "{done}");
    assert_eq!(with(&["migrate", "--prune"]), "  No tables to prune.\n");
}
