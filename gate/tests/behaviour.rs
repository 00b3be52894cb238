//! What differs from MySQL though no error tells of it: facts §2, §4, §8 and §9.

mod common;

use std::collections::BTreeSet;

use common::{Live, code};
use gate::{Action, Fault, LastKey, Options, Role, Savepoints, TableType, When};
use mysql_async::prelude::Queryable;

async fn live(options: Options) -> Option<Live> {
    Live::start(options).await
}

/// Two hundred rows, in a table of three columns.
async fn numbers(live: &mut Live) {
    live.run(
        "CREATE TABLE n (id BIGINT NOT NULL, g INT NOT NULL, t VARCHAR(20), PRIMARY KEY (id))",
    )
    .await;
    let rows: Vec<String> = (1..=200)
        .map(|i| format!("({i}, {}, 't{i}')", i % 5))
        .collect();
    live.run(&format!("INSERT INTO n VALUES {}", rows.join(",")))
        .await;
}

#[tokio::test]
async fn it_says_it_is_mysql_and_singlestore() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    let row: Option<(String, String, String, String)> = live
        .conn
        .query_first("SELECT VERSION(), @@version, @@memsql_version, @@system_time_zone")
        .await
        .expect("answers");
    let expected = ["5.7.32", "5.7.32", "9.0.12", "UTC"].map(str::to_owned);
    assert_eq!(row.map(<[String; 4]>::from), Some(expected));
    assert_eq!(live.conn.server_version(), (5, 7, 32));
    live.end().await;
}

#[tokio::test]
async fn rows_without_an_order_come_shuffled() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    numbers(&mut live).await;
    let sorted: Vec<i64> = (1..=200).collect();
    let first = live.ids("SELECT id FROM n").await;
    let second = live.ids("SELECT id FROM n").await;
    assert_ne!(first, sorted);
    assert_ne!(first, second);
    assert_eq!(first.iter().copied().collect::<BTreeSet<_>>().len(), 200);
    let prepared: Vec<i64> = live
        .conn
        .exec("SELECT id FROM n WHERE id > ?", (0,))
        .await
        .expect("runs");
    assert_ne!(prepared, sorted);
    assert_eq!(live.ids("SELECT id FROM n ORDER BY id").await, sorted);
    live.end().await;
}

#[tokio::test]
async fn ids_have_gaps_and_no_order() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    live.run("CREATE TABLE a (id BIGINT NOT NULL AUTO_INCREMENT, x INT, PRIMARY KEY (id), SHARD KEY (id))")
        .await;
    live.run("INSERT INTO a (x) VALUES (1), (2), (3), (4)")
        .await;
    let first = live.conn.last_insert_id().expect("an id") as i64;
    let ids = live.ids("SELECT id FROM a ORDER BY x").await;
    assert_eq!(ids[0], first);
    assert!(
        ids.windows(2).all(|w| w[1] - w[0] > 1),
        "contiguous: {ids:?}"
    );
    for x in 5..30 {
        live.run(&format!("INSERT INTO a (x) VALUES ({x})")).await;
        let id = live.conn.last_insert_id().expect("an id") as i64;
        let read = live.ids(&format!("SELECT id FROM a WHERE x = {x}")).await;
        assert_eq!(read, [id]);
    }
    let ids = live.ids("SELECT id FROM a ORDER BY x").await;
    assert!(ids.windows(2).any(|w| w[1] < w[0]), "in order: {ids:?}");
    live.conn
        .exec_drop("INSERT INTO a (x) VALUES (?)", (30,))
        .await
        .expect("runs");
    let id = live.conn.last_insert_id().expect("an id") as i64;
    assert_eq!(live.ids("SELECT id FROM a WHERE x = 30").await, [id]);
    live.end().await;
}

#[tokio::test]
async fn explicit_ids_do_not_move_the_counter_until_it_is_synced() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    live.run("CREATE TABLE a (id BIGINT NOT NULL AUTO_INCREMENT, x INT, PRIMARY KEY (id))")
        .await;
    let rows: Vec<String> = (1..=50).map(|i| format!("({i}, 0)")).collect();
    live.run(&format!("INSERT INTO a VALUES {}", rows.join(",")))
        .await;
    let mut seen = BTreeSet::new();
    for _ in 0..10 {
        seen.insert(live.code("INSERT INTO a (x) VALUES (1)").await);
    }
    assert!(seen.contains(&1062), "no collision: {seen:?}");
    live.run("AGGREGATOR SYNC AUTO_INCREMENT").await;
    for _ in 0..10 {
        live.run("INSERT INTO a (x) VALUES (1)").await;
    }
    live.end().await;
}

