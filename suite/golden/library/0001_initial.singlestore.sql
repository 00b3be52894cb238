-- create table library_shelf
CREATE TABLE `library_shelf` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `code` INT NOT NULL,
  `inside_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `library_shelf_code_51b35125_idx` (`code`),
  KEY `library_shelf_inside_id_34e4397c_idx` (`inside_id`),
  SHARD KEY (`id`)
);

-- create table library_shelf_code_44755340_lookup
CREATE TABLE `library_shelf_code_44755340_lookup` (
  `value` INT NOT NULL,
  `owner` BIGINT NOT NULL,
  PRIMARY KEY (`value`),
  KEY `by_owner` (`owner`),
  SHARD KEY (`value`)
);

-- create table library_twin
CREATE REFERENCE TABLE `library_twin` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(80) COLLATE utf8mb4_bin NOT NULL,
  `other_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `library_twin_name_34791016_uniq` (`name`),
  KEY `library_twin_other_id_2a043e1d_idx` (`other_id`),
  SORT KEY ()
);

-- create table library_writer
CREATE ROWSTORE REFERENCE TABLE `library_writer` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(80) COLLATE utf8mb4_bin NOT NULL,
  `born` INT NULL,
  `secret` VARCHAR(80) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `library_writer_name_09cc35c6_uniq` (`name`)
);

-- create table library_novel
CREATE TABLE `library_novel` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `writer_id` BIGINT NOT NULL,
  `title` VARCHAR(80) COLLATE utf8mb4_bin NOT NULL,
  `sequel_of_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `library_novel_title` (`writer_id`, `title`) UNENFORCED,
  KEY `library_novel_writer_id_5a81d5bf_idx` (`writer_id`),
  KEY `library_novel_sequel_of_id_a58040da_idx` (`sequel_of_id`),
  SHARD KEY (`id`)
);

-- create table library_novel_shelves
CREATE TABLE `library_novel_shelves` (
  `novel_id` BIGINT NOT NULL,
  `shelf_id` BIGINT NOT NULL,
  PRIMARY KEY (`novel_id`, `shelf_id`),
  KEY `library_novel_shelves_shelf_id_33f14018_idx` (`shelf_id`),
  SHARD KEY (`novel_id`)
);

-- create table library_recording
CREATE TABLE `library_recording` (
  `novel_id` BIGINT NOT NULL,
  `minutes` INT NOT NULL,
  PRIMARY KEY (`novel_id`),
  SHARD KEY (`novel_id`)
);

-- create table library_loan
CREATE TABLE `library_loan` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `novel_id` BIGINT NOT NULL,
  `recording_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `library_loan_novel_id_e53e608c_idx` (`novel_id`),
  KEY `library_loan_recording_id_62f75771_idx` (`recording_id`),
  SHARD KEY (`id`)
);

