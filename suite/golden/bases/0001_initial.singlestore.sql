-- create table bases_shelf
CREATE TABLE `bases_shelf` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `place` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

-- create table bases_volume
CREATE REFERENCE TABLE `bases_volume` (
  `key` CHAR(32) COLLATE utf8mb4_bin NOT NULL,
  `title` VARCHAR(30) COLLATE utf8mb4_bin NOT NULL,
  `volume` INT NOT NULL,
  `shelf_id` BIGINT NULL,
  `pages` INT NOT NULL,
  `made_at` DATETIME(6) NOT NULL,
  `seen_at` DATETIME(6) NULL,
  PRIMARY KEY (`key`),
  UNIQUE KEY `bases_volume_title_volume_0f7f41a5_uniq` (`title`, `volume`),
  KEY `bases_volume_made_at_ae305a9f_idx` (`made_at`),
  KEY `bases_volume_shelf_id_88e41d1a_idx` (`shelf_id`),
  SORT KEY ()
);

-- create table bases_note
CREATE TABLE `bases_note` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `volume_id` CHAR(32) COLLATE utf8mb4_bin NOT NULL,
  `made_at` DATETIME(6) NOT NULL,
  `seen_at` DATETIME(6) NULL,
  `text` VARCHAR(30) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `bases_note_made_at_38ef1371_idx` (`made_at`),
  KEY `bases_note_volume_id_d54cef8c_idx` (`volume_id`),
  SHARD KEY (`id`)
);

