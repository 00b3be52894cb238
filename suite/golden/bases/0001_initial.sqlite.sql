-- create table bases_shelf
CREATE TABLE "bases_shelf" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "place" VARCHAR(20) NOT NULL
);

-- create table bases_volume
CREATE TABLE "bases_volume" (
  "key" UUID_TEXT NOT NULL,
  "title" VARCHAR(30) NOT NULL,
  "volume" INTEGER NOT NULL,
  "shelf_id" BIGINT NULL,
  "pages" INTEGER NOT NULL,
  "made_at" DATETIME_TEXT NOT NULL,
  "seen_at" DATETIME_TEXT NULL,
  PRIMARY KEY ("key"),
  CONSTRAINT "bases_volume_title_volume_0f7f41a5_uniq" UNIQUE ("title", "volume"),
  CONSTRAINT "bases_volume_shelf_id_6ff0588f_fk" FOREIGN KEY ("shelf_id") REFERENCES "bases_shelf" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index made_at of bases_volume
CREATE INDEX "bases_volume_made_at_ae305a9f_idx" ON "bases_volume" ("made_at");

-- index shelf_id of bases_volume
CREATE INDEX "bases_volume_shelf_id_88e41d1a_idx" ON "bases_volume" ("shelf_id");

-- create table bases_note
CREATE TABLE "bases_note" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "volume_id" UUID_TEXT NOT NULL,
  "made_at" DATETIME_TEXT NOT NULL,
  "seen_at" DATETIME_TEXT NULL,
  "text" VARCHAR(30) NOT NULL,
  CONSTRAINT "bases_note_volume_id_d1719ef9_fk" FOREIGN KEY ("volume_id") REFERENCES "bases_volume" ("key") DEFERRABLE INITIALLY DEFERRED
);

-- index made_at of bases_note
CREATE INDEX "bases_note_made_at_38ef1371_idx" ON "bases_note" ("made_at");

-- index volume_id of bases_note
CREATE INDEX "bases_note_volume_id_d54cef8c_idx" ON "bases_note" ("volume_id");

