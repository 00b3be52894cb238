-- [doc: CREATE TABLE] §3: columnstore is the default
CREATE TABLE plain (id BIGINT NOT NULL AUTO_INCREMENT, name VARCHAR(100) NOT NULL, PRIMARY KEY (id));

-- [doc: CREATE TABLE] §3: rowstore
CREATE ROWSTORE TABLE rowy (id BIGINT NOT NULL, a INT, b VARCHAR(20), PRIMARY KEY (id), KEY (a) USING BTREE, KEY h (b) USING HASH, SHARD KEY (id));

-- [doc: CREATE TABLE] §3: columnstore reference with its explicit key
CREATE REFERENCE TABLE refs (id BIGINT NOT NULL AUTO_INCREMENT, code VARCHAR(20) NOT NULL, PRIMARY KEY (id), UNIQUE KEY (code));

-- [dj] §3: a reference table has many UNIQUE keys, on any columns
CREATE REFERENCE TABLE refs2 (id BIGINT NOT NULL, a INT, b INT, c INT, PRIMARY KEY (id), UNIQUE KEY u1 (a), UNIQUE KEY u2 (b), UNIQUE KEY u3 (a, c));

-- [doc: CREATE TABLE] §3: rowstore reference
CREATE ROWSTORE REFERENCE TABLE rowrefs (id BIGINT NOT NULL, code VARCHAR(20), PRIMARY KEY (id), KEY (code));

-- [doc: CREATE TABLE] §3: temporary columnstore
CREATE TEMPORARY TABLE tmp (id BIGINT, v INT);

-- [doc: CREATE TABLE] §3: temporary rowstore
CREATE ROWSTORE TEMPORARY TABLE tmp_row (id BIGINT PRIMARY KEY, v INT);

-- [doc: CREATE TABLE] §3: global temporary, rowstore only
CREATE ROWSTORE GLOBAL TEMPORARY TABLE tmp_global (id BIGINT PRIMARY KEY, v INT);

-- [doc: CREATE TABLE] §3: IF NOT EXISTS
CREATE TABLE IF NOT EXISTS plain (id BIGINT NOT NULL PRIMARY KEY);

-- [doc: CREATE TABLE] §3: LIKE
CREATE TABLE plain_like LIKE plain;

-- [doc: CREATE TABLE] §3: LIKE with a copy mode
CREATE TABLE rowy_like LIKE rowy WITH DEEP COPY;

-- [doc: CREATE TABLE] §3: AS SELECT
CREATE TABLE ctas AS SELECT id, name FROM plain;

-- [doc: CREATE TABLE] §3: AS SELECT behind keys
CREATE TABLE ctas_keys (id BIGINT NOT NULL, name VARCHAR(100), PRIMARY KEY (id), SHARD KEY (id)) AS SELECT id, name FROM plain;

-- [skill] §3: one table per DROP
DROP TABLE ctas;

-- [dj] §3: IF EXISTS
DROP TABLE IF EXISTS nothing_here;

-- [doc: Understanding Keys] §4: keyless by the empty shard key
CREATE TABLE keyless (a INT, b INT, SHARD KEY ());

-- [doc: Understanding Keys] §4: neither shard key nor primary key
CREATE TABLE keyless2 (a INT, b INT);

-- [doc: Understanding Keys] §4: shard columns within the primary key
CREATE TABLE sharded (tenant BIGINT NOT NULL, id BIGINT NOT NULL, x INT, PRIMARY KEY (tenant, id), SHARD KEY (tenant));

-- [agno] §4: a unique key that contains the shard key
CREATE TABLE uniq (id BIGINT NOT NULL, slug VARCHAR(50) NOT NULL, UNIQUE KEY u (id, slug), SHARD KEY (id));

-- [doc: Why do I get errors about UNIQUE KEYs] §4: sharded by the natural column, KEY for the id
CREATE TABLE natural_key (id BIGINT NOT NULL AUTO_INCREMENT, email VARCHAR(100) NOT NULL, KEY (id), UNIQUE KEY (email), SHARD KEY (email));

-- [dj] §4: many-to-many without an id
CREATE TABLE m2m (a_id BIGINT NOT NULL, b_id BIGINT NOT NULL, SHARD KEY (a_id), UNIQUE KEY (a_id, b_id), KEY (a_id), KEY (b_id));

-- [dj] §4: one-to-one is the primary key
CREATE TABLE profile (user_id BIGINT NOT NULL, bio LONGTEXT, PRIMARY KEY (user_id));

-- [doc: CREATE TABLE] §4: METADATA_ONLY
CREATE TABLE meta_only (a INT, b INT, SHARD KEY (a) METADATA_ONLY);

-- [sqa] §4: SHARD KEY USING HASH
CREATE TABLE shard_hash (a INT, b INT, SHARD KEY USING HASH (a));

-- [doc: CREATE TABLE] §4: sort key with DESC
CREATE TABLE sorted (id BIGINT, at DATETIME(6), SHARD KEY (id), SORT KEY (at DESC, id));

-- [doc: CREATE TABLE] §4: empty sort key
CREATE TABLE unsorted (id BIGINT, SHARD KEY (id), SORT KEY ());

