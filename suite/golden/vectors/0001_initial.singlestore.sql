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

-- create table vectors_searched
CREATE TABLE `vectors_searched` (
  `id` BIGINT NOT NULL,
  `name` VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  `look` VECTOR(3) NOT NULL,
  `place` VECTOR(2) NOT NULL,
  PRIMARY KEY (`id`),
  VECTOR INDEX `vectors_searched_look_69c88879_idx` (`look`) INDEX_OPTIONS '{"index_type":"IVF_PQFS","metric_type":"DOT_PRODUCT","nlist":16,"nprobe":4}',
  VECTOR INDEX `vectors_searched_place_a90ac8f4_idx` (`place`) INDEX_OPTIONS '{"index_type":"HNSW_FLAT","M":8,"efConstruction":20}',
  SHARD KEY (`id`),
  SORT KEY ()
);

