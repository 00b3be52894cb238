-- exact
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`title` = ? ORDER BY t0.`id`;

-- exact, any case
SELECT t0.`id` FROM `article` AS t0 WHERE LOWER(t0.`title`) = LOWER(?) ORDER BY t0.`id`;

-- contains
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`title` LIKE ? ESCAPE '|' ORDER BY t0.`id`;

-- contains, any case
SELECT t0.`id` FROM `article` AS t0 WHERE LOWER(t0.`title`) LIKE LOWER(?) ESCAPE '|' ORDER BY t0.`id`;

-- starts with
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`title` LIKE ? ESCAPE '|' ORDER BY t0.`id`;

-- starts with, any case
SELECT t0.`id` FROM `article` AS t0 WHERE LOWER(t0.`title`) LIKE LOWER(?) ESCAPE '|' ORDER BY t0.`id`;

-- ends with
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`title` LIKE ? ESCAPE '|' ORDER BY t0.`id`;

-- ends with, any case
SELECT t0.`id` FROM `article` AS t0 WHERE LOWER(t0.`title`) LIKE LOWER(?) ESCAPE '|' ORDER BY t0.`id`;

-- regular expression
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`title` REGEXP ? ORDER BY t0.`id`;

-- regular expression, any case
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`title` REGEXP ? ORDER BY t0.`id`;

