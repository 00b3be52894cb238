-- insert a part
INSERT INTO `article_tags` (`article_id`, `tag_id`) SELECT `article_id`, 5 FROM `article_tags` WHERE (`article_id` >= 1 AND (`article_id` > 1 OR (`article_id` = 1 AND `tag_id` > 2))) AND (`article_id` <= 3 AND (`article_id` < 3 OR (`article_id` = 3 AND `tag_id` <= 4)));

-- delete the first part
DELETE FROM `article_tags` WHERE (`article_id` <= 3 AND (`article_id` < 3 OR (`article_id` = 3 AND `tag_id` <= 4)));

-- fill a part
UPDATE `tag` SET `slug` = COALESCE(`slug`, 'it''s') WHERE `slug` > 'a''b';

-- fill what differs as text
UPDATE `tag` SET `slug` = COALESCE(`slug`, 'it''s') WHERE `slug` > 'a' AND NOT (HEX(CONCAT(`slug`)) <=> HEX(CONCAT(COALESCE(`slug`, 'it''s'))));

-- fill what differs
UPDATE `tag` SET `slug` = COALESCE(`slug`, 'it''s') WHERE NOT (`slug` <=> COALESCE(`slug`, 'it''s'));

-- the end of the next part
SELECT `article_id`, `tag_id` FROM `article_tags` WHERE (`article_id` >= 1 AND (`article_id` > 1 OR (`article_id` = 1 AND `tag_id` > 2))) ORDER BY `article_id`, `tag_id` LIMIT 1 OFFSET 999;

-- the end of all
SELECT `article_id`, `tag_id` FROM `article_tags` ORDER BY `article_id` DESC, `tag_id` DESC LIMIT 1;

-- sums of a part
SELECT COUNT(*) AS n, SUM(CRC32(MD5(CONCAT_WS('', COALESCE(CONCAT(`article_id`), ''), COALESCE(CONCAT(`tag_id`), ''))))) AS s0, SUM(CRC32(MD5(CONCAT_WS('', COALESCE(CONCAT(`tag_id`), ''))))) AS s1 FROM `article_tags` WHERE (`article_id` >= 1 AND (`article_id` > 1 OR (`article_id` = 1 AND `tag_id` > 2)));

-- sums of nothing comparable
SELECT COUNT(*) AS n, NULL AS s0 FROM `article_tags`;

