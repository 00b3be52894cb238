-- create table loops_link
CREATE TABLE `loops_link` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `next_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `loops_link_next_id_4c8725d6_idx` (`next_id`),
  CONSTRAINT `loops_link_next_id_1dee2a81_fk` FOREIGN KEY (`next_id`) REFERENCES `loops_link` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

