-- create table filled_parcel
CREATE TABLE `filled_parcel` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `word` VARCHAR(20) COLLATE utf8mb4_nopad_bin NOT NULL,
  `rank` INT NOT NULL DEFAULT (7),
  `at` DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  `amount` BIGINT NOT NULL,
  `twice` BIGINT GENERATED ALWAYS AS (amount * 2) STORED,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