#[tokio::test]
async fn explicit_ids_move_the_counter_of_a_reference_table() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    live.run("CREATE REFERENCE TABLE r (id BIGINT NOT NULL AUTO_INCREMENT, x VARCHAR(3), PRIMARY KEY (id))").await;
    let rows: Vec<String> = (1..=50).map(|i| format!("({i}, '')")).collect();
    live.run(&format!("INSERT INTO r VALUES {}", rows.join(",")))
        .await;
    for _ in 0..20 {
        live.run("INSERT INTO r (x) VALUES ('a'), ('b')").await;
    }
    let ids = live.ids("SELECT id FROM r ORDER BY id").await;
    assert_eq!(ids.len(), 90);
    live.conn
        .exec_drop("INSERT INTO r (id, x) VALUES (?, 'c')", (900_000,))
        .await
        .expect("runs");
    live.run("INSERT INTO r (x) VALUES ('d')").await;
    assert!(live.ids("SELECT MAX(id) AS m FROM r").await[0] > 900_000);
    live.end().await;
}

#[tokio::test]
async fn an_id_set_aside_for_a_row_that_is_refused_goes_to_no_other_table() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    live.run("CREATE TABLE a (id BIGINT NOT NULL AUTO_INCREMENT, x VARCHAR(3), PRIMARY KEY (id))")
        .await;
    live.run("CREATE REFERENCE TABLE r (id BIGINT NOT NULL AUTO_INCREMENT, x VARCHAR(3), PRIMARY KEY (id))").await;
    for _ in 0..10 {
        assert_eq!(live.code("INSERT INTO a (x) VALUES ('long')").await, 1406);
        live.run("INSERT INTO r (x) VALUES ('a')").await;
        live.run("INSERT INTO a (x) VALUES ('a')").await;
        live.run("INSERT INTO a (x) SELECT x FROM a WHERE x = 'none'")
            .await;
        live.run("INSERT INTO r (x) VALUES ('a')").await;
    }
    live.end().await;
}

#[tokio::test]
async fn savepoints_succeed_and_do_nothing() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    numbers(&mut live).await;
    live.run("BEGIN").await;
    live.run("SAVEPOINT s").await;
    assert_eq!(live.conn.get_warnings(), 1);
    live.run("INSERT INTO n VALUES (1000, 0, '')").await;
    live.run("ROLLBACK TO SAVEPOINT s").await;
    live.run("COMMIT").await;
    assert_eq!(live.ids("SELECT id FROM n WHERE id = 1000").await, [1000]);
    assert_eq!(live.control().counts().savepoints, 2);
    live.run("SET warn_level = ERRORS").await;
    assert_eq!(live.code("SAVEPOINT s").await, 1706);
    live.end().await;
}

#[tokio::test]
async fn savepoints_can_be_refused() {
    let mut options = Options::default();
    options.savepoints = Savepoints::Refuse;
    let Some(mut live) = live(options).await else {
        return;
    };
    for sql in ["SAVEPOINT s", "RELEASE SAVEPOINT s", "ROLLBACK TO s"] {
        assert_eq!(live.code(sql).await, 1706, "{sql}");
    }
    live.end().await;
}

#[tokio::test]
async fn ddl_commits() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    numbers(&mut live).await;
    for (i, ddl) in [
        "CREATE TABLE x (id BIGINT PRIMARY KEY)",
        "ALTER TABLE x ADD COLUMN y INT",
        "DROP TABLE x",
        "CREATE TEMPORARY TABLE y (id BIGINT PRIMARY KEY)",
        "OPTIMIZE TABLE n FLUSH",
        "AGGREGATOR SYNC AUTO_INCREMENT",
        "TRUNCATE TABLE y",
    ]
    .into_iter()
    .enumerate()
    {
        let id = 1000 + i;
        live.run("BEGIN").await;
        live.run(&format!("INSERT INTO n VALUES ({id}, 0, '')"))
            .await;
        live.run(ddl).await;
        live.run("ROLLBACK").await;
        let found = live.ids(&format!("SELECT id FROM n WHERE id = {id}")).await;
        assert_eq!(found.len(), 1, "{ddl} did not commit");
    }
    live.end().await;
}

