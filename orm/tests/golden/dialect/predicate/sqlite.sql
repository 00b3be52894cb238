-- equal
SELECT t0."id" FROM "article" AS t0 WHERE t0."views" = ? ORDER BY t0."id";

-- not equal
SELECT t0."id" FROM "article" AS t0 WHERE t0."views" <> ? ORDER BY t0."id";

-- less
SELECT t0."id" FROM "article" AS t0 WHERE t0."views" < ? ORDER BY t0."id";

-- less or equal
SELECT t0."id" FROM "article" AS t0 WHERE t0."views" <= ? ORDER BY t0."id";

-- greater or equal
SELECT t0."id" FROM "article" AS t0 WHERE t0."views" >= ? ORDER BY t0."id";

-- equal, NULLs too
SELECT t0."id" FROM "article" AS t0 WHERE t0."views" IS ? ORDER BY t0."id";

-- add
SELECT t0."id" FROM "article" AS t0 WHERE ((t0."views" + ?) * ?) > t0."id" ORDER BY t0."id";

-- subtract
SELECT t0."id" FROM "article" AS t0 WHERE ((t0."views" - ?) * ?) > t0."id" ORDER BY t0."id";

-- divide
SELECT t0."id" FROM "article" AS t0 WHERE ((CAST(t0."views" AS REAL) / ?) * ?) > t0."id" ORDER BY t0."id";

-- remainder
SELECT t0."id" FROM "article" AS t0 WHERE ((t0."views" % ?) * ?) > t0."id" ORDER BY t0."id";

-- and, or, not
SELECT t0."id" FROM "article" AS t0 WHERE t0."title" = ? AND (t0."views" > ? OR t0."editor_id" IS NULL) AND NOT (t0."editor_id" IS NULL) ORDER BY t0."id";

-- all of one
SELECT t0."id" FROM "article" AS t0 WHERE t0."title" = ? AND t0."views" > ? ORDER BY t0."id";

-- nothing to be true or false
SELECT t0."id" FROM "article" AS t0 WHERE (1 = 1) OR (1 = 0) ORDER BY t0."id";

-- not true
SELECT t0."id" FROM "article" AS t0 WHERE (t0."title" = ? AND t0."views" > ?) IS NOT TRUE ORDER BY t0."id";

-- is not NULL
SELECT t0."id" FROM "article" AS t0 WHERE t0."editor_id" IS NOT NULL ORDER BY t0."id";

-- in an empty list
SELECT t0."id" FROM "article" AS t0 WHERE 1 = 0 ORDER BY t0."id";

-- in a list of one
SELECT t0."id" FROM "article" AS t0 WHERE t0."id" IN (?) ORDER BY t0."id";

-- in a list of three
SELECT t0."id" FROM "article" AS t0 WHERE t0."id" IN (?, ?, ?, ?) ORDER BY t0."id";

-- in no rows
SELECT t0."id" FROM "article" AS t0 WHERE 1 = 0 ORDER BY t0."id";

-- in three rows
SELECT t0."id" FROM "article" AS t0 WHERE (t0."id", t0."title") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY t0."id";

-- between
SELECT t0."id" FROM "article" AS t0 WHERE t0."id" BETWEEN ? AND (? + ?) ORDER BY t0."id";

-- a decimal
SELECT t0."id" FROM "article" AS t0 WHERE t0."price" > ? COLLATE orm_decimal ORDER BY t0."id";

-- a document
SELECT t0."id" FROM "article" AS t0 WHERE t0."meta" = ? ORDER BY t0."id";

-- an instant
SELECT t0."id" FROM "article" AS t0 WHERE t0."published_at" > ? ORDER BY t0."id";

-- case
SELECT t0."id" FROM "article" AS t0 WHERE (CASE WHEN t0."title" = ? THEN ? WHEN t0."views" > ? OR t0."editor_id" IS NULL THEN ? ELSE ? END) = ? ORDER BY t0."id";

