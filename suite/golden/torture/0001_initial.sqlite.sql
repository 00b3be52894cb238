-- create table torture_label
CREATE TABLE "torture_label" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(40) NOT NULL,
  "uses" BIGINT NOT NULL,
  CONSTRAINT "torture_label_name_156d8c71_uniq" UNIQUE ("name")
);

-- create table torture_owner
CREATE TABLE "torture_owner" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "unit" VARCHAR(40) NOT NULL,
  "tag" VARCHAR(60) NOT NULL,
  "nick" VARCHAR(20) NULL,
  "step" BIGINT NOT NULL,
  CONSTRAINT "torture_owner_tag_c0c14ed6_uniq" UNIQUE ("tag"),
  CONSTRAINT "torture_owner_nick_4fd6ecae_uniq" UNIQUE ("nick")
);

-- create table torture_owner_labels
CREATE TABLE "torture_owner_labels" (
  "owner_id" BIGINT NOT NULL,
  "label_id" BIGINT NOT NULL,
  PRIMARY KEY ("owner_id", "label_id"),
  CONSTRAINT "torture_owner_labels_owner_id_ececebea_fk" FOREIGN KEY ("owner_id") REFERENCES "torture_owner" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "torture_owner_labels_label_id_f8921041_fk" FOREIGN KEY ("label_id") REFERENCES "torture_label" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index label_id of torture_owner_labels
CREATE INDEX "torture_owner_labels_label_id_1bf0811f_idx" ON "torture_owner_labels" ("label_id");

-- create table torture_house
CREATE TABLE "torture_house" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "owner_id" BIGINT NOT NULL,
  "number" VARCHAR(60) NOT NULL,
  CONSTRAINT "torture_house_number_cef18c4a_uniq" UNIQUE ("number"),
  CONSTRAINT "torture_house_owner_id_cdcb136e_fk" FOREIGN KEY ("owner_id") REFERENCES "torture_owner" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index owner_id of torture_house
CREATE INDEX "torture_house_owner_id_4c61fe64_idx" ON "torture_house" ("owner_id");

-- create table torture_permit
CREATE TABLE "torture_permit" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "owner_id" BIGINT NULL,
  "serial" VARCHAR(40) NOT NULL,
  "step" BIGINT NOT NULL,
  CONSTRAINT "torture_permit_serial_3999c42e_uniq" UNIQUE ("serial"),
  CONSTRAINT "torture_permit_owner_id_9d76adcb_fk" FOREIGN KEY ("owner_id") REFERENCES "torture_owner" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index owner_id of torture_permit
CREATE INDEX "torture_permit_owner_id_970b4752_idx" ON "torture_permit" ("owner_id");

-- create table torture_room
CREATE TABLE "torture_room" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "house_id" BIGINT NOT NULL,
  "code" VARCHAR(60) NOT NULL,
  CONSTRAINT "torture_room_code_1221ac7b_uniq" UNIQUE ("code"),
  CONSTRAINT "torture_room_house_id_babf8bac_fk" FOREIGN KEY ("house_id") REFERENCES "torture_house" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index house_id of torture_room
CREATE INDEX "torture_room_house_id_118916e3_idx" ON "torture_room" ("house_id");

-- create table torture_seat
CREATE TABLE "torture_seat" (
  "code" VARCHAR(60) NOT NULL,
  "room_id" BIGINT NULL,
  PRIMARY KEY ("code"),
  CONSTRAINT "torture_seat_room_id_e339a3e2_uniq" UNIQUE ("room_id"),
  CONSTRAINT "torture_seat_room_id_74d91be4_fk" FOREIGN KEY ("room_id") REFERENCES "torture_room" ("id") DEFERRABLE INITIALLY DEFERRED
);

