-- for update
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`id` = ? LIMIT 1 FOR UPDATE;

-- for update, nowait
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`id` = ? LIMIT 1 FOR UPDATE NOWAIT;

-- for update, skip locked
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`id` = ? LIMIT 1 FOR UPDATE SKIP LOCKED;

-- for update, joined
SELECT t0.`id` FROM `article` AS t0 INNER JOIN `author` AS t1 ON t0.`author_id` = t1.`id` WHERE t0.`id` = ? LIMIT 1 FOR UPDATE;

