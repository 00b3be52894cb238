-- some
DELETE FROM `article` WHERE `article`.`id` > ?;

-- by a subquery on the same table
DELETE FROM `article` WHERE `article`.`id` IN (SELECT * FROM (SELECT t1.`id` FROM `article` AS t1 INNER JOIN `author` AS t2 ON t1.`author_id` = t2.`id` WHERE t2.`name` = ?) AS w0);

-- by a subquery on the same table, of the same row
DELETE FROM `article` WHERE EXISTS (SELECT t1.`id` FROM (SELECT * FROM `article`) AS t1 INNER JOIN `author` AS t2 ON t1.`author_id` = t2.`id` WHERE t1.`author_id` = `article`.`author_id` AND t1.`id` > (`article`.`id` + ?));

-- all
DELETE FROM `article`;

