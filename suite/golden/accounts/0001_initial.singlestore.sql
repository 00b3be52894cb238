-- create table accounts_account
CREATE TABLE `accounts_account` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `email` VARCHAR(80) COLLATE utf8mb4_bin NOT NULL,
  `nick` VARCHAR(20) COLLATE utf8mb4_bin NULL,
  `name` VARCHAR(40) COLLATE utf8mb4_bin NOT NULL,
  `visits` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `accounts_account_email_3ebf6644_idx` (`email`),
  KEY `accounts_account_nick_2fc2bf3b_idx` (`nick`),
  SHARD KEY (`id`)
);

-- create table accounts_account_email_fea3180b_lookup
CREATE TABLE `accounts_account_email_fea3180b_lookup` (
  `value` VARCHAR(80) COLLATE utf8mb4_bin NOT NULL,
  `owner` BIGINT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table accounts_account_nick_2bb4d166_lookup
CREATE TABLE `accounts_account_nick_2bb4d166_lookup` (
  `value` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `owner` BIGINT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table accounts_badge
CREATE TABLE `accounts_badge` (
  `code` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `number` BIGINT NOT NULL,
  `account_id` BIGINT NULL,
  PRIMARY KEY (`code`),
  KEY `accounts_badge_number_b4e9863f_idx` (`number`),
  KEY `accounts_badge_account_id_c04ba254_idx` (`account_id`),
  SHARD KEY (`code`)
);

-- create table accounts_badge_number_554c90ec_lookup
CREATE TABLE `accounts_badge_number_554c90ec_lookup` (
  `value` BIGINT NOT NULL,
  `owner` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table accounts_badge_account_id_789af3fb_lookup
CREATE TABLE `accounts_badge_account_id_789af3fb_lookup` (
  `value` BIGINT NOT NULL,
  `owner` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table accounts_locker
CREATE ROWSTORE TABLE `accounts_locker` (
  `room` VARCHAR(10) COLLATE utf8mb4_bin NOT NULL,
  `number` INT NOT NULL,
  `ticket` CHAR(32) COLLATE utf8mb4_bin NULL,
  `account_id` BIGINT NOT NULL,
  PRIMARY KEY (`room`, `number`),
  KEY `accounts_locker_ticket_33b97fb2_idx` (`ticket`),
  KEY `accounts_locker_account_id_4411ed8c_idx` (`account_id`),
  SHARD KEY (`room`, `number`)
);

-- create table accounts_locker_ticket_5bdcd882_lookup
CREATE ROWSTORE TABLE `accounts_locker_ticket_5bdcd882_lookup` (
  `value` CHAR(32) COLLATE utf8mb4_bin NOT NULL,
  `owner_1` VARCHAR(10) COLLATE utf8mb4_bin NOT NULL,
  `owner_2` INT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner_1`, `owner_2`),
  SHARD KEY (`value`)
);

