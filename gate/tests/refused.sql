-- setup
CREATE TABLE c (id BIGINT NOT NULL AUTO_INCREMENT, a INT, b INT NOT NULL DEFAULT 0, t VARCHAR(50) COLLATE utf8mb4_bin, d DATETIME(6), e ENUM('x', 'y'), x AS (a + 1) PERSISTED BIGINT, PRIMARY KEY (id), KEY ka (a));

-- setup
CREATE TABLE p (id BIGINT NOT NULL, c_id BIGINT, n INT, PRIMARY KEY (id));

-- setup
CREATE TABLE tenant (tenant BIGINT NOT NULL, id BIGINT NOT NULL, n INT, PRIMARY KEY (tenant, id), SHARD KEY by_tenant (tenant), SORT KEY (n));

-- setup
CREATE ROWSTORE TABLE r (id BIGINT NOT NULL, a INT, b VARCHAR(20), PRIMARY KEY (id));

-- setup
CREATE REFERENCE TABLE ref (id BIGINT NOT NULL AUTO_INCREMENT, a INT, b INT, PRIMARY KEY (id));

-- setup
CREATE ROWSTORE REFERENCE TABLE rref (id BIGINT NOT NULL, a INT, PRIMARY KEY (id));

-- setup
CREATE TABLE j (id BIGINT NOT NULL PRIMARY KEY, j JSON, v VECTOR(3));

-- 1749 [dj] §3: a reference table needs its key
CREATE REFERENCE TABLE no1 (id BIGINT, a INT);

-- 1749 [dj] §3: a unique key is not enough
CREATE ROWSTORE REFERENCE TABLE no2 (id BIGINT, UNIQUE KEY (id));

-- any [dbt] §3: shard key on a reference table
CREATE REFERENCE TABLE no3 (id BIGINT PRIMARY KEY, SHARD KEY (id));

-- any [zmdb] §3: sort key on rowstore
CREATE ROWSTORE TABLE no4 (id BIGINT PRIMARY KEY, SORT KEY (id));

-- 1064 [doc: CREATE TABLE] §3: global temporary is rowstore
CREATE GLOBAL TEMPORARY TABLE no5 (id BIGINT PRIMARY KEY);

-- any [dj] §3: DOUBLE as the key of a columnstore
CREATE TABLE no6 (id DOUBLE PRIMARY KEY);

-- any [dj] §3: FLOAT within the key of a columnstore
CREATE TABLE no7 (a BIGINT, b FLOAT, PRIMARY KEY (a, b));

-- any [pg] §3: GEOGRAPHY on columnstore
CREATE TABLE no8 (id BIGINT PRIMARY KEY, g GEOGRAPHY);

-- any [hib] §3: index on an ENUM of a columnstore
CREATE TABLE no9 (id BIGINT PRIMARY KEY, e ENUM('a'), KEY (e));

-- 1706 [skill] §3: several tables in one DROP
DROP TABLE c, p;

-- any [lar] §3: SPARSE is for rowstore
CREATE TABLE no10 (id BIGINT PRIMARY KEY, a INT SPARSE);

-- any [sqa] §3: COMPRESSION = SPARSE is for rowstore
CREATE TABLE no11 (id BIGINT PRIMARY KEY) COMPRESSION = SPARSE;

-- 1706 [bench] §4: empty shard key with a primary key
CREATE TABLE no12 (id BIGINT PRIMARY KEY, SHARD KEY ());

-- 1744 [agno] §4: unique key without the shard key
CREATE TABLE no13 (id BIGINT NOT NULL, email VARCHAR(50), PRIMARY KEY (id), UNIQUE KEY (email));

-- 1744 [agno] §4: on rowstore too
CREATE ROWSTORE TABLE no14 (id BIGINT NOT NULL, email VARCHAR(50), PRIMARY KEY (id), UNIQUE KEY (email));

-- 1744 [doc: Understanding Keys] §4: primary key without the shard key
CREATE TABLE no15 (id BIGINT NOT NULL, t BIGINT NOT NULL, PRIMARY KEY (id), SHARD KEY (t));

-- 1744 [dj] §4: a unique column
CREATE TABLE no16 (id BIGINT NOT NULL PRIMARY KEY, email VARCHAR(50) UNIQUE);

-- 1744 [dj] §4: part of the shard key is missing
CREATE TABLE no17 (a BIGINT, b BIGINT, UNIQUE KEY (a), SHARD KEY (a, b));

