-- author, with an automatic key
CREATE TABLE `author` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(100) COLLATE utf8mb4_nopad_bin NOT NULL,
  `rating` DOUBLE NULL,
  `books` INT NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- article, with an index and defaults
CREATE TABLE `article` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `author_id` BIGINT NOT NULL,
  `editor_id` BIGINT NULL,
  `title` VARCHAR(200) COLLATE utf8mb4_nopad_bin NOT NULL,
  `body` LONGTEXT COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'it''s \\ "x"',
  `views` INT NOT NULL DEFAULT -1,
  `price` DECIMAL(20, 4) NULL,
  `published_at` DATETIME(6) NULL,
  `meta` JSON NULL,
  `uid` CHAR(32) COLLATE utf8mb4_nopad_bin NULL,
  `active` BOOL NOT NULL DEFAULT 1,
  PRIMARY KEY (`id`),
  KEY `article_author_id_idx` (`author_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- tag, a reference table with comments
CREATE TABLE `tag` (
  `id` BIGINT NOT NULL,
  `slug` VARCHAR(50) COLLATE utf8mb4_general_ci NOT NULL COMMENT 'in the address',
  `hits` BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  UNIQUE KEY `tag_slug_uniq` (`slug`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin COMMENT = 'what it''s \\ about';

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
  `char` CHAR(2) COLLATE utf8mb4_nopad_bin NULL,
  `varchar` VARCHAR(80) COLLATE utf8mb4_nopad_bin NULL,
  `text` LONGTEXT COLLATE utf8mb4_nopad_bin NULL,
  `binary` LONGBLOB NULL,
  `binary16` VARBINARY(16) NULL,
  `date` DATE NULL,
  `time` TIME(6) NULL,
  `datetime` DATETIME(6) NULL,
  `duration` BIGINT NULL,
  `json` JSON NULL,
  `uuid` CHAR(32) COLLATE utf8mb4_nopad_bin NULL,
  `ip` VARCHAR(39) COLLATE utf8mb4_nopad_bin NULL,
  `vector` LONGTEXT NULL,
  `sql` INT NULL,
  `computed` BIGINT GENERATED ALWAYS AS (1 + 2) STORED,
  `stamped` DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- two columns as key
CREATE TABLE `article_tags` (
  `article_id` BIGINT NOT NULL,
  `tag_id` BIGINT NOT NULL,
  PRIMARY KEY (`article_id`, `tag_id`),
  KEY `article_tags_tag_id_idx` (`tag_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- foreign keys
CREATE TABLE `comment` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `author_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `comment_author_id_idx` (`author_id`),
  CONSTRAINT `comment_author_id_fk` FOREIGN KEY (`author_id`) REFERENCES `author` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- keyless columnstore with a sort key
CREATE TABLE `keyless` (
  `id` BIGINT NOT NULL,
  `day` DATE NOT NULL,
  UNIQUE KEY `keyless_id_uniq` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- rowstore
CREATE TABLE `in_memory` (
  `id` BIGINT NOT NULL,
  `day` DATE NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- rowstore reference
CREATE TABLE `in_memory_everywhere` (
  `id` BIGINT NOT NULL,
  `day` DATE NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- rowstore with a sort key
CREATE TABLE `sorted_rowstore` (
  `id` BIGINT NOT NULL,
  `day` DATE NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- full-text index of version 2
-- mariadb does not support options of the index `indexed_fulltext_idx`: SingleStore alone has them: leave them out

-- vector index with options
-- mariadb does not support options of the index `indexed_vector_idx`: SingleStore alone has them: leave them out

-- hash index
CREATE TABLE `indexed_hash` (
  `id` BIGINT NOT NULL,
  `body` VARCHAR(100) COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `indexed_hash_idx` (`body`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- tree index
CREATE TABLE `indexed_btree` (
  `id` BIGINT NOT NULL,
  `body` VARCHAR(100) COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `indexed_btree_idx` (`body`) USING BTREE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- full-text index
CREATE TABLE `indexed_fulltext` (
  `id` BIGINT NOT NULL,
  `body` VARCHAR(100) COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`id`),
  FULLTEXT KEY `indexed_fulltext_idx` (`body`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- vector index
-- mariadb does not support the vector index `indexed_vector_idx`: only SingleStore has vector indexes here; leave out the kind or the index

-- if it does not exist
CREATE TABLE IF NOT EXISTS `author` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

