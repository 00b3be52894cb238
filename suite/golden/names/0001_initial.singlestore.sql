-- create table names_booking
CREATE REFERENCE TABLE `names_booking` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `room` INT NOT NULL,
  `hour` INT NOT NULL,
  `guest` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `names_booking_room_hour_3bf6f7bf_uniq` (`room`, `hour`),
  SORT KEY ()
);

-- create table order
CREATE TABLE `order` (
  `key` BIGINT NOT NULL AUTO_INCREMENT,
  `select` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `group` INT NOT NULL,
  `type` INT NOT NULL,
  `größe` INT NOT NULL,
  `two words` INT NOT NULL,
  `where_id` BIGINT NULL,
  PRIMARY KEY (`key`),
  KEY `order_where_id_ccae3a22_idx` (`where_id`),
  SHARD KEY (`key`)
);

-- create table names_seat
CREATE TABLE `names_seat` (
  `hall` BIGINT NOT NULL,
  `number` VARCHAR(10) COLLATE utf8mb4_bin NOT NULL,
  `guest` VARCHAR(20) COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (`hall`, `number`),
  SHARD KEY (`hall`, `number`)
);

