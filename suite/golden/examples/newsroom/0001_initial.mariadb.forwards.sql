-- create table newsroom_article
CREATE TABLE `newsroom_article` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `title` VARCHAR(200) COLLATE utf8mb4_nopad_bin NOT NULL,
  `revision` BIGINT NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

