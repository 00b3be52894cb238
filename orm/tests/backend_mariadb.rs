//! The backend on a live server of the MySQL protocol: `ORM_TEST_MARIADB_URL` names one, with a user
//! who may create databases.

mod statements;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use orm::backend::{Db, DbError, DbErrorKind, Executor, RetryCause, RetryPolicy};
use orm::value::{CivilDate, CivilDateTime, CivilTime, RowSet, Value};
use statements::{count, kind, rows, run, sql};

/// The server's URL up to the database; `None` is said aloud.
fn server() -> Option<String> {
    match std::env::var("ORM_TEST_MARIADB_URL") {
        Ok(url) => Some(url.trim_end_matches('/').to_owned()),
        Err(_) if std::env::var("ORM_TEST_REQUIRE_LIVE").is_ok_and(|v| v == "1") => {
            panic!("ORM_TEST_MARIADB_URL is not set, and ORM_TEST_REQUIRE_LIVE=1")
        }
        Err(_) => {
            use std::io::Write as _;
            let _ = writeln!(
                std::io::stderr(),
                "skipped: ORM_TEST_MARIADB_URL is not set"
            );
            None
        }
    }
}

/// A database of the test's own, dropped at the end.
struct Live {
    server: String,
    name: String,
}

impl Live {
    async fn new() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = server()?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("orm_backend_{}_{number}", std::process::id());
        let root = Db::connect(&server).await.expect("server");
        run(&root, &format!("DROP DATABASE IF EXISTS {name}")).await;
        run(
            &root,
            &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"),
        )
        .await;
        let live = Self { server, name };
        let db = live.db("").await;
        run(
            &db,
            "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20) UNIQUE)",
        )
        .await;
        Some(live)
    }

    async fn db(&self, options: &str) -> Db {
        Db::connect(&format!("{}/{}{options}", self.server, self.name))
            .await
            .expect("connect")
    }

    async fn end(self) {
        // A connection that a test forgot holds locks: rather fail than wait.
        let wait = Duration::from_secs(20);
        let root = Db::builder(&self.server)
            .statement_timeout(wait)
            .connect()
            .await
            .expect("server");
        run(&root, &format!("DROP DATABASE {}", self.name)).await;
    }

    /// Connections to the test's database, as the server sees them.
    async fn connections(&self) -> i64 {
        let root = Db::connect(&self.server).await.expect("server");
        let text = format!("information_schema.processlist WHERE db = '{}'", self.name);
        count(&root, &text).await
    }
}

/// Ends the test when there is no server.
macro_rules! live {
    () => {
        match Live::new().await {
            Some(live) => live,
            None => return,
        }
    };
}

