-- add a column
ALTER TABLE `author` ADD COLUMN `bio` VARCHAR(100) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '';

-- add a computed column
ALTER TABLE `author` ADD COLUMN `more` BIGINT GENERATED ALWAYS AS (books + 1) STORED;

-- rename a column
ALTER TABLE `author` RENAME COLUMN `bio` TO `life`;

-- change a column
ALTER TABLE `author` MODIFY COLUMN `rating` VARCHAR(200) COLLATE utf8mb4_nopad_bin NULL COMMENT 'short';

-- fill NULLs
UPDATE `author` SET `rating` = 'it''s' WHERE `rating` IS NULL;

-- drop a column
ALTER TABLE `author` DROP COLUMN `more`;

-- create an index
ALTER TABLE `article` ADD KEY `article_views_idx` (`views`, `title`);

-- create a hash index
ALTER TABLE `article` ADD KEY `article_editor_idx` (`editor_id`);

-- create a full-text index
ALTER TABLE `article` ADD FULLTEXT KEY `article_body_idx` (`body`);

-- create a full-text index of version 2
-- mariadb does not support options of the index `article_words_idx`: SingleStore alone has them: leave them out

-- rename an index
ALTER TABLE `article` RENAME INDEX `article_editor_idx` TO `article_by_editor_idx`;

-- rename an index and build the table anew
ALTER TABLE `article` RENAME INDEX `article_by_editor_idx` TO `article_editors_idx`, FORCE;

-- drop an index
ALTER TABLE `article` DROP INDEX `article_views_idx`;

-- add a unique key
ALTER TABLE `article` ADD UNIQUE KEY `article_title_uniq` (`title`, `id`);

-- drop a unique key
ALTER TABLE `article` DROP INDEX `article_title_uniq`;

-- add a foreign key
ALTER TABLE `article_tags` ADD CONSTRAINT `article_tags_tag_id_fk` FOREIGN KEY (`tag_id`) REFERENCES `tag` (`id`);

-- drop a foreign key
ALTER TABLE `article_tags` DROP FOREIGN KEY `article_tags_tag_id_fk`;

-- replace the primary key
ALTER TABLE `article_tags` DROP PRIMARY KEY, ADD PRIMARY KEY (`tag_id`, `article_id`);

-- drop the primary key
ALTER TABLE `article_tags` DROP PRIMARY KEY;

-- add a primary key
ALTER TABLE `article_tags` ADD PRIMARY KEY (`article_id`);

-- change the comment
ALTER TABLE `article_tags` COMMENT = 'it''s';

-- remove the comment
ALTER TABLE `article_tags` COMMENT = '';

-- copy rows
INSERT INTO `tag` (`id`, `slug`, `hits`) SELECT `id`, COALESCE(`uid`, 'x'), 7 FROM `article`;

-- copy rows with NULL
INSERT INTO `every_type` (`int`, `bool`) SELECT NULL, 1 FROM `tag`;

-- rename a table
ALTER TABLE `comment` RENAME TO `remark`;

-- drop a table
DROP TABLE `tag`;

-- drop a table if it exists
DROP TABLE IF EXISTS `tag`;

-- raw
DROP TABLE IF EXISTS every_type;