-- [sqa] §4: sort key with options
CREATE TABLE sorted_with (id BIGINT, at DATETIME, SHARD KEY (id), SORT KEY (at) WITH (columnstore_segment_rows=100000, columnstore_flush_bytes=1024));

-- [sqa] §4: old spelling of the sort key
CREATE TABLE sorted_old (id BIGINT, at DATETIME, SHARD KEY (id), KEY (at) USING CLUSTERED COLUMNSTORE);

-- [dbm] §4: named shard and sort keys
CREATE TABLE named_keys (id BIGINT, at DATETIME, SHARD KEY by_id (id), SORT KEY by_time (at));

-- [sas] §4: overlapping multi-column keys in CREATE TABLE
CREATE TABLE overlap (a INT, b INT, c INT, KEY ab (a, b), KEY bc (b, c), SHARD KEY (a));

-- [doc: Highly Selective Joins] §4: hash keys on columnstore
CREATE TABLE hashed (id BIGINT, a VARCHAR(30), KEY ka (a) USING HASH, SHARD KEY (id));

-- [ef] §4: full-text key at CREATE
CREATE TABLE ft (id BIGINT, body LONGTEXT, title VARCHAR(100), FULLTEXT KEY f (body, title), SHARD KEY (id));

-- [ef] §4: full-text key as SHOW CREATE prints it
CREATE TABLE ft1 (id BIGINT, body LONGTEXT, FULLTEXT USING VERSION 1 KEY f (body), SHARD KEY (id));

-- [doc: CREATE TABLE] §4: full-text version 2
CREATE TABLE ft2 (id BIGINT, body LONGTEXT, FULLTEXT USING VERSION 2 f (body), SHARD KEY (id));

-- [sqa] §4: vector index
CREATE TABLE vec (id BIGINT, v VECTOR(3) NOT NULL, VECTOR INDEX vi (v) INDEX_OPTIONS '{"index_type":"HNSW_FLAT","metric_type":"DOT_PRODUCT"}', SHARD KEY (id));

-- [doc: ALTER TABLE v9.1] §4: multi value index
CREATE TABLE mv (id BIGINT, j JSON NOT NULL, MULTI VALUE INDEX (j) INDEX_OPTIONS '{"TOKENIZER":"MATCH ANY","PATH":["a"]}', SHARD KEY (id));

-- [lar] §4: geography on rowstore, plain index
CREATE ROWSTORE TABLE geo (id BIGINT PRIMARY KEY, area GEOGRAPHY, point GEOGRAPHYPOINT, KEY (point));

-- [langgraph store] §4: prefix lengths, even in the primary key
CREATE TABLE prefixed (a VARCHAR(500) NOT NULL, b INT, PRIMARY KEY (a(255)), KEY (b), SHARD KEY (a));

-- [ef] §4: the name of a primary key is PRIMARY
CREATE TABLE named_pk (id BIGINT NOT NULL, CONSTRAINT pk_named PRIMARY KEY (id));

-- [sas] §4: explicit unique key names
CREATE TABLE named_uniq (id BIGINT NOT NULL, CONSTRAINT un UNIQUE KEY (id), SHARD KEY (id));

-- [doc: Specifying Unenforced Unique Constraints] §4: UNENFORCED outside of the shard key
CREATE TABLE unenforced (id BIGINT NOT NULL, email VARCHAR(100), PRIMARY KEY (id), UNIQUE KEY (email) UNENFORCED);

-- [doc: Specifying Unenforced Unique Constraints] §4: RELY and NORELY
CREATE TABLE unenforced2 (id BIGINT, a INT, b INT, UNIQUE KEY ua (a) UNENFORCED RELY, UNIQUE KEY ub (b) UNENFORCED NORELY, SHARD KEY (id));

-- [doc: Specifying Unenforced Unique Constraints] §4: on a keyless table
CREATE TABLE unenforced3 (id BIGINT, UNIQUE KEY (id) UNENFORCED, SHARD KEY ());

-- [lar] §4: SPARSE on rowstore
CREATE ROWSTORE TABLE sparse (id BIGINT PRIMARY KEY, a INT SPARSE, b VARCHAR(10) NULL SPARSE);

-- [doc: CREATE TABLE] §4: COMPRESSION on rowstore
CREATE ROWSTORE TABLE sparse2 (id BIGINT PRIMARY KEY, a INT) COMPRESSION = SPARSE;

-- [sqa] §4: column group
CREATE TABLE grouped (id BIGINT, a INT, SHARD KEY (id), COLUMN GROUP g (*));

-- [doc: CREATE TABLE] §4: AUTO_INCREMENT needs only a plain key
CREATE TABLE auto_key (id BIGINT AUTO_INCREMENT, a INT, KEY (id), SHARD KEY (a));

-- [doc: CREATE TABLE] §4: BIGINT UNSIGNED AUTO_INCREMENT
CREATE TABLE auto_unsigned (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, PRIMARY KEY (id));

-- [jdbc] §4: INT AUTO_INCREMENT on a reference table
CREATE REFERENCE TABLE auto_int (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT);

