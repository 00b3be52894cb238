//! Definitions of tables, as servers print them and people write them.

use orm::dialect::{MariaDb, MySql, SingleStore, Sqlite};
use orm::introspect::{Found, KeyKind, Table, TableKind, compare, models_of, parse_table};
use orm::schema::VectorIndexType;

fn singlestore(text: &str) -> Table {
    parse_table(text, &SingleStore).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// The same table as servers of three ages print it: clauses in another order, keys in old words,
/// names of shard and sort keys that are a column's, quotes around defaults, display widths.
#[test]
fn singlestore_of_every_age_is_read_alike() {
    let new = "CREATE TABLE `event` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `kind` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'a',
  `n` int(11) DEFAULT '0',
  `at` datetime(6) DEFAULT CURRENT_TIMESTAMP(6),
  `doc` JSON COLLATE utf8mb4_bin,
  `twice` AS (`n` * 2) PERSISTED bigint(21),
  PRIMARY KEY (`id`),
  SHARD KEY `__SHARDKEY` (`id`),
  KEY `by_kind` (`kind`) USING HASH,
  SORT KEY `__UNORDERED` ()
) AUTOSTATS_CARDINALITY_MODE=INCREMENTAL AUTOSTATS_HISTOGRAM_MODE=CREATE AUTOSTATS_SAMPLING=ON SQL_MODE='STRICT_ALL_TABLES' CHARACTER SET=`utf8mb4` COLLATE=`utf8mb4_general_ci`";
    let old = "CREATE TABLE `event` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `kind` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'a',
  `n` int(11) DEFAULT 0,
  `at` datetime(6) DEFAULT CURRENT_TIMESTAMP(6),
  `doc` JSON COLLATE utf8_bin DEFAULT NULL,
  `twice` as `n` * 2 PERSISTED bigint(20),
  KEY `by_kind` (`kind`) /*!90619 USING HASH */,
  UNIQUE KEY `PRIMARY` (`id`) USING HASH,
  SHARD KEY `id` (`id`),
  KEY `__UNORDERED` () USING CLUSTERED COLUMNSTORE
) AUTOSTATS_CARDINALITY_MODE=INCREMENTAL AUTOSTATS_HISTOGRAM_MODE=CREATE AUTOSTATS_SAMPLING=ON SQL_MODE='STRICT_ALL_TABLES,NO_AUTO_CREATE_USER'";
    let bare = "CREATE TABLE `event` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `kind` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'a',
  `n` int DEFAULT '0',
  `at` datetime(6) DEFAULT CURRENT_TIMESTAMP(6),
  `doc` JSON,
  `twice` AS (n * 2) PERSISTED bigint,
  SORT KEY `__UNORDERED` (),
  KEY `by_kind` (`kind`),
  PRIMARY KEY (`id`)
)";
    let features = orm::dialect::Dialect::features(&SingleStore);
    let new = singlestore(new);
    assert_eq!(new.storage.shard_key, Some(vec!["id".to_owned()]));
    assert_eq!(new.primary_key, ["id"]);
    assert_eq!(new.keys.len(), 1);
    assert_eq!(new.columns[5].computed.as_deref(), Some("`n` * 2"));
    for other in [old, bare] {
        let other = singlestore(other);
        assert_eq!(compare(&new, &other, features), []);
        assert_eq!(compare(&other, &new, features), []);
    }
}

#[test]
fn singlestore_without_a_key() {
    // The last clause stands on its own line, with a comma before it (public dumps).
    let table = singlestore(
        "CREATE TABLE `log` (
  `line` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci,
  SORT KEY `__UNORDERED` ()
  , SHARD KEY () 
) AUTOSTATS_CARDINALITY_MODE=INCREMENTAL",
    );
    assert_eq!(table.storage.shard_key, Some(Vec::new()));
    assert!(table.primary_key.is_empty());
    let found = Found {
        tables: vec![table],
        ..Found::default()
    };
    let models = models_of(&found, &["app".to_owned()], &SingleStore);
    let why = models[0].unusable.as_deref().expect("no model");
    assert!(why.contains("no primary key"), "{why}");
}

