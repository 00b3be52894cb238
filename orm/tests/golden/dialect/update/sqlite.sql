-- values
UPDATE "article" SET "title" = ?, "price" = ?;

-- an expression of its own column
UPDATE "article" SET "views" = "article"."views" + ? WHERE "article"."id" = ?;

-- a later expression reads an assigned column
UPDATE "article" SET "views" = ?, "author_id" = "article"."views" + ?;

-- columns take each other's values
UPDATE "article" SET "views" = "article"."author_id", "author_id" = "article"."views";

-- a subquery on the same table
UPDATE "article" SET "views" = ? WHERE "article"."id" IN (SELECT t1."id" FROM "article" AS t1 WHERE t1."views" > ?);

-- a subquery on the same table, of the same row
UPDATE "article" SET "views" = w0.v0 FROM (SELECT t0._rowid_ AS r, (SELECT COUNT(*) AS "c0" FROM "article" AS t1 WHERE t1."author_id" = t0."author_id") AS v0 FROM "article" AS t0) AS w0 WHERE "article"._rowid_ = w0.r;

-- a subquery on another table
UPDATE "article" SET "title" = (SELECT t1."name" FROM "author" AS t1 WHERE t1."id" = "article"."author_id") WHERE EXISTS (SELECT 1 AS "c0" FROM "author" AS t2 WHERE t2."id" = "article"."author_id");

