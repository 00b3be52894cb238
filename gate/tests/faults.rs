//! Breaking on request.

mod common;

use std::time::{Duration, Instant};

use common::Live;
use gate::{Action, Fault, Options, Refusal, When};
use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

async fn table() -> Option<Live> {
    let mut live = Live::start(Options::default()).await?;
    live.run("CREATE TABLE f (id BIGINT NOT NULL PRIMARY KEY, x INT)")
        .await;
    Some(live)
}

async fn rows(live: &Live) -> Vec<i64> {
    let mut conn = live.connect().await;
    conn.query("SELECT id FROM f ORDER BY id")
        .await
        .expect("reads")
}

/// Waits for the backend to notice that a client has gone.
async fn rows_settle(live: &Live, expected: &[i64]) {
    for _ in 0..100 {
        if rows(live).await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(rows(live).await, expected);
}

#[tokio::test]
async fn a_cut_before_a_statement_leaves_nothing_of_it() {
    let Some(mut live) = table().await else {
        return;
    };
    let fault = Fault::new(2, When::Before, Action::Cut).matching("INSERT INTO f");
    live.control().arm(fault);
    live.run("INSERT INTO f VALUES (1, 1)").await;
    assert!(
        live.conn
            .query_drop("INSERT INTO f VALUES (2, 1)")
            .await
            .is_err()
    );
    assert!(
        live.conn.query_drop("SELECT 1 AS x").await.is_err(),
        "the connection is gone"
    );
    assert_eq!(rows(&live).await, [1]);
    assert_eq!(live.control().fired(), 1);
    live.conn = live.connect().await;
    live.run("INSERT INTO f VALUES (2, 1)").await;
    live.end().await;
}

#[tokio::test]
async fn a_cut_after_a_statement_leaves_its_effect() {
    let Some(mut live) = table().await else {
        return;
    };
    live.control().arm(Fault::new(1, When::After, Action::Cut));
    assert!(
        live.conn
            .query_drop("INSERT INTO f VALUES (1, 1)")
            .await
            .is_err()
    );
    assert_eq!(rows(&live).await, [1]);
    live.conn = live.connect().await;
    live.end().await;
}

#[tokio::test]
async fn a_cut_rolls_the_transaction_back() {
    let Some(mut live) = table().await else {
        return;
    };
    live.run("BEGIN").await;
    live.run("INSERT INTO f VALUES (1, 1)").await;
    live.control()
        .arm(Fault::new(1, When::Before, Action::Cut).matching("COMMIT"));
    assert!(live.conn.query_drop("COMMIT").await.is_err());
    rows_settle(&live, &[]).await;
    live.conn = live.connect().await;
    live.run("BEGIN").await;
    live.run("INSERT INTO f VALUES (2, 1)").await;
    live.control()
        .arm(Fault::new(1, When::After, Action::Cut).matching("COMMIT"));
    assert!(live.conn.query_drop("COMMIT").await.is_err());
    rows_settle(&live, &[2]).await;
    live.conn = live.connect().await;
    live.end().await;
}

#[tokio::test]
async fn ddl_is_cut_before_and_after() {
    let Some(mut live) = table().await else {
        return;
    };
    live.control().arm(Fault::new(1, When::Before, Action::Cut));
    assert!(
        live.conn
            .query_drop("ALTER TABLE f ADD COLUMN y INT")
            .await
            .is_err()
    );
    live.conn = live.connect().await;
    live.control().arm(Fault::new(1, When::After, Action::Cut));
    assert!(
        live.conn
            .query_drop("ALTER TABLE f ADD COLUMN y INT")
            .await
            .is_err()
    );
    live.conn = live.connect().await;
    assert_eq!(live.code("ALTER TABLE f ADD COLUMN y INT").await, 1060);
    live.end().await;
}

#[tokio::test]
async fn a_kill_ends_every_connection_for_a_while() {
    let Some(mut live) = table().await else {
        return;
    };
    let mut other = live.connect().await;
    let down = Duration::from_millis(400);
    live.control()
        .arm(Fault::new(1, When::Before, Action::Kill { down }));
    let from = Instant::now();
    assert!(
        live.conn
            .query_drop("INSERT INTO f VALUES (1, 1)")
            .await
            .is_err()
    );
    assert!(other.query_drop("SELECT 1 AS x").await.is_err());
    assert!(Conn::new(live.opts()).await.is_err());
    while Conn::new(live.opts()).await.is_err() {
        assert!(from.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(from.elapsed() >= down);
    assert_eq!(rows(&live).await, [0i64; 0]);
    live.conn = live.connect().await;
    live.end().await;
}

#[tokio::test]
async fn an_error_stands_in_place_of_a_statement_or_of_its_answer() {
    let Some(mut live) = table().await else {
        return;
    };
    let error = || Action::Error(Refusal::new(1205, "Lock wait timeout exceeded"));
    live.control().arm(Fault::new(1, When::Before, error()));
    assert_eq!(live.code("INSERT INTO f VALUES (1, 1)").await, 1205);
    assert_eq!(rows(&live).await, [0i64; 0]);
    live.control()
        .arm(Fault::new(1, When::After, error()).matching("insert"));
    assert_eq!(live.code("INSERT INTO f VALUES (1, 1)").await, 1205);
    assert_eq!(rows(&live).await, [1]);
    live.control().arm(Fault::new(1, When::After, error()));
    assert_eq!(live.code("SELECT id FROM f ORDER BY id").await, 1205);
    live.control()
        .arm(Fault::new(1, When::Before, error()).repeating());
    for _ in 0..3 {
        assert_eq!(live.code("SELECT id FROM f ORDER BY id").await, 1205);
    }
    live.control().disarm();
    live.run("SELECT id FROM f ORDER BY id").await;
    live.end().await;
}

#[tokio::test]
async fn faults_strike_prepared_statements() {
    let Some(mut live) = table().await else {
        return;
    };
    let insert = "INSERT INTO f VALUES (?, 1)";
    live.conn.exec_drop(insert, (1,)).await.expect("runs");
    let error = Action::Error(Refusal::new(1317, "Query execution was interrupted"));
    live.control().arm(Fault::new(1, When::After, error));
    let result = live.conn.exec_drop(insert, (2,)).await;
    assert_eq!(common::code(result), 1317);
    assert_eq!(rows(&live).await, [1, 2]);
    live.control().arm(Fault::new(1, When::Before, Action::Cut));
    assert!(live.conn.exec_drop(insert, (3,)).await.is_err());
    assert_eq!(rows(&live).await, [1, 2]);
    live.conn = live.connect().await;
    live.end().await;
}

#[tokio::test]
async fn a_delay_only_waits() {
    let Some(mut live) = table().await else {
        return;
    };
    let time = Duration::from_millis(150);
    for when in [When::Before, When::After] {
        live.control().arm(Fault::new(1, when, Action::Delay(time)));
        let from = Instant::now();
        live.run("SELECT id FROM f ORDER BY id").await;
        assert!(from.elapsed() >= time, "{when:?}");
    }
    live.end().await;
}

#[tokio::test]
async fn a_moved_master_loses_transactions() {
    let Some(mut live) = table().await else {
        return;
    };
    let mut other = live.connect().await;
    other.query_drop("BEGIN").await.expect("runs");
    other
        .query_drop("INSERT INTO f VALUES (1, 1)")
        .await
        .expect("runs");
    live.control().arm(Fault::new(
        1,
        When::Before,
        Action::MasterMoved { statements: 1 },
    ));
    assert_eq!(live.code("INSERT INTO f VALUES (2, 1)").await, 1777);
    assert_eq!(live.code("INSERT INTO f VALUES (2, 1)").await, 1777);
    live.run("INSERT INTO f VALUES (2, 1)").await;
    let lost = other.query_drop("INSERT INTO f VALUES (3, 1)").await;
    assert_eq!(common::code(lost), 1777);
    other.query_drop("COMMIT").await.expect("runs");
    assert_eq!(rows(&live).await, [2]);
    live.end().await;
}

#[tokio::test]
async fn the_control_connection_speaks_lines_and_sql() {
    let mut options = Options::default();
    options.control = Some("127.0.0.1:0".to_owned());
    let Some(mut live) = Live::start(options).await else {
        return;
    };
    live.run("CREATE TABLE f (id BIGINT NOT NULL PRIMARY KEY, x INT)")
        .await;
    let address = live.gate.control_address().expect("it listens");
    let (reader, mut writer) = TcpStream::connect(address)
        .await
        .expect("connects")
        .into_split();
    let mut lines = BufReader::new(reader).lines();
    writer
        .write_all(b"reset\nfault before 2 error 1205 Lock wait timeout\nnonsense\n")
        .await
        .expect("writes");
    let mut read = async || lines.next_line().await.expect("reads").expect("a line");
    assert_eq!(
        [read().await, read().await, read().await, read().await],
        ["ok", "", "ok", ""]
    );
    assert!(read().await.starts_with("error: unknown command"));
    live.run("INSERT INTO f VALUES (1, 1)").await;
    assert_eq!(live.code("INSERT INTO f VALUES (2, 1)").await, 1205);
    assert_eq!(live.text("GATE fired").await.as_deref(), Some("1"));
    assert_eq!(live.code("GATE nonsense").await, 1064);
    let counts = live.control().counts();
    assert_eq!(
        (counts.statements, counts.shapes),
        (2, 1),
        "GATE is not counted"
    );
    live.end().await;
}

#[tokio::test]
async fn what_a_careful_client_does_not_send_is_counted() {
    let Some(mut live) = table().await else {
        return;
    };
    live.control().reset();
    for clean in [
        "SELECT id FROM f ORDER BY id",
        "SELECT id, x + 1 AS y FROM f WHERE id = 3",
        "SELECT COUNT(*) AS n FROM f",
        "INSERT INTO f VALUES (5, 1)",
        "SELECT @@max_allowed_packet",
    ] {
        live.run(clean).await;
    }
    let counts = live.control().counts();
    let careless = [
        counts.unordered,
        counts.unaliased,
        counts.savepoints,
        counts.foreign_keys,
    ];
    assert_eq!(careless, [0; 4]);
    live.run("SELECT id FROM f").await;
    live.run("SELECT id FROM f ORDER BY x").await;
    live.run("SELECT x FROM (SELECT x FROM f LIMIT 1) AS t ORDER BY x")
        .await;
    live.run("SELECT x + 1 FROM f ORDER BY id").await;
    live.run("SAVEPOINT s").await;
    live.code(
        "CREATE TABLE g (id BIGINT PRIMARY KEY, f BIGINT, FOREIGN KEY (f) REFERENCES f (id))",
    )
    .await;
    live.code("ALTER TABLE f ADD FOREIGN KEY (x) REFERENCES f (id)")
        .await;
    let counts = live.control().counts();
    let careless = [
        counts.unordered,
        counts.unaliased,
        counts.savepoints,
        counts.foreign_keys,
    ];
    assert_eq!(careless, [3, 1, 1, 2]);
    assert_eq!(
        live.control().examples(gate::Note::Unaliased),
        ["SELECT x + 1 FROM f ORDER BY id"]
    );
    assert!(live.control().log().iter().any(|s| s == "SAVEPOINT s"));
    live.end().await;
}
