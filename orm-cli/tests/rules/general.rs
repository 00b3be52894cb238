//! Rules that are not SingleStore's: `check` and `makemigrations` say them with file and line, also of
//! source that does not compile.

use orm::Db;
use orm::migrate::split_sql;
use serde_json::{Value, json};

use super::support::{Crate, Server};

fn krate_source(models: &str) -> String {
    format!("use orm::prelude::*;\n\n{models}")
}

fn krate(models: &str) -> Crate {
    Crate::new(&krate_source(models))
}

/// The line of `src/lib.rs` with this mark.
fn line(krate: &Crate, mark: &str) -> usize {
    let source = krate.read("src/lib.rs");
    let at = source.lines().position(|l| l.ends_with(mark));
    at.unwrap_or_else(|| panic!("no {mark}")) + 1
}

/// Rule, level, line, and model and line of the other model, of all that is found.
fn found(krate: &Crate, code: i32, args: &[&str]) -> Vec<Value> {
    let document = krate.json(code, &[&["check"], args].concat());
    let list = document["findings"].as_array().expect("a list");
    let short = |f: &Value| {
        assert_eq!(f["file"], "src/lib.rs");
        assert!(f["hint"].as_str().is_some_and(|h| !h.is_empty()), "{f}");
        let other = &f["other"];
        json!([
            f["id"],
            f["level"],
            f["line"],
            other["model"],
            other["line"]
        ])
    };
    // The rules of SingleStore have their own cases.
    list.iter()
        .filter(|f| f["id"].as_str().is_some_and(|id| id.starts_with('G')))
        .map(short)
        .collect()
}

/// `makemigrations` refuses with the places of both models, and writes nothing.
fn refused(krate: &Crate, args: &[&str], id: &str, mark: &str, other: &str) {
    let done = krate.expect(2, &[&["makemigrations"], args].concat());
    assert!(done.err.contains(id), "{}", done.err);
    for mark in [mark, other] {
        let place = format!("src/lib.rs:{}", line(krate, mark));
        assert!(done.err.contains(&place), "{place}: {}", done.err);
    }
    assert!(!krate.exists("migrations"));
}

const TWO_OF_ONE_NAME: &str = "#[derive(Model)]
#[model(index(name = \"by_slug\", fields(slug)))]
pub struct Page { // other
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20)]
    pub slug: String,
}

#[derive(Model)]
#[model(index(name = \"by_slug\", fields(slug)))]
pub struct Post { // here
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20)]
    pub slug: String,
}
";

const SERVER: [&str; 2] = ["--url", "mysql://root@127.0.0.1:1/none"];

#[test]
fn g012_an_index_name_is_used_once_on_sqlite() {
    let krate = krate(TWO_OF_ONE_NAME);
    let told = |level: &str| {
        let (here, other) = (line(&krate, "// here"), line(&krate, "// other"));
        vec![json!(["G012", level, here, "blog.Page", other])]
    };
    let local = ["--url", "sqlite:other.sqlite3"];
    assert_eq!(found(&krate, 1, &local), told("error"));
    assert_eq!(found(&krate, 1, &["--dialect", "sqlite"]), told("error"));
    assert_eq!(found(&krate, 0, &["--dialect", "mariadb"]), told("warning"));
    assert_eq!(found(&krate, 0, &SERVER), told("warning"));
    refused(&krate, &local, "G012", "// here", "// other");
    // Nobody says which database there is: on a server it is written, and SQLite refuses what it says
    // before anything runs.
    assert_eq!(found(&krate, 0, &[]), told("warning"));
    krate.expect(0, &["makemigrations"]);
    let done = krate.expect(2, &["migrate"]);
    assert!(
        done.err.contains("G012") && done.err.contains("blog.Page"),
        "{}",
        done.err
    );
    assert!(!krate.exists("db.sqlite3"));
    if let Some(server) = Server::start("rules") {
        krate.expect(0, &["migrate", "--url", server.url()]);
    }
    // The default database is there.
    krate.write("db.sqlite3", "");
    assert_eq!(found(&krate, 1, &[]), told("error"));
    // Both databases are configured: the one on SQLite counts.
    let toml = "[databases.default]\nurl = \"mysql://root@127.0.0.1:1/none\"\n\n[databases.local]\nurl = \"sqlite:db.sqlite3\"\n";
    krate.write("orm.toml", toml);
    assert_eq!(found(&krate, 1, &[]), told("error"));
    krate.write("orm.toml", toml.split("\n\n").next().expect("a part"));
    assert_eq!(found(&krate, 0, &[]), told("warning"));
}

