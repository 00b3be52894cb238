-- create table documents_document
CREATE TABLE `documents_document` (
  `id` BIGINT NOT NULL,
  `data` JSON NOT NULL,
  `settings` JSON NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

