-- values
UPDATE `article` SET `title` = ?, `price` = ?;

-- an expression of its own column
UPDATE `article` SET `views` = `article`.`views` + ? WHERE `article`.`id` = ?;

-- a later expression reads an assigned column
UPDATE `article` SET `author_id` = `article`.`views` + ?, `views` = ?;

-- columns take each other's values
-- mysql does not support an UPDATE in which columns take each other's values (`views`): read the row, then write both columns as values

-- a subquery on the same table
UPDATE `article` SET `views` = ? WHERE `article`.`id` IN (SELECT * FROM (SELECT t1.`id` FROM `article` AS t1 WHERE t1.`views` > ? LIMIT 9223372036854775807) AS w0);

-- a subquery on the same table, of the same row
UPDATE (SELECT 1 AS `one` UNION SELECT 1) AS w0 STRAIGHT_JOIN `article` LEFT JOIN (SELECT t1.`author_id` AS `k0`, COUNT(*) AS `a1` FROM (SELECT * FROM `article` LIMIT 9223372036854775807) AS t1 GROUP BY t1.`author_id`) AS t2 ON t2.`k0` = `article`.`author_id` SET `article`.`views` = COALESCE(t2.`a1`, ?);

-- a subquery on another table
UPDATE `article` SET `title` = (SELECT t1.`name` FROM `author` AS t1 WHERE t1.`id` = `article`.`author_id`) WHERE EXISTS (SELECT 1 AS `c0` FROM `author` AS t2 WHERE t2.`id` = `article`.`author_id`);

