-- create table library_shelf
CREATE TABLE "library_shelf" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "code" INTEGER NOT NULL,
  "inside_id" BIGINT NULL,
  CONSTRAINT "library_shelf_code_7103bfcf_uniq" UNIQUE ("code"),
  CONSTRAINT "library_shelf_inside_id_139723f3_fk" FOREIGN KEY ("inside_id") REFERENCES "library_shelf" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index inside_id of library_shelf
CREATE INDEX "library_shelf_inside_id_34e4397c_idx" ON "library_shelf" ("inside_id");

-- create table library_twin
CREATE TABLE "library_twin" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(80) NOT NULL,
  "other_id" BIGINT NOT NULL,
  CONSTRAINT "library_twin_name_34791016_uniq" UNIQUE ("name"),
  CONSTRAINT "library_twin_other_id_e86cc496_fk" FOREIGN KEY ("other_id") REFERENCES "library_twin" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index other_id of library_twin
CREATE INDEX "library_twin_other_id_2a043e1d_idx" ON "library_twin" ("other_id");

-- create table library_writer
CREATE TABLE "library_writer" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(80) NOT NULL,
  "born" INTEGER NULL,
  "secret" VARCHAR(80) NOT NULL,
  CONSTRAINT "library_writer_name_09cc35c6_uniq" UNIQUE ("name")
);

-- create table library_novel
CREATE TABLE "library_novel" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "writer_id" BIGINT NOT NULL,
  "title" VARCHAR(80) NOT NULL,
  "sequel_of_id" BIGINT NULL,
  CONSTRAINT "library_novel_title" UNIQUE ("writer_id", "title"),
  CONSTRAINT "library_novel_writer_id_92b9d9c6_fk" FOREIGN KEY ("writer_id") REFERENCES "library_writer" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "library_novel_sequel_of_id_f46cce02_fk" FOREIGN KEY ("sequel_of_id") REFERENCES "library_novel" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index writer_id of library_novel
CREATE INDEX "library_novel_writer_id_5a81d5bf_idx" ON "library_novel" ("writer_id");

-- index sequel_of_id of library_novel
CREATE INDEX "library_novel_sequel_of_id_a58040da_idx" ON "library_novel" ("sequel_of_id");

-- create table library_novel_shelves
CREATE TABLE "library_novel_shelves" (
  "novel_id" BIGINT NOT NULL,
  "shelf_id" BIGINT NOT NULL,
  PRIMARY KEY ("novel_id", "shelf_id"),
  CONSTRAINT "library_novel_shelves_novel_id_e73e8c7c_fk" FOREIGN KEY ("novel_id") REFERENCES "library_novel" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "library_novel_shelves_shelf_id_44c464e6_fk" FOREIGN KEY ("shelf_id") REFERENCES "library_shelf" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index shelf_id of library_novel_shelves
CREATE INDEX "library_novel_shelves_shelf_id_33f14018_idx" ON "library_novel_shelves" ("shelf_id");

-- create table library_recording
CREATE TABLE "library_recording" (
  "novel_id" BIGINT NOT NULL,
  "minutes" INTEGER NOT NULL,
  PRIMARY KEY ("novel_id"),
  CONSTRAINT "library_recording_novel_id_2a23c652_fk" FOREIGN KEY ("novel_id") REFERENCES "library_novel" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- create table library_loan
CREATE TABLE "library_loan" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "novel_id" BIGINT NOT NULL,
  "recording_id" BIGINT NULL,
  CONSTRAINT "library_loan_novel_id_df3edcfa_fk" FOREIGN KEY ("novel_id") REFERENCES "library_novel" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "library_loan_recording_id_ec733fd8_fk" FOREIGN KEY ("recording_id") REFERENCES "library_recording" ("novel_id") DEFERRABLE INITIALLY DEFERRED
);

-- index novel_id of library_loan
CREATE INDEX "library_loan_novel_id_e53e608c_idx" ON "library_loan" ("novel_id");

-- index recording_id of library_loan
CREATE INDEX "library_loan_recording_id_62f75771_idx" ON "library_loan" ("recording_id");