#[test]
fn singlestore_storage_is_read() {
    let cases: [(&str, bool, bool, Option<Vec<String>>); 6] = [
        (
            "CREATE TABLE `t` (`a` int(11) NOT NULL, PRIMARY KEY (`a`), SHARD KEY `__SHARDKEY` (`a`), SORT KEY `__UNORDERED` ())",
            false,
            false,
            Some(vec!["a".into()]),
        ),
        (
            "CREATE ROWSTORE TABLE `t` (`a` int(11) NOT NULL, PRIMARY KEY (`a`), SHARD KEY `__SHARDKEY` (`a`))",
            true,
            false,
            Some(vec!["a".into()]),
        ),
        (
            "CREATE REFERENCE TABLE `t` (`a` int(11) NOT NULL, PRIMARY KEY (`a`), SORT KEY `__UNORDERED` ())",
            false,
            true,
            None,
        ),
        (
            "CREATE ROWSTORE REFERENCE TABLE `t` (`a` int(11) NOT NULL, PRIMARY KEY (`a`))",
            true,
            true,
            None,
        ),
        (
            "CREATE TABLE `t` (`a` int(11) NOT NULL, `b` int(11) NOT NULL, PRIMARY KEY (`a`,`b`), SHARD KEY `b` (`b`) METADATA_ONLY)",
            false,
            false,
            Some(vec!["b".into()]),
        ),
        (
            "CREATE TABLE `t` (`a` int(11) NOT NULL, SHARD KEY USING HASH (`a`), SORT KEY `s` (`a` DESC) WITH (columnstore_segment_rows=100000))",
            false,
            false,
            Some(vec!["a".into()]),
        ),
    ];
    for (text, rowstore, reference, shard) in cases {
        let table = singlestore(text);
        assert_eq!(
            (
                table.storage.rowstore,
                table.storage.reference,
                table.storage.shard_key
            ),
            (rowstore, reference, shard),
            "{text}"
        );
    }
    let sorted = singlestore(
        "CREATE TABLE `t` (`a` int(11), `b` int(11), SORT KEY `t` (`b` DESC,`a`), SHARD KEY ())",
    );
    assert_eq!(
        sorted.storage.sort_key,
        [("b".to_owned(), true), ("a".to_owned(), false)]
    );
    let old = singlestore(
        "CREATE TABLE `t` (`a` int(11), `b` int(11), KEY `b` (`b` DESC,`a`) USING CLUSTERED COLUMNSTORE, SHARD KEY ())",
    );
    assert_eq!(old.storage, sorted.storage);
    let temporary = singlestore("CREATE ROWSTORE GLOBAL TEMPORARY TABLE `t` (`a` int(11))");
    assert_eq!(temporary.kind, TableKind::Temporary);
}

#[test]
fn singlestore_keys_of_every_kind_are_read() {
    let table = singlestore(
        "CREATE TABLE `t` (
  `a` bigint(20) NOT NULL,
  `b` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `v` vector(4, F32) NOT NULL,
  `j` JSON COLLATE utf8mb4_bin,
  PRIMARY KEY (`a`),
  UNIQUE KEY `u` (`b`) UNENFORCED RELY,
  FULLTEXT USING VERSION 2 KEY `f` (`b`),
  VECTOR INDEX `vi` (`v`) INDEX_OPTIONS='{\"index_type\":\"HNSW_FLAT\"}',
  MULTI VALUE INDEX `mv` (`j`) INDEX_OPTIONS='{}',
  COLUMN GROUP `g` (*),
  SHARD KEY `__SHARDKEY` (`a`),
  SORT KEY `__UNORDERED` ()
)",
    );
    let kinds: Vec<(KeyKind, bool)> = table.keys.iter().map(|k| (k.kind, k.unenforced)).collect();
    assert_eq!(
        kinds,
        [
            (KeyKind::Usual, true),
            (KeyKind::Fulltext, false),
            (KeyKind::Vector, false),
            (KeyKind::MultiValue, false),
        ]
    );
    assert_eq!(table.columns[2].ty, "vector(4)");
    assert_eq!(table.keys[1].options.version, Some(2));
    let hnsw = Some(VectorIndexType::HnswFlat);
    assert_eq!(table.keys[2].options.index_type, hnsw);
    assert_eq!(table.other.len(), 2, "{:?}", table.other);
}

/// A key that is what the storage gives anyway is none of its own; another one is.
#[test]
fn the_usual_kind_of_index_follows_the_storage() {
    let kind = |words: &str, using: &str| {
        let text = format!(
            "CREATE {words} `t` (`a` int(11), `b` int(11) NOT NULL, PRIMARY KEY (`b`), KEY `k` (`a`) {using})"
        );
        singlestore(&text).keys[0].kind
    };
    assert_eq!(kind("TABLE", "USING HASH"), KeyKind::Usual);
    assert_eq!(kind("TABLE", "USING BTREE"), KeyKind::Btree);
    assert_eq!(kind("ROWSTORE TABLE", "USING BTREE"), KeyKind::Usual);
    assert_eq!(
        kind("ROWSTORE REFERENCE TABLE", "USING HASH"),
        KeyKind::Hash
    );
}

