//! The backend on SQLite: what statements do, and what is left when things go wrong.

mod statements;

use std::sync::Arc;
use std::time::{Duration, Instant};

use orm::backend::{Db, DbError, DbErrorKind, Executor, Transaction};
use orm::dialect::Sql;
use orm::value::{CivilDate, CivilDateTime, CivilTime, RowSet, Value};
use statements::{count, kind, rows, run, sql};
use tempfile::TempDir;

async fn memory() -> Db {
    let db = Db::connect("sqlite::memory:").await.expect("memory");
    run(
        &db,
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT UNIQUE)",
    )
    .await;
    db
}

async fn file(options: &str) -> (TempDir, Db) {
    let dir = tempfile::tempdir().expect("folder");
    let path = dir.path().join("x.db");
    let db = Db::connect(&format!("sqlite:{}{options}", path.display()))
        .await
        .expect("file");
    run(
        &db,
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT UNIQUE)",
    )
    .await;
    (dir, db)
}

/// Counts to a hundred million, which takes seconds unless it is interrupted.
const SLOW: &str = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100000000) \
                    SELECT MAX(n) FROM c";

#[tokio::test]
async fn values_come_back_in_their_stored_form() {
    let db = memory().await;
    let date = CivilDate {
        year: 2024,
        month: 2,
        day: 29,
    };
    let time = CivilTime {
        hour: 1,
        minute: 2,
        second: 3,
        micros: 4,
    };
    let cases = [
        (Value::Null, Value::Null),
        (Value::Bool(true), Value::Int(1)),
        (Value::Int(i64::MIN), Value::Int(i64::MIN)),
        (Value::UInt(7), Value::Int(7)),
        (Value::Double(0.1), Value::Double(0.1)),
        (Value::Decimal("10.10".into()), Value::Text("10.10".into())),
        (Value::Text("é'\\\0?".into()), Value::Text("é'\\\0?".into())),
        (Value::Bytes(vec![0, 255]), Value::Bytes(vec![0, 255])),
        (Value::Date(date), Value::Text("2024-02-29".into())),
        (Value::Time(time), Value::Text("01:02:03.000004".into())),
        (
            Value::DateTime(CivilDateTime { date, time }),
            Value::Text("2024-02-29 01:02:03.000004".into()),
        ),
        (Value::Json("{}".into()), Value::Text("{}".into())),
        (Value::Uuid([0xab; 16]), Value::Text("ab".repeat(16))),
        (Value::Vector(vec![1.0, 2.5]), Value::Text("[1,2.5]".into())),
    ];
    for (given, wanted) in cases {
        let got = db
            .fetch(sql("SELECT ?", [given.clone()]))
            .await
            .expect("select");
        assert_eq!(got.values, [wanted], "{given:?}");
    }
    let refused = db
        .fetch(sql("SELECT ?", [Value::UInt(u64::MAX)]))
        .await
        .expect_err("too large");
    assert_eq!(refused.kind, DbErrorKind::Data { column: None });
    let refused = db
        .fetch(sql("SELECT ?", [Value::Double(f64::NAN)]))
        .await
        .expect_err("NaN");
    assert_eq!(refused.kind, DbErrorKind::Data { column: None });
}

/// SQLite takes any bytes as text: what is not UTF-8 is told with its column, and reads as bytes.
#[tokio::test]
async fn text_that_is_not_utf8_is_told() {
    let db = memory().await;
    run(&db, "INSERT INTO t (a) VALUES (CAST(x'6fff' AS TEXT))").await;
    let error = db.fetch(sql("SELECT id, a FROM t", [])).await;
    let told = error.expect_err("no text").to_string();
    assert!(told.contains("`a`") && told.contains("not UTF-8"), "{told}");
    let bytes = rows(&db, "SELECT id, CAST(a AS BLOB) FROM t").await;
    assert_eq!(bytes.values[1], Value::Bytes(vec![0x6f, 0xff]));
}

