//! `diffdb` as a black box, on SQLite and, where `ORM_TEST_MARIADB_URL` is set, on MariaDB.

mod support;

use serde_json::Value;
use support::{Crate, Server};

const BLOG: &str = "use orm::prelude::*;

#[derive(Model)]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100, unique)]
    pub name: String,
}

#[derive(Model)]
pub struct Tag {
    #[field(primary_key, max_length = 20)]
    pub name: String,
}

#[derive(Model)]
#[model(index(name = \"by_day\", fields(day, views)), unique(name = \"one_a_day\", fields(author, day)))]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 200)]
    pub title: String,
    pub author: ForeignKey<Author>,
    pub tags: ManyToMany<Tag>,
    pub day: Option<i32>,
    #[field(db_default = \"7\")]
    pub views: i64,
    #[field(index, max_length = 50)]
    pub slug: Option<String>,
    #[field(db_default = \"CURRENT_TIMESTAMP(6)\")]
    pub at: DateTime<Utc>,
}
";

fn migrated() -> Crate {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["migrate"]);
    krate
}

/// The differences as `table: message`.
fn messages(document: &Value) -> Vec<String> {
    let list = document["differences"].as_array().expect("a list");
    let text = |d: &Value| {
        format!(
            "{}: {}",
            d["table"].as_str().unwrap_or("?"),
            d["message"].as_str().unwrap_or("?")
        )
    };
    list.iter().map(text).collect()
}

#[test]
fn it_is_silent_after_migrate() {
    let krate = migrated();
    let done = krate.expect(0, &["diffdb"]);
    assert_eq!((done.out.as_str(), done.err.as_str()), ("", ""));
    assert_eq!(
        krate.json(0, &["diffdb"]),
        serde_json::json!({ "dialect": "sqlite", "differences": [] })
    );
}

#[test]
fn hand_made_changes_of_sqlite_are_named_and_mended() {
    let krate = migrated();
    krate.sqlite(
        "DROP INDEX by_day;
         CREATE INDEX mine ON blog_article (views);
         ALTER TABLE blog_article ADD COLUMN note TEXT;
         ALTER TABLE blog_article DROP COLUMN title;
         CREATE TABLE stray (id INTEGER PRIMARY KEY);
         DROP TABLE blog_article_tags;",
    );
    let document = krate.json(1, &["diffdb"]);
    assert_eq!(
        messages(&document),
        [
            "blog_article: column `title` varchar(200) NOT NULL is missing",
            "blog_article: column `note` text NULL should not be there",
            "blog_article: index `by_day` (day, views) is missing",
            "blog_article: index `mine` (views) should not be there",
            "blog_article_tags: table `blog_article_tags` (article_id, tag_id) is missing",
            "stray: table `stray` (id) should not be there",
        ]
    );
    let operations: Vec<&str> = document["differences"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|d| d["operations"][0]["op"].as_str().unwrap_or("-"))
        .collect();
    assert_eq!(
        operations,
        [
            "add_field",
            "remove_field",
            "add_index",
            "remove_index",
            "add_field",
            "-"
        ]
    );
    let done = krate.expect(1, &["diffdb"]);
    assert!(
        done.out.contains("6 differences in 3 tables"),
        "{}",
        done.out
    );
    mend(&krate, None, &document);
    let done = krate.expect(0, &["diffdb"]);
    assert_eq!(done.out, "");
}

/// Runs what `diffdb` says.
fn mend(krate: &Crate, server: Option<&Server>, document: &Value) {
    for difference in document["differences"].as_array().expect("a list") {
        let statements = difference["sql"].as_array().expect("a list");
        assert!(!statements.is_empty(), "nothing mends {difference}");
        for sql in statements {
            let sql = sql.as_str().expect("a text");
            match server {
                Some(server) => server.run(sql),
                None => krate.sqlite(sql),
            }
        }
    }
}

