-- create table torture_label
CREATE TABLE `torture_label` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(40) COLLATE utf8mb4_0900_bin NOT NULL,
  `uses` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `torture_label_name_156d8c71_uniq` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table torture_owner
CREATE TABLE `torture_owner` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `unit` VARCHAR(40) COLLATE utf8mb4_0900_bin NOT NULL,
  `tag` VARCHAR(60) COLLATE utf8mb4_0900_bin NOT NULL,
  `nick` VARCHAR(20) COLLATE utf8mb4_0900_bin NULL,
  `step` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `torture_owner_tag_c0c14ed6_uniq` (`tag`),
  UNIQUE KEY `torture_owner_nick_4fd6ecae_uniq` (`nick`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table torture_owner_labels
CREATE TABLE `torture_owner_labels` (
  `owner_id` BIGINT NOT NULL,
  `label_id` BIGINT NOT NULL,
  PRIMARY KEY (`owner_id`, `label_id`),
  KEY `torture_owner_labels_label_id_1bf0811f_idx` (`label_id`),
  CONSTRAINT `torture_owner_labels_owner_id_ececebea_fk` FOREIGN KEY (`owner_id`) REFERENCES `torture_owner` (`id`),
  CONSTRAINT `torture_owner_labels_label_id_f8921041_fk` FOREIGN KEY (`label_id`) REFERENCES `torture_label` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table torture_house
CREATE TABLE `torture_house` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `owner_id` BIGINT NOT NULL,
  `number` VARCHAR(60) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `torture_house_number_cef18c4a_uniq` (`number`),
  KEY `torture_house_owner_id_4c61fe64_idx` (`owner_id`),
  CONSTRAINT `torture_house_owner_id_cdcb136e_fk` FOREIGN KEY (`owner_id`) REFERENCES `torture_owner` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table torture_permit
CREATE TABLE `torture_permit` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `owner_id` BIGINT NULL,
  `serial` VARCHAR(40) COLLATE utf8mb4_0900_bin NOT NULL,
  `step` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `torture_permit_serial_3999c42e_uniq` (`serial`),
  KEY `torture_permit_owner_id_970b4752_idx` (`owner_id`),
  CONSTRAINT `torture_permit_owner_id_9d76adcb_fk` FOREIGN KEY (`owner_id`) REFERENCES `torture_owner` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table torture_room
CREATE TABLE `torture_room` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `house_id` BIGINT NOT NULL,
  `code` VARCHAR(60) COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `torture_room_code_1221ac7b_uniq` (`code`),
  KEY `torture_room_house_id_118916e3_idx` (`house_id`),
  CONSTRAINT `torture_room_house_id_babf8bac_fk` FOREIGN KEY (`house_id`) REFERENCES `torture_house` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table torture_seat
CREATE TABLE `torture_seat` (
  `code` VARCHAR(60) COLLATE utf8mb4_0900_bin NOT NULL,
  `room_id` BIGINT NULL,
  PRIMARY KEY (`code`),
  UNIQUE KEY `torture_seat_room_id_e339a3e2_uniq` (`room_id`),
  CONSTRAINT `torture_seat_room_id_74d91be4_fk` FOREIGN KEY (`room_id`) REFERENCES `torture_room` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

