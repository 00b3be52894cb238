-- create table notes_note
CREATE TABLE `notes_note` (
  `id` BIGINT NOT NULL,
  `title` VARCHAR(100) COLLATE utf8mb4_nopad_bin NOT NULL,
  `body` LONGTEXT COLLATE utf8mb4_nopad_bin NOT NULL,
  `stars` INT NOT NULL,
  PRIMARY KEY (`id`),
  FULLTEXT KEY `notes_note_title_body_bc38bab0_idx` (`title`, `body`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- create table notes_page
CREATE TABLE `notes_page` (
  `id` BIGINT NOT NULL,
  `title` VARCHAR(100) COLLATE utf8mb4_nopad_bin NOT NULL,
  `body` LONGTEXT COLLATE utf8mb4_nopad_bin NULL,
  PRIMARY KEY (`id`),
  FULLTEXT KEY `notes_page_title_body_7e2a023b_idx` (`title`, `body`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

