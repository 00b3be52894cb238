//! Storage types, keys and their changes, from models to tables on SingleStore or its stand-in, as a
//! black box.

mod support;

use orm::dialect::Sql;
use orm::{Db, Executor as _};
use support::{Crate, Done, Server};

const KINDS: &str = "use orm::prelude::*;

#[derive(Model)]
#[model(sort_key(-at, id))]
pub struct Event {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub at: DateTime<Utc>,
    pub user: ForeignKey<User>,
    pub tags: ManyToMany<Tag>,
}

#[derive(Model)]
#[model(storage_type = \"rowstore\", unique(name = \"one_name\", fields(name), unenforced))]
pub struct User {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50)]
    pub name: String,
}

#[derive(Model)]
#[model(storage_type = \"reference\")]
pub struct Tag {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50, unique)]
    pub name: String,
    #[field(max_length = 50, unique)]
    pub slug: String,
}

#[derive(Model)]
#[model(storage_type = \"rowstore reference\")]
pub struct Country {
    #[field(primary_key, max_length = 2)]
    pub code: String,
    pub capital: OneToOne<Tag>,
}

#[derive(Model)]
#[model(primary_key(user, number), shard_key(user))]
pub struct Order {
    pub user: ForeignKey<User>,
    pub number: i64,
}

#[derive(Model)]
pub struct Profile {
    #[field(primary_key)]
    pub user: OneToOne<User>,
    pub visits: i64,
}
";

/// What the server says of a table, on one line.
fn created(server: &Server, table: &str) -> String {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let db = Db::connect(server.url()).await.expect("connects");
        let sql = Sql {
            text: format!("SHOW CREATE TABLE {table}").into(),
            ..Sql::default()
        };
        let mut rows = db.fetch(sql).await.expect("it is there");
        let mut rows = rows.rows();
        let mut row = rows.next().expect("a row");
        let _name: String = row.get().expect("a name");
        let text: String = row.get().expect("a statement");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

#[track_caller]
fn holds(server: &Server, table: &str, parts: &[&str], absent: &[&str]) {
    let text = created(server, table);
    for part in parts {
        assert!(text.contains(part), "no {part} in {text}");
    }
    for part in absent {
        assert!(!text.contains(part), "{part} in {text}");
    }
}

fn migrate(krate: &Crate, server: &Server, args: &[&str]) -> Done {
    let mut all = vec!["--url", server.url(), "migrate"];
    all.extend(args);
    krate.expect(0, &all)
}

#[test]
fn every_storage_type_key_and_relation() {
    let Some(server) = Server::singlestore("kinds") else {
        return;
    };
    let krate = Crate::new(KINDS);
    krate.expect(0, &["check", "--dialect", "singlestore"]);
    krate.expect(0, &["--url", server.url(), "makemigrations"]);
    migrate(&krate, &server, &[]);
    let columnstore = ["ROWSTORE", "REFERENCE TABLE"];
    holds(
        &server,
        "blog_event",
        &[
            "SHARD KEY",
            "(`id`)",
            "SORT KEY",
            "`at` DESC,`id`",
            "`blog_event_user_id_",
        ],
        &columnstore,
    );
    holds(
        &server,
        "blog_event_tags",
        &["PRIMARY KEY (`event_id`,`tag_id`)", "(`tag_id`)"],
        &["AUTO_INCREMENT", "`id`", "ROWSTORE", "REFERENCE"],
    );
    let link = created(&server, "blog_event_tags");
    let (_, shard) = link.split_once("SHARD KEY").expect("a shard key");
    assert!(shard.contains("(`event_id`)"), "{link}");
    holds(
        &server,
        "blog_user",
        &["ROWSTORE TABLE", "one_name", "UNENFORCED"],
        &["REFERENCE TABLE", "SORT KEY"],
    );
    holds(
        &server,
        "blog_tag",
        &["REFERENCE TABLE", "UNIQUE KEY"],
        &["ROWSTORE", "SHARD KEY"],
    );
    holds(
        &server,
        "blog_country",
        &["ROWSTORE REFERENCE TABLE", "UNIQUE KEY"],
        &["SHARD KEY"],
    );
    holds(
        &server,
        "blog_order",
        &["PRIMARY KEY (`user_id`,`number`)", "(`user_id`)"],
        &columnstore,
    );
    holds(
        &server,
        "blog_profile",
        &["PRIMARY KEY (`user_id`)"],
        &["`id`"],
    );
    // The second time there is nothing to do, for anybody.
    assert_eq!(
        krate
            .expect(0, &["--url", server.url(), "makemigrations"])
            .out
            .trim(),
        "No changes detected"
    );
    krate.expect(0, &["--url", server.url(), "diffdb"]);
    // Backwards everything goes.
    migrate(&krate, &server, &["blog", "zero"]);
    assert_eq!(
        server.one(
            "SELECT COALESCE(GROUP_CONCAT(TABLE_NAME ORDER BY TABLE_NAME), 'none') AS names \
             FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'blog\\_%'"
        ),
        "none"
    );
}

const PLAIN: &str = "use orm::prelude::*;

#[derive(Model)]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub section: i64,
}
";

