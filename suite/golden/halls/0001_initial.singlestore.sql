-- create table halls_guest
CREATE TABLE `halls_guest` (
  `id` BIGINT NOT NULL,
  `badge` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `nick` VARCHAR(20) COLLATE utf8mb4_bin NULL,
  `visits` BIGINT NOT NULL,
  `floor` INT NOT NULL,
  `host_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `halls_guest_badge_44d1e667_idx` (`badge`),
  KEY `halls_guest_nick_1c14c7ef_idx` (`nick`),
  KEY `halls_guest_host_id_6c4704ee_idx` (`host_id`),
  SHARD KEY (`id`)
);

-- create table halls_guest_badge_31384686_lookup
CREATE TABLE `halls_guest_badge_31384686_lookup` (
  `value` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `owner` BIGINT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table halls_guest_nick_768dc54f_lookup
CREATE TABLE `halls_guest_nick_768dc54f_lookup` (
  `value` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `owner` BIGINT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table halls_desk
CREATE REFERENCE TABLE `halls_desk` (
  `id` BIGINT NOT NULL,
  `code` VARCHAR(10) COLLATE utf8mb4_bin NOT NULL,
  `height` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `halls_desk_code_b20d1fe3_idx` (`code`),
  SORT KEY ()
);

-- create table halls_desk_users
CREATE TABLE `halls_desk_users` (
  `desk_id` BIGINT NOT NULL,
  `guest_id` BIGINT NOT NULL,
  PRIMARY KEY (`desk_id`, `guest_id`),
  KEY `halls_desk_users_guest_id_fb535108_idx` (`guest_id`),
  SHARD KEY (`desk_id`)
);

-- create table halls_desk_code_1126f012_lookup
CREATE TABLE `halls_desk_code_1126f012_lookup` (
  `value` VARCHAR(10) COLLATE utf8mb4_bin NOT NULL,
  `owner` BIGINT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table halls_drawer
CREATE TABLE `halls_drawer` (
  `id` BIGINT NOT NULL,
  `desk_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `halls_drawer_desk_id_2a532d6a_idx` (`desk_id`),
  SHARD KEY (`id`)
);

-- create table halls_pass
CREATE TABLE `halls_pass` (
  `id` BIGINT NOT NULL,
  `guest_id` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `friend_id` VARCHAR(20) COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (`id`),
  KEY `halls_pass_guest_id_28d341b2_idx` (`guest_id`),
  KEY `halls_pass_friend_id_7aa66a07_idx` (`friend_id`),
  SHARD KEY (`id`)
);

-- create table halls_seat
CREATE TABLE `halls_seat` (
  `hall` VARCHAR(10) COLLATE utf8mb4_bin NOT NULL,
  `number` INT NOT NULL,
  `ticket` BIGINT NULL,
  `label` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `sold` BIGINT NOT NULL,
  `guest_id` BIGINT NOT NULL,
  PRIMARY KEY (`hall`, `number`),
  KEY `halls_seat_ticket_4aa83b14_idx` (`ticket`),
  KEY `halls_seat_label_8e7202aa_idx` (`label`),
  KEY `halls_seat_guest_id_c7b1a067_idx` (`guest_id`),
  SHARD KEY (`hall`)
);

-- create table halls_seat_ticket_180c22e9_lookup
CREATE TABLE `halls_seat_ticket_180c22e9_lookup` (
  `value` BIGINT NOT NULL,
  `owner_1` VARCHAR(10) COLLATE utf8mb4_bin NOT NULL,
  `owner_2` INT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner_1`, `owner_2`),
  SHARD KEY (`value`)
);

-- create table halls_seat_label_e0a65f42_lookup
CREATE TABLE `halls_seat_label_e0a65f42_lookup` (
  `value` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `owner_1` VARCHAR(10) COLLATE utf8mb4_bin NOT NULL,
  `owner_2` INT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner_1`, `owner_2`),
  SHARD KEY (`value`)
);

