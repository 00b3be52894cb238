//! Tables and rows that all sides work on.

use chrono::{DateTime, Duration, TimeZone, Utc};

/// Authors in the tables.
pub(crate) const AUTHORS: i64 = 200;
/// Articles of each author.
pub(crate) const ARTICLES_EACH: i64 = 100;
/// Articles in the tables: what bulk insert writes and select reads.
pub(crate) const ARTICLES: i64 = AUTHORS * ARTICLES_EACH;
/// Rows of the table that is streamed.
pub(crate) const EVENTS: i64 = 200_000;

/// A row of seven columns, as each side hands it out and takes it in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) author: i64,
    pub(crate) views: i64,
    pub(crate) score: Option<f64>,
    pub(crate) published: bool,
    pub(crate) published_at: DateTime<Utc>,
}

impl Row {
    /// The row of a number from 1.
    pub(crate) fn of(n: i64) -> Self {
        let start = Utc
            .timestamp_opt(1_700_000_000, 0)
            .single()
            .expect("a valid time");
        Self {
            id: n,
            title: format!(
                "Article {n}: what the wind said to the {}",
                ["oak", "reed", "elm's \"shadow\""][(n % 3) as usize]
            ),
            author: n % AUTHORS + 1,
            views: n * 7919 % 10_007,
            score: (n % 5 != 0).then_some(n as f64 / 8.0),
            published: n % 4 != 0,
            published_at: start + Duration::seconds(n * 61) + Duration::microseconds(n % 1000),
        }
    }

    /// See [`checksum`].
    pub(crate) fn checksum(&self) -> u64 {
        checksum(
            self.id,
            &self.title,
            self.author,
            self.views,
            self.score,
            self.published,
            self.published_at,
        )
    }
}

/// A number that changes with every field, so that sides can be held against one another.
pub(crate) fn checksum(
    id: i64,
    title: &str,
    author: i64,
    views: i64,
    score: Option<f64>,
    published: bool,
    published_at: DateTime<Utc>,
) -> u64 {
    let score = score.map_or(1, f64::to_bits);
    let micros = published_at.timestamp_micros().cast_unsigned();
    [
        id.cast_unsigned(),
        title.len() as u64,
        author.cast_unsigned(),
        views.cast_unsigned(),
        score,
        u64::from(published),
        micros,
    ]
    .into_iter()
    .fold(0, |sum, part| sum.wrapping_mul(31).wrapping_add(part))
}

/// Statements that empty the articles, so that ids begin at 1 again.
pub(crate) fn clearing(mysql: bool) -> &'static [&'static str] {
    if mysql {
        &["TRUNCATE TABLE bench_article"]
    } else {
        &[
            "DELETE FROM bench_article",
            "DELETE FROM sqlite_sequence WHERE name = 'bench_article'",
        ]
    }
}

/// The rows that bulk insert writes.
pub(crate) fn articles() -> Vec<Row> {
    (1..=ARTICLES).map(Row::of).collect()
}

/// Adds up checksums so that the order counts.
pub(crate) fn fold(sum: u64, row: u64) -> u64 {
    sum.wrapping_mul(131).wrapping_add(row)
}

/// Statements that make the tables, but for what differs between databases.
pub(crate) fn tables(mysql: bool) -> Vec<String> {
    let (id, time, real, flag, tail) = if mysql {
        (
            "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY",
            "DATETIME(6)",
            "DOUBLE",
            "BOOL",
            " DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin",
        )
    } else {
        (
            "INTEGER PRIMARY KEY AUTOINCREMENT",
            "TEXT",
            "REAL",
            "INTEGER",
            "",
        )
    };
    let rows = format!(
        "(id {id}, title VARCHAR(200) NOT NULL, author_id BIGINT NOT NULL, views BIGINT NOT NULL, \
         score {real}, published {flag} NOT NULL, published_at {time} NOT NULL)"
    );
    vec![
        format!(
            "CREATE TABLE bench_author (id {id}, name VARCHAR(100) NOT NULL, country VARCHAR(2) NOT NULL){tail}"
        ),
        format!("CREATE TABLE bench_article {rows}{tail}"),
        "CREATE INDEX bench_article_author ON bench_article (author_id)".to_owned(),
        format!("CREATE TABLE bench_event {rows}{tail}"),
    ]
}

/// Statements that fill the authors and the events.
pub(crate) fn filling() -> Vec<String> {
    let authors: Vec<String> = (1..=AUTHORS)
        .map(|n| {
            format!(
                "({n}, 'Author {n:03}', '{}')",
                ["de", "fr", "pl", "se"][(n % 4) as usize]
            )
        })
        .collect();
    let mut statements = vec![format!(
        "INSERT INTO bench_author (id, name, country) VALUES {}",
        authors.join(", ")
    )];
    let columns = "title, author_id, views, score, published, published_at";
    for chunk in (1..=EVENTS).collect::<Vec<_>>().chunks(5000) {
        let rows: Vec<String> = chunk.iter().map(|n| literal(&Row::of(*n))).collect();
        statements.push(format!(
            "INSERT INTO bench_event ({columns}) VALUES {}",
            rows.join(", ")
        ));
    }
    statements
}

/// A row as a group of literals, without its id.
pub(crate) fn literal(row: &Row) -> String {
    let title = row.title.replace('\\', "\\\\").replace('\'', "''");
    let score = row.score.map_or("NULL".to_owned(), |s| format!("{s:?}"));
    let time = row.published_at.format("%Y-%m-%d %H:%M:%S%.6f");
    format!(
        "('{title}', {}, {}, {score}, {}, '{time}')",
        row.author,
        row.views,
        i32::from(row.published)
    )
}