#[test]
fn mariadb_and_mysql_are_read() {
    let table = parse_table(
        "CREATE TABLE `film` (
  `id` smallint(5) unsigned NOT NULL AUTO_INCREMENT,
  `title` varchar(128) NOT NULL COMMENT 'it''s, (a) \\\\ title',
  `year` year(4) DEFAULT NULL,
  `rate` decimal(4,2) NOT NULL DEFAULT 4.99,
  `rating` enum('G','PG','it''s') DEFAULT 'G',
  `doc` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`doc`)),
  `at` timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  `sum` decimal(8,2) GENERATED ALWAYS AS (`rate` * 2) VIRTUAL,
  `lang` tinyint(3) unsigned NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `once` (`title`),
  KEY `start` (`title`(10)),
  FULLTEXT KEY `words` (`title`),
  KEY `lang` (`lang`),
  CONSTRAINT `film_lang` FOREIGN KEY (`lang`) REFERENCES `language` (`id`) ON DELETE CASCADE ON UPDATE NO ACTION,
  CONSTRAINT `positive` CHECK (`rate` > 0)
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='films'
 PARTITION BY HASH (`id`)
PARTITIONS 4",
        &MariaDb,
    )
    .expect("reads");
    let types: Vec<&str> = table.columns.iter().map(|c| c.ty.as_str()).collect();
    assert_eq!(
        types,
        [
            "smallint unsigned",
            "varchar(128)",
            "year",
            "decimal(4,2)",
            "enum('G','PG','it''s')",
            "json",
            "timestamp",
            "decimal(8,2)",
            "tinyint unsigned"
        ]
    );
    assert_eq!(
        table.columns[1].comment.as_deref(),
        Some("it's, (a) \\ title")
    );
    assert_eq!(
        table.columns[1].collation.as_deref(),
        Some("utf8mb4_general_ci")
    );
    assert_eq!(
        table.columns[6].on_update.as_deref(),
        Some("current_timestamp()")
    );
    assert!(table.columns[7].virtual_column);
    assert_eq!(table.checks, ["`rate` > 0"]);
    assert_eq!(table.comment.as_deref(), Some("films"));
    assert_eq!(table.foreign_keys[0].on_delete.as_deref(), Some("cascade"));
    assert_eq!(table.foreign_keys[0].on_update, None);
    assert_eq!(table.keys[1].describe(), "(title(10))");
    assert_eq!(table.keys[1].columns(), None);
    assert!(
        table.other[0].starts_with("PARTITION BY"),
        "{:?}",
        table.other
    );

    let table = parse_table(
        "CREATE TABLE `t` (
  `id` int NOT NULL,
  `at` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  `u` varchar(36) COLLATE utf8mb4_0900_bin DEFAULT (uuid()),
  `hidden` int DEFAULT NULL /*!80023 INVISIBLE */,
  PRIMARY KEY (`id`),
  KEY `f` ((lower(`u`)) DESC)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin
/*!50100 PARTITION BY HASH (`id`)
PARTITIONS 2 */",
        &MySql,
    )
    .expect("reads");
    assert_eq!(table.columns[2].default.as_deref(), Some("uuid()"));
    assert_eq!(table.keys[0].describe(), "(lower(`u`) DESC)");
    assert_eq!(table.other.len(), 2, "{:?}", table.other);
}

#[test]
fn what_people_write_for_sqlite_is_read() {
    let table = parse_table(
        "CREATE TABLE IF NOT EXISTS main.[Track] -- the songs
(
    [TrackId] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    Name NVARCHAR(200)  NOT NULL DEFAULT 'x' COLLATE NOCASE UNIQUE ON CONFLICT REPLACE,
    key TEXT, index_ int,
    'quoted' BIG INT UNSIGNED CHECK (quoted > 0),
    price NUMERIC(10,2) DEFAULT -1.5,
    half AS (price / 2),
    untyped,
    \"AlbumId\" INTEGER REFERENCES \"Album\" ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    /* table constraints */
    CONSTRAINT pair UNIQUE (key, index_),
    FOREIGN KEY (key) REFERENCES other(a) MATCH SIMPLE ON UPDATE CASCADE
) STRICT, WITHOUT ROWID;",
        &Sqlite,
    )
    .expect("reads");
    let columns: Vec<(&str, &str)> = table
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.ty.as_str()))
        .collect();
    assert_eq!(
        columns,
        [
            ("TrackId", "integer"),
            ("Name", "nvarchar(200)"),
            ("key", "text"),
            ("index_", "int"),
            ("quoted", "big int unsigned"),
            ("price", "numeric(10,2)"),
            ("half", "blob"),
            ("untyped", "blob"),
            ("AlbumId", "integer"),
        ]
    );
    assert!(table.columns[0].auto_increment);
    assert_eq!(table.columns[1].collation.as_deref(), Some("nocase"));
    assert_eq!(table.columns[5].default.as_deref(), Some("-1.5"));
    assert!(table.columns[6].virtual_column);
    assert_eq!(table.keys.len(), 2);
    assert_eq!(table.keys[1].name.as_deref(), Some("pair"));
    let key = &table.foreign_keys[0];
    assert_eq!(
        (key.on_delete.as_deref(), key.deferred),
        (Some("set null"), true)
    );
    assert_eq!(table.foreign_keys[1].on_update.as_deref(), Some("cascade"));
    assert_eq!(table.kind, TableKind::WithoutRowid);
}

