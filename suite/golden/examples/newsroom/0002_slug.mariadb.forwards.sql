-- add column slug to newsroom_article
ALTER TABLE `newsroom_article` ADD COLUMN `slug` VARCHAR(80) COLLATE utf8mb4_nopad_bin NULL;

-- run code fill_slugs
;

-- alter column slug of newsroom_article
ALTER TABLE `newsroom_article` MODIFY COLUMN `slug` VARCHAR(80) COLLATE utf8mb4_nopad_bin NOT NULL;

