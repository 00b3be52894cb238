-- create table blog_category
CREATE TABLE `blog_category` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  `parent_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `blog_category_parent_id_b639efba_idx` (`parent_id`),
  SHARD KEY (`id`)
);

-- create table blog_country
CREATE TABLE `blog_country` (
  `code` VARCHAR(2) COLLATE utf8mb4_bin NOT NULL,
  `name` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`code`),
  SHARD KEY (`code`)
);

-- create table blog_author
CREATE REFERENCE TABLE `blog_author` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  `email` VARCHAR(200) COLLATE utf8mb4_bin NULL,
  `country_id` VARCHAR(2) COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `blog_author_email_ffc8ad55_uniq` (`email`),
  KEY `blog_author_country_id_8a481ede_idx` (`country_id`),
  SORT KEY ()
);

-- create table blog_person
CREATE TABLE `blog_person` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

-- create table blog_person_follows
CREATE TABLE `blog_person_follows` (
  `from_person_id` BIGINT NOT NULL,
  `to_person_id` BIGINT NOT NULL,
  PRIMARY KEY (`from_person_id`, `to_person_id`),
  KEY `blog_person_follows_to_person_id_8e37b355_idx` (`to_person_id`),
  SHARD KEY (`from_person_id`)
);

-- create table blog_profile
CREATE REFERENCE TABLE `blog_profile` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `author_id` BIGINT NOT NULL,
  `site` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `blog_profile_author_id_d00c34d7_uniq` (`author_id`),
  SORT KEY ()
);

-- create table blog_tag
CREATE REFERENCE TABLE `blog_tag` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(50) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `blog_tag_name_bf76655e_uniq` (`name`),
  SORT KEY ()
);

-- create table blog_article
CREATE TABLE `blog_article` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `title` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `body` LONGTEXT COLLATE utf8mb4_bin NOT NULL,
  `author_id` BIGINT NOT NULL,
  `editor_id` BIGINT NULL,
  `views` BIGINT NOT NULL,
  `rating` DOUBLE NULL,
  `public` BOOL NOT NULL,
  `at` DATETIME(6) NULL,
  `created_at` DATETIME(6) NOT NULL,
  `updated_at` DATETIME(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `blog_article_author_id_ef06bb91_idx` (`author_id`),
  KEY `blog_article_editor_id_f17e269c_idx` (`editor_id`),
  SHARD KEY (`id`)
);

-- create table blog_article_tags
CREATE TABLE `blog_article_tags` (
  `article_id` BIGINT NOT NULL,
  `tag_id` BIGINT NOT NULL,
  PRIMARY KEY (`article_id`, `tag_id`),
  KEY `blog_article_tags_tag_id_14eaf72b_idx` (`tag_id`),
  SHARD KEY (`article_id`)
);

