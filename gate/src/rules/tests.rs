//! Orders and shapes of queries, on tables that are only described.

use std::sync::Arc;

use super::{Order, Settings, Tables, create_table, is_vector_search, order, shapes};
use crate::options::{Options, Shapes, TableType};
use crate::sql::{CreateTable, Mode, Query, Sql};

const TABLES: &[&str] = &[
    "CREATE TABLE article (id BIGINT NOT NULL AUTO_INCREMENT, author_id BIGINT NOT NULL, editor_id BIGINT, \
     title VARCHAR(50), views INT, PRIMARY KEY (id))",
    "CREATE TABLE author (id BIGINT NOT NULL AUTO_INCREMENT, name VARCHAR(50), PRIMARY KEY (id))",
    "CREATE TABLE seat (hall BIGINT NOT NULL, number INT NOT NULL, guest VARCHAR(9), PRIMARY KEY (hall, number))",
    "CREATE REFERENCE TABLE tag (id BIGINT NOT NULL, slug VARCHAR(9) NOT NULL, note VARCHAR(9), PRIMARY KEY (id), \
     UNIQUE KEY (slug), UNIQUE KEY (note))",
    "CREATE TABLE keyless (a INT, b INT)",
    "CREATE TABLE link (article_id BIGINT NOT NULL, tag_id BIGINT NOT NULL, PRIMARY KEY (article_id, tag_id), SHARD KEY (article_id))",
];

fn tables() -> Tables {
    let options = Options::default();
    let settings = Settings {
        options: &options,
        table_type: TableType::Columnstore,
        shared_tier: false,
        ignore_foreign_keys: false,
    };
    let mut out = Tables::default();
    for text in TABLES {
        let table = CreateTable::parse(&Sql::new(*text, Mode::default()), true).expect("reads");
        let info = create_table(&table, "d", "u".to_owned(), &settings).expect("is legal");
        out.put(None, info.name.clone(), Arc::new(info));
    }
    out
}

fn order_of(text: &str) -> Order {
    let sql = Sql::new(text, Mode::default());
    let query = Query::parse(&sql, 0, sql.len()).unwrap_or_else(|| panic!("no query: {text}"));
    order(&sql, &query, &tables())
}

