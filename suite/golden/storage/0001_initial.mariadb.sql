-- create table storage_counter
CREATE TABLE `storage_counter` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `kind` VARCHAR(20) COLLATE utf8mb4_nopad_bin NOT NULL,
  `value` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `storage_counter_kind_b3c5f982_idx` (`kind`) USING BTREE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table storage_event
CREATE TABLE `storage_event` (
  `tenant` BIGINT NOT NULL,
  `number` BIGINT NOT NULL,
  `code` VARCHAR(20) COLLATE utf8mb4_nopad_bin NOT NULL,
  `at` DATETIME(6) NOT NULL,
  `amount` DOUBLE NULL,
  PRIMARY KEY (`tenant`, `number`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table storage_setting
CREATE TABLE `storage_setting` (
  `name` VARCHAR(40) COLLATE utf8mb4_nopad_bin NOT NULL,
  `label` VARCHAR(40) COLLATE utf8mb4_nopad_bin NOT NULL,
  `value` LONGTEXT COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`name`),
  UNIQUE KEY `storage_setting_label_81f9ec88_uniq` (`label`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

