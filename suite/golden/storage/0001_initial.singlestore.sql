-- create table storage_counter
CREATE ROWSTORE TABLE `storage_counter` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `kind` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `value` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `storage_counter_kind_b3c5f982_idx` (`kind`) USING BTREE,
  SHARD KEY (`id`)
);

-- create table storage_event
CREATE TABLE `storage_event` (
  `tenant` BIGINT NOT NULL,
  `number` BIGINT NOT NULL,
  `code` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `at` DATETIME(6) NOT NULL,
  `amount` DOUBLE NULL,
  PRIMARY KEY (`tenant`, `number`),
  SHARD KEY (`tenant`),
  SORT KEY (`at` DESC, `tenant`)
);

-- create table storage_setting
CREATE ROWSTORE REFERENCE TABLE `storage_setting` (
  `name` VARCHAR(40) COLLATE utf8mb4_bin NOT NULL,
  `label` VARCHAR(40) COLLATE utf8mb4_bin NOT NULL,
  `value` LONGTEXT COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`name`),
  UNIQUE KEY `storage_setting_label_81f9ec88_uniq` (`label`)
);

