-- create table tenants_fee
CREATE TABLE "tenants_fee" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "tenant" BIGINT NOT NULL,
  "rate_code" VARCHAR(5) NULL
);

-- index tenant, rate_code of tenants_fee
CREATE INDEX "tenants_fee_tenant_rate_code_69e2a395_idx" ON "tenants_fee" ("tenant", "rate_code");

-- create table tenants_line
CREATE TABLE "tenants_line" (
  "tenant" BIGINT NOT NULL,
  "order_number" BIGINT NOT NULL,
  "place" INTEGER NOT NULL,
  "item" VARCHAR(20) NOT NULL,
  PRIMARY KEY ("tenant", "order_number", "place")
);

-- create table tenants_mark
CREATE TABLE "tenants_mark" (
  "tenant" BIGINT NOT NULL,
  "id" BIGINT NOT NULL,
  "order_number" BIGINT NOT NULL,
  "line_place" INTEGER NOT NULL,
  PRIMARY KEY ("tenant", "id")
);

-- create table tenants_memo
CREATE TABLE "tenants_memo" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "tenant" BIGINT NOT NULL,
  "order_number" BIGINT NULL,
  "text" VARCHAR(20) NOT NULL
);

-- index tenant, order_number of tenants_memo
CREATE INDEX "tenants_memo_tenant_order_number_9ea81c61_idx" ON "tenants_memo" ("tenant", "order_number");

-- create table tenants_order
CREATE TABLE "tenants_order" (
  "tenant" BIGINT NOT NULL,
  "number" BIGINT NOT NULL,
  "title" VARCHAR(20) NOT NULL,
  PRIMARY KEY ("tenant", "number")
);

-- create table tenants_rate
CREATE TABLE "tenants_rate" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "tenant" BIGINT NOT NULL,
  "code" VARCHAR(5) NOT NULL,
  "percent" INTEGER NOT NULL,
  CONSTRAINT "tenants_rate_tenant_code_c45a2a76_uniq" UNIQUE ("tenant", "code")
);

-- create table tenants_seal
CREATE TABLE "tenants_seal" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "tenant" BIGINT NOT NULL,
  "order_number" BIGINT NOT NULL
);

-- index tenant, order_number of tenants_seal
CREATE INDEX "tenants_seal_tenant_order_number_36953619_idx" ON "tenants_seal" ("tenant", "order_number");

