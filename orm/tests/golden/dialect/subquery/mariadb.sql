-- in
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`author_id` IN (SELECT t1.`id` FROM `author` AS t1 WHERE t1.`rating` > ?) ORDER BY t0.`id`;

-- in, limited
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`author_id` IN (SELECT * FROM (SELECT t1.`id` FROM `author` AS t1 WHERE t1.`rating` > ? ORDER BY t1.`id` LIMIT 3) AS w0) ORDER BY t0.`id`;

-- in, limited, of the row
-- mariadb does not support LIMIT in a subquery of IN that refers to the query around it: leave out the limit, or fetch the keys in a query of their own

-- exists
SELECT t0.`id` FROM `article` AS t0 WHERE EXISTS (SELECT 1 AS `c0` FROM `author` AS t1 WHERE t1.`id` = t0.`author_id`) ORDER BY t0.`id`;

-- scalar
SELECT t0.`id`, (SELECT t1.`name` FROM `author` AS t1 WHERE t1.`id` = t0.`author_id` LIMIT 1) AS `name` FROM `article` AS t0;

