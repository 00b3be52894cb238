-- create table documents_document
CREATE TABLE "documents_document" (
  "id" BIGINT NOT NULL,
  "data" JSON_TEXT NOT NULL,
  "settings" JSON_TEXT NULL,
  PRIMARY KEY ("id")
);