/// Two databases have a list of names each.
#[test]
fn g012_a_name_is_the_database_s_own() {
    let page = TWO_OF_ONE_NAME.split("\n\n").next().expect("a model");
    let krate = Crate::new("");
    let other = page
        .replace("Page", "Hit")
        .replace("#[model(", "#[model(app = \"stats\", ");
    krate.write(
        "src/lib.rs",
        &format!("use orm::prelude::*;\n\n{page}\n\n{other}"),
    );
    assert_eq!(found(&krate, 1, &["--dialect", "sqlite"]).len(), 1);
    let toml = |blog: &str| {
        format!(
            "[databases.default]\nurl = \"{blog}\"\napps = [\"blog\"]\n\n[databases.stats]\nurl = \"sqlite:stats.sqlite3\"\napps = [\"stats\"]\n"
        )
    };
    krate.write("orm.toml", &toml("sqlite:blog.sqlite3"));
    assert_eq!(found(&krate, 0, &[]), [Value::Null; 0]);
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["migrate"]);
    krate.expect(0, &["migrate", "--database", "stats"]);
    // In one of them the name is there twice; whether that matters is that database's.
    krate.write(
        "src/lib.rs",
        &format!("{}\n{other}", krate_source(TWO_OF_ONE_NAME)),
    );
    assert_eq!(found(&krate, 1, &[])[0][1], "error");
    krate.write("orm.toml", &toml("mysql://root@127.0.0.1:1/none"));
    assert_eq!(found(&krate, 0, &[])[0][1], "warning");
    krate.expect(0, &["makemigrations"]);
    // A database given by its URL holds all.
    assert_eq!(found(&krate, 1, &["--url", "sqlite:all.sqlite3"]).len(), 2);
}

/// What SQLite refuses these statements with.
fn sqlite_says(sql: &str) -> Option<String> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let db = Db::connect("sqlite::memory:").await.expect("connects");
        for statement in split_sql(sql, false).expect("statements") {
            if let Some(error) = super::refusal(&db, statement.to_string()).await {
                return Some(error.to_string());
            }
        }
        None
    })
}

/// The words of the rule are true of tables and of names that fields give by themselves, and of unique
/// keys there is nothing to refuse.
#[test]
fn g012_is_what_sqlite_refuses() {
    let index = "#[model(index(name = \"by_slug\", fields(slug)))]\n";
    let by_itself = orm_schema::hashed_name("blog_page", &["mark"], "idx");
    let (before, after) = TWO_OF_ONE_NAME.split_once("\n\n").expect("two models");
    let pages = before.replace(index, "").replace(
        "    pub slug: String,\n",
        "    pub slug: String,\n    #[field(index)]\n    pub mark: i64,\n",
    );
    for name in ["blog_page", by_itself.as_str()] {
        let posts = after.replace("by_slug", name);
        let krate = krate(&format!("{pages}\n\n{posts}"));
        let here = line(&krate, "// here");
        let all = found(&krate, 0, &[]);
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!((&all[0][0], &all[0][2]), (&json!("G012"), &json!(here)));
        krate.expect(0, &["makemigrations"]);
        let sql = krate.expect(0, &["sqlmigrate", "blog", "0001"]).out;
        // SQLite itself, without the rule.
        let said = sqlite_says(&sql).expect("it is refused");
        let words = [
            format!("there is already a table named {name}"),
            format!("index {name} already exists"),
        ];
        assert!(words.iter().any(|w| said.contains(w)), "{said}");
    }
    let unique = "unique(name = \"by_slug\"";
    let posts = after.replace("index(name = \"by_slug\"", unique);
    let both = before.replace("index(name = \"by_slug\"", unique);
    for pages in [before, both.as_str()] {
        let krate = krate(&format!("{pages}\n\n{posts}"));
        assert_eq!(found(&krate, 0, &[]), [Value::Null; 0]);
        krate.expect(0, &["makemigrations"]);
        krate.expect(0, &["migrate"]);
        // And when they come later.
        let krate = super::support::Crate::new("");
        let bare = format!(
            "use orm::prelude::*;\n\n{pages}\n\n{}",
            after.replace(index, "")
        );
        krate.write("src/lib.rs", &bare);
        krate.expect(0, &["makemigrations"]);
        krate.write(
            "src/lib.rs",
            &format!("use orm::prelude::*;\n\n{pages}\n\n{posts}"),
        );
        krate.expect(0, &["makemigrations"]);
        krate.expect(0, &["migrate"]);
    }
}