#[tokio::test]
async fn both_protocols_hand_back_the_same_values() {
    let live = live!();
    let (text, prepared) = (
        live.db("?protocol=text").await,
        live.db("?protocol=prepared").await,
    );
    run(
        &text,
        "CREATE TABLE v (id INT PRIMARY KEY, b TINYINT(1), s SMALLINT, n INT UNSIGNED, l BIGINT, u BIGINT UNSIGNED, \
         d DOUBLE, x DECIMAL(30,10), c VARCHAR(50), lt LONGTEXT, bin VARBINARY(20), bl LONGBLOB, da DATE, \
         dt DATETIME(6), ti TIME(6), j JSON, bi BIT(9), y YEAR, e ENUM('p','q'), ts TIMESTAMP(6) NULL, dt0 DATETIME)",
    )
    .await;
    let date = CivilDate {
        year: 2024,
        month: 2,
        day: 29,
    };
    let time = CivilTime {
        hour: 23,
        minute: 59,
        second: 58,
        micros: 7,
    };
    let moment = CivilDateTime { date, time };
    let whole = CivilDateTime {
        date,
        time: CivilTime { micros: 0, ..time },
    };
    let row = [
        Value::Bool(true),
        Value::Int(-5),
        Value::UInt(u32::MAX.into()),
        Value::Int(i64::MIN),
        Value::UInt(u64::MAX),
        Value::Double(0.1),
        Value::Decimal("-12345678901234567890.0123456789".into()),
        Value::Text("é'\\\"\n\0?%_😀".into()),
        Value::Text("x".repeat(70_000)),
        Value::Bytes(vec![0, 255, b'\'', b'\\']),
        Value::Bytes(vec![]),
        Value::Date(date),
        Value::DateTime(moment),
        Value::Time(time),
        Value::Json("{\"a\": [1, null]}".into()),
        Value::Int(257),
        Value::Int(2024),
        Value::Text("q".into()),
        Value::DateTime(moment),
        Value::DateTime(whole),
    ];
    let insert = format!("INSERT INTO v VALUES (?{})", ", ?".repeat(row.len()));
    for (id, db) in [(1, &text), (2, &prepared)] {
        let params = std::iter::once(Value::Int(id)).chain(row.iter().cloned());
        db.execute(sql(&insert, params)).await.expect("insert");
        let nulls = std::iter::once(Value::Int(id + 2)).chain(row.iter().map(|_| Value::Null));
        db.execute(sql(&insert, nulls)).await.expect("nulls");
    }
    // In the order of `row`: what a driver gives for a bool, a JSON of MariaDB and so on.
    let mut wanted: Vec<Value> = row.to_vec();
    wanted[0] = Value::Int(1);
    wanted[2] = Value::UInt(u32::MAX.into());
    wanted[14] = Value::Text("{\"a\": [1, null]}".into());
    wanted[16] = Value::UInt(2024);
    for db in [&text, &prepared] {
        for id in [1, 2] {
            let got = db
                .fetch(sql("SELECT * FROM v WHERE id = ?", [Value::Int(id)]))
                .await
                .expect("row");
            assert_eq!(got.values[1..], wanted, "row {id}");
        }
        let got = db
            .fetch(sql("SELECT * FROM v WHERE id = ?", [Value::Int(3)]))
            .await
            .expect("row");
        assert!(got.values[1..].iter().all(Value::is_null));
        assert_eq!(&*got.columns[1], "b");
        // A decimal compares as a decimal, not as a float.
        let exact = Value::Decimal("-12345678901234567890.0123456789".into());
        let near = Value::Decimal("-12345678901234567890.0123456788".into());
        for (value, found) in [(exact, 2), (near, 0)] {
            let got = db
                .fetch(sql("SELECT id FROM v WHERE x = ?", [value]))
                .await
                .expect("decimal");
            assert_eq!(got.len(), found);
        }
    }
    let refused = text
        .fetch(sql("SELECT ?", [Value::Double(f64::NAN)]))
        .await
        .expect_err("NaN");
    assert_eq!(refused.kind, DbErrorKind::Data { column: None });
    live.end().await;
}

#[tokio::test]
async fn sessions_are_set_up_also_after_a_reset() {
    let live = live!();
    let db = live.db("?pool_max=1").await;
    let look = "SELECT @@sql_mode, @@time_zone, @@character_set_client, @@tx_isolation";
    let first = rows(&db, look).await.values;
    let mode = format!("{:?}", first[0]);
    assert!(
        mode.contains("STRICT_ALL_TABLES") && !mode.contains("NO_BACKSLASH_ESCAPES"),
        "{mode}"
    );
    assert_eq!(
        first[1..],
        ["+00:00", "utf8mb4", "READ-COMMITTED"].map(|t| Value::Text(t.into()))
    );
    run(
        &db,
        "SET sql_mode = 'NO_BACKSLASH_ESCAPES', time_zone = '+05:00'",
    )
    .await;
    run(&db, "CREATE TEMPORARY TABLE mine (x INT)").await;
    assert_eq!(rows(&db, look).await.values, first);
    assert!(
        db.fetch(sql("SELECT * FROM mine", []))
            .await
            .expect_err("reset")
            .is_no_such_object()
    );
    assert_eq!(db.dialect().name(), "mariadb");
    live.end().await;
}

#[tokio::test]
async fn execute_tells_rows_found_and_first_id() {
    let live = live!();
    let db = live.db("").await;
    let done = db.execute(sql(
        "INSERT INTO t (a) VALUES (?), (?)",
        ["x", "y"].map(|t| Value::Text(t.into())),
    ));
    let done = done.await.expect("insert");
    assert_eq!((done.rows_affected, done.last_insert_id), (2, Some(1)));
    let done = db
        .execute(sql("UPDATE t SET a = a WHERE id < 10", []))
        .await
        .expect("update");
    assert_eq!((done.rows_affected, done.last_insert_id), (2, None));
    let empty = rows(&db, "SELECT id, a FROM t WHERE id = 77").await;
    assert!(empty.is_empty() && *empty.columns == ["id".to_owned(), "a".to_owned()]);
    // Not preparable on every server, sent as text.
    assert!(!rows(&db, "SHOW TABLES").await.is_empty());
    live.end().await;
}

