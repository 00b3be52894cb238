-- create table forms_form
CREATE TABLE "forms_form" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "code" VARCHAR(5) NOT NULL,
  "state" VARCHAR(10) NOT NULL,
  "number" BIGINT NOT NULL,
  "grade" INTEGER NULL,
  "price" DECIMAL_TEXT(5, 2) COLLATE orm_decimal NULL,
  "bytes" BLOB(3) NULL,
  "weight" DOUBLE NOT NULL,
  "mail" VARCHAR(100) NULL,
  "first" INTEGER NOT NULL,
  "last" INTEGER NOT NULL,
  "parent_id" BIGINT NULL,
  CONSTRAINT "forms_form_code_0b4db8ad_uniq" UNIQUE ("code"),
  CONSTRAINT "forms_form_first_last_958813e9_uniq" UNIQUE ("first", "last"),
  CONSTRAINT "forms_form_parent_id_c5122823_fk" FOREIGN KEY ("parent_id") REFERENCES "forms_form" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index parent_id of forms_form
CREATE INDEX "forms_form_parent_id_da1f6fb1_idx" ON "forms_form" ("parent_id");

