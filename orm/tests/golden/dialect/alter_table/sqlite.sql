-- add a column
ALTER TABLE "author" ADD COLUMN "bio" VARCHAR(100) NOT NULL DEFAULT '';

-- add a computed column
ALTER TABLE "author" ADD COLUMN "more" BIGINT GENERATED ALWAYS AS (books + 1) VIRTUAL;

-- rename a column
ALTER TABLE "author" RENAME COLUMN "bio" TO "life";

-- change a column
-- sqlite does not support changing the column `rating`: rebuild the table: create, copy, drop, rename

-- fill NULLs
UPDATE "author" SET "rating" = 'it''s' WHERE "rating" IS NULL;

-- drop a column
ALTER TABLE "author" DROP COLUMN "more";

-- create an index
CREATE INDEX "article_views_idx" ON "article" ("views", "title");

-- create a hash index
CREATE INDEX "article_editor_idx" ON "article" ("editor_id");

-- create a full-text index
-- sqlite does not support the fulltext index `article_body_idx`: SQLite has none on ordinary tables; leave out the kind, or search by `contains`

-- create a full-text index of version 2
-- sqlite does not support options of the index `article_words_idx`: SingleStore alone has them: leave them out

-- rename an index
-- sqlite does not support renaming the index `article_editor_idx`: drop it and create it under the new name

-- rename an index and build the table anew
-- sqlite does not support renaming the index `article_by_editor_idx`: drop it and create it under the new name

-- drop an index
DROP INDEX "article_views_idx";

-- add a unique key
CREATE UNIQUE INDEX "article_title_uniq" ON "article" ("title", "id");

-- drop a unique key
DROP INDEX "article_title_uniq";

-- add a foreign key
-- sqlite does not support adding the foreign key `article_tags_tag_id_fk`: rebuild the table: create, copy, drop, rename

-- drop a foreign key
-- sqlite does not support dropping the foreign key `article_tags_tag_id_fk`: rebuild the table: create, copy, drop, rename

-- replace the primary key
-- sqlite does not support changing the primary key of `article_tags`: rebuild the table: create, copy, drop, rename

-- drop the primary key
-- sqlite does not support changing the primary key of `article_tags`: rebuild the table: create, copy, drop, rename

-- add a primary key
-- sqlite does not support changing the primary key of `article_tags`: rebuild the table: create, copy, drop, rename

-- change the comment
-- sqlite does not support changing the comment of the table `article_tags`: a table's comment is set when the table is created, if at all

-- remove the comment
-- sqlite does not support changing the comment of the table `article_tags`: a table's comment is set when the table is created, if at all

-- copy rows
INSERT INTO "tag" ("id", "slug", "hits") SELECT "id", COALESCE("uid", 'x'), 7 FROM "article";

-- copy rows with NULL
INSERT INTO "every_type" ("int", "bool") SELECT NULL, 1 FROM "tag";

-- rename a table
ALTER TABLE "comment" RENAME TO "remark";

-- drop a table
DROP TABLE "tag";

-- drop a table if it exists
DROP TABLE IF EXISTS "tag";

-- raw
DROP TABLE IF EXISTS every_type;

