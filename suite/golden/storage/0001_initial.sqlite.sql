-- create table storage_counter
CREATE TABLE "storage_counter" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "kind" VARCHAR(20) NOT NULL,
  "value" BIGINT NOT NULL
);

-- index kind of storage_counter
CREATE INDEX "storage_counter_kind_b3c5f982_idx" ON "storage_counter" ("kind");

-- create table storage_event
CREATE TABLE "storage_event" (
  "tenant" BIGINT NOT NULL,
  "number" BIGINT NOT NULL,
  "code" VARCHAR(20) NOT NULL,
  "at" DATETIME_TEXT NOT NULL,
  "amount" DOUBLE NULL,
  PRIMARY KEY ("tenant", "number")
);

-- create table storage_setting
CREATE TABLE "storage_setting" (
  "name" VARCHAR(40) NOT NULL,
  "label" VARCHAR(40) NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY ("name"),
  CONSTRAINT "storage_setting_label_81f9ec88_uniq" UNIQUE ("label")
);