/// Tables of SQLite are changed by making them again; rows stay through what mends them.
#[test]
fn every_kind_of_change_of_sqlite_is_named_and_mended() {
    let krate = migrated();
    krate.sqlite(
        "INSERT INTO blog_author (id, name) VALUES (1, 'Ann');
         INSERT INTO blog_article (id, title, author_id, day, views, slug, at) VALUES (7, 'T', 1, 3, 5, 's', '2024-01-01 00:00:00.000000');",
    );
    let cases = [
        (
            "\"title\" VARCHAR(200)",
            "\"title\" VARCHAR(9)",
            "column `title`: type is varchar(9), should be varchar(200)",
        ),
        (
            "\"title\" VARCHAR(200) NOT NULL",
            "\"title\" VARCHAR(200)",
            "column `title`: NULL is accepted, should be refused",
        ),
        (
            "\"title\" VARCHAR(200) NOT NULL",
            "\"title\" VARCHAR(200) COLLATE NOCASE NOT NULL",
            "column `title`: collation is nocase, should be binary",
        ),
        (
            "DEFAULT (7)",
            "DEFAULT 8",
            "column `views`: default is 8, should be 7",
        ),
        (
            "DEFAULT (7)",
            "",
            "column `views`: default is missing, should be 7",
        ),
        (
            "CONSTRAINT \"one_a_day\" UNIQUE (\"author_id\", \"day\"),",
            "",
            "unique key `one_a_day` (author_id, day) is missing",
        ),
        (
            "UNIQUE (\"author_id\", \"day\")",
            "UNIQUE (\"day\")",
            "unique key `one_a_day` is (day), should be (author_id, day)",
        ),
        (
            " DEFERRABLE INITIALLY DEFERRED",
            "",
            "foreign key `blog_article_author_id_HASH_fk` is (author_id) to `blog_author` (id), should be (author_id) to `blog_author` (id) deferred",
        ),
        (
            "\"slug\" VARCHAR(50) NULL",
            "\"slug\" VARCHAR(50) NULL, \"note\" TEXT DEFAULT 'kept'",
            "column `note` text NULL should not be there",
        ),
        (
            "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
            "BIGINT NOT NULL PRIMARY KEY",
            "column `id`: automatic numbers is missing, should be on",
        ),
    ];
    let made = krate.sqlite_one("SELECT sql FROM sqlite_master WHERE name = 'blog_article'");
    let indexes = krate.sqlite_one(
        "SELECT group_concat(sql, '; ') FROM sqlite_master WHERE tbl_name = 'blog_article' AND type = 'index' AND sql IS NOT NULL",
    );
    let hash = hash_of(&made);
    for (from, to, expected) in cases {
        assert!(made.contains(from), "{from}\n{made}");
        let changed = made
            .replacen(from, to, 1)
            .replacen("blog_article", "changed", 1);
        let columns = "id, title, author_id, day, views, slug, at";
        krate.sqlite(&format!(
            "{changed}; INSERT INTO changed ({columns}) SELECT {columns} FROM blog_article; DROP TABLE blog_article; ALTER TABLE changed RENAME TO blog_article; {indexes}",
        ));
        let document = krate.json(1, &["diffdb"]);
        let said = messages(&document);
        let expected = format!("blog_article: {}", expected.replace("HASH", &hash));
        assert!(said.contains(&expected), "{expected}\n{said:#?}");
        mend(&krate, None, &document);
        let done = krate.run(&["diffdb"]);
        assert_eq!(done.code, 0, "{expected}\n{document:#}\nleft: {}", done.out);
        let row = krate.sqlite_one("SELECT title || author_id || day || views || slug || at FROM blog_article WHERE id = 7");
        assert_eq!(row, "T135s2024-01-01 00:00:00.000000", "{expected}");
    }
}

/// The hash in the name of the foreign key.
fn hash_of(sql: &str) -> String {
    let (_, rest) = sql
        .split_once("blog_article_author_id_")
        .expect("a foreign key");
    rest.split_once("_fk").expect("its end").0.to_owned()
}

