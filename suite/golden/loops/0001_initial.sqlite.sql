-- create table loops_link
CREATE TABLE "loops_link" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "next_id" BIGINT NULL,
  CONSTRAINT "loops_link_next_id_1dee2a81_fk" FOREIGN KEY ("next_id") REFERENCES "loops_link" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index next_id of loops_link
CREATE INDEX "loops_link_next_id_4c8725d6_idx" ON "loops_link" ("next_id");

