-- statement
SELECT id FROM article WHERE id > ? AND title <> '?';

-- condition
SELECT t0.`id` FROM `article` AS t0 WHERE (t0.`views` > ? OR 1 = 1) AND t0.`id` = ? ORDER BY t0.`id`;