#[tokio::test]
async fn execute_tells_rows_and_first_id() {
    let db = memory().await;
    let done = db.execute(sql(
        "INSERT INTO t (a) VALUES (?), (?)",
        ["x".into(), "y".into()].map(Value::Text),
    ));
    let done = done.await.expect("insert");
    assert_eq!((done.rows_affected, done.last_insert_id), (2, Some(1)));
    let done = db
        .execute(sql("UPDATE t SET a = a WHERE id < 10", []))
        .await
        .expect("update");
    assert_eq!((done.rows_affected, done.last_insert_id), (2, None));
    assert_eq!(run(&db, "DELETE FROM t WHERE id = 77").await, 0);
    assert_eq!(run(&db, "CREATE TABLE u (x)").await, 0);
    let empty = rows(&db, "SELECT id, a FROM t WHERE id = 77").await;
    assert!(empty.is_empty());
    assert_eq!(*empty.columns, ["id".to_owned(), "a".to_owned()]);
}

#[tokio::test]
async fn a_kept_statement_sees_new_columns() {
    let db = memory().await;
    run(&db, "INSERT INTO t (a) VALUES ('x')").await;
    assert_eq!(rows(&db, "SELECT * FROM t").await.columns.len(), 2);
    run(&db, "ALTER TABLE t ADD COLUMN b DEFAULT 5").await;
    let set = rows(&db, "SELECT * FROM t").await;
    assert_eq!((set.columns.len(), set.len()), (3, 1));
    run(&db, "ALTER TABLE t DROP COLUMN b").await;
    let set = rows(&db, "SELECT * FROM t").await;
    assert_eq!((set.columns.len(), set.values.len()), (2, 2));
}

#[tokio::test]
async fn a_file_reads_what_it_wrote_and_writes_through_with() {
    let (_dir, db) = file("").await;
    let text = "INSERT INTO t (a) VALUES ('x') RETURNING id";
    assert_eq!(rows(&db, text).await.values, [Value::Int(1)]);
    // Looks like reading, and writes.
    let text = "WITH n(v) AS (VALUES ('y')) INSERT INTO t (a) SELECT v FROM n RETURNING id";
    assert_eq!(rows(&db, text).await.values, [Value::Int(2)]);
    assert_eq!(count(&db, "t").await, 2);
    assert_eq!(
        rows(&db, "PRAGMA journal_mode").await.values,
        [Value::Text("wal".into())]
    );
    assert_eq!(
        rows(&db, "PRAGMA foreign_keys").await.values,
        [Value::Int(1)]
    );
}

#[tokio::test]
async fn readers_go_on_while_a_transaction_writes() {
    let (_dir, db) = file("").await;
    let tx = db.begin().await.expect("begin");
    run(&tx, "INSERT INTO t (a) VALUES ('x')").await;
    assert_eq!(count(&tx, "t").await, 1);
    assert_eq!(count(&db, "t").await, 0);
    tx.commit().await.expect("commit");
    assert_eq!(count(&db, "t").await, 1);
}

#[tokio::test]
async fn transactions_commit_roll_back_and_end() {
    for db in [memory().await, file("").await.1] {
        let tx = db.begin().await.expect("begin");
        run(&tx, "INSERT INTO t (a) VALUES ('gone')").await;
        let other = tx.clone();
        tx.rollback().await.expect("rollback");
        assert_eq!(
            kind(&other, "SELECT 1").await,
            DbErrorKind::TransactionState
        );
        assert_eq!(count(&db, "t").await, 0);

        let tx = db.begin().await.expect("begin");
        run(&tx, "INSERT INTO t (a) VALUES ('dropped')").await;
        drop(tx);
        assert_eq!(count(&db, "t").await, 0);

        let done: Result<i64, DbError> = db
            .atomic(|tx| async move {
                run(&tx, "INSERT INTO t (a) VALUES ('kept')").await;
                Ok(count(&tx, "t").await)
            })
            .await;
        assert_eq!(done.expect("atomic"), 1);
        let failed: Result<(), DbError> = db
            .atomic(|tx| async move {
                run(&tx, "INSERT INTO t (a) VALUES ('undone')").await;
                Err(DbError::new(DbErrorKind::Other, "mine"))
            })
            .await;
        assert_eq!(failed.expect_err("own error").message, "mine");
        assert_eq!(count(&db, "t").await, 1);
    }
}

