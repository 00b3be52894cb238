//! Introspection: facts §11.

mod common;

use std::collections::BTreeSet;

use common::Live;
use gate::Options;
use mysql_async::prelude::Queryable;

const ARTICLE: &str = "CREATE TABLE article (
    id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'the \\\\ key',
    slug VARCHAR(50) COLLATE utf8mb4_bin NOT NULL DEFAULT 'it''s',
    meta JSON, vec VECTOR(3) NOT NULL, views INT UNSIGNED NULL DEFAULT 7,
    at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    twice AS (views * 2) PERSISTED BIGINT, kind AS meta::$kind PERSISTED VARCHAR(20),
    PRIMARY KEY (id, slug), KEY by_views (views) USING HASH, UNIQUE KEY loose (views, at) UNENFORCED,
    FULLTEXT KEY ft (slug), VECTOR INDEX vi (vec) INDEX_OPTIONS '{\"metric_type\":\"DOT_PRODUCT\"}',
    SHARD KEY (id), SORT KEY (at DESC, id)
) COMMENT = 'what it''s about'";

async fn live() -> Option<Live> {
    let mut live = Live::start(Options::default()).await?;
    live.run(ARTICLE).await;
    live.run("CREATE ROWSTORE TABLE rowy (id BIGINT NOT NULL PRIMARY KEY, a INT, b INT, KEY ka (a), KEY kb (b) USING HASH)").await;
    live.run(
        "CREATE REFERENCE TABLE refs (id BIGINT NOT NULL PRIMARY KEY, a INT, UNIQUE KEY ua (a))",
    )
    .await;
    live.run("CREATE TABLE keyless (a INT, SHARD KEY ())").await;
    Some(live)
}

#[tokio::test]
async fn show_create_table_has_singlestores_shape() {
    let Some(mut live) = live().await else { return };
    let row: Option<(String, String)> = live
        .conn
        .query_first("SHOW CREATE TABLE article")
        .await
        .expect("answers");
    let (_, text) = row.expect("a row");
    let expected = "CREATE TABLE `article` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT COMMENT 'the \\\\ key',
  `slug` varchar(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'it''s',
  `meta` JSON COLLATE utf8mb4_bin DEFAULT NULL,
  `vec` vector(3, F32) NOT NULL,
  `views` int(10) unsigned DEFAULT 7,
  `at` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  `twice` AS `views` * 2 PERSISTED bigint(20),
  `kind` AS meta::$kind PERSISTED varchar(20),
  PRIMARY KEY (`id`,`slug`),
  KEY `by_views` (`views`) USING HASH,
  UNIQUE KEY `loose` (`views`,`at`) USING HASH UNENFORCED NORELY,
  VECTOR INDEX `vi` (`vec`) INDEX_OPTIONS '{\"metric_type\":\"DOT_PRODUCT\"}',
  FULLTEXT USING VERSION 1 KEY `ft` (`slug`),
  SHARD KEY `__SHARDKEY` (`id`),
  SORT KEY `at` (`at` DESC,`id`)
) AUTOSTATS_CARDINALITY_MODE=INCREMENTAL AUTOSTATS_HISTOGRAM_MODE=CREATE AUTOSTATS_SAMPLING=ON SQL_MODE='STRICT_ALL_TABLES' CHARACTER SET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='what it''s about'";
    assert_eq!(
        text.replace(" CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", ""),
        expected
    );
    let keyless: Option<(String, String)> = live
        .conn
        .query_first("SHOW CREATE TABLE keyless")
        .await
        .expect("answers");
    let keyless = keyless.expect("a row").1;
    assert!(
        keyless.contains("SORT KEY `__UNORDERED` ()\n  , SHARD KEY () \n)"),
        "{keyless}"
    );
    live.end().await;
}

