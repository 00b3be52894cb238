-- create table blog_category
CREATE TABLE "blog_category" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(100) NOT NULL,
  "parent_id" BIGINT NULL,
  CONSTRAINT "blog_category_parent_id_f19655e2_fk" FOREIGN KEY ("parent_id") REFERENCES "blog_category" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index parent_id of blog_category
CREATE INDEX "blog_category_parent_id_b639efba_idx" ON "blog_category" ("parent_id");

-- create table blog_country
CREATE TABLE "blog_country" (
  "code" VARCHAR(2) NOT NULL,
  "name" VARCHAR(100) NOT NULL,
  PRIMARY KEY ("code")
);

-- create table blog_author
CREATE TABLE "blog_author" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(100) NOT NULL,
  "email" VARCHAR(200) NULL,
  "country_id" VARCHAR(2) NULL,
  CONSTRAINT "blog_author_email_ffc8ad55_uniq" UNIQUE ("email"),
  CONSTRAINT "blog_author_country_id_1714efcf_fk" FOREIGN KEY ("country_id") REFERENCES "blog_country" ("code") DEFERRABLE INITIALLY DEFERRED
);

-- index country_id of blog_author
CREATE INDEX "blog_author_country_id_8a481ede_idx" ON "blog_author" ("country_id");

-- create table blog_person
CREATE TABLE "blog_person" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(100) NOT NULL
);

-- create table blog_person_follows
CREATE TABLE "blog_person_follows" (
  "from_person_id" BIGINT NOT NULL,
  "to_person_id" BIGINT NOT NULL,
  PRIMARY KEY ("from_person_id", "to_person_id"),
  CONSTRAINT "blog_person_follows_from_person_id_ed4ebc90_fk" FOREIGN KEY ("from_person_id") REFERENCES "blog_person" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "blog_person_follows_to_person_id_a0061bca_fk" FOREIGN KEY ("to_person_id") REFERENCES "blog_person" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index to_person_id of blog_person_follows
CREATE INDEX "blog_person_follows_to_person_id_8e37b355_idx" ON "blog_person_follows" ("to_person_id");

-- create table blog_profile
CREATE TABLE "blog_profile" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "author_id" BIGINT NOT NULL,
  "site" VARCHAR(100) NOT NULL,
  CONSTRAINT "blog_profile_author_id_d00c34d7_uniq" UNIQUE ("author_id"),
  CONSTRAINT "blog_profile_author_id_8d547c9c_fk" FOREIGN KEY ("author_id") REFERENCES "blog_author" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- create table blog_tag
CREATE TABLE "blog_tag" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(50) NOT NULL,
  CONSTRAINT "blog_tag_name_bf76655e_uniq" UNIQUE ("name")
);

-- create table blog_article
CREATE TABLE "blog_article" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "title" VARCHAR(20) NOT NULL,
  "body" TEXT NOT NULL,
  "author_id" BIGINT NOT NULL,
  "editor_id" BIGINT NULL,
  "views" BIGINT NOT NULL,
  "rating" DOUBLE NULL,
  "public" BOOLEAN NOT NULL,
  "at" DATETIME_TEXT NULL,
  "created_at" DATETIME_TEXT NOT NULL,
  "updated_at" DATETIME_TEXT NOT NULL,
  CONSTRAINT "blog_article_author_id_13a753c9_fk" FOREIGN KEY ("author_id") REFERENCES "blog_author" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "blog_article_editor_id_9035927d_fk" FOREIGN KEY ("editor_id") REFERENCES "blog_author" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index author_id of blog_article
CREATE INDEX "blog_article_author_id_ef06bb91_idx" ON "blog_article" ("author_id");

-- index editor_id of blog_article
CREATE INDEX "blog_article_editor_id_f17e269c_idx" ON "blog_article" ("editor_id");

-- create table blog_article_tags
CREATE TABLE "blog_article_tags" (
  "article_id" BIGINT NOT NULL,
  "tag_id" BIGINT NOT NULL,
  PRIMARY KEY ("article_id", "tag_id"),
  CONSTRAINT "blog_article_tags_article_id_3f64369b_fk" FOREIGN KEY ("article_id") REFERENCES "blog_article" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "blog_article_tags_tag_id_bd979738_fk" FOREIGN KEY ("tag_id") REFERENCES "blog_tag" ("id") DEFERRABLE INITIALLY DEFERRED
);

-- index tag_id of blog_article_tags
CREATE INDEX "blog_article_tags_tag_id_14eaf72b_idx" ON "blog_article_tags" ("tag_id");

