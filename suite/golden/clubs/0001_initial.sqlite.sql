-- create table clubs_member
CREATE TABLE "clubs_member" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(50) NOT NULL,
  "sponsor_id" BIGINT NULL,
  CONSTRAINT "clubs_member_sponsor_id_8e47722e_fk" FOREIGN KEY ("sponsor_id") REFERENCES "clubs_member" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index sponsor_id of clubs_member
CREATE INDEX "clubs_member_sponsor_id_217826da_idx" ON "clubs_member" ("sponsor_id");

-- create table clubs_member_friends
CREATE TABLE "clubs_member_friends" (
  "from_member_id" BIGINT NOT NULL,
  "to_member_id" BIGINT NOT NULL,
  PRIMARY KEY ("from_member_id", "to_member_id"),
  CONSTRAINT "clubs_member_friends_from_member_id_3539d902_fk" FOREIGN KEY ("from_member_id") REFERENCES "clubs_member" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "clubs_member_friends_to_member_id_aede8ce9_fk" FOREIGN KEY ("to_member_id") REFERENCES "clubs_member" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index to_member_id of clubs_member_friends
CREATE INDEX "clubs_member_friends_to_member_id_831ead47_idx" ON "clubs_member_friends" ("to_member_id");

-- create table clubs_badge
CREATE TABLE "clubs_badge" (
  "member_id" BIGINT NOT NULL,
  "number" VARCHAR(20) NOT NULL,
  PRIMARY KEY ("member_id"),
  CONSTRAINT "clubs_badge_member_id_3f1dfe3a_fk" FOREIGN KEY ("member_id") REFERENCES "clubs_member" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- create table clubs_club
CREATE TABLE "clubs_club" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(50) NOT NULL
);

-- create table clubs_club_helpers
CREATE TABLE "clubs_club_helpers" (
  "club_id" BIGINT NOT NULL,
  "member_id" BIGINT NOT NULL,
  PRIMARY KEY ("club_id", "member_id"),
  CONSTRAINT "clubs_club_helpers_club_id_781cddb7_fk" FOREIGN KEY ("club_id") REFERENCES "clubs_club" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "clubs_club_helpers_member_id_7a476521_fk" FOREIGN KEY ("member_id") REFERENCES "clubs_member" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index member_id of clubs_club_helpers
CREATE INDEX "clubs_club_helpers_member_id_86bc029f_idx" ON "clubs_club_helpers" ("member_id");

-- create table clubs_membership
CREATE TABLE "clubs_membership" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "club_id" BIGINT NOT NULL,
  "member_id" BIGINT NOT NULL,
  "since" INTEGER NOT NULL,
  "rank" VARCHAR(20) NOT NULL,
  CONSTRAINT "clubs_membership_club_id_f83a93b2_fk" FOREIGN KEY ("club_id") REFERENCES "clubs_club" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "clubs_membership_member_id_52ce7b60_fk" FOREIGN KEY ("member_id") REFERENCES "clubs_member" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index club_id of clubs_membership
CREATE INDEX "clubs_membership_club_id_904b172e_idx" ON "clubs_membership" ("club_id");

-- index member_id of clubs_membership
CREATE INDEX "clubs_membership_member_id_dee7718a_idx" ON "clubs_membership" ("member_id");

