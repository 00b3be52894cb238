-- create table quickstart_author
CREATE TABLE `quickstart_author` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

-- create table quickstart_tag
CREATE REFERENCE TABLE `quickstart_tag` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(50) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `quickstart_tag_name_39239488_uniq` (`name`),
  SORT KEY ()
);

-- create table quickstart_article
CREATE TABLE `quickstart_article` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `title` VARCHAR(200) COLLATE utf8mb4_bin NOT NULL,
  `author_id` BIGINT NOT NULL,
  `editor_id` BIGINT NULL,
  `views` BIGINT NOT NULL,
  `published_at` DATETIME(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `quickstart_article_author_id_47b2edb2_idx` (`author_id`),
  KEY `quickstart_article_editor_id_1a956173_idx` (`editor_id`),
  SHARD KEY (`id`),
  SORT KEY (`published_at` DESC)
);

-- create table quickstart_article_tags
CREATE TABLE `quickstart_article_tags` (
  `article_id` BIGINT NOT NULL,
  `tag_id` BIGINT NOT NULL,
  PRIMARY KEY (`article_id`, `tag_id`),
  KEY `quickstart_article_tags_tag_id_68203fcb_idx` (`tag_id`),
  SHARD KEY (`article_id`)
);

