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

/// Makes the schema, unless this release's is there. Several gates may start at once.
pub(crate) async fn install(conn: &mut Conn) -> mysql_async::Result<()> {
    let mut hasher = DefaultHasher::new();
    (TABLES, FUNCTIONS, VIEWS).hash(&mut hasher);
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
    for script in [TABLES, FUNCTIONS, VIEWS] {
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
