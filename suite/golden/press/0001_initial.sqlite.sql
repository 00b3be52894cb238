-- create table press_topic
CREATE TABLE "press_topic" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(50) NOT NULL
);

-- create table press_writer
CREATE TABLE "press_writer" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(50) NOT NULL
);

-- create table press_story
CREATE TABLE "press_story" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "writer_id" BIGINT NOT NULL,
  "editor_id" BIGINT NULL,
  "title" VARCHAR(50) NOT NULL,
  CONSTRAINT "press_story_writer_id_4ef1266a_fk" FOREIGN KEY ("writer_id") REFERENCES "press_writer" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "press_story_editor_id_800e1089_fk" FOREIGN KEY ("editor_id") REFERENCES "press_writer" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index writer_id of press_story
CREATE INDEX "press_story_writer_id_57ccf57d_idx" ON "press_story" ("writer_id");

-- index editor_id of press_story
CREATE INDEX "press_story_editor_id_321c270f_idx" ON "press_story" ("editor_id");

-- create table press_story_topics
CREATE TABLE "press_story_topics" (
  "story_id" BIGINT NOT NULL,
  "topic_id" BIGINT NOT NULL,
  PRIMARY KEY ("story_id", "topic_id"),
  CONSTRAINT "press_story_topics_story_id_ad4c8b95_fk" FOREIGN KEY ("story_id") REFERENCES "press_story" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "press_story_topics_topic_id_3eaedeff_fk" FOREIGN KEY ("topic_id") REFERENCES "press_topic" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index topic_id of press_story_topics
CREATE INDEX "press_story_topics_topic_id_eedc2254_idx" ON "press_story_topics" ("topic_id");

-- create table press_remark
CREATE TABLE "press_remark" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "story_id" BIGINT NOT NULL,
  "text" VARCHAR(100) NOT NULL,
  CONSTRAINT "press_remark_story_id_1da38f63_fk" FOREIGN KEY ("story_id") REFERENCES "press_story" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index story_id of press_remark
CREATE INDEX "press_remark_story_id_2a843406_idx" ON "press_remark" ("story_id");

