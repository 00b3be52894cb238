-- create table tangle_knot
CREATE TABLE `tangle_knot` (
  `id` BIGINT NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table tangle_knot_ties
CREATE TABLE `tangle_knot_ties` (
  `from_knot_id` BIGINT NOT NULL,
  `to_knot_id` BIGINT NOT NULL,
  PRIMARY KEY (`from_knot_id`, `to_knot_id`),
  KEY `tangle_knot_ties_to_knot_id_53e29dc5_idx` (`to_knot_id`),
  CONSTRAINT `tangle_knot_ties_from_knot_id_40fe68cd_fk` FOREIGN KEY (`from_knot_id`) REFERENCES `tangle_knot` (`id`),
  CONSTRAINT `tangle_knot_ties_to_knot_id_1b5fc355_fk` FOREIGN KEY (`to_knot_id`) REFERENCES `tangle_knot` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table tangle_root
CREATE TABLE `tangle_root` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table tangle_branch
CREATE TABLE `tangle_branch` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `root_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `tangle_branch_root_id_3041dd22_idx` (`root_id`),
  CONSTRAINT `tangle_branch_root_id_ad566bd2_fk` FOREIGN KEY (`root_id`) REFERENCES `tangle_root` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table tangle_apple
CREATE TABLE `tangle_apple` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `root_id` BIGINT NOT NULL,
  `branch_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `tangle_apple_root_id_5251a7db_idx` (`root_id`),
  KEY `tangle_apple_branch_id_35bb9a2a_idx` (`branch_id`),
  CONSTRAINT `tangle_apple_root_id_ee677e6c_fk` FOREIGN KEY (`root_id`) REFERENCES `tangle_root` (`id`),
  CONSTRAINT `tangle_apple_branch_id_dc7bd64f_fk` FOREIGN KEY (`branch_id`) REFERENCES `tangle_branch` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table tangle_left
CREATE TABLE `tangle_left` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- create table tangle_right
CREATE TABLE `tangle_right` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `left_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `tangle_right_left_id_7024ee7a_idx` (`left_id`),
  CONSTRAINT `tangle_right_left_id_1674002f_fk` FOREIGN KEY (`left_id`) REFERENCES `tangle_left` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

-- add column right_id to tangle_left
ALTER TABLE `tangle_left` ADD COLUMN `right_id` BIGINT NULL;

-- index right_id of tangle_left
ALTER TABLE `tangle_left` ADD KEY `tangle_left_right_id_91703166_idx` (`right_id`);

-- tangle_left.right_id refers to tangle_right
ALTER TABLE `tangle_left` ADD CONSTRAINT `tangle_left_right_id_bd7b24f6_fk` FOREIGN KEY (`right_id`) REFERENCES `tangle_right` (`id`);

