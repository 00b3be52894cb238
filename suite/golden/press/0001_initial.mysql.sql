-- create table press_topic
CREATE TABLE `press_topic` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(50) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table press_writer
CREATE TABLE `press_writer` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(50) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table press_story
CREATE TABLE `press_story` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `writer_id` BIGINT NOT NULL,
  `editor_id` BIGINT NULL,
  `title` VARCHAR(50) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `press_story_writer_id_57ccf57d_idx` (`writer_id`),
  KEY `press_story_editor_id_321c270f_idx` (`editor_id`),
  CONSTRAINT `press_story_writer_id_4ef1266a_fk` FOREIGN KEY (`writer_id`) REFERENCES `press_writer` (`id`),
  CONSTRAINT `press_story_editor_id_800e1089_fk` FOREIGN KEY (`editor_id`) REFERENCES `press_writer` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table press_story_topics
CREATE TABLE `press_story_topics` (
  `story_id` BIGINT NOT NULL,
  `topic_id` BIGINT NOT NULL,
  PRIMARY KEY (`story_id`, `topic_id`),
  KEY `press_story_topics_topic_id_eedc2254_idx` (`topic_id`),
  CONSTRAINT `press_story_topics_story_id_ad4c8b95_fk` FOREIGN KEY (`story_id`) REFERENCES `press_story` (`id`),
  CONSTRAINT `press_story_topics_topic_id_3eaedeff_fk` FOREIGN KEY (`topic_id`) REFERENCES `press_topic` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table press_remark
CREATE TABLE `press_remark` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `story_id` BIGINT NOT NULL,
  `text` VARCHAR(100) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `press_remark_story_id_2a843406_idx` (`story_id`),
  CONSTRAINT `press_remark_story_id_1da38f63_fk` FOREIGN KEY (`story_id`) REFERENCES `press_story` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

