-- create table accounts_account
CREATE TABLE `accounts_account` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `email` VARCHAR(80) COLLATE utf8mb4_0900_bin NOT NULL,
  `nick` VARCHAR(20) COLLATE utf8mb4_0900_bin NULL,
  `name` VARCHAR(40) COLLATE utf8mb4_0900_bin NOT NULL,
  `visits` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `accounts_account_email_0d237fde_uniq` (`email`),
  UNIQUE KEY `accounts_account_nick_3fe66fad_uniq` (`nick`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table accounts_badge
CREATE TABLE `accounts_badge` (
  `code` VARCHAR(20) COLLATE utf8mb4_0900_bin NOT NULL,
  `number` BIGINT NOT NULL,
  `account_id` BIGINT NULL,
  PRIMARY KEY (`code`),
  UNIQUE KEY `accounts_badge_number_20cff3ce_uniq` (`number`),
  UNIQUE KEY `accounts_badge_account_id_82c1b783_uniq` (`account_id`),
  CONSTRAINT `accounts_badge_account_id_f323128d_fk` FOREIGN KEY (`account_id`) REFERENCES `accounts_account` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table accounts_locker
CREATE TABLE `accounts_locker` (
  `room` VARCHAR(10) COLLATE utf8mb4_0900_bin NOT NULL,
  `number` INT NOT NULL,
  `ticket` CHAR(32) COLLATE utf8mb4_0900_bin NULL,
  `account_id` BIGINT NOT NULL,
  PRIMARY KEY (`room`, `number`),
  UNIQUE KEY `accounts_locker_ticket_d203eea1_uniq` (`ticket`),
  KEY `accounts_locker_account_id_4411ed8c_idx` (`account_id`),
  CONSTRAINT `accounts_locker_account_id_c2e215cc_fk` FOREIGN KEY (`account_id`) REFERENCES `accounts_account` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

