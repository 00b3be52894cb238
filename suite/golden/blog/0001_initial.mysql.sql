-- create table blog_category
CREATE TABLE `blog_category` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(100) COLLATE utf8mb4_0900_bin NOT NULL,
  `parent_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `blog_category_parent_id_b639efba_idx` (`parent_id`),
  CONSTRAINT `blog_category_parent_id_f19655e2_fk` FOREIGN KEY (`parent_id`) REFERENCES `blog_category` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table blog_country
CREATE TABLE `blog_country` (
  `code` VARCHAR(2) COLLATE utf8mb4_0900_bin NOT NULL,
  `name` VARCHAR(100) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table blog_author
CREATE TABLE `blog_author` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(100) COLLATE utf8mb4_0900_bin NOT NULL,
  `email` VARCHAR(200) COLLATE utf8mb4_0900_bin NULL,
  `country_id` VARCHAR(2) COLLATE utf8mb4_0900_bin NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `blog_author_email_ffc8ad55_uniq` (`email`),
  KEY `blog_author_country_id_8a481ede_idx` (`country_id`),
  CONSTRAINT `blog_author_country_id_1714efcf_fk` FOREIGN KEY (`country_id`) REFERENCES `blog_country` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table blog_person
CREATE TABLE `blog_person` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(100) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table blog_person_follows
CREATE TABLE `blog_person_follows` (
  `from_person_id` BIGINT NOT NULL,
  `to_person_id` BIGINT NOT NULL,
  PRIMARY KEY (`from_person_id`, `to_person_id`),
  KEY `blog_person_follows_to_person_id_8e37b355_idx` (`to_person_id`),
  CONSTRAINT `blog_person_follows_from_person_id_ed4ebc90_fk` FOREIGN KEY (`from_person_id`) REFERENCES `blog_person` (`id`),
  CONSTRAINT `blog_person_follows_to_person_id_a0061bca_fk` FOREIGN KEY (`to_person_id`) REFERENCES `blog_person` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table blog_profile
CREATE TABLE `blog_profile` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `author_id` BIGINT NOT NULL,
  `site` VARCHAR(100) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `blog_profile_author_id_d00c34d7_uniq` (`author_id`),
  CONSTRAINT `blog_profile_author_id_8d547c9c_fk` FOREIGN KEY (`author_id`) REFERENCES `blog_author` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table blog_tag
CREATE TABLE `blog_tag` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(50) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `blog_tag_name_bf76655e_uniq` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table blog_article
CREATE TABLE `blog_article` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `title` VARCHAR(20) COLLATE utf8mb4_0900_bin NOT NULL,
  `body` LONGTEXT COLLATE utf8mb4_0900_bin NOT NULL,
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
  CONSTRAINT `blog_article_author_id_13a753c9_fk` FOREIGN KEY (`author_id`) REFERENCES `blog_author` (`id`),
  CONSTRAINT `blog_article_editor_id_9035927d_fk` FOREIGN KEY (`editor_id`) REFERENCES `blog_author` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table blog_article_tags
CREATE TABLE `blog_article_tags` (
  `article_id` BIGINT NOT NULL,
  `tag_id` BIGINT NOT NULL,
  PRIMARY KEY (`article_id`, `tag_id`),
  KEY `blog_article_tags_tag_id_14eaf72b_idx` (`tag_id`),
  CONSTRAINT `blog_article_tags_article_id_3f64369b_fk` FOREIGN KEY (`article_id`) REFERENCES `blog_article` (`id`),
  CONSTRAINT `blog_article_tags_tag_id_bd979738_fk` FOREIGN KEY (`tag_id`) REFERENCES `blog_tag` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