#[tokio::test]
async fn nested_transactions_are_savepoints() {
    let db = memory().await;
    let tx = db.begin().await.expect("begin");
    run(&tx, "INSERT INTO t (a) VALUES ('outer')").await;
    let inner = tx.begin().await.expect("nested");
    run(&inner, "INSERT INTO t (a) VALUES ('inner')").await;
    let refused = tx
        .execute(sql("SELECT 1", []))
        .await
        .expect_err("the nested one is open");
    assert!(
        refused.message.contains("nested transaction is open"),
        "{refused}"
    );
    drop(inner);
    assert_eq!(count(&tx, "t").await, 1);
    let inner = tx.begin().await.expect("nested");
    run(&inner, "INSERT INTO t (a) VALUES ('inner')").await;
    let innermost = inner.begin().await.expect("nested twice");
    run(&innermost, "INSERT INTO t (a) VALUES ('innermost')").await;
    innermost.rollback().await.expect("rollback");
    inner.commit().await.expect("commit");
    tx.commit().await.expect("commit");
    assert_eq!(count(&db, "t").await, 2);
}

#[tokio::test]
async fn a_failed_statement_leaves_the_transaction_usable() {
    let db = memory().await;
    let tx = db.begin().await.expect("begin");
    run(&tx, "INSERT INTO t (a) VALUES ('x')").await;
    assert!(
        tx.execute(sql("INSERT INTO t (a) VALUES ('x')", []))
            .await
            .expect_err("twice")
            .is_unique_violation()
    );
    run(&tx, "INSERT INTO t (a) VALUES ('y')").await;
    tx.commit().await.expect("commit");
    assert_eq!(count(&db, "t").await, 2);
}