-- 1896 [engine reports] §4: unique key on an empty shard key
CREATE TABLE no18 (id BIGINT, UNIQUE KEY (id), SHARD KEY ());

-- any [doc: Understanding Keys] §4: two shard keys
CREATE TABLE no19 (a BIGINT, b BIGINT, SHARD KEY (a), SHARD KEY (b));

-- any [doc] §4: two sort keys
CREATE TABLE no20 (a BIGINT, b BIGINT, SORT KEY (a), SORT KEY (b));

-- any [ef] §4: two full-text keys
CREATE TABLE no21 (id BIGINT PRIMARY KEY, a LONGTEXT, b LONGTEXT, FULLTEXT KEY fa (a), FULLTEXT KEY fb (b));

-- any [ef] §4: full text on rowstore
CREATE ROWSTORE TABLE no22 (id BIGINT PRIMARY KEY, a LONGTEXT, FULLTEXT KEY (a));

-- any [lar] §4: SPATIAL
CREATE ROWSTORE TABLE no23 (id BIGINT PRIMARY KEY, g GEOGRAPHYPOINT, SPATIAL KEY (g));

-- any [sqa] §4: vector index on rowstore
CREATE ROWSTORE TABLE no24 (id BIGINT PRIMARY KEY, v VECTOR(2), VECTOR INDEX (v));

-- 1706 [sas] §4: metric of the cosine
CREATE TABLE no24a (id BIGINT PRIMARY KEY, v VECTOR(2) NOT NULL, VECTOR INDEX vi (v) INDEX_OPTIONS '{"metric_type":"COSINE_SIMILARITY"}');

-- 1706 [doc: Vector Indexing] §4: no such type of index
CREATE TABLE no24b (id BIGINT PRIMARY KEY, v VECTOR(2) NOT NULL, VECTOR INDEX vi (v) INDEX_OPTIONS '{"index_type":"HNSW"}');

-- 1064 [doc: ALTER TABLE] §4: full text has two versions
CREATE TABLE no24c (id BIGINT PRIMARY KEY, a LONGTEXT, FULLTEXT USING VERSION 3 f (a));

-- any [dj] §4: several UNIQUE with one of several columns
CREATE TABLE no25 (a BIGINT NOT NULL, b BIGINT NOT NULL, PRIMARY KEY (a), UNIQUE KEY (a, b));

-- any [dj] §4: two hash indexes on the same columns
CREATE TABLE no26 (id BIGINT NOT NULL, a INT, PRIMARY KEY (id), KEY (id));

-- any [dj] §4: two keys on the same column
CREATE TABLE no27 (id BIGINT NOT NULL, a INT, PRIMARY KEY (id), KEY x (a), KEY y (a));

-- any [lq] §4: SERIAL is unique by itself
CREATE TABLE no28 (id SERIAL PRIMARY KEY);

-- any [dj] §4: descending index column
CREATE TABLE no29 (id BIGINT PRIMARY KEY, a INT, KEY (a DESC));

-- 1064 [ef] §4: functional index
CREATE TABLE no30 (id BIGINT PRIMARY KEY, a VARCHAR(10), KEY ((LOWER(a))));

-- any [jdbc] §4: more than 16 columns in an index
CREATE TABLE no31 (id BIGINT PRIMARY KEY, a INT, b INT, c INT, d INT, e INT, f INT, g INT, h INT, i INT, j INT, k INT, l INT, m INT, n INT, o INT, p INT, q INT, KEY (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q));

-- 2752 [lib] §4: foreign key
CREATE TABLE no32 (id BIGINT PRIMARY KEY, c_id BIGINT, FOREIGN KEY (c_id) REFERENCES c (id));

-- 2752 [bench] §4: named foreign key
CREATE TABLE no33 (id BIGINT PRIMARY KEY, c_id BIGINT, CONSTRAINT fk FOREIGN KEY (c_id) REFERENCES c (id) ON DELETE CASCADE);

-- 2752 [lib] §4: foreign key by ALTER
ALTER TABLE p ADD CONSTRAINT fk FOREIGN KEY (c_id) REFERENCES c (id);

-- 2752 [ef] §4: at the column
CREATE TABLE no34 (id BIGINT PRIMARY KEY, c_id BIGINT REFERENCES c (id));

-- 1706 [pg] §4: CHECK
CREATE TABLE no35 (id BIGINT PRIMARY KEY, a INT, CHECK (a > 0));

