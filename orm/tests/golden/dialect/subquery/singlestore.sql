-- in
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`author_id` IN (SELECT t1.`id` FROM `author` AS t1 WHERE t1.`rating` > ?) ORDER BY t0.`id`;

-- in, limited
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`author_id` IN (SELECT * FROM (SELECT t1.`id` FROM `author` AS t1 WHERE t1.`rating` > ? ORDER BY t1.`id` LIMIT 3) AS w0) ORDER BY t0.`id`;

-- in, limited, of the row
-- singlestore does not support this type of query: correlated IN (SELECT …) with LIMIT, GROUP BY or aggregates: leave out the limit, or use `exists` with the condition inside

-- exists
SELECT t0.`id` FROM `article` AS t0 WHERE EXISTS (SELECT 1 AS `c0` FROM `author` AS t1 WHERE t1.`id` = t0.`author_id`) ORDER BY t0.`id`;

-- scalar
SELECT t0.`id`, t2.`a0` AS `name` FROM `article` AS t0 LEFT JOIN (SELECT t3.`k0` AS `k0`, t3.`a0` AS `a0` FROM (SELECT t1.`id` AS `k0`, t1.`name` AS `a0`, ROW_NUMBER() OVER (PARTITION BY t1.`id` ORDER BY t1.`name`) AS `nth` FROM `author` AS t1) AS t3 WHERE t3.`nth` = ?) AS t2 ON t2.`k0` = t0.`author_id`;

