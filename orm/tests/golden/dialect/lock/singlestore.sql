-- for update
SELECT t0.`id` FROM `article` AS t0 WHERE t0.`id` = ? LIMIT 1 FOR UPDATE;

-- for update, nowait
-- singlestore does not support FOR UPDATE NOWAIT: lock with FOR UPDATE and a lock timeout, or test the feature `row_locks` first

-- for update, skip locked
-- singlestore does not support FOR UPDATE SKIP LOCKED: claim rows by an UPDATE of a status column, or test the feature `row_locks` first

-- for update, joined
-- singlestore does not support FOR UPDATE with a join or a subquery: select the keys first, then lock the rows of one table by their keys