/// What mends one difference keeps what is told of in the next: a column too many is not lost with
/// the rebuild that another difference needs.
#[test]
fn a_rebuild_keeps_what_is_yet_to_be_told_of() {
    let krate = migrated();
    krate.sqlite(
        "INSERT INTO blog_tag (name) VALUES ('a');
         ALTER TABLE blog_author ADD COLUMN note TEXT;
         INSERT INTO blog_author (id, name, note) VALUES (1, 'Ann', 'precious');
         ALTER TABLE blog_author RENAME COLUMN name TO old_name;",
    );
    let document = krate.json(1, &["diffdb"]);
    let said = messages(&document);
    assert_eq!(
        said,
        [
            "blog_author: column `name` varchar(100) NOT NULL is missing",
            "blog_author: column `old_name` varchar(100) NOT NULL should not be there",
            "blog_author: column `note` text NULL should not be there",
        ]
    );
    let first = &document["differences"][0];
    assert_eq!(
        first["note"],
        "where the table has rows, they need a value for it first"
    );
    let note = document["differences"][2]["note"].as_str();
    assert!(
        note.is_some_and(|n| n.starts_with("its data goes with it")),
        "{note:?}"
    );
    for difference in document["differences"].as_array().expect("a list") {
        if difference["name"] == "old_name" {
            for sql in difference["sql"].as_array().expect("a list") {
                let sql = sql.as_str().expect("a text");
                assert!(!sql.contains("DROP COLUMN \"note\""), "{sql}");
                assert!(!sql.starts_with("INSERT") || sql.contains("note"), "{sql}");
            }
        }
    }
}

/// Each change made by hand, what is said of it, and that what it says mends it.
#[test]
fn every_kind_of_change_of_mariadb_is_named_and_mended() {
    let Some(server) = Server::start("diffdb") else {
        return;
    };
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    let url = server.url();
    krate.expect(0, &["migrate", "--url", url]);
    let done = krate.expect(0, &["diffdb", "--url", url]);
    assert_eq!((done.out.as_str(), done.err.as_str()), ("", ""));
    let cases = [
        (
            "ALTER TABLE blog_article MODIFY title VARCHAR(99) COLLATE utf8mb4_nopad_bin NOT NULL",
            "blog_article: column `title`: type is varchar(99), should be varchar(200)",
        ),
        (
            "ALTER TABLE blog_article MODIFY title VARCHAR(200) COLLATE utf8mb4_nopad_bin NULL",
            "blog_article: column `title`: NULL is accepted, should be refused",
        ),
        (
            "ALTER TABLE blog_article MODIFY title VARCHAR(200) COLLATE utf8mb4_general_ci NOT NULL",
            "blog_article: column `title`: collation is utf8mb4_general_ci, should be utf8mb4_nopad_bin",
        ),
        (
            "ALTER TABLE blog_article MODIFY title VARCHAR(200) COLLATE utf8mb4_nopad_bin NOT NULL COMMENT 'x'",
            "blog_article: column `title`: comment is \"x\", should be none",
        ),
        (
            "ALTER TABLE blog_article ALTER COLUMN views SET DEFAULT 8",
            "blog_article: column `views`: default is 8, should be 7",
        ),
        (
            "ALTER TABLE blog_article ALTER COLUMN views DROP DEFAULT",
            "blog_article: column `views`: default is missing, should be 7",
        ),
        (
            "ALTER TABLE blog_article MODIFY at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)",
            "blog_article: column `at`: ON UPDATE is current_timestamp(6), should be none",
        ),
        (
            "ALTER TABLE blog_article MODIFY id BIGINT NOT NULL",
            "blog_article: column `id`: automatic numbers is missing, should be on",
        ),
        (
            "ALTER TABLE blog_article DROP COLUMN slug",
            "blog_article: column `slug` varchar(50) NULL is missing",
        ),
        (
            "ALTER TABLE blog_article ADD COLUMN note TEXT",
            "blog_article: column `note` text NULL should not be there",
        ),
        (
            "ALTER TABLE blog_article ADD COLUMN twice BIGINT AS (views * 2) STORED",
            "blog_article: column `twice` bigint AS (`views` * 2) should not be there",
        ),
        (
            "DROP INDEX by_day ON blog_article",
            "blog_article: index `by_day` (day, views) is missing",
        ),
        (
            "CREATE INDEX mine ON blog_article (title(10))",
            "blog_article: index `mine` (title(10)) should not be there",
        ),
        (
            "CREATE FULLTEXT INDEX words ON blog_article (title)",
            "blog_article: index `words` (title) fulltext should not be there",
        ),
        (
            "CREATE UNIQUE INDEX once ON blog_article (title)",
            "blog_article: unique key `once` (title) should not be there",
        ),
        (
            "ALTER TABLE blog_article RENAME INDEX by_day TO by_date",
            "blog_article: index `by_date` is called `by_date`, should be called `by_day`",
        ),
        (
            "ALTER TABLE blog_article DROP INDEX by_day, ADD INDEX by_day (views)",
            "blog_article: index `by_day` is (views), should be (day, views)",
        ),
        (
            "ALTER TABLE blog_article COMMENT = 'mine'",
            "blog_article: comment of the table is \"mine\", should be none",
        ),
        (
            "ALTER TABLE blog_article_tags DROP PRIMARY KEY, ADD PRIMARY KEY (tag_id, article_id)",
            "blog_article_tags: primary key is (tag_id, article_id), should be (article_id, tag_id)",
        ),
        (
            "DROP TABLE blog_article_tags",
            "blog_article_tags: table `blog_article_tags` (article_id, tag_id) is missing",
        ),
        (
            "CREATE TABLE stray (id INT)",
            "stray: table `stray` (id) should not be there",
        ),
    ];
    for (change, expected) in cases {
        server.run(change);
        let document = krate.json(1, &["diffdb", "--url", url]);
        let said = messages(&document);
        assert!(said.iter().any(|m| m == expected), "{change}\n{said:#?}");
        mend(&krate, Some(&server), &document);
        let done = krate.run(&["diffdb", "--url", url]);
        assert_eq!(done.code, 0, "{change}\n{document:#}\nleft: {}", done.out);
    }
    foreign_keys(&krate, &server);
}

