//! Asks a database for its tables.

use orm_schema::{TableDef, TableStorage, nearest};

use super::canon;
use super::error::IntrospectError;
use super::parse::{ParseError, parse_index, parse_table};
use super::table::{Table, TableKind, same_name};
use crate::ast::Ddl;
use crate::backend::{Connection, DbError, DbErrorKind, Executor};
use crate::dialect::Sql;
use crate::value::{DecodeError, RowReader, Value};

/// A name in the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableName {
    /// The name.
    pub name: String,
    /// Whether it is an ordinary table; else a view, a virtual or a system table.
    pub base: bool,
}

/// What a database holds.
#[derive(Debug, Default)]
pub struct Found {
    /// The tables, by name.
    pub tables: Vec<Table>,
    /// Tables whose definition is not understood, with the reason.
    pub unread: Vec<(String, ParseError)>,
    /// Views and other things that are no tables.
    pub others: Vec<String>,
    /// Whether the server keeps tables that name no storage in rows (SingleStore).
    pub rowstore_by_default: bool,
}

impl Found {
    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.name == name)
    }
}

/// The names of all tables and views, in order; temporary tables and SQLite's own are left out.
///
/// SQL: one `SELECT` on the catalog.
///
/// # Errors
/// [`IntrospectError::Db`].
pub async fn table_names(db: &dyn Executor) -> Result<Vec<TableName>, IntrospectError> {
    let text = if is_embedded(db) {
        "SELECT name, CASE WHEN type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' THEN 'BASE TABLE' ELSE type END AS kind FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite|_%' ESCAPE '|' ORDER BY name"
    } else {
        "SELECT TABLE_NAME AS name, TABLE_TYPE AS kind FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME"
    };
    let rows: Vec<(String, String)> =
        read(db, plain(text), |row| Ok((row.get()?, row.get()?))).await?;
    Ok(rows
        .into_iter()
        .filter(|(_, kind)| kind != "TEMPORARY TABLE")
        .map(|(name, kind)| TableName {
            name,
            base: matches!(kind.as_str(), "BASE TABLE" | "SYSTEM VERSIONED"),
        })
        .collect())
}

/// Reads the definitions of the tables named, or of all.
///
/// SQL: [`table_names`], and on SQLite one `SELECT`, elsewhere one `SHOW CREATE TABLE` for each
/// table and one `SELECT` for the collations.
///
/// # Errors
/// [`IntrospectError::Db`]; [`IntrospectError::NoTable`] for a name that is not there. A definition
/// that is not understood is no error: see [`Found::unread`].
pub async fn read_tables(
    db: &dyn Executor,
    wanted: Option<&[String]>,
) -> Result<Found, IntrospectError> {
    let names = table_names(db).await?;
    check_wanted(&names, wanted.unwrap_or_default(), is_embedded(db))?;
    let chosen = |name: &str| {
        wanted.is_none_or(|w| {
            w.iter()
                .any(|w| w == name || is_embedded(db) && same_name(w, name))
        })
    };
    let mut found = Found::default();
    for name in names.into_iter().filter(|n| chosen(&n.name)) {
        if !name.base {
            found.others.push(name.name);
            continue;
        }
        match read_table(db, &name.name).await? {
            Some(Ok(table)) if table.kind == TableKind::Temporary => {}
            Some(Ok(table)) => found.tables.push(table),
            Some(Err(error)) => found.unread.push((name.name, error)),
            // Dropped since its name was read.
            None => {}
        }
    }
    if !is_embedded(db) {
        collations(db, &mut found).await?;
    }
    if db.dialect().features().sharded {
        found.rowstore_by_default = rowstore_by_default(db).await?;
    }
    referred_keys(&mut found.tables);
    Ok(found)
}