#[tokio::test]
async fn prepares_can_be_refused() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    numbers(&mut live).await;
    for sql in [
        "SHOW TABLES",
        "EXPLAIN SELECT 1",
        "OPTIMIZE TABLE n",
        "CREATE TABLE q (a INT)",
    ] {
        assert_eq!(code(live.conn.prep(sql).await), 1295, "{sql}");
    }
    live.control().set_prepare(false);
    assert_eq!(code(live.conn.prep("SELECT 1 AS x").await), 1706);
    live.end().await;
}

#[tokio::test]
async fn a_child_aggregator_does_not_write_reference_tables_in_a_transaction() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    live.run("CREATE REFERENCE TABLE r (id BIGINT PRIMARY KEY, x INT)")
        .await;
    live.run("CREATE TABLE s (id BIGINT PRIMARY KEY, x INT)")
        .await;
    live.control().set_role(Role::Child);
    live.run("INSERT INTO r VALUES (1, 1)").await;
    live.run("BEGIN").await;
    live.run("INSERT INTO s VALUES (1, 1)").await;
    for sql in [
        "INSERT INTO r VALUES (2, 1)",
        "UPDATE r SET x = 2",
        "DELETE FROM r WHERE id = 1",
    ] {
        assert_ne!(live.code(sql).await, 0, "{sql}");
    }
    live.run("COMMIT").await;
    live.run("UPDATE r SET x = 2").await;
    assert_ne!(live.code("CREATE TABLE z (id BIGINT PRIMARY KEY)").await, 0);
    live.control().set_role(Role::Master);
    live.end().await;
}

#[tokio::test]
async fn a_shared_tier_has_no_rowstore() {
    let mut options = Options::default();
    options.shared_tier = true;
    let Some(mut live) = live(options).await else {
        return;
    };
    assert_ne!(
        live.code("CREATE ROWSTORE TABLE r (id BIGINT PRIMARY KEY)")
            .await,
        0
    );
    live.run("CREATE TABLE c (id BIGINT PRIMARY KEY)").await;
    live.end().await;
}

#[tokio::test]
async fn the_default_table_type_decides_what_a_bare_table_is() {
    let mut options = Options::default();
    options.default_table_type = TableType::Rowstore;
    let Some(mut live) = live(options).await else {
        return;
    };
    let float = "CREATE TABLE f (id DOUBLE PRIMARY KEY)";
    live.run(float).await;
    live.run("DROP TABLE f").await;
    live.run("SET default_table_type = 'columnstore'").await;
    assert_ne!(live.code(float).await, 0);
    live.end().await;
}

#[tokio::test]
async fn strict_mode_stays_on() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    live.run("CREATE TABLE s (id BIGINT PRIMARY KEY, x VARCHAR(2))")
        .await;
    live.run("SET sql_mode = 'ANSI_QUOTES'").await;
    assert_eq!(
        live.code("INSERT INTO \"s\" VALUES (1, 'long')").await,
        1406
    );
    live.run("SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'")
        .await;
    live.run(r"INSERT INTO s VALUES (1, '\'), (2, 'b')").await;
    assert_eq!(
        live.text("SELECT x FROM s WHERE id = 1").await.as_deref(),
        Some("\\")
    );
    live.end().await;
}

#[tokio::test]
async fn sessions_do_not_leak_through_a_reset() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    live.run("SET warn_level = ERRORS").await;
    live.run("CREATE TEMPORARY TABLE tmp (id BIGINT PRIMARY KEY)")
        .await;
    assert!(live.conn.reset().await.expect("resets"));
    let use_it = format!("USE {}", live.database);
    live.run(&use_it).await;
    live.run("SAVEPOINT s").await;
    assert_eq!(live.code("SELECT * FROM tmp").await, 1146);
    live.end().await;
}