#[test]
fn total_orders() {
    for text in [
        "SELECT * FROM article ORDER BY id",
        "SELECT t0.`title` FROM `article` AS t0 ORDER BY t0.`views` DESC, t0.`id` LIMIT 3",
        "SELECT title FROM article WHERE id = 5",
        "SELECT title FROM article WHERE id IN (?)",
        "SELECT title FROM article WHERE (id = ? AND views > 3)",
        "SELECT COUNT(*) AS n FROM article",
        "SELECT 1 AS x",
        "SELECT 1 AS x FROM article WHERE views > 3 LIMIT 1",
        "SELECT guest FROM seat ORDER BY number, hall",
        "SELECT guest FROM seat WHERE hall = 3 ORDER BY number",
        "SELECT a.title, b.name FROM article a INNER JOIN author b ON a.author_id = b.id ORDER BY a.id",
        "SELECT a.title FROM article a LEFT JOIN author b ON a.editor_id = b.id ORDER BY a.id",
        "SELECT a.title FROM article a, author b WHERE a.author_id = b.id ORDER BY a.id",
        "SELECT a.title FROM author b JOIN article a ON a.author_id = b.id ORDER BY b.name, a.id",
        "SELECT slug FROM tag ORDER BY slug",
        "WITH x AS (SELECT id AS a, views AS b FROM article) SELECT x.b FROM x ORDER BY x.a",
        "WITH x AS (SELECT DISTINCT views AS a FROM article) SELECT x.a, y.a FROM x INNER JOIN x AS y ON x.a < y.a ORDER BY x.a, y.a",
        "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 AS n FROM x WHERE n < 5) SELECT n AS m FROM x ORDER BY n",
        "SELECT id FROM tag WHERE note = 'x'",
        "SELECT a.title, t.id FROM article a LEFT JOIN tag t ON t.note = a.title ORDER BY a.id",
        "SELECT title AS c0, COUNT(*) AS c1 FROM article GROUP BY 1 ORDER BY 1",
        "SELECT title AS c0, COUNT(*) AS c1 FROM article GROUP BY title ORDER BY 2, c0",
        "SELECT EXTRACT(YEAR FROM views) AS c0, views + ? AS c1, COUNT(*) AS c2 FROM article GROUP BY 1, 2 ORDER BY 1, 2 DESC",
        "SELECT b.name, COUNT(*) AS n FROM article a JOIN author b ON b.id = a.author_id GROUP BY b.id, b.name ORDER BY b.id",
        "SELECT DISTINCT title, views FROM article ORDER BY views, title",
        "SELECT DISTINCT id, title FROM article ORDER BY id",
        "SELECT a, b FROM keyless ORDER BY b, a",
        "SELECT * FROM keyless ORDER BY a, b",
        "SELECT * FROM (SELECT id, name FROM author UNION ALL SELECT id, title FROM article) AS w0 ORDER BY `name`, `id`",
        "SELECT * FROM (SELECT id, name FROM author UNION SELECT id, title FROM article) AS w0 ORDER BY 1, 2 LIMIT 4",
        "SELECT id FROM author UNION SELECT id FROM article ORDER BY 1",
        "SELECT t.n FROM (SELECT COUNT(*) AS n FROM article) AS t",
        "SELECT t.n FROM (SELECT author_id AS k, COUNT(*) AS n FROM article GROUP BY author_id) AS t ORDER BY t.k",
        "SELECT a.id FROM author a LEFT JOIN (SELECT author_id AS k, COUNT(*) AS n FROM article GROUP BY 1) AS t ON t.k = a.id ORDER BY a.id",
        "SELECT UPPER(t0.d0) AS c0 FROM (SELECT t1.title AS d0, t1.views * 2 AS d1 FROM article AS t1) AS t0 ORDER BY t0.d0, t0.d1",
        "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME",
        "SELECT l.tag_id FROM link l JOIN tag t ON t.id = l.tag_id WHERE l.article_id = 5 ORDER BY t.slug",
        "SELECT a.title FROM article a ORDER BY CASE WHEN a.views IS NULL THEN 0 ELSE 1 END, a.id",
        "SELECT t0.n FROM (SELECT t1.id AS n, t1.title AS m FROM article AS t1) AS t0 ORDER BY t0.n",
        "SELECT t.c FROM (SELECT author_id AS k, title AS c, ROW_NUMBER() OVER (PARTITION BY author_id ORDER BY views DESC, id) AS n FROM article) AS t WHERE t.n <= 3 ORDER BY t.k, t.n",
        "SELECT t.c FROM (SELECT title AS c, ROW_NUMBER() OVER (ORDER BY id) AS n FROM article) AS t ORDER BY t.n",
        "SELECT a.id, t.n FROM author a LEFT JOIN (SELECT author_id AS k, COUNT(*) AS n FROM article GROUP BY 1) AS t ON t.k <=> a.id ORDER BY a.id",
        "SELECT a.id, t.n FROM author a LEFT JOIN (SELECT author_id AS k, COUNT(*) AS n FROM article GROUP BY 1) AS t ON t.k = a.id * 2 + LENGTH(a.name) ORDER BY a.id",
        "SELECT a.id, t.n FROM author a JOIN (SELECT author_id + 1 AS k, COUNT(*) AS n FROM article GROUP BY 1) AS t ON COALESCE(a.id, 0) = t.k ORDER BY a.id",
        "SELECT a.id, t.c FROM author a LEFT JOIN (SELECT r.k, r.c FROM (SELECT author_id AS k, title AS c, ROW_NUMBER() OVER (PARTITION BY author_id ORDER BY views, id) AS n FROM article) AS r WHERE r.n = 1) AS t ON t.k = a.id ORDER BY a.id",
        "SELECT a.id, t.c FROM author a LEFT JOIN (SELECT r.k, r.c FROM (SELECT author_id AS k, title AS c, ROW_NUMBER() OVER (PARTITION BY author_id ORDER BY views, title) AS n FROM article) AS r WHERE r.n = 1) AS t ON t.k = a.id ORDER BY a.id",
    ] {
        assert_eq!(order_of(text), Order::Total, "{text}");
    }
}

#[test]
fn the_shape_of_a_vector_search() {
    let is_search = |text: &str| {
        let sql = Sql::new(text, Mode::default());
        Query::parse(&sql, 0, sql.len()).is_some_and(|query| is_vector_search(&sql, &query))
    };
    for text in [
        "SELECT id, v <*> '[1]' AS s FROM pic ORDER BY s DESC LIMIT 3",
        "SELECT id, DOT_PRODUCT(v, '[1]') AS s FROM pic ORDER BY `s` SEARCH_OPTIONS '{}' DESC LIMIT 3",
        "SELECT id FROM pic ORDER BY EUCLIDEAN_DISTANCE(v, '[1]') USE INDEX () LIMIT 3",
    ] {
        assert!(is_search(text), "{text}");
    }
    for text in [
        "SELECT id, v <*> '[1]' AS s FROM pic ORDER BY s DESC",
        "SELECT id, v <*> '[1]' AS s FROM pic ORDER BY s, id LIMIT 3",
        "SELECT id, v <*> '[1]' AS s FROM pic ORDER BY views LIMIT 3",
    ] {
        assert!(!is_search(text), "{text}");
    }
}