-- 1706 [zmdb] §4: named CHECK
CREATE TABLE no36 (id BIGINT PRIMARY KEY, a INT, CONSTRAINT ck CHECK (a > 0));

-- 1706 [zmdb] §4: CHECK at the column
CREATE TABLE no37 (id BIGINT PRIMARY KEY, a INT CHECK (a > 0));

-- any [doc: Distributed SQL Surface Area] §4: AUTO_INCREMENT that is not BIGINT
CREATE TABLE no38 (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY);

-- any [doc] §4: AUTO_INCREMENT without an index
CREATE TABLE no39 (id BIGINT NOT NULL AUTO_INCREMENT, a BIGINT PRIMARY KEY);

-- any [doc] §4: two AUTO_INCREMENT
CREATE TABLE no40 (id BIGINT NOT NULL AUTO_INCREMENT, a BIGINT AUTO_INCREMENT, PRIMARY KEY (id), KEY (a));

-- 1749 [dj] §4: no reset of the counter
ALTER TABLE c AUTO_INCREMENT = 100;

-- 1064 [dj] §4: default in parentheses
CREATE TABLE no41 (id BIGINT PRIMARY KEY, a INT DEFAULT (1 + 1));

-- 1749 [ef] §4: UUID() as a default
CREATE TABLE no42 (id BIGINT PRIMARY KEY, a CHAR(36) DEFAULT UUID());

-- any [helios] §4: a function with arguments as a default
CREATE TABLE no43 (id BIGINT PRIMARY KEY, a VARCHAR(10) DEFAULT CONCAT('a', 'b'));

-- 1064 [lar] §4: MySQL's form of a computed column
CREATE TABLE no44 (id BIGINT PRIMARY KEY, a INT, b INT GENERATED ALWAYS AS (a + 1) STORED);

-- 1064 [zmdb] §4: VIRTUAL
CREATE TABLE no45 (id BIGINT PRIMARY KEY, a INT, b INT AS (a + 1) VIRTUAL);

-- 1064 [doc] §7: UUID is no type
CREATE TABLE no46 (id UUID PRIMARY KEY);

-- 1064 [dj] §7: INET6 is no type
CREATE TABLE no47 (id BIGINT PRIMARY KEY, a INET6);

-- 1064 [pg] §7: POINT is no type
CREATE ROWSTORE TABLE no48 (id BIGINT PRIMARY KEY, a POINT);

-- 1064 [hib] §2: NVARCHAR is no type
CREATE TABLE no49 (id BIGINT PRIMARY KEY, a NVARCHAR(10));

-- any [n89] §7: precision of times is 0 or 6
CREATE TABLE no50 (id BIGINT PRIMARY KEY, a DATETIME(3));

-- any [zmdb] §7: TIMESTAMP too
CREATE TABLE no51 (id BIGINT PRIMARY KEY, a TIMESTAMP(2) NULL);

-- any [hib] §7: VARCHAR is too long
CREATE TABLE no52 (id BIGINT PRIMARY KEY, a VARCHAR(30000));

-- 1064 [hib] §7: VARCHAR needs a length
CREATE TABLE no53 (id BIGINT PRIMARY KEY, a VARCHAR);

-- any [hib] §7: VARBINARY is too long
CREATE TABLE no54 (id BIGINT PRIMARY KEY, a VARBINARY(65535));

-- any [dj] §2: names have 64 characters at most
CREATE TABLE no55_abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij (id BIGINT PRIMARY KEY);

-- any [ef] §2: a database's name does not begin with a digit
CREATE DATABASE `1abc`;

-- 1064 [ef] §5: ADD COLUMN IF NOT EXISTS
ALTER TABLE c ADD COLUMN IF NOT EXISTS z INT;

-- any [ef] §5: ADD COLUMN AUTO_INCREMENT
ALTER TABLE p ADD COLUMN z BIGINT AUTO_INCREMENT;

-- any [dj] §5: ADD COLUMN UNIQUE on columnstore
ALTER TABLE c ADD COLUMN z INT UNIQUE;

-- any [dj] §5: ADD COLUMN PRIMARY KEY
ALTER TABLE c ADD COLUMN z INT PRIMARY KEY;

-- any [dj] §5: ADD COLUMN UNIQUE on rowstore outside of the shard key
ALTER TABLE r ADD COLUMN z INT UNIQUE;

-- any [dj] §5: drop a shard column
ALTER TABLE tenant DROP COLUMN tenant;

-- any [ef] §5: drop a column that is indexed
ALTER TABLE c DROP COLUMN a;

