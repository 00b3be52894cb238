-- create table notes_note
CREATE TABLE "notes_note" (
  "id" BIGINT NOT NULL,
  "title" VARCHAR(100) NOT NULL,
  "body" TEXT NOT NULL,
  "stars" INTEGER NOT NULL,
  PRIMARY KEY ("id")
);

-- create table notes_page
CREATE TABLE "notes_page" (
  "id" BIGINT NOT NULL,
  "title" VARCHAR(100) NOT NULL,
  "body" TEXT NULL,
  PRIMARY KEY ("id")
);