-- [lq] §4: SERIAL alone
CREATE TABLE serial_key (id SERIAL, a INT, SHARD KEY (id));

-- [dj] §4: literal defaults and nullary functions
CREATE TABLE defaults (id BIGINT PRIMARY KEY, a INT DEFAULT 5, b INT DEFAULT -1, c VARCHAR(10) DEFAULT 'x', d DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6), e DATETIME DEFAULT NOW(), f INT DEFAULT NULL, g DECIMAL(10,2) DEFAULT 1.5);

-- [ef] §4: literal defaults of LONGTEXT, BLOB and JSON
CREATE TABLE defaults2 (id BIGINT PRIMARY KEY, a LONGTEXT NOT NULL DEFAULT 'text', b BLOB DEFAULT 'x', c JSON DEFAULT '{}');

-- [sas] §4: far-future default
CREATE TABLE defaults3 (id BIGINT PRIMARY KEY, valid_to DATETIME(6) NOT NULL DEFAULT '9999-12-31 23:59:59.999999');

-- [ef] §4: ON UPDATE
CREATE TABLE touched (id BIGINT PRIMARY KEY, at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), t TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP);

-- [lar] §4: computed column
CREATE TABLE computed (id BIGINT PRIMARY KEY, a INT, b INT, c AS (a + b) PERSISTED BIGINT, d AS a * 2 PERSISTED INT);

-- [zmdb] §4: computed from JSON, with an index
CREATE TABLE computed_json (id BIGINT PRIMARY KEY, j JSON, kind AS j::$kind PERSISTED VARCHAR(50), n AS (j::%n) PERSISTED DOUBLE, KEY (kind));

-- [doc: CREATE TABLE] §4: computed with AUTO
CREATE TABLE computed_auto (id BIGINT PRIMARY KEY, a INT, c AS (a + 1) PERSISTED AUTO);

-- [dj] §4: comments
CREATE TABLE commented (id BIGINT PRIMARY KEY COMMENT 'the key', a VARCHAR(10) COMMENT 'it''s \\ this') COMMENT = 'what it''s for';

-- [sqa] §4: statistics and other table words
CREATE TABLE words (id BIGINT PRIMARY KEY) AUTOSTATS_ENABLED=TRUE AUTOSTATS_CARDINALITY_MODE=INCREMENTAL AUTOSTATS_HISTOGRAM_MODE=CREATE AUTOSTATS_SAMPLING=ON SQL_MODE='STRICT_ALL_TABLES' CHARACTER SET=utf8mb4 COLLATE=utf8mb4_bin;

-- [lar] §4: series timestamp
CREATE TABLE series (id BIGINT, ts DATETIME(6) NOT NULL SERIES TIMESTAMP, SHARD KEY (id), SORT KEY (ts));

-- [lib] §4: an inline foreign key is dropped once ignored
SET GLOBAL ignore_foreign_keys = ON;

-- [ef] §4: FOREIGN KEY while ignored
CREATE TABLE fk_ignored (id BIGINT PRIMARY KEY, p BIGINT, FOREIGN KEY (p) REFERENCES plain (id), q BIGINT REFERENCES plain (id));

-- [lib] §4: and back
SET GLOBAL ignore_foreign_keys = OFF;

-- [dj] §4: no effect
SET FOREIGN_KEY_CHECKS = 0;

-- [py][ef] §7: integers
CREATE TABLE ints (id BIGINT PRIMARY KEY, a BOOL, b BOOLEAN, c TINYINT(1), d TINYINT UNSIGNED, e SMALLINT, f MEDIUMINT, g INT UNSIGNED, h BIGINT UNSIGNED, i INTEGER);

-- [py][hib] §7: numbers
CREATE TABLE floats (id BIGINT PRIMARY KEY, a FLOAT, b DOUBLE, c REAL, d DECIMAL(65, 30), e NUMERIC(10, 2), f DEC(5), g FIXED(6, 1), h DOUBLE PRECISION);

-- [hib] §7: text and bytes
CREATE TABLE texts (id BIGINT PRIMARY KEY, a CHAR(32), b VARCHAR(200), c VARBINARY(100), d TINYTEXT, e TEXT, f MEDIUMTEXT, g LONGTEXT, h TINYBLOB, i BLOB, j MEDIUMBLOB, k LONGBLOB, l BINARY(16));

-- [n89][zmdb] §7: times with 0 or 6 digits
CREATE TABLE times (id BIGINT PRIMARY KEY, a DATE, b TIME, c TIME(6), d DATETIME, e DATETIME(6), f TIMESTAMP NULL, g TIMESTAMP(6) NULL, h YEAR, i DATETIME(0));

-- [py][ef] §7: the rest
CREATE TABLE others (id BIGINT PRIMARY KEY, a BIT(1), b BIT(64), c JSON, d BSON, e ENUM('a', 'b'), f SET('x', 'y'), g VECTOR(4, F64), h VECTOR(2, I8), i GEOGRAPHYPOINT);

