//! `check --data` as a black box, on SQLite and, where `ORM_TEST_MARIADB_URL` is set, on a stand-in
//! for SingleStore.

mod support;

use serde_json::Value;
use support::{Crate, Server};

const BLOG: &str = "use orm::prelude::*;

#[derive(Model)]
#[model(storage_type = \"reference\")]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100, unique = \"lookup\")]
    pub email: String,
}

#[derive(Model)]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub author: ForeignKey<Author>,
    #[field(on_delete = \"set_null\")]
    pub editor: Option<ForeignKey<Author>>,
    pub readers: ManyToMany<Author>,
}
";

fn krate() -> Crate {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    krate
}

/// Id, model and field, message of each finding.
fn findings(document: &Value) -> Vec<(String, String, String)> {
    let text = |f: &Value, key: &str| f[key].as_str().unwrap_or("?").to_owned();
    let list = document["findings"].as_array().expect("a list");
    list.iter()
        .map(|f| {
            let place = format!("{}.{}", text(f, "model"), text(f, "field"));
            (text(f, "id"), place, text(f, "message"))
        })
        .collect()
}

/// Relations by several fields stand in no migration: the source says them.
#[test]
fn orphans_by_several_fields() {
    let krate = Crate::new(
        "
use orm::prelude::*;

#[derive(Model)]
#[model(primary_key(tenant, number))]
pub struct Order {
    pub tenant: i64,
    pub number: i64,
    #[field(by = \"order\")]
    pub memos: Reverse<Memo>,
}

#[derive(Model)]
pub struct Memo {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub tenant: i64,
    pub number: Option<i64>,
    #[field(from_fields(tenant, number), on_delete = \"set_null\")]
    pub order: ForeignObject<Order>,
}
",
    );
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["makemigrations", "--check"]);
    krate.expect(0, &["migrate"]);
    krate.sqlite("INSERT INTO blog_order (tenant, number) VALUES (1, 1)");
    krate.sqlite("INSERT INTO blog_memo (tenant, number) VALUES (1, 1), (2, 1), (2, NULL)");
    let document = krate.json(1, &["check", "--data"]);
    let found = findings(&document);
    let short: Vec<(&str, &str)> = found
        .iter()
        .map(|(i, p, _)| (i.as_str(), p.as_str()))
        .collect();
    assert_eq!(short, [("D001", "blog.Memo.order")], "{found:?}");
    assert_eq!(document["findings"][0]["line"], 20);
    krate.expect(1, &["check", "--data", "--fix"]);
    krate.expect(0, &["check", "--data"]);
}

#[test]
fn orphans_on_sqlite() {
    let krate = krate();
    krate.expect(0, &["migrate"]);
    let done = krate.expect(0, &["check", "--data"]);
    assert_eq!(done.out, "no faults found in the data\n");
    krate.sqlite("INSERT INTO blog_author (id, email) VALUES (1, 'ann')");
    krate.sqlite("PRAGMA foreign_keys = OFF; INSERT INTO blog_article (id, author_id, editor_id) VALUES (1, 1, 7), (2, 8, 9), (3, 1, NULL)");
    krate.sqlite("PRAGMA foreign_keys = OFF; INSERT INTO blog_article_readers (article_id, author_id) VALUES (1, 1), (1, 5)");
    let document = krate.json(1, &["check", "--data"]);
    let first = &document["findings"][0];
    let mut keys: Vec<&String> = first.as_object().expect("an object").keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        [
            "field", "file", "hint", "id", "level", "line", "message", "model"
        ]
    );
    assert_eq!(first["file"], "src/lib.rs");
    assert_eq!(first["line"], 16);
    assert_eq!(first["level"], "error");
    let found = findings(&document);
    let short: Vec<(&str, &str)> = found
        .iter()
        .map(|(i, p, _)| (i.as_str(), p.as_str()))
        .collect();
    let wanted = [
        ("D001", "blog.Article.author"),
        ("D001", "blog.Article.editor"),
        ("D001", "blog.Article.readers"),
    ];
    assert_eq!(short, wanted);
    assert!(found[0].2.ends_with("are gone: 2"), "{}", found[0].2);
    assert!(found[1].2.ends_with("are gone: 1; 2"), "{}", found[1].2);
    let done = krate.expect(1, &["check", "--data", "--fix"]);
    for part in [
        "repaired all: `--fix` sets the column to NULL",
        "repaired all: `--fix` deletes them",
        "left to a person",
        "3 faults, 1 left",
    ] {
        assert!(done.out.contains(part), "{}", done.out);
    }
    assert_eq!(
        krate.sqlite_one("SELECT CAST(COUNT(editor_id) AS TEXT) FROM blog_article"),
        "0"
    );
    assert_eq!(
        krate.sqlite_one("SELECT CAST(COUNT(*) AS TEXT) FROM blog_article_readers"),
        "1"
    );
    let done = krate.expect(1, &["check", "--data", "--fix"]);
    assert!(done.out.contains("1 fault\n"), "{}", done.out);
    krate.sqlite("DELETE FROM blog_article WHERE id = 2");
    krate.expect(0, &["check", "--data"]);
}

#[test]
fn flags_that_do_not_fit() {
    let krate = krate();
    krate.expect(2, &["check", "--fix"]);
    krate.expect(2, &["check", "--data", "--dialect", "sqlite"]);
    // There is no database yet.
    krate.expect(3, &["check", "--data"]);
    krate.expect(0, &["check"]);
}

#[test]
fn lookups_on_singlestore() {
    let Some(server) = Server::singlestore("check_data") else {
        return;
    };
    let krate = krate();
    let url = server.url();
    krate.expect(0, &["migrate", "--url", url]);
    server.run("INSERT INTO blog_author (id, email) VALUES (1, 'ann'), (2, 'bob')");
    let document = krate.json(1, &["check", "--data", "--url", url]);
    let found = findings(&document);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].0.as_str(), found[0].1.as_str()),
        ("D003", "blog.Author.email")
    );
    let document = krate.json(1, &["check", "--data", "--fix", "--url", url]);
    assert_eq!(document["findings"][0]["level"], "warning");
    krate.expect(0, &["check", "--data", "--url", url]);
    server.run("DELETE FROM blog_author WHERE id = 2");
    let document = krate.json(1, &["check", "--data", "--url", url]);
    assert_eq!(findings(&document)[0].0, "D004");
}
