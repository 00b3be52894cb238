-- add column slug to newsroom_article
ALTER TABLE `newsroom_article` ADD COLUMN `slug` VARCHAR(80) COLLATE utf8mb4_bin NULL;

-- run code fill_slugs
;

-- add column slug__new to newsroom_article (slug cannot be altered from NULL to NOT NULL)
ALTER TABLE `newsroom_article` ADD COLUMN `slug__new` VARCHAR(80) COLLATE utf8mb4_bin NOT NULL DEFAULT '';

-- fill newsroom_article.slug__new from slug, part by part
UPDATE `newsroom_article` SET `slug__new` = `slug`;

-- rename column slug of newsroom_article to slug__old
ALTER TABLE `newsroom_article` CHANGE `slug` `slug__old`;

-- what others wrote into slug meanwhile is filled in as well
UPDATE `newsroom_article` SET `slug__new` = `slug__old` WHERE NOT (HEX(CONCAT(`slug__new`)) <=> HEX(CONCAT(`slug__old`)));

-- rename column slug__new of newsroom_article to slug
ALTER TABLE `newsroom_article` CHANGE `slug__new` `slug`;

-- the default of newsroom_article.slug was for the rows that were there
ALTER TABLE `newsroom_article` MODIFY COLUMN `slug` VARCHAR(80) COLLATE utf8mb4_bin NOT NULL;

-- the old slug of newsroom_article, whose values are in the new one
ALTER TABLE `newsroom_article` DROP COLUMN `slug__old`;