#[test]
fn g013_a_unique_foreign_key_should_be_one_to_one() {
    let source = "#[derive(Model)]
#[model(storage_type = \"reference\")]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(unique)]
    pub mentor: ForeignKey<Author>, // here
}
";
    let krate = krate(source);
    let told = json!(["G013", "warning", line(&krate, "// here"), null, null]);
    assert_eq!(found(&krate, 0, &[]), std::slice::from_ref(&told));
    assert_eq!(found(&krate, 1, &["--fail-level", "warning"]), [told]);
    let text = krate.expect(0, &["check"]).out;
    assert!(text.contains("write `OneToOne<Author>`"), "{text}");
    // What it says is true: the table stays as it is.
    krate.expect(0, &["makemigrations"]);
    let fixed = source
        .replace("    #[field(unique)]\n", "")
        .replace("ForeignKey<", "OneToOne<");
    krate.write("src/lib.rs", &format!("use orm::prelude::*;\n\n{fixed}"));
    assert_eq!(found(&krate, 0, &[]), [Value::Null; 0]);
    krate.expect(0, &["makemigrations"]);
    let no_statement = |krate: &Crate| {
        for dialect in ["sqlite", "mariadb", "mysql", "singlestore"] {
            let sql = krate.json(0, &["sqlmigrate", "blog", "0002", "--dialect", dialect]);
            assert_eq!(sql["statements"].as_array().map(Vec::len), Some(0), "{sql}");
        }
    };
    no_statement(&krate);
    // The key of a model, which is that of another.
    let key = "

#[derive(Model)]
pub struct Profile {
    #[field(primary_key)]
    pub author: ForeignKey<Author>,
}
";
    let krate = Crate::new(&krate_source(&format!("{fixed}{key}")));
    assert_eq!(found(&krate, 0, &[])[0][0], "G013");
    krate.expect(0, &["makemigrations"]);
    let key = key.replace("ForeignKey<", "OneToOne<");
    krate.write("src/lib.rs", &krate_source(&format!("{fixed}{key}")));
    assert_eq!(found(&krate, 0, &[]), [Value::Null; 0]);
    krate.expect(0, &["makemigrations"]);
    no_statement(&krate);
}

#[test]
fn g014_a_key_may_be_too_long_for_mysql() {
    let source = "#[derive(Model)]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 769, index)]
    pub slug: String, // here
}
";
    let krate = krate(source);
    let told = json!(["G014", "warning", line(&krate, "// here"), null, null]);
    assert_eq!(
        found(&krate, 0, &["--dialect", "mysql"]),
        std::slice::from_ref(&told)
    );
    assert_eq!(found(&krate, 0, &SERVER), [told]);
    for silent in [
        &[][..],
        &["--dialect", "sqlite"],
        &["--dialect", "singlestore"],
    ] {
        assert_eq!(found(&krate, 0, silent), [Value::Null; 0]);
    }
}

const CLUBS: &str = "#[derive(Model)]
pub struct Person {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(through = Membership)]
    pub clubs: ManyToMany<Club>, // here
}

#[derive(Model)]
pub struct Club {
    #[field(primary_key)]
    pub id: Auto<i64>,
}

#[derive(Model)]
pub struct Membership { // other
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub person: ForeignKey<Person>,
    pub club: ForeignKey<Club>,
    pub since: i64,
}

fn of_no_type() -> Nothing {
";

/// rustc sees no model here: the last function has no end.
fn of_clubs(from: &str, to: &str) -> Crate {
    assert!(CLUBS.contains(from), "{from}");
    let sound = krate(&CLUBS.replace("fn of_no_type() -> Nothing {\n", ""));
    assert_eq!(found(&sound, 0, &[]), [Value::Null; 0]);
    krate(
        &CLUBS
            .replace(from, to)
            .replace("Nothing {", "Nothing { 1 + }"),
    )
}

#[test]
fn g015_and_g016_what_holds_the_pairs() {
    let both = "through = Membership, through_fields(";
    for (id, from, to) in [
        ("G015", "    pub club: ForeignKey<Club>,\n", String::new()),
        (
            "G015",
            "    pub since: i64,",
            "    pub rival: Option<ForeignKey<Club>>,\n    pub since: i64,".to_owned(),
        ),
        (
            "G015",
            "    pub since: i64,",
            "    pub inviter: Option<ForeignKey<Person>>,\n    pub since: i64,".to_owned(),
        ),
        ("G015", "ManyToMany<Club>", "ManyToMany<Person>".to_owned()),
        (
            "G016",
            "through = Membership",
            format!("{both}person, team)"),
        ),
        (
            "G016",
            "through = Membership",
            format!("{both}person, since)"),
        ),
        (
            "G016",
            "through = Membership",
            format!("{both}club, person)"),
        ),
    ] {
        let krate = of_clubs(from, &to);
        let (here, other) = (line(&krate, "// here"), line(&krate, "// other"));
        let told = json!([id, "error", here, "blog.Membership", other]);
        let all = found(&krate, 1, &[]);
        assert!(all.contains(&told), "{to}: {all:?}");
        assert!(all.iter().all(|f| f[0] == id), "{to}: {all:?}");
        refused(&krate, &[], id, "// here", "// other");
    }
    let named = of_clubs(
        "through = Membership",
        "through = Membership, through_fields(person, club)",
    );
    assert_eq!(found(&named, 0, &[]), [Value::Null; 0]);
    named.expect(0, &["makemigrations"]);
}