#[tokio::test]
async fn json_and_enum_have_singlestores_types_on_the_wire() {
    use mysql_async::consts::ColumnType;
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    live.run(
        "CREATE TABLE j (id BIGINT PRIMARY KEY, j JSON, t LONGTEXT, e ENUM('a', 'b'), b LONGBLOB)",
    )
    .await;
    live.run("INSERT INTO j VALUES (1, '{\"a\": [1]}', 't', 'b', 'x')")
        .await;
    let mut result = live
        .conn
        .query_iter("SELECT j, t, e, b FROM j ORDER BY id")
        .await
        .expect("runs");
    let types: Vec<ColumnType> = result
        .columns_ref()
        .iter()
        .map(|c| c.column_type())
        .collect();
    let rows: Vec<(String, String, String, String)> = result.collect().await.expect("reads");
    drop(result);
    assert_eq!(
        types,
        [
            ColumnType::MYSQL_TYPE_JSON,
            ColumnType::MYSQL_TYPE_BLOB,
            ColumnType::MYSQL_TYPE_VAR_STRING,
            ColumnType::MYSQL_TYPE_BLOB,
        ]
    );
    let values = ["{\"a\": [1]}", "t", "b", "x"].map(str::to_owned);
    assert_eq!(
        rows.into_iter()
            .map(<[String; 4]>::from)
            .collect::<Vec<_>>(),
        [values]
    );
    live.end().await;
}

#[tokio::test]
async fn expressions_of_singlestores_give_its_values() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    live.run("CREATE TABLE j (id BIGINT PRIMARY KEY, j JSON, v VECTOR(2), at DATETIME(6), s VARCHAR(20))").await;
    live.run("INSERT INTO j VALUES (1, '{\"a\": {\"b c\": \"x\"}, \"n\": 2.5, \"l\": [7, 8]}', '[3,4]', '2024-05-17 10:11:12.5', 'Word')").await;
    for (expression, value) in [
        ("j::a::$`b c`", "x"),
        ("j::%n", "2.5"),
        ("j::l", "[7, 8]"),
        ("j::l::`1`", "8"),
        ("j::?a", "1"),
        ("JSON_EXTRACT_STRING(j, 'a', 'b c')", "x"),
        ("JSON_EXTRACT_BIGINT(j, 'l', 1)", "8"),
        ("JSON_EXTRACT_DOUBLE(j, 'n') + 1", "3.5"),
        ("(j::l) = ('[7,8]' :> JSON)", "1"),
        ("(j::l) <> ('[8,7]' :> JSON)", "1"),
        ("NULL <=> ('1' :> JSON)", "0"),
        ("('12' :> BIGINT) + 1", "13"),
        ("(SUM(2) OVER () :> BIGINT) + 1", "3"),
        ("id + 1 :> DECIMAL(10, 2)", "2.00"),
        ("(s :> CHAR(2)) :> CHAR(1)", "W"),
        ("(s :> LONGTEXT COLLATE utf8mb4_bin) = 'word'", "0"),
        ("REGEXP_INSTR(s, 'wor', 1, 1, 0, 'i') > 0", "1"),
        ("REGEXP_INSTR(s, 'wor', 1, 1, 0, 'c') > 0", "0"),
        ("DATE_TRUNC('month', at)", "2024-05-01 00:00:00.000000"),
        ("DATE_TRUNC('week', at)", "2024-05-13 00:00:00.000000"),
        ("TIME_BUCKET('5m', at)", "2024-05-17 10:10:00.000000"),
        (
            "TO_CHAR(at, 'YYYY-MM-DD HH24:MI:SS')",
            "2024-05-17 10:11:12",
        ),
        ("v <*> ('[1,0]' :> VECTOR(2))", "3"),
        ("v <-> '[0,0]'", "5"),
        ("JSON_BUILD_OBJECT('a', 1)", "{\"a\": 1}"),
        ("JSON_SET_STRING('{}', 'a', 'x')", "{\"a\": \"x\"}"),
        ("JSON_ARRAY_CONTAINS_STRING('[\"a\"]', 'a')", "1"),
        ("JSON_GET_TYPE('null')", "null"),
        ("LAG(id, 1, 9) OVER (ORDER BY id)", "9"),
    ] {
        let sql = format!("SELECT {expression} AS x FROM j ORDER BY id");
        assert_eq!(
            live.text(&sql).await.as_deref(),
            Some(value),
            "{expression}"
        );
    }
    live.end().await;
}