-- [ef] §7: JSON as SHOW CREATE prints it
CREATE TABLE json_shown (`id` bigint(20) NOT NULL, `j` JSON COLLATE utf8mb4_bin, PRIMARY KEY (`id`), SHARD KEY `__SHARDKEY` (`id`), SORT KEY `__UNORDERED` ()) AUTOSTATS_CARDINALITY_MODE=INCREMENTAL AUTOSTATS_HISTOGRAM_MODE=CREATE AUTOSTATS_SAMPLING=ON SQL_MODE='STRICT_ALL_TABLES';

-- [dj] §7: DOUBLE as a key of a rowstore
CREATE ROWSTORE TABLE float_key (id DOUBLE PRIMARY KEY);

-- [ef] §5: ADD COLUMN NULL
ALTER TABLE plain ADD COLUMN note VARCHAR(80) COLLATE utf8mb4_bin NULL;

-- [dj] §5: ADD COLUMN NOT NULL DEFAULT
ALTER TABLE plain ADD COLUMN n INT NOT NULL DEFAULT 0;

-- [ef] §5: without the word COLUMN, at a place
ALTER TABLE plain ADD m INT AFTER name;

-- [ef] §5: FIRST
ALTER TABLE plain ADD COLUMN first_one INT FIRST;

-- [zmdb] §5: ADD of a computed column on columnstore
ALTER TABLE plain ADD COLUMN twice AS (n * 2) PERSISTED INT;

-- [dj] §5: DROP COLUMN
ALTER TABLE plain DROP COLUMN twice;

-- [metabase] §5: rename a column by CHANGE without its type
ALTER TABLE plain CHANGE note remark;

-- [dj] §5: rename a shard column
ALTER TABLE sharded CHANGE tenant tenant_id;

-- [dj] §5: NOT NULL to NULL, with the full definition
ALTER TABLE plain MODIFY COLUMN n INT NULL DEFAULT 0;

-- [dj] §5: change a default
ALTER TABLE plain MODIFY n INT NULL DEFAULT 7;

-- [dj] §5: drop a default
ALTER TABLE plain MODIFY COLUMN n INT NULL;

-- [dj] §5: column comment
ALTER TABLE plain MODIFY COLUMN n INT NULL COMMENT 'how many';

-- [dj] §5: type on rowstore
ALTER TABLE rowy MODIFY COLUMN a BIGINT;

-- [dj] §5: collation on rowstore
ALTER TABLE rowy MODIFY COLUMN b VARCHAR(20) COLLATE utf8mb4_bin;

-- [dj] §5: NULL to NOT NULL on a rowstore reference table
ALTER TABLE rowrefs MODIFY COLUMN code VARCHAR(20) NOT NULL;

-- [dj] §5: type on a rowstore reference table
ALTER TABLE rowrefs MODIFY COLUMN code VARCHAR(50) NOT NULL;

-- [dj] §5: ADD INDEX on columnstore
ALTER TABLE plain ADD INDEX plain_name (name);

-- [ef] §5: ADD KEY of several columns that stand in no index
ALTER TABLE plain ADD KEY plain_mn (m, n);

-- [dj] §5: CREATE INDEX
CREATE INDEX plain_remark ON plain (remark) USING HASH;

-- [dj] §5: DROP INDEX
DROP INDEX plain_remark ON plain;

-- [dj] §5: ALTER … DROP INDEX
ALTER TABLE plain DROP INDEX plain_mn;

-- [dj] §5: ADD UNIQUE on rowstore over the shard key
ALTER TABLE rowy ADD UNIQUE KEY rowy_u (id, a);

-- [dj] §5: ADD UNIQUE on a rowstore reference table
ALTER TABLE rowrefs ADD UNIQUE KEY rr_u (code);

-- [doc: ALTER TABLE] §5: FULLTEXT from 8.5
ALTER TABLE plain ADD FULLTEXT KEY plain_ft (name);

-- [doc: ALTER TABLE] §5: vector index
ALTER TABLE others ADD VECTOR INDEX ov (g) INDEX_OPTIONS '{"metric_type":"EUCLIDEAN_DISTANCE"}';

-- [metabase] §5: rename a table
ALTER TABLE plain_like RENAME TO plain_renamed;

-- [doc: ALTER TABLE] §5: RENAME AS
ALTER TABLE plain_renamed RENAME AS plain_again;

-- [doc: ALTER TABLE] §5: ONLINE and TIMEOUT
ALTER ONLINE TABLE plain ADD COLUMN late INT NULL TIMEOUT 1000;

-- [doc: ALTER TABLE] §5: several specifications
ALTER TABLE plain ADD COLUMN s1 INT NULL, ADD COLUMN s2 INT NULL;

-- [doc: ALTER TABLE] §5: statistics
ALTER TABLE plain AUTOSTATS_CARDINALITY_MODE = OFF;

-- [doc: ALTER TABLE] §5: background merger
ALTER TABLE plain BACKGROUND_MERGER = OFF;

-- [doc: ALTER TABLE] §5: column group
ALTER TABLE grouped DROP COLUMN GROUP g;

-- [doc: AGGREGATOR SYNC AUTO_INCREMENT] §4: the counter of one table
AGGREGATOR SYNC AUTO_INCREMENT;

