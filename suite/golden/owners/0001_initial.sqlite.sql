-- create table owners_owner
CREATE TABLE "owners_owner" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(20) NOT NULL
);

-- create table owners_debt
CREATE TABLE "owners_debt" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "owner_id" BIGINT NOT NULL,
  CONSTRAINT "owners_debt_owner_id_efd5a79b_fk" FOREIGN KEY ("owner_id") REFERENCES "owners_owner" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index owner_id of owners_debt
CREATE INDEX "owners_debt_owner_id_aa065bd0_idx" ON "owners_debt" ("owner_id");

-- create table owners_loan
CREATE TABLE "owners_loan" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "owner_id" BIGINT NOT NULL,
  CONSTRAINT "owners_loan_owner_id_f410d045_fk" FOREIGN KEY ("owner_id") REFERENCES "owners_owner" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index owner_id of owners_loan
CREATE INDEX "owners_loan_owner_id_299eb72a_idx" ON "owners_loan" ("owner_id");

-- create table owners_note
CREATE TABLE "owners_note" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "owner_id" BIGINT NULL,
  CONSTRAINT "owners_note_owner_id_692d9b59_fk" FOREIGN KEY ("owner_id") REFERENCES "owners_owner" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index owner_id of owners_note
CREATE INDEX "owners_note_owner_id_44de1cc7_idx" ON "owners_note" ("owner_id");

-- create table owners_pet
CREATE TABLE "owners_pet" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "owner_id" BIGINT NOT NULL,
  CONSTRAINT "owners_pet_owner_id_2efa075f_fk" FOREIGN KEY ("owner_id") REFERENCES "owners_owner" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index owner_id of owners_pet
CREATE INDEX "owners_pet_owner_id_4e6b1998_idx" ON "owners_pet" ("owner_id");

-- create table owners_chip
CREATE TABLE "owners_chip" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "owner_id" BIGINT NOT NULL,
  "pet_id" BIGINT NULL,
  CONSTRAINT "owners_chip_owner_id_7eec572c_fk" FOREIGN KEY ("owner_id") REFERENCES "owners_owner" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "owners_chip_pet_id_cec9b88e_fk" FOREIGN KEY ("pet_id") REFERENCES "owners_pet" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index owner_id of owners_chip
CREATE INDEX "owners_chip_owner_id_2f465566_idx" ON "owners_chip" ("owner_id");

-- index pet_id of owners_chip
CREATE INDEX "owners_chip_pet_id_d55a5129_idx" ON "owners_chip" ("pet_id");

-- create table owners_plot
CREATE TABLE "owners_plot" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "owner_id" BIGINT NOT NULL,
  CONSTRAINT "owners_plot_owner_id_e8e6739f_fk" FOREIGN KEY ("owner_id") REFERENCES "owners_owner" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index owner_id of owners_plot
CREATE INDEX "owners_plot_owner_id_601e9f4b_idx" ON "owners_plot" ("owner_id");

-- create table owners_toy
CREATE TABLE "owners_toy" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "pet_id" BIGINT NOT NULL,
  CONSTRAINT "owners_toy_pet_id_16da85ad_fk" FOREIGN KEY ("pet_id") REFERENCES "owners_pet" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index pet_id of owners_toy
CREATE INDEX "owners_toy_pet_id_6472fe82_idx" ON "owners_toy" ("pet_id");