#[tokio::test]
async fn a_lock_wait_ends_in_1205_and_may_lose_the_transaction() {
    for rolls_back in [false, true] {
        let mut options = Options::default();
        options.lock_wait = std::time::Duration::from_secs(1);
        options.lock_timeout_rolls_back = rolls_back;
        let Some(mut live) = live(options).await else {
            return;
        };
        live.run("CREATE TABLE l (id BIGINT PRIMARY KEY, x INT)")
            .await;
        live.run("INSERT INTO l VALUES (1, 1), (2, 1)").await;
        let mut holder = live.connect().await;
        holder.query_drop("BEGIN").await.expect("runs");
        holder
            .query_drop("UPDATE l SET x = 2 WHERE id = 1")
            .await
            .expect("runs");
        live.run("BEGIN").await;
        live.run("UPDATE l SET x = 3 WHERE id = 2").await;
        assert_eq!(live.code("UPDATE l SET x = 3 WHERE id = 1").await, 1205);
        live.run("COMMIT").await;
        let kept = live.ids("SELECT x FROM l WHERE id = 2").await;
        assert_eq!(kept, [if rolls_back { 1 } else { 3 }]);
        holder.query_drop("ROLLBACK").await.expect("runs");
        live.end().await;
    }
}

#[tokio::test]
async fn ids_can_be_contiguous() {
    let mut options = Options::default();
    options.contiguous_ids = true;
    let Some(mut live) = live(options).await else {
        return;
    };
    live.run("CREATE TABLE a (id BIGINT NOT NULL AUTO_INCREMENT, x INT, PRIMARY KEY (id))")
        .await;
    live.run("INSERT INTO a (x) VALUES (1), (2), (3)").await;
    let ids = live.ids("SELECT id FROM a ORDER BY x").await;
    assert_eq!([ids[1] - ids[0], ids[2] - ids[1]], [1, 1]);
    live.end().await;
}

#[tokio::test]
async fn temporary_tables_are_their_session_s_own() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    live.run("CREATE TABLE t (id BIGINT NOT NULL, x INT, PRIMARY KEY (id))")
        .await;
    live.run("CREATE TEMPORARY TABLE t (x INT NOT NULL, y INT, PRIMARY KEY (x))")
        .await;
    live.run("ALTER TABLE t ADD COLUMN z INT").await;
    // Here x is the shard key, for others it is not.
    assert_ne!(live.code("UPDATE t SET x = 1").await, 0);
    let mut other = live.connect().await;
    other.query_drop("UPDATE t SET x = 1").await.expect("runs");
    live.run("CREATE TEMPORARY TABLE u AS SELECT x FROM t")
        .await;
    live.run("SELECT x FROM u").await;
    let shown: Vec<String> = live
        .conn
        .query("SHOW TEMPORARY TABLES")
        .await
        .expect("answers");
    assert_eq!(shown, ["t", "u"]);
    live.run("DROP TABLE t").await;
    live.run("UPDATE t SET x = 2").await;
    live.end().await;
}

#[tokio::test]
async fn a_prepared_statement_is_judged_anew_after_ddl() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    live.run("CREATE TABLE t (id BIGINT NOT NULL, x INT, PRIMARY KEY (id), SHARD KEY (id))")
        .await;
    let update = live
        .conn
        .prep("UPDATE t SET x = ? WHERE id = 1")
        .await
        .expect("prepares");
    live.conn.exec_drop(&update, (1,)).await.expect("runs");
    live.run("DROP TABLE t").await;
    live.run("CREATE TABLE t (id BIGINT NOT NULL, x INT, SHARD KEY (x))")
        .await;
    assert_eq!(code(live.conn.exec_drop(&update, (1,)).await), 1706);
    live.end().await;
}

#[tokio::test]
async fn ties_come_in_another_order_each_time() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    numbers(&mut live).await;
    let tied = "SELECT id FROM n ORDER BY g";
    let first = live.ids(tied).await;
    assert_ne!(first, live.ids(tied).await);
    // Still ordered by what was asked for.
    let groups = live
        .ids("SELECT g FROM (SELECT id, g FROM n) AS t ORDER BY g, id")
        .await;
    assert!(groups.windows(2).all(|w| w[0] <= w[1]));
    let by_group: Vec<i64> = first.iter().map(|id| id % 5).collect();
    assert!(by_group.windows(2).all(|w| w[0] <= w[1]), "{by_group:?}");
    let limited = "SELECT id FROM n ORDER BY g LIMIT 5";
    let mut seen = BTreeSet::new();
    for _ in 0..5 {
        seen.insert(live.ids(limited).await);
    }
    assert!(seen.len() > 1, "the same five each time");
    live.end().await;
}

