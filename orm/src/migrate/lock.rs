//! One migrator at a time: a row that an open transaction on a second connection holds locked.
//!
//! Not GET_LOCK, which SingleStore lacks, and not the migrating connection itself, whose DDL would
//! commit and so let go. Where DDL is transactional (SQLite) the write transaction is the lock.

use std::time::{Duration, Instant};

use orm_schema::{ColumnDef, FieldType};

use super::recorder::{now, plain, read, render_error, table};
use crate::ast::{
    Alias, BinaryOp, Ddl, Expr, Insert, Lock, OnConflict, Order, Select, SelectItem, Statement,
    Update,
};
use crate::backend::{Db, DbError, DbErrorKind, Executor, RetryCause, Transaction};
use crate::dialect::RowLocks;
use crate::value::Value;

const TABLE: &str = "orm_migration_lock";
/// The row that is locked. Its content never changes, so that it can be locked by a read.
const LOCK_ROW: i64 = 1;
/// The row that says who holds the lock: committed at once, so that others can read it.
const OWNER_ROW: i64 = 2;

/// The lock, held until [`release`](Self::release) or drop.
pub(crate) struct MigrationLock {
    held: Transaction,
}

/// Why the lock was not granted.
pub(crate) enum LockFailure {
    /// Somebody else holds it.
    Held(String),
    /// The database raised an error.
    Db(DbError),
}

