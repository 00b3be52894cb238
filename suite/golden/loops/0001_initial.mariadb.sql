-- create table loops_link
CREATE TABLE `loops_link` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `next_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `loops_link_next_id_4c8725d6_idx` (`next_id`),
  CONSTRAINT `loops_link_next_id_1dee2a81_fk` FOREIGN KEY (`next_id`) REFERENCES `loops_link` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table loops_player
CREATE TABLE `loops_player` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(20) COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table loops_bout
CREATE TABLE `loops_bout` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `loser_id` BIGINT NOT NULL,
  `winner_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `loops_bout_loser_id_b226277a_idx` (`loser_id`),
  KEY `loops_bout_winner_id_f90163e6_idx` (`winner_id`),
  CONSTRAINT `loops_bout_loser_id_af9d8d8d_fk` FOREIGN KEY (`loser_id`) REFERENCES `loops_player` (`id`),
  CONSTRAINT `loops_bout_winner_id_ba20459e_fk` FOREIGN KEY (`winner_id`) REFERENCES `loops_player` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

