-- create table clubs_member
CREATE TABLE `clubs_member` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(50) COLLATE utf8mb4_bin NOT NULL,
  `sponsor_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `clubs_member_sponsor_id_217826da_idx` (`sponsor_id`),
  SHARD KEY (`id`)
);

-- create table clubs_member_friends
CREATE TABLE `clubs_member_friends` (
  `from_member_id` BIGINT NOT NULL,
  `to_member_id` BIGINT NOT NULL,
  PRIMARY KEY (`from_member_id`, `to_member_id`),
  KEY `clubs_member_friends_to_member_id_831ead47_idx` (`to_member_id`),
  SHARD KEY (`from_member_id`)
);

-- create table clubs_badge
CREATE TABLE `clubs_badge` (
  `member_id` BIGINT NOT NULL,
  `number` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`member_id`),
  SHARD KEY (`member_id`)
);

-- create table clubs_club
CREATE TABLE `clubs_club` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(50) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

-- create table clubs_club_helpers
CREATE TABLE `clubs_club_helpers` (
  `club_id` BIGINT NOT NULL,
  `member_id` BIGINT NOT NULL,
  PRIMARY KEY (`club_id`, `member_id`),
  KEY `clubs_club_helpers_member_id_86bc029f_idx` (`member_id`),
  SHARD KEY (`club_id`)
);

-- create table clubs_membership
CREATE TABLE `clubs_membership` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `club_id` BIGINT NOT NULL,
  `member_id` BIGINT NOT NULL,
  `since` INT NOT NULL,
  `rank` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  KEY `clubs_membership_club_id_904b172e_idx` (`club_id`),
  KEY `clubs_membership_member_id_dee7718a_idx` (`member_id`),
  SHARD KEY (`id`)
);