#[tokio::test]
async fn a_limit_behind_a_union_binds_to_the_last_branch() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    numbers(&mut live).await;
    let union = "SELECT id FROM n WHERE id <= 3 UNION ALL SELECT id FROM n WHERE id > 190";
    assert_eq!(
        live.ids(&format!("{union} ORDER BY id LIMIT 2"))
            .await
            .len(),
        5
    );
    let wrapped = format!("SELECT * FROM ({union}) AS t ORDER BY id LIMIT 2");
    assert_eq!(live.ids(&wrapped).await, [1, 2]);
    live.end().await;
}

#[tokio::test]
async fn rows_come_in_the_backends_order_when_asked() {
    let mut options = Options::default();
    options.shuffle = false;
    let Some(mut live) = live(options).await else {
        return;
    };
    numbers(&mut live).await;
    let sorted: Vec<i64> = (1..=200).collect();
    assert_eq!(live.ids("SELECT id FROM n").await, sorted);
    assert_eq!(
        live.control().counts().unordered,
        1,
        "and still it is counted"
    );
    live.end().await;
}

/// One open question: how the switch is set to the other answer, and the statement that shows it.
type Question = (fn(&mut Options), &'static str, bool);

#[tokio::test]
async fn open_questions_have_two_answers() {
    // Each with whether the statement is accepted by default.
    let questions: [Question; 7] = [
        (
            |o| o.int_auto_increment = true,
            "CREATE TABLE q (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY)",
            false,
        ),
        (
            |o| o.btree_on_columnstore = false,
            "CREATE TABLE q (id BIGINT PRIMARY KEY, a INT, KEY (a) USING BTREE)",
            true,
        ),
        (
            |o| o.drop_rowstore_primary_key = true,
            "ALTER TABLE r DROP PRIMARY KEY",
            false,
        ),
        (
            |o| o.add_not_null_without_default = false,
            "ALTER TABLE n ADD COLUMN bare INT NOT NULL",
            true,
        ),
        (|o| o.prepare = false, "PREPARED", true),
        (
            |o| o.shapes = gate::Shapes::Strict,
            "SELECT id FROM n WHERE EXISTS (SELECT 1 AS x FROM r WHERE r.a = n.id) ORDER BY id",
            true,
        ),
        (
            |o| o.engine_version = "9.1.1".to_owned(),
            "ALTER TABLE n COLLATE utf8mb4_bin",
            false,
        ),
    ];
    for (set, statement, accepted) in questions {
        for other in [false, true] {
            let mut options = Options::default();
            if other {
                set(&mut options);
            }
            let Some(mut live) = live(options).await else {
                return;
            };
            numbers(&mut live).await;
            live.run("CREATE ROWSTORE TABLE r (id BIGINT NOT NULL, a INT, PRIMARY KEY (id))")
                .await;
            let code = match statement {
                "PREPARED" => code(live.conn.prep("SELECT 1 AS x").await),
                _ => live.code(statement).await,
            };
            assert_eq!(code == 0, accepted != other, "{statement}: {code}");
            live.end().await;
        }
    }
}

#[tokio::test]
async fn upserts_can_count_each_row_once() {
    for rows in [false, true] {
        let mut options = Options::default();
        options.upsert_counts_rows = rows;
        let Some(mut live) = live(options).await else {
            return;
        };
        live.run("CREATE TABLE u (id BIGINT NOT NULL, x INT, PRIMARY KEY (id))")
            .await;
        live.run("INSERT INTO u VALUES (1, 1)").await;
        live.run("INSERT INTO u VALUES (1, 5), (2, 5) ON DUPLICATE KEY UPDATE x = VALUES(x)")
            .await;
        assert_eq!(live.conn.affected_rows(), if rows { 2 } else { 3 });
        live.end().await;
    }
}

#[tokio::test]
async fn a_full_join_has_the_rows_of_both_sides() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    live.run("CREATE TABLE a (id BIGINT PRIMARY KEY, x INT)")
        .await;
    live.run("CREATE TABLE b (id BIGINT PRIMARY KEY, x INT)")
        .await;
    live.run("INSERT INTO a VALUES (1, 1), (2, 2)").await;
    live.run("INSERT INTO b VALUES (2, 5), (3, 6)").await;
    let rows: Vec<(Option<i64>, Option<i64>)> = live
        .conn
        .query("SELECT a.id AS l, b.id AS r FROM a FULL OUTER JOIN b ON b.id = a.id ORDER BY l DESC, r LIMIT 9")
        .await
        .expect("runs");
    assert_eq!(rows, [(Some(2), Some(2)), (Some(1), None), (None, Some(3))]);
    let rows: Vec<(Option<i64>, Option<i64>)> = live
        .conn
        .query("SELECT a.id AS l, b.id AS r FROM a FULL JOIN b ON b.id = a.id WHERE b.x > 5 ORDER BY a.id")
        .await
        .expect("runs");
    assert_eq!(rows, [(None, Some(3))]);
    live.end().await;
}