-- [doc: OPTIMIZE TABLE] §12: flush
OPTIMIZE TABLE plain FLUSH;

-- [doc: OPTIMIZE TABLE] §12: full
OPTIMIZE TABLE plain FULL;

-- [ef] §12: statistics
ANALYZE TABLE plain;

-- [doc: INSERT] §8: rows
INSERT INTO plain (name, n) VALUES ('a', 1), ('b', 2), ('c', DEFAULT);

-- [doc: INSERT] §8: SET
INSERT INTO plain SET name = 'd', n = 4;

-- [doc: INSERT] §8: SELECT
INSERT INTO ctas_keys SELECT id + 1000000, name FROM plain;

-- [ef] §8: no columns at all
INSERT INTO auto_key () VALUES ();

-- [doc: INSERT] §8: IGNORE
INSERT IGNORE INTO sharded (tenant_id, id, x) VALUES (1, 1, 1), (1, 1, 2);

-- [doc: INSERT] §8: ON DUPLICATE KEY UPDATE
INSERT INTO sharded (tenant_id, id, x) VALUES (1, 1, 5) ON DUPLICATE KEY UPDATE x = VALUES(x) + 1;

-- [lar] §8: REPLACE
REPLACE INTO sharded (tenant_id, id, x) VALUES (1, 1, 9);

-- [doc: UPDATE] §8: UPDATE
UPDATE sharded SET x = x + 1 WHERE tenant_id = 1;

-- [ef] §8: UPDATE with a join
UPDATE sharded a JOIN plain b ON a.id = b.id SET a.x = b.n WHERE b.n > 1;

-- [ef] §6a: UPDATE … LIMIT on one partition
UPDATE sharded SET x = 3 WHERE tenant_id = 1 LIMIT 1;

-- [ef] §8: DELETE … LIMIT
DELETE FROM sharded WHERE x > 100 LIMIT 10;

-- [ef] §8: DELETE of the left-most table of a join
DELETE a FROM sharded a JOIN plain b ON a.id = b.id WHERE b.n > 100;

-- [dj] §6a: DELETE by keys of a derived table
DELETE FROM plain WHERE id IN (SELECT * FROM (SELECT p.id FROM plain p WHERE p.n > 100 ORDER BY p.id LIMIT 5) AS w0);

-- [doc: Durability FAQ] §9: transaction
BEGIN;

-- [jdbc] §9: commit
COMMIT;

-- [jdbc] §9: START TRANSACTION
START TRANSACTION;

-- [pg] §2: SAVEPOINT succeeds
SAVEPOINT s;

-- [pg] §2: ROLLBACK TO does nothing
ROLLBACK TO SAVEPOINT s;

-- [jdbc] §9: rollback
ROLLBACK;

-- [jdbc] §9: the one isolation
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;

-- [ef README] §2: time_zone is accepted and ignored
SET time_zone = '+02:00';

-- [py] §2: extended metadata
SET @@SESSION.enable_extended_types_metadata = on;

-- [py] §2: format of vectors
SET @@SESSION.vector_type_project_format = json;

-- [sqa] §2: mode
SET sql_mode = 'TRADITIONAL';

-- [py] §2: names
SET NAMES utf8mb4;

-- [conv] §2: the mode it has anyway
SET sql_mode = 'STRICT_ALL_TABLES';

-- [jdbc] §2: variables read at login
SELECT @@max_allowed_packet, @@aggregator_id, @@sql_select_limit, @@memsql_version;

-- [dj] §2: variables that Django reads
SELECT @@sql_mode, @@default_table_type, @@table_name_case_sensitivity;

-- [lar] §2: user variables
SET @v = '[1,2,3]' :> VECTOR(3);

-- [elegance-sdk] §2: SELECT INTO a variable
SELECT COUNT(*) INTO @n FROM plain;

-- [doc] §8: cast
SELECT (n :> DOUBLE) AS a, (name :> CHAR(1)) AS b, (n :> DECIMAL(10, 2)) AS c, ('5' :> BIGINT) AS d, ('2020-01-01' :> DATETIME(6)) AS e FROM plain ORDER BY id;

-- [sqlglot] §8: try-cast
SELECT ('x' !:> BIGINT) AS a, (n !:> DATE) AS b FROM plain ORDER BY id;

-- [sqlglot] §8: chained casts
SELECT n :> CHAR(5) :> BIGINT AS a FROM plain ORDER BY id;

-- [dj] §8: collation by a cast
SELECT id FROM plain ORDER BY (name :> LONGTEXT COLLATE utf8mb4_bin), id;

-- [hib] §8: case-sensitive LIKE
SELECT id FROM plain WHERE name LIKE BINARY 'a%' ORDER BY id;

-- [dj] §8: backslash escapes in LIKE
SELECT id FROM plain WHERE name LIKE '10\%' ORDER BY id;

-- [dbm] §8: null-safe equal
SELECT id FROM plain WHERE n <=> NULL ORDER BY id;

-- [hib] §8: IS TRUE
SELECT id FROM plain WHERE (n > 1) IS TRUE ORDER BY id;