/// The environment goes before the file, the model before both; the migration's file says nothing.
#[test]
fn storage_types_of_an_app() {
    let krate = Crate::new(PLAIN);
    krate.expect(0, &["makemigrations"]);
    for (file, variable, wanted) in [
        ("rowstore", None, "CREATE ROWSTORE TABLE"),
        ("rowstore", Some("reference"), "CREATE REFERENCE TABLE"),
        ("reference", Some("columnstore"), "CREATE TABLE"),
        (
            "rowstore reference",
            Some(""),
            "CREATE ROWSTORE REFERENCE TABLE",
        ),
    ] {
        let Some(server) = Server::singlestore("app") else {
            return;
        };
        krate.write(
            "orm.toml",
            &format!("[apps.blog]\nstorage_type = \"{file}\"\n"),
        );
        let mut command = krate.command(&["--url", server.url(), "migrate"]);
        command.env_remove("ORM_STORAGE_TYPE_BLOG");
        if let Some(value) = variable {
            command.env("ORM_STORAGE_TYPE_BLOG", value);
        }
        let done = Done::of(command.output().expect("it runs"));
        assert_eq!(done.code, 0, "{}{}", done.out, done.err);
        holds(&server, "blog_page", &[wanted], &[]);
    }
}

/// The rows of a table, in the order of its key.
fn rows(server: &Server) -> String {
    server.one(
        "SELECT GROUP_CONCAT(CONCAT(id, ':', section) ORDER BY id SEPARATOR ' ') AS pages \
         FROM blog_page",
    )
}

#[test]
fn storage_changes_forwards_and_backwards() {
    let Some(server) = Server::singlestore("alter") else {
        return;
    };
    let model = |options: &str| {
        PLAIN.replace(
            "#[derive(Model)]\n",
            &format!("#[derive(Model)]\n{options}\n"),
        )
    };
    let krate = Crate::new(PLAIN);
    let steps = [
        (
            "",
            &["CREATE TABLE", "(`id`)"][..],
            &["ROWSTORE", "REFERENCE"][..],
        ),
        (
            "#[model(storage_type = \"rowstore\")]",
            &["CREATE ROWSTORE TABLE"],
            &["REFERENCE"],
        ),
        (
            "#[model(storage_type = \"columnstore\", sort_key(-section))]",
            &["CREATE TABLE", "`section` DESC"],
            &["ROWSTORE"],
        ),
        (
            "#[model(storage_type = \"reference\")]",
            &["CREATE REFERENCE TABLE"],
            &["SHARD KEY", "`section` DESC"],
        ),
        (
            "#[model(storage_type = \"rowstore reference\")]",
            &["CREATE ROWSTORE REFERENCE TABLE"],
            &["SHARD KEY"],
        ),
        ("", &["CREATE TABLE", "(`id`)"], &["ROWSTORE", "REFERENCE"]),
    ];
    let mut names = Vec::new();
    for (number, (options, parts, absent)) in steps.into_iter().enumerate() {
        krate.write("src/lib.rs", &model(options));
        let made = krate.json(0, &["--url", server.url(), "makemigrations"]);
        let migration = &made["migrations"][0];
        names.push(migration["name"].as_str().expect("a name").to_owned());
        if number > 0 {
            let op = &migration["operations"][0]["op"];
            assert_eq!(op, "alter_storage", "{made:#}");
        }
        migrate(&krate, &server, &[]);
        if number == 0 {
            server.run("INSERT INTO blog_page (id, section) VALUES (1, 10), (2, 20), (3, 10)");
        }
        holds(&server, "blog_page", parts, absent);
        assert_eq!(rows(&server), "1:10 2:20 3:10", "{options}");
    }
    for (name, (_, parts, absent)) in names.iter().zip(steps).rev().skip(1) {
        migrate(&krate, &server, &["blog", name]);
        holds(&server, "blog_page", parts, absent);
        assert_eq!(rows(&server), "1:10 2:20 3:10", "{name}");
    }
}

