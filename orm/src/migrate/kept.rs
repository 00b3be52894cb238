//! Tables whose rows were copied into others, and which stay until somebody prunes:
//! `orm_migration_kept`, one row per table.

use orm_schema::{ColumnDef, FieldType, TableDef};

use super::probe;
use super::recorder::{RowJournal, eq, now, plain, read, render_error, table, text};
use crate::ast::Ddl;
use crate::backend::{DbError, DbErrorKind, Executor};
use crate::value::{CivilDateTime, Value};

/// The table of kept tables.
pub(crate) const KEPT: &str = "orm_migration_kept";

/// A table that a migration kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTable {
    /// The table.
    pub table: String,
    /// The table that has its rows now.
    pub of: String,
    /// Since when, in UTC by the migrating machine's clock.
    pub since: CivilDateTime,
}

/// The definition of `orm_migration_kept`.
pub(crate) fn kept_table() -> TableDef {
    let name = |name: &str| ColumnDef::new(name, FieldType::Varchar { max_length: 64 });
    let columns = vec![
        name("table_name"),
        name("of_table"),
        ColumnDef::new("kept_at", FieldType::DateTime),
    ];
    table(KEPT, columns, &["table_name"])
}

/// All kept tables that are still there, by name; none if nothing was ever kept.
pub(crate) async fn all(db: &dyn Executor) -> Result<Vec<KeptTable>, DbError> {
    if !probe::table_exists(db, KEPT).await? {
        return Ok(Vec::new());
    }
    let columns = ["table_name", "of_table", "kept_at"];
    let mut rows = RowJournal(db)
        .select(KEPT, &columns, None, &["table_name"])
        .await?;
    read(&mut rows, |row| {
        Ok(KeptTable {
            table: row.get()?,
            of: row.get()?,
            since: row.get()?,
        })
    })
}

/// Notes that a table is kept; again, if it is noted already.
pub(crate) async fn keep(db: &dyn Executor, name: &str, of: &str) -> Result<(), DbError> {
    if all(db).await?.iter().any(|k| k.table == name) {
        return Ok(());
    }
    let values = vec![text(name), text(of), Value::DateTime(now())];
    let columns = ["table_name", "of_table", "kept_at"];
    RowJournal(db).insert(KEPT, &columns, values).await
}

/// Drops a kept table, if it is one.
///
/// # Errors
/// [`DbErrorKind::Config`] if there is a table of this name that no migration kept.
pub(crate) async fn drop_kept(db: &dyn Executor, name: &str) -> Result<(), DbError> {
    let there = probe::table_exists(db, name).await?;
    let ours = all(db).await?.iter().any(|k| k.table == name);
    if there && !ours {
        let message = format!(
            "the table `{name}` is in the way, and no migration left it there; rename or drop it"
        );
        return Err(DbError::new(DbErrorKind::Config, message));
    }
    if there {
        let ddl = Ddl::DropTable {
            name: name.to_owned(),
            if_exists: true,
        };
        let sql = db.dialect().render_ddl(&ddl).map_err(render_error)?;
        db.execute(plain(sql)).await?;
    }
    if ours {
        let key = vec![eq("table_name", text(name))];
        RowJournal(db).delete(KEPT, key).await?;
    }
    Ok(())
}
