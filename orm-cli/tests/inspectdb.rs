//! `inspectdb` as a black box.

mod support;

use support::{Crate, Server, held};

/// Everything that a table may have and a model says in its own way.
const ODD: &str = "
CREATE TABLE customer (
    CustomerId INTEGER PRIMARY KEY,
    \"two words\" TEXT NOT NULL DEFAULT 'x',
    type VARCHAR(10) UNIQUE,
    self INT,
    \"1st\" REAL,
    email TEXT UNIQUE,
    code CHAR(4) COLLATE NOCASE,
    born DATETIME,
    total NUMERIC(10,2),
    double_total AS (total * 2),
    untyped
);
CREATE TABLE \"order\" (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer ON DELETE CASCADE,
    referrer INTEGER REFERENCES customer (CustomerId) ON DELETE SET NULL,
    customer_code CHAR(4),
    CHECK (id > 0)
);
CREATE INDEX order_customer ON \"order\" (customer_id);
CREATE INDEX part ON \"order\" (referrer) WHERE referrer IS NOT NULL;
CREATE TABLE line (
    order_id INTEGER NOT NULL REFERENCES \"order\" (id),
    number INTEGER NOT NULL,
    text_ TEXT,
    PRIMARY KEY (order_id, number)
);
CREATE TABLE detail (
    order_id INTEGER NOT NULL PRIMARY KEY REFERENCES \"order\" (id),
    note TEXT,
    sent_to TEXT REFERENCES customer (email) ON DELETE SET NULL
);
CREATE TABLE log (line TEXT, level INTEGER);
CREATE TABLE model (id INTEGER PRIMARY KEY);
CREATE VIEW totals AS SELECT 1 AS one;
";

fn odd() -> Crate {
    let krate = Crate::new("");
    krate.write("db.sqlite3", "");
    krate.sqlite(ODD);
    krate
}

#[test]
fn models_of_odd_tables() {
    let krate = odd();
    let done = krate.expect(0, &["inspectdb"]);
    held("odd_sqlite.rs", &done.out);
}

#[test]
fn what_is_printed_makes_the_tables_again() {
    let krate = odd();
    let models = krate.expect(0, &["inspectdb"]).out;
    krate.write("src/lib.rs", &models);
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["migrate", "--url", "sqlite:new.sqlite3"]);
    krate.expect(0, &["diffdb", "--url", "sqlite:new.sqlite3"]);
    // The tables that were there are taken over as they are; what differs is told.
    krate.expect(0, &["migrate", "--fake"]);
    let document = krate.json(1, &["diffdb"]);
    let said: Vec<String> = document["differences"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|d| {
            let text = |key: &str| d[key].as_str().unwrap_or_default().to_owned();
            format!("{}: {}", text("table"), text("message"))
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
    // The same models again.
    krate.expect(0, &["makemigrations", "--check"]);
}

#[test]
fn some_tables_alone() {
    let krate = odd();
    let done = krate.expect(0, &["inspectdb", "detail", "log"]);
    assert!(done.out.contains("pub struct Detail"), "{}", done.out);
    assert!(!done.out.contains("pub struct Line"), "{}", done.out);
    assert!(
        done.out.contains("that table is not among those inspected"),
        "{}",
        done.out
    );
    let done = krate.expect(2, &["inspectdb", "detial"]);
    assert!(
        done.err.contains("no table `detial`") && done.err.contains("did you mean `detail`?"),
        "{}",
        done.err
    );
}

#[test]
fn json_is_the_form_of_migrations() {
    let krate = odd();
    let document = krate.json(0, &["inspectdb", "order", "customer"]);
    assert_eq!(document["dialect"], "sqlite");
    let models = document["models"].as_array().expect("a list");
    let order = &models[1];
    assert_eq!(order["model"], "Order");
    assert_eq!(order["table"], "order");
    assert_eq!(order["fields"][1]["type"], "foreign_key");
    assert_eq!(order["fields"][1]["to"], "blog.Customer");
    assert_eq!(models[0]["reverse"][0]["by"], "customer");
    assert_eq!(models[0]["unusable"], serde_json::Value::Null);
}

#[test]
fn a_project_is_not_needed() {
    let krate = Crate::empty();
    krate.write("db.sqlite3", "");
    krate.sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY)");
    let done = krate.expect(0, &["inspectdb", "--url", "sqlite:db.sqlite3"]);
    assert!(done.out.contains("pub struct T {"), "{}", done.out);
}

