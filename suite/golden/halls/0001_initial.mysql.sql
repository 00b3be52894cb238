-- create table halls_guest
CREATE TABLE `halls_guest` (
  `id` BIGINT NOT NULL,
  `badge` VARCHAR(20) COLLATE utf8mb4_0900_bin NOT NULL,
  `nick` VARCHAR(20) COLLATE utf8mb4_0900_bin NULL,
  `visits` BIGINT NOT NULL,
  `floor` INT NOT NULL,
  `host_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `halls_guest_badge_894c5e1a_uniq` (`badge`),
  UNIQUE KEY `halls_guest_nick_102aaafc_uniq` (`nick`),
  KEY `halls_guest_host_id_6c4704ee_idx` (`host_id`),
  CONSTRAINT `halls_guest_host_id_afba3c09_fk` FOREIGN KEY (`host_id`) REFERENCES `halls_guest` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table halls_desk
CREATE TABLE `halls_desk` (
  `id` BIGINT NOT NULL,
  `code` VARCHAR(10) COLLATE utf8mb4_0900_bin NOT NULL,
  `height` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `halls_desk_code_ea0c2417_uniq` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table halls_desk_users
CREATE TABLE `halls_desk_users` (
  `desk_id` BIGINT NOT NULL,
  `guest_id` BIGINT NOT NULL,
  PRIMARY KEY (`desk_id`, `guest_id`),
  KEY `halls_desk_users_guest_id_fb535108_idx` (`guest_id`),
  CONSTRAINT `halls_desk_users_desk_id_2a5dfb1b_fk` FOREIGN KEY (`desk_id`) REFERENCES `halls_desk` (`id`),
  CONSTRAINT `halls_desk_users_guest_id_16ee6534_fk` FOREIGN KEY (`guest_id`) REFERENCES `halls_guest` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table halls_drawer
CREATE TABLE `halls_drawer` (
  `id` BIGINT NOT NULL,
  `desk_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `halls_drawer_desk_id_2a532d6a_idx` (`desk_id`),
  CONSTRAINT `halls_drawer_desk_id_bbe5251b_fk` FOREIGN KEY (`desk_id`) REFERENCES `halls_desk` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table halls_pass
CREATE TABLE `halls_pass` (
  `id` BIGINT NOT NULL,
  `guest_id` VARCHAR(20) COLLATE utf8mb4_0900_bin NOT NULL,
  `friend_id` VARCHAR(20) COLLATE utf8mb4_0900_bin NULL,
  PRIMARY KEY (`id`),
  KEY `halls_pass_guest_id_28d341b2_idx` (`guest_id`),
  KEY `halls_pass_friend_id_7aa66a07_idx` (`friend_id`),
  CONSTRAINT `halls_pass_guest_id_0467a0c9_fk` FOREIGN KEY (`guest_id`) REFERENCES `halls_guest` (`badge`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table halls_seat
CREATE TABLE `halls_seat` (
  `hall` VARCHAR(10) COLLATE utf8mb4_0900_bin NOT NULL,
  `number` INT NOT NULL,
  `ticket` BIGINT NULL,
  `label` VARCHAR(20) COLLATE utf8mb4_0900_bin NOT NULL,
  `sold` BIGINT NOT NULL,
  `guest_id` BIGINT NOT NULL,
  PRIMARY KEY (`hall`, `number`),
  UNIQUE KEY `halls_seat_ticket_9410ce1c_uniq` (`ticket`),
  UNIQUE KEY `halls_seat_label_8d7c29bc_uniq` (`label`),
  KEY `halls_seat_guest_id_c7b1a067_idx` (`guest_id`),
  CONSTRAINT `halls_seat_guest_id_9f7d7a38_fk` FOREIGN KEY (`guest_id`) REFERENCES `halls_guest` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

