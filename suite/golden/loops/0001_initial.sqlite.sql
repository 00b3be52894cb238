-- create table loops_link
CREATE TABLE "loops_link" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "next_id" BIGINT NULL,
  CONSTRAINT "loops_link_next_id_1dee2a81_fk" FOREIGN KEY ("next_id") REFERENCES "loops_link" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index next_id of loops_link
CREATE INDEX "loops_link_next_id_4c8725d6_idx" ON "loops_link" ("next_id");

-- create table loops_player
CREATE TABLE "loops_player" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(20) NOT NULL
);

-- create table loops_bout
CREATE TABLE "loops_bout" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "loser_id" BIGINT NOT NULL,
  "winner_id" BIGINT NOT NULL,
  CONSTRAINT "loops_bout_loser_id_af9d8d8d_fk" FOREIGN KEY ("loser_id") REFERENCES "loops_player" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "loops_bout_winner_id_ba20459e_fk" FOREIGN KEY ("winner_id") REFERENCES "loops_player" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index loser_id of loops_bout
CREATE INDEX "loops_bout_loser_id_b226277a_idx" ON "loops_bout" ("loser_id");

-- index winner_id of loops_bout
CREATE INDEX "loops_bout_winner_id_f90163e6_idx" ON "loops_bout" ("winner_id");

