-- create table owners_owner
CREATE TABLE `owners_owner` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

-- create table owners_debt
CREATE TABLE `owners_debt` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `owner_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `owners_debt_owner_id_aa065bd0_idx` (`owner_id`),
  SHARD KEY (`id`)
);

-- create table owners_loan
CREATE TABLE `owners_loan` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `owner_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `owners_loan_owner_id_299eb72a_idx` (`owner_id`),
  SHARD KEY (`id`)
);

-- create table owners_note
CREATE TABLE `owners_note` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `owner_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `owners_note_owner_id_44de1cc7_idx` (`owner_id`),
  SHARD KEY (`id`)
);

-- create table owners_pet
CREATE TABLE `owners_pet` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `owner_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `owners_pet_owner_id_4e6b1998_idx` (`owner_id`),
  SHARD KEY (`id`)
);

-- create table owners_chip
CREATE TABLE `owners_chip` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `owner_id` BIGINT NOT NULL,
  `pet_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `owners_chip_owner_id_2f465566_idx` (`owner_id`),
  KEY `owners_chip_pet_id_d55a5129_idx` (`pet_id`),
  SHARD KEY (`id`)
);

-- create table owners_plot
CREATE TABLE `owners_plot` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `owner_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `owners_plot_owner_id_601e9f4b_idx` (`owner_id`),
  SHARD KEY (`id`)
);

-- create table owners_toy
CREATE TABLE `owners_toy` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `pet_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `owners_toy_pet_id_6472fe82_idx` (`pet_id`),
  SHARD KEY (`id`)
);