/// Tables in tables are looked at once each, however deep: without that, this takes hours.
#[test]
fn deep_tables_are_looked_at_once() {
    let mut text = "SELECT id, title, author_id FROM article".to_owned();
    for _ in 0..24 {
        text = format!(
            "SELECT d.id, d.title, d.author_id FROM ({text}) AS d INNER JOIN author AS a ON a.id = d.author_id"
        );
    }
    assert_eq!(order_of(&format!("{text} ORDER BY d.id")), Order::Total);
    assert_eq!(order_of(&format!("{text} ORDER BY d.title")), Order::Ties);
}

#[test]
fn orders_that_leave_ties() {
    for text in [
        "SELECT * FROM article ORDER BY views",
        "SELECT guest FROM seat ORDER BY hall",
        "SELECT guest FROM seat WHERE hall > 3 ORDER BY number",
        "SELECT slug FROM tag ORDER BY note",
        "SELECT a.title FROM tag t LEFT JOIN article a ON a.title = t.note ORDER BY t.note, a.id",
        "SELECT a.title, l.tag_id FROM article a JOIN link l ON l.article_id = a.id ORDER BY a.id",
        "SELECT a.title FROM author b LEFT JOIN article a ON a.author_id = b.id ORDER BY b.id",
        "SELECT a.id FROM article a LEFT JOIN author b ON a.editor_id = b.id ORDER BY b.id",
        "SELECT title, COUNT(*) AS n FROM article GROUP BY title ORDER BY 2",
        "SELECT DISTINCT title FROM article ORDER BY id",
        "SELECT a FROM keyless ORDER BY b",
        "SELECT id, name FROM author UNION SELECT id, title FROM article ORDER BY 1",
        "SELECT id FROM article WHERE id = 5 OR views = 3 ORDER BY views",
        "SELECT id FROM article ORDER BY id + 1",
        "SELECT t0.n FROM (SELECT t1.id AS n, t1.title AS m FROM article AS t1) AS t0 ORDER BY t0.m",
        "SELECT t0.d2 FROM (SELECT t1.title AS d0, t1.views AS d1, t1.id AS d2 FROM article AS t1) AS t0 ORDER BY t0.d0, t0.d1",
        "SELECT x.id, y.id FROM author x, article y ORDER BY x.id",
        "SELECT t.c FROM (SELECT author_id AS k, title AS c, ROW_NUMBER() OVER (PARTITION BY author_id ORDER BY views) AS n FROM article) AS t WHERE t.n <= 3 ORDER BY t.k, t.n",
        "SELECT t.c FROM (SELECT author_id AS k, title AS c, ROW_NUMBER() OVER (PARTITION BY author_id ORDER BY id) AS n FROM article) AS t WHERE t.n <= 3 ORDER BY t.n",
        "SELECT a.id, t.n FROM author a LEFT JOIN (SELECT author_id AS k, COUNT(*) AS n FROM article GROUP BY 1) AS t ON t.k < a.id ORDER BY a.id",
        "SELECT a.id, t.c FROM author a LEFT JOIN (SELECT r.k, r.c FROM (SELECT author_id AS k, title AS c, ROW_NUMBER() OVER (PARTITION BY author_id ORDER BY views) AS n FROM article) AS r WHERE r.n = 1) AS t ON t.k = a.id ORDER BY a.id",
        "SELECT a.id, t.c FROM author a LEFT JOIN (SELECT r.k, r.c FROM (SELECT author_id AS k, title AS c, ROW_NUMBER() OVER (PARTITION BY author_id ORDER BY views, title) AS n FROM article) AS r WHERE r.n <= 2) AS t ON t.k = a.id ORDER BY a.id",
        "SELECT a.id, t.n FROM author a LEFT JOIN (SELECT author_id AS k, COUNT(*) AS n FROM article GROUP BY 1) AS t ON t.k = a.id * RAND() ORDER BY a.id",
        "SELECT a.id, t.n FROM author a JOIN (SELECT author_id AS k, COUNT(*) AS n FROM article GROUP BY 1) AS t ON t.k + 1 = a.id ORDER BY a.id",
    ] {
        assert_eq!(order_of(text), Order::Ties, "{text}");
    }
    for text in [
        "SELECT id FROM article",
        "SELECT id FROM article WHERE id IN (1, 2)",
        "SELECT id FROM article LIMIT 3",
    ] {
        assert_eq!(order_of(text), Order::None, "{text}");
    }
}

