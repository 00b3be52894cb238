-- create table tangle_knot
CREATE TABLE "tangle_knot" (
  "id" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

-- create table tangle_knot_ties
CREATE TABLE "tangle_knot_ties" (
  "from_knot_id" BIGINT NOT NULL,
  "to_knot_id" BIGINT NOT NULL,
  PRIMARY KEY ("from_knot_id", "to_knot_id"),
  CONSTRAINT "tangle_knot_ties_from_knot_id_40fe68cd_fk" FOREIGN KEY ("from_knot_id") REFERENCES "tangle_knot" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "tangle_knot_ties_to_knot_id_1b5fc355_fk" FOREIGN KEY ("to_knot_id") REFERENCES "tangle_knot" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index to_knot_id of tangle_knot_ties
CREATE INDEX "tangle_knot_ties_to_knot_id_53e29dc5_idx" ON "tangle_knot_ties" ("to_knot_id");

-- create table tangle_root
CREATE TABLE "tangle_root" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT
);

-- create table tangle_branch
CREATE TABLE "tangle_branch" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "root_id" BIGINT NOT NULL,
  CONSTRAINT "tangle_branch_root_id_ad566bd2_fk" FOREIGN KEY ("root_id") REFERENCES "tangle_root" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index root_id of tangle_branch
CREATE INDEX "tangle_branch_root_id_3041dd22_idx" ON "tangle_branch" ("root_id");

-- create table tangle_apple
CREATE TABLE "tangle_apple" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "root_id" BIGINT NOT NULL,
  "branch_id" BIGINT NOT NULL,
  CONSTRAINT "tangle_apple_root_id_ee677e6c_fk" FOREIGN KEY ("root_id") REFERENCES "tangle_root" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "tangle_apple_branch_id_dc7bd64f_fk" FOREIGN KEY ("branch_id") REFERENCES "tangle_branch" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index root_id of tangle_apple
CREATE INDEX "tangle_apple_root_id_5251a7db_idx" ON "tangle_apple" ("root_id");

-- index branch_id of tangle_apple
CREATE INDEX "tangle_apple_branch_id_35bb9a2a_idx" ON "tangle_apple" ("branch_id");

-- create table tangle_left
CREATE TABLE "tangle_left" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT
);

-- create table tangle_right
CREATE TABLE "tangle_right" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "left_id" BIGINT NOT NULL,
  CONSTRAINT "tangle_right_left_id_1674002f_fk" FOREIGN KEY ("left_id") REFERENCES "tangle_left" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index left_id of tangle_right
CREATE INDEX "tangle_right_left_id_7024ee7a_idx" ON "tangle_right" ("left_id");

-- create table tangle_left__new
CREATE TABLE "tangle_left__new" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "right_id" BIGINT NULL,
  CONSTRAINT "tangle_left_right_id_bd7b24f6_fk" FOREIGN KEY ("right_id") REFERENCES "tangle_right" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- copy the rows of tangle_left
INSERT INTO "tangle_left__new" ("id") SELECT "id" FROM "tangle_left";

-- keep the number that AUTOINCREMENT has reached
DELETE FROM sqlite_sequence WHERE name = 'tangle_left__new';

-- keep the number that AUTOINCREMENT has reached
INSERT INTO sqlite_sequence (name, seq) SELECT 'tangle_left__new', seq FROM sqlite_sequence WHERE name = 'tangle_left';

-- the old tangle_left, whose rows are copied
DROP TABLE "tangle_left";

-- rename table tangle_left__new to tangle_left
ALTER TABLE "tangle_left__new" RENAME TO "tangle_left";

-- index right_id of tangle_left
CREATE INDEX "tangle_left_right_id_91703166_idx" ON "tangle_left" ("right_id");

