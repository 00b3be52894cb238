//! Many sessions at once, large values, and what the gate costs.

mod common;

use std::time::{Duration, Instant};

use common::{Live, backend};
use gate::Options;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_tasks_insert_without_a_collision() {
    let Some(mut live) = Live::start(Options::default()).await else {
        return;
    };
    live.run(
        "CREATE TABLE t (id BIGINT NOT NULL AUTO_INCREMENT, task INT, x INT, PRIMARY KEY (id))",
    )
    .await;
    let mut tasks = Vec::new();
    for task in 0..64 {
        let opts = live.opts();
        tasks.push(tokio::spawn(async move {
            let mut conn = Conn::new(opts).await.expect("connects");
            for x in 0..20 {
                let rows = format!("INSERT INTO t (task, x) VALUES ({task}, {x}), ({task}, {x})");
                conn.query_drop(rows).await.expect("inserts");
                let first = conn.last_insert_id().expect("an id");
                let found: Option<i64> = conn
                    .exec_first("SELECT x AS x FROM t WHERE id = ?", (first,))
                    .await
                    .expect("reads");
                assert_eq!(found, Some(x));
            }
            conn.disconnect().await.expect("ends");
        }));
    }
    for task in tasks {
        task.await.expect("ends well");
    }
    assert_eq!(live.ids("SELECT COUNT(*) AS n FROM t").await, [64 * 20 * 2]);
    live.end().await;
}

#[tokio::test]
async fn two_gates_share_the_counters() {
    let Some(mut live) = Live::start(Options::default()).await else {
        return;
    };
    live.run("CREATE TABLE t (id BIGINT NOT NULL AUTO_INCREMENT, x INT, PRIMARY KEY (id))")
        .await;
    let second = gate::Gate::start(&backend().expect("a backend"), Options::default())
        .await
        .expect("starts");
    let opts = OptsBuilder::from_opts(Opts::from_url(second.url()).expect("a URL"))
        .db_name(Some(live.database.clone()));
    let mut other = Conn::new(opts).await.expect("connects");
    for _ in 0..50 {
        live.run("INSERT INTO t (x) VALUES (1), (2)").await;
        other
            .query_drop("INSERT INTO t (x) VALUES (1), (2)")
            .await
            .expect("inserts");
    }
    live.end().await;
}

#[tokio::test]
async fn large_values_and_several_statements_come_through() {
    let Some(mut live) = Live::start(Options::default()).await else {
        return;
    };
    live.run("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, b LONGBLOB)")
        .await;
    let value: Vec<u8> = (0..17 << 20).map(|i| (i % 251) as u8).collect();
    live.conn
        .exec_drop("INSERT INTO t VALUES (1, ?)", (&value,))
        .await
        .expect("inserts");
    let read: Option<Vec<u8>> = live
        .conn
        .query_first("SELECT b FROM t WHERE id = 1")
        .await
        .expect("reads");
    assert!(
        read.as_deref() == Some(&value[..]),
        "another value came back"
    );
    live.run("INSERT INTO t VALUES (2, X'00FF'), (3, _binary'\\0\\'x'); UPDATE t SET b = '' WHERE id = 2; SELECT id FROM t ORDER BY id").await;
    assert_eq!(
        live.ids("SELECT id FROM t WHERE b = '' ORDER BY id").await,
        [2]
    );
    let code = live
        .code("DELETE FROM t WHERE id = 3; SELECT nothing FROM t; DELETE FROM t")
        .await;
    assert_eq!(code, 1054);
    assert_eq!(live.ids("SELECT COUNT(*) AS n FROM t").await, [2]);
    live.end().await;
}

#[tokio::test]
async fn a_file_of_the_client_is_loaded() {
    let Some(mut live) = Live::start(Options::default()).await else {
        return;
    };
    live.run("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, x VARCHAR(20))")
        .await;
    let path = std::env::temp_dir().join(format!("{}.csv", live.database));
    let lines: String = (0..100_000).map(|i| format!("{i},x{i}\n")).collect();
    std::fs::write(&path, lines).expect("writes");
    let handler = mysql_async::WhiteListFsHandler::new([path.clone()]);
    let opts = OptsBuilder::from_opts(live.opts()).local_infile_handler(Some(handler));
    let mut conn = Conn::new(opts).await.expect("connects");
    let load = format!(
        "LOAD DATA LOCAL INFILE '{}' INTO TABLE t FIELDS TERMINATED BY ','",
        path.display()
    );
    let result = conn.query_drop(load).await;
    std::fs::remove_file(&path).expect("removes");
    result.expect("loads");
    assert_eq!(live.ids("SELECT COUNT(*) AS n FROM t").await, [100_000]);
    assert_eq!(
        live.ids("SELECT id FROM t WHERE x = 'x99999'").await,
        [99_999]
    );
    live.end().await;
}

