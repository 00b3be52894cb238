//! What gate keeps in the backend, in a schema of its own: functions that MariaDB lacks, views with
//! SingleStore's catalog, and the counters of AUTO_INCREMENT.

use std::hash::{DefaultHasher, Hash, Hasher};

use mysql_async::Conn;
use mysql_async::prelude::Queryable;

/// The schema in the backend, hidden from clients.
pub(crate) const SCHEMA: &str = "gate_catalog";

const TABLES: &str = include_str!("tables.sql");
const FUNCTIONS: &str = include_str!("functions.sql");
const VIEWS: &str = include_str!("views.sql");

/// Views whose tables MariaDB opens one by one, in every schema, unless it is told which; the comments
/// `/*scope X*/` in them say where that stands.
const SCOPED: [(&str, &str); 2] = [
    ("STATISTICS", include_str!("statistics.sql")),
    ("TABLE_CONSTRAINTS", include_str!("table_constraints.sql")),
];

/// The query behind a view for the tables that a condition selects: expressions for schema and name.
pub(crate) fn scoped(view: &str, schema: &str, table: Option<&str>) -> Option<String> {
    let (_, text) = SCOPED.iter().find(|(name, _)| *name == view)?;
    let mut out = (*text).to_owned();
    for alias in ["S", "T", "C"] {
        let mut scope = format!("AND {alias}.TABLE_SCHEMA = {schema}");
        if let Some(table) = table {
            scope.push_str(&format!(" AND {alias}.TABLE_NAME = {table}"));
        }
        out = out.replace(&format!("/*scope {alias}*/"), &scope);
    }
    Some(out)
}

/// All views: those of the scripts, and the scoped ones over every schema, for queries that name none.
fn views() -> String {
    let mut script = VIEWS.to_owned();
    for (name, query) in SCOPED {
        script.push_str(&format!(
            "\n--;\nCREATE OR REPLACE SQL SECURITY INVOKER VIEW {SCHEMA}.{name} AS\n{query}"
        ));
    }
    script
}

/// Makes the schema, unless this release's is there. Several gates may start at once.
pub(crate) async fn install(conn: &mut Conn) -> mysql_async::Result<()> {
    let mut hasher = DefaultHasher::new();
    (TABLES, FUNCTIONS, views()).hash(&mut hasher);
    let version = hasher.finish() & (i64::MAX as u64);
    conn.query_drop("SET SESSION sql_mode = 'STRICT_ALL_TABLES'")
        .await?;
    conn.query_drop("SELECT GET_LOCK('gate_install', 60)")
        .await?;
    let result = install_locked(conn, version).await;
    conn.query_drop("SELECT RELEASE_LOCK('gate_install')")
        .await?;
    result
}

async fn install_locked(conn: &mut Conn, version: u64) -> mysql_async::Result<()> {
    let installed: Result<Option<u64>, _> = conn
        .query_first(format!("SELECT v FROM {SCHEMA}.version"))
        .await;
    if let Ok(Some(installed)) = installed
        && installed == version
    {
        return Ok(());
    }
    let views = views();
    for script in [TABLES, FUNCTIONS, &views] {
        for statement in script.split("\n--;\n") {
            if !statement.trim().is_empty() {
                conn.query_drop(statement).await?;
            }
        }
    }
    conn.query_drop(format!(
        "REPLACE INTO {SCHEMA}.version (id, v) VALUES (1, {version})"
    ))
    .await
}
