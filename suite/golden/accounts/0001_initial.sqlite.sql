-- create table accounts_account
CREATE TABLE "accounts_account" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "email" VARCHAR(80) NOT NULL,
  "nick" VARCHAR(20) NULL,
  "name" VARCHAR(40) NOT NULL,
  "visits" BIGINT NOT NULL,
  CONSTRAINT "accounts_account_email_0d237fde_uniq" UNIQUE ("email"),
  CONSTRAINT "accounts_account_nick_3fe66fad_uniq" UNIQUE ("nick")
);

-- create table accounts_badge
CREATE TABLE "accounts_badge" (
  "code" VARCHAR(20) NOT NULL,
  "number" BIGINT NOT NULL,
  "account_id" BIGINT NULL,
  PRIMARY KEY ("code"),
  CONSTRAINT "accounts_badge_number_20cff3ce_uniq" UNIQUE ("number"),
  CONSTRAINT "accounts_badge_account_id_82c1b783_uniq" UNIQUE ("account_id"),
  CONSTRAINT "accounts_badge_account_id_f323128d_fk" FOREIGN KEY ("account_id") REFERENCES "accounts_account" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- create table accounts_locker
CREATE TABLE "accounts_locker" (
  "room" VARCHAR(10) NOT NULL,
  "number" INTEGER NOT NULL,
  "ticket" UUID_TEXT NULL,
  "account_id" BIGINT NOT NULL,
  PRIMARY KEY ("room", "number"),
  CONSTRAINT "accounts_locker_ticket_d203eea1_uniq" UNIQUE ("ticket"),
  CONSTRAINT "accounts_locker_account_id_c2e215cc_fk" FOREIGN KEY ("account_id") REFERENCES "accounts_account" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index account_id of accounts_locker
CREATE INDEX "accounts_locker_account_id_4411ed8c_idx" ON "accounts_locker" ("account_id");

