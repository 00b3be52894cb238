//! One migrator at a time: a row that an open transaction on a second connection holds locked.
//!
//! Not GET_LOCK, which SingleStore lacks, and not the migrating connection itself, whose DDL would
//! commit and so let go. Where DDL is transactional (SQLite) the write transaction is the lock.

use std::time::{Duration, Instant};

use orm_schema::{ColumnDef, FieldType};

use super::recorder::{now, plain, read, render_error, table};
use crate::ast::{
    Alias, BinaryOp, Ddl, Expr, Insert, Lock, OnConflict, Select, SelectItem, Statement, Update,
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
    /// Takes the lock, waiting so long for another holder to end.
    pub(crate) async fn acquire(db: &Db, wait: Duration) -> Result<Self, LockFailure> {
        ensure_rows(db).await?;
        let until = Instant::now() + wait;
        loop {
            let held = db.begin().await?;
            match try_lock(&held, until).await {
                Ok(true) => {
                    set_owner(db, &owner()).await?;
                    return Ok(Self { held });
                }
                Ok(false) if Instant::now() < until => {
                    drop(held);
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Ok(false) => return Err(LockFailure::Held(read_owner(db).await?)),
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
        _ => Expr::In {
            expr: Box::new(id),
            list,
        },
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
    let owner = owners.into_iter().next().filter(|o| !o.is_empty());
    Ok(owner.unwrap_or_else(|| "an unknown owner".to_owned()))
}

fn render(db: &dyn Executor, statement: Statement) -> Result<crate::dialect::Sql, DbError> {
    db.dialect().render(&statement).map_err(render_error)
}

/// `user@host, process 4711, since …`.
fn owner() -> String {
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
    let text = format!(
        "{user}@{host}, process {}, since {since} UTC",
        std::process::id()
    );
    text.chars().take(200).collect()
}
