-- alter column slug of newsroom_article
ALTER TABLE `newsroom_article` MODIFY COLUMN `slug` VARCHAR(80) COLLATE utf8mb4_0900_bin NULL;

-- run code forget_slugs
;

-- drop column slug of newsroom_article with its values
ALTER TABLE `newsroom_article` DROP COLUMN `slug`;