fn check_wanted(
    names: &[TableName],
    wanted: &[String],
    embedded: bool,
) -> Result<(), IntrospectError> {
    for name in wanted {
        let there = |n: &TableName| n.name == *name || embedded && same_name(&n.name, name);
        if !names.iter().any(there) {
            let near = nearest(name, names.iter().map(|n| n.name.as_str()));
            return Err(IntrospectError::NoTable {
                name: name.clone(),
                near: near.map(str::to_owned),
            });
        }
    }
    Ok(())
}

async fn read_table(
    db: &dyn Executor,
    name: &str,
) -> Result<Option<Result<Table, ParseError>>, IntrospectError> {
    if is_embedded(db) {
        return embedded_table(db, name).await;
    }
    match show_create(db, name).await {
        Ok(text) => Ok(text.map(|text| parse_table(&text, db.dialect()))),
        Err(e) if e.kind == DbErrorKind::NoSuchObject => Ok(None),
        Err(e) => Err(e.into()),
    }
}

async fn show_create(db: &dyn Executor, name: &str) -> Result<Option<String>, DbError> {
    let mut text = "SHOW CREATE TABLE ".to_owned();
    db.dialect().write_identifier(&mut text, name);
    let texts = read(db, plain(&text), |row| {
        row.skip(1);
        row.get::<Vec<u8>>()
    });
    let texts = texts.await?;
    // MariaDB prints the default of a binary column as the bytes that it is.
    let text = texts.first().map(|bytes| String::from_utf8_lossy(bytes));
    Ok(text.map(|text| text.into_owned()))
}

/// Asks a server how it spells the defaults and computed columns of a table that should be, and puts
/// that into its description: `UPPER(a)` comes back from MariaDB as ``ucase(`a`)``. Where the server
/// refuses, the description stays as it is. Needs a connection of its own for its temporary table.
///
/// SQL: `CREATE TEMPORARY TABLE`, `SHOW CREATE TABLE`, `DROP TEMPORARY TABLE`; none on SQLite, which
/// keeps the text.
///
/// # Errors
/// [`IntrospectError::Db`] if the connection is lost.
pub async fn spell_as_server(
    db: &Connection,
    def: &TableDef,
    expected: &mut Table,
) -> Result<(), IntrospectError> {
    const NAME: &str = "orm_spelling";
    if is_embedded(db) {
        return Ok(());
    }
    let mut bare = def.clone();
    bare.name = NAME.to_owned();
    bare.primary_key.clear();
    bare.uniques.clear();
    bare.indexes.clear();
    bare.foreign_keys.clear();
    bare.comment = None;
    bare.storage = TableStorage {
        shard_key: Some(Vec::new()),
        ..TableStorage::default()
    };
    for column in &mut bare.columns {
        column.auto_increment = false;
    }
    let create = Ddl::CreateTable {
        table: bare,
        if_not_exists: false,
    };
    let Ok(text) = db.dialect().render_ddl(&create) else {
        return Ok(());
    };
    let text = text.replacen("CREATE TABLE", "CREATE TEMPORARY TABLE", 1);
    match spelled(db, &text, NAME).await {
        Ok(Some(text)) => {
            if let Ok(table) = parse_table(&text, db.dialect()) {
                take_spelling(expected, &table);
            }
            Ok(())
        }
        Err(e) if e.is_connection_lost() => Err(e.into()),
        // Without the right to make temporary tables the texts are compared as they are.
        Ok(None) | Err(_) => Ok(()),
    }
}

async fn spelled(db: &Connection, create: &str, name: &str) -> Result<Option<String>, DbError> {
    db.execute(plain(create)).await?;
    let text = show_create(db, name).await;
    db.execute(plain(&format!("DROP TEMPORARY TABLE {name}")))
        .await?;
    text
}

fn take_spelling(expected: &mut Table, spelled: &Table) {
    for column in &mut expected.columns {
        if let Some(spelled) = spelled.column(&column.name) {
            column.default.clone_from(&spelled.default);
            column.computed.clone_from(&spelled.computed);
        }
    }
}

