-- create table vectors_indexed
CREATE TABLE "vectors_indexed" (
  "id" BIGINT NOT NULL,
  "look" VECTOR_TEXT(3) NOT NULL,
  PRIMARY KEY ("id")
);

-- create table vectors_picture
CREATE TABLE "vectors_picture" (
  "id" BIGINT NOT NULL,
  "name" VARCHAR(20) NOT NULL,
  "look" VECTOR_TEXT(3) NOT NULL,
  "mood" VECTOR_TEXT(3) NULL,
  PRIMARY KEY ("id")
);

-- create table vectors_searched
CREATE TABLE "vectors_searched" (
  "id" BIGINT NOT NULL,
  "name" VARCHAR(20) NOT NULL,
  "look" VECTOR_TEXT(3) NOT NULL,
  "place" VECTOR_TEXT(2) NOT NULL,
  PRIMARY KEY ("id")
);

