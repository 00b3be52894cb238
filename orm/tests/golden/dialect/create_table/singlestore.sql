-- author, with an automatic key
CREATE TABLE `author` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  `rating` DOUBLE NULL,
  `books` INT NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

-- article, with an index and defaults
CREATE TABLE `article` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `author_id` BIGINT NOT NULL,
  `editor_id` BIGINT NULL,
  `title` VARCHAR(200) COLLATE utf8mb4_bin NOT NULL,
  `body` LONGTEXT COLLATE utf8mb4_bin NOT NULL DEFAULT 'it''s \\ "x"',
  `views` INT NOT NULL DEFAULT -1,
  `price` DECIMAL(20, 4) NULL,
  `published_at` DATETIME(6) NULL,
  `meta` JSON NULL,
  `uid` CHAR(32) COLLATE utf8mb4_bin NULL,
  `active` BOOL NOT NULL DEFAULT 1,
  PRIMARY KEY (`id`),
  KEY `article_author_id_idx` (`author_id`),
  SHARD KEY (`id`)
);

-- tag, a reference table with comments
CREATE REFERENCE TABLE `tag` (
  `id` BIGINT NOT NULL,
  `slug` VARCHAR(50) COLLATE utf8mb4_general_ci NOT NULL COMMENT 'in the address',
  `hits` BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  UNIQUE KEY `tag_slug_uniq` (`slug`),
  SORT KEY ()
) COMMENT = 'what it''s \\ about';

-- every type
CREATE TABLE `every_type` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `bool` BOOL NULL,
  `smallint` SMALLINT NULL,
  `usmallint` SMALLINT UNSIGNED NULL,
  `int` INT NULL,
  `uint` INT UNSIGNED NULL,
  `bigint` BIGINT NULL,
  `ubigint` BIGINT UNSIGNED NULL,
  `float` DOUBLE NULL,
  `double` DOUBLE NULL,
  `decimal` DECIMAL(12, 2) NULL,
  `char` CHAR(2) COLLATE utf8mb4_bin NULL,
  `varchar` VARCHAR(80) COLLATE utf8mb4_bin NULL,
  `text` LONGTEXT COLLATE utf8mb4_bin NULL,
  `binary` LONGBLOB NULL,
  `binary16` VARBINARY(16) NULL,
  `date` DATE NULL,
  `time` TIME(6) NULL,
  `datetime` DATETIME(6) NULL,
  `duration` BIGINT NULL,
  `json` JSON NULL,
  `uuid` CHAR(32) COLLATE utf8mb4_bin NULL,
  `ip` VARCHAR(39) COLLATE utf8mb4_bin NULL,
  `vector` VECTOR(3) NULL,
  `sql` INT NULL,
  `computed` AS (1 + 2) PERSISTED BIGINT,
  `stamped` DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

-- two columns as key
CREATE TABLE `article_tags` (
  `article_id` BIGINT NOT NULL,
  `tag_id` BIGINT NOT NULL,
  PRIMARY KEY (`article_id`, `tag_id`),
  KEY `article_tags_tag_id_idx` (`tag_id`),
  SHARD KEY (`article_id`)
);

-- foreign keys
-- singlestore does not support the foreign key `comment_author_id_fk`: leave it out: the ORM runs on_delete itself, and `check --data` finds orphans

-- keyless columnstore with a sort key
CREATE TABLE `keyless` (
  `id` BIGINT NOT NULL,
  `day` DATE NOT NULL,
  UNIQUE KEY `keyless_id_uniq` (`id`) UNENFORCED,
  SHARD KEY (),
  SORT KEY (`day` DESC, `id`)
);

-- rowstore
CREATE ROWSTORE TABLE `in_memory` (
  `id` BIGINT NOT NULL,
  `day` DATE NOT NULL,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

-- rowstore reference
CREATE ROWSTORE REFERENCE TABLE `in_memory_everywhere` (
  `id` BIGINT NOT NULL,
  `day` DATE NOT NULL,
  PRIMARY KEY (`id`)
);

-- rowstore with a sort key
-- singlestore does not support a sort key with rowstore storage on the table `sorted_rowstore`: use an index, or columnstore storage

-- full-text index of version 2
CREATE TABLE `indexed_fulltext_options` (
  `id` BIGINT NOT NULL,
  `body` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  FULLTEXT USING VERSION 2 `indexed_fulltext_idx` (`body`),
  SHARD KEY (`id`)
);

-- vector index with options
CREATE TABLE `indexed_vector_options` (
  `id` BIGINT NOT NULL,
  `body` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  VECTOR INDEX `indexed_vector_idx` (`body`) INDEX_OPTIONS '{"index_type":"HNSW_PQ","metric_type":"DOT_PRODUCT","m":4,"M":30,"efConstruction":40}',
  SHARD KEY (`id`)
);

-- hash index
CREATE TABLE `indexed_hash` (
  `id` BIGINT NOT NULL,
  `body` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `indexed_hash_idx` (`body`) USING HASH,
  SHARD KEY (`id`)
);

-- tree index
CREATE TABLE `indexed_btree` (
  `id` BIGINT NOT NULL,
  `body` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `indexed_btree_idx` (`body`) USING BTREE,
  SHARD KEY (`id`)
);

-- full-text index
CREATE TABLE `indexed_fulltext` (
  `id` BIGINT NOT NULL,
  `body` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  FULLTEXT KEY `indexed_fulltext_idx` (`body`),
  SHARD KEY (`id`)
);

-- vector index
CREATE TABLE `indexed_vector` (
  `id` BIGINT NOT NULL,
  `body` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  VECTOR INDEX `indexed_vector_idx` (`body`),
  SHARD KEY (`id`)
);

-- if it does not exist
CREATE TABLE IF NOT EXISTS `author` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