impl From<DbError> for LockFailure {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl MigrationLock {
    /// Takes the lock, waiting so long for another holder to end. `connection` is the server's number
    /// of the connection that migrates, where it has one.
    pub(crate) async fn acquire(
        db: &Db,
        wait: Duration,
        connection: Option<u64>,
    ) -> Result<Self, LockFailure> {
        ensure_rows(db).await?;
        let until = Instant::now() + wait;
        loop {
            let held = db.begin().await?;
            match try_lock(&held, until).await {
                Ok(true) => {
                    // An owner is left behind by a run that was killed.
                    let last = read_owner(db).await?;
                    wait_for_statement(db, &last, until).await?;
                    set_owner(db, &owner(connection)).await?;
                    return Ok(Self { held });
                }
                Ok(false) if Instant::now() < until => {
                    drop(held);
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Ok(false) => {
                    let owner = read_owner(db).await?;
                    let known = !owner.is_empty();
                    let owner = known.then_some(owner);
                    let unknown = || "an unknown owner".to_owned();
                    return Err(LockFailure::Held(owner.unwrap_or_else(unknown)));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether the transaction that holds the lock still lives.
    pub(crate) async fn check(&self) -> Result<(), DbError> {
        self.held.fetch(plain("SELECT 1 AS n")).await.map(drop)
    }

    /// Lets go.
    pub(crate) async fn release(self, db: &Db) {
        // The lock ends with the connection in any case; an owner left behind does no harm, for
        // only a held lock is asked for its owner.
        let cleared = set_owner(db, "").await;
        let released = self.held.rollback().await;
        for error in [cleared.err(), released.err()].into_iter().flatten() {
            tracing::debug!(target: "orm::migrate", error = error.message, "releasing the lock");
        }
    }
}

async fn ensure_rows(db: &Db) -> Result<(), DbError> {
    if !super::probe::table_exists(db, TABLE).await? {
        let columns = vec![
            ColumnDef::new("id", FieldType::BigInt { unsigned: false }),
            ColumnDef::new("owner", FieldType::Varchar { max_length: 200 }),
        ];
        let ddl = Ddl::CreateTable {
            table: table(TABLE, columns, &["id"]),
            if_not_exists: true,
        };
        let text = db.dialect().render_ddl(&ddl).map_err(render_error)?;
        db.execute(plain(text)).await?;
    }
    let insert = Insert {
        table: TABLE.into(),
        columns: vec!["id".into(), "owner".into()],
        values: [LOCK_ROW, OWNER_ROW]
            .into_iter()
            .flat_map(|id| [Value::Int(id), Value::Text(String::new())])
            .collect(),
        on_conflict: Some(OnConflict::Ignore),
        returning: Vec::new(),
    };
    let found = db
        .fetch(render(db, select_row(&[LOCK_ROW, OWNER_ROW], "id", None))?)
        .await?;
    if found.len() < 2 {
        db.execute(render(db, Statement::Insert(insert))?).await?;
    }
    Ok(())
}

/// Locks the row; `false` if another holds it.
async fn try_lock(held: &Transaction, until: Instant) -> Result<bool, DbError> {
    let lock = match held.dialect().features().row_locks {
        RowLocks::SkipLocked => Lock::UpdateNoWait,
        _ => Lock::Update,
    };
    let sql = render(held, select_row(&[LOCK_ROW], "id", Some(lock)))?;
    let left = until
        .saturating_duration_since(Instant::now())
        .max(Duration::from_millis(500));
    match tokio::time::timeout(left, held.fetch(sql)).await {
        // The statement still waits there; its connection is given up.
        Err(_) => Ok(false),
        Ok(Ok(rows)) if rows.is_empty() => Err(DbError::new(
            DbErrorKind::NoSuchObject,
            format!("{TABLE} has lost its rows; run again"),
        )),
        Ok(Ok(_)) => Ok(true),
        Ok(Err(e)) if e.kind == DbErrorKind::Retryable(RetryCause::LockTimeout) => Ok(false),
        Ok(Err(e)) => Err(e),
    }
}

fn select_row(ids: &[i64], column: &'static str, lock: Option<Lock>) -> Statement {
    let mut select = Select::from_table(TABLE, Alias(0));
    select.columns = vec![SelectItem {
        expr: Expr::column(Alias(0), column),
        alias: None,
    }];
    let list = ids.iter().map(|id| Value::Int(*id)).collect::<Vec<_>>();
    let id = Expr::column(Alias(0), "id");
    select.filter = Some(match list.as_slice() {
        [one] => Expr::binary(id, BinaryOp::Eq, Expr::Value(one.clone())),
        _ => {
            select.order_by = vec![Order {
                expr: id.clone(),
                descending: false,
            }];
            Expr::In {
                expr: Box::new(id),
                list,
            }
        }
    });
    select.lock = lock;
    Statement::Select(select)
}

async fn set_owner(db: &Db, owner: &str) -> Result<(), DbError> {
    let id = Expr::column(Alias(0), "id");
    let update = Update {
        table: TABLE.into(),
        alias: Alias(0),
        set: vec![("owner".into(), Expr::Value(Value::Text(owner.to_owned())))],
        joins: Vec::new(),
        filter: Some(Expr::binary(
            id,
            BinaryOp::Eq,
            Expr::Value(Value::Int(OWNER_ROW)),
        )),
    };
    db.execute(render(db, Statement::Update(update))?)
        .await
        .map(drop)
}

async fn read_owner(db: &Db) -> Result<String, DbError> {
    let mut rows = db
        .fetch(render(db, select_row(&[OWNER_ROW], "owner", None))?)
        .await?;
    let owners: Vec<String> = read(&mut rows, |row| row.get())?;
    Ok(owners.into_iter().next().unwrap_or_default())
}

/// Before the number of the connection, in the owner's text.
const CONNECTION: &str = ", connection ";

/// Waits for the statement that the connection of a run that was killed may still execute: a server
/// goes on with it, and only sees at its end that nobody listens.
async fn wait_for_statement(db: &Db, owner: &str, until: Instant) -> Result<(), LockFailure> {
    let number = owner.rsplit_once(CONNECTION).map(|(_, n)| n.trim());
    let Some(number) = number.and_then(|n| n.parse::<u64>().ok()) else {
        return Ok(());
    };
    loop {
        let running = plain(format!(
            // Not this very statement, if the run was one of this process.
            "SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE ID = {number} AND ID <> CONNECTION_ID() AND DB = DATABASE() AND COMMAND <> 'Sleep'"
        ));
        // Without such a list, the catalog is asked about the step in doubt, and asked again when
        // the step fails.
        let Ok(mut rows) = db.fetch(running).await else {
            return Ok(());
        };
        let running: Vec<i64> = read(&mut rows, |row| row.get())?;
        if running.first().is_none_or(|n| *n == 0) {
            return Ok(());
        }
        if Instant::now() >= until {
            return Err(LockFailure::Held(format!(
                "{owner}, which ended, but the server still executes its statement"
            )));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The server's number of a connection.
pub(crate) async fn connection_number(connection: &dyn Executor) -> Option<u64> {
    let found = connection.fetch(plain("SELECT CONNECTION_ID() AS n")).await;
    let mut rows = found.ok()?;
    let numbers: Vec<i64> = read(&mut rows, |row| row.get()).ok()?;
    numbers.first().map(|n| n.unsigned_abs())
}

fn render(db: &dyn Executor, statement: Statement) -> Result<crate::dialect::Sql, DbError> {
    db.dialect().render(&statement).map_err(render_error)
}

/// `user@host, process 4711, since …, connection 12`.
pub(super) fn owner(connection: Option<u64>) -> String {
    let variable = |names: [&str; 2]| names.iter().find_map(|n| std::env::var(n).ok());
    let user = variable(["USER", "USERNAME"]).unwrap_or_else(|| "unknown user".to_owned());
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let host = host
        .map(|h| h.trim().to_owned())
        .or_else(|| variable(["HOSTNAME", "COMPUTERNAME"]));
    let host = host.unwrap_or_else(|| "unknown host".to_owned());
    let mut since = now();
    since.time.micros = 0;
    let since = since.to_string();
    let since = since.split('.').next().unwrap_or_default();
    let who: String = format!("{user}@{host}").chars().take(100).collect();
    let number = connection.map(|n| format!("{CONNECTION}{n}"));
    format!(
        "{who}, process {}, since {since} UTC{}",
        std::process::id(),
        number.unwrap_or_default()
    )
}
