//! `dumpdata`, `loaddata`, `flush`, `sqlflush` and `sqlsequencereset` as a black box, on SQLite and,
//! where `ORM_TEST_MARIADB_URL` is set, on MariaDB and on a stand-in for SingleStore.

mod support;

use std::io::Write as _;
use std::process::Stdio;

use support::{Crate, Done, Server};

const BLOG: &str = "use orm::prelude::*;

#[derive(Model)]
#[model(storage_type = \"reference\")]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100, unique = \"lookup\")]
    pub email: String,
    pub mentor: Option<ForeignKey<Author>>,
}

#[derive(Model)]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub title: String,
    pub author: ForeignKey<Author>,
    pub readers: ManyToMany<Author>,
}
";

/// Rows in another order than that in which they can be inserted.
const ROWS: &str = r#"[
{"model": "blog.article", "pk": 5, "fields": {"title": "a \"b\"\n", "author": 2, "readers": [2, 1]}},
{"model": "blog.author", "pk": 1, "fields": {"email": "ann", "mentor": 2}},
{"model": "blog.author", "pk": 2, "fields": {"email": "bob", "mentor": 1}}
]"#;

const DUMPED: &str = r#"{"model":"blog.Author","pk":1,"fields":{"email":"ann","mentor":2}}
{"model":"blog.Author","pk":2,"fields":{"email":"bob","mentor":1}}
{"model":"blog.Article","pk":5,"fields":{"title":"a \"b\"\n","author":2}}
{"model":"blog.Article.readers","pk":[5,1],"fields":{}}
{"model":"blog.Article.readers","pk":[5,2],"fields":{}}
"#;

fn krate() -> Crate {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    krate.write("rows.json", ROWS);
    krate
}