-- any [ef] §5: drop the primary key's column
ALTER TABLE c DROP COLUMN id;

-- 1064 [dj][sqlglot] §5: CHANGE with a type
ALTER TABLE c CHANGE t tt VARCHAR(50);

-- any [dj] §5: CHANGE of a reference table's AUTO_INCREMENT
ALTER TABLE ref CHANGE id new_id;

-- any [dj] §5: MODIFY of the type on columnstore
ALTER TABLE c MODIFY COLUMN t VARCHAR(60) COLLATE utf8mb4_bin;

-- any [lar] §5: INT to BIGINT on columnstore
ALTER TABLE c MODIFY COLUMN b BIGINT NOT NULL DEFAULT 0;

-- any [dj] §5: MODIFY of the type on columnstore reference
ALTER TABLE ref MODIFY COLUMN a BIGINT;

-- any [dj] §5: collation on columnstore
ALTER TABLE c MODIFY COLUMN t VARCHAR(50) COLLATE utf8mb4_general_ci;

-- any [dj] §5: NULL to NOT NULL on columnstore
ALTER TABLE c MODIFY COLUMN a INT NOT NULL;

-- any [dj] §5: NULL to NOT NULL on rowstore
ALTER TABLE r MODIFY COLUMN a INT NOT NULL;

-- any [dj] §5: add AUTO_INCREMENT
ALTER TABLE p MODIFY COLUMN id BIGINT NOT NULL AUTO_INCREMENT;

-- any [dj] §5: remove AUTO_INCREMENT
ALTER TABLE c MODIFY COLUMN id BIGINT NOT NULL;

-- any [ef] §5: MODIFY of a computed column
ALTER TABLE c MODIFY COLUMN x BIGINT;

-- any [ef] §5: into a computed column
ALTER TABLE c MODIFY COLUMN b AS (a + 1) PERSISTED INT;

-- 1064 [driz] §5: ALTER COLUMN … SET DEFAULT
ALTER TABLE c ALTER COLUMN b SET DEFAULT 5;

-- any [dj] §5: ADD UNIQUE on columnstore
ALTER TABLE c ADD UNIQUE KEY u (id, b);

-- any [dj] §5: CREATE UNIQUE INDEX on columnstore
CREATE UNIQUE INDEX u ON c (id, b);

-- any [dj] §5: ADD UNIQUE on columnstore reference
ALTER TABLE ref ADD UNIQUE KEY u (a);

-- 1744 [dj] §5: ADD UNIQUE on rowstore outside of the shard key
ALTER TABLE r ADD UNIQUE KEY u (a);

-- any [dj] §5: ADD PRIMARY KEY
ALTER TABLE r ADD PRIMARY KEY (id);

-- 1749 [ef] §5: DROP PRIMARY KEY
ALTER TABLE c DROP PRIMARY KEY;

-- any [ef] §4: later index of several columns, one of them indexed
ALTER TABLE c ADD KEY kab (a, b);

-- any [dj] §4: second index on the same column
CREATE INDEX ka2 ON c (a);

-- 1064 [dj] §5: RENAME INDEX
ALTER TABLE c RENAME INDEX ka TO kb;

-- 1064 [dj] §5: RENAME COLUMN
ALTER TABLE c RENAME COLUMN t TO tt;

-- 1064 [metabase] §5: RENAME TABLE
RENAME TABLE c TO cc;

-- 1064 [trino] §5: rename across databases
ALTER TABLE c RENAME TO other.c;

-- any [doc] §5: another shard key
ALTER TABLE c ADD SHARD KEY (a);

-- any [doc] §5: another sort key
ALTER TABLE c ADD SORT KEY (a);

-- any [dj] §5: comment of a table
ALTER TABLE c COMMENT = 'x';

-- any [ef] §5: collation of a columnstore table before 9.1
ALTER TABLE c COLLATE utf8mb4_bin;

-- any [ef] §5: character set of a database
ALTER DATABASE x CHARACTER SET utf8mb4;

-- any [doc] §5: full text on rowstore
ALTER TABLE r ADD FULLTEXT KEY (b);

-- any [sas] §5: drop of the shard index
ALTER TABLE tenant DROP INDEX by_tenant;

-- 1749 [dj][ef] §6a: correlated, with LIMIT, not on shard keys
SELECT p.id FROM p WHERE EXISTS (SELECT 1 AS o FROM c WHERE c.a = p.n ORDER BY c.id LIMIT 1) ORDER BY p.id;