#[tokio::test]
async fn a_commit_that_fails_undoes_everything() {
    let db = memory().await;
    run(&db, "CREATE TABLE p (id INTEGER PRIMARY KEY)").await;
    run(
        &db,
        "CREATE TABLE c (p REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED)",
    )
    .await;
    let tx = db.begin().await.expect("begin");
    run(&tx, "INSERT INTO c (p) VALUES (9)").await;
    let failed = tx.commit().await.expect_err("deferred foreign key");
    assert!(failed.is_foreign_key_violation(), "{failed}");
    assert_eq!(count(&db, "c").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn atomic_works_in_a_spawned_task_with_captures() {
    let (_dir, db) = file("").await;
    let name = Arc::new("ann".to_owned());
    let task = tokio::spawn({
        let db = db.clone();
        async move {
            let name = &name;
            db.atomic(move |tx: Transaction| {
                let name = name.as_str().to_owned();
                async move {
                    tx.execute(sql("INSERT INTO t (a) VALUES (?)", [Value::Text(name)]))
                        .await?;
                    Ok::<_, DbError>(())
                }
            })
            .await
        }
    });
    task.await.expect("task").expect("atomic");
    assert_eq!(count(&db, "t").await, 1);
}

#[tokio::test]
async fn every_kind_of_error() {
    let db = memory().await;
    run(&db, "CREATE TABLE c (t INT NOT NULL REFERENCES t(id) ON DELETE RESTRICT, n INT CONSTRAINT small CHECK (n < 9))").await;
    run(&db, "INSERT INTO t (id, a) VALUES (1, 'x')").await;
    run(&db, "INSERT INTO c (t) VALUES (1)").await;
    let unique = DbErrorKind::UniqueViolation {
        constraint: None,
        table: Some("t".into()),
        columns: vec!["a".into()],
    };
    assert_eq!(kind(&db, "INSERT INTO t (a) VALUES ('x')").await, unique);
    let null = DbErrorKind::NotNull {
        table: Some("c".into()),
        column: Some("t".into()),
    };
    assert_eq!(kind(&db, "INSERT INTO c (t) VALUES (NULL)").await, null);
    let foreign = DbErrorKind::ForeignKey { constraint: None };
    assert_eq!(kind(&db, "INSERT INTO c (t) VALUES (5)").await, foreign);
    assert_eq!(kind(&db, "DELETE FROM t WHERE id = 1").await, foreign);
    let check = DbErrorKind::Check {
        constraint: Some("small".into()),
    };
    assert_eq!(
        kind(&db, "INSERT INTO c (t, n) VALUES (1, 10)").await,
        check
    );
    assert_eq!(
        kind(&db, "SELECT * FROM missing").await,
        DbErrorKind::NoSuchObject
    );
    assert_eq!(
        kind(&db, "SELECT missing FROM t").await,
        DbErrorKind::NoSuchObject
    );
    assert_eq!(kind(&db, "CREATE TABLE t (x)").await, DbErrorKind::Exists);
    assert_eq!(kind(&db, "SELEC 1").await, DbErrorKind::Syntax);
    assert_eq!(kind(&db, "SELECT 1; SELECT 2").await, DbErrorKind::Syntax);
    assert_eq!(
        kind(&db, "SELECT no_such(1)").await,
        DbErrorKind::Unsupported
    );
    let error = db.execute(sql(
        "INSERT INTO t (a) VALUES (?)",
        ["x".to_owned()].map(Value::Text),
    ));
    let error = error.await.expect_err("unique");
    assert_eq!(error.code, Some(2067));
    assert_eq!(error.statement(), Some("INSERT INTO t (a) VALUES (?)"));
    let wrong = db
        .fetch(sql("SELECT ?", []))
        .await
        .expect_err("no parameter");
    assert!(
        wrong.message.contains("1 parameters, 0 were given"),
        "{wrong}"
    );
}

#[tokio::test]
async fn what_cannot_be_opened_says_why() {
    let dir = tempfile::tempdir().expect("folder");
    let open = |name: &str| {
        let path = dir.path().join(name);
        async move {
            Db::connect(&format!("sqlite:{}", path.display()))
                .await
                .expect_err("refused")
        }
    };
    let error = open("missing/x.db").await;
    assert!(
        error.is_unreachable()
            && error.message.contains("folder")
            && error.message.contains("missing"),
        "{error}"
    );
    std::fs::write(
        dir.path().join("text.db"),
        "this is no database, only a text of some length ....",
    )
    .expect("write");
    let error = open("text.db").await;
    assert!(
        error.is_unreachable() && error.message.contains("no SQLite database"),
        "{error}"
    );
    std::fs::create_dir(dir.path().join("folder.db")).expect("folder");
    let error = open("folder.db").await;
    assert!(
        error.is_unreachable() && error.message.contains("folder.db"),
        "{error}"
    );
}

#[tokio::test]
async fn the_pool_names_who_holds_it() {
    let (_dir, db) = file("?acquire_timeout=0.1").await;
    let tx = db.begin().await.expect("begin");
    let error = db
        .execute(sql("DELETE FROM t", []))
        .await
        .expect_err("the writer is taken");
    assert!(error.is_timeout());
    let DbErrorKind::PoolTimeout { holders } = &error.kind else {
        panic!("{error:?}")
    };
    assert!(
        holders.len() == 1 && holders[0].contains("backend_sqlite.rs"),
        "{holders:?}"
    );
    assert!(error.message.contains("pool_max"), "{error}");
    drop(tx);
    run(&db, "DELETE FROM t").await;
}

#[tokio::test]
async fn writers_wait_their_turn() {
    let (_dir, db) = file("").await;
    let tasks: Vec<_> = (0..40)
        .map(|i| {
            let db = db.clone();
            tokio::spawn(async move {
                let tx = db.begin().await.expect("begin");
                tx.execute(sql(
                    "INSERT INTO t (a) VALUES (?)",
                    [Value::Text(i.to_string())],
                ))
                .await
                .expect("insert");
                tokio::task::yield_now().await;
                tx.commit().await.expect("commit");
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("task");
    }
    assert_eq!(count(&db, "t").await, 40);
    // First come, first served.
    let ordered = rows(&db, "SELECT a FROM t ORDER BY id").await.values;
    let expected: Vec<_> = (0..40).map(|i| Value::Text(i.to_string())).collect();
    assert_eq!(ordered, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_statements_do_not_block_the_runtime() {
    let (_dir, db) = file("?statement_timeout=0.7").await;
    let busy: Vec<_> = (0..3)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.fetch(sql(SLOW, [])).await })
        })
        .collect();
    let (start, mut worst) = (Instant::now(), Duration::ZERO);
    while start.elapsed() < Duration::from_millis(500) {
        let beat = Instant::now();
        tokio::time::sleep(Duration::from_millis(5)).await;
        worst = worst.max(beat.elapsed());
    }
    // Generous for a loaded machine; a blocked runtime would not beat before the statements end.
    assert!(worst < Duration::from_millis(300), "{worst:?}");
    for task in busy {
        let error = task.await.expect("task").expect_err("statement_timeout");
        assert_eq!(error.kind, DbErrorKind::Timeout);
        assert!(error.statement().is_some());
    }
    assert_eq!(count(&db, "t").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_tasks_leave_nothing_behind() {
    let (_dir, db) = file("").await;
    let start = Instant::now();
    for round in 0..100 {
        let db = db.clone();
        let task = tokio::spawn(async move {
            let tx = db.begin().await.expect("begin");
            run(&tx, &format!("INSERT INTO t (a) VALUES ('{round}')")).await;
            let _ = tx.fetch(sql(SLOW, [])).await;
            tx.commit().await.expect("never reached");
        });
        tokio::time::sleep(Duration::from_millis(round % 5)).await;
        task.abort();
        let _ = task.await;
    }
    assert_eq!(count(&db, "t").await, 0);
    run(&db, "INSERT INTO t (a) VALUES ('works')").await;
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "interrupts came late"
    );
}

#[tokio::test]
async fn a_cancelled_statement_dooms_its_transaction() {
    let db = memory().await;
    let tx = db.begin().await.expect("begin");
    run(&tx, "INSERT INTO t (a) VALUES ('x')").await;
    let slow = tokio::time::timeout(Duration::from_millis(50), tx.fetch(sql(SLOW, []))).await;
    assert!(slow.is_err());
    let error = tx
        .execute(sql("SELECT 1", []))
        .await
        .expect_err("cancelled before");
    assert_eq!(error.kind, DbErrorKind::TransactionState);
    assert!(error.message.contains("cancelled"), "{error}");
    drop(tx);
    assert_eq!(count(&db, "t").await, 0);
}

#[tokio::test]
async fn streams_in_chunks_and_stops_when_dropped() {
    let (_dir, db) = file("").await;
    let numbers = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 10000) SELECT n FROM c";
    let many = "SELECT value AS n FROM (".to_owned()
        + &numbers.replace("SELECT n FROM c", "SELECT n AS value FROM c")
        + ")";
    for text in [numbers, &many] {
        let mut stream = db
            .stream(sql(text, []), Box::new(RowSet::default()))
            .await
            .expect("stream");
        let (mut seen, mut chunks) = (0, 0);
        while let Some(chunk) = stream.next_chunk().await.expect("chunk") {
            assert!(chunk.as_ref().len() <= 4096);
            let chunk = RowSet::from_sink(chunk).expect("rows");
            assert_eq!(*chunk.columns, ["n".to_owned()]);
            for value in chunk.values {
                seen += 1;
                assert_eq!(value, Value::Int(seen));
            }
            chunks += 1;
        }
        assert_eq!((seen, chunks), (10_000, 3));
        assert!(stream.next_chunk().await.expect("after the end").is_none());
    }
    let endless = "SELECT n FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c)";
    for _ in 0..20 {
        let mut stream = db
            .stream(sql(endless, []), Box::new(RowSet::default()))
            .await
            .expect("stream");
        assert!(stream.next_chunk().await.expect("chunk").is_some());
    }
    assert_eq!(count(&db, "t").await, 0);
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

#[tokio::test]
async fn large_rows_make_small_chunks() {
    let (_dir, db) = file("").await;
    let text = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20) \
                SELECT zeroblob(600000) FROM c";
    let mut stream = db
        .stream(sql(text, []), Box::new(RowSet::default()))
        .await
        .expect("stream");
    let mut seen = 0;
    while let Some(chunk) = stream.next_chunk().await.expect("chunk") {
        assert!(chunk.as_ref().len() <= 2);
        seen += chunk.as_ref().len();
    }
    assert_eq!(seen, 20);
}

#[tokio::test]
async fn a_dropped_stream_keeps_the_memory_database() {
    let db = memory().await;
    run(&db, "INSERT INTO t (a) VALUES ('x')").await;
    let endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c";
    let mut stream = db
        .stream(sql(endless, []), Box::new(RowSet::default()))
        .await
        .expect("stream");
    assert!(stream.next_chunk().await.expect("chunk").is_some());
    drop(stream);
    assert_eq!(count(&db, "t").await, 1);
    // In a transaction the rest of it is lost, as on servers.
    let tx = db.begin().await.expect("begin");
    run(&tx, "INSERT INTO t (a) VALUES ('y')").await;
    let mut stream = tx
        .stream(sql(endless, []), Box::new(RowSet::default()))
        .await
        .expect("stream");
    assert!(stream.next_chunk().await.expect("chunk").is_some());
    drop(stream);
    assert_eq!(kind(&tx, "SELECT 1").await, DbErrorKind::TransactionState);
    drop(tx);
    assert_eq!(count(&db, "t").await, 1);
}

#[tokio::test]
async fn a_stream_in_a_transaction_holds_it() {
    let db = Db::builder("sqlite::memory:")
        .acquire_timeout(Duration::from_millis(100))
        .connect()
        .await
        .expect("memory");
    let tx = db.begin().await.expect("begin");
    let mut stream = tx
        .stream(
            sql("SELECT 1 UNION ALL SELECT 2", []),
            Box::new(RowSet::default()),
        )
        .await
        .expect("stream");
    let error = tx
        .execute(sql("SELECT 1", []))
        .await
        .expect_err("the stream is open");
    assert!(error.message.contains("stream"), "{error}");
    while stream.next_chunk().await.expect("chunk").is_some() {}
    drop(stream);
    run(&tx, "SELECT 1").await;
    tx.commit().await.expect("commit");
}

#[tokio::test]
async fn another_process_that_writes_is_waited_for() {
    let (dir, db) = file("?busy_timeout=0.1").await;
    // A second `Db` stands for another process: its writer is not in our queue.
    let other = Db::connect(&format!("sqlite:{}", dir.path().join("x.db").display()))
        .await
        .expect("second");
    let other = other.begin().await.expect("lock");
    let error = db.begin().await.expect_err("locked");
    assert!(error.is_retryable() && error.is_timeout(), "{error}");
    other.rollback().await.expect("unlock");
    db.begin()
        .await
        .expect("free again")
        .rollback()
        .await
        .expect("rollback");
}

#[tokio::test]
async fn statements_are_counted_and_recorded() {
    let db = memory().await;
    let before = (db.statements(), db.shapes());
    let recorder = db.record();
    let tx = db.begin().await.expect("begin");
    for i in 0..3 {
        tx.execute(sql("INSERT INTO t (a) VALUES (?)", [Value::Int(i)]))
            .await
            .expect("insert");
    }
    tx.commit().await.expect("commit");
    rows(&db.clone(), "SELECT a FROM t ORDER BY a").await;
    assert_eq!(recorder.count(), 4);
    assert_eq!(recorder.statements()[3], "SELECT a FROM t ORDER BY a");
    assert_eq!(
        recorder.all().first().map(String::as_str),
        Some("BEGIN IMMEDIATE")
    );
    assert_eq!((db.statements() - before.0, db.shapes() - before.1), (4, 2));
    recorder.clear();
    assert_eq!(recorder.count(), 0);
}

#[tokio::test]
async fn functions_that_the_dialect_counts_on() {
    let db = memory().await;
    run(&db, "CREATE TABLE d (x TEXT COLLATE orm_decimal)").await;
    run(
        &db,
        "INSERT INTO d VALUES ('10.5'), ('9'), ('-3.25'), (NULL)",
    )
    .await;
    let one = |text: &'static str| {
        let db = db.clone();
        async move { rows(&db, text).await.values[0].clone() }
    };
    let text = |t: &str| Value::Text(t.to_owned());
    assert_eq!(
        one("SELECT group_concat(x) FROM (SELECT x FROM d WHERE x IS NOT NULL ORDER BY x)").await,
        text("-3.25,9,10.5")
    );
    assert_eq!(one("SELECT orm_decimal_sum(x) FROM d").await, text("16.25"));
    assert_eq!(
        one("SELECT orm_decimal_avg(x) FROM d").await,
        text("5.416667")
    );
    assert_eq!(
        one("SELECT orm_decimal_sum(x) FROM d WHERE 0").await,
        Value::Null
    );
    assert_eq!(
        one("SELECT lower('ÉA') || upper('éß')").await,
        // Letter by letter: `ß` has no upper case of one letter.
        text("éaÉß")
    );
    assert_eq!(
        one("SELECT lower('ΣΑΣ İ') || upper('ﬁx')").await,
        text("σασ iﬁX")
    );
    assert_eq!(one("SELECT lower(NULL)").await, Value::Null);
    assert_eq!(one("SELECT 'abc' REGEXP '^a.c$'").await, Value::Int(1));
    assert_eq!(one("SELECT 'ABC' REGEXP '^a'").await, Value::Int(0));
    assert_eq!(one("SELECT regexp_i('^é', 'Éa')").await, Value::Int(1));
    assert_eq!(
        one("SELECT pow(2, 10) + sqrt(9) + floor(1.5)").await,
        Value::Double(1028.0)
    );
    assert_eq!(one("SELECT sqrt(-1)").await, Value::Null);
    assert_eq!(
        one("SELECT orm_decimal('a+b', '0.1', '0.2') || ' ' || orm_decimal('a-b', '0.1', '0.25') || ' ' || orm_decimal('a*(b-c)', '-1.50', 1, '0.95')").await,
        text("0.3 -0.15 -0.0750")
    );
    assert_eq!(
        one("SELECT orm_decimal('a+b', '1', NULL)").await,
        Value::Null
    );
    assert_eq!(
        one("SELECT orm_fit_decimal('0.00005', 'price', 6, 4) || ' ' || orm_fit_decimal('-99.99994', 'price', 6, 4)").await,
        text("0.0001 -99.9999")
    );
    assert_eq!(
        one("SELECT orm_fit_int(7, 'n', -8, 7)").await,
        Value::Int(7)
    );
    assert_eq!(one("SELECT orm_fit_text(NULL, 't', 1)").await, Value::Null);
    let column = |name: &str| Some(name.to_owned());
    for (refused, wanted) in [
        (
            "SELECT orm_fit_int(8, 'n', -8, 7)",
            DbErrorKind::Data {
                column: column("n"),
            },
        ),
        (
            "SELECT orm_fit_int(9223372036854775807 + 1, 'n', -8, 7)",
            DbErrorKind::Data {
                column: column("n"),
            },
        ),
        (
            "SELECT orm_fit_decimal('99.99995', 'price', 6, 4)",
            DbErrorKind::Data {
                column: column("price"),
            },
        ),
        (
            "SELECT orm_fit_text('éé', 't', 1)",
            DbErrorKind::DataTooLong {
                column: column("t"),
            },
        ),
        (
            "SELECT orm_fit_bytes(x'0001', 'b', 1)",
            DbErrorKind::DataTooLong {
                column: column("b"),
            },
        ),
        (
            "SELECT orm_fit_double(1e308 * 10, 'd')",
            DbErrorKind::Data {
                column: column("d"),
            },
        ),
    ] {
        assert_eq!(kind(&db, refused).await, wanted, "{refused}");
    }
    assert!(
        db.fetch(sql("SELECT 'a' REGEXP '('", []))
            .await
            .expect_err("bad pattern")
            .message
            .contains("regular expression")
    );
}

#[tokio::test]
async fn a_pinned_connection_stays_the_same() {
    let (_dir, db) = file("").await;
    let conn = db.acquire().await.expect("acquire");
    run(&conn, "CREATE TEMPORARY TABLE mine (x)").await;
    let tx = conn.begin().await.expect("begin");
    run(&tx, "INSERT INTO mine VALUES (1)").await;
    let error = conn
        .execute(sql("SELECT 1", []))
        .await
        .expect_err("a transaction is open");
    assert!(error.message.contains("transaction is open"), "{error}");
    drop(tx);
    assert_eq!(count(&conn, "mine").await, 0);
    let kept: Result<(), DbError> = conn
        .atomic(|tx| async move {
            run(&tx, "INSERT INTO mine VALUES (1)").await;
            Ok(())
        })
        .await;
    kept.expect("atomic");
    assert_eq!(count(&conn, "mine").await, 1);
}

#[tokio::test]
async fn debug_and_messages_show_no_password() {
    let error = Db::connect("mysql://root:s3cret@h:x/d")
        .await
        .expect_err("bad port");
    assert!(!format!("{error:?}").contains("s3cret"));
    let builder = format!("{:?}", Db::builder("mysql://root:s3cret@h/d"));
    assert!(!builder.contains("s3cret"), "{builder}");
}

/// A statement that runs where it is asked for.
fn point(text: &str, params: impl IntoIterator<Item = Value>) -> Sql {
    Sql {
        point: true,
        ..sql(text, params)
    }
}

/// On a runtime of one thread a task that reads by key without end leaves the others their turns.
#[tokio::test]
async fn point_reads_let_other_tasks_run() {
    let (_dir, db) = file("").await;
    run(&db, "INSERT INTO t (a) VALUES ('x')").await;
    let busy = tokio::spawn(async move {
        loop {
            db.fetch(point("SELECT a FROM t WHERE id = ?", [Value::Int(1)]))
                .await
                .expect("read");
        }
    });
    let turns = async {
        for _ in 0..50 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), turns)
        .await
        .expect("the other task had its turns");
    busy.abort();
}

/// The same of writes in a transaction, which run without a future of their own.
#[tokio::test]
async fn point_writes_let_other_tasks_run() {
    let (_dir, db) = file("").await;
    run(&db, "INSERT INTO t (a) VALUES ('x')").await;
    let busy = tokio::spawn(async move {
        let tx = db.begin().await.expect("begin");
        loop {
            let text = "UPDATE t SET a = ? WHERE id = ?";
            let update = point(text, [Value::Text("y".into()), Value::Int(1)]);
            let done = tx.execute(update).await.expect("write");
            assert_eq!(done.rows_affected, 1);
        }
    });
    let turns = async {
        for _ in 0..50 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), turns)
        .await
        .expect("the other task had its turns");
    busy.abort();
}