/// Runs it with this on standard input.
fn with_input(krate: &Crate, args: &[&str], text: &str) -> Done {
    let mut command = krate.command(args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(text.as_bytes()).expect("it reads");
    drop(input);
    Done::of(child.wait_with_output().expect("it ends"))
}

#[test]
fn rows_go_out_and_in() {
    let krate = krate();
    krate.expect(0, &["migrate"]);
    let done = krate.expect(0, &["loaddata", "rows.json"]);
    assert_eq!(
        done.out,
        "blog.Article: 1 row\nblog.Author: 2 rows\n3 records: 3 new, 0 changed\n"
    );
    assert_eq!(
        krate.expect(0, &["--format", "jsonl", "dumpdata"]).out,
        DUMPED
    );
    // As a list, to a file; then back from it, whatever was there.
    krate.expect(0, &["dumpdata", "--output", "all.json"]);
    let list = krate.read("all.json");
    assert_eq!(list, krate.expect(0, &["dumpdata"]).out);
    let parsed: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    assert_eq!(parsed.as_array().map(Vec::len), Some(5));
    let document = krate.json(0, &["loaddata", "all.json"]);
    assert_eq!(document["updated"], 5);
    assert_eq!(document["tables"]["blog.Article.readers"], 2);
    krate.expect(0, &["dumpdata", "-o", "all.jsonl"]);
    assert_eq!(krate.read("all.jsonl"), DUMPED);
    assert!(!krate.exists("all.jsonl.dumpdata-part"));
    let done = with_input(&krate, &["loaddata", "-"], DUMPED);
    assert_eq!(
        (done.code, done.out.lines().last()),
        (0, Some("5 records: 0 new, 5 changed")),
        "{}",
        done.err
    );
    let done = krate.expect(
        0,
        &["dumpdata", "blog.author", "--pks", "2", "--indent", "2"],
    );
    let wanted = "[\n  {\n    \"model\": \"blog.Author\",\n    \"pk\": 2,\n    \"fields\": {\n      \"email\": \"bob\",\n      \"mentor\": 1\n    }\n  }\n]\n";
    assert_eq!(done.out, wanted);
    let done = krate.expect(
        0,
        &[
            "--format",
            "jsonl",
            "dumpdata",
            "blog",
            "-e",
            "blog.Article",
            "-e",
            "blog.Author",
        ],
    );
    assert_eq!(done.out, "");
}

const NATURAL: &str = r#"{"model":"blog.Author","fields":{"email":"ann","mentor":["bob"]}}
{"model":"blog.Author","fields":{"email":"bob","mentor":["ann"]}}
{"model":"blog.Article","pk":5,"fields":{"title":"a \"b\"\n","author":["bob"]}}
{"model":"blog.Article.readers","pk":[5,["ann"]],"fields":{}}
{"model":"blog.Article.readers","pk":[5,["bob"]],"fields":{}}
"#;

/// The natural key stands in the source alone: no migration is made for it.
#[test]
fn rows_go_out_and_in_by_natural_keys() {
    let krate = krate();
    krate.expect(0, &["migrate"]);
    krate.expect(0, &["loaddata", "rows.json"]);
    let natural = [
        "--format",
        "jsonl",
        "dumpdata",
        "--natural-foreign",
        "--natural-primary",
    ];
    // Without one in the source, all stays as it is.
    assert_eq!(krate.expect(0, &natural).out, DUMPED);
    let named = BLOG.replace(
        "#[model(storage_type = \"reference\")]",
        "#[model(storage_type = \"reference\", natural_key(email))]",
    );
    krate.write("src/lib.rs", &named);
    krate.expect(0, &["makemigrations", "--check"]);
    assert_eq!(krate.expect(0, &natural).out, NATURAL);
    // Into a database that numbers them otherwise.
    let other = ["--url", "sqlite:other.db"];
    krate.expect(0, &[&other[..], &["migrate"]].concat());
    krate.write(
        "before.json",
        r#"{"model": "blog.author", "pk": 1, "fields": {"email": "zoe"}}"#,
    );
    krate.expect(0, &[&other[..], &["loaddata", "before.json"]].concat());
    krate.write("natural.jsonl", NATURAL);
    let done = krate.expect(0, &[&other[..], &["loaddata", "natural.jsonl"]].concat());
    assert_eq!(
        done.out.lines().last(),
        Some("5 records: 5 new, 0 changed"),
        "{}",
        done.out
    );
    let all = krate.expect(0, &[&other[..], &natural].concat()).out;
    assert_eq!(all.replace(ZOE, ""), NATURAL);
    // What is wrong has a place, and nothing is kept.
    krate.write(
        "dangling.json",
        "[\n{\"model\": \"blog.article\", \"fields\": {\"title\": \"x\", \"author\": [\"eve\"]}}]",
    );
    let done = krate.expect(2, &["loaddata", "dangling.json"]);
    assert!(
        done.err.contains("dangling.json: record 1, line 2: `author` refers to the blog.Author with the natural key [\"eve\"], which is neither in the database nor in what is loaded"),
        "{}",
        done.err
    );
    let done = krate.expect(2, &["dumpdata", "--natural-primary"]);
    assert!(done.err.contains("--natural-foreign"), "{}", done.err);
}

const ZOE: &str = "{\"model\":\"blog.Author\",\"fields\":{\"email\":\"zoe\",\"mentor\":null}}\n";

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_place() {
    let krate = krate();
    let done = krate.expect(3, &["loaddata", "rows.json"]);
    assert!(done.err.contains("there is no database"), "{}", done.err);
    krate.expect(0, &["migrate"]);
    for (name, text, code, wanted) in [
        (
            "cut.json",
            "[{\"model\": \"blog.author\"",
            2,
            "cut.json: record 1, line 1: the object has no end",
        ),
        (
            "word.json",
            "[\n{\"model\": \"blog.autor\"}]",
            2,
            "word.json: record 1, line 2: there is no `blog.autor`; did you mean `blog.Author`?",
        ),
        (
            "gone.jsonl",
            "{\"model\": \"blog.author\", \"pk\": 1, \"fields\": {\"email\": \"a\", \"mentor\": 9}}",
            3,
            "1 row of `blog_author` refer by `mentor` to rows of `blog_author` that are gone: 1",
        ),
        (
            "twice.jsonl",
            "{\"model\": \"blog.author\", \"pk\": 1, \"fields\": {\"email\": \"a\"}}\n{\"model\": \"blog.author\", \"pk\": 2, \"fields\": {\"email\": \"a\"}}",
            3,
            "twice.jsonl: record 2, line 2: the database refused blog.Author with the key 2",
        ),
        ("old.json.gz", "", 2, "old.json.gz is packed (gz)"),
    ] {
        krate.write(name, text);
        // What came before in the same run is not kept either.
        let done = krate.expect(code, &["loaddata", "rows.json", name]);
        assert!(done.err.contains(wanted), "{}", done.err);
        assert_eq!(krate.expect(0, &["dumpdata"]).out, "[]\n");
    }
    let done = krate.expect(2, &["loaddata", "nowhere.json"]);
    assert!(
        done.err.contains("cannot read nowhere.json"),
        "{}",
        done.err
    );
    let done = krate.expect(0, &["loaddata", "-i", "word.json"]);
    assert_eq!(done.out, "1 record: 0 new, 0 changed, 1 passed over\n");
    let done = krate.expect(2, &["dumpdata", "shop"]);
    assert!(done.err.contains("there is no `shop`"), "{}", done.err);
    let done = krate.expect(2, &["--format", "jsonl", "check"]);
    assert!(
        done.err.contains("`--format jsonl` is for dumpdata"),
        "{}",
        done.err
    );
    krate.expect(2, &["dumpdata", "--output", "no/such/folder.json"]);
}

#[test]
fn a_large_file_tells_how_far_it_is() {
    let krate = krate();
    krate.expect(0, &["migrate"]);
    // Eighteen megabytes, in few rows.
    let mut rows =
        "{\"model\": \"blog.author\", \"pk\": 1, \"fields\": {\"email\": \"a\"}}\n".to_owned();
    let blanks = " ".repeat(1 << 20);
    for id in 1..=18 {
        let row = format!(
            "{{\"model\": \"blog.article\", {blanks}\"pk\": {id}, \"fields\": {{\"title\": \"x\", \"author\": 1}}}}\n"
        );
        rows.push_str(&row);
    }
    krate.write("large.jsonl", &rows);
    let done = krate.expect(0, &["loaddata", "large.jsonl"]);
    assert_eq!(
        done.out.lines().last(),
        Some("19 records: 19 new, 0 changed")
    );
    let told: Vec<&str> = done.err.lines().collect();
    assert_eq!(told.len(), 10, "{told:?}");
    assert!(
        told[4].starts_with("large.jsonl: 9 of 18 MB, 5"),
        "{told:?}"
    );
    assert!(told[9].ends_with("of 18 MB, 100 %"), "{told:?}");
    let done = krate.expect(0, &["loaddata", "rows.json"]);
    assert_eq!(done.err, "");
}

/// Runs it where files may have so many kilobytes, about.
#[cfg(target_os = "linux")]
fn with_small_files(krate: &Crate, kilobytes: u32, args: &str) -> Done {
    let script = format!(
        "trap '' XFSZ; ulimit -f {}; exec {} {args}",
        kilobytes * 2,
        env!("CARGO_BIN_EXE_orm-cli")
    );
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script]).current_dir(krate.root());
    command.env_remove("DATABASE_URL").stdin(Stdio::null());
    Done::of(command.output().expect("it runs"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_is_no_fault_of_a_row() {
    let krate = krate();
    krate.expect(0, &["migrate"]);
    let row =
        |n: u32| format!("{{\"model\":\"blog.author\",\"fields\":{{\"email\":\"{n:080}\"}}}}\n");
    let rows: String = (0..20_000).map(row).collect();
    krate.write("many.jsonl", &rows);
    let done = with_small_files(&krate, 300, "loaddata many.jsonl");
    assert_eq!(done.code, 3, "{}", done.err);
    assert!(!done.err.contains("record"), "{}", done.err);
    assert_eq!(krate.expect(0, &["dumpdata"]).out, "[]\n");
    krate.expect(0, &["loaddata", "many.jsonl"]);
    krate.write("all.json", "before");
    let done = with_small_files(&krate, 300, "dumpdata --output all.json");
    assert_eq!(done.code, 2, "{}", done.err);
    assert!(
        done.err.contains("cannot write all.json.dumpdata-part: "),
        "{}",
        done.err
    );
    assert_eq!(krate.read("all.json"), "before");
    assert!(!krate.exists("all.json.dumpdata-part"));
}

/// `dumpdata | head`: the reader goes away, which is no fault.
#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let krate = krate();
    krate.expect(0, &["migrate"]);
    let mut rows = String::new();
    for id in 1..=3_000 {
        rows.push_str(&format!("{{\"model\": \"blog.author\", \"pk\": {id}, \"fields\": {{\"email\": \"{id}@example.org\"}}}}\n"));
    }
    assert_eq!(with_input(&krate, &["loaddata", "-"], &rows).code, 0);
    let mut command = krate.command(&["dumpdata"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    drop(child.stdout.take());
    let done = Done::of(child.wait_with_output().expect("it ends"));
    assert_eq!((done.code, done.err.as_str()), (0, ""));
}

#[test]
fn flush_asks_before_rows_go() {
    let krate = krate();
    krate.expect(0, &["migrate"]);
    krate.expect(0, &["loaddata", "rows.json"]);
    let before = krate.expect(0, &["dumpdata"]).out;
    let done = krate.expect(4, &["flush"]);
    assert!(
        done.err
            .contains("nothing was deleted: nobody confirmed that all rows of 3 tables"),
        "{}",
        done.err
    );
    assert_eq!(krate.expect(0, &["dumpdata"]).out, before);
    let done = krate.expect(0, &["flush", "--no-input"]);
    assert_eq!(done.out, "3 tables emptied\n");
    assert_eq!(krate.expect(0, &["dumpdata"]).out, "[]\n");
    // The history stays, and keys begin anew.
    krate.expect(0, &["migrate", "--check"]);
    krate.sqlite("INSERT INTO blog_author (email) VALUES ('new')");
    assert_eq!(
        krate.sqlite_one("SELECT CAST(id AS TEXT) FROM blog_author"),
        "1"
    );
    let document = krate.json(0, &["--no-input", "flush"]);
    assert_eq!(document["tables"].as_array().map(Vec::len), Some(3));
}

#[test]
fn the_sql_of_flush_needs_no_database() {
    let krate = krate();
    let done = krate.expect(0, &["sqlflush"]);
    assert_eq!(
        done.out,
        "BEGIN;\nPRAGMA defer_foreign_keys = ON;\nDELETE FROM \"blog_article_readers\";\nDELETE FROM \"blog_article\";\n\
         DELETE FROM \"blog_author\";\nDELETE FROM sqlite_sequence WHERE name = 'blog_author';\n\
         DELETE FROM sqlite_sequence WHERE name = 'blog_article';\nCOMMIT;\n"
    );
    let done = krate.expect(0, &["sqlflush", "--dialect", "mariadb"]);
    assert!(
        done.out
            .starts_with("SET foreign_key_checks = 0;\nTRUNCATE TABLE `blog_article_readers`;\n"),
        "{}",
        done.out
    );
    assert!(
        done.out.ends_with("SET foreign_key_checks = 1;\n"),
        "{}",
        done.out
    );
    let document = krate.json(0, &["sqlflush", "--dialect", "singlestore"]);
    let statements = document["statements"].as_array().expect("a list");
    let sql: Vec<&str> = statements
        .iter()
        .filter_map(|s| s["sql"].as_str())
        .collect();
    assert_eq!(sql.len(), 4, "{sql:?}");
    assert!(
        sql.iter().all(|s| s.starts_with("TRUNCATE TABLE ")),
        "{sql:?}"
    );
}

#[test]
fn counters_are_told_where_they_need_it() {
    let krate = krate();
    let done = krate.expect(0, &["sqlsequencereset", "--dialect", "singlestore"]);
    assert_eq!(
        done.out,
        "-- new keys of blog_article, blog_author start above those that are there\nAGGREGATOR SYNC AUTO_INCREMENT;\n"
    );
    let done = krate.expect(0, &["sqlsequencereset", "blog"]);
    assert_eq!(
        done.out,
        "-- nothing to do: on sqlite a key that is written by hand moves the counter on\n"
    );
    krate.expect(2, &["sqlsequencereset", "shop"]);
}

/// The same rows through a server, from it into SQLite, and back.
fn through(server: &Server) {
    let krate = krate();
    krate.expect(0, &["migrate"]);
    let url = server.url();
    krate.expect(0, &["migrate", "--url", url]);
    krate.expect(0, &["loaddata", "rows.json", "--url", url]);
    let there = krate
        .expect(0, &["--format", "jsonl", "dumpdata", "--url", url])
        .out;
    assert_eq!(there, DUMPED);
    krate.write("there.jsonl", &there);
    krate.expect(0, &["loaddata", "there.jsonl"]);
    assert_eq!(
        krate.expect(0, &["--format", "jsonl", "dumpdata"]).out,
        there
    );
    krate.expect(0, &["check", "--data", "--url", url]);
    krate.write(
        "gone.jsonl",
        "{\"model\": \"blog.article\", \"pk\": 7, \"fields\": {\"title\": \"\", \"author\": 9}}",
    );
    let done = krate.expect(3, &["loaddata", "gone.jsonl", "--url", url]);
    assert!(done.err.contains("D001"), "{}", done.err);
    assert_eq!(
        krate
            .expect(0, &["--format", "jsonl", "dumpdata", "--url", url])
            .out,
        there
    );
    krate.expect(4, &["flush", "--url", url]);
    krate.expect(0, &["flush", "--no-input", "--url", url]);
    assert_eq!(krate.expect(0, &["dumpdata", "--url", url]).out, "[]\n");
    krate.expect(0, &["check", "--data", "--url", url]);
    krate.expect(0, &["loaddata", "there.jsonl", "--url", url]);
    assert_eq!(
        krate
            .expect(0, &["--format", "jsonl", "dumpdata", "--url", url])
            .out,
        there
    );
}

#[test]
fn rows_go_through_mariadb() {
    if let Some(server) = Server::start("data") {
        through(&server);
    }
}

#[test]
fn rows_go_through_singlestore() {
    if let Some(server) = Server::singlestore("data") {
        through(&server);
    }
}