#[test]
fn databases_that_are_not_there() {
    let krate = Crate::new("");
    let done = krate.expect(3, &["inspectdb"]);
    assert!(done.err.contains("there is no database"), "{}", done.err);
    assert!(!krate.exists("db.sqlite3"));
    let done = krate.expect(3, &["inspectdb", "--url", "mysql://u:secret@127.0.0.1:1/d"]);
    assert!(!done.err.contains("secret"), "{}", done.err);
    krate.expect(2, &["inspectdb", "--url", "oracle://x"]);
    let Some(server) = Server::start("inspectdb") else {
        return;
    };
    let missing = format!("{}_missing", server.url());
    let done = krate.expect(3, &["inspectdb", "--url", &missing]);
    assert!(done.err.contains("create the database"), "{}", done.err);
    // A user who may see one of two tables sees that one, and no other as if it were not there.
    server.run("CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE b (id INT PRIMARY KEY)");
    let (base, name) = server.url().rsplit_once('/').expect("a URL");
    let user = format!("u{}", std::process::id());
    server.run(&format!(
        "CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'pw'; GRANT SELECT ON {name}.a TO {user}@'127.0.0.1'"
    ));
    let host = base.rsplit_once('@').map_or(base, |(_, h)| h);
    let url = format!("mysql://{user}:pw@{host}/{name}");
    let done = krate.expect(0, &["inspectdb", "--url", &url]);
    assert!(
        done.out.contains("pub struct A {") && !done.out.contains("pub struct B {"),
        "{}",
        done.out
    );
    let done = krate.expect(2, &["inspectdb", "b", "--url", &url]);
    assert!(done.err.contains("may not see"), "{}", done.err);
    server.run(&format!("DROP USER {user}@'127.0.0.1'"));
}

/// What only servers have.
#[test]
fn models_of_mariadb() {
    let Some(server) = Server::start("inspectdb") else {
        return;
    };
    server.run(
        "CREATE TABLE person (
            id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
            name VARCHAR(40) COLLATE utf8mb4_general_ci NOT NULL COMMENT 'as \"written\"',
            mood ENUM('good','bad') NOT NULL DEFAULT 'good',
            flag TINYINT(1) NOT NULL DEFAULT 0,
            level TINYINT UNSIGNED,
            uuid CHAR(32) COLLATE utf8mb4_nopad_bin,
            photo BLOB,
            doc JSON,
            price DECIMAL(8,2) NOT NULL DEFAULT 1.50,
            gross DECIMAL(10,2) AS (price * 2) STORED,
            changed TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
            KEY start (name(5)),
            FULLTEXT KEY words (name)
        ) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin COMMENT='people';
        CREATE TABLE friends (
            a INT UNSIGNED NOT NULL, b INT UNSIGNED NOT NULL,
            PRIMARY KEY (a, b),
            CONSTRAINT fa FOREIGN KEY (a) REFERENCES person (id) ON DELETE CASCADE,
            CONSTRAINT fb FOREIGN KEY (b) REFERENCES person (id)
        ) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;",
    );
    let krate = Crate::new("");
    let done = krate.expect(0, &["inspectdb", "--url", server.url()]);
    held("odd_mariadb.rs", &done.out);
    krate.write("src/lib.rs", &done.out);
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["migrate", "--fake", "--url", server.url()]);
    let document = krate.json(1, &["diffdb", "--url", server.url()]);
    let said: Vec<&str> = document["differences"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|d| d["message"].as_str())
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}