/// What a dropped transaction left is undone before the next statement, where ever that runs.
#[tokio::test]
async fn a_point_read_sees_no_dropped_transaction() {
    let db = memory().await;
    run(&db, "INSERT INTO t (a) VALUES ('x')").await;
    for _ in 0..200 {
        let tx = db.begin().await.expect("begin");
        let changed = tx
            .execute(point("UPDATE t SET a = 'y' WHERE id = ?", [Value::Int(1)]))
            .await
            .expect("update");
        assert_eq!(changed.rows_affected, 1);
        drop(tx);
        let read = db
            .fetch(point("SELECT a FROM t WHERE id = ?", [Value::Int(1)]))
            .await
            .expect("read");
        assert_eq!(read.values, [Value::Text("x".into())]);
    }
}

/// Panics at the first row, as a user's own type might.
struct Panicking;

impl orm::value::RowSink for Panicking {
    fn columns(&mut self, _: &Arc<[String]>) {}
    fn row(&mut self, _: &mut orm::value::RowReader<'_>) -> bool {
        panic!("cannot read this");
    }
    fn len(&self) -> usize {
        0
    }
    fn fresh(&self) -> Box<dyn orm::value::RowSink> {
        Box::new(Self)
    }
}

/// A panic while a row is read reaches the one who asked; the connection stays as it was.
#[tokio::test]
async fn a_panic_while_reading_harms_nobody_else() {
    let db = memory().await;
    run(&db, "INSERT INTO t (a) VALUES ('kept')").await;
    for hint in [false, true] {
        let reader = db.clone();
        let asked = tokio::spawn(async move {
            let read = Sql {
                point: hint,
                ..sql("SELECT a FROM t WHERE id = 1", [])
            };
            reader.read(read, Box::new(Panicking)).await.map(drop)
        });
        let panic = asked.await.expect_err("panicked").into_panic();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"cannot read this"));
        assert_eq!(
            count(&db, "t").await,
            1,
            "the database in memory is still there"
        );
    }
}
