-- create table ports_nation
CREATE TABLE "ports_nation" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "code" VARCHAR(2) NOT NULL,
  "number" BIGINT NULL,
  "name" VARCHAR(20) NOT NULL,
  "friend_id" VARCHAR(2) NULL,
  CONSTRAINT "ports_nation_code_5ba1195f_uniq" UNIQUE ("code"),
  CONSTRAINT "ports_nation_number_b8fe880d_uniq" UNIQUE ("number"),
  CONSTRAINT "ports_nation_friend_id_8d78c771_fk" FOREIGN KEY ("friend_id") REFERENCES "ports_nation" ("code") DEFERRABLE INITIALLY DEFERRED
);

-- index friend_id of ports_nation
CREATE INDEX "ports_nation_friend_id_3c6bb073_idx" ON "ports_nation" ("friend_id");

-- create table ports_flag
CREATE TABLE "ports_flag" (
  "nation_id" VARCHAR(2) NOT NULL,
  "colours" VARCHAR(20) NOT NULL,
  PRIMARY KEY ("nation_id"),
  CONSTRAINT "ports_flag_nation_id_c6703327_fk" FOREIGN KEY ("nation_id") REFERENCES "ports_nation" ("code") DEFERRABLE INITIALLY DEFERRED
);

-- create table ports_pole
CREATE TABLE "ports_pole" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "flag_id" VARCHAR(2) NOT NULL,
  CONSTRAINT "ports_pole_flag_id_d931684c_fk" FOREIGN KEY ("flag_id") REFERENCES "ports_flag" ("nation_id") DEFERRABLE INITIALLY DEFERRED
);

-- index flag_id of ports_pole
CREATE INDEX "ports_pole_flag_id_17d63bfa_idx" ON "ports_pole" ("flag_id");

-- create table ports_town
CREATE TABLE "ports_town" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(20) NOT NULL,
  "nation_id" VARCHAR(2) NOT NULL,
  "twin_id" VARCHAR(2) NULL,
  "tax_id" BIGINT NULL,
  CONSTRAINT "ports_town_nation_id_34e54343_fk" FOREIGN KEY ("nation_id") REFERENCES "ports_nation" ("code") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "ports_town_twin_id_a3200522_fk" FOREIGN KEY ("twin_id") REFERENCES "ports_nation" ("code") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "ports_town_tax_id_a72c025a_fk" FOREIGN KEY ("tax_id") REFERENCES "ports_nation" ("number") DEFERRABLE INITIALLY DEFERRED
);

-- index nation_id of ports_town
CREATE INDEX "ports_town_nation_id_7d278530_idx" ON "ports_town" ("nation_id");

-- index twin_id of ports_town
CREATE INDEX "ports_town_twin_id_2a5e41f1_idx" ON "ports_town" ("twin_id");

-- index tax_id of ports_town
CREATE INDEX "ports_town_tax_id_b386c2e6_idx" ON "ports_town" ("tax_id");