#[tokio::test]
async fn a_kept_statement_sees_new_columns() {
    let live = live!();
    let db = live.db("?pool_max=1&protocol=prepared").await;
    run(&db, "INSERT INTO t (a) VALUES ('x')").await;
    for (ddl, width) in [
        ("ALTER TABLE t COMMENT 'same'", 2),
        ("ALTER TABLE t ADD COLUMN b BIGINT DEFAULT 5", 3),
        ("ALTER TABLE t MODIFY COLUMN b VARCHAR(9)", 3),
        ("ALTER TABLE t DROP COLUMN b", 2),
    ] {
        run(&db, ddl).await;
        let set = db
            .fetch(sql("SELECT * FROM t WHERE id = ?", [Value::Int(1)]))
            .await
            .expect(ddl);
        assert_eq!((set.columns.len(), set.len()), (width, 1), "{ddl}");
        if ddl.contains("MODIFY") {
            assert_eq!(set.values[2], Value::Text("5".into()));
        }
    }
    live.end().await;
}

#[tokio::test]
async fn a_statement_too_large_is_refused_and_the_pool_goes_on() {
    let live = live!();
    for protocol in ["text", "prepared"] {
        let db = live.db(&format!("?pool_max=1&protocol={protocol}")).await;
        let max = match rows(&db, "SELECT @@max_allowed_packet").await.values[0] {
            Value::UInt(n) => n as usize,
            ref other => panic!("{other:?}"),
        };
        let length = |n| sql("SELECT LENGTH(?)", [Value::Text("x".repeat(n))]);
        let error = db.fetch(length(max)).await.expect_err("too large");
        let too_long = DbErrorKind::DataTooLong { column: None };
        assert_eq!(error.kind, too_long, "{}", error.message);
        assert!(error.message.contains("max_allowed_packet"));
        assert_eq!(db.fetch(length(max - 2000)).await.expect("fits").len(), 1);
    }
    live.end().await;
}

#[tokio::test]
async fn every_kind_of_error() {
    let live = live!();
    let db = live.db("").await;
    run(
        &db,
        "CREATE TABLE c (t BIGINT NOT NULL, n TINYINT, s VARCHAR(3), CONSTRAINT small CHECK (n < 9), \
         CONSTRAINT c_t_fk FOREIGN KEY (t) REFERENCES t (id))",
    )
    .await;
    run(&db, "INSERT INTO t (id, a) VALUES (1, 'x')").await;
    run(&db, "INSERT INTO c (t) VALUES (1)").await;
    let column = |c: &str| Some(c.to_owned());
    let unique = DbErrorKind::UniqueViolation {
        constraint: column("a"),
        table: None,
        columns: vec![],
    };
    let foreign = DbErrorKind::ForeignKey {
        constraint: column("c_t_fk"),
    };
    let null = DbErrorKind::NotNull {
        table: None,
        column: column("t"),
    };
    for (text, wanted) in [
        ("INSERT INTO t (a) VALUES ('x')", unique),
        ("INSERT INTO c (t) VALUES (NULL)", null.clone()),
        ("INSERT INTO c (n) VALUES (1)", null),
        ("INSERT INTO c (t) VALUES (5)", foreign.clone()),
        ("DELETE FROM t WHERE id = 1", foreign),
        (
            "INSERT INTO c (t, n) VALUES (1, 10)",
            DbErrorKind::Check {
                constraint: column("small"),
            },
        ),
        (
            "INSERT INTO c (t, s) VALUES (1, 'long')",
            DbErrorKind::DataTooLong {
                column: column("s"),
            },
        ),
        (
            "INSERT INTO c (t, n) VALUES (1, 1000)",
            DbErrorKind::Data {
                column: column("n"),
            },
        ),
        (
            "INSERT INTO c (t, n) VALUES (1, 'x')",
            DbErrorKind::Data {
                column: column("n"),
            },
        ),
        ("SELECT * FROM missing", DbErrorKind::NoSuchObject),
        ("SELECT missing FROM t", DbErrorKind::NoSuchObject),
        ("DROP TABLE missing", DbErrorKind::NoSuchObject),
        ("CREATE TABLE t (x INT)", DbErrorKind::Exists),
        ("SELEC 1", DbErrorKind::Syntax),
    ] {
        assert_eq!(kind(&db, text).await, wanted, "{text}");
    }
    let error = db
        .execute(sql(
            "INSERT INTO t (a) VALUES (?)",
            [Value::Text("x".into())],
        ))
        .await
        .expect_err("twice");
    assert_eq!(
        (error.code, error.statement()),
        (Some(1062), Some("INSERT INTO t (a) VALUES (?)"))
    );
    live.end().await;
}