-- [dj] §8: regular expression with a case argument
SELECT id FROM plain WHERE REGEXP_INSTR(name, 'A', 1, 1, 0, 'i') > 0 ORDER BY id;

-- [dj] §8: RLIKE
SELECT id FROM plain WHERE name RLIKE '^a' OR name REGEXP 'b$' ORDER BY id;

-- [metabase] §8: JSON by keys
SELECT JSON_EXTRACT_STRING(j, 'a', 'b') AS a, JSON_EXTRACT_JSON(j, 'c', 0) AS b, JSON_EXTRACT_DOUBLE(j, 'd') AS c, JSON_EXTRACT_BIGINT(j, 'e') AS d FROM json_shown ORDER BY id;

-- [doc] §8: JSON operators
SELECT j::a AS a, j::$b AS b, j::%c AS c, j::a::b::$c AS d, j::`two words` AS e, j::list::`0` AS f, j::?a AS g FROM json_shown ORDER BY id;

-- [dj] §8: JSON compared as JSON
SELECT id FROM json_shown WHERE (j :> JSON) = ('{"a":1}' :> JSON) ORDER BY id;

-- [dj] §8: JSON null
SELECT id FROM json_shown WHERE JSON_GET_TYPE(j) = 'null' ORDER BY id;

-- [doc][sqlglot] §8: JSON built and changed
SELECT JSON_BUILD_OBJECT('a', 1) AS a, JSON_BUILD_ARRAY(1, 2) AS b, JSON_SET_STRING('{}', 'a', 'x') AS c, JSON_SET_DOUBLE('{}', 'a', 1) AS d, JSON_SET_JSON('{}', 'a', '[1]') AS e, JSON_DELETE_KEY('{"a":1}', 'a') AS f;

-- [dj] §8: JSON arrays
SELECT JSON_ARRAY_CONTAINS_STRING('["a"]', 'a') AS a, JSON_ARRAY_CONTAINS_DOUBLE('[1]', 1) AS b, JSON_LENGTH('[1]') AS c, JSON_ARRAY_PUSH_STRING('[]', 'x') AS d, JSON_AGG(n) AS e, TO_JSON(1) AS f FROM plain;

-- [dj] §8: key exists
SELECT id FROM json_shown WHERE JSON_MATCH_ANY_EXISTS(j, 'a', 'b') ORDER BY id;

-- [doc][dj] §8: truncation of times
SELECT DATE_TRUNC('month', e) AS a, TIME_BUCKET('5m', e) AS b, EXTRACT(YEAR FROM e) AS c, WEEK(e, 3) AS d, DAYOFWEEK(e) AS f FROM times ORDER BY id;

-- [dj][sqlglot] §8: formats of times
SELECT DATE_FORMAT(e, '%Y') AS a, TO_CHAR(e, 'YYYY-MM-DD') AS b, TO_DATE('2020-01-02', 'YYYY-MM-DD') AS c, TO_TIMESTAMP('2020-01-02 03:04:05', 'YYYY-MM-DD HH24:MI:SS') AS d, STR_TO_DATE('2020', '%Y') AS f FROM times ORDER BY id;

-- [dj][metabase] §8: differences of times
SELECT TIMESTAMPDIFF(MICROSECOND, e, NOW(6)) AS a, TIMESTAMPADD(MICROSECOND, 5, e) AS b, DATE_ADD(e, INTERVAL 1 DAY) AS c, e + INTERVAL 2 HOUR AS d FROM times ORDER BY id;

-- [dj] §8: strings
SELECT LENGTH(name) AS a, CHAR_LENGTH(name) AS b, CONCAT(name, 'x') AS c, CONCAT_WS(',', name, 'y') AS d, RPAD(name, 10, ' ') AS e, SHA2(name, 256) AS f FROM plain ORDER BY id;

-- [dj] §8: OFFSET with LIMIT
SELECT id FROM plain ORDER BY id LIMIT 9223372036854775807 OFFSET 1;

-- [hib] §8: condition without a table
SELECT 1 AS one FROM DUAL WHERE 1 = 1;

-- [driz] §8: set operations
SELECT * FROM (SELECT id FROM plain UNION SELECT a FROM keyless) AS t ORDER BY id LIMIT 3;

-- [ef][sqlglot] §8: EXCEPT and INTERSECT
SELECT * FROM (SELECT id FROM plain EXCEPT SELECT a FROM keyless) AS t ORDER BY id;

-- [dj] §8: INTERSECT
SELECT * FROM (SELECT id FROM plain INTERSECT SELECT a FROM keyless) AS t ORDER BY id;

-- [hib] §8: WITH
WITH t AS (SELECT id, n FROM plain) SELECT t.id, t.n FROM t ORDER BY id;

-- [rec] §8: recursion
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r ORDER BY n;

-- [rec] §8: a table of the database in a recursion, and the whole used twice
WITH RECURSIVE r AS (SELECT id, 0 AS depth FROM plain WHERE id = 1 UNION ALL SELECT p.id, r.depth + 1 FROM plain AS p INNER JOIN r ON p.n = r.id WHERE r.depth < 30) SELECT a.id, a.depth FROM r AS a INNER JOIN r AS b ON a.id = b.id ORDER BY a.id, a.depth, b.depth;

