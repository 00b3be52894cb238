-- create table tangle_knot
CREATE TABLE `tangle_knot` (
  `id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

-- create table tangle_knot_ties
CREATE TABLE `tangle_knot_ties` (
  `from_knot_id` BIGINT NOT NULL,
  `to_knot_id` BIGINT NOT NULL,
  PRIMARY KEY (`from_knot_id`, `to_knot_id`),
  KEY `tangle_knot_ties_to_knot_id_53e29dc5_idx` (`to_knot_id`),
  SHARD KEY (`from_knot_id`)
);

-- create table tangle_root
CREATE TABLE `tangle_root` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

-- create table tangle_branch
CREATE TABLE `tangle_branch` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `root_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `tangle_branch_root_id_3041dd22_idx` (`root_id`),
  SHARD KEY (`id`)
);

-- create table tangle_apple
CREATE TABLE `tangle_apple` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `root_id` BIGINT NOT NULL,
  `branch_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `tangle_apple_root_id_5251a7db_idx` (`root_id`),
  KEY `tangle_apple_branch_id_35bb9a2a_idx` (`branch_id`),
  SHARD KEY (`id`)
);

-- create table tangle_left
CREATE TABLE `tangle_left` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

-- create table tangle_right
CREATE TABLE `tangle_right` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `left_id` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `tangle_right_left_id_7024ee7a_idx` (`left_id`),
  SHARD KEY (`id`)
);

-- add column right_id to tangle_left
ALTER TABLE `tangle_left` ADD COLUMN `right_id` BIGINT NULL;

-- index right_id of tangle_left
ALTER TABLE `tangle_left` ADD KEY `tangle_left_right_id_91703166_idx` (`right_id`);

