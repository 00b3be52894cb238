-- create table newsroom_article__new
CREATE TABLE "newsroom_article__new" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "title" VARCHAR(200) NOT NULL,
  "revision" BIGINT NOT NULL,
  "slug" VARCHAR(80) NULL
);

-- copy the rows of newsroom_article
INSERT INTO "newsroom_article__new" ("id", "title", "revision", "slug") SELECT "id", "title", "revision", "slug" FROM "newsroom_article";

-- keep the number that AUTOINCREMENT has reached
DELETE FROM sqlite_sequence WHERE name = 'newsroom_article__new';

-- keep the number that AUTOINCREMENT has reached
INSERT INTO sqlite_sequence (name, seq) SELECT 'newsroom_article__new', seq FROM sqlite_sequence WHERE name = 'newsroom_article';

-- the old newsroom_article, whose rows are copied
DROP TABLE "newsroom_article";

-- rename table newsroom_article__new to newsroom_article
ALTER TABLE "newsroom_article__new" RENAME TO "newsroom_article";

-- run code forget_slugs
;

-- drop column slug of newsroom_article with its values
ALTER TABLE "newsroom_article" DROP COLUMN "slug";

