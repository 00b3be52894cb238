-- create table torture_label
CREATE TABLE `torture_label` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(40) COLLATE utf8mb4_bin NOT NULL,
  `uses` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `torture_label_name_0e3055bf_idx` (`name`),
  SHARD KEY (`id`)
);

-- create table torture_label_name_ee0ae921_lookup
CREATE TABLE `torture_label_name_ee0ae921_lookup` (
  `value` VARCHAR(40) COLLATE utf8mb4_bin NOT NULL,
  `owner` BIGINT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table torture_owner
CREATE TABLE `torture_owner` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `unit` VARCHAR(40) COLLATE utf8mb4_bin NOT NULL,
  `tag` VARCHAR(60) COLLATE utf8mb4_bin NOT NULL,
  `nick` VARCHAR(20) COLLATE utf8mb4_bin NULL,
  `step` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `torture_owner_tag_b71213b1_idx` (`tag`),
  KEY `torture_owner_nick_a1bf279c_idx` (`nick`),
  SHARD KEY (`id`)
);

-- create table torture_owner_labels
CREATE TABLE `torture_owner_labels` (
  `owner_id` BIGINT NOT NULL,
  `label_id` BIGINT NOT NULL,
  PRIMARY KEY (`owner_id`, `label_id`),
  KEY `torture_owner_labels_label_id_1bf0811f_idx` (`label_id`),
  SHARD KEY (`owner_id`)
);

-- create table torture_owner_tag_af7acf7f_lookup
CREATE TABLE `torture_owner_tag_af7acf7f_lookup` (
  `value` VARCHAR(60) COLLATE utf8mb4_bin NOT NULL,
  `owner` BIGINT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table torture_owner_nick_1c893165_lookup
CREATE TABLE `torture_owner_nick_1c893165_lookup` (
  `value` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `owner` BIGINT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table torture_house
CREATE TABLE `torture_house` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `owner_id` BIGINT NOT NULL,
  `number` VARCHAR(60) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `torture_house_owner_id_4c61fe64_idx` (`owner_id`),
  KEY `torture_house_number_c5e742ef_idx` (`number`),
  SHARD KEY (`id`)
);

-- create table torture_house_number_239fb48a_lookup
CREATE TABLE `torture_house_number_239fb48a_lookup` (
  `value` VARCHAR(60) COLLATE utf8mb4_bin NOT NULL,
  `owner` BIGINT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table torture_permit
CREATE TABLE `torture_permit` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `owner_id` BIGINT NULL,
  `serial` VARCHAR(40) COLLATE utf8mb4_bin NOT NULL,
  `step` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `torture_permit_owner_id_970b4752_idx` (`owner_id`),
  KEY `torture_permit_serial_37a879a6_idx` (`serial`),
  SHARD KEY (`id`)
);

-- create table torture_permit_serial_fbbf916a_lookup
CREATE TABLE `torture_permit_serial_fbbf916a_lookup` (
  `value` VARCHAR(40) COLLATE utf8mb4_bin NOT NULL,
  `owner` BIGINT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table torture_room
CREATE TABLE `torture_room` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `house_id` BIGINT NOT NULL,
  `code` VARCHAR(60) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `torture_room_house_id_118916e3_idx` (`house_id`),
  KEY `torture_room_code_5397affe_idx` (`code`),
  SHARD KEY (`id`)
);

-- create table torture_room_code_4f554531_lookup
CREATE TABLE `torture_room_code_4f554531_lookup` (
  `value` VARCHAR(60) COLLATE utf8mb4_bin NOT NULL,
  `owner` BIGINT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table torture_seat
CREATE TABLE `torture_seat` (
  `code` VARCHAR(60) COLLATE utf8mb4_bin NOT NULL,
  `room_id` BIGINT NULL,
  PRIMARY KEY (`code`),
  KEY `torture_seat_room_id_47f89191_idx` (`room_id`),
  SHARD KEY (`code`)
);

-- create table torture_seat_room_id_baccaf92_lookup
CREATE TABLE `torture_seat_room_id_baccaf92_lookup` (
  `value` BIGINT NOT NULL,
  `owner` VARCHAR(60) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

