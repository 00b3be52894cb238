-- add a column
ALTER TABLE `author` ADD COLUMN `bio` VARCHAR(100) COLLATE utf8mb4_bin NOT NULL DEFAULT '';

-- add a computed column
ALTER TABLE `author` ADD COLUMN `more` AS (books + 1) PERSISTED BIGINT;

-- rename a column
ALTER TABLE `author` CHANGE `bio` `life`;

-- change a column
ALTER TABLE `author` MODIFY COLUMN `rating` VARCHAR(200) COLLATE utf8mb4_bin NULL COMMENT 'short';

-- fill NULLs
UPDATE `author` SET `rating` = 'it''s' WHERE `rating` IS NULL;

-- drop a column
ALTER TABLE `author` DROP COLUMN `more`;

-- create an index
ALTER TABLE `article` ADD KEY `article_views_idx` (`views`, `title`);

-- create a hash index
ALTER TABLE `article` ADD KEY `article_editor_idx` (`editor_id`) USING HASH;

-- create a full-text index
ALTER TABLE `article` ADD FULLTEXT KEY `article_body_idx` (`body`);

-- create a full-text index of version 2
ALTER TABLE `article` ADD FULLTEXT USING VERSION 2 `article_words_idx` (`body`);

-- rename an index
-- singlestore does not support renaming the index `article_editor_idx`: drop it and create it under the new name

-- rename an index and build the table anew
-- singlestore does not support renaming the index `article_by_editor_idx`: drop it and create it under the new name

-- drop an index
ALTER TABLE `article` DROP INDEX `article_views_idx`;

-- add a unique key
ALTER TABLE `article` ADD UNIQUE KEY `article_title_uniq` (`title`, `id`);

-- drop a unique key
ALTER TABLE `article` DROP INDEX `article_title_uniq`;

-- add a foreign key
-- singlestore does not support the foreign key `article_tags_tag_id_fk`: leave it out: the ORM runs on_delete itself, and `check --data` finds orphans

-- drop a foreign key
-- singlestore does not support dropping the foreign key `article_tags_tag_id_fk`: there are no foreign keys to drop

-- replace the primary key
-- singlestore does not support changing the primary key of `article_tags`: rebuild the table: create, copy, drop, rename

-- drop the primary key
-- singlestore does not support changing the primary key of `article_tags`: rebuild the table: create, copy, drop, rename

-- add a primary key
-- singlestore does not support changing the primary key of `article_tags`: rebuild the table: create, copy, drop, rename

-- change the comment
-- singlestore does not support changing the comment of the table `article_tags`: a table's comment is set when the table is created, if at all

-- remove the comment
-- singlestore does not support changing the comment of the table `article_tags`: a table's comment is set when the table is created, if at all

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

