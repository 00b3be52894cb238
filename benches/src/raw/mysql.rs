//! mysql_async by hand, over the text protocol with literals, or with prepared statements.

use std::collections::HashMap;
use std::fmt::Write;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::{StreamExt, TryStreamExt};
use mysql_async::prelude::Queryable;
use mysql_async::{
    Conn, OptsBuilder, Params, Pool, PoolConstraints, PoolOpts, Row as MyRow, TxOpts, Value,
};

use super::{COLUMNS, GROUP, INSERT, JOIN, parse_time};
use crate::data::{self, Row, fold, literal};
use crate::side::Side;

/// Rows of one INSERT.
const CHUNK: usize = 1000;

/// A pool of connections, and the way statements are sent.
#[derive(Clone)]
pub(crate) struct RawMysql {
    pool: Pool,
    prepared: bool,
}

/// Makes and fills a database, dropping an earlier one; `url` names a server, `name` the database.
pub(crate) async fn create(url: &str, name: &str) -> Result<()> {
    let pool = Pool::new(mysql_async::Opts::from_url(url)?);
    let mut conn = pool.get_conn().await?;
    conn.query_drop(format!("DROP DATABASE IF EXISTS {name}"))
        .await?;
    conn.query_drop(format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"))
        .await?;
    conn.query_drop(format!("USE {name}")).await?;
    for statement in data::tables(true).into_iter().chain(data::filling()) {
        conn.query_drop(statement).await?;
    }
    drop(conn);
    pool.disconnect().await?;
    Ok(())
}

impl RawMysql {
    /// A pool of at most `size` connections.
    pub(crate) fn open(url: &str, name: &str, size: usize, prepared: bool) -> Result<Self> {
        // Connections above the lower bound are closed when they come back.
        let constraints = PoolConstraints::new(size, size).context("a pool of at least one")?;
        // By the same way to the server: the driver would leave TCP for a local socket.
        let options = OptsBuilder::from_opts(mysql_async::Opts::from_url(url)?)
            .prefer_socket(false)
            .db_name(Some(name))
            .pool_opts(
                PoolOpts::new()
                    .with_constraints(constraints)
                    .with_reset_connection(false),
            );
        Ok(Self {
            pool: Pool::new(options),
            prepared,
        })
    }

    /// Closes the connections.
    pub(crate) async fn close(self) -> Result<()> {
        Ok(self.pool.disconnect().await?)
    }

    /// Runs a statement and hands back its rows.
    async fn rows(
        &self,
        conn: &mut impl Queryable,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<MyRow>> {
        if self.prepared {
            return Ok(conn.exec(sql, Params::Positional(values)).await?);
        }
        Ok(conn.query(inline(sql, &values)).await?)
    }

    /// Runs a statement without rows; hands back how many were touched.
    async fn run(&self, conn: &mut impl Queryable, sql: &str, values: Vec<Value>) -> Result<u64> {
        if self.prepared {
            return Ok(conn
                .exec_iter(sql, Params::Positional(values))
                .await?
                .affected_rows());
        }
        Ok(conn.query_iter(inline(sql, &values)).await?.affected_rows())
    }

    async fn conn(&self) -> Result<Conn> {
        Ok(self.pool.get_conn().await?)
    }
}

/// Writes values into the places of the question marks; the statements here have none in literals.
fn inline(sql: &str, values: &[Value]) -> String {
    let mut parts = sql.split('?');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (part, value) in parts.zip(values) {
        out.push_str(&value.as_sql(false));
        out.push_str(part);
    }
    out
}

const LOAD: &str = "LOAD DATA LOCAL INFILE 'rows' INTO TABLE bench_article CHARACTER SET utf8mb4 \
     (title, author_id, views, score, published, published_at)";

/// Rows as the server reads them; the titles here have nothing to escape.
fn lines(rows: &[Row]) -> String {
    let mut out = String::with_capacity(rows.len() * 96);
    for row in rows {
        let (title, author, views) = (&row.title, row.author, row.views);
        let published = u8::from(row.published);
        let at = row.published_at.format("%Y-%m-%d %H:%M:%S%.6f");
        let _ = match row.score {
            Some(score) => writeln!(
                out,
                "{title}\t{author}\t{views}\t{score}\t{published}\t{at}"
            ),
            None => writeln!(out, "{title}\t{author}\t{views}\t\\N\t{published}\t{at}"),
        };
    }
    out
}

fn values(row: &Row) -> [Value; 6] {
    let at = row.published_at.naive_utc();
    [
        row.title.as_str().into(),
        row.author.into(),
        row.views.into(),
        row.score.into(),
        row.published.into(),
        at.format("%Y-%m-%d %H:%M:%S%.6f").to_string().into(),
    ]
}

fn read(row: &mut MyRow) -> Result<Row> {
    Ok(Row {
        id: take(row, 0)?,
        title: take(row, 1)?,
        author: take(row, 2)?,
        views: take(row, 3)?,
        score: take(row, 4)?,
        published: take(row, 5)?,
        published_at: time(row.take(6).context("column 6")?)?,
    })
}

fn take<T: mysql_async::prelude::FromValue>(row: &mut MyRow, column: usize) -> Result<T> {
    row.take(column).with_context(|| format!("column {column}"))
}

fn time(value: Value) -> Result<DateTime<Utc>> {
    Ok(match value {
        Value::Bytes(text) => return parse_time(&text),
        Value::Date(year, month, day, hour, minute, second, micro) => {
            NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))
                .and_then(|d| {
                    d.and_hms_micro_opt(
                        u32::from(hour),
                        u32::from(minute),
                        u32::from(second),
                        micro,
                    )
                })
                .context("a valid time")?
        }
        other => bail!("not a time: {other:?}"),
    }
    .and_utc())
}

