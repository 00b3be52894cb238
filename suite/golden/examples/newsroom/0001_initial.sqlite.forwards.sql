-- create table newsroom_article
CREATE TABLE "newsroom_article" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "title" VARCHAR(200) NOT NULL,
  "revision" BIGINT NOT NULL
);