fn refused(text: &str, level: Shapes) -> bool {
    let sql = Sql::new(text, Mode::default());
    let query = Query::parse(&sql, 0, sql.len()).unwrap_or_else(|| panic!("no query: {text}"));
    shapes(&sql, &query, &tables(), level).is_err()
}

#[test]
fn correlations_by_level() {
    let matching = "SELECT a.id FROM article a WHERE EXISTS (SELECT 1 AS x FROM link l WHERE l.article_id = a.id LIMIT 1) ORDER BY a.id";
    let transformed = "SELECT a.id FROM author a WHERE EXISTS (SELECT 1 AS x FROM article b WHERE b.author_id = a.id) ORDER BY a.id";
    let limited = "SELECT a.id FROM author a WHERE EXISTS (SELECT 1 AS x FROM article b WHERE b.author_id = a.id LIMIT 1) ORDER BY a.id";
    let mixed = "SELECT a.id FROM author a WHERE EXISTS (SELECT 1 AS x FROM article b WHERE b.author_id + a.id = 3) ORDER BY a.id";
    let reference = "SELECT a.id FROM author a WHERE EXISTS (SELECT 1 AS x FROM tag t WHERE t.id > a.id LIMIT 1) ORDER BY a.id";
    let expected = [
        (matching, [false, false, false]),
        (transformed, [false, false, true]),
        (limited, [false, true, true]),
        (mixed, [false, true, true]),
        (reference, [false, false, false]),
    ];
    for (text, expected) in expected {
        let levels = [Shapes::Accept, Shapes::Likely, Shapes::Strict];
        assert_eq!(levels.map(|level| refused(text, level)), expected, "{text}");
    }
}

#[test]
fn unqualified_names_belong_to_the_innermost_query_that_has_them() {
    let own = "SELECT id FROM author WHERE id IN (SELECT author_id FROM article WHERE views > 3 GROUP BY author_id) ORDER BY id";
    let outer = "SELECT id FROM author WHERE id IN (SELECT author_id FROM article WHERE title > name) ORDER BY id";
    assert!(!refused(own, Shapes::Likely));
    assert!(refused(outer, Shapes::Likely));
}

/// Statements cut off anywhere, and with a parenthesis lost, are errors at worst.
#[test]
fn broken_statements_are_no_panic() {
    let corpus = [
        include_str!("../../tests/accepted.sql"),
        include_str!("../../tests/refused.sql"),
    ];
    let tables = tables();
    for line in corpus.iter().flat_map(|text| text.lines()) {
        let whole = Sql::new(line, Mode::default());
        for end in 0..=whole.len() {
            let mut cut = vec![
                whole.slice(0, end).to_owned(),
                whole.slice(end, whole.len()).to_owned(),
            ];
            if whole.symbol(end, "(") || whole.symbol(end, ")") {
                let (before, after) = (whole.slice(0, end), whole.slice(end + 1, whole.len()));
                cut.push(format!("{before} {after}"));
            }
            for text in cut {
                read_all(&text, &tables);
            }
        }
    }
}

/// Everything that reads a statement, its answer aside.
fn read_all(text: &str, tables: &Tables) {
    let sql = Sql::new(text, Mode::default());
    sql.shape();
    sql.split();
    let _ = super::syntax(&sql);
    for strict in [false, true] {
        let _ = CreateTable::parse(&sql, strict);
    }
    if let Some(query) = Query::parse(&sql, 0, sql.len()) {
        let _ = shapes(&sql, &query, tables, Shapes::Strict);
        order(&sql, &query, tables);
    }
    super::update_tables(&sql);
    let _ = super::update(&sql, &[]);
    let _ = super::delete(&sql);
    for at in 0..sql.len().min(4) {
        let _ = super::insert(&sql, at, false, None);
    }
    let mut edits = crate::sql::Edits::default();
    let known = crate::rewrite::Known { value: &|_| None };
    if crate::rewrite::statement(&sql, &known, &mut edits).is_ok() {
        edits.apply(&sql.text);
    }
}