-- [hib] §8: several tables in WITH, of which one uses another
WITH a AS (SELECT id, n FROM plain), b AS (SELECT a.id FROM a WHERE a.n > 1) SELECT a.id FROM a INNER JOIN b ON a.id = b.id ORDER BY a.id;

-- [hib][driz] §8: windows
SELECT id, ROW_NUMBER() OVER (PARTITION BY n ORDER BY id) AS a, LAG(n, 1, 0) OVER (ORDER BY id) AS b, SUM(n) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS c, PERCENT_RANK() OVER (ORDER BY id) AS d FROM plain ORDER BY id;

-- [skill] §8: GROUP_CONCAT with an order
SELECT GROUP_CONCAT(name ORDER BY name SEPARATOR ',') AS a, GROUP_CONCAT(DISTINCT name SEPARATOR ',') AS b FROM plain;

-- [sqlglot] §8: APPROX_COUNT_DISTINCT
SELECT APPROX_COUNT_DISTINCT(name) AS a, COUNT(DISTINCT name) AS b FROM plain;

-- [driz] §8: groups
SELECT n AS a, COUNT(*) AS b FROM plain GROUP BY 1 HAVING COUNT(*) > 0 ORDER BY 1;

-- [doc: CUBE and ROLLUP] §8: totals, which an order outside of them puts in place
SELECT t.d0, t.d1, t.d2 FROM (SELECT p.name AS d0, p.id % 2 AS d1, COUNT(*) AS d2 FROM plain p GROUP BY ROLLUP(p.name, 2) HAVING COUNT(*) > 0) AS t ORDER BY t.d0 IS NULL, t.d0, t.d1 IS NULL, t.d1;

-- [doc] §8: EXISTS that a join can be made of
SELECT p.id FROM plain p WHERE EXISTS (SELECT 1 AS c FROM natural_key k WHERE k.id = p.id) ORDER BY p.id;

-- [dj] §6a: correlation on shard keys, with LIMIT
SELECT p.id FROM plain p WHERE EXISTS (SELECT 1 AS c FROM profile f WHERE f.user_id = p.id ORDER BY f.user_id LIMIT 1) ORDER BY p.id;

-- [dj] §6a: IN with a derived table around LIMIT
SELECT p.id FROM plain p WHERE p.id IN (SELECT * FROM (SELECT k.id FROM natural_key k ORDER BY k.id LIMIT 3) AS w0) ORDER BY p.id;

-- [dj] §6a: NOT IN
SELECT p.id FROM plain p WHERE p.id NOT IN (SELECT k.id FROM natural_key k) ORDER BY p.id;

-- [dj] §6a: joined derived table in place of a scalar subquery
SELECT p.id, t.n AS c FROM plain p LEFT JOIN (SELECT k.id AS i, COUNT(*) AS n FROM natural_key k GROUP BY k.id) AS t ON t.i = p.id ORDER BY p.id;

-- [dj] §6a: uncorrelated scalar subquery
SELECT p.id FROM plain p WHERE p.n > (SELECT AVG(q.n) AS a FROM plain q) ORDER BY p.id;

-- [dj] §6a: correlated subselect in a list without order, group or DISTINCT
SELECT p.id, (SELECT COUNT(*) AS n FROM natural_key k WHERE k.id = p.id) AS c FROM plain p;

-- [dj][conv] §8: FOR UPDATE on one table
SELECT id FROM plain WHERE id = 1 FOR UPDATE;

-- [langgraph store] §8: FOR UPDATE behind ORDER BY and LIMIT
SELECT id FROM plain WHERE id IN (1, 2) ORDER BY id LIMIT 1 FOR UPDATE;

-- [dj] §8: FOR UPDATE with a join of rowstores
SELECT r.id FROM rowy r JOIN geo g ON g.id = r.id FOR UPDATE;

-- [zmdb] §8: full text
SELECT id FROM ft WHERE MATCH (body, title) AGAINST ('word') ORDER BY id;

-- [sqlglot] §8: second version of full text
SELECT id, BM25(ft2, 'body:word') AS score FROM ft2 WHERE MATCH (TABLE ft2) AGAINST ('body:word') ORDER BY id;

-- [doc: Working with Full-Text Search] §8: fields, phrases, near words, beginnings and wrong letters
SELECT id FROM ft2 WHERE MATCH (TABLE ft2) AGAINST ('(body:word OR body:"two words") AND NOT body:"near words"~5') ORDER BY id;

-- [doc: Working with Full-Text Search] §8: the score of the same language
SELECT t0.id, BM25(t0, 'body:wor* AND body:wrd~1') AS score FROM ft2 AS t0 ORDER BY 2 DESC, t0.id;

-- [singlestore vector samples] §8: no index for this search
SELECT id, v <*> ('[1,0,0]' :> VECTOR(3)) AS score FROM vec ORDER BY score USE INDEX () DESC, id LIMIT 5;

