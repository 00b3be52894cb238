-- create table names_booking
CREATE TABLE "names_booking" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "room" INTEGER NOT NULL,
  "hour" INTEGER NOT NULL,
  "guest" VARCHAR(20) NOT NULL,
  CONSTRAINT "names_booking_room_hour_3bf6f7bf_uniq" UNIQUE ("room", "hour")
);

-- create table order
CREATE TABLE "order" (
  "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "select" VARCHAR(20) NOT NULL,
  "group" INTEGER NOT NULL,
  "type" INTEGER NOT NULL,
  "größe" INTEGER NOT NULL,
  "two words" INTEGER NOT NULL,
  "where_id" BIGINT NULL,
  CONSTRAINT "order_where_id_de105d97_fk" FOREIGN KEY ("where_id") REFERENCES "order" ("key") DEFERRABLE INITIALLY DEFERRED
);

-- index where_id of order
CREATE INDEX "order_where_id_ccae3a22_idx" ON "order" ("where_id");

-- create table names_seat
CREATE TABLE "names_seat" (
  "hall" BIGINT NOT NULL,
  "number" VARCHAR(10) NOT NULL,
  "guest" VARCHAR(20) NULL,
  PRIMARY KEY ("hall", "number")
);

