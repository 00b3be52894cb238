-- for update
SELECT t0."id" FROM "article" AS t0 WHERE t0."id" = ? LIMIT 1;

-- for update, nowait
-- sqlite does not support FOR UPDATE NOWAIT: lock with FOR UPDATE and a lock timeout, or test the feature `row_locks` first

-- for update, skip locked
-- sqlite does not support FOR UPDATE SKIP LOCKED: claim rows by an UPDATE of a status column, or test the feature `row_locks` first

-- for update, joined
SELECT t0."id" FROM "article" AS t0 INNER JOIN "author" AS t1 ON t0."author_id" = t1."id" WHERE t0."id" = ? LIMIT 1;