-- [doc: Vector Indexing] §8: options of one search
SELECT w.id, w.score FROM (SELECT id, v <*> ('[1,0,0]' :> VECTOR(3)) AS score FROM vec ORDER BY score SEARCH_OPTIONS '{"k":30}' DESC LIMIT 5) AS w ORDER BY w.score DESC, w.id;

-- [doc: EUCLIDEAN_DISTANCE] §8: vectors
SELECT id, v <*> ('[1,0,0]' :> VECTOR(3)) AS score FROM vec ORDER BY score DESC, id LIMIT 5;

-- [doc: EUCLIDEAN_DISTANCE] §8: distance
SELECT id FROM vec ORDER BY v <-> ('[1,0,0]' :> VECTOR(3)), id LIMIT 5;

-- [elegance-sdk] §8: the functions behind the operators
SELECT DOT_PRODUCT(v, '[1,0,0]') AS a, EUCLIDEAN_DISTANCE(v, '[1,0,0]') AS b FROM vec ORDER BY id;

-- [doc] §8: option behind a query
SELECT id FROM plain ORDER BY id OPTION (materialize_ctes = 'OFF');

-- [lib] §8: EXPLAIN
EXPLAIN SELECT id FROM plain;

-- [lib] §8: EXPLAIN JSON
EXPLAIN JSON SELECT id FROM plain;

-- [doc] §8: PROFILE
PROFILE SELECT id FROM plain;

-- [driz] §8: FULL OUTER JOIN
SELECT p.id AS a, k.id AS b FROM plain p FULL OUTER JOIN natural_key k ON k.id = p.id ORDER BY 1, 2;

-- [doc] §8: view
CREATE VIEW seen AS SELECT id, name FROM plain;

-- [doc] §8: a view is read
SELECT id FROM seen ORDER BY id;

-- [doc] §11: a view is dropped
DROP VIEW seen;

-- [dj] §11: tables
SELECT TABLE_NAME, TABLE_TYPE, STORAGE_TYPE, TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME;

-- [dj] §11: columns
SELECT COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, COLUMN_KEY, COLUMN_COMMENT, COLLATION_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'plain' ORDER BY ORDINAL_POSITION;

-- [dbm] §11: indexes
SELECT INDEX_NAME, INDEX_TYPE, COLUMN_NAME, SEQ_IN_INDEX FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'plain' ORDER BY INDEX_NAME, INDEX_TYPE, SEQ_IN_INDEX;

-- [driz] §11: constraints
SELECT CONSTRAINT_NAME, CONSTRAINT_TYPE FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'plain' ORDER BY CONSTRAINT_NAME;

-- [dumpling] §11: databases
SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY SCHEMA_NAME;

-- [doc] §11: row counts
SELECT DATABASE_NAME, TABLE_NAME, ROW_COUNT FROM information_schema.OPTIMIZER_STATISTICS WHERE DATABASE_NAME = DATABASE() ORDER BY TABLE_NAME, COLUMN_NAME;

-- [dj] §11: SHOW TABLES
SHOW TABLES;

-- [dj] §11: SHOW FULL TABLES
SHOW FULL TABLES;

-- [dbt] §11: SHOW COLUMNS
SHOW COLUMNS FROM plain;

-- [dj] §11: SHOW INDEX
SHOW INDEX FROM plain;

-- [dj] §11: SHOW CREATE TABLE
SHOW CREATE TABLE plain;

-- [n89] §11: SHOW TABLE STATUS
SHOW TABLE STATUS;

-- [dumpling] §11: SHOW DATABASES
SHOW DATABASES;

-- [doc] §11: SHOW VARIABLES
SHOW VARIABLES LIKE 'max_allowed_packet';

-- [dbt] §11: SHOW STATUS
SHOW STATUS LIKE 'Uptime';

-- [dbt] §11: temporary tables
SHOW TEMPORARY TABLES;

-- [skill] §11: leaves
SHOW LEAVES;

-- [skill] §11: aggregators
SHOW AGGREGATORS;

-- [skill] §11: partitions
SHOW PARTITIONS;

-- [doc: Unsupported MySQL Features] §2: SHOW TRIGGERS succeeds with a warning
SHOW TRIGGERS;

-- [doc] §11: plans
SHOW PLANCACHE;

-- [n89] §8: TRUNCATE
TRUNCATE TABLE plain;

-- [ef] §8: procedures of MySQL are not needed to drop a table that is not there
DROP TABLE IF EXISTS plain_again;

-- [dev] §1: a database with its partitions
CREATE DATABASE gate_corpus_db PARTITIONS 2;

-- [dj] §1: and away
DROP DATABASE gate_corpus_db;

-- [dbm] §11: the keys of every schema
SELECT COUNT(*) AS n FROM information_schema.STATISTICS WHERE INDEX_TYPE = 'SHARD' OR INDEX_TYPE = 'COLUMNSTORE HASH';

-- [dbm] §11: the constraints of every schema
SELECT COUNT(*) AS n FROM information_schema.TABLE_CONSTRAINTS WHERE CONSTRAINT_TYPE = 'UNIQUE' OR CONSTRAINT_TYPE = 'PRIMARY KEY';