#[tokio::test]
async fn errors_of_leaves_say_so() {
    let mut options = Options::default();
    options.leaf_errors = true;
    let Some(mut live) = live(options).await else {
        return;
    };
    live.run("CREATE TABLE l (id BIGINT PRIMARY KEY, x VARCHAR(2))")
        .await;
    live.run("INSERT INTO l VALUES (1, 'a')").await;
    for (sql, code) in [
        ("INSERT INTO l VALUES (1, 'b')", 1062),
        ("INSERT INTO l VALUES (2, 'long')", 1406),
    ] {
        let Err(mysql_async::Error::Server(error)) = live.conn.query_drop(sql).await else {
            panic!("{sql} is taken");
        };
        assert_eq!(error.code, code);
        assert!(
            error.message.starts_with("Leaf Error (127.0.0.1:3307): D"),
            "{}",
            error.message
        );
    }
    let Err(mysql_async::Error::Server(error)) = live.conn.query_drop("SELEC 1").await else {
        panic!("it is taken");
    };
    assert!(
        error.message.contains("MySQL server version") && error.code == 1064,
        "{}",
        error.message
    );
    live.end().await;
}

#[tokio::test]
async fn no_database_is_an_empty_text() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    assert_eq!(
        live.text("SELECT DATABASE()").await.as_ref(),
        Some(&live.database)
    );
    let mut bare = mysql_async::Conn::from_url(live.gate.url())
        .await
        .expect("connects");
    let row: Option<Option<String>> = bare
        .query_first("SELECT DATABASE()")
        .await
        .expect("answers");
    assert_eq!(row, Some(Some(String::new())));
    live.end().await;
}

#[tokio::test]
async fn recursive_queries_end_with_2741_at_32_iterations() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    let count = |to: u32| {
        format!(
            "WITH RECURSIVE r AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM r WHERE n < {to}) \
             SELECT n FROM r ORDER BY n"
        )
    };
    assert_eq!(live.ids(&count(30)).await, (0..=30).collect::<Vec<i64>>());
    for to in [32, 5_000] {
        let refused = live.conn.query::<i64, _>(count(to)).await;
        assert_eq!(code(refused), 2741, "{to}");
    }
    let refused = live.conn.exec::<i64, _, _>(count(40), ()).await;
    assert_eq!(code(refused), 2741);
    // Rows that have no order are held back to be shuffled, and end no better.
    let unordered = count(40).replace(" ORDER BY n", "");
    let refused = live.conn.query::<i64, _>(unordered).await;
    assert_eq!(code(refused), 2741);
    // It can be set for the session.
    live.run("SET max_recursive_cte_iterations = 100").await;
    assert_eq!(live.ids(&count(90)).await.len(), 91);
    assert_eq!(live.ids("SELECT 7").await, [7]);
    live.end().await;
}

/// The parts of a recursive query have the types that its casts say, however short the first rows are.
#[tokio::test]
async fn casts_give_recursive_columns_their_width() {
    let Some(mut live) = live(Options::default()).await else {
        return;
    };
    let text: Option<(String, i64)> = live
        .conn
        .query_first(
            "WITH RECURSIVE r AS (SELECT ('a' :> LONGTEXT COLLATE utf8mb4_bin) AS t, (1 :> BIGINT) AS n, 0 AS d \
             UNION ALL SELECT (CONCAT(t, REPEAT('b', 500)) :> LONGTEXT COLLATE utf8mb4_bin), (n * 100 :> BIGINT), d + 1 FROM r WHERE d < 8) \
             SELECT t, n FROM r ORDER BY d DESC LIMIT 1",
        )
        .await
        .expect("runs");
    let (text, number) = text.expect("a row");
    assert_eq!((text.len(), number), (4_001, 100_i64.pow(8)));
    live.end().await;
}

