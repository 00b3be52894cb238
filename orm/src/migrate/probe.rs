//! Asks a database's catalog: what exists, and whether a step took effect.

use crate::ast::Ddl;
use crate::backend::{DbError, Executor};
use crate::dialect::Sql;
use crate::migrate::LookupFill;
use crate::migrate::recorder::{plain, read};
use crate::value::Value;

/// What the catalog says of a step that was sent and not noted as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It took effect.
    Taken,
    /// It did not, or doing it again does no harm.
    NotTaken,
    /// The catalog cannot tell.
    Unknown,
}

/// `?` at the places of parameters; the text holds no other question mark.
fn sql(text: &str, params: &[&str]) -> Sql {
    Sql {
        text: text.to_owned().into(),
        marks: text.match_indices('?').map(|(at, _)| at as u32).collect(),
        params: params
            .iter()
            .map(|p| Value::Text((*p).to_owned()))
            .collect(),
        ..Sql::default()
    }
}

async fn count(db: &dyn Executor, sql: Sql) -> Result<u64, DbError> {
    let mut rows = db.fetch(sql).await?;
    let counts: Vec<u64> = read(&mut rows, |row| row.get())?;
    Ok(counts.first().copied().unwrap_or(0))
}

/// Whether the database's own catalog is SQLite's: the only one that takes part in transactions.
fn is_embedded(db: &dyn Executor) -> bool {
    db.dialect().features().transactional_ddl
}

/// Whether a table of this name exists.
pub(crate) async fn table_exists(db: &dyn Executor, table: &str) -> Result<bool, DbError> {
    let text = if is_embedded(db) {
        "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE"
    } else {
        "SELECT COUNT(*) AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?"
    };
    Ok(count(db, sql(text, &[table])).await? > 0)
}

/// Whether the table has a column of this name.
pub(crate) async fn column_exists(
    db: &dyn Executor,
    table: &str,
    column: &str,
) -> Result<bool, DbError> {
    let text = if is_embedded(db) {
        "SELECT COUNT(*) AS n FROM pragma_table_info(?) WHERE name = ? COLLATE NOCASE"
    } else {
        "SELECT COUNT(*) AS n FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?"
    };
    Ok(count(db, sql(text, &[table, column])).await? > 0)
}

async fn index_exists(db: &dyn Executor, table: &str, index: &str) -> Result<bool, DbError> {
    let text = "SELECT COUNT(*) AS n FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME = ?";
    Ok(count(db, sql(text, &[table, index])).await? > 0)
}

async fn constraint_exists(db: &dyn Executor, table: &str, name: &str) -> Result<bool, DbError> {
    let text = "SELECT COUNT(*) AS n FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND CONSTRAINT_NAME = ?";
    Ok(count(db, sql(text, &[table, name])).await? > 0)
}

async fn primary_key(db: &dyn Executor, table: &str) -> Result<Vec<String>, DbError> {
    let text = "SELECT COLUMN_NAME AS name FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX";
    let mut rows = db.fetch(sql(text, &[table])).await?;
    read(&mut rows, |row| row.get())
}

/// Name and statement of the triggers and indexes on a table of SQLite.
pub(crate) async fn triggers_and_indexes(
    db: &dyn Executor,
    table: &str,
) -> Result<Vec<(String, String)>, DbError> {
    let text = "SELECT name, sql FROM sqlite_master WHERE tbl_name = ? COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY name";
    let mut rows = db.fetch(sql(text, &[table])).await?;
    read(&mut rows, |row| Ok((row.get()?, row.get()?)))
}

/// Whether anything of this name is in SQLite's catalog.
pub(crate) async fn schema_object_exists(db: &dyn Executor, name: &str) -> Result<bool, DbError> {
    let text = "SELECT COUNT(*) AS n FROM sqlite_master WHERE name = ?";
    Ok(count(db, sql(text, &[name])).await? > 0)
}

fn quoted(db: &dyn Executor, name: &str) -> String {
    let mut out = String::new();
    db.dialect().write_identifier(&mut out, name);
    out
}

/// Rows of a table.
pub(crate) async fn rows(db: &dyn Executor, table: &str) -> Result<u64, DbError> {
    count(
        db,
        plain(format!("SELECT COUNT(*) AS n FROM {}", quoted(db, table))),
    )
    .await
}

/// Rows of a table that have NULL in a column.
pub(crate) async fn nulls(db: &dyn Executor, table: &str, column: &str) -> Result<u64, DbError> {
    let (table, column) = (quoted(db, table), quoted(db, column));
    count(
        db,
        plain(format!(
            "SELECT COUNT(*) AS n FROM {table} WHERE {column} IS NULL"
        )),
    )
    .await
}

