-- create table loops_link
CREATE TABLE `loops_link` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `next_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `loops_link_next_id_4c8725d6_idx` (`next_id`),
  SHARD KEY (`id`)
);