#[test]
fn the_shard_key_changes() {
    let Some(server) = Server::singlestore("shard") else {
        return;
    };
    let model = |key: &str| {
        PLAIN
            .replace(
                "#[derive(Model)]\n",
                &format!("#[derive(Model)]\n#[model({key})]\n"),
            )
            .replace(
                "    #[field(primary_key)]\n    pub id: Auto<i64>",
                "    pub id: i64",
            )
    };
    let krate = Crate::new(&model("primary_key(section, id)"));
    krate.expect(0, &["--url", server.url(), "makemigrations"]);
    migrate(&krate, &server, &[]);
    server.run("INSERT INTO blog_page (id, section) VALUES (1, 10), (2, 20), (3, 10)");
    krate.write(
        "src/lib.rs",
        &model("primary_key(section, id), shard_key(section)"),
    );
    let made = krate.json(0, &["--url", server.url(), "makemigrations"]);
    assert_eq!(
        made["migrations"][0]["operations"][0]["op"],
        "alter_storage"
    );
    let shard = |server: &Server| {
        let text = created(server, "blog_page");
        let (_, rest) = text.split_once("SHARD KEY").expect("a shard key");
        let (_, columns) = rest.split_once('(').expect("its columns");
        columns.split(')').next().expect("the end").to_owned()
    };
    assert_eq!(shard(&server), "`section`,`id`");
    migrate(&krate, &server, &[]);
    assert_eq!(shard(&server), "`section`");
    assert_eq!(rows(&server), "1:10 2:20 3:10");
    migrate(&krate, &server, &["blog", "0001"]);
    assert_eq!(shard(&server), "`section`,`id`");
    assert_eq!(rows(&server), "1:10 2:20 3:10");
}

/// A table without any key comes from a file alone: models have keys.
#[test]
fn a_keyless_table() {
    let Some(server) = Server::singlestore("keyless") else {
        return;
    };
    let krate = Crate::new("");
    krate.write(
        "migrations/blog/0001_initial.toml",
        "format = 1\n\n[[operations]]\nop = \"create_model\"\nmodel = \"Log\"\ntable = \"blog_log\"\n\
         fields = [{ name = \"line\", type = \"text\" }]\nshard_key = []\n",
    );
    krate.write("migrations/blog/HEAD", "0001_initial\n");
    migrate(&krate, &server, &[]);
    holds(&server, "blog_log", &["CREATE TABLE"], &["PRIMARY KEY"]);
    server.run("INSERT INTO blog_log (line) VALUES ('a'), ('a')");
    assert_eq!(
        server.one("SELECT CONCAT(COUNT(*), '') AS n FROM blog_log"),
        "2"
    );
}

const UNIQUE: &str = "use orm::prelude::*;

#[derive(Model)]
#[model(unique_together(section, title))]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50, unique)]
    pub title: String,
    pub section: i64,
    pub parent: OneToOne<Page>,
}
";

/// For tests of programs whose unique keys the server would not take.
#[test]
fn unique_keys_are_left_unchecked_by_the_environment() {
    let krate = Crate::new(UNIQUE);
    let run = |value: &str, args: &[&str]| {
        let mut command = krate.command(args);
        command.env("ORM_UNENFORCED_UNIQUE_BLOG", value);
        Done::of(command.output().expect("it runs"))
    };
    let check = ["check", "--dialect", "singlestore"];
    let refused = run("0", &check);
    assert_eq!(refused.code, 1, "{}", refused.out);
    assert!(
        refused.out.contains("S001") && refused.out.contains("S011"),
        "{}",
        refused.out
    );
    let done = run("1", &check);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let wrong = run("yes", &check);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("ORM_UNENFORCED_UNIQUE_BLOG"),
        "{}",
        wrong.err
    );

    krate.expect(0, &["makemigrations"]);
    let file = krate.read("migrations/blog/0001_initial.toml");
    assert!(!file.contains("unenforced"), "{file}");
    let Some(server) = Server::singlestore("unenforced") else {
        return;
    };
    let migrate = ["--url", server.url(), "migrate"];
    let refused = run("", &migrate);
    assert_ne!(refused.code, 0, "{}", refused.out);
    assert!(refused.err.contains("S001"), "{}", refused.err);
    let done = run("1", &migrate);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let warning = "warning: ORM_UNENFORCED_UNIQUE_BLOG is set";
    assert!(done.err.contains(warning), "{}", done.err);
    let text = created(&server, "blog_page");
    assert_eq!(text.matches("UNENFORCED").count(), 3, "{text}");
    server.run(
        "INSERT INTO blog_page (id, title, section, parent_id) VALUES (1, 'a', 1, 1), (2, 'a', 1, 1)",
    );
    let quiet = run("1", &["--url", server.url(), "diffdb"]);
    assert_eq!(quiet.code, 0, "{}{}", quiet.out, quiet.err);
}