#[tokio::test]
async fn what_show_create_table_says_makes_the_same_table() {
    let Some(mut live) = live().await else { return };
    for table in ["article", "rowy", "refs", "keyless"] {
        let show = format!("SHOW CREATE TABLE {table}");
        let before: Option<(String, String)> = live.conn.query_first(&show).await.expect("answers");
        let before = before.expect("a row").1;
        live.run(&format!("DROP TABLE {table}")).await;
        live.run(&before).await;
        let after: Option<(String, String)> = live.conn.query_first(&show).await.expect("answers");
        assert_eq!(after.expect("a row").1, before);
    }
    live.end().await;
}

#[tokio::test]
async fn tables_say_how_they_are_stored() {
    let Some(mut live) = live().await else { return };
    live.run("CREATE VIEW seen AS SELECT id FROM refs").await;
    let rows: Vec<(String, String, String, Option<String>, String)> = live
        .conn
        .query("SELECT TABLE_NAME, TABLE_TYPE, ENGINE, STORAGE_TYPE, TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME")
        .await
        .expect("answers");
    let rows: Vec<String> = rows
        .into_iter()
        .map(|(name, ty, engine, storage, comment)| {
            format!(
                "{name}|{ty}|{engine}|{}|{comment}",
                storage.unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "article|BASE TABLE|MemSQL|COLUMNSTORE|what it's about",
            "keyless|BASE TABLE|MemSQL|COLUMNSTORE|",
            "refs|BASE TABLE|MemSQL|COLUMNSTORE|",
            "rowy|BASE TABLE|MemSQL|INMEMORY_ROWSTORE|",
            "seen|VIEW|MemSQL||VIEW",
        ]
    );
    live.end().await;
}

#[tokio::test]
async fn columns_have_singlestores_types() {
    let Some(mut live) = live().await else { return };
    let rows: Vec<String> = live
        .conn
        .query("SELECT CONCAT_WS('|', COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, IS_NULLABLE, COALESCE(COLUMN_DEFAULT, 'NULL'), EXTRA, COLUMN_COMMENT) AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'article' ORDER BY ORDINAL_POSITION")
        .await
        .expect("answers");
    assert_eq!(
        rows,
        [
            "id|bigint(20)|bigint|NO|NULL|auto_increment|the \\ key",
            "slug|varchar(50)|varchar|NO|it's||",
            "meta|JSON|json|YES|NULL||",
            "vec|vector(3, F32)|vector|NO|NULL||",
            "views|int(10) unsigned|int|YES|7||",
            "at|datetime(6)|datetime|NO|CURRENT_TIMESTAMP(6)|on update CURRENT_TIMESTAMP(6)|",
            "twice|bigint(20)|bigint|YES|NULL|computed|",
            "kind|varchar(20)|varchar|YES|NULL|computed|",
        ]
    );
    live.end().await;
}

#[tokio::test]
async fn indexes_list_shard_and_sort_key() {
    let Some(mut live) = live().await else { return };
    let mut index = async |table: &str| -> Vec<String> {
        let rows: Vec<(String, String, String)> = live
            .conn
            .exec("SELECT INDEX_NAME, INDEX_TYPE, COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY INDEX_NAME, INDEX_TYPE, SEQ_IN_INDEX", (table,))
            .await
            .expect("answers");
        rows.into_iter()
            .map(|(name, ty, column)| format!("{name}|{ty}|{column}"))
            .collect()
    };
    assert_eq!(
        index("article").await,
        [
            "at|CLUSTERED COLUMNSTORE|at",
            "at|CLUSTERED COLUMNSTORE|id",
            "by_views|COLUMNSTORE HASH|views",
            "ft|FULLTEXT|slug",
            "loose|COLUMNSTORE HASH|views",
            "loose|COLUMNSTORE HASH|at",
            "PRIMARY|COLUMNSTORE HASH|id",
            "PRIMARY|COLUMNSTORE HASH|slug",
            "vi|VECTOR|vec",
            "__SHARDKEY|SHARD|id",
        ]
    );
    // The key that is the shard key without a word is listed twice.
    assert_eq!(
        index("rowy").await,
        [
            "ka|BTREE|a",
            "kb|HASH|b",
            "PRIMARY|BTREE|id",
            "PRIMARY|SHARD|id"
        ]
    );
    assert_eq!(
        index("refs").await,
        ["PRIMARY|COLUMNSTORE HASH|id", "ua|COLUMNSTORE HASH|a"]
    );
    live.end().await;
}

#[tokio::test]
async fn the_primary_key_of_a_columnstore_is_a_unique_constraint() {
    let Some(mut live) = live().await else { return };
    let rows: Vec<(String, String, String)> = live
        .conn
        .query("SELECT TABLE_NAME, CONSTRAINT_NAME, CONSTRAINT_TYPE FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND CONSTRAINT_NAME = 'PRIMARY' ORDER BY TABLE_NAME")
        .await
        .expect("answers");
    let types: Vec<String> = rows
        .into_iter()
        .map(|(t, _, ty)| format!("{t} {ty}"))
        .collect();
    assert_eq!(types, ["article UNIQUE", "refs UNIQUE", "rowy PRIMARY KEY"]);
    live.end().await;
}

#[tokio::test]
async fn the_backend_shows_nowhere() {
    let Some(mut live) = live().await else { return };
    let databases: Vec<String> = live.conn.query("SHOW DATABASES").await.expect("answers");
    let databases: BTreeSet<&str> = databases.iter().map(String::as_str).collect();
    assert!(databases.contains("information_schema") && databases.contains("memsql"));
    for hidden in ["mysql", "performance_schema", "sys", "gate_catalog"] {
        assert!(!databases.contains(hidden), "{hidden}");
        assert_ne!(live.code(&format!("USE {hidden}")).await, 0, "{hidden}");
    }
    let columns: Vec<(String, String)> = live
        .conn
        .query_map("SHOW FULL COLUMNS FROM article", |row: mysql_async::Row| {
            (
                row.get("Field").expect("a name"),
                row.get("Comment").expect("a comment"),
            )
        })
        .await
        .expect("answers");
    assert_eq!(columns[0], ("id".to_owned(), "the \\ key".to_owned()));
    let status: Option<String> = live
        .conn
        .query_map(
            "SHOW TABLE STATUS LIKE 'article'",
            |row: mysql_async::Row| row.get("Comment").expect("a comment"),
        )
        .await
        .expect("answers")
        .pop();
    assert_eq!(status.as_deref(), Some("what it's about"));
    live.end().await;
}

#[tokio::test]
async fn descriptions_follow_every_change() {
    let Some(mut live) = live().await else { return };
    let mut other = live.connect().await;
    let update = "UPDATE article SET id = 1";
    assert_ne!(live.code(update).await, 0);
    other
        .query_drop("ALTER TABLE article CHANGE id nr")
        .await
        .expect("runs");
    assert_eq!(live.code(update).await, 1054);
    assert_ne!(live.code("UPDATE article SET nr = 1").await, 0);
    other
        .query_drop("ALTER TABLE article RENAME TO story")
        .await
        .expect("runs");
    assert_eq!(live.code("SHOW CREATE TABLE article").await, 1146);
    assert_ne!(
        live.code("UPDATE story SET nr = 1").await,
        0,
        "the shard key went with the table"
    );
    other
        .query_drop("CREATE TABLE article LIKE story")
        .await
        .expect("runs");
    assert_ne!(live.code("UPDATE article SET nr = 1").await, 0);
    let row: Option<(String, String)> = live
        .conn
        .query_first("SHOW CREATE TABLE story")
        .await
        .expect("answers");
    let text = row.expect("a row").1;
    assert!(
        text.contains("SHARD KEY `__SHARDKEY` (`nr`)")
            && text.contains("SORT KEY `at` (`at` DESC,`nr`)"),
        "{text}"
    );
    live.end().await;
}
