-- create table filled_parcel
CREATE TABLE "filled_parcel" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "word" VARCHAR(20) NOT NULL,
  "rank" INTEGER NOT NULL DEFAULT (7),
  "at" DATETIME_TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
  "amount" BIGINT NOT NULL,
  "twice" BIGINT GENERATED ALWAYS AS (amount * 2) STORED
);