async fn embedded_table(
    db: &dyn Executor,
    name: &str,
) -> Result<Option<Result<Table, ParseError>>, IntrospectError> {
    let text = "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC, name";
    let sql = Sql {
        text: text.into(),
        marks: text.match_indices('?').map(|(at, _)| at as u32).collect(),
        params: vec![Value::Text(name.to_owned())],
        ..Sql::default()
    };
    let rows: Vec<(String, String)> = read(db, sql, |row| Ok((row.get()?, row.get()?))).await?;
    let Some((_, create)) = rows.iter().find(|(kind, _)| kind == "table") else {
        return Ok(None);
    };
    let mut table = match parse_table(create, db.dialect()) {
        Ok(table) => table,
        Err(error) => return Ok(Some(Err(error))),
    };
    for (_, create) in rows.iter().filter(|(kind, _)| kind == "index") {
        match parse_index(create) {
            Ok(key) => table.keys.push(key),
            Err(error) => return Ok(Some(Err(error))),
        }
    }
    Ok(Some(Ok(table)))
}

/// A definition leaves out what the table's charset implies; the catalog says it. SingleStore's may
/// leave it empty (facts: EF, 9.0), but there definitions say it in full.
async fn collations(db: &dyn Executor, found: &mut Found) -> Result<(), IntrospectError> {
    if db.dialect().features().sharded {
        return Ok(());
    }
    let text = "SELECT TABLE_NAME AS t, COLUMN_NAME AS c, COLLATION_NAME AS n FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLLATION_NAME IS NOT NULL ORDER BY TABLE_NAME, ORDINAL_POSITION";
    let rows: Vec<(String, String, String)> = read(db, plain(text), |row| {
        Ok((row.get()?, row.get()?, row.get()?))
    })
    .await?;
    for (table, column, collation) in rows {
        let table = found.tables.iter_mut().find(|t| t.name == table);
        let column = table.and_then(|t| t.columns.iter_mut().find(|c| c.name == column));
        if let Some(column) = column.filter(|c| canon::is_text(&c.ty)) {
            column.collation = Some(collation.to_lowercase());
        }
    }
    Ok(())
}

/// SingleStore's `default_table_type`; a server that does not know the variable keeps columns.
async fn rowstore_by_default(db: &dyn Executor) -> Result<bool, IntrospectError> {
    let text = "SELECT @@default_table_type AS kind";
    match read(db, plain(text), |row| row.get::<String>()).await {
        Ok(kinds) => Ok(kinds
            .first()
            .is_some_and(|k| k.eq_ignore_ascii_case("rowstore"))),
        Err(e) if e.is_connection_lost() => Err(e.into()),
        Err(_) => Ok(false),
    }
}

/// A foreign key that names no columns refers to the primary key.
fn referred_keys(tables: &mut [Table]) {
    let keys: Vec<(String, Vec<String>)> = tables
        .iter()
        .map(|t| (t.name.clone(), t.primary_key.clone()))
        .collect();
    for table in tables {
        for key in table
            .foreign_keys
            .iter_mut()
            .filter(|k| k.ref_columns.is_empty())
        {
            let target = keys
                .iter()
                .find(|(name, _)| same_name(name, &key.ref_table));
            if let Some((_, columns)) = target {
                key.ref_columns.clone_from(columns);
            }
        }
    }
}

/// Whether the database's own catalog is SQLite's: the only one that takes part in transactions.
fn is_embedded(db: &dyn Executor) -> bool {
    db.dialect().features().transactional_ddl
}

fn plain(text: &str) -> Sql {
    Sql {
        text: text.to_owned().into(),
        ..Sql::default()
    }
}

async fn read<T>(
    db: &dyn Executor,
    sql: Sql,
    row: impl Fn(&mut RowReader<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DbError> {
    let mut rows = db.fetch(sql).await?;
    let decoded: Result<Vec<T>, DecodeError> = rows.rows().map(|mut r| row(&mut r)).collect();
    decoded.map_err(|e| DbError::new(DbErrorKind::Data { column: None }, e.to_string()))
}
