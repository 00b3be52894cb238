-- create table quickstart_author
CREATE TABLE "quickstart_author" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(100) NOT NULL
);

-- create table quickstart_tag
CREATE TABLE "quickstart_tag" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(50) NOT NULL,
  CONSTRAINT "quickstart_tag_name_39239488_uniq" UNIQUE ("name")
);

-- create table quickstart_article
CREATE TABLE "quickstart_article" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "title" VARCHAR(200) NOT NULL,
  "author_id" BIGINT NOT NULL,
  "editor_id" BIGINT NULL,
  "views" BIGINT NOT NULL,
  "published_at" DATETIME_TEXT NOT NULL,
  CONSTRAINT "quickstart_article_author_id_6d7c057f_fk" FOREIGN KEY ("author_id") REFERENCES "quickstart_author" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "quickstart_article_editor_id_d009bccd_fk" FOREIGN KEY ("editor_id") REFERENCES "quickstart_author" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index author_id of quickstart_article
CREATE INDEX "quickstart_article_author_id_47b2edb2_idx" ON "quickstart_article" ("author_id");

-- index editor_id of quickstart_article
CREATE INDEX "quickstart_article_editor_id_1a956173_idx" ON "quickstart_article" ("editor_id");

-- create table quickstart_article_tags
CREATE TABLE "quickstart_article_tags" (
  "article_id" BIGINT NOT NULL,
  "tag_id" BIGINT NOT NULL,
  PRIMARY KEY ("article_id", "tag_id"),
  CONSTRAINT "quickstart_article_tags_article_id_197f5964_fk" FOREIGN KEY ("article_id") REFERENCES "quickstart_article" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "quickstart_article_tags_tag_id_ab5302eb_fk" FOREIGN KEY ("tag_id") REFERENCES "quickstart_tag" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index tag_id of quickstart_article_tags
CREATE INDEX "quickstart_article_tags_tag_id_68203fcb_idx" ON "quickstart_article_tags" ("tag_id");