#[tokio::test]
async fn what_cannot_be_reached_says_why() {
    let Some(server) = server() else { return };
    let root = Db::connect(&server).await.expect("server");
    let refused = |url: String| async move { Db::connect(&url).await.expect_err("refused") };
    let error = refused(format!("{server}/orm_no_such_database")).await;
    assert!(
        error.is_no_such_object() && error.message.contains("orm_no_such_database"),
        "{error}"
    );
    let place = root.url();
    let (_, place) = place.split_once("//").expect("a URL");
    let error = refused(format!("mysql://orm_nobody:s3cret@{place}")).await;
    assert_eq!(error.kind, DbErrorKind::Auth, "{error}");
    assert!(error.message.contains("user and password"), "{error}");
    assert!(!format!("{error:?}").contains("s3cret"));
    // A port that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("bind")
        .local_addr()
        .expect("port")
        .port();
    let error = refused(format!("mysql://root:s3cret@127.0.0.1:{free}/d")).await;
    assert!(
        error.is_unreachable() && error.message.contains(&free.to_string()),
        "{error}"
    );
    // One that takes the call and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("bind");
    let port = silent.local_addr().expect("port").port();
    let start = Instant::now();
    let error = refused(format!(
        "mysql://root@127.0.0.1:{port}/d?connect_timeout=0.2"
    ))
    .await;
    assert!(
        error.is_unreachable() && error.message.contains("connect_timeout"),
        "{error}"
    );
    assert!(start.elapsed() < Duration::from_secs(5));
    // The server is not what the URL says.
    let error = refused(format!(
        "singlestore://{}",
        server.split_once("//").expect("a URL").1
    ))
    .await;
    assert_eq!(error.kind, DbErrorKind::Config, "{error}");
    // Of several hosts one that is dead is left behind.
    let (login, hosts) = server
        .split_once('@')
        .map_or(("mysql://", place), |(l, h)| (l, h));
    let at = if login == "mysql://" { "" } else { "@" };
    let db = Db::connect(&format!("{login}{at}127.0.0.1:{free},{hosts}"))
        .await
        .expect("the second host");
    run(&db, "SELECT 1").await;
}

#[tokio::test]
async fn transactions_commit_roll_back_and_nest() {
    let live = live!();
    let db = live.db("").await;
    let tx = db.begin().await.expect("begin");
    run(&tx, "INSERT INTO t (a) VALUES ('outer')").await;
    assert!(
        tx.execute(sql("INSERT INTO t (a) VALUES ('outer')", []))
            .await
            .expect_err("twice")
            .is_unique_violation()
    );
    let inner = tx.begin().await.expect("savepoint");
    run(&inner, "INSERT INTO t (a) VALUES ('inner')").await;
    drop(inner);
    let inner = tx.begin().await.expect("savepoint");
    run(&inner, "INSERT INTO t (a) VALUES ('second')").await;
    inner.commit().await.expect("release");
    let clone = tx.clone();
    tx.commit().await.expect("commit");
    assert_eq!(
        kind(&clone, "SELECT 1").await,
        DbErrorKind::TransactionState
    );
    assert_eq!(count(&db, "t").await, 2);

    let tx = db.begin().await.expect("begin");
    run(&tx, "DELETE FROM t").await;
    drop(tx);
    let failed: Result<(), DbError> = db
        .atomic(|tx| async move {
            run(&tx, "DELETE FROM t").await;
            Err(DbError::new(DbErrorKind::Other, "mine"))
        })
        .await;
    assert_eq!(failed.expect_err("own").message, "mine");
    assert_eq!(count(&db, "t").await, 2);
    live.end().await;
}

