-- create table ports_nation
CREATE TABLE `ports_nation` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `code` VARCHAR(2) COLLATE utf8mb4_nopad_bin NOT NULL,
  `number` BIGINT NULL,
  `name` VARCHAR(20) COLLATE utf8mb4_nopad_bin NOT NULL,
  `friend_id` VARCHAR(2) COLLATE utf8mb4_nopad_bin NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `ports_nation_code_5ba1195f_uniq` (`code`),
  UNIQUE KEY `ports_nation_number_b8fe880d_uniq` (`number`),
  KEY `ports_nation_friend_id_3c6bb073_idx` (`friend_id`),
  CONSTRAINT `ports_nation_friend_id_8d78c771_fk` FOREIGN KEY (`friend_id`) REFERENCES `ports_nation` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table ports_flag
CREATE TABLE `ports_flag` (
  `nation_id` VARCHAR(2) COLLATE utf8mb4_nopad_bin NOT NULL,
  `colours` VARCHAR(20) COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`nation_id`),
  CONSTRAINT `ports_flag_nation_id_c6703327_fk` FOREIGN KEY (`nation_id`) REFERENCES `ports_nation` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table ports_pole
CREATE TABLE `ports_pole` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `flag_id` VARCHAR(2) COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ports_pole_flag_id_17d63bfa_idx` (`flag_id`),
  CONSTRAINT `ports_pole_flag_id_d931684c_fk` FOREIGN KEY (`flag_id`) REFERENCES `ports_flag` (`nation_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table ports_town
CREATE TABLE `ports_town` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(20) COLLATE utf8mb4_nopad_bin NOT NULL,
  `nation_id` VARCHAR(2) COLLATE utf8mb4_nopad_bin NOT NULL,
  `twin_id` VARCHAR(2) COLLATE utf8mb4_nopad_bin NULL,
  `tax_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `ports_town_nation_id_7d278530_idx` (`nation_id`),
  KEY `ports_town_twin_id_2a5e41f1_idx` (`twin_id`),
  KEY `ports_town_tax_id_b386c2e6_idx` (`tax_id`),
  CONSTRAINT `ports_town_nation_id_34e54343_fk` FOREIGN KEY (`nation_id`) REFERENCES `ports_nation` (`code`),
  CONSTRAINT `ports_town_twin_id_a3200522_fk` FOREIGN KEY (`twin_id`) REFERENCES `ports_nation` (`code`),
  CONSTRAINT `ports_town_tax_id_a72c025a_fk` FOREIGN KEY (`tax_id`) REFERENCES `ports_nation` (`number`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

