-- count
SELECT COUNT(*) AS "value" FROM "article" AS t0;

-- count values
SELECT COUNT(t0."views") AS "value" FROM "article" AS t0;

-- count different values
SELECT COUNT(DISTINCT t0."views") AS "value" FROM "article" AS t0;

-- sum
SELECT SUM(t0."views") AS "value" FROM "article" AS t0;

-- mean
SELECT AVG(t0."views") AS "value" FROM "article" AS t0;

-- smallest
SELECT MIN(t0."views") AS "value" FROM "article" AS t0;

-- largest
SELECT MAX(t0."views") AS "value" FROM "article" AS t0;

-- sum of decimals
SELECT (orm_decimal_sum(t0."price") COLLATE orm_decimal) AS "value" FROM "article" AS t0;

-- mean of different decimals
SELECT (orm_decimal_avg(DISTINCT t0."price") COLLATE orm_decimal) AS "value" FROM "article" AS t0;

-- largest decimal
SELECT (MAX(t0."price") COLLATE orm_decimal) AS "value" FROM "article" AS t0;