#[test]
fn what_is_not_understood_is_said_with_its_place() {
    for (text, problem, near) in [
        (
            "CREATE TABLE t (a int",
            "expected `,` or `)` after a column or a key",
            "",
        ),
        (
            "CREATE TABLE t (a int(",
            "a parenthesis that is not closed",
            "(",
        ),
        (
            "CREATE TABLE t (a int DEFAULT 'x)",
            "a quote that is not closed",
            "'x)",
        ),
        (
            "CREATE VIEW t AS SELECT 1",
            "expected `TABLE`",
            "VIEW t AS SELECT 1",
        ),
        ("CREATE TABLE t /* x", "a comment that does not end", "/* x"),
        (
            "CREATE TABLE t (a int DEFAULT , b int)",
            "expected a default",
            ", b int)",
        ),
        (
            "CREATE TABLE t (FOREIGN KEY (a) b)",
            "expected `REFERENCES`",
            "b)",
        ),
    ] {
        let error = parse_table(text, &Sqlite).expect_err(text);
        assert_eq!(
            (error.problem.as_str(), error.near.as_str()),
            (problem, near),
            "{text}"
        );
    }
}

/// Structs and fields have names that Rust takes and that do not clash.
#[test]
fn names_do_not_clash() {
    let texts = [
        "CREATE TABLE shop_user (id INTEGER PRIMARY KEY, \"a-b\" INT, a_b INT, \"A b\" INT, fn INT)",
        "CREATE TABLE \"User\" (id INTEGER PRIMARY KEY, author INT REFERENCES shop_user (id), author_id INT REFERENCES shop_user (id), user_set INT)",
        "CREATE TABLE \"string\" (id INTEGER PRIMARY KEY, \"User_id\" INT REFERENCES \"User\" (id))",
    ];
    let tables = texts
        .iter()
        .map(|t| parse_table(t, &Sqlite).expect(t))
        .collect();
    let found = Found {
        tables,
        ..Found::default()
    };
    let models = models_of(&found, &["shop".to_owned()], &Sqlite);
    let names: Vec<&str> = models.iter().map(|m| m.def.name.as_str()).collect();
    assert_eq!(names, ["User", "User2", "StringRow"]);
    assert_eq!(models[0].def.table, "shop_user");
    let fields = |at: usize| -> Vec<String> {
        let columns = models[at].def.fields.iter();
        columns
            .map(|f| format!("{}={}", f.name, f.column_name()))
            .collect()
    };
    assert_eq!(
        fields(0),
        ["id=id", "a_b=a-b", "a_b_2=a_b", "a_b_3=A b", "fn=fn"]
    );
    assert_eq!(
        fields(1),
        [
            "id=id",
            "author=author",
            "author_id=author_id",
            "user_set=user_set"
        ]
    );
    assert_eq!(fields(2), ["id=id", "user=User_id"]);
    let sides: Vec<&str> = models[0].reverse.iter().map(|r| r.field.as_str()).collect();
    assert_eq!(sides, ["user2_author_set", "user2_author_id_set"]);
    assert_eq!(models[1].reverse[0].field, "string_row_set");
}

/// Where the database keeps no foreign keys, what may be a relation is said and not taken for one.
#[test]
fn relations_are_not_guessed_on_singlestore() {
    let tables = vec![
        singlestore(
            "CREATE TABLE `shop_author` (`id` bigint(20) NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`), SHARD KEY `__SHARDKEY` (`id`), SORT KEY `__UNORDERED` ())",
        ),
        singlestore(
            "CREATE TABLE `shop_book` (`id` bigint(20) NOT NULL AUTO_INCREMENT, `author_id` bigint(20) DEFAULT NULL, `other_id` bigint(20) NOT NULL, PRIMARY KEY (`id`), SHARD KEY `__SHARDKEY` (`id`), SORT KEY `__UNORDERED` ())",
        ),
    ];
    let found = Found {
        tables,
        ..Found::default()
    };
    let models = models_of(&found, &["shop".to_owned()], &SingleStore);
    let book = &models[1];
    assert_eq!(book.def.fields[1].name, "author_id");
    assert_eq!(
        book.field_remarks["author_id"],
        ["may be a relation: pub author: Option<ForeignKey<Author>>"]
    );
    assert!(!book.field_remarks.contains_key("other_id"));
}
