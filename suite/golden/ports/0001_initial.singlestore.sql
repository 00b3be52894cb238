-- create table ports_nation
CREATE REFERENCE TABLE `ports_nation` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `code` VARCHAR(2) COLLATE utf8mb4_bin NOT NULL,
  `number` BIGINT NULL,
  `name` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `friend_id` VARCHAR(2) COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `ports_nation_code_5ba1195f_uniq` (`code`),
  UNIQUE KEY `ports_nation_number_b8fe880d_uniq` (`number`),
  KEY `ports_nation_friend_id_3c6bb073_idx` (`friend_id`),
  SORT KEY ()
);

-- create table ports_flag
CREATE TABLE `ports_flag` (
  `nation_id` VARCHAR(2) COLLATE utf8mb4_bin NOT NULL,
  `colours` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`nation_id`),
  SHARD KEY (`nation_id`)
);

-- create table ports_pole
CREATE TABLE `ports_pole` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `flag_id` VARCHAR(2) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ports_pole_flag_id_17d63bfa_idx` (`flag_id`),
  SHARD KEY (`id`)
);

-- create table ports_town
CREATE TABLE `ports_town` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `nation_id` VARCHAR(2) COLLATE utf8mb4_bin NOT NULL,
  `twin_id` VARCHAR(2) COLLATE utf8mb4_bin NULL,
  `tax_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `ports_town_nation_id_7d278530_idx` (`nation_id`),
  KEY `ports_town_twin_id_2a5e41f1_idx` (`twin_id`),
  KEY `ports_town_tax_id_b386c2e6_idx` (`tax_id`),
  SHARD KEY (`id`)
);