/// Values that several rows have in a column, with how many rows; `most` of them.
pub(crate) async fn duplicates(
    db: &dyn Executor,
    table: &str,
    column: &str,
    most: usize,
) -> Result<Vec<(String, u64)>, DbError> {
    let (table, column) = (quoted(db, table), quoted(db, column));
    let found = db
        .fetch(plain(format!(
            "SELECT {column} AS v, COUNT(*) AS n FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} HAVING COUNT(*) > 1 ORDER BY {column} LIMIT {most}"
        )))
        .await?;
    let pairs = found.values.chunks_exact(2);
    Ok(pairs.map(|p| (shown(&p[0]), whole(&p[1]))).collect())
}

/// Rows whose value is not noted for them in a side table.
pub(crate) async fn unnoted(db: &dyn Executor, fill: &LookupFill) -> Result<u64, DbError> {
    let q = |name: &str| quoted(db, name);
    let (from, to, column) = (q(&fill.from), q(&fill.to), q(&fill.column));
    let value = q(orm_schema::LOOKUP_VALUE);
    let mut on = format!("s.{value} = m.{column}");
    for (own, side) in &fill.owner {
        on.push_str(&format!(" AND s.{} = m.{}", q(side), q(own)));
    }
    count(
        db,
        plain(format!(
            "SELECT COUNT(*) AS n FROM {from} AS m LEFT JOIN {to} AS s ON {on} WHERE m.{column} IS NOT NULL AND s.{value} IS NULL"
        )),
    )
    .await
}

fn whole(value: &Value) -> u64 {
    match value {
        Value::UInt(n) => *n,
        Value::Int(n) => n.unsigned_abs(),
        _ => 0,
    }
}

/// A value as people read it.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(v) => v.to_string(),
        Value::Int(v) => v.to_string(),
        Value::UInt(v) => v.to_string(),
        Value::Decimal(v) => v.clone(),
        Value::Text(v) => format!("{v:?}"),
        Value::Date(v) => v.to_string(),
        Value::Time(v) => v.to_string(),
        Value::DateTime(v) => v.to_string(),
        Value::Bytes(v) => v.iter().map(|b| format!("{b:02x}")).collect(),
        other => format!("{other:?}"),
    }
}

fn taken(is: bool) -> Effect {
    if is { Effect::Taken } else { Effect::NotTaken }
}

/// Whether a statement on the schema took effect, by the catalog. Databases whose DDL is
/// transactional are never asked: there a migration is done or not.
pub(crate) async fn effect(db: &dyn Executor, ddl: &Ddl) -> Result<Effect, DbError> {
    Ok(match ddl {
        Ddl::CreateTable { table, .. } => taken(table_exists(db, &table.name).await?),
        Ddl::DropTable { name, .. } => taken(!table_exists(db, name).await?),
        Ddl::RenameTable { from, to } => {
            renamed(table_exists(db, from).await?, table_exists(db, to).await?)
        }
        Ddl::AddColumn { table, column } | Ddl::AddAutoColumn { table, column, .. } => {
            taken(column_exists(db, table, &column.name).await?)
        }
        Ddl::DropColumn { table, column } => taken(!column_exists(db, table, column).await?),
        Ddl::RenameColumn {
            table, from, to, ..
        } => renamed(
            column_exists(db, table, from).await?,
            column_exists(db, table, to).await?,
        ),
        Ddl::CreateIndex { table, index } => taken(index_exists(db, table, &index.name).await?),
        Ddl::AddUnique { table, unique } => {
            // An unenforced key may leave only its name.
            let found = index_exists(db, table, &unique.name).await?
                || constraint_exists(db, table, &unique.name).await?;
            taken(found)
        }
        Ddl::DropIndex { table, name } | Ddl::DropUnique { table, name } => {
            taken(!index_exists(db, table, name).await?)
        }
        Ddl::RenameIndex {
            table, from, to, ..
        } => renamed(
            index_exists(db, table, from).await?,
            index_exists(db, table, to).await?,
        ),
        Ddl::AddForeignKey { table, foreign_key } => {
            taken(constraint_exists(db, table, &foreign_key.name).await?)
        }
        Ddl::DropForeignKey { table, name } => taken(!constraint_exists(db, table, name).await?),
        Ddl::AlterPrimaryKey { table, columns, .. } => {
            taken(primary_key(db, table).await? == *columns)
        }
        // Doing these again comes to the same.
        Ddl::ModifyColumn { .. } | Ddl::TableComment { .. } | Ddl::FillNulls { .. } => {
            Effect::NotTaken
        }
        Ddl::CopyRows { from, to, .. } => copied(rows(db, from).await?, rows(db, to).await?),
        // Only our own; it repeats without harm.
        Ddl::Raw(_) => Effect::NotTaken,
    })
}

fn renamed(old: bool, new: bool) -> Effect {
    match (old, new) {
        (true, false) => Effect::NotTaken,
        (false, true) => Effect::Taken,
        _ => Effect::Unknown,
    }
}

/// A copy is one statement: all rows or none.
fn copied(from: u64, to: u64) -> Effect {
    match (from, to) {
        (_, 0) => Effect::NotTaken,
        (from, to) if from == to => Effect::Taken,
        _ => Effect::Unknown,
    }
}
