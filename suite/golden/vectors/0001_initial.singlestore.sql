-- create table vectors_indexed
CREATE TABLE `vectors_indexed` (
  `id` BIGINT NOT NULL,
  `look` VECTOR(3) NOT NULL,
  PRIMARY KEY (`id`),
  VECTOR INDEX `vectors_indexed_look_ed1ffb78_idx` (`look`),
  SHARD KEY (`id`)
);

-- create table vectors_picture
CREATE TABLE `vectors_picture` (
  `id` BIGINT NOT NULL,
  `name` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `look` VECTOR(3) NOT NULL,
  `mood` VECTOR(3) NULL,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

