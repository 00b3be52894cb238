-- create table documents_document
CREATE TABLE `documents_document` (
  `id` BIGINT NOT NULL,
  `data` JSON NOT NULL,
  `settings` JSON NULL,
  PRIMARY KEY (`id`),
  SHARD KEY (`id`)
);

