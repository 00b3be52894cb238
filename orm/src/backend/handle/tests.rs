//! Transactions where the database has no savepoints, on a session that only writes down what it is
//! sent: there is no SingleStore where tests run.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;

use super::Handle;
use crate::backend::pool::{Limits, Pool, lock};
use crate::backend::session::{Connector, Recover, Session, StreamEnd};
use crate::backend::{
    BoxFuture, Connection, DbError, DbErrorKind, Executed, Executor, Transaction,
};
use crate::dialect::{Dialect, SingleStore, Sql};
use crate::value::RowSink;

type Log = Arc<Mutex<Vec<String>>>;

struct Scripted {
    log: Log,
    open: bool,
}

impl Connector for Log {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>, DbError>> {
        let session = Scripted {
            log: Arc::clone(self),
            open: false,
        };
        Box::pin(async move { Ok(Box::new(session) as Box<dyn Session>) })
    }
}

impl Session for Scripted {
    fn dialect(&self) -> &'static dyn Dialect {
        &SingleStore
    }
    fn version(&self) -> String {
        String::new()
    }
    fn read(
        &mut self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<Box<dyn RowSink>, DbError>> {
        lock(&self.log).push(sql.text.into_owned());
        Box::pin(async { Ok(sink) })
    }
    fn execute(&mut self, sql: Sql) -> BoxFuture<'_, Result<Executed, DbError>> {
        self.open = match &*sql.text {
            "BEGIN" => true,
            "COMMIT" | "ROLLBACK" => false,
            _ => self.open,
        };
        lock(&self.log).push(sql.text.into_owned());
        Box::pin(async { Ok(Executed::default()) })
    }
    fn stream(
        self: Box<Self>,
        _: Sql,
        _: Box<dyn RowSink>,
        _: mpsc::Sender<Box<dyn RowSink>>,
    ) -> BoxFuture<'static, StreamEnd> {
        Box::pin(async { (None, Ok(())) })
    }
    fn begin_text(&self) -> &'static str {
        "BEGIN"
    }
    fn in_transaction(&self) -> bool {
        self.open
    }
    fn is_usable(&self) -> bool {
        true
    }
    fn prepare(&mut self, _: Duration) -> BoxFuture<'_, Result<(), DbError>> {
        Box::pin(async { Ok(()) })
    }
    fn recover(mut self: Box<Self>, _: bool) -> Recover {
        lock(&self.log).push("ROLLBACK".to_owned());
        self.open = false;
        Recover::Ready(self)
    }
}

async fn begin(log: &Log) -> Transaction {
    let wait = Duration::from_secs(1);
    let limits = Limits {
        max: 1,
        min: 0,
        acquire_timeout: wait,
        connect_timeout: wait,
    };
    let pool = Pool::new(Box::new(Arc::clone(log)), limits, "nowhere".to_owned());
    let lease = pool.acquire("test".to_owned()).await.expect("lease");
    let handle = Handle::new(
        lease,
        &SingleStore,
        Arc::default(),
        false,
        (None, wait),
        None,
    );
    Transaction::on(handle, None, None).await.expect("begin")
}

async fn send(to: &dyn Executor, text: &'static str) -> Result<Executed, DbError> {
    to.execute(Sql {
        text: text.into(),
        ..Sql::default()
    })
    .await
}

fn sent(log: &Log) -> Vec<String> {
    std::mem::take(&mut *lock(log))
}

#[tokio::test]
async fn a_nested_transaction_joins() {
    let log = Log::default();
    let tx = begin(&log).await;
    let inner = tx.begin().await.expect("joined");
    send(&inner, "one").await.expect("one");
    inner.commit().await.expect("part of the outer one");
    send(&tx, "two").await.expect("two");
    tx.commit().await.expect("commit");
    assert_eq!(sent(&log), ["BEGIN", "one", "two", "COMMIT"]);
}

#[tokio::test]
async fn a_nested_transaction_that_fails_dooms_the_outer_one() {
    for explicit in [true, false] {
        let log = Log::default();
        let tx = begin(&log).await;
        let inner = tx.begin().await.expect("joined");
        send(&inner, "one").await.expect("one");
        match explicit {
            true => inner.rollback().await.expect("rollback"),
            false => drop(inner),
        }
        let refused = send(&tx, "two").await.expect_err("doomed");
        assert_eq!(refused.kind, DbErrorKind::TransactionState);
        assert!(refused.message.contains("no savepoints"), "{refused}");
        let refused = tx.commit().await.expect_err("doomed");
        assert_eq!(refused.kind, DbErrorKind::TransactionState);
        assert_eq!(sent(&log), ["BEGIN", "one", "ROLLBACK"]);
    }
}

#[tokio::test]
async fn the_outer_transaction_waits_for_the_nested_one() {
    let log = Log::default();
    let tx = begin(&log).await;
    let inner = tx.begin().await.expect("joined");
    assert!(
        send(&tx, "no")
            .await
            .expect_err("nested is open")
            .message
            .contains("nested")
    );
    let innermost = inner.begin().await.expect("twice");
    innermost.commit().await.expect("commit");
    inner.commit().await.expect("commit");
    tx.rollback().await.expect("rollback");
    assert_eq!(sent(&log), ["BEGIN", "ROLLBACK"]);
}

#[tokio::test]
async fn a_pinned_connection_begins_anew_after_a_doomed_transaction() {
    let log = Log::default();
    let wait = Duration::from_secs(1);
    let limits = Limits {
        max: 1,
        min: 0,
        acquire_timeout: wait,
        connect_timeout: wait,
    };
    let pool = Pool::new(Box::new(Arc::clone(&log)), limits, "nowhere".to_owned());
    let lease = pool.acquire("test".to_owned()).await.expect("lease");
    let conn = Connection::new(Handle::new(
        lease,
        &SingleStore,
        Arc::default(),
        true,
        (None, wait),
        None,
    ));
    let tx = conn.begin().await.expect("begin");
    drop(tx.begin().await.expect("joined"));
    tx.rollback().await.expect("rollback");
    let tx = conn.begin().await.expect("begin again");
    send(&tx, "one").await.expect("one");
    tx.commit().await.expect("commit");
    assert_eq!(sent(&log), ["BEGIN", "ROLLBACK", "BEGIN", "one", "COMMIT"]);
}