#[tokio::test]
async fn an_unordered_result_of_many_rows_comes_whole() {
    let Some(mut live) = Live::start(Options::default()).await else {
        return;
    };
    live.run("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY)")
        .await;
    for from in (0..40_000).step_by(10_000) {
        let rows: Vec<String> = (from..from + 10_000).map(|i| format!("({i})")).collect();
        live.run(&format!("INSERT INTO t VALUES {}", rows.join(",")))
            .await;
    }
    let mut ids = live.ids("SELECT id FROM t").await;
    assert!(ids.windows(2).any(|w| w[1] < w[0]));
    ids.sort_unstable();
    assert_eq!(ids, (0..40_000).collect::<Vec<i64>>());
    let few = live.ids("SELECT id FROM t LIMIT 3").await;
    assert_ne!(few, live.ids("SELECT id FROM t LIMIT 3").await);
    live.end().await;
}

/// The lower quartile of the times of a statement through the gate and past it, in microseconds,
/// taken in turns so that what else runs on the machine weighs on both.
async fn times(conns: [&mut Conn; 2], texts: [&str; 2]) -> [f64; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for i in 0..400 {
        for side in 0..2 {
            let sql = texts[side].replace("{}", &(1 + i % 100).to_string());
            let from = Instant::now();
            conns[side].query_drop(sql).await.expect("runs");
            times[side].push(from.elapsed());
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 4].as_secs_f64() * 1e6
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stderr, reason = "the figures are what the test is for")]
async fn the_gate_adds_less_than_300_microseconds() {
    let Some(mut live) = Live::start(Options::default()).await else {
        return;
    };
    let rows: Vec<String> = (1..=100).map(|i| format!("({i}, {i}, 'n{i}')")).collect();
    for table in ["through", "past"] {
        live.run(&format!("CREATE TABLE {table} (id BIGINT NOT NULL AUTO_INCREMENT, x INT, name VARCHAR(40), PRIMARY KEY (id))"))
            .await;
        live.run(&format!("INSERT INTO {table} VALUES {}", rows.join(",")))
            .await;
    }
    live.run("AGGREGATOR SYNC AUTO_INCREMENT").await;
    let url = backend()
        .expect("a backend")
        .replace("mariadb://", "mysql://");
    let opts = OptsBuilder::from_opts(Opts::from_url(&url).expect("a URL"))
        .db_name(Some(live.database.clone()))
        .prefer_socket(false);
    let mut direct = Conn::new(opts).await.expect("connects");
    let statements = [
        (
            "point get",
            "SELECT t0.`id`, t0.`x`, t0.`name` FROM `through` AS t0 WHERE t0.`id` = {} ORDER BY t0.`id` LIMIT 1",
        ),
        (
            "update",
            "UPDATE `through` SET `x` = `through`.`x` + 1 WHERE `through`.`id` = {}",
        ),
        (
            "insert",
            "INSERT INTO `through` (`x`, `name`) VALUES ({}, 'new')",
        ),
        (
            "range",
            "SELECT t0.`id`, t0.`name` FROM `through` AS t0 WHERE t0.`id` <= 50 AND t0.`x` <> {} ORDER BY t0.`id`",
        ),
    ];
    for (name, text) in statements {
        let past = text.replace("`through`", "`past`");
        let mut best = f64::MAX;
        for _ in 0..10 {
            let [through, without] = times([&mut live.conn, &mut direct], [text, &past]).await;
            eprintln!("{name}: {through:.0} µs through the gate, {without:.0} µs without");
            best = best.min(through - without);
            if best < 300.0 {
                break;
            }
            // Another test has the machine.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        assert!(best < 300.0, "{name}: the gate adds {best:.0} µs");
    }
    live.end().await;
}