/// Names of foreign keys are made of a hash, so they are looked up.
fn foreign_keys(krate: &Crate, server: &Server) {
    let url = server.url();
    let name = server.one(
        "SELECT CONSTRAINT_NAME AS n FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME = 'blog_article'",
    );
    let changes = [
        (
            format!("ALTER TABLE blog_article DROP FOREIGN KEY {name}"),
            "missing",
        ),
        (
            format!(
                "ALTER TABLE blog_article DROP FOREIGN KEY {name}, ADD CONSTRAINT {name} FOREIGN KEY (author_id) REFERENCES blog_author (id) ON DELETE CASCADE"
            ),
            "changed",
        ),
        (
            format!(
                "ALTER TABLE blog_article DROP FOREIGN KEY {name}, ADD CONSTRAINT other FOREIGN KEY (author_id) REFERENCES blog_author (id)"
            ),
            "changed",
        ),
    ];
    for (change, kind) in changes {
        // MariaDB cannot drop a key and add one of its name in one statement.
        for part in change.split(", ADD").enumerate().map(|(i, p)| match i {
            0 => p.to_owned(),
            _ => format!("ALTER TABLE blog_article ADD{p}"),
        }) {
            server.run(&part);
        }
        let document = krate.json(1, &["diffdb", "--url", url]);
        assert_eq!(
            document["differences"][0]["part"], "foreign_key",
            "{change}"
        );
        assert_eq!(document["differences"][0]["change"], kind, "{change}");
        mend(krate, Some(server), &document);
        krate.expect(0, &["diffdb", "--url", url]);
    }
}

const PAGES: &str = "use orm::prelude::*;

#[derive(Model)]
#[model(storage_type = \"reference\", comment = \"people\")]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100, unique)]
    pub name: String,
    pub tags: ManyToMany<Tag>,
}

#[derive(Model)]
#[model(storage_type = \"rowstore\")]
pub struct Tag {
    #[field(primary_key, max_length = 20)]
    pub name: String,
}

#[derive(Model)]
#[model(shard_key(author), primary_key(author, number), sort_key(-number), index(name = \"by_title\", fields(title)))]
pub struct Page {
    pub author: ForeignKey<Author>,
    pub number: i64,
    #[field(max_length = 80, comment = \"shown\")]
    pub title: String,
    #[field(db_default = \"7\")]
    pub views: i64,
    pub score: Option<f64>,
    pub done: Option<bool>,
    #[field(computed = \"views * 2\")]
    pub twice: i64,
}
";