-- 1749 [dj][ef] §6a: correlated by an inequality
SELECT p.id FROM p WHERE EXISTS (SELECT 1 AS o FROM c WHERE c.a > p.n) ORDER BY p.id;

-- 1749 [ef] §6a: scalar with LIMIT
SELECT p.id, (SELECT c.t FROM c WHERE c.a = p.n ORDER BY c.id LIMIT 1) AS t FROM p;

-- 1749 [great_expectations code] §6a: correlated with GROUP BY
SELECT p.id FROM p WHERE p.n IN (SELECT c.b FROM c WHERE c.a = p.n GROUP BY c.b) ORDER BY p.id;

-- any [dj] §6a: more than one level up
SELECT p.id FROM p WHERE EXISTS (SELECT 1 AS o FROM c WHERE c.id = p.c_id AND c.b = (SELECT MAX(t.n) AS m FROM tenant t WHERE t.tenant = p.id)) ORDER BY p.id;

-- any [dj] §6a: grouped by a scalar subselect
SELECT (SELECT MAX(c.b) AS m FROM c) AS s, COUNT(*) AS n FROM p GROUP BY s ORDER BY 2;

-- any [dj] §6a: ordered by a scalar subselect
SELECT p.id FROM p ORDER BY (SELECT MAX(c.b) AS m FROM c), p.id;

-- any [dj] §6a: correlated in ORDER BY
SELECT p.id FROM p ORDER BY (SELECT MAX(c.b) AS m FROM c WHERE c.id = p.c_id), p.id;

-- any [dj] §6a: subselect in an aggregate
SELECT SUM(CASE WHEN EXISTS (SELECT 1 AS o FROM c WHERE c.id = p.c_id) THEN 1 ELSE 0 END) AS s FROM p;

-- any [dj][ef] §6a: nested in the project list
SELECT (SELECT (SELECT MAX(t.n) AS m FROM tenant t) AS x FROM c WHERE c.id = 1) AS y FROM p;

-- any [dj] §6a: correlated in HAVING
SELECT p.c_id, COUNT(*) AS n FROM p GROUP BY p.c_id HAVING COUNT(*) > (SELECT MAX(c.b) AS m FROM c WHERE c.id = p.c_id) ORDER BY p.c_id;

-- any [dj] §6a: correlated in the list of an ordered query
SELECT p.id, (SELECT COUNT(*) AS n FROM c WHERE c.id = p.c_id) AS n FROM p ORDER BY p.id;

-- any [dj] §6a: correlated in the list of a DISTINCT query
SELECT DISTINCT p.n, (SELECT COUNT(*) AS n FROM c WHERE c.id = p.c_id) AS n FROM p;

-- any [ef] §6a: aggregate over an outer column
SELECT p.id FROM p WHERE p.n > (SELECT SUM(p.n) AS s FROM c WHERE c.id = p.c_id) ORDER BY p.id;

-- any [ef] §6a: outer table is not sharded
SELECT ref.id FROM ref WHERE ref.a = (SELECT MAX(c.b) AS m FROM c WHERE c.id = ref.b) ORDER BY ref.id;

-- any [ef] §6a: subselect in a window
SELECT p.id, ROW_NUMBER() OVER (ORDER BY (SELECT MAX(c.b) AS m FROM c)) AS n FROM p ORDER BY p.id;

-- any [dj] §6a: FOR UPDATE with a join on columnstore
SELECT p.id FROM p JOIN c ON c.id = p.c_id FOR UPDATE;

-- any [dj] §6a: FOR UPDATE with a subselect
SELECT p.id FROM p WHERE p.c_id IN (SELECT c.id FROM c) FOR UPDATE;

-- any [dj] §6a: select within VALUES
INSERT INTO p (id, n) VALUES (1, (SELECT MAX(c.b) FROM c));

-- any [ef] §6a: DELETE of the right table of a join
DELETE c FROM p JOIN c ON c.id = p.c_id;

-- any [dj] §6a: LIMIT within IN
SELECT p.id FROM p WHERE p.c_id IN (SELECT c.id FROM c ORDER BY c.id LIMIT 3) ORDER BY p.id;

-- any [ef][libschema] §6a: UPDATE … LIMIT on several partitions
UPDATE c SET b = 1 WHERE a = 3 LIMIT 5;

-- 1064 [dj][ef] §6a: COLLATE as an operator
SELECT c.id FROM c ORDER BY c.t COLLATE utf8mb4_bin, c.id;

