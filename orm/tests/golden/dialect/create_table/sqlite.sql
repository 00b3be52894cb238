-- author, with an automatic key
CREATE TABLE "author" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(100) NOT NULL,
  "rating" DOUBLE NULL,
  "books" INTEGER NOT NULL DEFAULT 0
);

-- article, with an index and defaults
CREATE TABLE "article" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "author_id" BIGINT NOT NULL,
  "editor_id" BIGINT NULL,
  "title" VARCHAR(200) NOT NULL,
  "body" TEXT NOT NULL DEFAULT 'it''s \ "x"',
  "views" INTEGER NOT NULL DEFAULT -1,
  "price" DECIMAL_TEXT(20, 4) COLLATE orm_decimal NULL,
  "published_at" DATETIME_TEXT NULL,
  "meta" JSON_TEXT NULL,
  "uid" UUID_TEXT NULL,
  "active" BOOLEAN NOT NULL DEFAULT 1
);

-- tag, a reference table with comments
CREATE TABLE "tag" (
  "id" BIGINT NOT NULL,
  "slug" VARCHAR(50) COLLATE NOCASE NOT NULL,
  "hits" BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY ("id"),
  CONSTRAINT "tag_slug_uniq" UNIQUE ("slug")
);

-- every type
CREATE TABLE "every_type" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "bool" BOOLEAN NULL,
  "smallint" SMALLINT NULL,
  "usmallint" SMALLINT UNSIGNED NULL,
  "int" INTEGER NULL,
  "uint" INTEGER UNSIGNED NULL,
  "bigint" BIGINT NULL,
  "ubigint" BIGINT UNSIGNED NULL,
  "float" DOUBLE NULL,
  "double" DOUBLE NULL,
  "decimal" DECIMAL_TEXT(12, 2) COLLATE orm_decimal NULL,
  "char" CHAR(2) NULL,
  "varchar" VARCHAR(80) NULL,
  "text" TEXT NULL,
  "binary" BLOB NULL,
  "binary16" BLOB(16) NULL,
  "date" DATE_TEXT NULL,
  "time" TIME_TEXT NULL,
  "datetime" DATETIME_TEXT NULL,
  "duration" BIGINT NULL,
  "json" JSON_TEXT NULL,
  "uuid" UUID_TEXT NULL,
  "ip" IP_TEXT NULL,
  "vector" VECTOR_TEXT(3) NULL,
  "sql" INT NULL,
  "computed" BIGINT GENERATED ALWAYS AS (1 + 2) STORED,
  "stamped" DATETIME_TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
);

-- two columns as key
CREATE TABLE "article_tags" (
  "article_id" BIGINT NOT NULL,
  "tag_id" BIGINT NOT NULL,
  PRIMARY KEY ("article_id", "tag_id")
);

-- foreign keys
CREATE TABLE "comment" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "author_id" BIGINT NOT NULL,
  CONSTRAINT "comment_author_id_fk" FOREIGN KEY ("author_id") REFERENCES "author" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- keyless columnstore with a sort key
CREATE TABLE "keyless" (
  "id" BIGINT NOT NULL,
  "day" DATE_TEXT NOT NULL,
  CONSTRAINT "keyless_id_uniq" UNIQUE ("id")
);

-- rowstore
CREATE TABLE "in_memory" (
  "id" BIGINT NOT NULL,
  "day" DATE_TEXT NOT NULL,
  PRIMARY KEY ("id")
);

-- rowstore reference
CREATE TABLE "in_memory_everywhere" (
  "id" BIGINT NOT NULL,
  "day" DATE_TEXT NOT NULL,
  PRIMARY KEY ("id")
);

-- rowstore with a sort key
CREATE TABLE "sorted_rowstore" (
  "id" BIGINT NOT NULL,
  "day" DATE_TEXT NOT NULL,
  PRIMARY KEY ("id")
);

-- full-text index of version 2
CREATE TABLE "indexed_fulltext_options" (
  "id" BIGINT NOT NULL,
  "body" VARCHAR(100) NOT NULL,
  PRIMARY KEY ("id")
);

-- vector index with options
CREATE TABLE "indexed_vector_options" (
  "id" BIGINT NOT NULL,
  "body" VARCHAR(100) NOT NULL,
  PRIMARY KEY ("id")
);

-- hash index
CREATE TABLE "indexed_hash" (
  "id" BIGINT NOT NULL,
  "body" VARCHAR(100) NOT NULL,
  PRIMARY KEY ("id")
);

-- tree index
CREATE TABLE "indexed_btree" (
  "id" BIGINT NOT NULL,
  "body" VARCHAR(100) NOT NULL,
  PRIMARY KEY ("id")
);

-- full-text index
CREATE TABLE "indexed_fulltext" (
  "id" BIGINT NOT NULL,
  "body" VARCHAR(100) NOT NULL,
  PRIMARY KEY ("id")
);

-- vector index
CREATE TABLE "indexed_vector" (
  "id" BIGINT NOT NULL,
  "body" VARCHAR(100) NOT NULL,
  PRIMARY KEY ("id")
);

-- if it does not exist
CREATE TABLE IF NOT EXISTS "author" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT
);