fn read_all(rows: Vec<MyRow>) -> Result<Vec<Row>> {
    rows.into_iter().map(|mut row| read(&mut row)).collect()
}

impl Side for RawMysql {
    fn name(&self) -> &'static str {
        if self.prepared {
            "mysql_async prepared"
        } else {
            "mysql_async text"
        }
    }

    async fn clear(&self) -> Result<()> {
        let mut conn = self.conn().await?;
        for statement in data::clearing(true) {
            conn.query_drop(*statement).await?;
        }
        Ok(())
    }

    async fn bulk_insert(&self, rows: &[Row]) -> Result<u64> {
        let mut conn = self.conn().await?;
        let mut transaction = conn.start_transaction(TxOpts::default()).await?;
        let mut written = 0;
        for chunk in rows.chunks(CHUNK) {
            if self.prepared {
                let sql = format!(
                    "{INSERT}{}",
                    vec!["(?, ?, ?, ?, ?, ?)"; chunk.len()].join(", ")
                );
                let values = chunk.iter().flat_map(values).collect();
                written += self.run(&mut transaction, &sql, values).await?;
            } else {
                let rows: Vec<String> = chunk.iter().map(literal).collect();
                let sql = format!("{INSERT}{}", rows.join(", "));
                written += transaction.query_iter(sql).await?.affected_rows();
            }
        }
        transaction.commit().await?;
        Ok(written)
    }

    async fn load_lines(&self, rows: &[Row]) -> Result<u64> {
        let pieces: Vec<_> = rows
            .chunks(CHUNK)
            .map(|rows| Ok(lines(rows).into()))
            .collect();
        let mut conn = self.conn().await?;
        conn.set_infile_handler(async move { Ok(futures_util::stream::iter(pieces).boxed()) });
        Ok(conn.query_iter(LOAD).await?.affected_rows())
    }

    async fn select(&self) -> Result<u64> {
        let sql = format!("SELECT {COLUMNS} FROM bench_article ORDER BY id");
        let rows = self.rows(&mut self.conn().await?, &sql, Vec::new()).await?;
        Ok(read_all(rows)?
            .iter()
            .fold(0, |sum, row| fold(sum, row.checksum())))
    }

    async fn stream(&self) -> Result<u64> {
        let sql = format!("SELECT {COLUMNS} FROM bench_event ORDER BY id");
        let mut conn = self.conn().await?;
        let mut sum = 0;
        if self.prepared {
            let mut stream = conn.exec_stream::<MyRow, _, _>(sql, ()).await?;
            while let Some(mut row) = stream.try_next().await? {
                sum = fold(sum, read(&mut row)?.checksum());
            }
        } else {
            let mut stream = conn.query_stream::<MyRow, _>(sql).await?;
            while let Some(mut row) = stream.try_next().await? {
                sum = fold(sum, read(&mut row)?.checksum());
            }
        }
        Ok(sum)
    }

    async fn get(&self, id: i64) -> Result<u64> {
        let sql = format!("SELECT {COLUMNS} FROM bench_article WHERE id = ?");
        let rows = self
            .rows(&mut self.conn().await?, &sql, vec![id.into()])
            .await?;
        Ok(read_all(rows)?.first().context("no row")?.checksum())
    }

    async fn join(&self, country: &str, views: i64) -> Result<u64> {
        let values = vec![country.into(), views.into()];
        let rows = self.rows(&mut self.conn().await?, JOIN, values).await?;
        let rows: Vec<(Row, String)> = rows
            .into_iter()
            .map(|mut row| Ok((read(&mut row)?, take(&mut row, 7)?)))
            .collect::<Result<_>>()?;
        Ok(rows.iter().fold(0, |sum, (row, name)| {
            fold(sum, row.checksum() + name.len() as u64)
        }))
    }

    async fn prefetch(&self) -> Result<u64> {
        let mut conn = self.conn().await?;
        let sql = "SELECT id, name, country FROM bench_author ORDER BY id";
        let authors: Vec<(i64, String, String)> = self
            .rows(&mut conn, sql, Vec::new())
            .await?
            .into_iter()
            .map(mysql_async::from_row)
            .collect();
        let marks = vec!["?"; authors.len()].join(", ");
        let sql =
            format!("SELECT {COLUMNS} FROM bench_article WHERE author_id IN ({marks}) ORDER BY id");
        let keys = authors.iter().map(|a| a.0.into()).collect();
        let mut by_author: HashMap<i64, Vec<Row>> = HashMap::new();
        for row in read_all(self.rows(&mut conn, &sql, keys).await?)? {
            by_author.entry(row.author).or_default().push(row);
        }
        Ok(authors.iter().fold(0, |sum, (id, _, _)| {
            by_author[id]
                .iter()
                .fold(sum, |sum, row| fold(sum, row.checksum()))
        }))
    }

    async fn updates(&self, ids: &[i64]) -> Result<u64> {
        let mut conn = self.conn().await?;
        let mut transaction = conn.start_transaction(TxOpts::default()).await?;
        let mut changed = 0;
        for id in ids {
            let sql = "UPDATE bench_article SET views = views + 1 WHERE id = ?";
            changed += self.run(&mut transaction, sql, vec![(*id).into()]).await?;
        }
        transaction.commit().await?;
        Ok(changed)
    }

    async fn group(&self) -> Result<u64> {
        let rows = self
            .rows(&mut self.conn().await?, GROUP, Vec::new())
            .await?;
        let rows: Vec<(String, i64, Option<f64>)> =
            rows.into_iter().map(mysql_async::from_row).collect();
        Ok(rows.iter().fold(0, |sum, (name, n, _)| {
            fold(sum, name.len() as u64 + *n as u64)
        }))
    }
}
