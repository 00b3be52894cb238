-- some
DELETE FROM `article` WHERE `article`.`id` > ?;

-- by a subquery on the same table
DELETE FROM `article` WHERE `article`.`id` IN (SELECT * FROM (SELECT t1.`id` FROM `article` AS t1 INNER JOIN `author` AS t2 ON t1.`author_id` = t2.`id` WHERE t2.`name` = ?) AS w0);

-- by a subquery on the same table, of the same row
DELETE `article` FROM (SELECT 1 AS `one` UNION SELECT 1) AS w0 STRAIGHT_JOIN `article` LEFT JOIN (SELECT t4.`author_id` AS `k0`, t4.`id` AS `k1`, ? AS `a0` FROM (SELECT * FROM `article`) AS t1 INNER JOIN `author` AS t2 ON t1.`author_id` = t2.`id` INNER JOIN (SELECT DISTINCT t5.`author_id` AS `author_id`, t5.`id` AS `id` FROM (SELECT * FROM `article`) AS t5) AS t4 ON 1 = 1 WHERE t1.`author_id` = t4.`author_id` AND t1.`id` > (t4.`id` + ?) GROUP BY t4.`author_id`, t4.`id`) AS t3 ON t3.`k0` <=> `article`.`author_id` AND t3.`k1` <=> `article`.`id` WHERE t3.`a0` IS NOT NULL;

-- all
DELETE FROM `article`;

