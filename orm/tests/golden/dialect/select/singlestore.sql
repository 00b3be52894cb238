-- columns
SELECT t0.`id`, t0.`title` FROM `article` AS t0;

-- distinct, ordered, limited
SELECT t1.`d0` AS `id`, t1.`d1` AS `title` FROM (SELECT DISTINCT t0.`id` AS `d0`, t0.`title` AS `d1` FROM `article` AS t0) AS t1 ORDER BY t1.`d1` DESC, t1.`d0` LIMIT 20 OFFSET 40;

-- row number
SELECT ROW_NUMBER() OVER (PARTITION BY t0.`author_id` ORDER BY t0.`views` + ? DESC, t0.`id`) AS `n` FROM `article` AS t0 ORDER BY t0.`id`;

-- offset alone
SELECT t0.`id`, t0.`title` FROM `article` AS t0 ORDER BY t0.`id` LIMIT 9223372036854775807 OFFSET 5;

-- joins
SELECT t0.`id`, t1.`name` AS `by`, t2.`name` FROM `article` AS t0 INNER JOIN `author` AS t1 ON t0.`author_id` = t1.`id` LEFT JOIN `author` AS t2 ON t0.`editor_id` = t2.`id` WHERE t1.`rating` > ?;

-- groups by an expression with a parameter
SELECT EXTRACT(YEAR FROM t0.`published_at`) AS `c0`, t0.`views` + ? AS `c1`, COUNT(*) AS `c2` FROM `article` AS t0 GROUP BY 1, 2 HAVING COUNT(*) > ? ORDER BY 1, 2 DESC, 3;

-- groups and their totals
SELECT t0.`id`, t0.`views` + ? AS `c1`, COUNT(*) AS `c2` FROM `article` AS t0 GROUP BY ROLLUP(t0.`id`, 2) HAVING COUNT(*) > 0 AND (COUNT(*) > ? OR COUNT(*) > ?);

-- from a derived table
SELECT t1.`n` FROM (SELECT COUNT(*) AS `n` FROM `article` AS t0) AS t1;

-- from raw SQL
SELECT t0.`n` FROM (SELECT ? AS n) AS t0;

-- computed columns without a name
SELECT ? AS `c0`, ? AS `c1`, ? = ? AS `c2`;

-- from nothing, with a condition
SELECT ? AS `one` FROM DUAL WHERE ? = ?;

-- no columns
SELECT 1 AS `c0` FROM `author` AS t0;

