-- create table forms_form
CREATE TABLE `forms_form` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `code` VARCHAR(5) COLLATE utf8mb4_0900_bin NOT NULL,
  `state` VARCHAR(10) COLLATE utf8mb4_0900_bin NOT NULL,
  `number` BIGINT NOT NULL,
  `grade` INT NULL,
  `price` DECIMAL(5, 2) NULL,
  `bytes` VARBINARY(3) NULL,
  `weight` DOUBLE NOT NULL,
  `mail` VARCHAR(100) COLLATE utf8mb4_0900_bin NULL,
  `first` INT NOT NULL,
  `last` INT NOT NULL,
  `parent_id` BIGINT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `forms_form_code_0b4db8ad_uniq` (`code`),
  UNIQUE KEY `forms_form_first_last_958813e9_uniq` (`first`, `last`),
  KEY `forms_form_parent_id_da1f6fb1_idx` (`parent_id`),
  CONSTRAINT `forms_form_parent_id_c5122823_fk` FOREIGN KEY (`parent_id`) REFERENCES `forms_form` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;