-- 1064 [dj][ef] §6a: LIKE … ESCAPE
SELECT c.id FROM c WHERE c.t LIKE 'a|%' ESCAPE '|' ORDER BY c.id;

-- 1064 [dj] §6a: computing with an interval
SELECT c.d + 2 * INTERVAL 1 DAY AS x FROM c ORDER BY c.id;

-- 1749 [n89][skill] §6a: catalog joined with user tables
SELECT c.id FROM c JOIN information_schema.TABLES t ON t.TABLE_NAME = c.t ORDER BY c.id;

-- 1064 [ef] §6d: FOR SHARE
SELECT id FROM c WHERE id = 1 FOR SHARE;

-- 1064 [dj] §6d: NOWAIT
SELECT id FROM c WHERE id = 1 FOR UPDATE NOWAIT;

-- 1064 [dj] §6d: SKIP LOCKED
SELECT id FROM c WHERE id = 1 FOR UPDATE SKIP LOCKED;

-- 1064 [hib] §8: LOCK IN SHARE MODE
SELECT id FROM c WHERE id = 1 LOCK IN SHARE MODE;

-- 1064 [dj] §6d: aggregate FILTER
SELECT COUNT(*) FILTER (WHERE a > 1) AS n FROM c;

-- 1064 [dj] §6d: DISTINCT ON
SELECT DISTINCT ON (a) a, b FROM c ORDER BY a;

-- 1064 [hib] §6d: NULLS LAST
SELECT id FROM c ORDER BY a NULLS LAST, id;

-- 1064 [ef] §6d: LATERAL
SELECT c.id FROM c JOIN LATERAL (SELECT 1 AS x) AS l ON 1 = 1 ORDER BY c.id;

-- 1064 [ef] §6d: VALUES as a table
SELECT * FROM (VALUES (1), (2)) AS v;

-- 1064 [dj][hib] §6d: condition without FROM
SELECT 1 AS one WHERE 1 = 1;

-- 1064 [ef][metabase] §8: CAST AS DOUBLE
SELECT CAST(a AS DOUBLE) AS x FROM c ORDER BY id;

-- any [metabase] §8: CONVERT to TEXT
SELECT CONVERT(a, TEXT) AS x FROM c ORDER BY id;

-- any [hib] §8: CONVERT USING another character set
SELECT CONVERT(t USING latin1) AS x FROM c ORDER BY id;

-- 1064 [hib] §8: IS DISTINCT FROM
SELECT id FROM c WHERE a IS DISTINCT FROM b ORDER BY id;

-- 1064 [sqlglot] §8: ANY
SELECT id FROM c WHERE a = ANY (SELECT n FROM p) ORDER BY id;

-- 1064 [sqlglot] §8: ALL
SELECT id FROM c WHERE a > ALL (SELECT n FROM p) ORDER BY id;

-- 1064 [hib] §8: JSON arrow
SELECT j->'$.a' AS x FROM j ORDER BY id;

-- 1064 [dj] §8: JSON double arrow
SELECT j->>'$.a' AS x FROM j ORDER BY id;

-- any [ef] §8: JSON_VALUE
SELECT JSON_VALUE(j, '$.a') AS x FROM j ORDER BY id;

-- any [ef] §8: JSON_OVERLAPS
SELECT JSON_OVERLAPS(j, '{}') AS x FROM j ORDER BY id;

-- any [ef] §8: JSON_TABLE
SELECT t.x FROM j, JSON_TABLE(j.j, '$' COLUMNS (x INT PATH '$.a')) AS t ORDER BY t.x;

-- any [n89] §8: MAKEDATE
SELECT MAKEDATE(2020, 1) AS x;

-- any [metabase] §8: YEARWEEK
SELECT YEARWEEK(d) AS x FROM c ORDER BY id;

-- any [AbsoluteJS live suite] §5: GET_LOCK
SELECT GET_LOCK('x', 1) AS x;

-- any [sas] §8: COSINE_SIMILARITY
SELECT COSINE_SIMILARITY(v, v) AS x FROM j ORDER BY id;

-- any [metabase] §8: unit MILLISECOND
SELECT d + INTERVAL 5 MILLISECOND AS x FROM c ORDER BY id;

-- 1064 [metabase][dremio] §7: typed literal
SELECT id FROM c WHERE d > DATE '2020-01-01' ORDER BY id;

-- 1064 [metabase][dremio] §7: typed literal with a time
SELECT id FROM c WHERE d > TIMESTAMP '2020-01-01 00:00:00' ORDER BY id;