/// Facts §2, §9: CLIENT_MULTI_STATEMENTS works. In one trip or one by one, where a fault may strike,
/// the answers are the same.
#[tokio::test]
async fn statements_of_a_packet_run_in_turn_to_the_first_that_is_refused() {
    for one_by_one in [false, true] {
        let Some(mut live) = live(Options::default()).await else {
            return;
        };
        live.run("CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, x INT)")
            .await;
        live.run("CREATE TABLE u (x INT PRIMARY KEY)").await;
        if one_by_one {
            let never = Fault::new(1, When::Before, Action::Cut).matching("never sent");
            live.control().arm(never);
        }
        live.control().reset();
        let whole = "BEGIN; INSERT INTO t (x) VALUES (1), (2); UPDATE t SET x = 5; \
                     INSERT INTO u VALUES (LAST_INSERT_ID()); COMMIT";
        let mut result = live.conn.query_iter(whole).await.expect("runs");
        let mut affected = Vec::new();
        for _ in 0..5 {
            affected.push(result.affected_rows());
            result
                .collect::<mysql_async::Row>()
                .await
                .expect("an answer");
        }
        drop(result);
        assert_eq!(affected, [0, 2, 2, 1, 0]);
        let counts = live.control().counts();
        assert_eq!((counts.trips, counts.statements), (1, 5));
        let first = live.ids("SELECT MIN(id) AS id FROM t").await;
        assert_eq!(live.ids("SELECT x FROM u").await, first);

        let taken = format!(
            "BEGIN; INSERT INTO t (x) VALUES (3); INSERT INTO u VALUES ({}); COMMIT",
            first[0]
        );
        live.control().reset();
        assert_eq!(code(live.conn.query_drop(&taken).await), 1062);
        assert_eq!(live.control().counts().statements, 3);
        // The transaction is open behind what was refused.
        assert_eq!(live.ids("SELECT COUNT(*) AS n FROM t").await, [3]);
        live.run("ROLLBACK").await;
        assert_eq!(live.ids("SELECT COUNT(*) AS n FROM t").await, [2]);
        // What the gate itself refuses stops the others too.
        let refused = "BEGIN; INSERT INTO t (x) VALUES (3); UPDATE t SET id = 1; COMMIT";
        let error = code(live.conn.query_drop(refused).await);
        assert_ne!(error, 0);
        assert_eq!(live.ids("SELECT COUNT(*) AS n FROM t").await, [3]);
        live.run("ROLLBACK").await;
        live.end().await;
    }
}

/// Nothing in the facts tells what LAST_INSERT_ID() is there (§4 knows it as a function).
#[tokio::test]
async fn the_last_key_among_values_is_an_open_question() {
    for last_key in [LastKey::Known, LastKey::Zero, LastKey::Refused] {
        let mut options = Options::default();
        options.last_key = last_key;
        let Some(mut live) = live(options).await else {
            return;
        };
        live.run("CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, x INT)")
            .await;
        live.run("CREATE TABLE u (x INT PRIMARY KEY, t VARCHAR(40))")
            .await;
        live.run("INSERT INTO t (x) VALUES (1)").await;
        let id = live.ids("SELECT LAST_INSERT_ID() AS id").await;
        assert_ne!(id, [0]);
        let noted = live
            .code("INSERT INTO u VALUES (LAST_INSERT_ID(), 'LAST_INSERT_ID()')")
            .await;
        assert_eq!(noted != 0, last_key == LastKey::Refused);
        let found = live
            .ids("SELECT x FROM u WHERE t = 'LAST_INSERT_ID()'")
            .await;
        match last_key {
            LastKey::Known => assert_eq!(found, id),
            LastKey::Zero => assert_eq!(found, [0]),
            LastKey::Refused => assert_eq!(found, [0; 0]),
        }
        live.end().await;
    }
}