/// On SingleStore, or on what stands in for it.
#[test]
fn hand_made_changes_of_singlestore_are_named_and_mended() {
    let Some(server) = Server::singlestore("diffdb") else {
        return;
    };
    let krate = Crate::new(PAGES);
    krate.expect(0, &["makemigrations"]);
    let url = server.url();
    krate.expect(0, &["migrate", "--url", url]);
    let done = krate.expect(0, &["diffdb", "--url", url]);
    assert_eq!((done.out.as_str(), done.err.as_str()), ("", ""));
    let done = krate.expect(0, &["inspectdb", "--url", url]);
    for line in [
        "#[model(storage_type = \"reference\", comment = \"people\")]",
        "#[model(storage_type = \"rowstore\")]",
        "    shard_key(author_id),",
        "    sort_key(-number),",
    ] {
        assert!(done.out.lines().any(|l| l == line), "{line}\n{}", done.out);
    }
    let cases = [
        (
            "DROP INDEX by_title ON blog_page",
            "index `by_title` (title) is missing",
        ),
        (
            "ALTER TABLE blog_page ADD COLUMN note BIGINT NULL",
            "column `note` bigint NULL should not be there",
        ),
        (
            "ALTER TABLE blog_page DROP COLUMN score",
            "column `score` double NULL is missing",
        ),
        (
            "CREATE TABLE stray (id BIGINT, SHARD KEY ())",
            "table `stray` (id) should not be there",
        ),
        (
            "ALTER TABLE blog_page MODIFY COLUMN views BIGINT NOT NULL DEFAULT 8",
            "column `views`: default is 8, should be 7",
        ),
    ];
    for (change, expected) in cases {
        server.run(change);
        let document = krate.json(1, &["diffdb", "--url", url]);
        let said = messages(&document);
        assert!(
            said.iter().any(|m| m.ends_with(expected)),
            "{change}\n{said:#?}"
        );
        mend(&krate, Some(&server), &document);
        // A copy by hand leaves the table that was copied.
        server.run("DROP TABLE IF EXISTS blog_page__old");
        let done = krate.run(&["diffdb", "--url", url]);
        assert_eq!(done.code, 0, "{change}\n{document:#}\nleft: {}", done.out);
    }
    // What only a table that is made again can have.
    server.run("DROP TABLE blog_tag; CREATE TABLE blog_tag (name VARCHAR(20) COLLATE utf8mb4_bin NOT NULL, PRIMARY KEY (name))");
    let document = krate.json(1, &["diffdb", "--url", url]);
    assert_eq!(
        messages(&document),
        ["blog_tag: storage is columnstore, should be rowstore"]
    );
    assert_eq!(
        document["differences"][0]["operations"][0]["op"],
        "alter_storage"
    );
    mend(&krate, Some(&server), &document);
    server.run("DROP TABLE IF EXISTS blog_tag__old");
    let done = krate.run(&["diffdb", "--url", url]);
    assert_eq!(done.code, 0, "left: {}", done.out);
}

/// Servers keep expressions in their own words; what was made is not taken for a change.
#[test]
fn expressions_are_compared_as_the_server_spells_them() {
    let Some(server) = Server::start("spelling") else {
        return;
    };
    let fields = [
        (
            "a",
            "String",
            "max_length = 20, db_default = \"CONCAT('a', 'b')\"",
        ),
        ("b", "i32", "db_default = \"(1 + 2) * 3\""),
        ("c", "String", "max_length = 40, db_default = \"UUID()\""),
        ("d", "String", "max_length = 40, db_default = \"'it''s'\""),
        ("e", "bool", "db_default = \"TRUE\""),
        ("f", "DateTime<Utc>", "db_default = \"NOW()\""),
        ("g", "f64", "db_default = \"0.10\""),
        ("h", "Vec<u8>", "max_length = 4, db_default = \"X'00ff'\""),
        ("i", "String", "max_length = 20, computed = \"UPPER(a)\""),
        (
            "j",
            "String",
            "max_length = 2, computed = \"IF(b > 1, 'x', 'y')\"",
        ),
        (
            "k",
            "i64",
            "computed = \"CASE WHEN b > 1 THEN 1 ELSE 0 END\"",
        ),
        ("l", "bool", "computed = \"b = 1 AND b <> 2 OR NOT e\""),
        ("m", "i64", "computed = \"LENGTH(TRIM(a)) % 7\""),
    ];
    let mut lib = "use orm::prelude::*;\n#[derive(Model)]\npub struct T {\n#[field(primary_key)]\npub id: Auto<i64>,\n".to_owned();
    for (name, ty, attributes) in fields {
        lib.push_str(&format!("#[field({attributes})]\npub {name}: {ty},\n"));
    }
    lib.push_str("}\n");
    let krate = Crate::new(&lib);
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["migrate", "--url", server.url()]);
    let done = krate.expect(0, &["diffdb", "--url", server.url()]);
    assert_eq!(done.out, "");
    server.run(
        "ALTER TABLE blog_t MODIFY i VARCHAR(20) COLLATE utf8mb4_nopad_bin AS (LOWER(a)) STORED",
    );
    let document = krate.json(1, &["diffdb", "--url", server.url()]);
    assert_eq!(
        messages(&document),
        ["blog_t: column `i`: computed is (lcase(`a`)), should be (ucase(`a`))"]
    );
    mend(&krate, Some(&server), &document);
    krate.expect(0, &["diffdb", "--url", server.url()]);
}