-- any [sas] §7: T and Z in a time
INSERT INTO c (a, d) VALUES (1, '2026-07-30T12:00:00Z');

-- any [sas] §7: offset behind a time
INSERT INTO c (a, d) VALUES (1, '2026-07-30 12:00:00+02:00');

-- any [dj] §8: OFFSET without LIMIT
SELECT id FROM c ORDER BY id OFFSET 5;

-- 1064 [driz] §8: INTERSECT ALL
SELECT id FROM c INTERSECT ALL SELECT id FROM p;

-- 1064 [sqlglot] §8: EXCEPT ALL
SELECT id FROM c EXCEPT ALL SELECT id FROM p;

-- any [dj] §8: table-qualified ORDER BY behind a set operation
SELECT c.id FROM c UNION SELECT p.id FROM p ORDER BY c.id;

-- any [hib] §8: WITH inside a subquery
SELECT id FROM c WHERE id IN (WITH x AS (SELECT id FROM p) SELECT id FROM x) ORDER BY id;

-- 2709 [rec] §8: UNION in a recursion
WITH RECURSIVE x AS (SELECT 1 AS n UNION SELECT n + 1 FROM x WHERE n < 5) SELECT n FROM x ORDER BY n;

-- 2730 [rec] §8: DISTINCT in a recursion
WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT DISTINCT n + 1 FROM x WHERE n < 5) SELECT n FROM x ORDER BY n;

-- 1706 [rec] §8: two references to itself in a recursion
WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT a.n + 1 FROM x AS a INNER JOIN x AS b ON a.n = b.n WHERE a.n < 5) SELECT n FROM x ORDER BY n;

-- 1706 [rec] §8: a reference to itself beside one in a subquery
WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT a.n + 1 FROM x AS a WHERE a.n IN (SELECT n FROM x)) SELECT n FROM x ORDER BY n;

-- any [hib] §8: WITH in a derived table
SELECT d.id FROM (WITH x AS (SELECT id FROM p) SELECT id FROM x) AS d ORDER BY d.id;

-- any [hop] §6a: a scalar subselect that refers to a common table expression
WITH x AS (SELECT id FROM p) SELECT x.id FROM x WHERE x.id > (SELECT MAX(c.a) FROM c WHERE c.id = x.id) ORDER BY x.id;

-- 1706 [skill][n89] §8: GROUP_CONCAT with DISTINCT and ORDER BY
SELECT GROUP_CONCAT(DISTINCT t ORDER BY t) AS x FROM c;

-- 1064 [lib] §8: EXPLAIN FORMAT=JSON
EXPLAIN FORMAT=JSON SELECT id FROM c;

-- 1064 [zmdb] §8: mode of a full-text search
SELECT id FROM c WHERE MATCH (t) AGAINST ('x' IN BOOLEAN MODE) ORDER BY id;

-- 1064 [doc: Working with Full-Text Search] §8: no search of fields
SELECT id FROM c WHERE MATCH (TABLE c) AGAINST ('word') ORDER BY id;

-- 1064 [dj][ef][zmdb] §4: RETURNING
INSERT INTO c (a) VALUES (1) RETURNING id;

-- 1064 [zmdb] §4: RETURNING of a DELETE
DELETE FROM c WHERE id = 1 RETURNING id;

-- any [hib] §8: alias of the target of an INSERT
INSERT INTO c AS z (a) VALUES (1);

-- 1064 [hib] §8: alias of the row
INSERT INTO p (id, n) VALUES (1, 2) AS new ON DUPLICATE KEY UPDATE n = new.n;

-- 1706 [doc: ERROR 1706 page] §8: IGNORE with ON DUPLICATE KEY UPDATE
INSERT IGNORE INTO p (id, n) VALUES (1, 2) ON DUPLICATE KEY UPDATE n = 3;

-- any [doc][hib] §4: UPDATE of a shard column
UPDATE tenant SET tenant = 5 WHERE id = 1;

-- any [doc] §4: UPDATE of the key that rows are sharded by
UPDATE p SET id = id + 1;

-- any [doc] §4: upsert that assigns a shard column
INSERT INTO p (id, n) VALUES (1, 2) ON DUPLICATE KEY UPDATE id = 5;

-- any [lar] §8: UPDATE … ORDER BY
UPDATE p SET n = 1 ORDER BY id;

-- any [ef] §8: DELETE … ORDER BY
DELETE FROM p ORDER BY id LIMIT 1;

