-- create table halls_guest
CREATE TABLE "halls_guest" (
  "id" BIGINT NOT NULL,
  "badge" VARCHAR(20) NOT NULL,
  "nick" VARCHAR(20) NULL,
  "visits" BIGINT NOT NULL,
  "floor" INTEGER NOT NULL,
  "host_id" BIGINT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "halls_guest_badge_894c5e1a_uniq" UNIQUE ("badge"),
  CONSTRAINT "halls_guest_nick_102aaafc_uniq" UNIQUE ("nick"),
  CONSTRAINT "halls_guest_host_id_afba3c09_fk" FOREIGN KEY ("host_id") REFERENCES "halls_guest" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index host_id of halls_guest
CREATE INDEX "halls_guest_host_id_6c4704ee_idx" ON "halls_guest" ("host_id");

-- create table halls_desk
CREATE TABLE "halls_desk" (
  "id" BIGINT NOT NULL,
  "code" VARCHAR(10) NOT NULL,
  "height" BIGINT NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "halls_desk_code_ea0c2417_uniq" UNIQUE ("code")
);

-- create table halls_desk_users
CREATE TABLE "halls_desk_users" (
  "desk_id" BIGINT NOT NULL,
  "guest_id" BIGINT NOT NULL,
  PRIMARY KEY ("desk_id", "guest_id"),
  CONSTRAINT "halls_desk_users_desk_id_2a5dfb1b_fk" FOREIGN KEY ("desk_id") REFERENCES "halls_desk" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "halls_desk_users_guest_id_16ee6534_fk" FOREIGN KEY ("guest_id") REFERENCES "halls_guest" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index guest_id of halls_desk_users
CREATE INDEX "halls_desk_users_guest_id_fb535108_idx" ON "halls_desk_users" ("guest_id");

-- create table halls_drawer
CREATE TABLE "halls_drawer" (
  "id" BIGINT NOT NULL,
  "desk_id" BIGINT NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "halls_drawer_desk_id_bbe5251b_fk" FOREIGN KEY ("desk_id") REFERENCES "halls_desk" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index desk_id of halls_drawer
CREATE INDEX "halls_drawer_desk_id_2a532d6a_idx" ON "halls_drawer" ("desk_id");

-- create table halls_pass
CREATE TABLE "halls_pass" (
  "id" BIGINT NOT NULL,
  "guest_id" VARCHAR(20) NOT NULL,
  "friend_id" VARCHAR(20) NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "halls_pass_guest_id_0467a0c9_fk" FOREIGN KEY ("guest_id") REFERENCES "halls_guest" ("badge") DEFERRABLE INITIALLY DEFERRED
);

-- index guest_id of halls_pass
CREATE INDEX "halls_pass_guest_id_28d341b2_idx" ON "halls_pass" ("guest_id");

-- index friend_id of halls_pass
CREATE INDEX "halls_pass_friend_id_7aa66a07_idx" ON "halls_pass" ("friend_id");

-- create table halls_seat
CREATE TABLE "halls_seat" (
  "hall" VARCHAR(10) NOT NULL,
  "number" INTEGER NOT NULL,
  "ticket" BIGINT NULL,
  "label" VARCHAR(20) NOT NULL,
  "sold" BIGINT NOT NULL,
  "guest_id" BIGINT NOT NULL,
  PRIMARY KEY ("hall", "number"),
  CONSTRAINT "halls_seat_ticket_9410ce1c_uniq" UNIQUE ("ticket"),
  CONSTRAINT "halls_seat_label_8d7c29bc_uniq" UNIQUE ("label"),
  CONSTRAINT "halls_seat_guest_id_9f7d7a38_fk" FOREIGN KEY ("guest_id") REFERENCES "halls_guest" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index guest_id of halls_seat
CREATE INDEX "halls_seat_guest_id_c7b1a067_idx" ON "halls_seat" ("guest_id");

