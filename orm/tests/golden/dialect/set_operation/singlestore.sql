-- union
SELECT t0.`id`, t0.`name` FROM `author` AS t0 WHERE t0.`id` > ? UNION SELECT t1.`id`, t1.`name` FROM `author` AS t1 WHERE t1.`id` > ?;

-- union all, ordered and limited
SELECT * FROM (SELECT t0.`id`, t0.`name` FROM `author` AS t0 WHERE t0.`id` > ? UNION ALL SELECT t1.`id`, t1.`name` FROM `author` AS t1 WHERE t1.`id` > ?) AS w0 ORDER BY `name` DESC, `id` LIMIT 2 OFFSET 1;

-- intersect
SELECT * FROM (SELECT t0.`id`, t0.`name` FROM `author` AS t0 WHERE t0.`id` > ? INTERSECT SELECT t1.`id`, t1.`name` FROM `author` AS t1 WHERE t1.`id` > ?) AS w0 ORDER BY `name` DESC, `id`;

-- except
SELECT * FROM (SELECT t0.`id`, t0.`name` FROM `author` AS t0 WHERE t0.`id` > ? EXCEPT SELECT t1.`id`, t1.`name` FROM `author` AS t1 WHERE t1.`id` > ?) AS w0 ORDER BY `name` DESC, `id`;

-- a limited part
SELECT * FROM (SELECT t0.`id`, t0.`name` FROM `author` AS t0 WHERE t0.`id` > ? UNION SELECT * FROM (SELECT t2.`id`, t2.`name` FROM `author` AS t2 WHERE t2.`id` > ? ORDER BY t2.`id` LIMIT 1) AS w0 UNION SELECT t1.`id`, t1.`name` FROM `author` AS t1 WHERE t1.`id` > ?) AS w1 ORDER BY `name` DESC, `id`;

-- a locked part
-- singlestore does not support FOR UPDATE in a set operation: lock the rows by their keys