-- any [dbt] §8: DELETE … USING
DELETE FROM p USING p JOIN c ON c.id = p.c_id;

-- any [ef] §8: DELETE from several tables
DELETE p, c FROM p JOIN c ON c.id = p.c_id;

-- any [lar] §8: DELETE from a target with its database
DELETE x.p FROM p JOIN c ON c.id = p.c_id;

-- any [langgraph store] §7: a float into an INT column
INSERT INTO p (id, n) VALUES (77, 1.5);

-- 1064 [dumpling] §9: consistent snapshot
START TRANSACTION WITH CONSISTENT SNAPSHOT;

-- any [net][ef] §9: another isolation
SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE;

-- any [jdbc] §9: repeatable read
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;

-- any [ef] §9: XA
XA START 'x';

-- any [doc: Unsupported MySQL Features] §8: trigger
CREATE TRIGGER tr BEFORE INSERT ON c FOR EACH ROW SET NEW.a = 1;

-- 1064 [pg] §2: procedure in MySQL's language
CREATE PROCEDURE pr() BEGIN SELECT 1; END;

-- any [dj][ef] §4: sequence
CREATE SEQUENCE s;

-- 1706 [dumpling][n89] §11: SHOW CREATE DATABASE
SHOW CREATE DATABASE information_schema;

-- any [helios] §11: no CHECK_CONSTRAINTS
SELECT CONSTRAINT_NAME FROM information_schema.check_constraints;

-- any [n89] §8: CTE in a view
CREATE VIEW vw AS WITH x AS (SELECT id FROM c) SELECT id FROM x;

-- any [dbm] §2: there is no mysql schema
SELECT User FROM mysql.user;

-- any [dbm] §2: nor performance_schema
SELECT * FROM performance_schema.threads;

-- any [dj] §7: year below 1000
INSERT INTO c (a, d) VALUES (1, '0999-12-31 00:00:00');

-- setup
CREATE TEMPORARY TABLE c_tmp (id BIGINT NOT NULL PRIMARY KEY, n INT);

-- any [great_expectations code] §3: a temporary table twice in a query
SELECT a.id FROM c_tmp a JOIN c_tmp b ON b.n = a.id ORDER BY a.id;

-- 1749 [ef] §6a: correlated by an inequality, in a DELETE
DELETE FROM p WHERE EXISTS (SELECT 1 AS o FROM c WHERE c.a > p.n);

-- any [dj] §6a: subselect in an aggregate, in an INSERT … SELECT
INSERT INTO p (id, n) SELECT 5, SUM((SELECT MAX(c.b) AS m FROM c)) AS s FROM tenant;

-- 1064 [dj][ef] §6a: COLLATE in an UPDATE
UPDATE p SET n = 1 WHERE c_id IN (SELECT c.id FROM c WHERE c.t = 'x' COLLATE utf8mb4_bin);

-- any [dj] §7: year below 1000, in an UPDATE
UPDATE c SET d = '0999-12-31 00:00:00' WHERE id = 1;

-- any [dj] §7: zero date
INSERT INTO c (a, d) VALUES (1, '2000-00-00 00:00:00');

-- any [ef] §7: invalid JSON
INSERT INTO j (id, j) VALUES (5, '{not json');

-- 1062 [doc] §10: duplicate entry
INSERT INTO rref (id, a) VALUES (1, 1), (1, 2);

-- 1064 [doc] §10: syntax
SELEC 1;

-- any [dbt] §2: an index name starts with a digit
CREATE TABLE x (id BIGINT NOT NULL, a INT, PRIMARY KEY (id), KEY `2nd` (a));

-- any [dj] §7: a default in a year below 1000
CREATE TABLE x (id BIGINT NOT NULL, d DATE DEFAULT '0999-12-31', PRIMARY KEY (id));

-- any [dj] §7: a zero date as default
CREATE TABLE x (id BIGINT NOT NULL, d DATETIME(6) DEFAULT '0000-00-00 00:00:00', PRIMARY KEY (id));

-- any [odbc] §2: gbk is absent
CREATE TABLE x (id BIGINT NOT NULL, t VARCHAR(20) COLLATE gbk_chinese_ci, PRIMARY KEY (id));

-- 1064 [doc: CUBE and ROLLUP] §8: MySQL's words for it, which nothing documents
SELECT t.a FROM (SELECT c.a, COUNT(*) AS n FROM c GROUP BY c.a WITH ROLLUP) AS t ORDER BY t.a;