/// A key in a table's definition keeps its name there when its field is renamed; where a key's name
/// is real, it is renamed.
fn renamed_unique_fields(url: &str, exec: impl Fn(&str)) {
    const TWO: &str = "use orm::prelude::*;

#[derive(Model)]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20, unique)]
    pub title: String,
    #[field(max_length = 30, unique)]
    pub code: String,
}
";
    let krate = Crate::new(TWO);
    let up = || {
        krate.expect(0, &["migrate", "--url", url]);
        krate.expect(0, &["diffdb", "--url", url]);
    };
    krate.expect(0, &["makemigrations"]);
    up();
    exec("INSERT INTO blog_article (title, code) VALUES ('t', 'c')");
    krate.write("src/lib.rs", &TWO.replace("title", "headline"));
    let renamed = ["makemigrations", "--rename", "blog.Article.title=headline"];
    krate.expect(0, &renamed);
    up();
    // Both exchange their names; the lengths say that they did.
    let exchanged = TWO.replace("code", "headline").replace("title", "code");
    krate.write("src/lib.rs", &exchanged);
    let renames = ["headline=code", "code=headline"].map(|r| format!("blog.Article.{r}"));
    let args = [
        "makemigrations",
        "--rename",
        &renames[0],
        "--rename",
        &renames[1],
    ];
    krate.expect(0, &args);
    up();
    exec("INSERT INTO blog_article (code, headline) VALUES ('another t', 'another c')");
    krate.expect(0, &["makemigrations", "--check"]);
    krate.expect(0, &["migrate", "blog", "0001", "--url", url]);
    let left = "UPDATE blog_article SET title = 'x' WHERE title = 't' AND code = 'c'";
    exec(left);
    krate.expect(0, &["migrate", "--url", url]);
    krate.expect(0, &["diffdb", "--url", url]);
}

#[test]
fn a_renamed_unique_field_is_no_difference() {
    let folder = Crate::empty();
    let path = folder.path("db.sqlite3");
    renamed_unique_fields(&format!("sqlite:{}", path.display()), |sql| {
        folder.sqlite(sql)
    });
    assert_eq!(
        folder.sqlite_one("SELECT headline FROM blog_article WHERE code = 'x'"),
        "c"
    );
    if let Some(server) = Server::start("renamed_unique") {
        renamed_unique_fields(server.url(), |sql| server.run(sql));
        assert_eq!(
            server.one("SELECT headline FROM blog_article WHERE code = 'x'"),
            "c"
        );
    }
}

#[test]
fn one_app_is_looked_at_alone() {
    let krate = migrated();
    krate.sqlite("CREATE TABLE stray (id INTEGER PRIMARY KEY)");
    krate.expect(0, &["diffdb", "blog"]);
    krate.expect(1, &["diffdb"]);
    let done = krate.expect(2, &["diffdb", "blgo"]);
    assert!(done.err.contains("did you mean `blog`?"), "{}", done.err);
}

#[test]
fn a_migration_that_is_not_applied_says_nothing() {
    let krate = migrated();
    krate.write(
        "src/lib.rs",
        &BLOG.replace("pub day:", "pub more: Option<i64>,\n    pub day:"),
    );
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["diffdb"]);
}

#[test]
fn a_database_that_is_not_there_is_not_made() {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    let done = krate.expect(3, &["diffdb"]);
    assert!(done.err.contains("there is no database"), "{}", done.err);
    assert!(!krate.exists("db.sqlite3"));
    krate.expect(3, &["diffdb", "--url", "mysql://u:secret@127.0.0.1:1/d"]);
    krate.write("empty.sqlite3", "");
    let done = krate.expect(0, &["diffdb", "--url", "sqlite:empty.sqlite3"]);
    assert!(done.err.contains("no migration is applied"), "{}", done.err);
}