#[tokio::test]
async fn ddl_in_a_transaction_is_told() {
    let live = live!();
    let db = live.db("").await;
    let tx = db.begin().await.expect("begin");
    run(&tx, "INSERT INTO t (a) VALUES ('x')").await;
    run(&tx, "CREATE TABLE u (x INT)").await;
    let error = tx
        .execute(sql("INSERT INTO t (a) VALUES ('y')", []))
        .await
        .expect_err("committed by DDL");
    assert_eq!(error.kind, DbErrorKind::TransactionState);
    assert!(error.message.contains("committed"), "{error}");
    live.end().await;
}

#[tokio::test]
async fn deadlocks_and_lock_waits_doom_the_transaction() {
    let live = live!();
    let db = live.db("?busy_timeout=1").await;
    run(&db, "INSERT INTO t (id, a) VALUES (1, 'x'), (2, 'y')").await;
    let (one, two) = (
        db.begin().await.expect("one"),
        db.begin().await.expect("two"),
    );
    run(&one, "UPDATE t SET a = 'p' WHERE id = 1").await;
    let error = two
        .execute(sql("UPDATE t SET a = 'q' WHERE id = 1", []))
        .await
        .expect_err("locked");
    assert_eq!(
        error.kind,
        DbErrorKind::Retryable(RetryCause::LockTimeout),
        "{error}"
    );
    assert_eq!(kind(&two, "SELECT 1").await, DbErrorKind::TransactionState);
    two.rollback().await.expect("rollback");

    let two = db.begin().await.expect("two");
    run(&two, "UPDATE t SET a = 'q' WHERE id = 2").await;
    let (first, second) = tokio::join!(
        one.execute(sql("UPDATE t SET a = 'r' WHERE id = 2", [])),
        two.execute(sql("UPDATE t SET a = 's' WHERE id = 1", [])),
    );
    let (error, loser, winner) = match (first, second) {
        (Err(e), Ok(_)) => (e, one, two),
        (Ok(_), Err(e)) => (e, two, one),
        other => panic!("{other:?}"),
    };
    assert!(error.is_retryable(), "{error}");
    assert!(loser.commit().await.is_err());
    winner.commit().await.expect("commit");
    live.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_that_deadlock_are_run_again() {
    let live = live!();
    let db = live.db("").await;
    run(&db, "INSERT INTO t (id, a) VALUES (1, 'x'), (2, 'y')").await;
    run(&db, "CREATE TABLE n (id INT PRIMARY KEY, v INT)").await;
    run(&db, "INSERT INTO n VALUES (1, 0), (2, 0)").await;
    let tasks = (0..8).map(|i| {
        let db = db.clone();
        tokio::spawn(async move {
            let policy = RetryPolicy {
                attempts: 50,
                ..RetryPolicy::default()
            };
            // Every other task takes the two locks the other way round.
            let (first, second) = if i % 2 == 0 { (1, 2) } else { (2, 1) };
            db.retrying(policy, |tx| async move {
                for id in [first, second] {
                    let text = "UPDATE n SET v = v + 1 WHERE id = ?";
                    tx.execute(sql(text, [Value::Int(id)])).await?;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Ok::<_, DbError>(())
            })
            .await
        })
    });
    for task in futures_util::future::join_all(tasks).await {
        task.expect("task").expect("in the end");
    }
    let sums = rows(&db, "SELECT v FROM n ORDER BY id").await.values;
    assert_eq!(sums, [Value::Int(8), Value::Int(8)]);
    live.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_tasks_leave_nothing_behind() {
    let live = live!();
    let db = live.db("?pool_max=5").await;
    let mut tasks = Vec::new();
    for round in 0..100 {
        let db = db.clone();
        tasks.push(tokio::spawn(async move {
            let tx = db.begin().await.expect("begin");
            run(&tx, &format!("INSERT INTO t (a) VALUES ('{round}')")).await;
            let _ = tx.fetch(sql("SELECT SLEEP(60)", [])).await;
            tx.commit().await.expect("never reached");
        }));
    }
    for (round, task) in tasks.into_iter().enumerate() {
        tokio::time::sleep(Duration::from_millis(round as u64 % 7)).await;
        task.abort();
        let _ = task.await;
    }
    let start = Instant::now();
    assert_eq!(count(&db, "t").await, 0);
    // As many as the pool holds, at once.
    let together: Vec<_> = (0..5).map(|_| db.begin()).collect();
    let transactions = futures_util::future::join_all(together).await;
    for tx in transactions {
        tx.expect("a free connection")
            .rollback()
            .await
            .expect("rollback");
    }
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "killed statements go on: {:?}",
        start.elapsed()
    );
    drop(db);
    live.end().await;
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended() {
    let live = live!();
    let db = live
        .db("?statement_timeout=0.1&pool_max=1&acquire_timeout=5")
        .await;
    let start = Instant::now();
    let error = db
        .fetch(sql("SELECT SLEEP(60)", []))
        .await
        .expect_err("too long");
    assert_eq!(error.kind, DbErrorKind::Timeout);
    // The one connection is ended on the server, and the next statement gets a new one.
    run(&db, "INSERT INTO t (a) VALUES ('x')").await;
    assert!(start.elapsed() < Duration::from_secs(5));
    live.end().await;
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced() {
    let live = live!();
    let db = live.db("?pool_max=1").await;
    let id = rows(&db, "SELECT CONNECTION_ID()").await.values.remove(0);
    let root = Db::connect(&live.server).await.expect("server");
    root.execute(sql("KILL ?", [id.clone()]))
        .await
        .expect("kill");
    // A read is sent once more, by another connection; a write never is.
    let other = rows(&db, "SELECT CONNECTION_ID()").await.values.remove(0);
    assert_ne!(other, id);
    root.execute(sql("KILL ?", [other])).await.expect("kill");
    let insert = sql("INSERT INTO t (a) VALUES ('lost')", []);
    let error = db.execute(insert).await.expect_err("closed");
    assert!(error.is_connection_lost(), "{error}");
    // A transaction has nothing to lose: it begins on another connection.
    let id = rows(&db, "SELECT CONNECTION_ID()").await.values.remove(0);
    root.execute(sql("KILL ?", [id])).await.expect("kill");
    db.begin()
        .await
        .expect("another connection")
        .rollback()
        .await
        .expect("rollback");
    run(&db, "INSERT INTO t (a) VALUES ('x')").await;
    live.end().await;
}

#[tokio::test]
async fn the_pool_is_bounded_and_names_who_holds_it() {
    let live = live!();
    let db = live.db("?pool_max=2&acquire_timeout=0.2").await;
    let (one, _two) = (
        db.begin().await.expect("one"),
        db.acquire().await.expect("two"),
    );
    let error = db.fetch(sql("SELECT 1", [])).await.expect_err("full");
    let DbErrorKind::PoolTimeout { holders } = &error.kind else {
        panic!("{error:?}")
    };
    assert_eq!(holders.len(), 2);
    assert!(
        holders.iter().all(|h| h.contains("backend_mariadb.rs")),
        "{holders:?}"
    );
    one.rollback().await.expect("rollback");
    run(&db, "SELECT 1").await;
    assert!(live.connections().await <= 2);
    live.end().await;
}

#[tokio::test]
async fn streams_in_chunks_and_stops_when_dropped() {
    let live = live!();
    for protocol in ["text", "prepared"] {
        let db = live.db(&format!("?pool_max=1&protocol={protocol}")).await;
        let mut stream = db
            .stream(
                sql("SELECT seq FROM seq_1_to_10000 ORDER BY seq", []),
                Box::new(RowSet::default()),
            )
            .await
            .expect("stream");
        let (mut seen, mut chunks) = (0, 0);
        while let Some(chunk) = stream.next_chunk().await.expect("chunk") {
            assert!(chunk.as_ref().len() <= 256);
            for value in RowSet::from_sink(chunk).expect("rows").values {
                seen += 1;
                assert_eq!(value, Value::UInt(seen));
            }
            chunks += 1;
        }
        assert_eq!((seen, chunks), (10_000, 40));
        drop(stream);
        let start = Instant::now();
        for _ in 0..5 {
            let mut endless = db
                .stream(
                    sql("SELECT seq FROM seq_1_to_1000000000", []),
                    Box::new(RowSet::default()),
                )
                .await
                .expect("stream");
            assert!(endless.next_chunk().await.expect("chunk").is_some());
        }
        run(&db, "SELECT 1").await;
        assert!(start.elapsed() < Duration::from_secs(10));
        let mut broken = db
            .stream(
                sql("SELECT * FROM missing", []),
                Box::new(RowSet::default()),
            )
            .await
            .expect("begins");
        assert!(
            broken
                .next_chunk()
                .await
                .expect_err("no table")
                .is_no_such_object()
        );
    }
    tokio::time::timeout(Duration::from_secs(10), async {
        while live.connections().await > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("dropped streams end on the server");
    live.end().await;
}
