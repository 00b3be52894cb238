-- create table library_shelf
CREATE TABLE `library_shelf` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `code` INT NOT NULL,
  `inside_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `library_shelf_code_7103bfcf_uniq` (`code`),
  KEY `library_shelf_inside_id_34e4397c_idx` (`inside_id`),
  CONSTRAINT `library_shelf_inside_id_139723f3_fk` FOREIGN KEY (`inside_id`) REFERENCES `library_shelf` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table library_twin
CREATE TABLE `library_twin` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(80) COLLATE utf8mb4_nopad_bin NOT NULL,
  `other_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `library_twin_name_34791016_uniq` (`name`),
  KEY `library_twin_other_id_2a043e1d_idx` (`other_id`),
  CONSTRAINT `library_twin_other_id_e86cc496_fk` FOREIGN KEY (`other_id`) REFERENCES `library_twin` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table library_writer
CREATE TABLE `library_writer` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `name` VARCHAR(80) COLLATE utf8mb4_nopad_bin NOT NULL,
  `born` INT NULL,
  `secret` VARCHAR(80) COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `library_writer_name_09cc35c6_uniq` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table library_novel
CREATE TABLE `library_novel` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `writer_id` BIGINT NOT NULL,
  `title` VARCHAR(80) COLLATE utf8mb4_nopad_bin NOT NULL,
  `sequel_of_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `library_novel_title` (`writer_id`, `title`),
  KEY `library_novel_writer_id_5a81d5bf_idx` (`writer_id`),
  KEY `library_novel_sequel_of_id_a58040da_idx` (`sequel_of_id`),
  CONSTRAINT `library_novel_writer_id_92b9d9c6_fk` FOREIGN KEY (`writer_id`) REFERENCES `library_writer` (`id`),
  CONSTRAINT `library_novel_sequel_of_id_f46cce02_fk` FOREIGN KEY (`sequel_of_id`) REFERENCES `library_novel` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table library_novel_shelves
CREATE TABLE `library_novel_shelves` (
  `novel_id` BIGINT NOT NULL,
  `shelf_id` BIGINT NOT NULL,
  PRIMARY KEY (`novel_id`, `shelf_id`),
  KEY `library_novel_shelves_shelf_id_33f14018_idx` (`shelf_id`),
  CONSTRAINT `library_novel_shelves_novel_id_e73e8c7c_fk` FOREIGN KEY (`novel_id`) REFERENCES `library_novel` (`id`),
  CONSTRAINT `library_novel_shelves_shelf_id_44c464e6_fk` FOREIGN KEY (`shelf_id`) REFERENCES `library_shelf` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table library_recording
CREATE TABLE `library_recording` (
  `novel_id` BIGINT NOT NULL,
  `minutes` INT NOT NULL,
  PRIMARY KEY (`novel_id`),
  CONSTRAINT `library_recording_novel_id_2a23c652_fk` FOREIGN KEY (`novel_id`) REFERENCES `library_novel` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table library_loan
CREATE TABLE `library_loan` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `novel_id` BIGINT NOT NULL,
  `recording_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  KEY `library_loan_novel_id_e53e608c_idx` (`novel_id`),
  KEY `library_loan_recording_id_62f75771_idx` (`recording_id`),
  CONSTRAINT `library_loan_novel_id_df3edcfa_fk` FOREIGN KEY (`novel_id`) REFERENCES `library_novel` (`id`),
  CONSTRAINT `library_loan_recording_id_ec733fd8_fk` FOREIGN KEY (`recording_id`) REFERENCES `library_recording` (`novel_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

