-- create table bases_shelf
CREATE TABLE `bases_shelf` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `place` VARCHAR(20) COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table bases_volume
CREATE TABLE `bases_volume` (
  `key` CHAR(32) COLLATE utf8mb4_nopad_bin NOT NULL,
  `title` VARCHAR(30) COLLATE utf8mb4_nopad_bin NOT NULL,
  `volume` INT NOT NULL,
  `shelf_id` BIGINT NULL,
  `pages` INT NOT NULL,
  `made_at` DATETIME(6) NOT NULL,
  `seen_at` DATETIME(6) NULL,
  PRIMARY KEY (`key`),
  UNIQUE KEY `bases_volume_title_volume_0f7f41a5_uniq` (`title`, `volume`),
  KEY `bases_volume_made_at_ae305a9f_idx` (`made_at`),
  KEY `bases_volume_shelf_id_88e41d1a_idx` (`shelf_id`),
  CONSTRAINT `bases_volume_shelf_id_6ff0588f_fk` FOREIGN KEY (`shelf_id`) REFERENCES `bases_shelf` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table bases_note
CREATE TABLE `bases_note` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `volume_id` CHAR(32) COLLATE utf8mb4_nopad_bin NOT NULL,
  `made_at` DATETIME(6) NOT NULL,
  `seen_at` DATETIME(6) NULL,
  `text` VARCHAR(30) COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `bases_note_made_at_38ef1371_idx` (`made_at`),
  KEY `bases_note_volume_id_d54cef8c_idx` (`volume_id`),
  CONSTRAINT `bases_note_volume_id_d1719ef9_fk` FOREIGN KEY (`volume_id`) REFERENCES `bases_volume` (`key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

